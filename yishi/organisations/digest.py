"""The daily list: what is due at a desk goes by mail to its body, on each working day, where it left an address."""

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, time
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from yishi.database.reach import everything
from yishi.kit.clock import add_workdays, is_workday
from yishi.notices.days import day_kept
from yishi.notices.models import Delivery, Notice
from yishi.notices.services import tell

from .models import Body, valid_on

AHEAD = 3  # working days
FROM = time(7, 30)
SHOWN = 60


@dataclass(frozen=True, slots=True, order=True)
class Due:
    """One duty of a body's desk: its day, its kind (notices/texts.py, DUE), its number; never a name or a text."""

    due_on: date
    kind: str
    number: str
    body_id: UUID


# What rooms above know is due by a day: functions (day) -> duties. One explicit table, filled at start by `apps.ready`.
SOURCES: list[Callable[[date], Iterable[Due]]] = []


def digests_send() -> int:
    """Write today's list of each body that wants one and has something due; gives how many. Twice is once."""
    now = timezone.localtime()
    today = now.date()
    if now.time() < FROM or not is_workday(today):
        return 0
    addresses = dict(Body.objects.filter(valid_on(today)).exclude(email="").values_list("pk", "email"))
    told = set(Notice.objects.filter(code="digest.due", once__endswith=f":{today}").values_list("body_id", flat=True))
    until = add_workdays(today, AHEAD)
    due: dict[UUID, list[Due]] = {}
    with everything():
        for source in SOURCES if addresses.keys() - told else ():
            for duty in source(until):
                if duty.body_id in addresses and duty.body_id not in told:
                    due.setdefault(duty.body_id, []).append(duty)
    for body_id, duties in due.items():
        _write(body_id, addresses[body_id], sorted(duties), until, today)
    return len(due)


def _write(body_id: UUID, address: str, duties: list[Due], until: date, today: date) -> None:
    lines = [[duty.kind, duty.number, day_kept(duty.due_on)] for duty in duties[:SHOWN]]
    with transaction.atomic():
        notice = tell(
            code="digest.due",
            params={"count": len(duties), "due_on": until, "due": json.dumps(lines, ensure_ascii=False)},
            subject=("body", body_id),
            once=f"digest:{body_id}:{today}",
            body_id=body_id,
        )
        # On the desk's page these duties stand anyway: nothing new to read.
        Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=notice.created_at)
        Delivery.objects.get_or_create(
            notice=notice,
            channel=Delivery.Channel.MAIL,
            defaults={"address": address, "next_try_at": notice.created_at},
        )
