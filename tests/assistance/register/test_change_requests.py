"""A village asks for a change on any day; the desk above decides; what was asked takes effect from its day."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.keeping import Keeping, card, person
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.register.models import ChangeRequest, Household, HouseholdMember
from yishi.assistance.register.services.identity import identity_of
from yishi.assistance.register.services.members import member_change
from yishi.assistance.register.services.requests import (
    change_approve,
    change_ask,
    change_refuse,
    change_withdraw,
)
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.people.models import Person

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
BIRTH = {"member": {"name": "张小", "relation": "son", **person("张小", 3)}, "reason": "birth"}


@kept
def keeping(cast):
    return Keeping(cast)


def ask(cast, household, kind="join", asked=None, who="village_head", **more) -> ChangeRequest:
    receipt = change_ask(
        actor=cast.viewer(who), kind=kind, asked=asked or BIRTH, household=household, reason="出生证明已看", **more
    )
    return ChangeRequest.within.get(pk=receipt.result["request"])


def test_it_works(keeping, cast):
    day = timezone.localdate() - timedelta(days=5)
    request = ask(cast, keeping.household, effective_on=day)
    assert request.state == "open"
    assert (request.asked_for, request.asked_by) == (cast.bodies["village"], cast.people["village_head"])
    assert Household.within.get(pk=keeping.household.pk).size == 3
    assert not Person.within.filter(name="张小").exists()
    change_approve(actor=cast.viewer("convener"), change=request)  # the township's council
    request.refresh_from_db()
    child = HouseholdMember.within.select_related("person__resident").get(joined_reason="birth")
    assert (request.state, request.decided_by) == ("approved", cast.people["convener"])
    assert (child.person.name, child.valid_from) == ("张小", day)
    assert identity_of(child.person.resident) == card(3)
    assert Household.within.get(pk=keeping.household.pk).size == 4


def test_while_it_waits_its_number_is_encrypted_and_bound_to_its_row(keeping, cast):
    twin = {"member": {"name": "张二小", "relation": "son", **person("张二小", 4)}, "reason": "birth"}
    one, other = ask(cast, keeping.household), ask(cast, keeping.household, asked=twin)
    assert card(3) not in str(one.asked)
    assert card(3).encode() not in bytes(one.identity_sealed)
    ChangeRequest.within.filter(pk=one.pk).update(identity_sealed=other.identity_sealed)
    with pytest.raises(Refusal) as caught:
        change_approve(actor=cast.viewer("clerk"), change=one)
    assert caught.value.code == "seal.broken"


def test_who_may_decide_need_not_ask_twice(keeping, cast):
    act_id = uuid7()
    request = ask(cast, keeping.household, who="clerk", act_id=act_id)
    assert (request.state, request.identity_sealed) == ("approved", None)
    assert Household.within.get(pk=keeping.household.pk).size == 4
    assert ask(cast, keeping.household, who="clerk", act_id=act_id) == request
    assert Household.within.get(pk=keeping.household.pk).size == 4
    codes = set(Entry.objects.filter(subject_id=keeping.household.pk).values_list("code", flat=True))
    assert {"assistance.change.ask", "assistance.member.join"} <= codes


def test_a_village_asks_for_a_new_household_and_for_a_move(keeping, cast):
    village = cast.places["牟尼村"]
    asked = {
        "head": person("钱七", 12),
        "members": [person("钱七之妻", 12, female=True, relation="spouse")],
        "values": {"kind": "ordinary"},
        "bank_account": "6217000010001234567",
    }
    receipt = change_ask(actor=cast.viewer("village_head"), kind="register", asked=asked, place=village)
    request = ChangeRequest.within.get(pk=receipt.result["request"])
    assert "6217000010001234567" not in str(request.asked)
    change_approve(actor=cast.viewer("clerk"), change=request)
    request.refresh_from_db()
    assert (request.household.head.name, request.household.size) == ("钱七", 2)

    move = ask(cast, request.household, "relocate", {"place": str(cast.places["邻近村"].pk), "site": "幸福小区"})
    change_approve(actor=cast.viewer("clerk"), change=move)
    assert Household.within.get(pk=request.household_id).place.name == "邻近村"


def test_what_could_not_take_effect_is_not_asked_for(keeping, cast):
    wrong = {"member": {"name": "张小", "relation": "son", "sex": "female"}, "reason": "birth"}
    with pytest.raises(Refusal) as caught:
        ask(cast, keeping.household, asked=wrong)
    assert caught.value.code == "relation.sex"
    assert not ChangeRequest.within.exists()


def test_a_village_is_not_told_whose_number_stands_in_the_next_one(keeping, cast):
    asked = {"member": person("李四", 40), "reason": "moved_in"}  # the head of the household next door
    request = ask(cast, keeping.household, asked=asked)
    assert request.state == "open"
    with pytest.raises(Refusal) as caught:
        change_approve(actor=cast.viewer("clerk"), change=request)  # who sees both is told
    assert caught.value.code == "identity.known"


def test_refused_or_withdrawn_nothing_changes_and_numbers_are_forgotten(keeping, cast):
    twin = {"member": {"name": "张二小", "relation": "son", **person("张二小", 4)}, "reason": "birth"}
    one, other = ask(cast, keeping.household), ask(cast, keeping.household, asked=twin)
    with pytest.raises(Refusal):
        change_refuse(actor=cast.viewer("clerk"), change=one, answer=" ")
    change_refuse(actor=cast.viewer("clerk"), change=one, answer="请补出生证明")
    change_withdraw(actor=cast.viewer("village_head"), change=other)
    for request, state in ((one, "refused"), (other, "withdrawn")):
        request.refresh_from_db()
        assert (request.state, request.identity_sealed) == (state, None)
        with pytest.raises(WrongStage):
            change_approve(actor=cast.viewer("clerk"), change=request)
    assert Household.within.get(pk=keeping.household.pk).size == 3


@pytest.mark.parametrize("who", ["outsider", "handler", "company_head", "administrator", "member"])
def test_who_keeps_no_register_asks_for_nothing(keeping, cast, who):
    with pytest.raises(NotAllowed):
        ask(cast, keeping.household, who=who)


def test_a_village_decides_nothing_and_asks_nothing_of_the_next_one(keeping, cast):
    request = ask(cast, keeping.household)
    with pytest.raises(NotAllowed):
        change_approve(actor=cast.viewer("village_head"), change=request)
    with pytest.raises(NotAllowed):
        ask(cast, keeping.next_door)
    foreign = ask(cast, keeping.far, who="outsider", asked={"member": {"name": "王小"}, "reason": "birth"})
    with pytest.raises(NotAllowed):
        change_approve(actor=cast.viewer("clerk"), change=foreign)


def test_the_same_newborn_waits_once(keeping, cast):
    """Three clicks, three requests: the desk above approved one and wondered about two."""
    first = ask(cast, keeping.household)
    with pytest.raises(Refusal) as refused:
        ask(cast, keeping.household)
    assert refused.value.code == "change.twice" and cast.people["village_head"].name in str(refused.value.message)
    with_day = {"member": {**BIRTH["member"], "born_on": "1975-03-02"}, "reason": "birth"}
    with pytest.raises(Refusal):
        ask(cast, keeping.household, asked=with_day)
    twin = {"member": {"name": "张二小", "relation": "son", **person("张二小", 4)}, "reason": "birth"}
    ask(cast, keeping.household, asked=twin)
    change_withdraw(actor=cast.viewer("village_head"), change=first)
    ask(cast, keeping.household)


def test_the_desk_above_decides_and_takes_nothing_back_in_the_villages_name(keeping, cast, client):
    request = ask(cast, keeping.household)
    for who in ("clerk", "convener"):
        with pytest.raises(NotAllowed):
            change_withdraw(actor=cast.viewer(who), change=request)
    sign_in(client, cast, "clerk")
    page = client.get(reverse("change_request", args=[request.pk])).content.decode()
    assert reverse("change_withdraw", args=[request.pk]) not in page
    change_withdraw(actor=cast.viewer("village_head"), change=request)


def test_the_day_of_birth_and_the_number_agree(keeping, cast, client):
    """What was typed beside the number was overwritten by it, without a word."""
    unlike = {"member": {**BIRTH["member"], "born_on": "2025-01-01"}, "reason": "birth"}
    with pytest.raises(Refusal) as refused:
        ask(cast, keeping.household, asked=unlike)
    assert (refused.value.code, refused.value.field) == ("identity.born_on", "born_on")
    with pytest.raises(Refusal) as refused:
        ask(cast, keeping.household, asked={"member": {**BIRTH["member"], "sex": "female"}, "reason": "birth"})
    assert refused.value.code == "identity.sex"
    member = keeping.household.members.select_related("person__resident").get(relation="head")
    with pytest.raises(Refusal):
        member_change(actor=cast.viewer("clerk"), member=member, values={"born_on": "1980-01-01"})
    child = {"name": "张小", "relation": "son", "sex": "male", "born_on": "2025-01-01"}  # has no number yet
    request = ask(cast, keeping.household, asked={"member": child, "reason": "birth"})
    sign_in(client, cast, "clerk")
    page = client.get(reverse("change_request", args=[request.pk])).content.decode()
    assert "2025年1月1日" in page and "2025-01-01" not in page
