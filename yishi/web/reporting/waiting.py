"""Whose act comes next on an answer sheet. A report is issued in one act: nothing of it waits."""

from django.db.models import Case, CharField, QuerySet, Value, When
from django.utils.translation import gettext_lazy as _

from yishi.reporting.models import AnswerSheet
from yishi.web.kit.next_acts import Course, NextAct

DRAFT, ISSUED = "draft", "issued"


def _sheets() -> QuerySet[AnswerSheet]:
    stage = Case(When(issued_at__isnull=False, then=Value(ISSUED)), default=Value(DRAFT), output_field=CharField())
    return AnswerSheet.objects.annotate(stage_now=stage).select_related("place")


SHEETS = Course(
    kind="report",
    column="stage_now",
    stages=(DRAFT, ISSUED),
    acts=(NextAct((DRAFT,), "body", _("Finish and issue it"), "answer"),),
    rests={ISSUED: "over"},
    records=_sheets,
    order="changed_at",
    title=lambda sheet: sheet.title,
    detail=lambda sheet: sheet.place.name,
)
