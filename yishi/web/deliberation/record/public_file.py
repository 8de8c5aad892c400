"""A matter as anybody may read it: where it is now, the story, the agreement, the promises; nobody is named."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from django.db.models import Count, F, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext as _

from yishi.commitments.models import Commitment, Judge, LedgerEvent, Verdict
from yishi.deliberation.models import (
    Consultation,
    GateRequest,
    Matter,
    Release,
    Sitting,
    Stance,
    Statement,
    Study,
    Worry,
)
from yishi.deliberation.process.facts import Facts, just_after
from yishi.deliberation.process.schema import ROLES
from yishi.deliberation.veil import Veil
from yishi.kit.records import lent
from yishi.web.commitments.outcome_words import outcome_text
from yishi.web.kit.timeline import Event, moment_of

# What of a promise's course is told; reminders and letters only where overdue lists are public.
TOLD = (
    LedgerEvent.Kind.IN_FORCE,
    LedgerEvent.Kind.MET,
    LedgerEvent.Kind.STRUCK_OFF,
    LedgerEvent.Kind.CLOSED_UNDONE,
    LedgerEvent.Kind.REOPENED,
    LedgerEvent.Kind.RECHECK,
)
PRESSING = (LedgerEvent.Kind.REMINDER, LedgerEvent.Kind.LETTER, LedgerEvent.Kind.NEXT_TIER)


@dataclass
class Promise:
    """A commitment as the public reads it: no person named, and of verdicts the counts of this round only."""

    commitment: Commitment
    act: str
    conditions: str
    bearer: str
    supervisor: str
    asked: int = 0
    verdicts: list[tuple[str | Lazy, int]] = field(default_factory=list)

    @property
    def judged(self) -> int:
        return sum(number for _word, number in self.verdicts)


@dataclass
class Position:
    """One statement and where the room stood: counts only, in the order of the values."""

    text: str
    by_staff: bool
    stances: list[tuple[str | Lazy, int]]
    minority: str = ""


def with_story(releases: QuerySet[Release]) -> QuerySet[Release]:
    """Releases with what the story tells of worries and studies in a word: saves the page two queries."""
    worries = Worry.within.filter(matter=OuterRef("matter")).order_by().values("matter")
    studies = Study.objects.filter(matter=OuterRef("matter")).order_by().values("matter")
    return releases.annotate(
        worry_count=Subquery(worries.annotate(n=Count("pk")).values("n")),
        first_raised=Subquery(worries.annotate(at=Min("raised_at")).values("at")),
        study_checked=Subquery(studies.annotate(on=Max("checked_on")).values("on")),
    )


class PublicFile:
    """Everything that the page of a released file shows. The release comes from `with_story`."""

    def __init__(self, release: Release, *, shows_overdue: bool):
        self.release = release
        self.matter: Matter = release.matter
        self.facts = Facts(self.matter)
        self.veil = Veil(self.matter, self.facts)
        self.shows_overdue = shows_overdue
        self.title, self.summary = self.veil(release.title), self.veil(release.summary)

    @property
    def is_open(self) -> bool:
        return self.matter.state == Matter.State.OPEN

    @property
    def consultations(self) -> list[Consultation]:
        """Those that anybody may take part in, and the results of all."""
        consultations = self.matter.consultations.exclude(stage=Consultation.Stage.DRAFT).order_by("-ordinal")
        consultations = consultations.exclude(stage=Consultation.Stage.OPEN, audience=Consultation.Audience.INVITED)
        return list(consultations.only("question", "stage", "code", "closes_at", "matter"))

    @property
    def step(self) -> str:
        step = self.facts.model.step(self.matter.step)
        return step.name if step else self.matter.get_stage_display()

    @property
    def due_on(self) -> date | None:
        step: date | None = self._gate.due_on if self._gate is not None else self.matter.step_due_on
        if self._gate is not None:
            return step
        promised: date | None = min((promise.commitment.due_on for promise in self._running), default=None)
        return promised or step

    @property
    def who(self) -> str:
        """Who must act now: the body of an open gate, the bearers while promises run, else the convener's desk."""
        if self._gate is not None:
            return self.veil.body(self._gate.body)
        if self._running:
            return "、".join(dict.fromkeys(promise.bearer for promise in self._running))
        step = self.facts.model.step(self.matter.step)
        convener = self.veil.body(self.matter.convener)
        if step is None or step.role in ("convener", "office", "secretary", "handler"):
            return convener
        return _("%(role)s, by %(convener)s") % {"role": ROLES.get(step.role, step.role), "convener": convener}

    @property
    def _running(self) -> list["Promise"]:
        """The promises that their bearers still owe."""
        return [promise for promise in self.promises if promise.commitment.state == Commitment.State.IN_FORCE]

    @property
    def _gate(self) -> GateRequest | None:
        """The gate that waits for its answer."""
        waiting = [gate for gate in self.facts.gates if gate.step == self.matter.step and not gate.answer]
        return waiting[-1] if waiting else None

    @property
    def promises(self) -> list[Promise]:
        if not hasattr(self, "_promises"):
            self._promises = self._read_promises()
        return self._promises

    def _read_promises(self) -> list[Promise]:
        commitments = [
            commitment for commitment in self.facts.commitments if commitment.state != Commitment.State.DROPPED
        ]
        judges = Judge.objects.filter(commitment__in=commitments) if commitments else Judge.objects.none()
        judged = list(judges.values_list("commitment", "pk", "verdicts__round", "verdicts__value"))
        asked = Counter(key for key, _judge in {(key, judge) for key, judge, _round, _value in judged})
        verdict_counts: Counter[Any] = Counter((key, number, value) for key, _judge, number, value in judged)
        return [
            Promise(
                commitment=commitment,
                act=self.veil(commitment.act),
                conditions=self.veil(commitment.conditions),
                bearer=self.veil.bearer(commitment),
                supervisor=self.veil.body(commitment.supervisor),
                asked=asked[commitment.pk] if commitment.checked_on else 0,
                verdicts=[
                    (label, verdict_counts[commitment.pk, commitment.round, value])
                    for value, label in Verdict.Value.choices
                    if verdict_counts[commitment.pk, commitment.round, value]
                ],
            )
            for commitment in commitments
        ]

    @property
    def outcomes(self) -> list[tuple[str, str, str, date]]:
        """What came of it: what changed, from what to what, where this is known from, as of which day."""
        return [
            (self.veil(outcome.what), outcome_text(outcome), self.veil(outcome.source), outcome.on)
            for outcome in self.facts.outcomes
        ]

    @property
    def agreement(self) -> dict[str, Any] | None:
        agreement = self.facts.agreement
        if agreement is None or not self.release.shows_agreement:
            return None
        return {
            "number": agreement.number,
            "text": self.veil(agreement.text),
            "conditions": self.veil(agreement.conditions),
            "minority": self.veil(agreement.minority),
            "on": agreement.recorded_on,
            "parties": [self.veil(party.name) for party in self.facts.parties],
        }

    @property
    def positions(self) -> list[Position]:
        if not self.release.shows_statements:
            return []
        statements = Statement.objects.filter(
            sitting__matter=self.matter, withdrawn_at__isnull=True, merged_into__isnull=True
        ).order_by("sitting__ordinal", "ordinal")
        now = Q(stances__edition=F("edition"))  # what was said on an earlier wording counts no more
        counts = {value: Count("stances", filter=now & Q(stances__value=value)) for value in Stance.Value.values}
        return [
            Position(
                text=self.veil(statement.text),
                by_staff=statement.by_staff,
                stances=[(label, getattr(statement, value)) for value, label in Stance.Value.choices],
                minority=self.veil(statement.minority_note),
            )
            for statement in statements.annotate(**counts)
        ]

    @property
    def events(self) -> list[Event]:
        """What happened and who did it (bodies only), then where it stands, then what comes next."""
        dated: list[tuple[datetime, Event]] = []

        def add(when: date | datetime, moment: datetime | None = None, **fields: Any) -> None:
            noon = when if isinstance(when, datetime) else timezone.make_aware(datetime.combine(when, time(12)))
            at = moment or noon
            day = timezone.localdate(noon)
            dated.append((at, Event(when=day, **fields)))

        self._worries(add)
        self._course(add)
        self._ledger(add)
        done = [event for _at, event in sorted(dated, key=lambda pair: pair[0])]
        return [*done, *self._ahead()]

    def _worries(self, add: Any) -> None:
        count, first = lent(self.release, "worry_count"), lent(self.release, "first_raised")
        if count:
            text = _("%(count)d worries about it") % {"count": count} if count > 1 else ""
            add(first, title=_("A worry was raised"), text=text)

    def _course(self, add: Any) -> None:
        names = {step.code: step.name for step in self.facts.model.steps}
        convener = self.veil.body(self.matter.convener)
        for record in self.facts.steps[:-1] if self.is_open else self.facts.steps:
            morning = timezone.make_aware(datetime.combine(record.entered_on, time(9, 0, record.ordinal % 60)))
            moment = moment_of(record.pk, record.entered_on) or morning
            add(record.entered_on, moment, title=names.get(record.step, record.step), who=convener)
        for gate in self.facts.gates:
            if gate.answer:
                title = f"{gate.name} · {gate.get_answer_display()}"
                add(gate.answered_at or gate.asked_at, title=title, who=self.veil.body(gate.body))
        first = lent(self.release, "first_raised")
        raised = [first] if first else []
        if checked := lent(self.release, "study_checked"):
            add(checked, just_after(checked, raised), title=_("The study was checked"))
        for sitting in self.facts.sittings:
            if sitting.state == Sitting.State.CLOSED:
                present = sitting.present_at_opening
                text = _("%(count)d present at the opening") % {"count": present} if present else ""
                add(sitting.opened_at or sitting.starts_at, title=_("The sitting was held"), text=text)
        agreement = self.facts.agreement
        if agreement and agreement.recorded_on:
            on = agreement.recorded_on
            add(
                on, self.facts.after_sittings(on, *raised), title=_("The agreement was recorded"), text=agreement.number
            )

    def _ledger(self, add: Any) -> None:
        acts = {promise.commitment.pk: promise for promise in self.promises}
        kinds = (*TOLD, *PRESSING) if self.shows_overdue else TOLD
        ledger_events = LedgerEvent.objects.filter(commitment__in=acts, kind__in=kinds).order_by("at")
        handed: set[date] = set()
        for ledger_event in ledger_events:
            promise = acts[ledger_event.commitment_id]
            if ledger_event.kind == LedgerEvent.Kind.IN_FORCE:
                if ledger_event.on not in handed:  # one hand-over puts all promises of an agreement in force
                    add(
                        ledger_event.on,
                        _on_its_day(ledger_event),
                        title=_("The promises were handed over; their clocks run"),
                    )
                handed.add(ledger_event.on)
                continue
            add(
                ledger_event.on,
                _on_its_day(ledger_event),
                title=ledger_event.get_kind_display(),
                who=promise.bearer,
                text=promise.act,
            )

    def _ahead(self) -> list[Event]:
        matter = self.matter
        if not self.is_open:
            title = matter.get_state_display()
            return [Event(title=title, when=matter.closed_on, text=self.veil(matter.closing_reason))]
        record = self.facts.step
        now = Event(
            title=self.step, when=record.entered_on if record else None, who=self.who, kind="now", due=self.due_on
        )
        position = self.facts.model.position(matter.step)
        later = self.facts.model.steps[position + 1 :] if position >= 0 else ()
        return [now, *(Event(title=step.name, kind="next") for step in later)]


def _on_its_day(ledger_event: LedgerEvent) -> datetime | None:
    """When it was written, if that was on the day that it names."""
    return ledger_event.at if timezone.localdate(ledger_event.at) == ledger_event.on else None
