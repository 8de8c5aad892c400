"""Sitting and former members: a former one keeps what they did and gets nothing new."""

from datetime import date

import pytest
from django.urls import reverse

from tests.cast import sign_in
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import Body, Member, Term, valid_on
from yishi.organisations.sectors import sector_of, sectors
from yishi.organisations.services.members import member_admit, member_leave, term_open, term_take_back
from yishi.people.models import Person


@pytest.fixture
def term(cast):
    return Term.objects.get(body=cast.bodies["committee"])


def test_it_works(cast, term, all_files):
    person = Person.objects.create(name="新委员")
    member_admit(actor=cast.viewer("administrator"), person=person, term=term, sector="education", title="委员")
    assert viewer_of(person).is_sitting_member()
    with pytest.raises(Refusal) as refused:
        member_admit(actor=cast.viewer("administrator"), person=person, term=term, sector="education")
    assert refused.value.code == "member.taken"


def test_a_member_who_leaves_is_former_and_keeps_the_record(cast, all_files):
    member = Member.objects.get(person=cast.people["member"])
    with pytest.raises(Refusal):
        member_leave(actor=cast.viewer("administrator"), member=member, reason=" ")
    member_leave(actor=cast.viewer("administrator"), member=member, reason="调离")
    viewer = cast.viewer("member")
    assert not viewer.is_sitting_member()
    assert Member.objects.get(pk=member.pk).end_reason == "调离"
    assert viewer.reach.person == viewer.person_id and not viewer.reach.spans
    with pytest.raises(WrongStage):
        member_leave(actor=cast.viewer("administrator"), member=member, reason="调离")


def test_a_new_term_ends_the_one_before(cast, term, all_files):
    receipt = term_open(
        actor=cast.viewer("administrator"), body=cast.bodies["committee"], number=11, since=date(2026, 6, 1)
    )
    term.refresh_from_db()
    assert term.valid_to == date(2026, 5, 31)
    assert not Member.objects.filter(valid_on(date(2026, 6, 1)), term=term).exists()
    assert Member.objects.filter(valid_on(date(2026, 5, 31)), term=term).count() == 2
    with pytest.raises(WrongStage):
        member_admit(actor=cast.viewer("administrator"), person=cast.people["villager"], term=term, sector="health")
    member_admit(
        actor=cast.viewer("administrator"), person=cast.people["member"],
        term=Term.objects.get(pk=receipt.result["term"]), sector="health",
    )  # fmt: skip
    with pytest.raises(Refusal):
        term_open(actor=cast.viewer("administrator"), body=cast.bodies["committee"], number=11)
    with pytest.raises(Refusal):
        term_open(actor=cast.viewer("administrator"), body=cast.bodies["office"], number=1)


def test_outsiders_admit_nobody(cast, term):
    for who in ("outsider", "clerk", "member"):
        with pytest.raises(NotAllowed):
            member_admit(actor=cast.viewer(who), person=cast.people["villager"], term=term, sector="health")


def test_the_sectors_are_the_34_published_ones(cast, term):
    assert len(sectors()) == 34
    assert sector_of("农业界") == sector_of("农业") == "agriculture"
    assert sector_of("民革") == "rccg" and sector_of("没有的界别") is None
    with pytest.raises(Refusal):
        member_admit(actor=cast.viewer("administrator"), person=cast.people["villager"], term=term, sector="x")


def test_only_a_committee_has_members(cast):
    assert Body.objects.filter(terms__isnull=False).get() == cast.bodies["committee"]


def test_a_term_opened_by_mistake_is_taken_back_and_the_one_before_goes_on(cast, client, all_files):
    administrator, committee = cast.viewer("administrator"), cast.bodies["committee"]
    old = Term.objects.get(body=committee)
    sitting = Member.objects.filter(term=old, valid_to=None).count()
    assert sitting
    receipt = term_open(actor=administrator, body=committee, number=old.number + 1)
    new = Term.objects.get(pk=receipt.result["term"])
    assert not Member.objects.filter(term=old, valid_to=None).exists()
    with pytest.raises(NotAllowed):
        term_take_back(actor=cast.viewer("outsider"), term=new, reason="误点")
    with pytest.raises(Refusal):
        term_take_back(actor=administrator, term=new, reason=" ")
    admitted = member_admit(actor=administrator, person=cast.people["villager"], term=new, sector=cast_sector(old))
    with pytest.raises(Refusal) as error:
        term_take_back(actor=administrator, term=new, reason="误点")
    assert error.value.code == "term.members" and Term.objects.filter(pk=new.pk).exists()
    member = Member.objects.get(pk=admitted.result["member"])
    member_leave(actor=administrator, member=member, reason="误录", until=new.valid_from)
    sign_in(client, cast, "administrator")
    page, back = reverse("body", args=[committee.pk]), reverse("term_take_back", args=[new.pk])
    assert back in client.get(page).content.decode()
    assert client.get(back).status_code == 200
    assert client.post(back, {"reason": "还没有换届"}).status_code == 302
    old.refresh_from_db()
    assert old.valid_to is None and Member.objects.filter(term=old, valid_to=None, end_reason="").count() == sitting
    assert Term.every.get(pk=new.pk).taken_back_reason == "还没有换届"
    told = client.get(page).content.decode()
    assert "还没有换届" in told and back not in told
    term_open(actor=administrator, body=committee, number=old.number + 1)  # in its time, with the same number


def cast_sector(term):
    return Member.objects.filter(term=term).first().sector
