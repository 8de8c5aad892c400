"""What the figures are made of: one row per entry of the journal that counts, in the order in which it was folded."""

from django.db import models

from yishi.assistance.campaign.models import Campaign
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.people.models import Person


class FigureKey(models.Model):
    """A small whole number for a thing that figures count or are asked by: an item, a place, a body, a household…"""

    id = models.AutoField(primary_key=True)
    kind = models.CharField(max_length=10)
    ref = models.CharField(max_length=40)  # its id, or the code of a sector

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "ref"], name="figure_key_once")]

    def __str__(self) -> str:
        return f"{self.kind}/{self.ref}"


class FigureRow(models.Model):
    """One entry as one series takes it: numbers with their sign, keys, and whom it touched (see fold.py).

    Rows are only ever added, by one folder at a time: who has read up to a sequence has missed nothing before it.
    """

    sequence = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField()
    series = models.SmallIntegerField(default=0)  # indicators.py; 0 are the deeds
    part = models.IntegerField(default=0)  # of an entry that tells of several changes
    deeds = models.SmallIntegerField()  # how often: +1, or -1 of a reversal
    amount = models.BigIntegerField()  # thousandths of the item's unit; fen
    unnamed = models.BigIntegerField()
    day = models.IntegerField()  # on which it happened, as date.toordinal
    received = models.BigIntegerField()  # when we knew, in microseconds since 1970
    item = models.IntegerField()  # key
    place = models.IntegerField()  # key
    touches = models.BinaryField()  # int32 triples: kind, key, sign
    parties = models.BinaryField()  # int32 quintuples: kind, key, role, share, sector

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry_id", "series", "part"], name="figure_row_once")]

    def __str__(self) -> str:
        return str(self.sequence)


class FigureState(models.Model):
    """One row: which generation of figures stands (a rebuild begins a new one), and up to where. Its lock is the
    folder's."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    generation = models.UUIDField(default=uuid7)
    sequence = models.BigIntegerField(default=0)  # of the last row
    key = models.IntegerField(default=0)  # the last one given
    rules = models.SmallIntegerField(default=0)  # by which its rows were made (fold.py)

    def __str__(self) -> str:
        return str(self.generation)


class IssuedReport(models.Model):
    """A report as it was issued: its figures stand as they were known at that moment, whatever is corrected later."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    number = models.CharField(max_length=32, unique=True)
    title = models.CharField(max_length=96)
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")  # that issued it
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    indicators = models.JSONField(default=list)  # codes, in their order
    values = models.JSONField(default=dict)  # {"total": {code: number}, "items": [...], "places": [...]}
    adjustments = models.JSONField(default=list)  # of the report before: [[code, as issued, as known now]]
    previous = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    sealed_hash = models.CharField(max_length=64, blank=True)  # the journal's last one
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["place", "-issued_at"], name="report_place")]

    def __str__(self) -> str:
        return self.number


class AnswerSheet(models.Model):
    """An answer sheet (答卷): a text in which figures stand as placeholders; issued, they stand as they were then."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    title = models.CharField(max_length=96)
    text = models.TextField()
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")  # whose desk writes it
    campaign = models.ForeignKey(Campaign, models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    number = models.CharField(max_length=32, blank=True)  # given when issued
    values = models.JSONField(default=dict)  # {placeholder: number}, when issued
    sealed_hash = models.CharField(max_length=64, blank=True)
    issued_at = models.DateTimeField(null=True)
    changed_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["number"], condition=~models.Q(number=""), name="answer_number_once")
        ]

    def __str__(self) -> str:
        return self.title
