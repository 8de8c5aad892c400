"""What is said of a deed afterwards: why it was changed, and what the family answered by its code."""

from django.db import models

from yishi.assistance.register.models.households import Household
from yishi.kit.ids import uuid7
from yishi.people.models import Person

from .deeds import Deed


class DeedRemark(models.Model):
    """The reason of one change. The journal holds no free text, so the words stand here, by the act they belong to."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.ForeignKey(Deed, models.CASCADE, related_name="remarks")
    act_id = models.UUIDField(db_index=True)  # of the receipt
    text = models.CharField(max_length=300)

    def __str__(self) -> str:
        return self.text


class DeedConfirmation(models.Model):
    """A member for whom somebody else recorded says: so it was. Each for themself; a change of the deed leaves it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.ForeignKey(Deed, models.CASCADE, related_name="confirmations")
    person = models.ForeignKey(Person, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["deed", "person"], name="deed_confirmed_once")]

    def __str__(self) -> str:
        return f"{self.deed_id} {self.person}"


class DeedCode(models.Model):
    """A code by which a family says, without an account, whether a deed happened. Only its keyed hash is stored."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    deed = models.ForeignKey(Deed, models.CASCADE, related_name="codes")
    household = models.ForeignKey(Household, models.PROTECT, null=True, related_name="+")
    digest = models.CharField(max_length=64, unique=True)
    issued_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    said_yes = models.BooleanField(null=True)
    settled_at = models.DateTimeField(null=True)  # of a "no": corrected, upheld with a reason, or a later "yes"
    first_said_yes = models.BooleanField(null=True)  # what was said first, where it was said once more
    first_answered_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.deed_id} {self.issued_at:%Y-%m-%d}"
