"""The demo: loaded once, through the services alone, at every stage of the chain, with invented people."""

import pytest
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse
from django.utils import timezone

from tests import acts, grants, second_post
from yishi.assistance.campaign.models import Phase
from yishi.assistance.deeds.models import PossibleDuplicate
from yishi.assistance.pairing.models import (
    Measure,
    Pairing,
    StationedTeam,
    Visit,
)
from yishi.assistance.projects.models import FundMovement, Project
from yishi.assistance.projects.services.progress import standing_of, wholes
from yishi.assistance.register.models import Resident
from yishi.assistance.register.services.identity import identity_of
from yishi.assistance.watch.models import Watch, WatchSignal
from yishi.assistance.watch.reads import measures_of
from yishi.cli import demo as verb
from yishi.commitments.clocks import colour
from yishi.commitments.models import Commitment
from yishi.database.reach import everything
from yishi.deliberation.models import GateRequest, GoodCase, Matter, Release, Sitting, Stance, Worry, YearPlan
from yishi.demo.entry import room_token, villager_code
from yishi.demo.honghe import LAGU, LVCHUN
from yishi.demo.load import demo_load
from yishi.demo.tales import VILLAGER_ACT
from yishi.journal.models import Entry, Receipt
from yishi.journal.verify import verify
from yishi.organisations.models import Body, Installation, Place
from yishi.people.models import Account, Person
from yishi.reporting.fold import fold_all
from yishi.reporting.verify import check

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker):
    """The demo, loaded once for all tests of this module and taken out again after them. Everybody in it acts with a
    post elsewhere besides their own."""
    with django_db_blocker.unblock():
        outer = transaction.atomic()
        outer.__enter__()
        try:
            with pytest.MonkeyPatch.context() as patched, second_post.everybody_with_a_post_elsewhere(patched):
                done = demo_load()
            yield done
        finally:
            transaction.set_rollback(True)
            outer.__exit__(None, None, None)


@pytest.fixture(autouse=True)
def files(loaded):
    with everything():
        yield


def matter(title):
    return Matter.within.get(title=title)


def promise(title):
    return Commitment.within.get(origin_id=matter(title).pk)


def test_it_works(loaded):
    assert loaded.is_new and loaded.places == 16495
    assert Installation.objects.get().is_demo
    assert verify().is_whole


def test_no_entry_names_the_first_post_for_what_is_done_at_the_second(loaded):
    assert grants.wrong_rights(Entry.objects, second_post.given_elsewhere) == set()
    taken = set(Entry.objects.filter(right_kind="post").values_list("code", flat=True))
    assert len(taken & acts.codes()) > 70


def test_loading_again_changes_nothing(loaded):
    before = (Receipt.objects.count(), Entry.objects.count(), Person.within.count())
    assert not demo_load().is_new
    assert (Receipt.objects.count(), Entry.objects.count(), Person.within.count()) == before
    assert verb.run(["load"]) == 0
    assert verb.run(["more"]) == 2


def test_every_act_stands_in_the_journal_at_its_own_time_and_marked_as_demo():
    entries = Entry.objects.exclude(code__startswith="organisations.place").exclude(
        code__startswith="deliberation.proc"
    )
    assert {entry.code for entry in entries if not entry.data.get("demo")} == set()
    assert entries.order_by("received_at").first().received_at.year == 2020
    assert entries.order_by("received_at").last().received_at <= timezone.now()


def test_the_four_published_cases_are_shown_only_as_solved():
    cases = Matter.within.filter(is_published_case=True)
    assert cases.count() == 4
    for case in cases:
        assert case.state in ("ended", "done") and case.source_note
        assert case.release.state == "released"
    assert not Place.objects.filter(name__contains="匡山小学").exists()


def test_the_village_case_has_its_parties_stances_agreement_promises_and_verdict():
    case = matter("牟尼村 1,720 亩花卉用地租金缓交")
    assert case.place.full_name.startswith("楚雄彝族自治州牟定县共和镇牟尼")
    assert case.parties.count() == 3
    assert Stance.objects.filter(statement__sitting__matter=case).count() >= 12
    assert case.agreements.get().state == "handed_over"
    for one in Commitment.within.filter(origin_id=case.pk):
        assert (one.state, one.verdicts.get().value, one.supervisor.kind) == ("struck_off", "satisfied", "department")
        assert one.rechecked_on


def test_there_are_matters_at_every_stage():
    today = timezone.localdate()
    assert {"screened", "planned", "studied", "deliberated", "handed_over", "judged"} <= set(
        Matter.within.filter(state="open").values_list("stage", flat=True)
    ) | {"screened"}
    assert set(Matter.within.values_list("state", flat=True)) == {"open", "ended", "done", "dropped"}
    assert {colour(one, today).value for one in Commitment.within.all()} == {"", "blue", "yellow", "red"}
    states = set(Commitment.within.values_list("state", flat=True))
    assert {"agreed", "in_force", "proved", "checked", "struck_off", "closed_undone"} <= states


def test_a_late_promise_went_from_reminder_to_letter_to_the_next_tier():
    late = promise("河边垃圾清运")
    kinds = list(late.events.order_by("at").values_list("kind", flat=True))
    assert kinds[-3:] == ["reminder", "letter", "next_tier"]
    assert late.escalated_to.place.code == "5323"


def test_a_negative_verdict_reopened_a_promise():
    again = promise("村口涵洞积水")
    assert (again.round, again.state) == (2, "in_force")
    assert matter("村口涵洞积水").state == "open"


def test_one_gate_is_silent_and_one_still_has_time():
    today = timezone.localdate()
    waiting = GateRequest.objects.filter(answer="", matter__state="open")
    assert waiting.filter(due_on__lt=today).exists()
    assert waiting.filter(due_on__gte=today).exists()


def test_a_sitting_takes_place_soon_and_a_plan_is_still_collected():
    assert Sitting.within.filter(state="noticed", starts_at__gt=timezone.now()).exists()
    assert set(YearPlan.within.values_list("state", flat=True)) == {"approved", "collecting"}


def test_worries_are_in_all_states_and_some_wait_too_long():
    assert set(Worry.within.values_list("state", flat=True)) == set(Worry.State.values)
    assert Worry.within.filter(is_anonymous=True).exists()
    assert Worry.within.filter(state__in=Worry.OWED, answer_due_on__lt=timezone.localdate()).exists()


def test_the_library_has_good_cases_and_files_are_public():
    assert GoodCase.objects.filter(withdrawn_on=None).count() == 2
    assert Release.objects.filter(state="released").count() >= 10


def test_people_and_bodies_are_plainly_invented_and_no_password_opens_an_account():
    names = Person.within.exclude(name="").values_list("name", flat=True)
    assert all(name.startswith("演示·") for name in names)
    assert all(body.name.endswith("（演示）") for body in Body.objects.all())
    accounts = Account.objects.all()
    assert accounts.count() >= 10
    assert not any(account.has_usable_password() for account in accounts)
    assert all(account.is_demo for account in accounts)


def test_one_enters_as_each_kind_of_person(client, loaded):
    page = client.get(reverse("demo")).content.decode()
    assert villager_code() in page and room_token() in page
    for account in Account.objects.all():
        assert client.post(reverse("demo"), {"as": account.username}).status_code == 302
        assert client.get(reverse("desk"), follow=True).status_code == 200


def test_the_villager_judges_with_the_code_that_the_page_shows(client):
    assert Receipt.objects.filter(pk=VILLAGER_ACT).exists()
    client.post(reverse("follow"), {"code": villager_code()})
    assert "最后三户" in client.get(reverse("follow")).content.decode() + client.get(reverse("judge")).content.decode()


def test_the_public_pages_of_the_demo_open(client):
    for release in Release.objects.filter(state="released"):
        page = client.get(reverse("public_file", args=[release.slug])).content.decode()
        assert "演示·" not in page
        assert "示例花卉公司" not in page


def test_sanmeng_stands_as_it_was_published():
    lagu, county = Place.objects.get(code=LAGU), Place.objects.get(code=LVCHUN)
    leader = Pairing.within.get(kind="leader")
    assert leader.place == county
    team = StationedTeam.within.get(place=lagu)
    roles = list(team.members.values_list("role", flat=True))
    assert (len(roles), roles.count("first_secretary"), roles.count("team_leader")) == (10, 1, 1)
    money = dict(
        FundMovement.within.filter(kind="received").values_list("fund__kind").annotate(total=Sum("amount")).order_by()
    )
    assert money["fiscal"] == 56_200_000_00
    assert money["donation"] == 5_800_000_00
    road = Project.within.get(kind="road")
    whole = wholes(standing_of(road))[0]
    assert (road.stage, len(whole.parts)) == ("accepted", 10)
    assert {whole.planned, whole.done, whole.accepted} == {28_500}
    assert Visit.within.filter(place=lagu).count() == 8
    assert Measure.within.filter(household__place=lagu, commitment__act__contains="医疗救助").count() == 2  # watched.py
    assert Measure.within.filter(household__place=lagu).count() == 4 + 2


def test_families_are_monitored_and_one_fell_back_and_is_helped_again():
    stages = Watch.within.values_list("stage", flat=True)
    assert sorted(stages) == ["posted", "returned", "watched"]
    assert WatchSignal.within.filter(state="waiting").count() == 1
    back = Watch.within.get(stage="returned")
    assert back.household.state == "returned" and measures_of(back).count() == 1
    assert back.household.standings.get(valid_to=None).state == "returned"


def test_a_deed_that_two_tiers_reported_is_counted_once():
    done = PossibleDuplicate.objects.get(verdict="same")
    assert (done.earlier.state, done.later.state) == ("counted", "merged")
    assert PossibleDuplicate.objects.filter(verdict="").exists()  # for whoever tries the demo
    fold_all()
    assert check().is_right


def test_today_lies_in_the_third_phase():
    today = timezone.localdate()
    assert [one.starts_on <= today <= one.ends_on for one in Phase.objects.order_by("ordinal")] == [False, False, True]


def test_no_invented_number_can_be_anybodys():
    for one in Resident.within.exclude(identity_index=""):
        assert identity_of(one).startswith("539900")
