"""What a workbook changes of known households, in the act that publishes or undoes: prepared before, then done quickly.

Nobody else writes on SQLite while it is done, so that all that can be made beforehand is: values are sealed and turned
into what the database takes, each kind of change is one statement. What is read within the transaction is only whether
everything stands as it was when the workbook was checked.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Count, Model, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.imports.workbooks.kinds import Stale
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdYear,
    MemberYear,
    Resident,
)
from yishi.assistance.register.services.counting import counts_wait
from yishi.assistance.register.services.identity import ACCOUNT, seal
from yishi.assistance.register.services.standings import FOLLOWED, standings_follow
from yishi.database.prepared import Prepared, insert_of, update_of
from yishi.people.models import Person

from .household_rows import (
    NewRows,
    causes_rows,
    identify,
    member_rows,
    values,
)
from .households import as_json

MODELS: dict[str, type[Model]] = {
    "household": Household,
    "year": HouseholdYear,
    "member": HouseholdMember,
    "resident": Resident,
    "member_year": MemberYear,
    "person": Person,
}
IDENTITY = ("identity_kind", "identity_index", "identity_sealed", "identity_fault")
AT_ONCE = 500  # keys in one question


class Changes:
    """The changes of known households, forwards or back. `run` within the transaction; raises `Stale`."""

    def __init__(self, changed: Iterable[Result], *, forwards: bool):
        self.forwards = forwards
        self.expected: dict[tuple[str, tuple[str, ...]], dict[UUID, list[Any]]] = {}
        self.causes: dict[tuple[UUID, str], list[str]] = {}  # household, kind: the codes that stand
        self.joined: set[UUID] = set()
        self.touched: set[UUID] = set()
        self.stand: set[UUID] = set()  # households whose standing may have changed
        self.made = NewRows()
        self._new_causes: list[HouseholdCause] = []
        self._sets: dict[tuple[str, tuple[str, ...]], list[tuple[UUID, list[Any]]]] = {}
        self._now, self._today = timezone.now(), timezone.localdate()
        for result in changed:
            self.touched.add(UUID(result.household))
            for op in result.ops:
                self._take(result, op)
        self.updates = [update_of(MODELS[on], names, rows) for (on, names), rows in self._sets.items()]
        self.inserts = self._inserts() if forwards else []
        if forwards:
            self.made = NewRows()  # only an undo asks who and what it was: a county's next year is a lot of rows
        self.new_causes = insert_of(HouseholdCause, self._new_causes)
        self._sets.clear()

    def run(self) -> None:
        for (on, names), expected in self.expected.items():
            _expect_values(MODELS[on], names, expected)
        for update in self.updates:
            update.run()
        if self.forwards:
            try:
                with transaction.atomic():
                    for insert in self.inserts:
                        insert.run()
            except IntegrityError as error:
                raise Stale("import.changed", _("Some of these households were changed meanwhile.")) from error
        else:
            self._leave()
        self._run_causes()
        _sizes(self.joined)
        for some in _chunks(self.stand):
            standings_follow(Household.within.filter(pk__in=some), self._today, takes_back=not self.forwards)
        counts_wait(self.touched)

    # Before the transaction

    def _take(self, result: Result, op: dict[str, Any]) -> None:
        do, key = op["do"], UUID(op["pk"])
        new: Any = op.get("new")  # of a shape that `do` says
        old: Any = op.get("old")
        if not self.forwards and "old" in op:
            new, old = old, new
        if do == "set":
            self._set(op["on"], key, values(new), [old[name] for name in new])
        elif do == "account":
            self._put("household", ("bank_sealed",), key, [seal(new, ACCOUNT, key) if new else None])
        elif do == "identity":
            row = Resident(pk=key, identity_fault=new.get("fault", ""))
            identify(row, new["kind"], new["number"], new.get("key") or new["number"])
            self._put("resident", IDENTITY, key, [getattr(row, name) for name in IDENTITY])
        elif do == "causes":
            self.causes[key, op["kind"]] = old
            self._new_causes.extend(causes_rows(key, op["kind"], new))
        elif do == "join":
            self.joined.add(key)
            member_rows(key, new, op["year"], self._today, self.made)
        elif do == "add" and op["on"] == "year":
            household = UUID(result.household)
            self.made.years.append(
                HouseholdYear(id=key, household_id=household, changed_at=self._now, **values(new))
            )  # fmt: skip
        elif do == "add":
            self.made.member_years.append(MemberYear(id=key, member_id=UUID(op["of"]), **values(new)))

    def _set(self, on: str, key: UUID, said: dict[str, Any], old: list[Any]) -> None:
        names = tuple(said)
        if on == "household" and FOLLOWED & set(said):
            self.stand.add(key)
        self.expected.setdefault((on, names), {})[key] = old
        if on == "year":
            self._put(on, (*names, "changed_at"), key, [*said.values(), self._now])
        else:
            self._put(on, names, key, list(said.values()))

    def _put(self, on: str, names: tuple[str, ...], key: UUID, new: list[Any]) -> None:
        self._sets.setdefault((on, names), []).append((key, new))

    def _inserts(self) -> list[Prepared]:
        return [insert_of(model, rows) for model, rows in self.made.by_model()]

    # Within it

    def _leave(self) -> None:
        """For an undo: take away the people who joined and the years that were added."""
        made = self.made
        members = [row.pk for row in made.members]
        for some in _chunks(members):
            MemberYear.within.filter(member__in=some).delete()
        for model, records in (
            (MemberYear, made.member_years),
            (HouseholdYear, made.years),
            (HouseholdMember, made.members),
            (Person, made.people),
        ):
            for some in _chunks([row.pk for row in records]):
                model.within.filter(Q(pk__in=some)).delete()

    def _run_causes(self) -> None:
        stands: dict[tuple[UUID, str], list[tuple[str, UUID]]] = {}
        for some in _chunks({household for household, _kind in self.causes}):
            causes = HouseholdCause.objects.filter(household__in=some).values_list("household", "kind", "code", "pk")
            for household, kind, code, key in causes:
                stands.setdefault((household, kind), []).append((code, key))
        gone: list[UUID] = []
        for which, old in self.causes.items():
            standing = stands.get(which, [])
            _expect(sorted(code for code, _key in standing) == sorted(old))
            gone.extend(key for _code, key in standing)
        for some in _chunks(gone):
            HouseholdCause.objects.filter(pk__in=some).delete()
        self.new_causes.run()


def _expect_values(model: Any, names: Sequence[str], expected: dict[UUID, list[Any]]) -> None:
    """Each row must stand and say what it said when the workbook was checked."""
    count = 0
    for some in _chunks(expected):
        for key, *stands in model.within.filter(pk__in=some).values_list("pk", *names):
            _expect([as_json(value) for value in stands] == expected[key])
            count += 1
    _expect(count == len(expected))


def _sizes(households: set[UUID]) -> None:
    """Count who lives in these households now."""
    there = HouseholdMember.within.filter(household=OuterRef("pk"), valid_to__isnull=True).order_by()
    count = there.values("household").annotate(found=Count("pk")).values("found")
    for some in _chunks(households):
        Household.within.filter(pk__in=some).update(size=Coalesce(Subquery(count), 0))


def _chunks(keys: Iterable[UUID]) -> Iterator[list[UUID]]:
    source = iter(keys)
    while some := list(islice(source, AT_ONCE)):
        yield some


def _expect(is_so: bool) -> None:
    if not is_so:
        raise Stale("import.changed", _("Some of these households were changed meanwhile."))
