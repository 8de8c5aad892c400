"""Nothing becomes public by itself: prepared by one, checked by another, hidden by one click, with a trace."""

import pytest
from django.utils import timezone

from tests.kept import kept
from yishi.attachments.models import Attachment
from yishi.deliberation.models import (
    Agreement,
    GoodCase,
    Matter,
    ProcessModel,
    ProcessVersion,
    Release,
    Study,
    StudyVisit,
    Worry,
)
from yishi.deliberation.services.releases import (
    case_choose,
    case_withdraw,
    release_check,
    release_hide,
    release_prepare,
    release_restore,
    release_warnings,
)
from yishi.deliberation.veil import Veil
from yishi.journal.feed import entries_of
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.models import Installation
from yishi.organisations.themes import themes

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def matter(cast):
    model = ProcessModel.objects.create(code="m")
    version = ProcessVersion.objects.create(
        model=model, number=1, name="m", document={}, edited_at=timezone.now(), published_at=timezone.now()
    )
    made = Matter.within.create(
        number="协商-1", title="路灯", theme="roads", place=cast.places["牟尼村"], process=version, step="s",
        stage="studied", convener=cast.bodies["council"], opened_at=timezone.now(),
    )  # fmt: skip
    Worry.within.create(
        number="W1", text="路灯坏了", theme="roads", place=made.place, raiser=cast.people["villager"], channel="code",
        state="taken_up", desk=made.convener, convener=made.convener, raised_at=timezone.now(),
        answer_due_on=timezone.localdate(), matter=made,
    )  # fmt: skip
    return made


def prepared(cast, matter, who="clerk", **more):
    given = {"title": "村口的路灯", "summary": "村口三盏路灯坏了。", **more}
    receipt = release_prepare(actor=cast.viewer(who), matter=matter, **given)
    return Release.objects.get(pk=receipt.result["release"])


def released(cast, matter, **more):
    release = prepared(cast, matter, **more)
    release_check(actor=cast.viewer("second_clerk"), release=release, approve=True)
    return Release.objects.get(pk=release.pk)


def test_it_works(cast, matter):
    release = prepared(cast, matter)
    assert (release.state, release.prepared_by) == ("prepared", cast.people["clerk"])
    release_check(actor=cast.viewer("second_clerk"), release=release, approve=True)
    release.refresh_from_db()
    assert (release.state, release.checked_by) == ("released", cast.people["second_clerk"])


def test_who_prepared_it_does_not_check_it(cast, matter):
    release = prepared(cast, matter)
    with pytest.raises(NotAllowed) as refused:
        release_check(actor=cast.viewer("clerk"), release=release, approve=True)
    assert refused.value.code == "release.same_person"
    release.refresh_from_db()
    assert release.state == "prepared"


def test_in_a_small_office_one_person_may_and_it_stays_on_record(cast, matter):
    Installation.objects.update(small_office=True)
    release = prepared(cast, matter)
    release_check(actor=cast.viewer("clerk"), release=release, approve=True)
    assert entries_of("release", release.pk).last().data["same_hands"] is True


@pytest.mark.parametrize("who", ["outsider", "handler", "member", "villager", "prefecture_clerk"])
def test_others_neither_prepare_nor_check(cast, matter, who):
    with pytest.raises(NotAllowed):
        prepared(cast, matter, who)
    release = prepared(cast, matter)
    with pytest.raises(NotAllowed):
        release_check(actor=cast.viewer(who), release=release, approve=True)


def test_it_is_sent_back_with_what_should_be_mended(cast, matter):
    release = prepared(cast, matter)
    with pytest.raises(Refusal) as refused:
        release_check(actor=cast.viewer("second_clerk"), release=release, approve=False)
    assert refused.value.field == "reason"
    release_check(actor=cast.viewer("second_clerk"), release=release, approve=False, reason="摘要太短")
    release.refresh_from_db()
    assert (release.state, release.reason) == ("refused", "摘要太短")
    assert prepared(cast, matter, summary="村口三盏路灯坏了，已报修。").state == "prepared"


def test_one_click_hides_it_and_one_shows_it_again_each_with_a_trace(cast, matter):
    release = released(cast, matter)
    release_hide(actor=cast.viewer("clerk"), release=release)
    release.refresh_from_db()
    assert release.state == "hidden"
    release_restore(actor=cast.viewer("second_clerk"), release=release)
    release.refresh_from_db()
    assert release.state == "released"
    traces = [(e.code.rsplit(".", 1)[1], e.actor_id) for e in entries_of("release", release.pk)]
    assert traces[-2:] == [("hide", cast.people["clerk"].pk), ("restore", cast.people["second_clerk"].pk)]


def test_a_higher_tier_may_hide_but_not_release(cast, matter):
    release = released(cast, matter)
    release_hide(actor=cast.viewer("province_clerk"), release=release, reason="待核实")
    with pytest.raises(NotAllowed):
        release_hide(actor=cast.viewer("outsider"), release=release)


def test_the_second_who_hides_it_is_told_that_it_is_hidden(cast, matter):
    release = released(cast, matter)
    release_hide(actor=cast.viewer("clerk"), release=release)
    with pytest.raises(WrongStage):
        release_hide(actor=cast.viewer("second_clerk"), release=release)


def test_what_is_changed_is_checked_again(cast, matter):
    release = released(cast, matter)
    again = prepared(cast, matter, title="另一个标题")
    assert (again.pk, again.slug, again.state, again.checked_by) == (release.pk, release.slug, "prepared", None)


@pytest.mark.parametrize("sensitive", [{"is_sensitive": True}, {"theme": "petition"}])
def test_sensitive_matters_have_no_public_file(cast, matter, sensitive):
    if "theme" in sensitive:
        sensitive = {"theme": next(code for code, theme in themes().items() if theme.sensitive)}
    Matter.within.filter(pk=matter.pk).update(**sensitive)
    with pytest.raises(NotAllowed) as refused:
        prepared(cast, matter)
    assert refused.value.code == "release.sensitive"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("请拨打13912345678联系", "phone"),
        ("电话 139-1234-5678", "phone"),
        ("电话0878-5211234", "phone"),
        ("身份证532323197001011234", "identity"),
        ("身份证53232319700101123x", "identity"),
        ("村民甲说路灯坏了", "person"),
        ("示例花卉有限公司交不起租金", "body"),
    ],
)
def test_numbers_and_names_are_warned_of_and_must_be_looked_at(cast, matter, text, code):
    cast.bodies["company"].may_be_public = False
    cast.bodies["company"].save()
    matter.parties.create(name="种花的公司", body=cast.bodies["company"])
    release = prepared(cast, matter, summary=text)
    assert [one.code for one in release_warnings(release)] == [code]
    with pytest.raises(Refusal) as refused:
        release_check(actor=cast.viewer("second_clerk"), release=release, approve=True)
    assert refused.value.field == "warnings_seen"
    release_check(actor=cast.viewer("second_clerk"), release=release, approve=True, warnings_seen=True)
    assert Veil(matter)(text) != text  # and what slipped through is covered all the same


@pytest.mark.parametrize("text", ["1,720亩、56200000元", "2026年11月23日", "编号协商-2026-0001", "全长28.5公里"])
def test_figures_and_days_are_no_phone_numbers(cast, matter, text):
    assert release_warnings(prepared(cast, matter, summary=text)) == []
    assert Veil(matter)(text) == text


def test_the_agreements_text_is_looked_through_only_if_it_is_shown(cast, matter):
    Agreement.objects.create(
        matter=matter, number="A", text="由村民甲负责，电话13912345678", state="recorded", written_at=timezone.now()
    )
    assert {one.code for one in release_warnings(prepared(cast, matter))} == {"person", "phone"}
    assert release_warnings(prepared(cast, matter, shows_agreement=False)) == []


def test_only_photos_of_the_study_or_the_proofs_are_taken_and_open_with_the_file(cast, matter):
    study = Study.objects.create(matter=matter, question="?", opened_on=timezone.localdate())
    visit = StudyVisit.objects.create(study=study, on=timezone.localdate(), where="村口", met="村民", text="…")
    photo, foreign = (
        Attachment.objects.create(kind="photo", name=n, media_type="image/jpeg", size=1, sha256=n, key=n) for n in "ab"
    )
    visit.photos.add(photo)
    with pytest.raises(Refusal):
        prepared(cast, matter, photos=[foreign])
    release = released(cast, matter, photos=[photo])
    photo.refresh_from_db()
    assert photo.may_be_public
    release_hide(actor=cast.viewer("clerk"), release=release)
    photo.refresh_from_db()
    assert not photo.may_be_public


def test_the_same_delivery_prepares_once(cast, matter):
    act_id = uuid7()
    first = release_prepare(actor=cast.viewer("clerk"), matter=matter, title="t", summary="s", act_id=act_id)
    again = release_prepare(actor=cast.viewer("clerk"), matter=matter, title="t", summary="s", act_id=act_id)
    assert again.replayed and again.result == first.result
    assert Release.objects.count() == 1


@pytest.mark.parametrize("field", ["title", "summary"])
def test_an_empty_text_is_refused_in_plain_words(cast, matter, field):
    with pytest.raises(Refusal) as refused:
        prepared(cast, matter, **{field: "  "})
    assert refused.value.field == field


def test_a_good_case_is_chosen_once_it_is_over_and_can_be_withdrawn(cast, matter):
    clerk = cast.viewer("prefecture_clerk")
    with pytest.raises(WrongStage):
        case_choose(actor=clerk, matter=matter, why="先解决再开会")
    Matter.within.filter(pk=matter.pk).update(state="ended")
    case_choose(actor=clerk, matter=matter, why="先解决再开会")
    case = GoodCase.objects.get()
    assert case.chosen_by == cast.bodies["prefecture_office"]
    with pytest.raises(WrongStage):
        case_choose(actor=cast.viewer("clerk"), matter=matter, why="再选一次")
    with pytest.raises(NotAllowed):
        case_withdraw(actor=cast.viewer("outsider"), case=case)
    case_withdraw(actor=cast.viewer("clerk"), case=case)
    with pytest.raises(WrongStage):
        case_withdraw(actor=clerk, case=case)
    case_choose(actor=clerk, matter=matter, why="仍然值得看")
    assert GoodCase.objects.get().withdrawn_on is None


def test_an_outsider_chooses_no_case(cast, matter):
    Matter.within.filter(pk=matter.pk).update(state="done")
    with pytest.raises(NotAllowed):
        case_choose(actor=cast.viewer("outsider"), matter=matter, why="…")


def test_a_good_case_names_nobody(cast, matter):
    Matter.within.filter(pk=matter.pk).update(state="done")
    with pytest.raises(Refusal) as refused:
        case_choose(actor=cast.viewer("clerk"), matter=matter, why="村民甲说得好，电话13912345678。")
    assert refused.value.field == "why"
    assert "村民甲" in str(refused.value) and "13912345678" in str(refused.value)


def test_an_anonymous_raiser_is_covered_and_not_named_by_a_warning(cast, matter):
    Worry.within.update(is_anonymous=True)
    name = cast.people["villager"].name
    release = prepared(cast, matter, summary=f"{name}家门前的路灯坏了。")
    (doubt,) = [one for one in release_warnings(release) if one.code == "person"]
    assert doubt.found == "" and doubt.message
    assert name not in Veil(matter)(release.summary)
    matter.state = Matter.State.DONE
    matter.save()
    with pytest.raises(Refusal) as refused:
        case_choose(actor=cast.viewer("clerk"), matter=matter, why=f"{name}也满意")
    assert name not in str(refused.value.message)


@pytest.mark.parametrize("typed", ["政府", "政协", "牟定县政协"])
def test_nobody_covers_public_words_by_taking_them_for_a_name(cast, matter, typed):
    matter.convener = cast.bodies["office"]
    matter.save()
    matter.convener.may_be_public = True
    matter.convener.save()
    person = cast.people["villager"]
    person.name = typed
    person.save()
    assert Veil(matter)("县政府和牟定县政协修好了路灯") == "县政府和牟定县政协修好了路灯"
