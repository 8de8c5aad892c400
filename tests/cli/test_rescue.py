"""A sole administrator who lost password and second lock comes in again, and the journal knows."""

import re

import pytest
from allauth.mfa.models import Authenticator

from yishi.cli import rescue
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.notices.models import Notice

pytestmark = pytest.mark.django_db


def run(*words: str) -> int:
    with everything():
        return rescue.run(list(words))


def test_operating_9_a_sole_administrator_comes_in_again_and_the_journal_knows(client, cast, capsys):
    account = cast.account("administrator")
    Authenticator.objects.create(user=account, type="totp", data={"secret": "x"})
    account.is_active = False
    account.save()
    assert run("administrator") == 0
    code = re.search(r"one-time code: (\S+)", capsys.readouterr().out)[1]
    new = "a sentence that is new 1"
    sent = client.post("/join/", {"code": code, "password": new, "again": new})
    assert sent.url == "/accounts/login/"
    account.refresh_from_db()
    assert account.is_active and account.check_password(new) and not account.authenticator_set.exists()
    done = Entry.objects.filter(right_kind="system", subject_id=account.person_id).values_list("code", flat=True)
    assert {"people.account.unlock", "people.invitation.issue"} <= set(done), set(done)
    assert Notice.objects.filter(person=account.person, code="account.unlocked").exists()


def test_operating_9_the_administrators_are_listed_and_nobody_else_is_let_in(cast, capsys):
    assert run() == 0
    listed = capsys.readouterr().out
    assert "administrator" in listed and "clerk" not in listed
    assert run("clerk") == 1 and run("nobody") == 1 and run("a", "b") == 2
    assert not Entry.objects.exists()
