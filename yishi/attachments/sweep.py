"""Files that no record took up: a form was refused after its photo had come, and nobody sent it again."""

import contextlib
from datetime import timedelta

from django.db.models import Exists, OuterRef
from django.db.models.fields.reverse_related import ForeignObjectRel
from django.utils import timezone

from .models import Attachment
from .store import discard

KEPT = timedelta(days=1)  # somebody may still mend the form


def attachments_sweep() -> int:
    """Discard files that are older than a day and belong to nothing; gives how many. Runs at any time, twice too."""
    old = Attachment.objects.filter(created_at__lt=timezone.now() - KEPT)
    for relation in Attachment._meta.get_fields(include_hidden=True):
        if isinstance(relation, ForeignObjectRel) and (relation.one_to_many or relation.one_to_one):
            holders = relation.related_model._base_manager.filter(**{relation.field.attname: OuterRef("pk")})
            old = old.exclude(Exists(holders))
    count = 0
    for attachment in old:
        with contextlib.suppress(FileNotFoundError):
            discard(attachment)
        attachment.delete()
        count += 1
    return count
