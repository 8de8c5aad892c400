"""Workbooks on their way into the register (导入): staged in pieces, checked, shown, published as a whole, undone as a
whole.

What a workbook says of people is kept encrypted (`sealed`, bound to its row) until it is published, and what an undo
needs afterwards likewise. Numbers, codes and counts stand in clear.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.database.reach import File, Reach
from yishi.kit.ids import uuid7
from yishi.organisations.models import Body, Place
from yishi.people.models import Person


class Import(File):
    """One workbook sent by one desk."""

    class Kind(models.TextChoices):
        HOUSEHOLDS = "households", _("households and members")
        DEEDS = "deeds", _("deeds")
        PAIRINGS = "pairings", _("pairings")
        PROJECTS = "projects", _("projects")
        NUMBERS = "numbers", _("numbers of villages: population")
        FACTS = "facts", _("departments' lists for monitoring")
        ORGANISATION = "organisation", _("bodies, posts and members")
        FINDINGS = "findings", _("findings of a round")

    class State(models.TextChoices):
        SENT = "sent", _("waits to be read")
        READING = "reading", _("is being read")
        CHECKING = "checking", _("is being checked")
        REFUSED = "refused", _("cannot be read")
        FAULTY = "faulty", _("some rows are to be mended")
        READY = "ready", _("checked, not imported yet")
        WRITING = "writing", _("is being imported")
        PUBLISHED = "published", _("imported")
        UNDOING = "undoing", _("is being undone")
        UNDONE = "undone", _("undone")
        GIVEN_UP = "given_up", _("given up")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=12, choices=Kind.choices)
    body = models.ForeignKey(Body, models.PROTECT, related_name="+")  # the desk
    place = models.ForeignKey(Place, models.PROTECT, related_name="+")  # nothing outside it is touched
    year = models.PositiveSmallIntegerField()  # of rows that name none
    options = models.JSONField(default=dict, blank=True)  # ids that a kind needs besides: {"campaign": …}
    filename = models.CharField(max_length=120)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State.choices, default=State.SENT)
    sent_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField()
    refused = models.JSONField(default=dict, blank=True)  # {"code", "params"} of a file that cannot be read
    notes = models.JSONField(default=list, blank=True)  # [[code, params]]: what a clerk should know of the file
    columns = models.JSONField(default=list, blank=True)  # headings as they stand, in order
    staged = models.PositiveIntegerField(default=0)  # rows read so far
    done = models.PositiveIntegerField(default=0)  # units checked, or written, so far
    total = models.PositiveIntegerField(default=0)  # units in all, once it is known
    new = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)
    bad = models.PositiveIntegerField(default=0)  # rows
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)  # by the process that works on it; a dead one lets go in a while

    class Meta(File.Meta):
        indexes = [models.Index(fields=["body", "-sent_at"], name="import_newest")]

    def __str__(self) -> str:
        return self.filename

    @classmethod
    def reach_q(cls, reach: Reach) -> Q:
        """What its desks sent; of bodies and people, what was sent where they keep that register."""
        own = Q(kind=cls.Kind.ORGANISATION)
        return (~own & Q(body__in=reach.bodies)) | (own & Q(body__in=reach.register_bodies))


class ImportFile(models.Model):
    """The workbook itself, encrypted, in pieces; gone when it is read."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    of = models.ForeignKey(Import, models.CASCADE, related_name="file")
    ordinal = models.PositiveIntegerField()
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "ordinal"], name="import_file_once")]

    def __str__(self) -> str:
        return f"{self.of} {self.ordinal}"


class ImportPiece(models.Model):
    """Some hundred rows as they were read, or some hundred units (a household with its members, a deed) with what is
    to be done for each. Written once, in order: where the last one ends, a process that died is followed by the next.
    """

    class Stage(models.TextChoices):
        ROWS = "rows", _("rows")
        UNITS = "units", _("units")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    of = models.ForeignKey(Import, models.CASCADE, related_name="pieces")
    stage = models.CharField(max_length=5, choices=Stage.choices)
    ordinal = models.PositiveIntegerField()
    count = models.PositiveIntegerField()
    bad = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    is_written = models.BooleanField(default=False)  # of units: stands in the register, not yet to be seen
    sealed = models.BinaryField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["of", "stage", "ordinal"], name="import_piece_once")]

    def __str__(self) -> str:
        return f"{self.of} {self.stage} {self.ordinal}"


class ImportedRow(models.Model):
    """That a row of a workbook stands for a record: the same row again is the same record, whoever sends it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    of = models.ForeignKey(Import, models.CASCADE, related_name="rows")
    kind = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)  # keyed hash of what the row says
    target_id = models.UUIDField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "digest"], name="imported_row_once")]
        indexes = [models.Index(fields=["target_id"], name="imported_row_target")]

    def __str__(self) -> str:
        return f"{self.kind} {self.target_id}"


class ImportWord(models.Model):
    """What a value in a column means at one desk: said once, read so in every workbook of a kind that it sends."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    body = models.ForeignKey(Body, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=Import.Kind.choices)
    column = models.CharField(max_length=48)  # its key
    said = models.CharField(max_length=64)
    meant = models.CharField(max_length=160)  # a label of the column's list
    chosen_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["body", "kind", "column", "said"], name="import_word_once")]

    def __str__(self) -> str:
        return f"{self.said} → {self.meant}"
