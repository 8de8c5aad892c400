"""What the acts that make one file of another are called."""

from django.utils.translation import gettext_lazy as _

from yishi.web.kit.titles import Title

TITLES: dict[str, Title] = {
    "crossings.matter.supervise": _("Put on a list of supervision"),
    "crossings.proposal.supervise": _("Put on a list of supervision"),
    "crossings.signal.supervise": _("Put on a list of supervision"),
    "crossings.suspicion.supervise": _("Put on a list of supervision"),
    "crossings.watch.supervise": _("Put on a list of supervision"),
    "crossings.worry.help": _("Help was given"),
    "crossings.worry.signal": _("The village looks into it at home"),
    "crossings.worry.supervise": _("Put on a list of supervision"),
}
