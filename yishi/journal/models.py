"""The journal: one entry per effect of an act is its audit line, its receipt and the feed of every figure.

Entries hold codes, ids and numbers only: never names, identity numbers, phones or free text, so that a
person can be erased without rewriting the journal. Nothing here is edited; a correction is a reversal entry.
"""

from django.db import models

from yishi.database.taken_back import TakenBack
from yishi.kit.ids import uuid7


class Receipt(models.Model):
    """What the platform answers to one delivery of one act. Its id is the act's id; it is written first."""

    id = models.UUIDField(primary_key=True, editable=False)
    number = models.CharField(max_length=16, unique=True)  # short form that a person can read out
    code = models.CharField(max_length=64)
    body_hash = models.CharField(max_length=64)
    received_at = models.DateTimeField()
    result = models.JSONField(default=dict)  # {"worry": "<uuid>", …}: ids only
    entry_count = models.PositiveSmallIntegerField(default=0)

    replayed = False  # set on the instance when the delivery had been answered before
    # Set on the instance by the act that made them, for this answer alone; nothing stores them.
    query_code: str | None = None
    invitation_code: str = ""
    number_in_clear: str = ""

    def __str__(self) -> str:
        return self.number


class Entry(models.Model):
    """One effect of one act."""

    id = models.UUIDField(primary_key=True, editable=False)
    receipt = models.ForeignKey(Receipt, models.PROTECT, related_name="entries")
    ordinal = models.PositiveSmallIntegerField()
    code = models.CharField(max_length=64)  # "deliberation.worry.file"
    version = models.PositiveSmallIntegerField(default=1)
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    actor_id = models.UUIDField(null=True)  # a Person
    on_behalf_of_id = models.UUIDField(null=True)  # a Person
    right_kind = models.CharField(max_length=16, blank=True)  # post, seat, pairing, query_code, public, system
    right_id = models.UUIDField(null=True)
    body_id = models.UUIDField(null=True)  # the desk for which the actor acted
    place_id = models.UUIDField(null=True)
    at = models.DateTimeField()  # when it happened
    received_at = models.DateTimeField()  # when we knew
    body_hash = models.CharField(max_length=64)
    caused_by_id = models.UUIDField(null=True)
    reverses_id = models.UUIDField(null=True)
    dims = models.JSONField(default=dict)
    quantities = models.JSONField(default=dict)
    touches = models.JSONField(default=list)  # [["household", "<uuid>", 1], …]
    data = models.JSONField(default=dict)  # codes, ids and numbers only

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["receipt", "ordinal"], name="entry_once_per_effect"),
            models.UniqueConstraint(fields=["reverses_id"], name="entry_reversed_once"),
        ]
        indexes = [
            models.Index(fields=["subject_kind", "subject_id", "at"], name="entry_of_subject"),
            models.Index(fields=["code", "received_at"], name="entry_of_code"),
            models.Index(fields=["received_at"], name="entry_received"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.id}"


class Block(models.Model):
    """A sealed run of entries; its hash covers the hash of the block before it."""

    number = models.PositiveBigIntegerField(primary_key=True)
    previous_hash = models.CharField(max_length=64, blank=True)
    hash = models.CharField(max_length=64)
    entry_count = models.PositiveIntegerField()
    sealed_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.number} {self.hash}"


class Seal(models.Model):
    """Which entry stands at which position of which block, and the hash that it had when it was sealed.

    `entry_id` is no foreign key, so that a removed entry is noticed rather than hidden.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    block = models.ForeignKey(Block, models.PROTECT, related_name="seals")
    position = models.PositiveIntegerField()
    entry_id = models.UUIDField(unique=True)
    entry_hash = models.CharField(max_length=64)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["block", "position"], name="seal_once_per_position")]

    def __str__(self) -> str:
        return f"{self.block_id}/{self.position}"


class Unfolded(models.Model):
    """An entry that the figures have not taken in yet; written with it, gone when it is folded.

    A queue and no "last id": the order of ids and times is not the order in which transactions become visible.
    """

    entry = models.OneToOneField(Entry, models.PROTECT, primary_key=True, related_name="+")

    def __str__(self) -> str:
        return str(self.entry_id)


class Moved(TakenBack):
    """What an act moved of rows that others read too: their columns before and after (`moved.py`)."""

    receipt = models.OneToOneField(Receipt, models.PROTECT, primary_key=True, related_name="moved")
    code = models.CharField(max_length=64)  # of the act
    subject_kind = models.CharField(max_length=32)
    subject_id = models.UUIDField()
    at = models.DateTimeField()
    rows = models.JSONField(default=list)  # [["deliberation.Sitting", "<uuid>", {"state": ["noticed", "open"]}], …]
    more = models.JSONField(default=dict)  # what else its way back has to know

    class Meta:
        indexes = [models.Index(fields=["subject_kind", "subject_id", "at"], name="moved_of_subject")]

    def __str__(self) -> str:
        return f"{self.code} {self.receipt_id}"
