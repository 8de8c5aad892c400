"""The ledger of promises (台账): whoever promises, owes.

A commitment belongs to the case it came from by kind and id (this room stands below deliberation and assistance).
"""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment, PaperRecord
from yishi.database.counted_days import CountedDayField
from yishi.database.indexes import NullsFirst
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBack, TakenBackFile
from yishi.database.two_people import apart
from yishi.kit.clock import CountedDay
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.people.models import Person


class Commitment(File):
    """Who owes what to whom by when, proved how, supervised by whom (承诺事项)."""

    class Origin(models.TextChoices):
        MATTER = "matter", _("deliberated matter")
        STEERING = "steering", _("steering meeting")
        COOPERATION = "cooperation", _("cooperation agreement")
        PROPOSAL = "proposal", _("proposal")
        HOUSEHOLD = "household", _("measure for a family")
        VILLAGE_PLAN = "village_plan", _("village plan")
        NEED = "need", _("need and offer")
        PROJECT = "project", _("project")
        FINDING = "finding", _("finding of a supervision")
        EXIT_SUSPICION = "exit_suspicion", _("suspicion of an exit assessment that was upheld")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")  # bearer was not in the room and has not confirmed
        AGREED = "agreed", _("agreed")  # signed; the clock does not run yet
        IN_FORCE = "in_force", _("in force")  # handed over; the clock runs
        PROVED = "proved", _("proof given")  # waits for the second person
        CHECKED = "checked", _("proof checked")  # verdict asked of those who benefit
        STRUCK_OFF = "struck_off", _("struck off")  # 销号
        CLOSED_UNDONE = "closed_undone", _("closed without being done")
        DROPPED = "dropped", _("dropped before it was in force")
        SET_ASIDE = "set_aside", _("owed no longer")  # another one's, or nothing was owed

    class BearerKind(models.TextChoices):
        BODY = "body", _("body")
        PARTY = "party", _("party of the matter")
        HOUSEHOLD = "household", _("household")

    OPEN = (State.IN_FORCE, State.PROVED, State.CHECKED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    origin_kind = models.CharField(max_length=16)  # see Origin
    origin_id = models.UUIDField(db_index=True)
    ordinal = models.PositiveSmallIntegerField(default=1)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    bearer = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # the desk that owes
    bearer_kind = models.CharField(max_length=10, choices=BearerKind.choices, default=BearerKind.BODY)
    bearer_name = models.CharField(max_length=64, blank=True)  # the party or household that owes, without any desk
    bearer_person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="+")
    responsible = models.CharField(max_length=64, blank=True)  # 责任人: answers for it beside whoever owes
    act = models.CharField(_("what is to be done"), max_length=300)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3, null=True, blank=True)
    unit = models.CharField(_("unit"), max_length=16, blank=True)
    conditions = models.CharField(_("conditions"), max_length=500, blank=True)
    proof_expected = models.CharField(_("how it is proved"), max_length=300)
    supervisor = models.ForeignKey(Body, models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State.choices)
    agreed_on = models.DateField()
    first_due_on = models.DateField()  # as promised; `due_on` moves when more time is granted
    due_on = models.DateField(_("due"))
    due_counted_from = models.DateField(null=True)  # reopened on that day, and `due_on` is counted from it
    in_force_on = models.DateField(null=True)
    answered_on = models.DateField(null=True)  # the bearer's first answer or proof
    met_people_on = models.DateField(null=True)  # the bearer met the people
    proved_on = models.DateField(null=True)
    checked_on = models.DateField(null=True)
    verdict_due_on = CountedDayField(null=True)
    settled_on = models.DateField(null=True)  # struck off or closed
    as_agreed = models.BooleanField(null=True)  # the second person: carried out as agreed
    closing_reason = models.CharField(max_length=300, blank=True)
    recheck_due_on = models.DateField(null=True)  # 回头看
    rechecked_on = models.DateField(null=True)
    round = models.PositiveSmallIntegerField(default=1)  # 2 after a reopening, and so on
    escalation = models.PositiveSmallIntegerField(default=0)  # 0 none, 1 reminder, 2 letter, 3 next tier
    escalated_to = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")
    backfilled = models.BooleanField(default=False)  # 补录: recorded after the event; its clock does not run
    attributed_to_public = models.BooleanField(default=True)

    class Meta(File.Meta):
        indexes = [
            models.Index(fields=["bearer", "state", "due_on"], name="commitment_of_bearer"),
            models.Index(fields=["place", "state", "due_on"], name="commitment_of_place"),
            models.Index(fields=["supervisor", "state", "due_on"], name="commitment_of_supervisor"),
            NullsFirst(fields=["settled_on", "due_on", "id"], name="commitment_order"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(bearer_kind="body", bearer__isnull=False)
                | (~Q(bearer_kind="body") & Q(bearer__isnull=True) & ~Q(bearer_name="")),
                name="commitment_somebody_owes",
            )
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.act}"

    @property
    def owes(self) -> str:
        """The name of who owes it: a body, a party of the matter, a household."""
        return self.bearer.name if self.bearer is not None else self.bearer_name

    @classmethod
    def from_db(cls, *given: Any, **more: Any) -> Self:
        """What a reopening counted may still move; what people promised does not."""
        row = super().from_db(*given, **more)
        if row.__dict__.get("due_counted_from") and "due_on" in row.__dict__:
            row.due_on = CountedDay.of(row.due_on)
        return row

    CLOCKS = (
        "state", "round", "in_force_on", "due_on", "due_counted_from", "proved_on", "checked_on", "verdict_due_on",
        "settled_on", "as_agreed", "closing_reason", "recheck_due_on", "rechecked_on", "escalation", "escalated_to_id",
        "backfilled",
    )  # fmt: skip

    def clocks_kept(self) -> dict[str, Any]:
        """What a decision moves, as it is now and as JSON holds it."""
        values = {name: getattr(self, name) for name in self.CLOCKS}
        return {name: value if isinstance(value, bool | int | None) else str(value) for name, value in values.items()}

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return (
            reach.places("place__")
            | reach.places("place__", reach.villages)
            | Q(bearer__in=reach.bodies)
            | Q(supervisor__in=reach.bodies)
            | Q(escalated_to__in=reach.bodies)
            | Q(bearer_person=reach.person, bearer_person__isnull=False)
            | Q(pk__in=Judge.objects.filter(person=reach.person, person__isnull=False).values("commitment"))
        )


class PromisePaper(PaperRecord):
    """What its bearer, or somebody who judges, said on paper; the supervisor's desk wrote it down on their behalf."""

    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="papers")
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # whose desk wrote it down


class Judge(models.Model):
    """One of those who benefit and judge: whoever raised it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="judges")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    raised_it = models.BooleanField(default=True)  # only then does a negative verdict reopen by itself
    has_reopened = models.BooleanField(default=False)  # the one reopening without anyone's leave was theirs

    class Meta:
        constraints = [models.UniqueConstraint(fields=["commitment", "person"], name="judge_once")]

    def __str__(self) -> str:
        return str(self.id)


class Proof(models.Model):
    """What the bearer shows as done, and what the second person found."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        RETURNED = "returned", _("returned")
        WITHDRAWN = "withdrawn", _("withdrawn before its check")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="proofs")
    round = models.PositiveSmallIntegerField()
    text = models.TextField()
    quantity = models.DecimalField(max_digits=14, decimal_places=3, null=True, blank=True)
    done_on = models.DateField()
    files = models.ManyToManyField(Attachment, blank=True, related_name="+")
    given_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    given_at = models.DateTimeField()
    outcome = models.CharField(max_length=10, choices=Outcome.choices, blank=True)
    as_agreed = models.BooleanField(null=True)
    finding = models.CharField(max_length=500, blank=True)
    checked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField(null=True)
    same_hands = models.BooleanField(default=False)  # a small office: checked by somebody of the bearer's desk
    paper = models.ForeignKey(PromisePaper, models.PROTECT, null=True, related_name="+")  # where it came on paper

    class Meta:
        constraints = [
            models.CheckConstraint(condition=apart("given_by", "checked_by"), name="proof_second_person"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.round}"


class Verdict(models.Model):
    """What somebody who benefits says of the result; anonymous towards the handler."""

    class Value(models.TextChoices):
        SATISFIED = "satisfied", _("satisfied")
        PARTLY = "partly", _("partly")
        NOT_SATISFIED = "not_satisfied", _("not satisfied")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="verdicts")
    judge = models.ForeignKey(Judge, models.CASCADE, related_name="verdicts")
    round = models.PositiveSmallIntegerField()
    value = models.CharField(max_length=16, choices=Value.choices)
    text = models.CharField(max_length=500, blank=True)
    bearer_reads = models.BooleanField(default=False)  # who gave it lets the bearer read the words
    at = models.DateTimeField()
    reopened = models.BooleanField(default=False)
    paper = models.ForeignKey(PromisePaper, models.PROTECT, null=True, related_name="+")  # where it came on paper

    class Meta:
        constraints = [models.UniqueConstraint(fields=["judge", "round"], name="verdict_once_per_round")]

    def __str__(self) -> str:
        return self.value


class EarlierVerdict(models.Model):
    """What somebody had said before they changed their mind within their time; the verdict has their last word."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    verdict = models.OneToOneField(Verdict, models.CASCADE, related_name="earlier")  # one may change it once
    value = models.CharField(max_length=16, choices=Verdict.Value.choices)
    text = models.CharField(max_length=500, blank=True)
    bearer_reads = models.BooleanField(default=False)
    at = models.DateTimeField()
    paper = models.ForeignKey(PromisePaper, models.PROTECT, null=True, related_name="+")

    def __str__(self) -> str:
        return self.value


class TimeRequest(models.Model):
    """A bearer's request for more time, with its reason and what was decided."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="time_requests")
    due_on = models.DateField()  # asked
    reason = models.CharField(max_length=500)
    asked_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    granted = models.BooleanField(null=True)
    answer = models.CharField(max_length=500, blank=True)
    decided_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    same_hands = models.BooleanField(default=False)  # a small office: decided by somebody of the bearer's desk
    paper = models.ForeignKey(PromisePaper, models.PROTECT, null=True, related_name="+")  # where it came on paper

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment"], condition=Q(granted__isnull=True), name="time_one_open_request"
            ),
            models.CheckConstraint(condition=apart("asked_by", "decided_by"), name="time_second_person"),
        ]

    def __str__(self) -> str:
        return f"{self.commitment_id} {self.due_on}"


class LedgerEvent(TakenBack):
    """A dated remark in a commitment's file: answer, meeting with the people, reminder, letter, next tier, re-check…"""

    class Kind(models.TextChoices):
        CONFIRMED = "confirmed", _("confirmed by the bearer")
        IN_FORCE = "in_force", _("handed over")
        ANSWER = "answer", _("answered")
        MET = "met", _("met the people")
        REMINDER = "reminder", _("reminder")
        LETTER = "letter", _("supervision letter")
        NEXT_TIER = "next_tier", _("passed to the next tier")
        AGAIN = "again", _("another reminder")
        RECHECK = "recheck", _("re-check")
        HEARD = "heard", _("the family's word written down")
        STRUCK_OFF = "struck_off", _("struck off")
        CLOSED_UNDONE = "closed_undone", _("closed without being done")
        REOPENED = "reopened", _("reopened")
        DROPPED = "dropped", _("dropped")
        TAKEN_BACK = "taken_back", _("decision taken back")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    commitment = models.ForeignKey(Commitment, models.CASCADE, related_name="events")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    round = models.PositiveSmallIntegerField()
    text = models.CharField(max_length=1000, blank=True)
    number = models.CharField(max_length=32, blank=True)  # of a supervision letter
    body = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # who acted, or the tier told
    by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    on = models.DateField()
    at = models.DateTimeField()
    paper = models.ForeignKey(PromisePaper, models.PROTECT, null=True, related_name="+")  # where it came on paper
    before = models.JSONField(null=True)  # of a decision: what the promise was, so that it can be taken back
    same_hands = models.BooleanField(default=False)  # a small office: decided by somebody of the bearer's desk

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["commitment", "kind", "round"],
                condition=Q(kind__in=["reminder", "letter", "next_tier"]),
                name="ledger_escalated_once_per_round",
            )
        ]

    def __str__(self) -> str:
        return self.kind


class Outcome(TakenBackFile):
    """What came of a case (成效): a level before and after, by how much one rose or fell, or an amount that there was
    not before; with its source.

    It stands on the file of its case. Levels and their changes are never added; amounts of the same thing are.
    """

    class Sort(models.TextChoices):
        LEVEL = "level", _("a level: before and after")  # 往返 40 → 4 元
        CHANGE = "change", _("a rise or fall: only by how much is known")  # 户均增收 2,400 元
        AMOUNT = "amount", _("an amount that came about")  # 18 个村组通了路

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    origin_kind = models.CharField(max_length=16)  # see Commitment.Origin
    origin_id = models.UUIDField(db_index=True)
    commitment = models.ForeignKey(Commitment, models.PROTECT, null=True, related_name="outcomes")
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    sort = models.CharField(max_length=8, choices=Sort.choices)
    what = models.CharField(max_length=64)
    unit = models.CharField(max_length=16)
    before = models.DecimalField(max_digits=14, decimal_places=3, null=True)  # of a level; null: nobody measured it
    after = models.DecimalField(max_digits=14, decimal_places=3)
    on = models.DateField()  # as of which day
    source = models.CharField(max_length=200)
    stated_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    stated_for = models.ForeignKey(Body, models.PROTECT, null=True, related_name="+")  # the desk
    stated_at = models.DateTimeField()

    class Meta(TakenBackFile.Meta):
        indexes = [models.Index(fields=["place", "on"], name="outcome_of_place")]
        constraints = [
            models.CheckConstraint(condition=Q(sort="level") | Q(before__isnull=True), name="outcome_amount_before"),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.after} {self.unit}"

    @property
    def change(self) -> Any:
        """How far a level moved; None where nobody measured it before, or of an amount."""
        return None if self.before is None else self.after - self.before

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        return reach.places("place__") | reach.places("place__", reach.villages) | Q(stated_for__in=reach.bodies)
