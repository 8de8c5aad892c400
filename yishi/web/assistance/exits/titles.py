"""What the acts of an exit assessment are called, and what its files are."""

from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitAssessment, ExitSample, ExitSetting, ExitSuspicion
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "assistance.exit.close": _("Assessment closed, package signed"),
    "assistance.exit.counter": _("Counter-evidence filed"),
    "assistance.exit.counter_back": _("Counter-evidence taken back"),
    "assistance.exit.decide": _("Exit decided"),
    "assistance.exit.decide_back": _("Decision about the exit taken back"),
    "assistance.exit.draw": _("Sample drawn"),
    "assistance.exit.drop": _("Assessment dropped"),
    "assistance.exit.due_recount": _("Day for counter-evidence counted again"),
    "assistance.exit.follow": _("Standing set by the decision about the county's exit"),
    "assistance.exit.interview": _("Interview recorded"),
    "assistance.exit.interview_back": _("Interview taken back"),
    "assistance.exit.open": _("Assessment opened, frame made"),
    "assistance.exit.reopen": _("Assessment opened again"),
    "assistance.exit.rule": _("Suspicion ruled"),
    "assistance.exit.rule_back": _("Ruling taken back"),
    "assistance.exit.rules_set": _("Rule of an exit changed for an area"),
    "assistance.exit.second": _("Paper entered the second time"),
    "assistance.exit.settle": _("Two entries settled by the paper"),
    "assistance.exit.suspect": _("Suspicion raised"),
    "assistance.exit.withdraw": _("Suspicion withdrawn"),
}
KINDS: dict[str, Kind] = {
    "exit_assessment": Kind(_("Exit assessment"), "exit_assessment", ExitAssessment.objects.all, ("number",)),
    "exit_sample": Kind(_("Drawn household"), "exit_household", ExitSample.objects.all, ("code",)),
    "exit_setting": Kind(_("Rule of an exit"), "exit_rules", ExitSetting.objects.all, ("place__name", "code"), key=""),
    "exit_suspicion": Kind(_("Suspicion"), "exit_suspicion", ExitSuspicion.objects.all, ("number",)),
}
