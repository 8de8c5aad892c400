"""What the people lack and what others can give (群众所需、委员所能), and what was brought together."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models.deeds import Deed
from yishi.assistance.register.models.households import Household, household_reach, village_reach
from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.database.reach import File, Reach
from yishi.database.taken_back import TakenBackFile
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.people.models import Person


class HelpKind(models.TextChoices):
    """有力出力、有钱出钱、有智出智、有技出技, and what else is given."""

    LABOUR = "labour", _("labour")
    MONEY = "money", _("money")
    ADVICE = "advice", _("advice")
    SKILL = "skill", _("skill")
    GOODS = "goods", _("goods")
    JOBS = "jobs", _("jobs")
    SALES = "sales", _("a sales channel")


class Need(File):
    """What a household or a village lacks (所需), in its words."""

    class State(models.TextChoices):
        OPEN = "open", _("not met")
        MET = "met", _("met")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=HelpKind.choices)
    words = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="needs")
    household = models.ForeignKey(Household, models.PROTECT, null=True, blank=True, related_name="needs")
    wanted_by = models.DateField(null=True, blank=True)
    stated_on = models.DateField()
    desk = models.ForeignKey(Body, models.PROTECT, related_name="+")  # who looks after it
    is_shared = models.BooleanField(default=False)  # members may read words and village, never whose it is
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)  # why withdrawn
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta(File.Meta):
        indexes = [models.Index(fields=["state", "kind", "stated_on"], name="need_open")]

    def __str__(self) -> str:
        return self.words

    @property
    def age(self) -> int:
        """Days since it was stated, up to when it was closed."""
        return ((self.closed_on or timezone.localdate()) - self.stated_on).days

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """The desks above it, the village's own desk and its stationed team, and who is paired with the family. That
        of a family goes with the family: once it lives in another village, the former one reads it no more."""
        own = Q(household__isnull=True) & village_reach(reach)
        return own | (Q(household__isnull=False) & household_reach(reach, "household__"))


class Offer(File):
    """What a member, a body or a friend can give (所能). It names nobody who needs help."""

    class State(models.TextChoices):
        OPEN = "open", _("stands")
        USED = "used", _("all given")
        DELIVERED = "delivered", _("delivered, counted as no item")
        WITHDRAWN = "withdrawn", _("withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=8, choices=HelpKind.choices)
    words = models.CharField(max_length=300)
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    unit = models.CharField(max_length=16, blank=True)
    place = models.ForeignKey(Place, models.PROTECT, related_name="offers")  # where it can be given, and within
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="offers")
    body = models.ForeignKey(Body, models.PROTECT, null=True, blank=True, related_name="offers")
    desk = models.ForeignKey(Body, models.PROTECT, related_name="+")  # whose ledger it stands in: owes it once accepted
    state = models.CharField(max_length=10, choices=State.choices, default=State.OPEN)
    closed_on = models.DateField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    made_at = models.DateTimeField()
    made_on = models.DateField()

    class Meta(File.Meta):
        indexes = [models.Index(fields=["state", "kind", "made_on"], name="offer_open")]
        constraints = [
            models.CheckConstraint(
                condition=Q(person__isnull=False, body__isnull=True) | Q(person__isnull=True, body__isnull=False),
                name="offer_of_one",
            )
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def giver(self) -> Person | Body:
        giver = self.person or self.body
        assert giver is not None
        return giver

    @property
    def age(self) -> int:
        return ((self.closed_on or timezone.localdate()) - self.made_on).days

    def stands_on(self, day: date) -> bool:
        return self.state == self.State.OPEN and (self.valid_until is None or self.valid_until >= day)

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """Its giver, and every desk in whose place it can be given."""
        overlaps = Q(pk__in=[])
        for lo, hi in reach.spans:
            overlaps |= Q(place__lo__lte=hi, place__hi__gte=lo)
        desks = Body.objects.filter(
            pk__in=reach.bodies, place__lo__gte=OuterRef("place__lo"), place__lo__lte=OuterRef("place__hi")
        )
        return (
            overlaps
            | Q(Exists(desks))
            | Q(body__in=reach.bodies)
            | Q(desk__in=reach.bodies)
            | Q(person=reach.helper, person__isnull=False)
        )


class Match(File):
    """A need and an offer brought together. Accepted, it is a commitment; its deed closes both."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("proposed")
        ACCEPTED = "accepted", _("accepted")
        DONE = "done", _("done")
        DELIVERED = "delivered", _("delivered, counted as no item")
        DECLINED = "declined", _("declined")
        ENDED = "ended", _("ended without being done")

    class Side(models.TextChoices):
        NEED = "need", _("the need's desk")
        OFFER = "offer", _("the giver")

    LIVE = (State.PROPOSED, State.ACCEPTED)
    KEPT = (State.DONE, State.DELIVERED)

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    need = models.ForeignKey(Need, models.PROTECT, related_name="matches")
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="matches")
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    due_on = models.DateField()
    proposed_by = models.CharField(max_length=8, choices=Side.choices)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PROPOSED)
    reason = models.CharField(max_length=300, blank=True)
    commitment = models.OneToOneField(Commitment, models.PROTECT, null=True, related_name="match")
    deed = models.OneToOneField(Deed, models.PROTECT, null=True, related_name="match")
    made_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["need", "offer"], condition=Q(state__in=["proposed", "accepted"]), name="match_live_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.need_id} · {self.offer_id}"

    @property
    def waits_for(self) -> str:
        """The side whose answer a proposed match waits for."""
        return self.Side.OFFER if self.proposed_by == self.Side.NEED else self.Side.NEED

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """Who sees the need, and who gives: they must know what is asked of them."""
        needs = Need.within.filter(Need.reach_q(reach))
        return (
            Q(need__in=needs.values("pk"))
            | Q(offer__person=reach.helper, offer__person__isnull=False)
            | Q(offer__body__in=reach.bodies)
        )


class OfferDelivery(TakenBackFile):
    """Something given that no item of a catalogue takes (已送达): it is listed with its proof and counted as no deed.

    Of a match it closes need and offer as a deed would; without one it was given to whom `words` say.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    offer = models.ForeignKey(Offer, models.PROTECT, related_name="deliveries")
    match = models.ForeignKey(Match, models.PROTECT, null=True, related_name="deliveries")
    words = models.CharField(max_length=500)  # what was given to whom, and how one sees it
    quantity = models.DecimalField(max_digits=12, decimal_places=3, null=True, blank=True)
    on = models.DateField()
    files = models.ManyToManyField(Attachment, blank=True, related_name="+")
    written_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    written_at = models.DateTimeField()

    class Meta(File.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["match"], condition=Q(taken_back_at__isnull=True), name="delivered_once_per_match"
            )
        ]

    def __str__(self) -> str:
        return self.words

    @property
    def unit(self) -> str:
        return self.offer.unit or (self.match.need.unit if self.match else "")

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """Who sees the match; without one, who sees the offer."""
        matches, offers = Match.within.filter(Match.reach_q(reach)), Offer.within.filter(Offer.reach_q(reach))
        return Q(match__in=matches.values("pk")) | Q(match__isnull=True, offer__in=offers.values("pk"))


def left_of(whole: Decimal | None, used: Decimal | None) -> Decimal | None:
    """What is left of a quantity; None where no quantity was named."""
    return None if whole is None else max(Decimal(0), whole - (used or Decimal(0)))
