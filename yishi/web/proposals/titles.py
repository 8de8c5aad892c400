"""What the acts of a proposal are called, and what its file is."""

from django.utils.translation import gettext_lazy as _

from yishi.proposals.models import Proposal
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "proposals.adoption.record": _("It was set down what became of it"),
    "proposals.proposal.assign": _("Handed to the body that answers"),
    "proposals.proposal.change": _("Draft of the proposal changed"),
    "proposals.proposal.cosign": _("Answered the invitation to sign"),
    "proposals.proposal.submit": _("Submitted"),
    "proposals.proposal.withdraw": _("Withdrawn"),
    "proposals.proposal.write": _("Written"),
}
KINDS: dict[str, Kind] = {
    "proposal": Kind(_("Proposal"), "proposal", Proposal.objects.all, ("number", "title")),
}
