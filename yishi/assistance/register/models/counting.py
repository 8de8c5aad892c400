"""What the figures were told of each household, and whose record has changed since."""

from django.db import models


class CountedHousehold(models.Model):
    """The steps of a household as the figures have them (services/counting.py). It stays when the household goes: what
    was told of it is then taken back."""

    household = models.UUIDField(primary_key=True)
    steps = models.JSONField(default=list)

    def __str__(self) -> str:
        return str(self.household)


class Uncounted(models.Model):
    """A household whose record changed: a line for each change, written within its act."""

    household = models.UUIDField()

    def __str__(self) -> str:
        return str(self.household)
