"""What the acts of reports and answer sheets are called, and what their files are."""

from django.utils.translation import gettext_lazy as _

from yishi.organisations.models import Place
from yishi.reporting.models import AnswerSheet, IssuedReport
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "reporting.answer.change": _("Answer sheet changed"),
    "reporting.answer.issue": _("Answer sheet issued"),
    "reporting.answer.write": _("Answer sheet written"),
    "reporting.report.issue": _("Report issued"),
}
KINDS: dict[str, Kind] = {
    "answer": Kind(
        _("Answer sheet"), "answer", lambda: AnswerSheet.objects.filter(place__in=Place.objects.all()), ("title",)
    ),
    "report": Kind(_("Issued report"), "report", IssuedReport.objects.all, ("number", "title")),
}
