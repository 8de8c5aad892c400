"""Whose act comes next on a workbook that was sent."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yishi.assistance.imports.models import Import
from yishi.organisations.grants import Viewer
from yishi.web.kit.next_acts import Course, NextAct

State = Import.State


def _sending(viewer: Viewer) -> Q:
    """The desk that sent it; of bodies and people, who keeps that register there."""
    register = Q(kind=Import.Kind.ORGANISATION)
    return (~register & Q(body__in=viewer.desks)) | (register & Q(body__in=viewer.reach.register_bodies))


IMPORTS = Course(
    kind="import",
    column="state",
    stages=tuple(State.values),
    acts=(
        NextAct((State.READY,), "sender", _("Look at it and import it"), "import", whose=_sending),
        NextAct((State.FAULTY,), "sender", _("Mend the rejected rows"), "import", whose=_sending),
    ),
    rests={
        State.SENT: "the platform works on it",
        State.READING: "the platform works on it",
        State.CHECKING: "the platform works on it",
        State.WRITING: "the platform works on it",
        State.UNDOING: "the platform works on it",
        State.REFUSED: "over: a readable file is sent as another workbook",
        State.PUBLISHED: "over",
        State.UNDONE: "over",
        State.GIVEN_UP: "over",
    },
    records=lambda: Import.objects.select_related("place"),
    order="sent_at",
    title=lambda workbook: workbook.filename,
    detail=lambda workbook: f"{workbook.get_kind_display()} · {workbook.place.name}",
)
