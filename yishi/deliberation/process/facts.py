"""What stands in a matter's file, read once: the conditions, the file page and the desk look at the same rows."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from functools import cached_property
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from yishi.commitments.models import Commitment, Judge, Outcome, Verdict
from yishi.commitments.reads import outcomes_of
from yishi.deliberation.models import (
    Agreement,
    ChairObjection,
    Consultation,
    Duty,
    GateRequest,
    LeaderNote,
    Matter,
    Party,
    PlanTopic,
    Seat,
    Sitting,
    StepRecord,
    Study,
    Worry,
)
from yishi.deliberation.shown import agreement_shown
from yishi.journal.shown import digest
from yishi.organisations.models import Post, valid_on

from .schema import Model, read_document


def with_counts(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    """`matters`, each knowing what its file has (`has_seats` …), so that a page asks only the tables with something."""
    mine = {"matter": OuterRef("pk")}
    studies = Study.objects.filter(**mine)
    return matters.annotate(
        has_parties=Exists(Party.objects.filter(**mine)),
        has_studies=Exists(studies),
        has_checked_study=Exists(studies.filter(checked_on__isnull=False)),
        has_seats=Exists(Seat.objects.filter(**mine)),
        has_sittings=Exists(Sitting.within.filter(**mine)),
        has_agreements=Exists(Agreement.objects.filter(**mine)),
        has_commitments=Exists(Commitment.within.filter(origin_kind="matter", origin_id=OuterRef("pk"))),
        has_gates=Exists(GateRequest.objects.filter(**mine)),
        has_notes=Exists(LeaderNote.every.filter(**mine)),
        has_consultations=Exists(Consultation.within.filter(**mine)),
        has_outcomes=Exists(Outcome.within.filter(origin_kind="matter", origin_id=OuterRef("pk"))),
        study_question=Subquery(studies.order_by("-opened_on", "-pk").values("question")[:1]),
    )


def just_after(on: date, moments: Iterable[datetime]) -> datetime | None:
    """A second after the latest of `moments` that lie on the day `on`: a bare day follows what it builds on."""
    same_day = [at for at in moments if timezone.localdate(at) == on]
    return max(same_day) + timedelta(seconds=1) if same_day else None


class Facts:
    """The records of one matter's file, each kind fetched when it is first asked for."""

    def __init__(self, matter: Matter, today: date | None = None):
        self.matter = matter
        self.today = today or timezone.localdate()

    def _knows_none(self, kind: str) -> bool:
        """Did `with_counts` say that the matter has no record of this kind? Then the table is not asked again."""
        return getattr(self.matter, f"has_{kind}", True) is False

    @cached_property
    def model(self) -> Model:
        """The version of the process model with which the matter began."""
        return read_document(self.matter.process.document)

    @cached_property
    def worries(self) -> list[Worry]:
        return list(Worry.within.filter(matter=self.matter).order_by("raised_at"))

    @cached_property
    def parties(self) -> list[Party]:
        if self._knows_none("parties"):
            return []
        return list(Party.objects.filter(matter=self.matter).select_related("body"))

    @cached_property
    def topics(self) -> list[PlanTopic]:
        return list(PlanTopic.objects.filter(matter=self.matter).select_related("plan__body"))

    @cached_property
    def studies(self) -> list[Study]:
        if self._knows_none("studies"):
            return []
        studies = Study.objects.filter(matter=self.matter).order_by("opened_on", "pk")
        return list(
            studies.annotate(
                visit_count=Count("visits", filter=Q(visits__taken_back_at__isnull=True), distinct=True),
                finding_count=Count("findings", filter=Q(findings__taken_back_at__isnull=True), distinct=True),
            ).select_related("checked_by")
        )

    @cached_property
    def seats(self) -> list[Seat]:
        """Seats that are held: invited or accepted, not ended."""
        if self._knows_none("seats"):
            return []
        seats = Seat.objects.filter(matter=self.matter, state__in=Seat.LIVE, ended_on__isnull=True)
        return list(seats.select_related("person", "party", "body").order_by("started_on", "pk"))

    @cached_property
    def chair(self) -> Seat | None:
        return next((seat for seat in self.seats if seat.role == Seat.Role.CHAIR), None)

    @cached_property
    def chair_objections(self) -> list[ChairObjection]:
        return list(ChairObjection.objects.filter(seat=self.chair)) if self.chair else []

    @cached_property
    def chair_bodies(self) -> set[UUID]:
        """The desks of the person in the chair, whatever the seat says."""
        if self.chair is None:
            return set()
        held = Post.objects.filter(valid_on(self.today), person=self.chair.person_id).values_list("body", flat=True)
        return {*held, *([self.chair.body_id] if self.chair.body_id else [])}

    @cached_property
    def sittings(self) -> list[Sitting]:
        if self._knows_none("sittings"):
            return []
        sittings = Sitting.within.filter(matter=self.matter).exclude(state=Sitting.State.CANCELLED)
        return list(sittings.select_related("minutes", "venue").order_by("ordinal"))

    def after_sittings(self, on: date, *raised: datetime) -> datetime | None:
        """A moment of a day on which it was agreed: after the sittings that were held on it, what was `raised` on it
        and the draft, all of which came before."""
        before = [
            sitting.closed_at or sitting.starts_at for sitting in self.sittings if sitting.state == Sitting.State.CLOSED
        ]
        before += [*raised, *([self.agreement.written_at] if self.agreement else [])]
        return just_after(on, before)

    @property
    def sitting(self) -> Sitting | None:
        """The latest sitting that was not cancelled."""
        return self.sittings[-1] if self.sittings else None

    @cached_property
    def agreements(self) -> list[Agreement]:
        if self._knows_none("agreements"):
            return []
        return list(Agreement.objects.filter(matter=self.matter).select_related("scan").order_by("written_at"))

    @property
    def agreement(self) -> Agreement | None:
        """The recorded agreement; there is at most one."""
        return next((agreement for agreement in self.agreements if agreement.state != Agreement.State.DRAFT), None)

    @cached_property
    def consents(self) -> set[UUID]:
        """Parties that consented to the recorded agreement."""
        if not self.agreement:
            return set()
        consents = self.agreement.consents.filter(digest__in=("", digest(agreement_shown(self.agreement, self.duties))))
        return set(consents.values_list("party", flat=True))

    @cached_property
    def duties(self) -> list[Duty]:
        """Duties of the recorded agreement, else of the drafts."""
        agreements = [self.agreement] if self.agreement else self.agreements
        return list(Duty.objects.filter(agreement__in=agreements).order_by("ordinal")) if agreements else []

    @cached_property
    def commitments(self) -> list[Commitment]:
        if self._knows_none("commitments"):
            return []
        commitments = Commitment.within.filter(origin_kind=Commitment.Origin.MATTER, origin_id=self.matter.pk)
        return list(commitments.select_related("bearer", "supervisor").order_by("ordinal"))

    @cached_property
    def judges(self) -> dict[UUID, int]:
        """How many were asked to judge each commitment."""
        judges = Judge.objects.filter(commitment__in=self.commitments)
        return dict(judges.values_list("commitment").annotate(Count("pk")))

    @cached_property
    def verdicts(self) -> dict[tuple[UUID, int], int]:
        """How many verdicts each commitment has in each of its rounds."""
        verdicts = Verdict.objects.filter(commitment__in=self.commitments).values_list("commitment", "round")
        return {(key, number): count for key, number, count in verdicts.annotate(Count("pk"))}

    @cached_property
    def gates(self) -> list[GateRequest]:
        if self._knows_none("gates"):
            return []
        gates = GateRequest.objects.filter(matter=self.matter).select_related("body", "answered_by")
        return list(gates.order_by("asked_at", "round"))

    def gate(self, code: str, step: str = "") -> GateRequest | None:
        """The newest request of a gate (in `step`, if one is named)."""
        requests = [request for request in self.gates if request.gate == code and step in ("", request.step)]
        return max(requests, key=lambda request: (request.asked_at, request.round), default=None)

    @cached_property
    def steps(self) -> list[StepRecord]:
        return list(StepRecord.objects.filter(matter=self.matter).order_by("ordinal"))

    @property
    def step(self) -> StepRecord | None:
        return self.steps[-1] if self.steps else None

    @cached_property
    def consultations(self) -> list[Consultation]:
        """With what their heading says, and no more."""
        if self._knows_none("consultations"):
            return []
        return list(self.matter.consultations.only("question", "stage", "matter").order_by("ordinal"))

    @cached_property
    def outcomes(self) -> list[Outcome]:
        if self._knows_none("outcomes"):
            return []
        return list(outcomes_of(Commitment.Origin.MATTER, self.matter.pk).select_related("stated_for"))

    @cached_property
    def notes(self) -> list[LeaderNote]:
        return [note for note in self._all_notes if note.taken_back_at is None]

    @property
    def notes_back(self) -> list[LeaderNote]:
        """Those that were put on the file by mistake."""
        return [note for note in self._all_notes if note.taken_back_at is not None]

    @cached_property
    def _all_notes(self) -> list[LeaderNote]:
        if self._knows_none("notes"):
            return []
        notes = LeaderNote.every.filter(matter=self.matter).select_related("body", "scan", "taken_back_by")
        return list(notes.order_by("written_on"))

    @property
    def obligated_bodies(self) -> set[UUID]:
        """Desks that are bound: parties to the matter and bearers of its duties."""
        return {party.body_id for party in self.parties if party.body_id} | {
            duty.bearer_id for duty in self.duties if duty.bearer_id
        }
