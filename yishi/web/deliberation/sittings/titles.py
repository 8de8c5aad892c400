"""What the acts of studies, seats, sittings and agreements are called, and what their files are."""

from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Sitting
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "deliberation.agreement.change": _("Agreement changed"),
    "deliberation.agreement.draft": _("Agreement drafted"),
    "deliberation.agreement.hand_over": _("Agreement handed over"),
    "deliberation.agreement.hand_over_correct": _("Day of the hand-over corrected"),
    "deliberation.agreement.record": _("Agreement recorded"),
    "deliberation.agreement.take_back": _("Agreement taken back to a draft"),
    "deliberation.chair.decide": _("Objection to the chair decided on"),
    "deliberation.chair.object": _("Objection to the chair"),
    "deliberation.consent.record": _("Consent recorded"),
    "deliberation.consent.take_back": _("Consent taken back"),
    "deliberation.draw.publish": _("Draw published"),
    "deliberation.draw.run": _("Draw run"),
    "deliberation.duty.add": _("Duty added to the agreement"),
    "deliberation.duty.change": _("Duty of the agreement changed"),
    "deliberation.duty.remove": _("Duty taken out of the agreement"),
    "deliberation.minutes.correct": _("Corrected minutes issued"),
    "deliberation.minutes.issue": _("Minutes issued"),
    "deliberation.minutes.write": _("Minutes written"),
    "deliberation.seat.answer": _("Invitation to a seat answered"),
    "deliberation.seat.code": _("Code for a seat given"),
    "deliberation.seat.declare": _("Interests declared"),
    "deliberation.seat.fill": _("Seat filled"),
    "deliberation.seat.invite_again": _("Invited again to a seat"),
    "deliberation.seat.recuse": _("Stepped back because of an interest"),
    "deliberation.seat.rename": _("Name corrected"),
    "deliberation.seat.replace": _("Seat given to somebody else"),
    "deliberation.seat.take_back": _("Seat taken back: entered by mistake"),
    "deliberation.sitting.cancel": _("Sitting cancelled"),
    "deliberation.sitting.change": _("Sitting changed"),
    "deliberation.sitting.close": _("Sitting closed"),
    "deliberation.sitting.notice": _("Notice given"),
    "deliberation.sitting.open": _("Sitting opened"),
    "deliberation.sitting.papers": _("Papers sent"),
    "deliberation.sitting.plan": _("Sitting planned"),
    "deliberation.sitting.recess": _("Recess"),
    "deliberation.sitting.resume": _("The sitting went on"),
    "deliberation.sitting.step_back": _("Opening or closing of the sitting taken back"),
    "deliberation.study.check": _("Study checked"),
    "deliberation.study.find": _("Finding of the study written"),
    "deliberation.study.finding_take_back": _("Finding of the study taken back"),
    "deliberation.study.hand_in": _("Study handed in"),
    "deliberation.study.open": _("Study opened"),
    "deliberation.study.take_back": _("Study taken back: opened by mistake"),
    "deliberation.study.visit": _("Visit of the study recorded"),
    "deliberation.study.visit_take_back": _("Visit of the study taken back"),
}
KINDS: dict[str, Kind] = {
    "sitting": Kind(_("Sitting"), "sitting", Sitting.objects.all, ("matter__number", "matter__title")),
}
