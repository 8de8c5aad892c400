"""A commitment's story as a timeline. Who judged is never shown; the words of a verdict to whoever supervises, and to
the others where whoever said them lets them (docs/decisions/0009)."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from yishi.commitments.clocks import next_due
from yishi.commitments.models import Commitment, LedgerEvent, PromisePaper, Proof, TimeRequest, Verdict
from yishi.commitments.rules import same_hands
from yishi.database.taken_back import TakenBack
from yishi.journal.models import Moved
from yishi.journal.moved import moved_of
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.web.kit.timeline import Event
from yishi.web.kit.titles import act_title

K = LedgerEvent.Kind
# What stays between bearer and supervisor; a judge reads the proof, the finding and how it ended.
BETWEEN_DESKS = (K.ANSWER, K.MET, K.REMINDER, K.AGAIN, K.LETTER, K.NEXT_TIER, K.RECHECK)


def promise_events(
    commitment: Commitment,
    viewer: Viewer | None = None,
    *,
    to_judge: bool = False,
    kept: Iterable[Moved] | None = None,
) -> list[Event]:
    """What happened to it, in order, then what comes next and by when. A judge reads less than the desks; the words of
    the verdicts are read by `viewer` as far as `reads_words` says. `kept`: what was moved of it, where it was read."""
    flag = _("recorded afterwards")
    bearer, supervisor = commitment.owes, commitment.supervisor.name
    title = act_title("commitments.commitment.agree")
    first = Event(title, when=commitment.agreed_on, who=bearer, flag=flag if commitment.backfilled else "")
    dated: list[tuple[date, datetime | None, Event]] = [(commitment.agreed_on, None, first)]
    for ledger_event in _rows(commitment, "events", "body", "paper"):
        late = ledger_event.on < timezone.localdate(ledger_event.at)
        event = Event(
            ledger_event.get_kind_display() + (f" {ledger_event.number}" if ledger_event.number else ""),
            when=ledger_event.on if late else ledger_event.at,
            who=ledger_event.body.name if ledger_event.body else "",
            text="" if to_judge and ledger_event.kind in BETWEEN_DESKS else ledger_event.text,
            flag=_from_paper(ledger_event.paper) or _hands(ledger_event) or (flag if late else ""),
        )
        if ledger_event.taken_back_at:
            event = replace(event, flag=_("was taken back"))
            dated.append(_back("commitments.meeting.take_back", ledger_event, to_judge=to_judge))
        dated.append((ledger_event.on, ledger_event.at, event))
    for proof in _rows(commitment, "proofs", "paper"):
        done = _("done on %(day)s") % {"day": date_format(proof.done_on)}
        amount = f"{proof.quantity.normalize():f} {commitment.unit}" if proof.quantity is not None else ""
        text = "\n".join(word for word in (proof.text, amount, done) if word)
        title = act_title("commitments.commitment.prove")
        # A proof without a giver is the family's word, which names its writer: the bearer did not say it.
        who = bearer if proof.given_by_id else ""
        dated.append(
            _at(proof.given_at, Event(title, when=proof.given_at, who=who, text=text, flag=_from_paper(proof.paper)))
        )
        if proof.outcome == Proof.Outcome.WITHDRAWN and proof.checked_at:
            title = act_title("commitments.proof.withdraw")
            dated.append(_at(proof.checked_at, Event(title, when=proof.checked_at, who=bearer, text=proof.finding)))
        elif proof.outcome and proof.checked_at:
            title = _("Proof accepted") if proof.outcome == Proof.Outcome.ACCEPTED else _("Proof returned")
            if proof.outcome == Proof.Outcome.ACCEPTED and not proof.as_agreed:
                title = _("Proof accepted; not quite as agreed")
            event = Event(
                title,
                when=proof.checked_at,
                who=supervisor,
                text=proof.finding,
                flag=_hands(proof),
            )
            dated.append(_at(proof.checked_at, event))
    for asked in _rows(commitment, "time_requests", "paper"):
        until = _("until %(day)s") % {"day": date_format(asked.due_on)}
        text = until if to_judge else f"{until}\n{asked.reason}"
        title = act_title("commitments.time.ask")
        event = Event(title, when=asked.asked_at, who=bearer, text=text, flag=_from_paper(asked.paper))
        dated.append(_at(asked.asked_at, event))
        if asked.decided_at:
            title = _("More time granted") if asked.granted else _("More time refused")
            text = "" if to_judge else asked.answer
            event = Event(title, when=asked.decided_at, who=supervisor, text=text, flag=_hands(asked))
            dated.append(_at(asked.decided_at, event))
    for moved in moved_of(("commitment", commitment.pk)) if kept is None else kept:
        if moved.taken_back_at is None:
            continue
        title = _("More time granted") if moved.more["granted"] else _("More time refused")
        text = "" if to_judge else moved.more["answer"]
        event = Event(title, when=moved.at, who=supervisor, text=text, flag=_("was taken back"))
        dated += [_at(moved.at, event), _back("commitments.time.take_back", moved, to_judge=to_judge)]
    dated += _verdicts(commitment, all_words=viewer is not None and reads_words(viewer, commitment), to_judge=to_judge)
    earliest = datetime.min.replace(tzinfo=timezone.get_current_timezone())
    ordered = sorted(dated, key=lambda row: (row[0], row[1] or earliest))
    return [event for _day, _moment, event in ordered] + _next(commitment)


def bring(commitment: Commitment) -> None:
    """Events, proofs and requests for time, once for all that a page says of them."""
    prefetch_related_objects(
        [commitment],
        Prefetch("events", LedgerEvent.every.select_related("body", "paper")),
        Prefetch("proofs", Proof.objects.select_related("paper").prefetch_related("files")),
        Prefetch("time_requests", TimeRequest.objects.select_related("paper")),
    )


def _rows(commitment: Commitment, name: str, *related: str) -> Any:
    """What `bring` brought; asked for where it did not. Of the events those that were taken back, too."""
    brought = getattr(commitment, "_prefetched_objects_cache", {}).get(name)
    if brought is not None:
        return brought
    rows = LedgerEvent.every.filter(commitment=commitment) if name == "events" else getattr(commitment, name)
    return rows.select_related(*related)


def _from_paper(paper: PromisePaper | None) -> str:
    """What came on paper says so, and of which day the paper is."""
    if paper is None:
        return ""
    words = _("from paper, signed by %(name)s on %(day)s")
    return words % {"name": paper.signed_by, "day": date_format(paper.signed_on)}


def _hands(row: Proof | TimeRequest | LedgerEvent) -> str:
    """A small office: one person was both sides, and the file says so."""
    return _("one person for both desks (small office)") if row.same_hands else ""


def _at(moment: datetime, event: Event) -> tuple[date, datetime, Event]:
    """The event with what it is sorted by: its day, then its moment."""
    return (timezone.localdate(moment), moment, event)


def _back(code: str, row: TakenBack, *, to_judge: bool) -> tuple[date, datetime, Event]:
    """When `row` was taken back, by an act `code`, and why: between the desks."""
    at = certain(row.taken_back_at)
    return _at(at, Event(act_title(code), when=at, text="" if to_judge else row.taken_back_reason))


def reads_words(viewer: Viewer, commitment: Commitment) -> bool:
    """Reads every word of a verdict: whoever supervises or convened it, never the bearer's own hands."""
    return bool(may("commitment.supervise", viewer, commitment)) and not same_hands(viewer, commitment)


def _verdicts(commitment: Commitment, *, all_words: bool, to_judge: bool) -> list[tuple[date, datetime, Event]]:
    """One event per round: how many answered, and how. Late ones count in the round in which they were given."""
    verdicts = list(commitment.verdicts.select_related("earlier"))
    if not verdicts:
        return []
    asked, events = commitment.judges.count(), []
    for number in sorted({verdict.round for verdict in verdicts}):
        of_round = [verdict for verdict in verdicts if verdict.round == number]
        counted = Counter(verdict.value for verdict in of_round)
        text = "，".join(f"{label} {counted[value]}" for value, label in Verdict.Value.choices if counted[value])
        if not to_judge:
            said = sorted(verdict.text for verdict in of_round if verdict.text and (all_words or verdict.bearer_reads))
            text += "".join(f"\n“{sentence}”" for sentence in said)
            for before in (verdict.earlier for verdict in of_round if hasattr(verdict, "earlier")):
                words = f"“{before.text}”" if before.text and (all_words or before.bearer_reads) else ""
                text += "\n" + _("One had said before: %(value)s") % {"value": before.get_value_display()} + words
        last = max(verdict.at for verdict in of_round)
        title = _("Judged: %(count)d of %(asked)d who were asked") % {"count": len(of_round), "asked": asked}
        events.append((timezone.localdate(last), last, Event(title, when=timezone.localdate(last), text=text)))
    return events


def _next(commitment: Commitment) -> list[Event]:
    """Where the promise stands now or what is expected next; empty where nothing is."""
    S = Commitment.State
    if commitment.state == S.PROPOSED:
        return [Event(_("The bearer confirms, or the hand-over puts it in force"), kind="now")]
    if commitment.state == S.AGREED:
        return [Event(_("Waits for the hand-over; its clock does not run yet"), kind="now")]
    if commitment.state == S.IN_FORCE:
        who = commitment.owes
        return [Event(_("To be done and proved"), kind="now", who=who, due=next_due(commitment))]
    if commitment.state == S.PROVED:
        who = commitment.supervisor.name
        return [Event(_("A second person checks the proof"), kind="now", who=who, due=next_due(commitment))]
    if commitment.state == S.CHECKED:
        return [Event(_("Those who raised it are asked to judge"), kind="now", due=next_due(commitment))]
    if commitment.state == S.STRUCK_OFF and commitment.recheck_due_on and not commitment.rechecked_on:
        return [Event(_("Look back: does it hold?"), kind="next", due=commitment.recheck_due_on)]
    return []
