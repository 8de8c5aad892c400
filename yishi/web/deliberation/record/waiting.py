"""Whose act comes next on a public file."""

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Matter, Release
from yishi.deliberation.rules import RUNNING_TIERS
from yishi.organisations.grants import OVERSEEING, Viewer
from yishi.web.kit.next_acts import Course, NextAct, in_small_office, inside

State = Release.State


def _running(viewer: Viewer) -> Q:
    there = inside(
        viewer,
        "matter__place__",
        lambda post: post.body.kind in OVERSEEING and post.body.place.level in RUNNING_TIERS,
    )
    return Q(matter__convener__in=viewer.desks) | there


def _checking(viewer: Viewer) -> Q:
    """Somebody else than who prepared it; in a small office also the same."""
    small = in_small_office()
    return _running(viewer) & (~Q(prepared_by=viewer.person_id) | Q(prepared_by__isnull=True) | small)


def _releases() -> QuerySet[Release]:
    return Release.objects.select_related("matter__place").defer("matter__summary")


RELEASES = Course(
    kind="release",
    column="state",
    stages=tuple(State.values),
    acts=(
        NextAct((State.PREPARED,), "second person", _("Check the public file"), "release", whose=_checking),
        NextAct(
            (State.REFUSED,), "convener", _("Mend the public file"), "matter_release", whose=_running, of="matter_id"
        ),
    ),
    rests={State.RELEASED: "it is public", State.HIDDEN: "somebody hid it"},
    records=lambda: _releases().filter(matter__in=Matter.keys()),
    at_desk=_releases,  # the desks that check and mend reach the matter, as convener or in its place
    order="prepared_at",
    matter="matter",
    title=lambda release: release.title,
    detail=lambda release: f"{release.matter.number} · {release.matter.place.name}",
)
