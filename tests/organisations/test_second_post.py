"""The journal names the post by which something was done: of somebody with two, the second where it is done there.

Tried by every act that the samples of all pages take, by every right that a page asks of a thing, and read off the code
for every act that is done at a desk.
"""

import ast
import importlib
import pkgutil
from pathlib import Path

import pytest
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.test import RequestFactory
from django.urls import resolve

import yishi
from tests import samples, second_post
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.organisations.rights import may

# Rights that are asked without a thing and without a desk, and why no desk can be chosen there.
NO_DESK = {
    "installation.manage": "one body runs the installation",
    "installation.separate": "one body runs the installation",
    "installation.overdue": "one party committee decides it",
    "register.import": "one body runs the installation",
    "person.register": "who is just registered is nobody's yet",
    "worry.own": "by a query code alone",
    "pairing.assign": "asked of each place before; here only to refuse",
}
ENOUGH = 70  # acts that the samples take; the demo takes others (tests/demo/test_load.py)


@pytest.mark.django_db
def test_no_entry_names_the_first_post_for_what_is_done_at_the_second(cast, monkeypatch):
    with second_post.everybody_with_a_post_elsewhere(monkeypatch):
        samples.kwargs_by_loader(cast)
    assert second_post.given_elsewhere
    assert second_post.entries_that_name_another_desk() == []
    taken = set(Entry.objects.values_list("code", flat=True).distinct())
    assert len(taken & second_post.acts_of_the_product()) >= ENOUGH


@pytest.mark.once
@pytest.mark.django_db
def test_a_right_to_a_thing_is_given_by_the_post_there(cast):
    kwargs = samples.kwargs_by_loader(cast)
    asked, names = 0, {right_of(call) for _path, call in permits()}
    people = {who: cast.viewer(who) for who in cast.people}
    twice = {who: second_post.with_a_post_elsewhere(viewer) for who, viewer in people.items()}
    with everything():
        for name, address, view, loader in samples.addresses(kwargs):
            if not loader or view.right not in names:
                continue
            for who, viewer in people.items():
                request = RequestFactory().get("/")
                request.viewer = viewer
                try:
                    thing = view.load(request, **resolve(address).kwargs)
                except (ObjectDoesNotExist, ValidationError):
                    continue
                once = may(view.right, viewer, thing)
                if once is not None and once.kind == "post":
                    asked += 1
                    given = may(view.right, twice[who], thing)  # in person: the desk is chosen in the form
                    assert given in (once, viewer.in_person), (name, view.right, who)
    assert asked > 300


def permits():
    """(file, the call) of every `permit(…)` in the product."""
    for path in Path(yishi.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "permit":
                yield path, node


def right_of(call):
    return call.args[0].value if isinstance(call.args[0], ast.Constant) else ""


def test_a_right_that_depends_on_a_desk_is_asked_with_that_desk():
    calls = list(permits())
    assert len(calls) > 250
    bare = {
        right_of(call)
        for _path, call in calls
        if len(call.args) < 3 and "at" not in {keyword.arg for keyword in call.keywords}
    }
    assert bare == set(NO_DESK)


def test_every_act_is_done_by_a_right_that_was_asked_for():
    """The actor of an act is what `permit` gave, or the system, or a code; never put together from a viewer's posts."""
    for module in pkgutil.walk_packages(yishi.__path__, "yishi."):
        if ".services." not in module.name:
            continue
        source = Path(importlib.import_module(module.name).__file__).read_text()
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "acting":
                given = ast.unparse(node.args[0])
                assert not given.startswith("Grant"), (module.name, given)
