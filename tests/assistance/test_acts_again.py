"""Every act of the campaign, sent again: by the same person with the same content it is answered by the same receipt
and writes nothing; with another content, or by another person, it is refused and tells nothing.

The acts are found in the code: a new service is tried by itself.
"""

import ast
import importlib
import inspect
import pkgutil
import sys
from datetime import date, timedelta
from decimal import Decimal
from textwrap import dedent

import pytest
from django.db import connection, models
from django.test.utils import CaptureQueriesContext

import yishi.assistance
import yishi.proposals.services
from tests import samples
from yishi.database.reach import everything
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import Conflict, Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.grants import Viewer, viewer_of
from yishi.people.models import Person
from yishi.reporting import services as reporting

# What is no part of an act's content, and why.
NOT_CONTENT = {
    ("household_register", "is_demo"): "set by the demo alone",
    ("households_register_many", "is_demo"): "set by the demo alone",
    ("households_register_many", "rows"): "the hash of their file stands for them",
    ("pairings_make_many", "caused_by"): "the act that carries it",
    ("project_approve", "shown"): "what the page showed, not what is said: an outdated one is refused",
    ("money_decide", "shown"): "what the page showed",
    ("works_decide", "shown"): "what the page showed",
    ("change_approve", "shown"): "what the page showed",
    ("watch_verify", "query_code"): "it shows who consents, and is kept nowhere, not even in a hash",
    ("campaign_begin", "template"): "the catalogue is an act of its own, under an id of its own",
}
ENOUGH = 35  # services that the samples call


def services():
    """name: function, of all that take `actor` and `act_id`."""
    names = [reporting.__name__]
    for package in (yishi.assistance, yishi.proposals):
        modules = pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        names += [one.name for one in modules if ".services." in one.name and not one.ispkg]
    return {
        name: function
        for module in map(importlib.import_module, names)
        for name, function in inspect.getmembers(module, inspect.isfunction)
        if function.__module__ == module.__name__ and name[0] != "_" and {"actor", "act_id"} <= _named(function)
    }


def _named(function):
    parameters = inspect.signature(function).parameters.values()
    return {one.name for one in parameters if one.kind is inspect.Parameter.KEYWORD_ONLY}


FOUND = services()


def tree_of(function):
    return ast.parse(dedent(inspect.getsource(function))).body[0]


def calls_of_act(tree):
    """(the `with` statement, its call of act)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.With) and isinstance(node.items[0].context_expr, ast.Call):
            call = node.items[0].context_expr
            if isinstance(call.func, ast.Name) and call.func.id == "act":
                yield node, {one.arg: one.value for one in call.keywords}


def names_in(tree, expression):
    """The names on which `expression` depends, through the function's own variables."""
    given = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign | ast.For | ast.comprehension | ast.NamedExpr):
            source = node.iter if isinstance(node, ast.For | ast.comprehension) else node.value
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for name in ast.walk(target):
                    if isinstance(name, ast.Name) and source is not None:
                        given.setdefault(name.id, []).append(source)
    seen, left = set(), [expression]
    while left:
        for name in ast.walk(left.pop()):
            if isinstance(name, ast.Name) and name.id not in seen:
                seen.add(name.id)
                left.extend(given.get(name.id, ()))
    return seen


def test_there_are_all_of_them():
    assert len(FOUND) > 120


@pytest.mark.parametrize("name", FOUND)
def test_it_looks_at_its_receipt_first_and_hashes_all_that_was_sent(name):
    tree = tree_of(FOUND[name])
    parameters = _named(FOUND[name]) - {"actor", "act_id"}
    opened = list(calls_of_act(tree))
    if not opened:  # handed on with its id
        calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
        assert any("act_id" in names_in(tree, node) for node in calls)
        return
    for node, keywords in opened:
        assert "act_id" in names_in(tree, keywords["act_id"])
        tests = [ast.unparse(one.test) for one in node.body if isinstance(one, ast.If)]
        assert tests[0] in ("this.replayed", "not this.replayed")
        missing = parameters - names_in(tree, keywords["body"])
        assert {one for one in missing if (name, one) not in NOT_CONTENT} == set()


class Again:
    """Stands before a service: what was done is sent again at once, also changed, also by others."""

    def __init__(self, name, function, others):
        self.name, self.function, self.others = name, function, others
        self.signature = inspect.signature(function)
        self.done = 0

    def __call__(self, **given):
        if Again.busy:
            return self.function(**given)
        Again.busy = True
        try:
            given = {key: list(value) if inspect.isgenerator(value) else value for key, value in given.items()}
            given["act_id"] = given.get("act_id") or uuid7()
            receipt = self.function(**given)
            if not self.done:
                self.try_again(receipt, {key: fresh(value) for key, value in given.items()})
            self.done += 1
            return receipt
        finally:
            Again.busy = False

    busy = False

    def try_again(self, receipt, given):
        before = Entry.objects.count(), Receipt.objects.count()
        with CaptureQueriesContext(connection) as asked:
            same = self.function(**given)
        assert (same.pk, same.result, same.replayed) == (receipt.pk, receipt.result, True), self.name
        written = [one["sql"] for one in asked if one["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]
        assert all("journal_receipt" in sql[:40] for sql in written), (self.name, written)
        for viewer in self.others:
            if viewer.person_id != given["actor"].person_id:
                with pytest.raises(Refusal) as refused:
                    self.function(**{**given, "actor": viewer})
                said = f"{refused.value.message} {refused.value.details}"
                told = [receipt.number, str(receipt.pk), *map(str, receipt.result.values())]
                assert not [one for one in told if len(one) > 8 and one in said], self.name
        for key, parameter in self.signature.parameters.items():
            changed = another(given.get(key, parameter.default))
            if key in ("actor", "act_id") or (self.name, key) in NOT_CONTENT or changed is None:
                continue
            with pytest.raises(Refusal) as refused:
                self.function(**{**given, key: changed})
                pytest.fail(f"{self.name}: {key} is no part of what is hashed")
            is_code = isinstance(changed, str) and not isinstance(refused.value, Conflict)
            assert is_code or "刷新页面" in str(refused.value.message), (self.name, key)
        assert (Entry.objects.count(), Receipt.objects.count()) == before, self.name


def fresh(value):
    """As the next request reads it."""
    if isinstance(value, Viewer) and value.person is not None:
        return viewer_of(Person._base_manager.get(pk=value.person_id))
    if isinstance(value, models.Model):
        return type(value)._base_manager.filter(pk=value.pk).first() or value
    return value


def another(value):
    """Another value of its kind; None where there is none."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, str) and value:
        return value + "。"
    if isinstance(value, int | Decimal):
        return value + 1
    return value - timedelta(days=1) if isinstance(value, date) else None


@pytest.mark.django_db
@pytest.mark.long
def test_what_is_sent_again_changes_nothing(cast, monkeypatch):
    with everything():
        others = [cast.viewer(who) for who in ("second_clerk", "outsider")]
    standing = {name: Again(name, function, others) for name, function in FOUND.items()}
    by_function = {function: standing[name] for name, function in FOUND.items()}
    for module in [one for key, one in sys.modules.items() if key.startswith(("yishi.", "tests."))]:
        for key, value in list(vars(module).items()):
            if inspect.isfunction(value) and value in by_function and module is not sys.modules[__name__]:
                monkeypatch.setattr(module, key, by_function[value])
    samples.kwargs_by_loader(cast)
    assert sum(one.done > 0 for one in standing.values()) > ENOUGH
