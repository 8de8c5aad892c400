"""What the acts of an online consultation are called; they stand in the file of its matter."""

from django.utils.translation import gettext_lazy as _

from yishi.web.kit.titles import Title

TITLES: dict[str, Title] = {
    "deliberation.consultation.appeal": _("Appeal against moderation"),
    "deliberation.consultation.appeal_decide": _("Appeal decided"),
    "deliberation.consultation.brief": _("Briefing written"),
    "deliberation.consultation.change": _("Consultation changed"),
    "deliberation.consultation.close": _("Consultation closed"),
    "deliberation.consultation.link": _("Link made"),
    "deliberation.consultation.moderate": _("Statement moderated"),
    "deliberation.consultation.open": _("Consultation opened"),
    "deliberation.consultation.plan": _("Consultation planned"),
    "deliberation.consultation.result": _("Result set down"),
    "deliberation.consultation.slips": _("Slips made"),
    "deliberation.consultation.state": _("Statement handed in"),
    "deliberation.consultation.statement": _("Statement of the office added"),
    "deliberation.consultation.statement_remove": _("Statement taken out"),
    "deliberation.consultation.vote": _("Vote cast"),
}
