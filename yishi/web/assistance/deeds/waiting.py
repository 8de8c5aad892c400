"""What waits for somebody among deeds: one to confirm, one that a family disputes, two that may be the same."""

from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models import Deed, DeedConfirmation, DeedParty, PossibleDuplicate
from yishi.assistance.deeds.reads import deciding_q, open_pairs
from yishi.organisations.grants import Viewer
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.next_acts import Course, NextAct

from .deed_words import how_much
from .deeds import denied

SHOWN = 20


def _unconfirmed_rows(viewer: Viewer) -> QuerySet[Deed]:
    """Deeds that others recorded for the viewer, who says with one tap that it was so."""
    named = DeedParty.objects.filter(person=viewer.person_id, person__isnull=False).values("deed")
    unconfirmed = Deed.within.filter(pk__in=named, confirmed_at__isnull=True, state=Deed.State.COUNTED)
    unconfirmed = unconfirmed.exclude(pk__in=DeedConfirmation.objects.filter(person=viewer.person_id).values("deed"))
    unconfirmed = unconfirmed.exclude(recorded_by=viewer.person_id, recorded_by__isnull=False).select_related(
        "version", "place", "recorded_for"
    )
    return unconfirmed.order_by("-recorded_at")[:SHOWN]


def _unconfirmed_items(viewer: Viewer, deeds: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="deed",
            title=f"{deed.version.name} · {how_much(deed)}",
            act=gettext("Was it so?"),
            url=reverse("deed_confirm", args=[deed.pk]),
            detail=" · ".join(
                part for part in (deed.recorded_for.name if deed.recorded_for else "", deed.place.name) if part
            ),
        )
        for deed in deeds
    ]


TO_CONFIRM = Source(_unconfirmed_rows, _unconfirmed_items, most=SHOWN)


def _disputed_rows(viewer: Viewer) -> Any:
    """Deeds that the viewer or their desks recorded, of which a family says that it was not so."""
    desks = viewer.desks
    own = Q(recorded_for__in=desks) | Q(recorded_by=viewer.person_id, recorded_for__isnull=True)
    deeds = Deed.within.filter(own, pk__in=denied().values("deed"), state=Deed.State.COUNTED)
    return deeds.select_related("version", "place").order_by("-recorded_at")[:SHOWN]


def _disputed_items(viewer: Viewer, deeds: Any) -> list[DeskItem]:
    return [
        DeskItem(
            kind="deed",
            title=f"{deed.version.name} · {how_much(deed)}",
            act=gettext("A family says no: look into it"),
            url=reverse("deed", args=[deed.pk]),
            body_id=deed.recorded_for_id,
            detail=f"{deed.number} · {deed.place.name}",
        )
        for deed in deeds
    ]


DISPUTED = Source(_disputed_rows, _disputed_items, most=SHOWN)


def _so_many(count: int) -> str:
    return ngettext("%(n)d possible duplicate", "%(n)d possible duplicates", count) % {"n": count}


# One line for the whole queue of a desk that decides: it may be long.
PAIRS = Course(
    kind="duplicate",
    column="verdict",
    stages=("", *PossibleDuplicate.Verdict.values),
    acts=(NextAct(("",), "overseer of both", _("Compare them"), "duplicate", whose=deciding_q),),
    rests=dict.fromkeys(PossibleDuplicate.Verdict.values, "over"),
    records=open_pairs,
    title=str,
    page="duplicates",
    together=_so_many,
)
