"""Files that no record took up: a form was refused after its photo had come, and nobody sent it again; or an act failed
after its file was written, and its record went with it."""

import contextlib
from datetime import timedelta
from pathlib import Path

from django.conf import settings
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
    return count + _strays()


def _strays() -> int:
    """Discard the files of the store that no record names; gives how many photos and papers they were.

    A record is written after its file and in the act's transaction: an act that fails leaves the file alone.
    """
    before, count = (timezone.now() - KEPT).timestamp(), 0
    for folder in sorted(Path(settings.FILES_DIR).glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]")):
        keys: dict[str, list[Path]] = {}
        for path in folder.iterdir():
            name = path.name.removesuffix(".part").removesuffix(".small")
            keys.setdefault(f"{folder.parent.name}/{folder.name}/{name}", []).append(path)
        named = set(Attachment.objects.filter(key__in=keys).values_list("key", flat=True))
        for key in keys.keys() - named:
            if all(max(path.stat().st_mtime, path.stat().st_ctime) < before for path in keys[key]):
                for path in keys[key]:
                    path.unlink(missing_ok=True)
                count += 1
    return count
