"""The links between files of different parts: written by the acts that make one of the other, read from both sides."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from yishi.journal.act import Act

from .models import Crossing

Kind = Crossing.Kind


def link(this: Act, came_from: tuple[str, UUID], became: tuple[str, UUID], part: UUID | None = None) -> Crossing:
    """Within the act that makes one of the other."""
    return Crossing.objects.create(
        from_kind=came_from[0],
        from_id=came_from[1],
        to_kind=became[0],
        to_id=became[1],
        part_id=part,
        by_id=this.actor.person_id,
        body_id=this.actor.body_id,
        at=this.now,
    )


def link_end(this: Act, crossing: Crossing) -> None:
    """It leads on no longer; the row stays."""
    crossing.ended_at, crossing.ended_by_id = this.now, this.actor.person_id
    crossing.save(update_fields=["ended_at", "ended_by"])


def standing(**ends: Any) -> QuerySet[Crossing]:
    """The links that lead on: `from_kind`, `from_id`, `to_kind`, `to_id`."""
    return Crossing.objects.filter(ended_at=None, **ends)


def links_of(kind: str, key: UUID) -> list[Crossing]:
    """All links of a file, on either side, also those that have ended; one query."""
    return list(Crossing.objects.filter(Q(from_kind=kind, from_id=key) | Q(to_kind=kind, to_id=key)))
