"""What the acts of the logic checks are called, and what their files are."""

from django.utils.translation import gettext_lazy as _

from yishi.assistance.checks.models import CheckRun, CheckSetting
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "assistance.check.ask": _("Check asked for"),
    "assistance.check.run": _("Check run"),
    "assistance.check.set": _("Rule or threshold changed"),
    "assistance.check.unwaive": _("Waiver taken back"),
    "assistance.check.waive": _("Finding let stand"),
}
KINDS: dict[str, Kind] = {
    "check_run": Kind(_("Check of the register"), "checks", CheckRun.objects.all, ("place__name",), key=""),
    "check_setting": Kind(
        _("Rule or threshold"), "check_rules", CheckSetting.objects.all, ("place__name", "code"), key=""
    ),
}
