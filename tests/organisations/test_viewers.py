"""A viewer is what somebody may do today: it is asked, and nobody writes on it."""

import dataclasses
import re
from pathlib import Path

import pytest

import yishi
from yishi.organisations.grants import Facts, Viewer
from yishi.organisations.models import Installation
from yishi.organisations.rights import may

pytestmark = pytest.mark.django_db
WRITES = re.compile(
    r"\b(viewer|actor)(\.\w+)+\s*(=(?!=)|[-+|&]=)|\b(viewer|actor)(\.\w+)+\.(add|append|extend|update|pop)\("
)


def writes_to_viewers(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if WRITES.search(line)]


def test_no_line_of_the_house_writes_to_a_viewer():
    found = {path.name: writes_to_viewers(path.read_text("utf-8")) for path in Path(yishi.__path__[0]).rglob("*.py")}
    assert {name: lines for name, lines in found.items() if lines} == {}
    bad = ("request.viewer.known.add(HELPS)", "viewer.posts = ()", "self.actor.facts.seen |= {1}")
    assert [line for line in bad if not writes_to_viewers(line)] == []
    assert writes_to_viewers("if viewer.person_id == person.pk:") == []


def test_a_viewer_is_typed_wherever_it_is_named():
    untyped = re.compile(r"\b(viewer|actor): Any\b")
    paths = Path(yishi.__path__[0]).rglob("*.py")
    assert [path.name for path in paths if untyped.search(path.read_text("utf-8"))] == []


def test_nothing_of_a_viewer_can_be_written(cast):
    viewer = cast.viewer("clerk")
    for name in ("posts", "facts", "stations", "reach"):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(viewer, name, getattr(viewer, name))
    for listed in dataclasses.fields(Viewer):
        value = getattr(viewer, listed.name)
        assert not any(hasattr(value, write) for write in ("add", "append", "update", "__setitem__")), listed.name
    assert not any(hasattr(Facts, write) for write in ("add", "update", "__setitem__"))


def test_a_viewer_asks_once_who_runs_the_installation(cast, django_assert_num_queries):
    administrator = cast.viewer("administrator")
    assert Installation.objects.get().home_body_id == cast.bodies["office"].pk
    with django_assert_num_queries(1):
        assert may("installation.manage", administrator)
        assert may("installation.manage", administrator, at=cast.bodies["office"])
        assert administrator.facts.home_body_id == administrator.changing.facts.home_body_id
