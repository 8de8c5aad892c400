"""Telling people: a notice in the app, and deliveries by SMS or mail through the outbox."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from yishi.kit.records import certain
from yishi.people.models import Person

from .days import day_kept
from .models import Delivery, Notice

APP = "app"


def tell(
    *,
    code: str,
    params: Mapping[str, Any],
    subject: tuple[str, UUID],
    once: str,
    person: Person | None = None,
    body_id: UUID | None = None,
    channels: Iterable[str] = (APP,),
) -> Notice:
    """Tell a person or a desk something, once for each value of `once`.

    Runs inside the act that is its cause: refused, the act tells nobody. `params` go into the sentence of
    texts.py; SMS and mail go only to a person who left a number or an address.
    """
    now = timezone.now()
    with transaction.atomic():
        notice, is_new = Notice.objects.get_or_create(
            once=_key(once),
            defaults={
                "person": person,
                "body_id": body_id,
                "code": code,
                "params": {key: _kept(value) for key, value in params.items()},
                "subject_kind": subject[0],
                "subject_id": subject[1],
                "created_at": now,
            },
        )
        if is_new and person is not None:
            addresses: dict[str, str] = {Delivery.Channel.SMS: person.phone, Delivery.Channel.MAIL: person.email}
            for channel in channels:
                if address := addresses.get(channel):
                    Delivery.objects.create(notice=notice, channel=channel, address=address, next_try_at=now)
    return notice


def _key(once: str) -> str:
    """`once` as it is stored: of a longer one all letters count, or two people whose ids end it would be one."""
    longest: int = certain(Notice._meta.get_field("once").max_length)
    return once if len(once) <= longest else f"{once[: longest - 33]}/{sha256(once.encode()).hexdigest()[:32]}"


def _kept(value: Any) -> str:
    return day_kept(value) if isinstance(value, date) and not isinstance(value, datetime) else str(value)


def notices_of(person: Person | None, bodies: Iterable[UUID] = ()) -> QuerySet[Notice]:
    """What a person and the desks at which they sit were told, newest first."""
    notices = Notice.objects.filter(body_id__in=list(bodies))
    if person is not None:
        notices = notices | Notice.objects.filter(person=person)
    return notices.order_by("-created_at", "-pk")


def notice_read(notice: Notice) -> None:
    """Mark a notice as read; reading it again changes nothing."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=timezone.now())
