"""Workbooks of bodies, posts, members and council members, as a kind of import: tried row by row, made by the services
of the organisations' room in the act that publishes, taken away as a whole until something is built on it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from yishi.assistance.imports.models import Import
from yishi.assistance.imports.workbooks import organisation_columns as plan
from yishi.assistance.imports.workbooks.kinds import AtOnce, Stale, Whole
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import Fault, StagedRow, row_text
from yishi.formats.tables import Column
from yishi.journal.act import Act
from yishi.journal.models import Entry
from yishi.organisations.grants import Viewer, viewer_of
from yishi.organisations.models import Body, Member, Post, Term
from yishi.organisations.services.bodies import body_change
from yishi.people.models import Person

from .deed_kind import digest_of
from .obstacles import CHANGED, Obstacles, called, pointing_at
from .organisation_rows import Recorder
from .pieces import Stage, pieces, results_in

MOST_ROWS = 2_000  # all of them are one transaction, twice: when they are tried and when they are taken
MODELS: dict[str, Any] = {"member": Member, "post": Post, "term": Term, "body": Body, "person": Person}


@dataclass
class WholeOrganisation(Whole):
    """The rows stay together: a post stands on a body of another sheet."""

    rows: list[StagedRow] = field(default_factory=list)


class _Tried(Exception):
    """Ends a try: all of it is rolled back."""


class Organisation(AtOnce):
    """See `workbooks.kinds.KindOfImport`."""

    right = "register.import"
    stirs_checks = False

    def sheets(self) -> dict[str, list[Column]]:
        return {sheet.title: sheet.columns for sheet in plan.SHEETS}

    def columns(self) -> list[Column]:
        return [column for sheet in plan.SHEETS for column in sheet.columns]

    def choices(self) -> dict[str, list[str]]:
        return plan.CHOICES

    def meanings(self, workbook: Import) -> dict[str, list[str]]:
        return plan.MEANINGS

    def examples(self) -> list[dict[str, str]]:
        return [
            {column.key: text for column, text in zip(sheet.columns, sheet.examples, strict=True)}
            for sheet in plan.SHEETS
        ]

    def explain(self) -> list[list[str]]:
        return plan.EXPLAIN

    def unit_of(self, row: StagedRow) -> str:
        return str(row.number)

    def look_through(self, workbook: Import, staged: Iterable[StagedRow]) -> WholeOrganisation:
        whole = WholeOrganisation()
        seen: dict[str, int] = {}
        for row in staged:
            whole.last[self.unit_of(row)] = 1
            whole.rows.append(row)
            before = seen.setdefault(digest_of(row._replace(raw={})), row.number)
            if before != row.number:
                fault = Fault(row.number, "", "row_twice", {"row": before})
                whole.faults.setdefault(row.number, []).append(fault)
            if whole.units > MOST_ROWS:
                whole.rows.pop()
                fault = Fault(row.number, "", "too_many_records", {"most": MOST_ROWS})
                whole.faults.setdefault(row.number, []).append(fault)
        return whole

    def checker(self, workbook: Import, whole: Whole) -> Callable[[list[list[StagedRow]]], list[Result]]:
        assert isinstance(whole, WholeOrganisation), "what `look_through` gave"
        tried: dict[int, Result] = {
            row: Result("bad", [row], faults) for row, faults in whole.faults.items()
        }  # of those beyond the most
        try:
            with transaction.atomic():
                for result in Recorder(workbook, viewer_of(workbook.sent_by), whole.faults).run(whole.rows):
                    tried[result.rows[0]] = result
                raise _Tried
        except _Tried:
            return lambda units: [tried[unit[0].number] for unit in units]

    def notes(self, workbook: Import) -> list[list[Any]]:
        sheets = workbook.options["sheets"]
        return [
            ["namesake", {"row": row_text(result.rows[0], sheets)}]
            for result in self._results(workbook)
            if result.new.get("namesake")
        ]

    def switch_on(self, workbook: Import, actor: Viewer, this: Act, turn: None) -> None:
        expected = {
            result.rows[0]: result for result in self._results(workbook) if result.verdict in ("new", "changed")
        }
        rows = [StagedRow(*result.new["row"]) for result in expected.values()]
        for result in Recorder(workbook, actor).run(rows):
            wanted = expected[result.rows[0]]
            if (result.verdict, result.changes, result.ops) != (wanted.verdict, wanted.changes, wanted.ops):
                raise Stale("import.changed", _("The register was changed meanwhile."))

    def built_upon(self, workbook: Import) -> Any:
        """Anything that points at what it made, or was done by it since; a body that was changed again."""
        ops = self._ops(workbook)
        if not ops:
            return _("It cannot be undone: what an undo needs is kept for 30 days.")
        made = _made(ops)
        for model, kind in ((Person, "person"), (Body, "body")):  # who refers to one of them now waits and is told
            list(model._base_manager.select_for_update().filter(pk__in=made[kind]).order_by("pk").values_list("pk"))
        ours = set().union(*made.values()) | {UUID(op["body"]) for op in ops if "body" in op}
        names, obstacles = _names(made), Obstacles()
        for kind, model in MODELS.items():
            for other, name in pointing_at(model):
                pointing = other._base_manager.filter(**{f"{name}__in": made[kind]})
                for pk, key in pointing.values_list("pk", name):
                    if pk not in ours:
                        obstacles.add(names[key], called(other))
        self._used(workbook, ops, made, names, obstacles)
        return obstacles.sentence()

    def _used(
        self,
        workbook: Import,
        ops: list[dict[str, Any]],
        made: dict[str, set[UUID]],
        names: dict[UUID, str],
        obstacles: Obstacles,
    ) -> None:
        own = {UUID(act) for op in ops for _kind, _key, act in op["made"]}
        later = Entry.objects.filter(received_at__gte=workbook.published_at)
        held = made["post"] | made["member"]
        worked = set(later.filter(right_id__in=held).values_list("right_id", flat=True))
        obstacles.add_each((names[key] for key in held & worked), _("worked in it"))
        for kind, keys in made.items():
            entries = Entry.objects.filter(subject_kind=kind, subject_id__in=keys).exclude(receipt_id__in=own)
            obstacles.add_each((names[key] for key in entries.values_list("subject_id", flat=True)), CHANGED)
            gone = keys - set(MODELS[kind]._base_manager.filter(pk__in=keys).values_list("pk", flat=True))
            obstacles.add_each((names[key] for key in gone), CHANGED)
        for op in ops:
            if "body" in op and op["after"] != _fields(op["body"], op["after"]):
                obstacles.add(str(Body.objects.filter(pk=op["body"]).first() or op["body"]), CHANGED)

    def switch_off(self, workbook: Import, actor: Viewer, this: Act, turn: None) -> None:
        """Put back the bodies that were changed, turn the entries of what was made round, take it away."""
        ops = self._ops(workbook)
        made = _made(ops)
        for op in ops:
            if "body" in op:
                fields = dict(op["before"])
                if fields.get("parent"):
                    fields["parent"] = Body.objects.get(pk=fields["parent"])
                body_change(actor=actor, body=Body.objects.get(pk=op["body"]), act_id=this.child(), **fields)
        acts = [act for op in ops for _kind, _key, act in op["made"]]
        for entry in Entry.objects.filter(receipt_id__in=acts).order_by("-received_at", "-ordinal"):
            this.reverse(entry, data=entry.data)
        Body.objects.filter(pk__in=made["body"]).update(parent=None)  # one of them may stand below another
        for kind, model in MODELS.items():
            model._base_manager.filter(pk__in=made[kind]).delete()

    @staticmethod
    def _results(workbook: Import) -> Iterator[Result]:
        for piece in pieces(workbook, Stage.UNITS):
            yield from results_in(piece)

    def _ops(self, workbook: Import) -> list[dict[str, Any]]:
        return [op for result in self._results(workbook) for op in result.ops]


def _made(ops: list[dict[str, Any]]) -> dict[str, set[UUID]]:
    made: dict[str, set[UUID]] = {kind: set() for kind in MODELS}
    for op in ops:
        for kind, key, _act in op["made"]:
            made[kind].add(UUID(key))
    return made


def _names(made: dict[str, set[UUID]]) -> dict[UUID, str]:
    """What people call the records; those that are gone by their ids."""
    names = {key: str(key) for keys in made.values() for key in keys}
    for kind, keys in made.items():
        names |= {key: str(record) for key, record in MODELS[kind]._base_manager.in_bulk(keys).items()}
    return names


def _fields(body: str, names: Iterable[str]) -> dict[str, Any] | None:
    """A body's fields as they stand, as `ops` keep them."""
    row = Body.objects.filter(pk=body).values(*names).first()
    return row and {name: str(value) if isinstance(value, UUID) else value for name, value in row.items()}
