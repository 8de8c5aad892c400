"""The register: a household is registered once, its people come and go, every change has its day and its trace."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.assistance.keeping import Keeping, card, person
from tests.kept import kept
from yishi.assistance.register.models import (
    Household,
    HouseholdMember,
    HouseholdStay,
    Resident,
)
from yishi.assistance.register.services.identity import (
    account_masked,
    account_of,
    identity_masked,
    identity_of,
)
from yishi.assistance.register.services.leaving import household_end
from yishi.assistance.register.services.members import (
    identity_reveal,
    member_change,
    member_join,
    member_leave,
)
from yishi.assistance.register.services.register import (
    household_change,
    household_head_change,
    household_register,
    household_relocate,
    household_split,
)
from yishi.journal.act import acting_at
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.kit.sealing import KeyRing

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def keeping(cast):
    return Keeping(cast)


def test_it_works(keeping):
    household = keeping.household
    assert (household.number, household.size, household.head.name) == ("532323100201-00001", 3, "张三")
    assert [(cause.code, cause.is_main) for cause in household.causes.all()] == [
        ("illness", True),
        ("schooling", False),
    ]
    resident = household.head.resident
    assert (identity_of(resident), identity_masked(resident)) == (card(1), "*" * 14 + card(1)[-4:])
    assert (resident.sex, str(resident.born_on)) == ("male", "1975-03-02")  # the card says it: nobody typed it
    assert (account_of(household), account_masked(household)[-5:]) == ("6217000010001234567", "*4567")
    stay = household.stays.get()
    assert (stay.place, stay.kind, stay.valid_from) == (household.place, "registered", keeping.day)
    entry = Entry.objects.get(subject_id=household.pk)
    assert (entry.code, entry.quantities) == ("assistance.household.register", {"households": 1, "members": 3})


def test_sent_twice_it_is_registered_once(cast):
    given = {"actor": cast.viewer("clerk"), "place": cast.places["牟尼村"], "act_id": uuid7()}
    first = household_register(head=person("张三", 1), **given)
    again = household_register(head=person("张三", 1), **given)
    assert (again.replayed, again.result) == (True, first.result)
    assert Household.within.count() == Resident.within.count() == 1


@pytest.mark.parametrize("who", ["outsider", "village_head", "handler", "company_head", "administrator", "member"])
def test_only_an_overseeing_desk_lets_a_change_take_effect(cast, who):
    with pytest.raises(NotAllowed):
        household_register(actor=cast.viewer(who), place=cast.places["牟尼村"], head=person("张三", 1))


def test_what_is_wrong_is_refused_and_named(cast):
    village, clerk = cast.places["牟尼村"], cast.viewer("clerk")

    def refusal(**given) -> tuple[str, str | None]:
        with pytest.raises(Refusal) as caught:
            household_register(**{"actor": clerk, "place": village, "head": person("张三", 1), **given})
        assert card(1) not in str(caught.value)
        return caught.value.code, caught.value.field

    assert refusal(head={"name": ""}) == ("person.no_name", "name")
    assert refusal(head=person("张三", 1) | {"identity": card(1)[:-1]}) == ("identity.length", "head_identity")
    assert refusal(head={"name": f"张三{card(1)}"})[0] in {"text.identity", "person.long_name"}
    assert refusal(members=[person("李四", 1)]) == ("identity.twice", "members")
    assert refusal(members=[person("李四", 2, relation="daughter")]) == ("relation.sex", "relation")
    assert refusal(members=[person("李四", 2, relation="head")]) == ("relation.head_twice", "relation")
    assert refusal(place=cast.places["共和镇"]) == ("household.place", "place")
    assert refusal(main_cause="illness", causes=["illness"]) == ("cause.twice", "causes")
    assert refusal(causes=["illness"]) == ("cause.main", "main_cause")
    assert refusal(values={"kind": "no such"}) == ("field.value", "kind")
    assert refusal(values={"group_name": f"三组 {card(1)}"}) == ("text.identity", "group_name")
    assert refusal(bank_account="1234") == ("bank.number", "bank_account")
    assert refusal(on=timezone.localdate() + timedelta(days=1)) == ("day.future", "effective_on")
    assert not Household.within.exists()
    assert not Receipt.objects.filter(code__contains="household").exists()


def test_nobody_stands_in_two_households_at_once_and_whoever_left_comes_as_the_same_person(keeping, cast):
    clerk = cast.viewer("clerk")
    wife = keeping.member()
    given = {"name": wife.person.name, "identity": card(1, female=True), "relation": "other"}
    with pytest.raises(Refusal) as caught:
        member_join(actor=clerk, household=keeping.next_door, member=given, reason="marriage")
    assert caught.value.code == "identity.known"
    member_leave(actor=clerk, member=wife, reason="marriage")
    with pytest.raises(Refusal) as caught:
        member_join(actor=clerk, household=keeping.next_door, member={**given, "name": "别人"}, reason="marriage")
    assert caught.value.code == "identity.other_name"
    joined = member_join(actor=clerk, household=keeping.next_door, member=given, reason="marriage")
    assert HouseholdMember.within.get(pk=joined.result["member"]).person == wife.person
    assert [Household.within.get(pk=one.pk).size for one in (keeping.household, keeping.next_door)] == [2, 4]


def test_a_number_that_stands_in_a_foreign_county_tells_whoever_tries_it_nothing(keeping, cast):
    """It becomes a person of its own; the check over the whole register finds the two."""
    receipt = household_register(actor=cast.viewer("clerk"), place=cast.places["牟尼村"], head=person("王五", 80))
    head = Household.within.get(pk=receipt.result["household"]).head
    assert head != keeping.far.head
    assert head.resident.identity_index == keeping.far.head.resident.identity_index


def test_somebody_is_born_and_somebody_dies(keeping, cast):
    clerk, household = cast.viewer("clerk"), keeping.household
    today = timezone.localdate()
    member_join(
        actor=clerk, household=household, member={"name": "张小", "sex": "male", "relation": "son"}, reason="birth"
    )
    assert Household.within.get(pk=household.pk).size == 4
    receipt = member_leave(actor=clerk, member=keeping.member(), reason="death", on=today - timedelta(days=3))
    gone = HouseholdMember.within.get(pk=receipt.result["member"])
    assert (gone.valid_to, gone.left_reason) == (today - timedelta(days=3), "death")
    assert Household.within.get(pk=household.pk).size == 3
    with pytest.raises(WrongStage):
        member_leave(actor=clerk, member=gone, reason="death")
    with pytest.raises(Refusal) as caught:
        member_leave(actor=clerk, member=keeping.member("head"), reason="death")
    assert caught.value.code == "member.head"


def test_another_head_and_everybody_stands_to_them(keeping, cast):
    clerk, household = cast.viewer("clerk"), keeping.household
    wife, daughter, head = keeping.member(), keeping.member("daughter"), keeping.member("head")
    given = {"actor": clerk, "household": household, "member": wife}
    with pytest.raises(Refusal) as caught:
        household_head_change(relations={}, **given)
    assert caught.value.code == "relation.head"
    household_head_change(relations={head.pk: "spouse"}, **given)
    assert Household.within.get(pk=household.pk).head == wife.person
    now = dict(HouseholdMember.within.filter(household=household).values_list("pk", "relation"))
    assert now == {wife.pk: "head", head.pk: "spouse", daughter.pk: "daughter"}


def test_a_split_makes_a_household_and_a_relocation_moves_one(keeping, cast):
    clerk, household = cast.viewer("clerk"), keeping.household
    daughter = keeping.member("daughter")
    receipt = household_split(actor=clerk, household=household, members=[], head=daughter)
    new = Household.within.get(pk=receipt.result["household"])
    assert (new.head, new.size, new.split_from, new.place) == (daughter.person, 1, household, household.place)
    assert new.causes.count() == 2
    old = HouseholdMember.within.get(pk=daughter.pk)
    assert (old.left_reason, old.valid_to) == ("split", timezone.localdate() - timedelta(days=1))
    assert Household.within.get(pk=household.pk).size == 2

    household_relocate(actor=clerk, household=new, place=cast.places["邻近村"], site="幸福小区")
    moved = Household.within.get(pk=new.pk)
    assert (moved.place.name, moved.is_resettled, moved.resettlement_site) == ("邻近村", True, "幸福小区")
    lived = list(HouseholdStay.objects.filter(household=new).order_by("valid_from", "kind"))
    assert [(stay.place.name, stay.kind) for stay in lived][-1] == ("邻近村", "relocated")
    with pytest.raises(NotAllowed):  # who oversees one of the two places only does not move anybody
        household_relocate(actor=clerk, household=moved, place=cast.places["外县村"])


def test_a_record_is_corrected_and_its_fields_are_named_in_the_journal(keeping, cast):
    clerk, household = cast.viewer("clerk"), keeping.household
    household_change(actor=clerk, household=household, values={"watch_kind": "unstable"}, main_cause="disaster")
    row = Household.within.get(pk=household.pk)
    assert row.is_watched
    assert [cause.code for cause in row.causes.all()] == ["disaster"]
    entry = Entry.objects.get(code="assistance.household.change")
    assert entry.data["fields"] == ["watch_kind", "causes"]
    with pytest.raises(Refusal) as caught:
        household_change(actor=clerk, household=household, values={"watch_kind": "unstable"})
    assert caught.value.code == "household.unchanged"
    with pytest.raises(Refusal) as caught:
        household_change(actor=clerk, household=household, number=keeping.next_door.number)
    assert caught.value.code == "household.number_taken"
    household_end(actor=clerk, household=household, reason="moved")
    with pytest.raises(WrongStage):
        household_change(actor=clerk, household=household, values={"phone": "13900002222"})


def test_a_person_is_corrected_and_an_empty_number_stays(keeping, cast):
    clerk, wife = cast.viewer("clerk"), keeping.member()
    member_change(actor=clerk, member=wife, values={"name": "赵六", "ethnic": "YI", "identity": ""})
    wife = keeping.member()
    assert (wife.person.name, wife.person.resident.ethnic) == ("赵六", "YI")
    assert identity_of(wife.person.resident) == card(1, female=True)
    member_change(actor=clerk, member=wife, values={"identity": card(7, female=True)})
    assert identity_of(keeping.member().person.resident) == card(7, female=True)
    with pytest.raises(Refusal) as caught:
        member_change(actor=clerk, member=keeping.member("daughter"), values={"identity": card(7)})  # a man's number
    assert caught.value.code == "relation.sex"
    with pytest.raises(Refusal):
        member_change(actor=clerk, member=wife, values={"relation": "head"})


def test_two_rows_whose_numbers_were_swapped_in_the_database_do_not_open(keeping):
    head, wife = keeping.household.head.resident, keeping.member().person.resident
    Resident.within.filter(pk=head.pk).update(identity_sealed=wife.identity_sealed)
    head = Resident.within.get(pk=head.pk)
    with pytest.raises(Refusal) as caught:
        identity_of(head)
    assert caught.value.code == "seal.broken"
    assert card(1) not in identity_masked(head)


def test_with_another_key_file_nothing_is_written_and_nothing_shown(keeping, cast, settings):
    settings.REGISTER_KEYS = KeyRing.generate()
    with pytest.raises(Refusal) as caught:
        keeping.register("牟尼村", "钱七", 9)
    assert caught.value.code == "keys.foreign"
    with pytest.raises(Refusal) as caught:
        identity_of(keeping.household.head.resident)
    assert caught.value.code == "keys.missing"


def test_a_number_is_opened_for_a_reason_that_stays(keeping, cast):
    viewer, member = cast.viewer("village_head"), keeping.member()
    receipt = identity_reveal(actor=viewer, member=member, reason="benefit", act_id=(act_id := uuid7()))
    assert receipt.number_in_clear == card(1, female=True)
    entry = Entry.objects.get(code="assistance.identity.open")
    assert (entry.actor_id, entry.data) == (viewer.person_id, {"member": str(member.pk), "reason": "benefit"})
    assert card(1, female=True) not in str(Receipt.objects.filter(pk=receipt.pk).values())
    again = identity_reveal(actor=viewer, member=member, reason="benefit", act_id=act_id)
    assert (again.replayed, again.number_in_clear) == (True, card(1, female=True))
    with pytest.raises(Refusal) as caught:
        identity_reveal(actor=viewer, member=member, reason="curious")
    assert caught.value.code == "identity.reason"


def test_an_old_sending_opens_no_number_again(keeping, cast):
    viewer, member, act_id = cast.viewer("village_head"), keeping.member(), uuid7()
    with acting_at(timezone.now() - timedelta(hours=1)):
        identity_reveal(actor=viewer, member=member, reason="benefit", act_id=act_id)
    with pytest.raises(WrongStage):
        identity_reveal(actor=viewer, member=member, reason="benefit", act_id=act_id)


@pytest.mark.parametrize("who", ["outsider", "handler", "company_head", "administrator", "member", "convener"])
def test_who_keeps_no_register_opens_no_number(keeping, cast, who):
    member = keeping.member(household=keeping.far) if who == "convener" else keeping.member()
    with pytest.raises(NotAllowed):
        identity_reveal(actor=cast.viewer(who), member=member, reason="benefit")
    assert not Entry.objects.filter(code="assistance.identity.open").exists()


def test_a_person_who_opens_very_many_numbers_is_stopped(keeping, cast, monkeypatch):
    monkeypatch.setattr("yishi.assistance.register.services.members.MOST_LOOKS", 2)
    viewer, member = cast.viewer("clerk"), keeping.member()
    for _look in range(2):
        identity_reveal(actor=viewer, member=member, reason="paper")
    with pytest.raises(Refusal) as caught:
        identity_reveal(actor=viewer, member=member, reason="paper")
    assert caught.value.code == "identity.many"
