"""A leader's note belongs to the file."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.deliberation.facts import a_matter
from yishi.deliberation.models import LeaderNote
from yishi.deliberation.services.notes import note_add
from yishi.kit.errors import NotAllowed, Refusal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def note(cast, matter, who="clerk", **given):
    fields = {"kind": "instruction", "author": "县委书记 某某", "text": "请农业农村局牵头，月底前协商。", **given}
    return note_add(actor=cast.viewer(who), matter=matter, **fields)


def test_it_works(cast):
    matter = a_matter(cast)
    note(cast, matter, body=cast.bodies["party"])
    kept = LeaderNote.objects.get(matter=matter)
    assert kept.body == cast.bodies["party"] and kept.written_on == timezone.localdate()


def test_the_body_that_was_asked_writes_notes_too(cast):
    matter = a_matter(cast)
    note(cast, matter, who="party_clerk")
    assert matter.notes.count() == 1


@pytest.mark.parametrize("who", ["outsider", "handler", "member"])
def test_others_write_none(cast, who):
    with pytest.raises(NotAllowed):
        note(cast, a_matter(cast), who=who)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"author": " "}, "author"),
        ({"text": ""}, "text"),
        ({"kind": "gossip"}, "kind"),
        ({"written_on": timezone.localdate() + timedelta(days=1)}, "written_on"),
        ({"text": "长" * 5000}, "text"),
    ],
)
def test_what_is_missing_is_named(cast, given, field):
    with pytest.raises(Refusal) as refused:
        note(cast, a_matter(cast), **given)
    assert refused.value.field == field


def test_a_note_of_the_past_is_accepted(cast):
    matter = a_matter(cast)
    note(cast, matter, written_on=timezone.localdate() - timedelta(days=200))
    assert matter.notes.count() == 1
