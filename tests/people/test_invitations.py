"""Accounts come from invitations: unguessable, for one use, for 14 days; only their hash is stored."""

from datetime import timedelta

import pytest
from django.contrib.auth import authenticate
from django.utils import timezone

from tests.kept import kept_over_all_files
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.notices.models import Notice
from yishi.organisations.grants import viewer_of
from yishi.organisations.models import Body, Member, Post, Term
from yishi.organisations.rights import may
from yishi.organisations.services.appointments import person_appoint
from yishi.organisations.services.people import (
    account_disable,
    account_enable,
    invitation_accept,
    invitation_issue,
    invitation_revoke,
    invitations_issue,
)
from yishi.people.models import Account, Invitation, Person
from yishi.people.services import invitation_find

GOOD = "一句够长的口令 2026"


@kept_over_all_files
def person(cast):
    person = Person.objects.create(name="新经办人")
    Post.objects.create(person=person, body=cast.bodies["department"], role="clerk")
    return person


def invite(cast, person, **given):
    return invitation_issue(actor=cast.viewer("administrator"), person=person, **given)


def refused_code(**given):
    with pytest.raises(Refusal) as refused:
        invitation_accept(**{"username": "newclerk", "password": GOOD, **given})
    return refused.value.code


def test_it_works(cast, person):
    code = invite(cast, person).invitation_code
    assert len(code) == 20
    receipt = invitation_accept(token=f" {code[:5]}-{code[5:]}".lower(), username="NewClerk", password=GOOD)
    account = Account.objects.get(pk=receipt.result["account"])
    assert (account.person, account.username) == (person, "newclerk")
    assert account.check_password(GOOD)
    assert code not in str(Invitation.objects.values())
    assert refused_code(token=code) == "invitation.used"


def test_a_repeated_delivery_shows_the_same_code(cast, person):
    act_id = uuid7()
    assert invite(cast, person, act_id=act_id).invitation_code == invite(cast, person, act_id=act_id).invitation_code
    assert Invitation.objects.count() == 1


def test_an_invitation_ends(cast, person):
    old = invite(cast, person).invitation_code
    new = invite(cast, person).invitation_code
    assert refused_code(token=old) == "invitation.revoked"
    Invitation.objects.filter(revoked_at=None).update(expires_at=timezone.now() - timedelta(seconds=1))
    assert refused_code(token=new) == "invitation.expired"
    last = invite(cast, person).invitation_code
    invitation_revoke(actor=cast.viewer("administrator"), invitation=invitation_find(last))
    assert refused_code(token=last) == "invitation.revoked"
    assert refused_code(token="K" * 20) == "invitation.unknown"
    assert not Account.objects.filter(person=person).exists()


def test_a_weak_password_or_a_taken_name_leaves_the_invitation_open(cast, person):
    code = invite(cast, person).invitation_code
    assert refused_code(token=code, password="12345") == "account.password"
    assert refused_code(token=code, username="clerk") == "account.taken"
    assert refused_code(token=code, username="a b") == "account.username"
    invitation_accept(token=code, username="经办人一", password=GOOD)


def test_a_new_invitation_sets_a_new_password(cast):
    person = cast.people["handler"]
    code = invite(cast, person).invitation_code
    invitation_accept(token=code, username="ignored", password=GOOD)
    account = Account.objects.get(person=person)
    assert account.username == "handler" and account.check_password(GOOD)
    assert Notice.objects.get(code="account.password_replaced").person == person


def test_a_first_account_is_no_news(cast, person):
    invitation_accept(token=invite(cast, person).invitation_code, username="newclerk", password=GOOD)
    assert not Notice.objects.exists()


def test_a_new_password_enables_no_disabled_account(cast):
    account_disable(actor=cast.viewer("administrator"), account=cast.account("handler"))
    code = invite(cast, cast.people["handler"]).invitation_code
    invitation_accept(token=code, username="ignored", password=GOOD)
    account = Account.objects.get(username="handler")
    assert account.check_password(GOOD) and not account.is_active


def test_a_disabled_account_does_not_sign_in(cast, rf):
    account = cast.account("handler")
    code = invite(cast, cast.people["handler"]).invitation_code
    account_disable(actor=cast.viewer("administrator"), account=account)
    assert authenticate(rf.post("/"), username="handler", password="correct horse battery") is None
    assert refused_code(token=code) == "invitation.revoked"
    account_enable(actor=cast.viewer("administrator"), account=account)
    assert Account.objects.get(pk=account.pk).is_active
    with pytest.raises(Refusal):
        account_disable(actor=cast.viewer("administrator"), account=cast.account("administrator"))


def test_several_people_are_invited_at_once(cast, person):
    act_id, people = uuid7(), [person, cast.people["handler"]]
    first = invitations_issue(actor=cast.viewer("administrator"), people=people, act_id=act_id)
    again = invitations_issue(actor=cast.viewer("administrator"), people=people, act_id=act_id)
    assert [r.invitation_code for _p, r in first] == [r.invitation_code for _p, r in again]
    assert len({r.invitation_code for _p, r in first}) == 2


@pytest.mark.parametrize("who", ["outsider", "clerk", "member", "handler"])
def test_others_invite_nobody(cast, person, who):
    with pytest.raises(NotAllowed):
        invitation_issue(actor=cast.viewer(who), person=person)


def test_an_administrator_takes_over_nobody_outside(cast):
    for who in ("outsider", "province_clerk", "prefecture_clerk"):
        with pytest.raises(NotAllowed):
            invitation_issue(actor=cast.viewer("administrator"), person=cast.people[who])
        with pytest.raises(NotAllowed):
            account_disable(actor=cast.viewer("administrator"), account=cast.account(who))


@kept_over_all_files
def department_admin(cast):
    person = Person.objects.create(name="局管理员")
    for role in ("administrator", "security"):
        Post.objects.create(person=person, body=cast.bodies["department"], role=role)
    return viewer_of(person)


def test_a_department_invites_its_own_people(cast, person, department_admin):
    assert invitation_issue(actor=department_admin, person=person).invitation_code
    assert invitation_issue(actor=department_admin, person=cast.people["handler"]).invitation_code


@pytest.mark.parametrize("days", [None, 0, 30])
def test_every_post_that_is_held_must_be_covered(cast, department_admin, days):
    """A post elsewhere counts up to its last day, whatever else the person holds."""
    until = None if days is None else timezone.localdate() + timedelta(days=days)
    Post.objects.create(person=cast.people["handler"], body=cast.bodies["water"], role="clerk", valid_to=until)
    assert not may("person.manage", department_admin, cast.people["handler"])
    assert may("person.manage", cast.viewer("administrator"), cast.people["handler"])


def test_every_membership_counts_beside_a_post(cast, department_admin):
    member = cast.people["member"]
    Post.objects.create(person=member, body=cast.bodies["department"], role="staff")
    assert not may("person.manage", department_admin, member)
    with pytest.raises(NotAllowed):
        invitation_issue(actor=department_admin, person=member)
    assert invitation_issue(actor=cast.viewer("administrator"), person=member).invitation_code


def test_one_covered_membership_among_others_is_not_enough(cast, all_files):
    body = Body.objects.create(kind="committee", name="宜良县政协", place=cast.places["宜良县"])
    term = Term.objects.create(body=body, number=1)
    Member.objects.create(person=cast.people["member"], term=term, sector="agriculture")
    assert not may("person.manage", cast.viewer("administrator"), cast.people["member"])


def test_who_appoints_somebody_from_elsewhere_does_not_take_over_their_account(cast, department_admin):
    known = cast.people["outsider"]
    Person.within.filter(pk=known.pk).update(phone="13900000000")
    given = {"body": cast.bodies["department"], "name": known.name, "phone": "13900000000", "role": "staff"}
    assert person_appoint(actor=department_admin, **given).result["person"] == str(known.pk)
    with pytest.raises(NotAllowed):
        invitation_issue(actor=department_admin, person=known)
    yesterday = timezone.localdate() - timedelta(days=1)
    Post.objects.filter(person=known, body=cast.bodies["outside_office"]).update(valid_to=yesterday)
    for invite_by in (invitation_issue, lambda actor, person: invitations_issue(actor=actor, people=[person])):
        with pytest.raises(NotAllowed):  # the post elsewhere has ended, the account is still theirs
            invite_by(actor=department_admin, person=known)
    assert invitation_issue(actor=cast.viewer("administrator"), person=known).invitation_code
