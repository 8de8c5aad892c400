"""What came of a case (成效): stated by who works on it, with its source; taken back where it was a mistake."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.commitments.cases import CASES, Case
from yishi.commitments.models import Commitment, Outcome
from yishi.database.amounts import whole_checked
from yishi.database.taken_back import locked_standing
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

WHAT = Words("what", 64, _("Please write what changed: one thing, such as income of a household."), code="outcome.what")
UNIT = Words("unit", 16, _("Please write the unit."), code="outcome.unit")
SOURCE = Words("source", 200, _("Please write where this is known from: a table, a bill, an interview."))
WHY = Words("reason", 300, _("Please say why it is taken back."), code="outcome.reason")
MOST = Decimal(10) ** 11
Sort = Outcome.Sort


def outcome_state(
    *,
    actor: Viewer,
    case: Case,
    sort: str,
    what: str,
    unit: str,
    after: Decimal,
    on: date,
    source: str,
    before: Decimal | None = None,
    commitment: Commitment | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """State one outcome of a case: a level before (if it is known) and after, its change alone, an amount.

    Result: outcome."""
    by = permit("outcome.state", actor, case)
    sent = {
        "case": [case.kind, case.key],
        "sort": sort,
        "what": what,
        "unit": unit,
        "before": before,
        "after": after,
        "on": on,
        "source": source,
        "commitment": commitment.pk if commitment else None,
    }
    with act("commitments.outcome.state", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        if sort not in Sort.values:
            raise Refusal("outcome.sort", _("Please choose one of the values that are offered."), field="sort")
        if sort != Sort.LEVEL and before is not None:
            raise Refusal("outcome.before", _("Only a level has a “before”. Please leave it empty."), field="before")
        if commitment is not None and (commitment.origin_kind, commitment.origin_id) != (case.kind, case.key):
            raise Refusal("outcome.commitment", _("This promise belongs to another file."), field="commitment")
        kept_unit = UNIT.kept(unit)
        for field, value in (("before", before), ("after", after)):
            _checked(value, kept_unit, field)
        if sort == Sort.AMOUNT and after <= 0:
            raise Refusal("outcome.after", _("An amount that came about is more than nil."), field="after")
        if sort == Sort.CHANGE and after == 0:
            raise Refusal("outcome.after", _("Nil is no change."), field="after")
        day, kept_what, kept_source = happened(on, "on"), WHAT.kept(what), SOURCE.kept(source)
        same = Outcome.within.filter(origin_kind=case.kind, origin_id=case.key, what=kept_what, unit=kept_unit, on=day)
        if same.exists():
            raise Refusal(
                "outcome.twice",
                _("This is stated already for that day. If it was wrong, take it back first."),
                field="what",
            )
        outcome = Outcome.within.create(
            origin_kind=case.kind,
            origin_id=case.key,
            commitment=commitment,
            place=case.place,
            sort=sort,
            what=kept_what,
            unit=kept_unit,
            before=before,
            after=after,
            on=day,
            source=kept_source,
            stated_by=actor.person,
            stated_for_id=by.body_id,
            stated_at=this.now,
        )
        this.entry(
            subject=(CASES[case.kind].subject, case.key),
            place=case.place.pk,
            at=this.on_day(day),
            data={"outcome": outcome.pk, "unit": kept_unit, "before": before, "after": after},
        )
        this.result(outcome=outcome.pk)
    return this.receipt


def _checked(value: Decimal | None, unit: str, field: str) -> None:
    if value is None:
        return
    if not value.is_finite() or abs(value) >= MOST or value != value.quantize(Decimal("0.001")):
        raise Refusal("outcome.value", _("Please type a number with at most three places."), field=field)
    whole_checked(value, unit, field)


def outcome_take_back(*, actor: Viewer, outcome: Outcome, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take back what was stated by mistake; it stays with the reason and is shown nowhere else. Result: outcome."""
    by = permit("outcome.take_back", actor, outcome)
    body = {"outcome": outcome.pk, "reason": reason}
    with act("commitments.outcome.take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_standing(outcome, _("This was taken back already."))
        row.take_back(WHY.kept(reason), this.now, actor.person.pk if actor.person else None)
        this.entry(
            subject=(CASES[row.origin_kind].subject, row.origin_id),
            place=row.place_id,
            data={"outcome": row.pk, "on": row.on},
        )
        this.result(outcome=row.pk)
    return this.receipt
