"""A household that was taken off the register or split by mistake stands as it stood, and so do the figures."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.keeping import Keeping, person
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.pairing.services.visits import visit_log
from yishi.assistance.register.models import Household
from yishi.assistance.register.services.counting import counts_all, counts_differ
from yishi.assistance.register.services.leaving import household_end, household_step_back
from yishi.assistance.register.services.members import member_join
from yishi.assistance.register.services.register import household_split
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
TODAY = timezone.localdate()


@kept
def keeping(cast):
    return Keeping(cast)


def of(household):
    return Household.within.get(pk=household.pk)


def back(keeping, who="clerk", reason="点错了", **more):
    return household_step_back(actor=keeping.cast.viewer(who), household=of(keeping.household), reason=reason, **more)


def standings(household):
    return list(of(household).standings.values_list("state", "valid_from", "valid_to"))


def counted(code="assistance.household.register", name="households"):
    return sum(
        entry.quantities.get(name, 0) for entry in Entry.objects.filter(code__startswith="assistance.household.")
    )


def everywhere():
    """What the figures of the register were told, summed by fact, households and people."""
    counts_all()
    assert counts_differ() == []
    sums = {}
    for entry in Entry.objects.filter(code="assistance.register.count"):
        for _day, _place, fact, households, people in entry.data["counts"]:
            before = sums.get(fact, (0, 0))
            sums[fact] = (before[0] + households, before[1] + people)
    return {fact: both for fact, both in sums.items() if both != (0, 0)}


def split(keeping, **more):
    receipt = household_split(
        actor=keeping.cast.viewer("clerk"),
        household=of(keeping.household),
        members=[],
        head=keeping.member("daughter"),
        on=TODAY - timedelta(days=30),
        **more,
    )
    return Household.within.get(pk=receipt.result["household"])


def test_it_works_one_taken_off_by_mistake_is_in_the_register_as_if_it_had_never_left(keeping):
    was, stood, households = everywhere(), standings(keeping.household), counted()
    with pytest.raises(WrongStage):
        back(keeping)
    household_end(
        actor=keeping.cast.viewer("clerk"), household=keeping.household, reason="moved", on=TODAY - timedelta(days=9)
    )
    assert everywhere() != was and standings(keeping.household) != stood and counted() == households - 1
    with pytest.raises(NotAllowed):
        back(keeping, "outsider")
    with pytest.raises(NotAllowed):
        back(keeping, "village_head")  # the village asks; the desk above decides
    with pytest.raises(Refusal):
        back(keeping, reason=" ")
    back(keeping)
    row = of(keeping.household)
    assert (row.left_on, row.left_reason) == (None, "")
    assert standings(keeping.household) == stood and everywhere() == was and counted() == households
    with pytest.raises(WrongStage):
        back(keeping)


def test_whose_member_lives_elsewhere_by_now_stays_off(keeping):
    household_end(actor=keeping.cast.viewer("clerk"), household=keeping.household, reason="merged")
    member_join(
        actor=keeping.cast.viewer("clerk"),
        household=keeping.next_door,
        member={
            "relation": "other",
            **person("张三之女", 1, female=True, born=keeping.member("daughter").person.resident.born_on),
        },
        reason="other",
    )
    with pytest.raises(WrongStage) as error:
        back(keeping)
    assert error.value.code == "household.elsewhere" and not of(keeping.household).is_active


def test_a_split_by_mistake_was_none_and_its_number_is_free(keeping):
    was, households, people = everywhere(), counted(), counted(name="members")
    new = split(keeping, number="5323230001")
    assert everywhere() != was and counted() == households + 1
    back(keeping)
    row, gone = of(keeping.household), of(new)
    assert row.size == 3 and keeping.member("daughter").household_id == row.pk
    daughter = keeping.member("daughter")
    assert (daughter.valid_to, daughter.left_reason) == (None, "")
    assert (gone.left_on, gone.left_reason, gone.size) == (gone.registered_on, "mistake", 0)
    assert not gone.members.filter(valid_to=None).exists() and not gone.standings.exists()
    assert everywhere() == was and (counted(), counted(name="members")) == (households, people)
    again = split(keeping, number="5323230001")  # the right one, with the same number
    assert again.number == "5323230001" and again.head == daughter.person


def test_what_was_recorded_for_the_new_household_is_taken_back_first(keeping):
    new = split(keeping)
    visit_log(actor=keeping.cast.viewer("clerk"), household=new, on=TODAY, found="屋顶漏雨")
    with pytest.raises(WrongStage) as error:
        back(keeping)
    assert error.value.code == "moved.followed" and of(new).is_active


def test_a_birth_in_the_household_that_was_left_stays(keeping):
    split(keeping)
    member_join(
        actor=keeping.cast.viewer("clerk"),
        household=of(keeping.household),
        member={"relation": "son", "name": "张小", "born_on": TODAY.isoformat(), "sex": "male"},
        reason="birth",
    )
    back(keeping)
    assert of(keeping.household).size == 4


def test_the_last_is_taken_back_first_and_sent_twice_it_is_one(keeping):
    new = split(keeping)
    household_end(actor=keeping.cast.viewer("clerk"), household=of(keeping.household), reason="moved")
    key = uuid4()
    first = back(keeping, act_id=key)
    again = back(keeping, act_id=key)
    assert again.pk == first.pk and again.replayed
    assert of(keeping.household).is_active and of(new).is_active
    back(keeping)
    assert not of(new).is_active


def test_the_page_offers_it_and_both_files_tell_it(keeping, client):
    new = split(keeping)
    sign_in(client, keeping.cast, "clerk")
    page, address = (reverse(name, args=[keeping.household.pk]) for name in ("household", "household_step_back"))
    assert "分户办错了，撤回" in client.get(page).content.decode() and address in client.get(page).content.decode()
    assert client.get(address).status_code == 200
    assert client.post(address, {"reason": "家里没有分家"}).status_code == 302
    told = client.get(page).content.decode()
    assert "家里没有分家" in told and address not in told
    gone = client.get(reverse("household", args=[new.pk])).content.decode()
    assert "家里没有分家" in gone and "误登" in gone
    household_end(actor=keeping.cast.viewer("clerk"), household=of(keeping.household), reason="moved")
    assert "退出登记办错了，撤回" in client.get(page).content.decode()
    sign_in(client, keeping.cast, "village_head")
    assert address not in client.get(page).content.decode()
    assert client.get(address).status_code in (403, 404)
