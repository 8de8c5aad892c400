"""What the figures are made of: one row per entry of the journal that counts, in the order in which it was folded."""

from django.db import models

from yishi.kit.ids import uuid7


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
    """One entry as the figures take it: numbers with their sign, keys, and whom it touched (see fold.py).

    Rows are only ever added, by one folder at a time: who has read up to a sequence has missed nothing before it.
    """

    sequence = models.BigAutoField(primary_key=True)
    entry_id = models.UUIDField(unique=True)
    deeds = models.SmallIntegerField()  # +1, or -1 of a reversal
    amount = models.BigIntegerField()  # thousandths of the item's unit
    unnamed = models.BigIntegerField()
    day = models.IntegerField()  # on which it happened, as date.toordinal
    received = models.BigIntegerField()  # when we knew, in microseconds since 1970
    item = models.IntegerField()  # key
    place = models.IntegerField()  # key
    touches = models.BinaryField()  # int32 triples: kind, key, sign
    parties = models.BinaryField()  # int32 quintuples: kind, key, role, share, sector

    def __str__(self) -> str:
        return str(self.sequence)


class FigureState(models.Model):
    """One row: which generation of figures stands; a rebuild begins a new one. Its lock is the folder's."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    generation = models.UUIDField(default=uuid7)

    def __str__(self) -> str:
        return str(self.generation)
