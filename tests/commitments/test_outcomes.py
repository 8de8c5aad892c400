"""What came of a file: stated with its source, taken back, added only where it adds."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.assistance.pairs import Paired
from tests.assistance.works import Works
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.kept import kept
from tests.story import Story
from yishi.commitments.cases import Case
from yishi.commitments.models import Outcome
from yishi.commitments.services import outcome_state, outcome_take_back
from yishi.commitments.services.outcomes import MOST
from yishi.deliberation.models import Release
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.veil import public_texts
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.web.commitments.outcome_words import change_text, outcome_text

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
TODAY = timezone.localdate()
FARE = {"sort": "level", "what": "到县城往返车费", "unit": "元", "before": Decimal(40), "after": Decimal(4)}
GROUPS = {"sort": "amount", "before": None, "what": "通了路的村组", "unit": "个", "after": Decimal(18)}
SOURCE = "客运站票价表"


@kept
def story(cast):
    return Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand().agree().hand_over()


@kept
def project(cast):
    return Works(cast).approve().project


def state(cast, case, who="convener", **said):
    return outcome_state(actor=cast.viewer(who), case=case, **{"on": TODAY, "source": SOURCE, **FARE, **said})


def on_matter(story):
    return Case("matter", story.matter)


def test_it_works(cast, story):
    receipt = state(cast, on_matter(story), commitment=story.commitment)
    outcome = Outcome.objects.get(pk=receipt.result["outcome"])
    assert (outcome.before, outcome.after, outcome.change) == (40, 4, -36)
    assert (outcome.place, outcome.commitment) == (story.matter.place, story.commitment)
    entry = Entry.objects.get(code="commitments.outcome.state")
    assert (entry.subject_kind, entry.subject_id) == ("matter", story.matter.pk)


def test_sent_again_it_is_the_same_answer(cast, story):
    key = uuid7()
    first = state(cast, on_matter(story), act_id=key)
    assert state(cast, on_matter(story), act_id=key).result == first.result
    assert Outcome.every.count() == 1


@pytest.mark.parametrize("who", ["outsider", "member", "handler"])
def test_who_does_not_work_on_the_file_states_nothing(cast, story, who):
    with pytest.raises(NotAllowed):
        state(cast, on_matter(story), who=who)


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"sort": "wish"}, "outcome.sort"),
        ({"what": " "}, "outcome.what"),
        ({"unit": ""}, "outcome.unit"),
        ({"source": ""}, "source.empty"),
        ({"on": TODAY + timedelta(days=1)}, "on.future"),
        ({"after": Decimal("NaN")}, "outcome.value"),
        ({"after": MOST}, "outcome.value"),
        ({"after": Decimal("0.0001")}, "outcome.value"),
        ({"sort": "amount"}, "outcome.before"),
        ({"sort": "change"}, "outcome.before"),
        ({"sort": "change", "before": None, "after": Decimal(0)}, "outcome.after"),
        ({**GROUPS, "after": Decimal(0)}, "outcome.after"),
        ({**GROUPS, "after": Decimal("1.5")}, "amount.whole"),
    ],
)
def test_what_cannot_be_is_refused(cast, story, more, code):
    with pytest.raises(Refusal) as error:
        state(cast, on_matter(story), **more)
    assert error.value.code == code
    assert not Outcome.every.exists()


@pytest.mark.parametrize(
    ("more", "text", "moved"),
    [
        ({}, "40 → 4 元", "−36"),
        ({"before": None}, "→ 4 元", ""),
        ({"sort": "change", "before": None, "after": Decimal(2400), "what": "户均增收"}, "+2,400 元", ""),
        ({"sort": "change", "before": None, "after": Decimal("-1.5")}, "−1.5 元", ""),
        (GROUPS, "18 个", ""),
        ({"before": Decimal("10.9"), "after": Decimal(0), "unit": "%", "what": "贫困发生率"}, "10.9 → 0 %", "−10.9"),
    ],
)
def test_it_is_said_as_it_is_known(cast, story, more, text, moved):
    state(cast, on_matter(story), **more)
    outcome = Outcome.objects.get()
    assert (outcome_text(outcome), change_text(outcome)) == (text, moved)


def test_the_largest_number_is_taken(cast, story):
    state(cast, on_matter(story), after=MOST - 1)
    assert Outcome.objects.get().after == MOST - 1


def test_a_promise_of_another_file_is_refused(cast, story, project):
    with pytest.raises(Refusal) as error:
        outcome_state(
            actor=cast.viewer("water_clerk"), case=Case("project", project), commitment=story.commitment, on=TODAY,
            source=SOURCE, **FARE,
        )  # fmt: skip
    assert error.value.code == "outcome.commitment"


def test_the_same_is_not_stated_twice_for_a_day_and_taken_back_it_is(cast, story):
    state(cast, on_matter(story))
    with pytest.raises(Refusal) as error:
        state(cast, on_matter(story), after=Decimal(5))
    assert error.value.code == "outcome.twice"
    outcome, by = Outcome.objects.get(), cast.viewer("convener")
    with pytest.raises(NotAllowed):
        outcome_take_back(actor=cast.viewer("outsider"), outcome=outcome, reason="不是我们的")
    outcome_take_back(actor=by, outcome=outcome, reason="看错了一行")
    with pytest.raises(WrongStage):
        outcome_take_back(actor=by, outcome=outcome, reason="再撤一次")
    state(cast, on_matter(story), after=Decimal(5))
    assert [row.after for row in Outcome.objects.all()] == [5]
    assert Outcome.every.count() == 2


def test_an_amount_has_no_before_in_the_database_either(cast, story):
    state(cast, on_matter(story))
    with pytest.raises(IntegrityError), transaction.atomic():
        Outcome.every.update(sort="amount")


def test_it_stands_on_matter_project_family_and_village_plan(client, cast, story, project):
    paired = Paired(cast, Helping(cast))
    paired.pair()
    measure, plan = paired.measure(), paired.plan()
    cases = {
        ("matter", "convener", "matter"): Case("matter", story.matter),
        ("project", "water_clerk", "project"): Case("project", project),
        ("household", "convener", "family"): Case("household", measure.household),
        ("village_plan", "convener", "village_plan"): Case("village_plan", plan),
    }
    for (_kind, who, name), case in cases.items():
        sign_in(client, cast, who)
        page = client.get(reverse(name, args=[case.key])).content.decode()
        assert reverse("outcome_new", args=[case.kind, case.key]) in page, name
        answer = client.post(
            reverse("outcome_new", args=[case.kind, case.key]),
            {**FARE, "on": TODAY.isoformat(), "source": SOURCE, "act_id": uuid7()},
        )
        assert answer.status_code == 302, (name, answer.context["form"].errors)
        page = client.get(reverse(name, args=[case.key])).content.decode()
        assert "40 → 4 元" in page, name
        assert "−36" in page, name
    sign_in(client, cast, "clerk")
    assert Outcome.objects.count() == 4


def test_whoever_raised_it_and_the_public_read_it_without_names(client, cast, story):
    state(cast, on_matter(story), source="村民丙的车票")
    story.carry_out()
    client.post(reverse("follow"), {"code": story.code})
    page = client.get(reverse("follow_one", args=[story.worry.pk])).content.decode()
    assert "40 → 4 元" in page
    Release.objects.create(
        matter=story.matter, slug="fare", title="公开", summary="公开", state="released", prepared_at=timezone.now()
    )
    page = client.get(reverse("public_file", args=["fare"])).content.decode()
    assert "40 → 4 元" in page
    assert "村民丙" not in page
    release, facts = Release.objects.select_related("matter").get(), Facts(story.matter)
    assert "村民丙的车票" in " ".join(public_texts(release, facts).values())


def test_the_figures_of_a_place_open_into_them(client, cast, story):
    state(cast, on_matter(story))
    sign_in(client, cast, "clerk")
    page = client.get(reverse("figures_place", args=[cast.places["牟定县"].pk])).content.decode()
    assert "40 → 4 元" in page
    assert reverse("outcomes") in page


def test_levels_are_never_added_and_amounts_of_the_same_thing_are(client, cast, story, project):
    state(cast, on_matter(story))
    state(cast, on_matter(story), before=Decimal(38), on=TODAY - timedelta(days=1))
    state(cast, on_matter(story), **GROUPS)
    state(cast, Case("project", project), who="water_clerk", **{**GROUPS, "after": Decimal(10)})
    state(
        cast,
        Case("project", project),
        who="water_clerk",
        **{**GROUPS, "unit": "户", "after": Decimal(7)},
    )
    sign_in(client, cast, "clerk")
    answer = client.get(reverse("outcomes"))
    totals = {(line["what"], line["unit"]): (line["total"], line["files"]) for line in answer.context["totals"]}
    assert totals == {("通了路的村组", "个"): ("28", 2), ("通了路的村组", "户"): ("7", 1)}
    narrowed = client.get(reverse("outcomes"), {"sort": "level"})
    assert len(narrowed.context["page_obj"].object_list) == 2
    assert not narrowed.context["totals"]
    sheet = read_sheet(client.get(reverse("outcomes"), {"export": "xlsx"}).getvalue())[0].rows
    assert len(sheet) == 6


def test_the_list_is_of_ones_own_places(client, cast, story):
    state(cast, on_matter(story))
    for who, count in {"clerk": 1, "province_clerk": 1, "outsider": 0}.items():
        sign_in(client, cast, who)
        assert len(client.get(reverse("outcomes")).context["page_obj"].object_list) == count, who
