"""Whose act comes next on an online consultation."""

from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from yishi.deliberation.models import Consultation, ConsultationStatement
from yishi.web.kit.next_acts import Course, NextAct

Stage = Consultation.Stage
APPEALED = Q(statements__appealed_at__isnull=False, statements__appeal_decided_at__isnull=True)


def _consultations() -> QuerySet[Consultation]:
    return _counted(Consultation.objects.all())


def _at_conveners() -> QuerySet[Consultation]:
    """Without asking who reaches them: the convener's own desk does."""
    return _counted(Consultation.within.all())


def _counted(consultations: QuerySet[Consultation]) -> QuerySet[Consultation]:
    waiting = Q(statements__state=ConsultationStatement.State.WAITING)
    counted = consultations.annotate(
        queue=Count("statements", filter=waiting), appeals=Count("statements", filter=APPEALED)
    )
    return counted.select_related("matter").defer("matter__summary")


def _moderate(consultation: Any) -> str:
    count = consultation.queue + consultation.appeals
    return ngettext("Moderate %(count)d statement", "Moderate %(count)d statements", count) % {"count": count}


def _closes(consultation: Any) -> date:
    return timezone.localdate(consultation.closes_at)


CONSULTATIONS = Course(
    kind="consultation",
    column="stage",
    stages=tuple(Stage.values),
    acts=(
        NextAct(
            (Stage.DRAFT,),
            "convener",
            _("Prepare or open it"),
            "consultation",
            _closes,
            about="closes_at__date",
        ),
        NextAct(
            (Stage.OPEN,),
            "convener",
            _moderate,
            "consultation",
            _closes,
            lambda today: Q(queue__gt=0) | Q(appeals__gt=0),
            about="closes_at__date",
        ),
    ),
    rests={Stage.CLOSED: "its result is counted by itself"},
    records=_consultations,
    at_desk=_at_conveners,
    order="closes_at",
    matter="matter",
    title=lambda consultation: consultation.question,
    detail=lambda consultation: consultation.matter.number,
)
