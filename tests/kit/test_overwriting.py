"""Every act that overwrites stored words, read off the source: its form carries the version that it was made from, or
it is said here why the second of two people takes nothing from the first. Both lists are exact."""

import ast
import inspect
from functools import cache

import pytest
from django.apps import apps
from django.db import models

from tests import acts
from tests import samples as sample
from tests.cast import sign_in
from tests.kit.overwriting_told import OVERWRITES_NOTHING, PAGES_ELSEWHERE
from tests.kit.test_two_people import edited_forms, told_the_second

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]

NO_WORDS = {"state"}  # of one kind of row no choice; nobody types it


@cache
def words() -> set[str]:
    """The names of all columns that hold what somebody may have typed."""
    return {
        column.name
        for model in apps.get_models()
        if model.__module__.startswith("yishi.")
        for column in model._meta.concrete_fields
        if isinstance(column, models.CharField | models.TextField | models.JSONField)
        and not column.choices
        and not column.primary_key
    } - NO_WORDS


def overwritten(function: ast.FunctionDef) -> set[str]:
    """The columns of words that a function assigns, updates or replaces; "*" where the source does not say which."""
    found = set()
    for node in ast.walk(function):
        targets = node.targets if isinstance(node, ast.Assign) else []
        for target in targets:
            for each in target.elts if isinstance(target, ast.Tuple) else [target]:
                if isinstance(each, ast.Attribute) and isinstance(each.value, ast.Name):
                    found.add(each.attr)
    for call in acts.calls(function, "update"):
        if isinstance(call.func, ast.Attribute) and not call.args:
            found |= {keyword.arg or "*" for keyword in call.keywords}
    for call in acts.calls(function, "update_or_create"):
        defaults = acts.given(call, "defaults")
        keys = defaults.keys if isinstance(defaults, ast.Dict) else [None]
        found |= {key.value if isinstance(key, ast.Constant) else "*" for key in keys}
    if any(acts.calls(function, "setattr")):
        found.add("*")
    return found & {*words(), "*"}


@cache
def acts_that_overwrite() -> frozenset[str]:
    """The functions that open such an act, themselves or by a helper of their module that opens none."""
    opened = {(opening.path, opening.function) for opening in acts.openings()}
    of_acts = {function for _path, function in opened}

    def reaches(module: acts.Module, name: str, seen: set[str]) -> bool:
        seen.add(name)
        if overwritten(module.functions[name]):
            return True
        within = [call for call in ast.walk(module.functions[name]) if isinstance(call, ast.Call)]
        called = {acts.called(call) for call in within} & set(module.functions) - seen - of_acts
        return any(reaches(module, each, seen) for each in sorted(called))

    services = {module.path: module for module in acts.services()}
    return frozenset(name for path, name in opened if path in services and reaches(services[path], name, set()))


@cache
def acts_with_versions() -> dict[str, set[str]]:
    """Act → the functions of its pages, where every one of them says which stored thing its form edits."""
    guarded, without = {}, set()
    overwriting = acts_that_overwrite()
    for module in acts.modules():
        if ".web." not in module.name:
            continue
        for view in module.functions.values():
            named = {getattr(node, "id", "") or getattr(node, "attr", "") for node in ast.walk(view)}
            edits = any(acts.given(call, "edits") for call in ast.walk(view) if isinstance(call, ast.Call))
            for act in named & overwriting:
                if edits:
                    guarded.setdefault(act, set()).add(view.name)
                else:
                    without.add(act)
    return {act: views for act, views in guarded.items() if act not in without}


def test_it_works():
    assert {"report_hear", "deed_correct", "matter_change", "venue_change", "proposal_change"} <= acts_that_overwrite()
    assert "note_add" not in acts_that_overwrite()
    assert len(acts_that_overwrite()) > 100


def test_forms_4_every_act_that_overwrites_words_carries_their_version_or_says_why_not():
    carried = {*acts_with_versions(), *PAGES_ELSEWHERE}
    assert acts_that_overwrite() - carried == set(OVERWRITES_NOTHING)
    assert set(PAGES_ELSEWHERE) <= acts_that_overwrite() - set(acts_with_versions())


@pytest.mark.once
@pytest.mark.long
def test_forms_4_two_people_are_tried_at_every_act_that_carries_a_version(client, cast):
    wanted = {view for views in acts_with_versions().values() for view in views} | set(PAGES_ELSEWHERE.values())
    addresses, tried = list(sample.addresses(sample.kwargs_by_loader(cast))), set()
    for who in ("clerk", "convener", "administrator", "member"):
        sign_in(client, cast, who)
        for name, address, form, view in edited_forms(client, addresses):
            if form.edits is not None:
                told_the_second(client, name, address, form)
                tried.add(inspect.unwrap(view).__name__)
    assert wanted - tried == set()
