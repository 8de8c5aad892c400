"""Stances on paper sheets (表态单): printed for each seat, typed in by two people, differences looked at again."""

from collections.abc import Mapping
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.common_ground.floor import folded_spelling
from yishi.deliberation.models import Seat, Sitting, Stance, StanceSheet, Statement
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .asked import UNCOUNTED
from .room import enter, locked_sitting, next_state
from .stances import CONDITION, stance_take

Answers = Mapping[str, tuple[str, str]]  # statement's id → answer, condition
MOST_STATEMENTS = 12  # what stands on one sheet of paper
LATE = ("statement.closed", "stance.reworded")


def statements_for_sheets(sitting: Sitting) -> list[Statement]:
    """What is printed: the statements that take stances now."""
    asked = sitting.statements.filter(is_open=True, withdrawn_at__isnull=True, merged_into__isnull=True)
    return list(asked.order_by("ordinal"))


def seats_for_sheets(sitting: Sitting) -> list[Seat]:
    """Who gets a sheet: everybody whose stance counts, whether they have come yet or not."""
    seats = Seat.objects.filter(matter=sitting.matter_id, state__in=Seat.LIVE, ended_on__isnull=True)
    seats = seats.exclude(role__in=UNCOUNTED).select_related("person", "party", "body")
    return list(seats.order_by("party__ordinal", "started_on", "pk"))


def sheets_make(*, actor: Viewer, sitting: Sitting, act_id: UUID | None = None) -> Receipt:
    """Sheets for all seats, with the open statements as they are worded now; made anew they are a further printing, and
    sheets of an earlier one are typed in as they are. Result: printing, sheets."""
    by = permit("sitting.run", actor, sitting.matter)
    with act("deliberation.sheet.print", actor=by, act_id=act_id, body={"sitting": sitting.pk}) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "state")
        statements, seats = statements_for_sheets(row), seats_for_sheets(row)
        if not statements:
            raise Refusal("sheet.nothing", _("No statement is open. Put one to the room, then print the sheets."))
        if len(statements) > MOST_STATEMENTS:
            raise Refusal(
                "sheet.many",
                _("%(count)d statements are open; %(most)d fit on a sheet. Close what is decided.")
                % {"count": len(statements), "most": MOST_STATEMENTS},
            )
        if not seats:
            raise Refusal("sheet.nobody", _("Nobody holds a seat whose stance counts."))
        last = row.sheets.order_by("-printing").first()
        printing = (last.printing if last else 0) + 1
        printed = [
            {"id": str(one.pk), "ordinal": one.ordinal, "text": one.text, "edition": one.edition} for one in statements
        ]
        StanceSheet.objects.bulk_create(
            StanceSheet(sitting=row, printing=printing, number=number, seat=seat, statements=printed)
            for number, seat in enumerate(seats, start=1)
        )
        enter(this, row, printing=printing, sheets=len(seats))
        this.result(printing=printing, sheets=len(seats))
    return this.receipt


def sheet_type(
    *, actor: Viewer, sheet: StanceSheet, answers: Answers, anew: bool = False, act_id: UUID | None = None
) -> Receipt:
    """Type a sheet in: the first time, or, by somebody else who is not shown what the first read, the second. Where
    both read the same its stances are taken; else somebody looks a third time. `anew`: who typed first mends their own
    reading, before anybody typed it again. Result: sheet, differs, taken."""
    by = permit("sitting.run", actor, sheet.sitting.matter)
    sent = {key: list(answer) for key, answer in sorted(answers.items())}
    body = {"sheet": sheet.pk, "answers": sent, **({"anew": True} if anew else {})}
    with act("deliberation.sheet.type", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(sheet)
        kept = _kept(row, answers)
        if row.second is not None:
            raise WrongStage("sheet.typed", _("This sheet was typed twice already. Reload the page."))
        if row.first is None or (anew and row.first_by_id == actor.person_id):
            row.first, row.first_by = kept, actor.person
            row.save(update_fields=["first", "first_by"])
            _enter(this, row, taken=0)
            return this.receipt
        if row.first_by_id == actor.person_id:
            raise Refusal(
                "sheet.same_person", _("You typed this sheet the first time. The second time somebody else types it.")
            )
        row.second, row.second_by = kept, actor.person
        row.save(update_fields=["second", "second_by"])
        taken = 0 if differences(row) else _take(this, actor, row, kept)
        _enter(this, row, taken=taken)
    return this.receipt


def sheet_settle(*, actor: Viewer, sheet: StanceSheet, answers: Answers, act_id: UUID | None = None) -> Receipt:
    """A third look at the paper where two people read it differently: `answers` for those statements; then its stances
    are taken. Result: sheet, differs, taken."""
    by = permit("sitting.run", actor, sheet.sitting.matter)
    sent = {key: list(answer) for key, answer in sorted(answers.items())}
    with act("deliberation.sheet.settle", actor=by, act_id=act_id, body={"sheet": sheet.pk, "answers": sent}) as this:
        if this.replayed:
            return this.receipt
        row = _locked(sheet)
        if not row.differs:
            raise WrongStage("sheet.same", _("Nothing differs on this sheet. Reload the page."))
        open_ones = differences(row)
        kept = _kept(row, answers)
        settled = {key: kept[key] if key in open_ones else (row.first or {})[key] for key in kept}
        _enter(this, row, taken=_take(this, actor, row, settled), looked=len(open_ones))
    return this.receipt


def differences(sheet: StanceSheet) -> list[str]:
    """The ids of the statements on which the two readings differ; of conditions what they say counts, not their
    marks and spaces."""
    if sheet.first is None or sheet.second is None:
        return []
    return [key for key in sheet.first if _read(sheet.first[key]) != _read(sheet.second.get(key, ["", ""]))]


def _read(answer: list[str]) -> tuple[str, str]:
    return answer[0], folded_spelling(answer[1])


def _locked(sheet: StanceSheet) -> StanceSheet:
    rows = StanceSheet.objects.select_for_update(of=("self",))
    row = rows.select_related("sitting__matter__place", "seat__matter__place", "seat__person").get(pk=sheet.pk)
    if row.is_settled:
        raise WrongStage("sheet.settled", _("This sheet is done. What is wrong in it is recorded in the grid."))
    return row


def _kept(sheet: StanceSheet, answers: Answers) -> dict[str, list[str]]:
    """One reading of all statements of the sheet; refuses what no sheet can say."""
    kept = {}
    for one in sheet.statements:
        value, condition = answers.get(one["id"], ("", ""))
        field = f"said_{one['ordinal']}"
        if value and value not in Stance.Value.values:
            raise Refusal("stance.value", _("Please choose one of the four answers."), field=field)
        words = CONDITION.kept(condition)
        if value == Stance.Value.CONDITIONAL and not words:
            raise Refusal("stance.condition", _("Please type the condition that is written on the sheet."), field=field)
        if words and value != Stance.Value.CONDITIONAL:
            raise Refusal(
                "stance.no_condition",
                _("Statement %(n)d: a condition is typed beside another answer. Look at the sheet again.")
                % {"n": one["ordinal"]},
                field=field,
            )
        kept[one["id"]] = [value, words]
    return kept


def _take(this: Act, actor: Viewer, sheet: StanceSheet, settled: dict[str, list[str]]) -> int:
    """Take the stances of a sheet, as said on paper. On a statement that was closed or worded otherwise since it was
    printed nothing is said any more; the sheet's page says so. How many were taken."""
    taken, late = 0, []
    for one in sheet.statements:
        value, condition = settled[one["id"]]
        if not value:
            continue
        try:
            stance_take(
                actor=actor,
                statement=Statement(pk=UUID(one["id"])),
                seat=sheet.seat,
                value=value,
                condition=condition,
                way=Stance.Way.SHEET,
                edition=one["edition"],
                act_id=this.child(),
            )
        except Refusal as refusal:
            if refusal.code not in LATE:
                raise Refusal(refusal.code, f"{sheet.seat.person}：{refusal.message}") from refusal
            late.append(one["ordinal"])
        else:
            taken += 1
    sheet.settled, sheet.settled_by, sheet.settled_at = {**settled, "late": late}, actor.person, this.now
    sheet.save(update_fields=["settled", "settled_by", "settled_at"])
    return taken


def _enter(this: Act, sheet: StanceSheet, **data: object) -> None:
    sitting = sheet.sitting
    this.entry(
        subject=("matter", sitting.matter_id),
        place=sitting.matter.place_id,
        data={"sitting": sitting.pk, "sheet": sheet.pk, **data},
    )
    this.result(sheet=sheet.pk, differs=len(differences(sheet)) if sheet.differs else 0, taken=data["taken"])
