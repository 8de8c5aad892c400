"""A plugin for a run of some tests in which every act is tried twice over: first by an auditor of the county, with the
content that the right person sends, then by that person, who holds a post elsewhere before each of their own. Every
day that an act takes is sent as tomorrow first, once.

    python -m pytest -p tests.trying --tried FILE tests/…

FILE is written at the end: which acts were done by a post at the second desk and by which other rights, which services
refused an auditor, which days were refused as days to come, and everything that was wrong.
"""

import importlib
import inspect
import json
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from copy import copy
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest


def pytest_addoption(parser: Any) -> None:
    parser.addoption("--tried", help="where the outcome is written")


class Tried:
    """What was tried in this run."""

    def __init__(self) -> None:
        self.by_right: dict[str, set[str]] = defaultdict(set)  # act → the kinds of rights by which it was done
        self.of_parts: set[str] = set()  # acts whose entries are those of the acts within them
        self.refused: set[str] = set()  # services that the auditor was refused, and the right person was not
        self.wrong: set[tuple[str, str]] = set()
        self.failed: set[str] = set()
        self.services: set[str] = set()
        self.days: set[str] = set()  # "service.parameter" of every day that an act takes
        self.auditor: Any = None
        self.tomorrow: dict[str, str] = {}  # "service.parameter" of a day → the refusal's code, "" where it was taken


tried = Tried()


def days_of(function: Callable[..., Any]) -> list[str]:
    """The parameters of a service that are days."""
    known = inspect.signature(function).parameters
    return [name for name, each in known.items() if each.annotation in (date, date | None)]


def copied(given: dict[str, Any]) -> dict[str, Any]:
    """The same rows, so that a try writes nothing into those that the test holds."""
    return {name: copy(value) if hasattr(value, "_meta") else value for name, value in given.items()}


def services() -> Iterator[tuple[str, Any]]:
    """(name, function) of every public service that does an act for a viewer."""
    import yishi  # noqa: PLC0415  Django is set up after this plugin is read

    for module in pkgutil.walk_packages(yishi.__path__, "yishi."):
        if "services" in module.name.split("."):
            for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction):
                takes = set(inspect.signature(function).parameters)
                if function.__module__ == module.name and name[0] != "_" and {"actor", "act_id"} <= takes:
                    yield name, function


class AuditorFirst:
    """Stands before a service until an auditor was refused what the right person then did."""

    busy = False

    def __init__(self, name: str, function: Callable[..., Any], *, is_asked: bool):
        self.name, self.function, self.is_asked = name, function, is_asked

    def __call__(self, *args: Any, **given: Any) -> Any:
        self.ask_for_tomorrow(args, given)
        actor = given.get("actor")
        is_asked = (
            self.is_asked and self.name not in tried.refused and not AuditorFirst.busy and tried.auditor is not None
        )
        if not is_asked or not getattr(actor, "is_known", False):
            return self.function(*args, **given)
        given = {key: list(value) if inspect.isgenerator(value) else value for key, value in given.items()}
        fault = self.asked_by_auditor(args, given)
        done = self.function(*args, **given)
        tried.refused.add(self.name)  # the content was good: the right person's act is accepted
        if fault:
            tried.wrong.add((self.name, fault))
        return done

    def ask_for_tomorrow(self, args: Any, given: dict[str, Any]) -> None:
        """Send every day of the act as tomorrow, once, and put back what that wrote."""
        from django.db import transaction  # noqa: PLC0415
        from django.utils import timezone  # noqa: PLC0415

        from tests import untried  # noqa: PLC0415
        from yishi.kit.errors import Refusal  # noqa: PLC0415

        for name in days_of(self.function):
            key = f"{self.name}.{name}"
            known = key in tried.tomorrow or key in untried.DAYS_AHEAD
            if AuditorFirst.busy or known or any(map(inspect.isgenerator, given.values())):
                continue
            AuditorFirst.busy, day = True, timezone.localdate() + timedelta(days=1)
            try:
                with transaction.atomic():
                    self.function(*args, **{**copied(given), name: day, "act_id": None})
                    transaction.set_rollback(True)
                tried.tomorrow[key] = ""
            except Refusal as refusal:
                if refusal.field == name or refusal.code.endswith(".future"):
                    tried.tomorrow[key] = refusal.code
            finally:
                AuditorFirst.busy = False

    def asked_by_auditor(self, args: Any, given: dict[str, Any]) -> str:
        """What went wrong when an auditor asked for the same."""
        from django.db import connection  # noqa: PLC0415

        from yishi.kit.errors import NotAllowed  # noqa: PLC0415

        depth, kept = _depth(connection), []

        def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
            if sql.split(None, 1)[0] in {"INSERT", "UPDATE", "DELETE"} and _depth(connection) <= depth:
                kept.append(sql)  # what is written deeper is rolled back with the refusal
            return execute(sql, params, many, context)

        AuditorFirst.busy = True
        try:
            with connection.execute_wrapper(watch):
                self.function(*args, **{**given, "actor": tried.auditor, "act_id": None})
        except NotAllowed:
            return "the auditor's try changed a row" if kept else ""
        except Exception as error:  # any other answer is the fault that is looked for
            return f"the auditor was answered: {error!r}"
        finally:
            AuditorFirst.busy = False
        return "done by an auditor"


def _depth(connection: Any) -> int:
    return int(connection.in_atomic_block) + len(connection.savepoint_ids)


def pytest_collection_finish(session: Any) -> None:
    from tests import second_post, untried  # noqa: PLC0415

    tried.services = {name for name, _function in services()}
    tried.days = {f"{name}.{day}" for name, function in services() for day in days_of(function)}
    wrapped = {
        function: AuditorFirst(name, function, is_asked=name not in untried.FOR_EVERYBODY)
        for name, function in services()
    }
    for name, module in list(sys.modules.items()):
        if name.startswith(("yishi.", "tests.")) and module is not sys.modules[__name__]:
            for key, value in list(vars(module).items()):
                if inspect.isfunction(value) and value in wrapped:
                    setattr(module, key, wrapped[value])
    second_post.give_everybody_a_post_elsewhere(setattr)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: Any) -> Any:
    from tests import grants, second_post  # noqa: PLC0415
    from yishi.database.reach import everything  # noqa: PLC0415
    from yishi.journal.models import Entry, Receipt  # noqa: PLC0415

    cast = item.funcargs.get("cast")
    tried.auditor = cast.viewer("auditor") if cast else None
    try:
        return (yield)
    finally:
        with everything():
            tried.of_parts |= set(Receipt.objects.filter(entry_count=0).values_list("code", flat=True))
            entries = Entry.objects.all()
            tried.wrong |= grants.wrong_rights(entries, second_post.given_elsewhere)
            for code, kind, doer in entries.values_list("receipt__code", "right_kind", "actor_id").distinct():
                if kind != "post" or doer in second_post.given_to:
                    tried.by_right[code].add(kind)


def pytest_runtest_logreport(report: Any) -> None:
    if report.failed:
        tried.failed.add(report.nodeid)


def pytest_sessionfinish(session: Any) -> None:
    outcome = {
        "by_right": {code: sorted(kinds) for code, kinds in tried.by_right.items()},
        "of_parts": sorted(tried.of_parts - set(tried.by_right)),
        "refused": sorted(tried.refused),
        "days": sorted(tried.days),
        "tomorrow": dict(sorted(tried.tomorrow.items())),
        "services": sorted(tried.services),
        "wrong": sorted(tried.wrong),
        "failed": sorted(tried.failed),
    }
    Path(session.config.getoption("--tried")).write_text(json.dumps(outcome, ensure_ascii=False, indent=1))
