"""Visits (走访): who was met, what was found, its root, what was agreed. No photo, no position, no check-in.

A visit counts from the moment it is recorded. One that arrives after the helper's grant has ended, about a day on which
it was valid, is kept and waits for the desk of the village.
"""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.hooks import visit_settled
from yishi.assistance.pairing.models import Pairing, TeamMember, Visit
from yishi.assistance.register.models import Household
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Entry, Moved, Receipt
from yishi.journal.moved import Watch, last_moved, put_back, stands
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.records import certain
from yishi.notices.days import happened
from yishi.organisations.grants import Grant, Viewer
from yishi.organisations.models import valid_on
from yishi.organisations.rights import may, permit
from yishi.people.models import Person

FOUND = Words("found", 1000, _("Write in a sentence what you found."), code="visit.found")
WHY_NOT_COUNTED = Words("reason", 300, _("Please write why it is not accepted."))
WHY_WITHDRAWN = Words("reason", 300, _("Please write why it is withdrawn."))
MET = Words("met", 120)
CAUSE = Words("cause", 300)
AGREED = Words("agreed", 500)

State = Visit.State
DECIDED = "assistance.visit.decide"
MOST_VISITORS = 20
# New troubles that a visit may see, codes of list poverty_cause: what a family lacked all along is no news.
RISKS_SEEN = (
    *("illness", "disability", "schooling", "disaster", "accident", "business_failure", "unstable_work", "labour"),
    "housing",
)


def visit_log(
    *,
    actor: Viewer,
    household: Household,
    on: date,
    found: str,
    met: str = "",
    cause: str = "",
    agreed: str = "",
    risk: str = "",
    visitors: Iterable[Person] = (),
    act_id: UUID | None = None,
) -> Receipt:
    """Record a visit, of today or of a day before; the actor is among the visitors. Result: visit, waits (whether the
    desk of the village has to decide on it, because the actor's grant is over)."""
    late = None if may("visit.log", actor, household) else _grant_on(actor, household, on)
    by = actor.acting(late) if late else permit("visit.log", actor, household)
    people = {person.pk: person for person in (*([actor.person] if actor.person else []), *visitors)}
    body = {
        "household": household.pk,
        "on": on,
        "found": found,
        "met": met,
        "cause": cause,
        "agreed": agreed,
        "visitors": sorted(people, key=str),
        **({"risk": risk} if risk else {}),
    }
    with act("assistance.visit.log", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        since = (household.registered_on, _("The household was not registered on this day yet."))
        happened(on, "on", code="visit", today=timezone.localdate(this.now), not_before=since)
        if not people:
            raise Refusal("visit.nobody", _("Say who visited."), field="visitors")
        if len(people) > MOST_VISITORS:
            raise Refusal("visit.many", _("At most 20 visitors."), field="visitors")
        if risk and risk not in RISKS_SEEN:
            raise Refusal("visit.risk", _("Please choose one of the values that are offered."), field="risk")
        findings = FOUND.kept(found)
        visit = Visit.objects.create(
            id=child_id(this.id, 1),
            household=household,
            place=household.place,
            on=on,
            met=MET.kept(met),
            found=findings,
            cause=CAUSE.kept(cause),
            agreed=AGREED.kept(agreed),
            risk=risk,
            state=State.WAITING if late else State.KEPT,
            written_by=actor.person,
            written_at=this.now,
        )
        visit.visitors.set(people.values())
        if late:
            this.entry(subject=("visit", visit.pk), code="assistance.visit.wait", place=visit.place_id)
        else:
            _count(this, visit)
            visit_settled(visit, this)
        this.result(visit=visit.pk, waits=bool(late))
    return this.receipt


def visit_decide(
    *, actor: Viewer, visit: Visit, accepted: bool, reason: str = "", act_id: UUID | None = None
) -> Receipt:
    """Decide, at the desk of the village, whether a visit counts that arrived after its writer's grant had ended.
    Result: visit."""
    by = permit("visit.decide", actor, visit)
    body = {"visit": visit.pk, "accepted": accepted, "reason": reason}
    with act("assistance.visit.decide", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(visit, State.WAITING)
        why = WHY_NOT_COUNTED.kept(reason, needed=not accepted)
        watch = Watch()
        watch.row(row, "state", "reason", "entry_id")
        row.state, row.reason = (State.KEPT if accepted else State.REFUSED), why
        row.save(update_fields=["state", "reason"])
        if accepted:
            _count(this, row)
        this.entry(subject=("visit", row.pk), place=row.place_id, data={"accepted": accepted})
        watch.keep(this, ("visit", row.pk), accepted=accepted)
        visit_settled(row, this)
        this.result(visit=row.pk)
    return this.receipt


def decision_to_take_back(visit: Visit) -> Moved | None:
    """The decision on a visit that had arrived late, where it stands."""
    moved = last_moved(("visit", visit.pk), DECIDED)
    return moved if stands(moved) else None


def visit_decision_take_back(*, actor: Viewer, visit: Visit, reason: str, act_id: UUID | None = None) -> Receipt:
    """Accepted or refused by mistake: the visit waits for the desk again, and counts as long as that says so. Result:
    visit."""
    by = permit("visit.decide", actor, visit)
    body = {"visit": visit.pk, "reason": reason}
    with act("assistance.visit.decision_take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = Visit.within.select_for_update(of=("self",)).get(pk=visit.pk)
        put_back(this, last_moved(("visit", row.pk), DECIDED), reason)
        row.refresh_from_db()
        visit_settled(row, this)
        this.entry(subject=("visit", row.pk), place=row.place_id)
        this.result(visit=row.pk)
    return this.receipt


def visit_withdraw(*, actor: Viewer, visit: Visit, reason: str, act_id: UUID | None = None) -> Receipt:
    """Withdraw a visit that did not happen so: it counts no longer; the record and the reason stay. Result: visit."""
    by = permit("visit.withdraw", actor, visit)
    with act("assistance.visit.withdraw", actor=by, act_id=act_id, body={"visit": visit.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = _locked(visit, State.KEPT)
        row.reason = WHY_WITHDRAWN.kept(reason)
        this.reverse(Entry.objects.get(pk=certain(row.entry_id)))
        row.state, row.entry_id = State.WITHDRAWN, None
        row.save(update_fields=["state", "reason", "entry_id"])
        visit_settled(row, this)
        this.result(visit=row.pk)
    return this.receipt


def _count(this: Act, visit: Visit) -> None:
    """Write the entry that counts it: one visit, one family reached."""
    entry = this.entry(
        code="assistance.visit.log",
        subject=("visit", visit.pk),
        place=visit.place_id,
        at=this.on_day(visit.on),
        quantities={"visits": 1},
        touches=[("household", visit.household_id, 1)],
        data={"visitors": [visitor.pk for visitor in visit.visitors.order_by("pk")]},
    )
    Visit.within.filter(pk=visit.pk).update(entry_id=entry.pk)
    visit.entry_id = entry.pk


def _grant_on(actor: Viewer, household: Household, day: date) -> Grant | None:
    """A grant that was valid on `day` and is over now."""
    if actor.person_id is None or actor.query_code:
        return None
    helper = Q(person=actor.person_id) | Q(body__in=actor.reach.bodies)
    pairing = Pairing.within.filter(valid_on(day), helper, household=household).first()
    if pairing is not None:
        return Grant("pairing", pairing.pk, pairing.body_id)
    spans = {"team__place__lo__lte": household.place.lo, "team__place__hi__gte": household.place.lo}
    station = TeamMember.objects.filter(valid_on(day), person=actor.person_id, **spans).first()
    return Grant("station", station.pk, station.sent_by_id) if station is not None else None


def _locked(visit: Visit, state: str) -> Visit:
    row = Visit.within.select_for_update(of=("self",)).select_related("household__place", "place").get(pk=visit.pk)
    if row.state != state:
        raise WrongStage(
            "visit.state",
            _("This visit is “%(state)s” now. Reload the page.") % {"state": row.get_state_display()},
        )
    return row
