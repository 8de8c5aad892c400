"""Whoever copies the database once (rows, file, write-ahead log, journal, backup) guesses no better than chance."""

import base64
import os
import random
import tarfile
from collections import Counter
from math import sqrt
from pathlib import Path
from uuid import UUID

import pytest
from django.core import serializers
from django.db import connection
from django.utils import timezone

from tests.cast import make_cast
from tests.story import Story
from yishi.cli.backup import backup
from yishi.database.reach import everything
from yishi.deliberation.models import BallotVoter, Presence, Seat, SecretBallot, Urn
from yishi.deliberation.services.ballot_keys import key_of
from yishi.deliberation.services.ballots import ballot_count, ballot_open, ballot_vote
from yishi.journal.act import _hash
from yishi.journal.models import Entry, Receipt
from yishi.kit import urn
from yishi.organisations.grants import Viewer
from yishi.people.models import Person

VOTERS = 1000
CHOICES = 3


def room_of(voters):
    """An open sitting with `voters` people in it who have a vote, and its ballot, open."""
    story = Story(make_cast()).raise_worry().take_up().study_it().fill_seats().sit()
    party = story.matter.parties.get(name="村民")
    people = Person.objects.bulk_create(Person(name=f"村民{number}") for number in range(voters - 3))
    today = timezone.localdate()
    seat = {"matter": story.matter, "party": party, "role": "party", "filled_by": "invitation", "started_on": today}
    seats = Seat.objects.bulk_create(Seat(person=person, state="accepted", **seat) for person in people)
    arrived = {"sitting": story.sitting, "arrived_at": story.sitting.opened_at or timezone.now()}
    Presence.objects.bulk_create(Presence(seat=seat, **arrived) for seat in seats)
    receipt = ballot_open(actor=story.by("convener"), sitting=story.sitting, question="由谁来监督水费")
    return story, SecretBallot.objects.select_related("sitting").get(pk=receipt.result["ballot"])


def all_vote(ballot):
    """Everybody votes, in an order and with choices drawn by chance: [(person, choice, slip as it was added)]. The
    last is what a second copy, or the log of an open database, shows: which sealed slip came with whom."""
    voters = list(ballot.voters.select_related("person"))
    drawn, said, before = random.Random(15), [], b""
    drawn.shuffle(voters)
    for voter in voters:
        choice = drawn.randrange(CHOICES)
        ballot_vote(actor=Viewer(person=voter.person), ballot=ballot, choice=choice)
        after = bytes(Urn.objects.values_list("slips", flat=True).get())
        (slip,) = set(slips_of(after)) - set(slips_of(before))
        said.append((voter.person_id, choice, slip))
        before = after
    return said


def slips_of(box):
    return [box[place : place + urn.SLIP_BYTES] for place in range(0, len(box), urn.SLIP_BYTES)]


def is_chance(guesses, truth):
    """Does guessing hit as often as a blind guess of three equal choices does, within five standard deviations?"""
    hits = sum(guess == right for guess, right in zip(guesses, truth, strict=True))
    chance = 1 / CHOICES
    return abs(hits / len(truth) - chance) < 5 * sqrt(chance * (1 - chance) / len(truth))


def opened_as_they_lie(ballot, box):
    """What an adversary who has even the key reads, slip by slip."""
    return [urn.opened(key_of(ballot.pk), slip, ballot.pk.bytes)[0] for slip in slips_of(box)]


@pytest.mark.django_db(transaction=True)
def test_one_copy_guesses_no_better_than_chance_in_1000_ballots(tmp_path):
    with everything():
        story, ballot = room_of(VOTERS)
        said = all_vote(ballot)
        truth = [choice for _person, choice, _slip in said]
        box = bytes(Urn.objects.get().slips)
        assert len(box) == VOTERS * urn.SLIP_BYTES, "one length, whatever they say"

        # By order: of the journal, of the roll, of the rows as the database gives them; though the key were known.
        lying = opened_as_they_lie(ballot, box)
        entries = Entry.objects.filter(code="deliberation.ballot.vote").order_by("received_at", "pk")
        seats = dict(BallotVoter.objects.values_list("seat", "person"))
        in_time = [seats[seat] for seat in map(_seat, entries)]
        assert in_time == [person for person, _choice, _slip in said], "the journal does say who voted when"
        assert is_chance(lying, truth) and is_chance(lying[::-1], truth)
        by_roll = {person: lying[place] for place, person in enumerate(ballot.voters.values_list("person", flat=True))}
        assert is_chance([by_roll[person] for person in in_time], truth)

        # By the sealed slip of somebody, as the log of an open database shows it: no byte of it follows the choice.
        for place in range(urn.SLIP_BYTES):
            assert is_chance([slip[place] % CHOICES for _person, _choice, slip in said], truth), place

        # By what was hashed, and by sizes: each vote leaves the same but for ids and moments.
        tried = [{"choice": choice} for choice in range(CHOICES)] + [
            {"choice": str(choice)} for choice in range(CHOICES)
        ]
        hashed = set(Receipt.objects.values_list("body_hash", flat=True))
        for voter in ballot.voters.select_related("person"):
            actor = Viewer(person=voter.person)
            body = {"ballot": ballot.pk}
            guesses = {_hash("deliberation.ballot.vote", _Person(actor.person_id), {**body, **more}) for more in tried}
            assert not guesses & hashed
        assert len({(len(str(entry.data)), len(str(entry.quantities))) for entry in entries}) == 1
        assert set(ballot.voters.values_list("way", flat=True)) == {"screen"}

        # By searching the files, the rows and the backup for the key.
        private = key_of(ballot.pk)
        copies = [*_rows(), *_files()]
        if connection.vendor == "sqlite":
            backup(tmp_path / "backup.tar.gz")
        copies += _archived(tmp_path / "backup.tar.gz")
        for form in (private, private.hex().encode(), base64.b64encode(private)):
            assert not any(form in copy for copy in copies)

        ballot_count(actor=story.by("convener"), ballot=ballot)
        ballot.refresh_from_db()
        assert ballot.counts == [Counter(truth)[choice] for choice in range(CHOICES)]
        assert key_of(ballot.pk) is None and not Urn.objects.exists()


class _Person:
    """As much of an actor as a hash is made of."""

    def __init__(self, person_id):
        self.person_id = person_id


def _seat(entry):
    return UUID(entry.data["seat"])


def _rows():
    models = (Entry, Receipt, SecretBallot, BallotVoter, Urn)
    return [serializers.serialize("json", model.objects.all()).encode() for model in models]


def _files():
    """The database's file and its write-ahead log, as they lie on the disk."""
    if connection.vendor != "sqlite":
        return []
    name = Path(str(connection.settings_dict["NAME"]))
    found = [path.read_bytes() for path in name.parent.glob(f"{name.name}*")]
    assert sum(map(len, found)) > 1_000_000
    return found


def _archived(path):
    if not path.exists():
        return []
    with tarfile.open(path) as archive:
        names = archive.getnames()
        assert not [name for name in names if "ballots" in name or name.endswith(".key")], names
        return [archive.extractfile(part).read() for part in archive if part.isfile()]


@pytest.mark.django_db
@pytest.mark.usefixtures("all_files")
def test_sixty_slips_are_counted_in_less_than_a_second():
    story, ballot = room_of(60)
    all_vote(ballot)
    began = os.times()
    ballot_count(actor=story.by("convener"), ballot=ballot)
    ended = os.times()
    assert ended.user + ended.system - began.user - began.system < 1
    assert sum(SecretBallot.objects.get().counts) == 60
