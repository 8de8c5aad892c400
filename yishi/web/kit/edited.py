"""Two people at one text: a form carries the version that it was made from, field by field.

The version of a field is a short hash of what was stored when the form was opened. Who sends a form whose fields
somebody else has changed meanwhile hears who did and when, keeps what they typed, and sees what is stored now.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import models
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.journal.models import Entry
from yishi.kit.ids import made_at
from yishi.notices.days import day_said, moment_said
from yishi.people.models import Person

LOOKED_AT = 500  # entries since the form was opened
NOT_STORED = frozenset({"act_id", "shown", "version"})


def version_of(initial: Mapping[str, Any]) -> str:
    """`name:hash` for each field that a form was filled with."""
    return ",".join(f"{name}:{_hash(initial[name])}" for name in sorted(initial) if name not in NOT_STORED)


def changed_since(sent: str, initial: Mapping[str, Any]) -> list[str]:
    """Names of the fields whose stored value is another one than the form was made from."""
    before = dict(part.split(":", 1) for part in sent.split(",") if ":" in part)
    now = dict(part.split(":", 1) for part in version_of(initial).split(",") if ":" in part)
    return [name for name, value in now.items() if name in before and before[name] != value]


def still_as_read(thing: models.Model) -> bool:
    """Lock the thing's row (in the transaction that changes it); is it as it was when the page read it?"""
    columns = [field.attname for field in thing._meta.concrete_fields if field.attname in thing.__dict__]
    locked = type(thing)._base_manager.select_for_update(of=("self",)).filter(pk=thing.pk).values(*columns).first()
    return locked is None or all(locked[column] == thing.__dict__[column] for column in columns)


def who_changed(thing: models.Model, opened: UUID | None, stands: str = "") -> str:
    """The sentence that names who changed the thing since the form with the act `opened` was shown; `stands` is said
    where nobody did, because it stood already."""
    entry = _last_entry(str(thing.pk), _made_at(opened))
    person = Person.within.filter(pk=entry.actor_id).first() if entry is not None and entry.actor_id else None
    if entry is None or person is None:
        return stands or _(
            "Somebody changed this after you opened the page. What you typed is kept; at each field that was changed "
            "stands what is stored now. Bring both together, then save again."
        )
    return _(
        "%(who)s changed this on %(when)s, after you opened the page. What you typed is kept; at each field that was "
        "changed stands what is stored now. Bring both together, then save again."
    ) % {"who": person, "when": moment_said(entry.received_at)}


def stored_now(field: Any, value: Any) -> str:
    """What is stored in a field, as it is read."""
    labels = dict(getattr(field, "choices", None) or []) if not hasattr(field, "queryset") else {}
    if hasattr(field, "queryset") and value and not isinstance(value, models.Model) and not _is_many(value):
        value = field.queryset.filter(pk=value).first() or value
    if isinstance(value, date):
        value = moment_said(value) if isinstance(value, datetime) else day_said(value)
    text = "、".join(str(part) for part in value) if _is_many(value) else str(labels.get(value, value))
    return _("Stored now: %(value)s") % {"value": text if value not in (None, "") else "—"}


def _last_entry(key: str, since: datetime) -> Entry | None:
    entries = Entry.objects.filter(received_at__gte=since).select_related("receipt").order_by("-received_at")
    for entry in entries[:LOOKED_AT]:
        if key == str(entry.subject_id) or key in map(str, (*entry.data.values(), *entry.receipt.result.values())):
            return entry
    return None


def _made_at(act_id: UUID | None) -> datetime:
    """When a form was shown: its act's id carries the time."""
    if act_id is None or act_id.version != 7:
        return timezone.now() - timedelta(days=1)
    return datetime.fromtimestamp(made_at(act_id), tz=timezone.get_current_timezone())


def _is_many(value: Any) -> bool:
    return isinstance(value, list | tuple | set | QuerySet)


def _hash(value: Any) -> str:
    return hashlib.sha256(_plain(value).encode()).hexdigest()[:12]


def _plain(value: Any) -> str:
    if _is_many(value):
        many: Iterable[Any] = value
        return "|".join(sorted(_plain(part) for part in many))
    if isinstance(value, models.Model):
        return str(value.pk)
    return "" if value is None else str(value)
