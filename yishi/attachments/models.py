"""Files that belong to a record: photos, scans, papers. The record above points here, never the other way."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from yishi.kit.ids import uuid7
from yishi.people.models import Person


class Attachment(models.Model):
    """A stored file. Photos are re-encoded without their metadata before they are stored."""

    class Kind(models.TextChoices):
        PHOTO = "photo", _("photo")
        SCAN = "scan", _("scan")
        DOCUMENT = "document", _("document")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)  # a scan: as its owner called it; a photo: none of its owner's
    media_type = models.CharField(max_length=64)
    size = models.PositiveIntegerField()  # bytes as stored
    sha256 = models.CharField(max_length=64)
    key = models.CharField(max_length=200)  # where the store keeps it
    width = models.PositiveIntegerField(null=True)
    height = models.PositiveIntegerField(null=True)
    may_be_public = models.BooleanField(default=False)  # released with the file it belongs to
    uploaded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class PaperRecord(models.Model):
    """What came on paper and was written down by a desk: its scan, who signed it and when, who wrote it down."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    scan = models.ForeignKey(Attachment, models.PROTECT, related_name="+")
    signed_by = models.CharField(max_length=64)
    signed_on = models.DateField()
    recorded_by = models.ForeignKey(Person, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.signed_by} {self.signed_on}"
