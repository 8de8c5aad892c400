"""The public file, the release check, the overview and the library as pages."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.deliberation.models import (
    Agreement,
    GoodCase,
    Matter,
    Party,
    ProcessModel,
    ProcessVersion,
    Release,
    Seat,
    Sitting,
    Stance,
    Statement,
    Worry,
)
from yishi.deliberation.services.releases import case_choose, release_check, release_hide, release_prepare
from yishi.organisations.models import Installation

pytestmark = pytest.mark.django_db


@kept
def matter(cast):
    today = timezone.localdate()
    with everything():
        model = ProcessModel.objects.create(code="five")
        version = ProcessVersion.objects.create(
            model=model, number=1, name="五环节", document={}, edited_at=timezone.now(), published_at=timezone.now()
        )
        company = cast.bodies["company"]
        company.may_be_public = False
        company.save()
        made = Matter.within.create(
            number="协商-牟定-2026-0001", title="路灯", theme="roads", place=cast.places["牟尼村"], process=version,
            step="s", stage="carried_out", convener=cast.bodies["council"], opened_at=timezone.now(), step_due_on=today,
        )  # fmt: skip
        Worry.within.create(
            number="W1", text="路灯坏了", theme="roads", place=made.place, raiser=cast.people["villager"],
            channel="code", state="taken_up", desk=made.convener, convener=made.convener, raised_at=timezone.now(),
            answer_due_on=today, matter=made,
        )  # fmt: skip
        party = Party.objects.create(matter=made, name="示例花卉有限公司", body=company)
        sitting = Sitting.within.create(matter=made, ordinal=1, starts_at=timezone.now(), state="closed")
        Agreement.objects.create(
            matter=made, sitting=sitting, number="A1", state="recorded", written_at=timezone.now(), recorded_on=today,
            text="示例花卉有限公司补交租金，由村民甲监督，电话13912345678。",
        )  # fmt: skip
        seat = Seat.objects.create(
            matter=made, person=cast.people["second_villager"], role="party", filled_by="office", started_on=today,
            party=party,
        )  # fmt: skip
        statement = Statement.objects.create(sitting=sitting, ordinal=1, text="缓交租金", at=timezone.now())
        Stance.objects.create(statement=statement, seat=seat, value="agree", at=timezone.now())
        Commitment.within.create(
            number="C1", origin_kind="matter", origin_id=made.pk, place=made.place, bearer=company, act="补交租金",
            supervisor=cast.bodies["department"], proof_expected="凭证", state="in_force",
            agreed_on=today - timedelta(days=30), first_due_on=today - timedelta(days=3),
            due_on=today - timedelta(days=3), in_force_on=today - timedelta(days=30),
        )  # fmt: skip
    return made


def make_public(cast, matter, **more):
    given = {"title": "花卉基地缓交租金", "summary": "企业一时交不上租金。", **more}
    with everything():
        receipt = release_prepare(actor=cast.viewer("clerk"), matter=matter, **given)
        release = Release.objects.get(pk=receipt.result["release"])
        release_check(actor=cast.viewer("second_clerk"), release=release, approve=True, warnings_seen=True)
    return release


def text_of(response):
    return response.content.decode()


def test_it_works(client, cast, matter):
    release = make_public(cast, matter, shows_statements=True)
    page = text_of(client.get(reverse("public_file", args=[release.slug])))
    for word in ("花卉基地缓交租金", "企业一时交不上租金", "补交租金", "缓交租金", "牟尼村"):
        assert word in page
    assert "花卉基地缓交租金" in text_of(client.get(reverse("public_files")))
    assert "花卉基地缓交租金" in text_of(client.get(reverse("home")))


def test_no_personal_data_and_no_private_company_stands_in_a_public_file(client, cast, matter):
    release = make_public(cast, matter, shows_statements=True, summary="村民甲 13912345678 示例花卉有限公司")
    page = text_of(client.get(reverse("public_file", args=[release.slug])))
    for word in ("村民甲", "村民乙", "13912345678", "示例花卉有限公司"):
        assert word not in page
    assert "某企业" in page


def test_what_is_not_released_is_not_found(client, cast, matter):
    with everything():
        receipt = release_prepare(actor=cast.viewer("clerk"), matter=matter, title="t", summary="s")
    address = reverse("public_file", args=[receipt.result["slug"]])
    assert client.get(address).status_code == 404
    release = make_public(cast, matter)
    assert client.get(address).status_code == 200
    with everything():
        release_hide(actor=cast.viewer("clerk"), release=release)
    assert client.get(address).status_code == 404
    assert "花卉基地" not in text_of(client.get(reverse("public_files")))


def test_overdue_files_are_listed_only_when_the_party_committee_switched_it_on(client, cast, matter):
    make_public(cast, matter)
    assert 'value="overdue"' not in text_of(client.get(reverse("public_files")))
    Installation.objects.update(public_overdue=True)
    page = text_of(client.get(reverse("public_files"), {"state": "overdue"}))
    assert 'value="overdue"' in page and "花卉基地缓交租金" in page


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "花卉"}, True),
        ({"q": "没有"}, False),
        ({"state": "over"}, False),
        ({"state": "open"}, True),
        ({"theme": "x"}, True),
    ],
)
def test_the_public_list_is_narrowed_by_its_address(client, cast, matter, filters, found):
    make_public(cast, matter)
    assert ("花卉基地缓交租金" in text_of(client.get(reverse("public_files"), filters))) is found


def test_a_file_is_prepared_and_checked_through_the_pages(client, cast, matter):
    sign_in(client, cast, "clerk")
    address = reverse("matter_release", args=[matter.pk])
    assert client.get(address).status_code == 200
    sent = client.post(address, {"title": "路灯", "summary": "", "shows_agreement": "on"})
    assert sent.status_code == 422 and 'value="路灯"' in text_of(sent)
    sent = client.post(address, {"title": "路灯", "summary": "村口路灯", "shows_agreement": "on"})
    release = Release.objects.get()
    assert sent.url == reverse("release", args=[release.pk])
    mine = text_of(client.get(sent.url))
    assert 'name="answer"' not in mine  # who prepared it has no form to check it
    sign_in(client, cast, "second_clerk")
    page = text_of(client.get(sent.url))
    assert "13912345678" in page and 'name="warnings_seen"' in page
    assert client.post(f"{sent.url}check/", {"answer": "yes"}).status_code == 422
    assert client.post(f"{sent.url}check/", {"answer": "yes", "warnings_seen": "on"}).status_code == 302
    release.refresh_from_db()
    assert release.state == "released"
    client.post(reverse("release_hide", args=[release.pk]))
    release.refresh_from_db()
    assert release.state == "hidden"
    assert "县办乙" in text_of(client.get(sent.url))  # the trace
    client.post(reverse("release_restore", args=[release.pk]))
    release.refresh_from_db()
    assert release.state == "released"


def test_what_waits_for_the_check_waits_at_the_second_persons_desk(client, cast, matter):
    with everything():
        release_prepare(actor=cast.viewer("clerk"), matter=matter, title="待审核的路灯", summary="s")
    assert "待审核的路灯" in text_of(sign_in(client, cast, "second_clerk").get(reverse("desk")))
    assert "待审核的路灯" not in text_of(sign_in(client, cast, "clerk").get(reverse("desk")))
    assert "待审核的路灯" not in text_of(sign_in(client, cast, "outsider").get(reverse("desk")))


def test_an_auditor_reads_the_file_and_its_check_and_does_neither(client, cast, matter):
    """What stands under a right that changes something was closed to them, and nobody noticed."""
    with everything():
        release_prepare(actor=cast.viewer("clerk"), matter=matter, title="待审核的路灯", summary="s")
    release = Release.objects.get()
    sign_in(client, cast, "auditor")
    page = client.get(reverse("release", args=[release.pk])).content.decode()
    assert "待审核的路灯" in page and reverse("release_check", args=[release.pk]) not in page
    for name in ("release_check", "release_hide"):
        assert client.post(reverse(name, args=[release.pk]), {"answer": "yes"}).status_code in (403, 404)
    release.refresh_from_db()
    assert release.state == Release.State.PREPARED


@pytest.mark.parametrize("name", ["matter_release", "case_choose"])
def test_an_outsider_finds_nothing(client, cast, matter, name):
    sign_in(client, cast, "outsider")
    assert client.get(reverse(name, args=[matter.pk])).status_code == 404
    release = make_public(cast, matter)
    for one in ("release_check", "release_hide", "release_restore"):
        assert client.post(reverse(one, args=[release.pk])).status_code == 404
    assert "花卉基地缓交租金" not in text_of(client.get(reverse("releases")))


def test_the_overview_drills_down_from_the_province_to_one_matter(client, cast, matter):
    sign_in(client, cast, "province_clerk")
    top = client.get(reverse("overview"))
    assert top.url == reverse("overview_place", args=[cast.places["云南省"].pk])
    names = ["云南省", "楚雄彝族自治州", "牟定县", "共和镇", "牟尼村"]
    for name, below in zip(names, names[1:], strict=False):
        page = text_of(client.get(reverse("overview_place", args=[cast.places[name].pk])))
        assert reverse("overview_place", args=[cast.places[below].pk]) in page
        assert reverse("matter", args=[matter.pk]) in page
    assert reverse("matter", args=[matter.pk]) in text_of(
        client.get(reverse("overview_place", args=[cast.places["牟尼村"].pk]))
    )


def test_each_figure_opens_into_the_list_that_it_counts(client, cast, matter):
    sign_in(client, cast, "clerk")
    county = cast.places["牟定县"]
    with everything():
        other = cast.places["外县村"]
        Matter.within.filter(pk=matter.pk).update(step_due_on=timezone.localdate() - timedelta(days=1))
        assert other
    for name, filters in (
        ("matters", {"place": county.pk, "overdue": "on"}),
        ("worries", {"place_id": county.pk}),
        ("commitments", {"place_id": county.pk, "due": "late"}),
        ("rate_cases", {"place": county.pk, "part": "due"}),
    ):
        assert client.get(reverse(name), filters).context["page_obj"].paginator.count == 1, name


def test_the_overview_of_another_county_is_not_found(client, cast, matter):
    sign_in(client, cast, "outsider")
    assert client.get(reverse("overview_place", args=[cast.places["牟定县"].pk])).status_code == 404
    page = text_of(client.get(reverse("overview_place", args=[cast.places["宜良县"].pk])))
    assert reverse("matter", args=[matter.pk]) not in page


def test_the_overview_page_takes_at_most_15_queries(client, cast, matter, django_assert_max_num_queries):
    sign_in(client, cast, "province_clerk")
    address = reverse("overview_place", args=[cast.places["云南省"].pk])
    client.get(address)  # the first page of a session also notes its time
    with django_assert_max_num_queries(15):
        client.get(address)


def test_the_overview_and_the_lists_export(client, cast, matter):
    make_public(cast, matter)
    sign_in(client, cast, "clerk")
    addresses = [reverse("overview_place", args=[cast.places["牟定县"].pk])]
    addresses += [reverse(name) for name in ("public_files", "releases", "library")]
    for address in addresses:
        response = client.get(address, {"export": "xlsx"})
        assert response.headers["Content-Type"].startswith("application/vnd.openxml"), address


def test_a_good_case_is_read_by_another_county_through_its_public_file_and_its_model_copied(client, cast, matter):
    with everything():
        Matter.within.filter(pk=matter.pk).update(state="done")
        matter.refresh_from_db()
        case_choose(actor=cast.viewer("clerk"), matter=matter, why="先解决再开会")
    sign_in(client, cast, "outsider")
    assert "先解决再开会" not in text_of(client.get(reverse("library")))  # not public, not in their reach
    release = make_public(cast, matter)
    page = text_of(client.get(reverse("library")))
    assert "先解决再开会" in page
    assert reverse("public_file", args=[release.slug]) in page
    assert reverse("process_copy", args=[matter.process_id]) in page
    assert "先解决再开会" in text_of(client.get(reverse("public_cases")))
    assert client.post(reverse("case_withdraw", args=[GoodCase.objects.get().pk])).status_code == 404
    sign_in(client, cast, "clerk")
    client.post(reverse("case_withdraw", args=[GoodCase.objects.get().pk]), {"act_id": ""})
    assert "先解决再开会" not in text_of(client.get(reverse("library")))


def test_a_case_is_chosen_through_its_page(client, cast, matter):
    with everything():
        Matter.within.filter(pk=matter.pk).update(state="ended")
    sign_in(client, cast, "clerk")
    assert reverse("case_choose", args=[matter.pk]) in text_of(client.get(reverse("matter", args=[matter.pk])))
    client.post(reverse("case_choose", args=[matter.pk]), {"why": "先解决再开会"})
    assert GoodCase.objects.get().why == "先解决再开会"


def test_a_public_file_and_its_check_take_at_most_15_queries(
    client, cast, matter, django_assert_max_num_queries, settings
):
    settings.INSTALLATION_SECONDS = 600  # as in service: not asked for by each page
    release = make_public(cast, matter, shows_statements=True)
    with django_assert_max_num_queries(15):
        client.get(reverse("public_file", args=[release.slug]))
    sign_in(client, cast, "clerk")
    with django_assert_max_num_queries(15):
        client.get(reverse("matter_release", args=[matter.pk]))
    with django_assert_max_num_queries(18):  # three of them are what the check's hash is of
        client.get(reverse("release", args=[release.pk]))
