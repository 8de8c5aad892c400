"""A commitment's story as a timeline. Who judged is never shown; the words of a verdict only with two or more."""

from django.utils.translation import gettext as _

from yishi.commitments.models import Commitment, LedgerEvent, Proof, Verdict

from .timeline import Event

K = LedgerEvent.Kind
MANY = 2  # verdicts of one round from which their words are shown to the desks (docs/decisions)


def promise_events(commitment: Commitment, *, public: bool = False) -> list[Event]:
    """What happened to it, in order, then what comes next and by when."""
    events = [(commitment.agreed_on, 0, Event(_("Promised"), when=commitment.agreed_on, who=commitment.bearer.name))]
    for one in commitment.events.select_related("body"):
        text = "" if public and one.kind in (K.ANSWER, K.MET, K.RECHECK) else one.text
        title = one.get_kind_display() + (f" {one.number}" if one.number else "")
        events.append((one.on, 1, Event(title, when=one.on, who=one.body.name if one.body else "", text=text)))
    for proof in commitment.proofs.all():
        events.append(
            (proof.given_at.date(), 2, Event(_("Proof given"), when=proof.given_at, text="" if public else proof.text))
        )
        if proof.outcome and proof.checked_at:
            title = _("Proof accepted") if proof.outcome == Proof.Outcome.ACCEPTED else _("Proof returned")
            events.append(
                (proof.checked_at.date(), 3, Event(title, when=proof.checked_at, text="" if public else proof.finding))
            )
    for asked in commitment.time_requests.all():
        words = {None: _("More time asked for"), True: _("More time granted"), False: _("More time refused")}
        text = _("until %(day)s") % {"day": asked.due_on.isoformat()}
        events.append((asked.asked_at.date(), 2, Event(words[asked.granted], when=asked.asked_at, text=text)))
    for number in range(1, commitment.round + 1):
        events += _verdicts(commitment, number)
    ordered = [event for _day, _rank, event in sorted(events, key=lambda row: (row[0], row[1]))]
    return ordered + _next(commitment)


def _verdicts(commitment: Commitment, number: int) -> list[tuple]:
    rows = [one for one in commitment.verdicts.all() if one.round == number]
    if not rows:
        return []
    counts = [(label, sum(one.value == value for one in rows)) for value, label in Verdict.Value.choices]
    text = "，".join(f"{label} {count}" for label, count in counts if count)
    if len(rows) >= MANY:
        text += "".join(f"\n“{one.text}”" for one in rows if one.text)
    last = max(one.at for one in rows)
    asked = commitment.judges.count()
    title = _("Judged: %(count)d of %(asked)d who were asked") % {"count": len(rows), "asked": asked}
    return [(last.date(), 4, Event(title, when=last, text=text))]


def _next(commitment: Commitment) -> list[Event]:
    S = Commitment.State
    if commitment.state == S.PROPOSED:
        return [Event(_("The bearer confirms, or the hand-over puts it in force"), kind="now")]
    if commitment.state == S.AGREED:
        return [Event(_("Waits for the hand-over; its clock does not run yet"), kind="now")]
    if commitment.state == S.IN_FORCE:
        who = commitment.bearer.name
        return [Event(_("To be done and proved"), kind="now", who=who, due=commitment.due_on)]
    if commitment.state == S.PROVED:
        return [Event(_("A second person checks the proof"), kind="now", who=commitment.supervisor.name)]
    if commitment.state == S.CHECKED:
        return [Event(_("Those who raised it are asked to judge"), kind="now", due=commitment.verdict_due_on)]
    if commitment.state == S.STRUCK_OFF and commitment.recheck_due_on and not commitment.rechecked_on:
        return [Event(_("Look back: does it hold?"), kind="next", due=commitment.recheck_due_on)]
    return []
