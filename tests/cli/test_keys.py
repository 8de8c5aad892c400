"""`yishi keys`: a new key for the register in use; killed half-way nothing is lost, the next run goes on."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest
from django.db import connection
from django.utils import timezone

from tests.assistance.keeping import Keeping, card
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.services.resealing import sealed_by_key
from yishi.assistance.register.models import Household, Resident
from yishi.assistance.register.services import identity
from yishi.assistance.register.services.identity import (
    account_of,
    identity_index,
    identity_of,
    identity_read,
)
from yishi.cli import keys
from yishi.cli.keys import run
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.kit.ids import uuid7
from yishi.kit.sealing import KeyRing

VALUES = 12  # three families of three with a number each, and their accounts
# Seals three values at a time, and waits between two steps so that it can be killed there.
WORKER = """
import sys, time
from django.db import connection
import django
django.setup()
connection.settings_dict["NAME"] = sys.argv[1]
from yishi.assistance.imports.services import resealing
from yishi.database.reach import everything
resealing.STEP = 3
with everything():
    resealing.reseal(lambda done: time.sleep(0.3))
"""


@pytest.fixture
def key_file(settings, tmp_path, monkeypatch):
    """The register's keys in a file of their own, looked at whenever they are asked for."""
    path, ring = tmp_path / "register-keys", KeyRing.generate()
    path.write_text(ring.written())
    path.chmod(0o400)
    settings.REGISTER_KEYS, settings.REGISTER_KEYS_FILE, settings.DATA_DIR = ring, path, tmp_path
    monkeypatch.setattr(identity, "LOOK_EVERY", 0)
    return path


def all_open() -> bool:
    """Every number in clear as it was registered, and found by it."""
    head = Resident.within.get(identity_index=identity_index(identity_read(card(1))))
    accounts = {account_of(one) for one in Household.within.exclude(bank_sealed=None)}
    return identity_of(head) == card(1) and len({identity_of(one) for one in Resident.within.all()}) == 9 and accounts


@pytest.mark.django_db
def test_it_works(cast, key_file, capsys):
    with everything():
        keeping = Keeping(cast)
        assert sealed_by_key() == {1: VALUES}
        assert run(["reseal"]) == 0
        assert "key 1" in capsys.readouterr().out
        assert run(["add"]) == 0
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o400
        assert all_open()  # the old key still opens
        keeping.register("牟尼村", "钱七", 120)
        assert sealed_by_key() == {1: VALUES, 2: 4}  # what is new carries the new key, in a process that runs already
        assert run(["retire"]) == 1  # not before everything carries it
        assert set(KeyRing.parse(key_file.read_text()).keys) == {1, 2}
        assert run(["reseal"]) == 0
        assert sealed_by_key() == {2: VALUES + 4}
        assert run(["retire"]) == 0
        assert set(KeyRing.parse(key_file.read_text()).keys) == {2}
        assert run(["show"]) == 0
    shown = capsys.readouterr().out
    assert "密钥 · key 2 （现用 · in use）：16 个值" in shown
    assert not [value for value in key_file.read_text().split(":") if len(value) > 20 and value[:20] in shown]
    codes = Entry.objects.filter(subject_kind="register_keys").order_by("received_at").values_list("code", flat=True)
    assert [code.removeprefix("assistance.register.") for code in codes] == ["key_add", "reseal", "key_retire"]


@pytest.mark.django_db(transaction=True)
def test_killed_half_way_everything_opens_and_the_next_run_goes_on(cast, key_file, tmp_path):
    with everything():
        Keeping(cast)
        assert run(["add"]) == 0
        env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings", "YISHI_DATA_DIR": str(tmp_path)}
        name = str(connection.settings_dict["NAME"])
        process = subprocess.Popen([sys.executable, "-c", WORKER, name], env=env)
        try:
            for _ in range(600):
                if sealed_by_key()[2]:
                    break
                assert process.poll() is None, "it ended by itself"
                time.sleep(0.05)
        finally:
            process.send_signal(signal.SIGKILL)
            process.wait()
        counts = sealed_by_key()
        assert counts[1] and counts[2] and counts.total() == VALUES
        assert all_open()
        assert run(["retire"]) == 1
        assert run(["reseal"]) == 0
        assert sealed_by_key() == {2: VALUES}
        assert all_open()


@pytest.mark.django_db
def test_a_value_that_does_not_open_is_named_and_keeps_its_key(cast, key_file, capsys):
    with everything():
        keeping = Keeping(cast)
        resident = keeping.household.head.resident
        harmed = bytes(resident.identity_sealed)
        Resident.within.filter(pk=resident.pk).update(identity_sealed=harmed[:-1] + bytes([harmed[-1] ^ 1]))
        run(["add"])
        assert run(["reseal"]) == 1
        assert str(resident.pk) in capsys.readouterr().out
        assert sealed_by_key() == {1: 1, 2: VALUES - 1}
        assert run(["retire"]) == 1


@pytest.mark.django_db
def test_accounts_of_families_that_an_import_has_not_published_are_sealed_again_too(cast, key_file):
    with everything():
        hidden = Household.arriving_too.filter(pk=Keeping(cast).household.pk)
        hidden.update(arriving=uuid7())
        assert sealed_by_key() == {1: VALUES}
        assert [run([word]) for word in ("add", "retire", "reseal", "retire")] == [0, 1, 0, 0]
        hidden.update(arriving=None)
        assert account_of(hidden.get()).startswith("6217")


@pytest.mark.django_db
@pytest.mark.parametrize("state", ["reading", "checking", "writing", "undoing"])
def test_no_key_is_taken_out_while_an_import_is_at_work(cast, key_file, capsys, state):
    run(["add"])
    sent = Import.within.create(
        kind="households", body=cast.bodies["office"], place=cast.places["牟尼村"], year=2020, filename="农户.xlsx",
        size=1, sha256="0" * 64, state=state, sent_at=timezone.now(),
    )  # fmt: skip
    assert run(["retire"]) == 1
    assert "有 1 个导入正在处理" in capsys.readouterr().out
    assert set(KeyRing.parse(key_file.read_text()).keys) == {1, 2}
    Import.within.filter(pk=sent.pk).update(state="published")
    assert run(["retire"]) == 0


@pytest.mark.parametrize("harm", ["away", "cut", "foreign"])
def test_a_moment_without_the_key_file_changes_nothing_for_a_running_process(key_file, harm):
    added = identity.ring().with_new_key()
    key_file.chmod(0o600)
    key_file.write_text(added.written())
    assert identity.ring().current == 2
    if harm == "away":
        key_file.unlink()
    else:
        key_file.write_text("cut" if harm == "cut" else KeyRing.generate().written())
    assert identity.ring().current == 2
    key_file.write_text(added.with_new_key().written())
    assert identity.ring().current == 3


def test_keys_that_root_adds_still_belong_to_the_service(key_file, monkeypatch):
    given = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "fchown", lambda file, *owner: given.append(owner))
    keys._write(key_file, "new")
    old = key_file.stat()
    assert given == [(old.st_uid, old.st_gid)] and key_file.read_text() == "new"


@pytest.mark.django_db
def test_keys_from_the_environment_are_never_written_into_the_file(cast, key_file, settings, tmp_path, capsys):
    settings.REGISTER_KEYS_FILE = None
    before = key_file.read_text()
    assert run(["add"]) == 0
    assert key_file.read_text() == before
    new = tmp_path / "register-keys.new"
    assert stat.S_IMODE(new.stat().st_mode) == 0o400
    assert set(KeyRing.parse(new.read_text()).keys) == {1, 2}
    assert new.read_text()[:40] not in capsys.readouterr().out


@pytest.mark.parametrize("words", [[], ["add", "2"], ["rotate"]])
def test_wrong_words_are_answered_with_the_usage(words, capsys):
    assert run(words) == 2
    assert "yishi keys add" in capsys.readouterr().out
