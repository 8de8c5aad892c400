"""What the acts of a campaign are called, and what its files are."""

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign, Cooperation, SteeringMeeting
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "assistance.number.state": _("Numbers stated"),
    "assistance.number.withdraw": _("A stated number withdrawn"),
    "assistance.campaign.change": _("The campaign's details changed"),
    "assistance.campaign.open": _("The campaign was opened"),
    "assistance.catalogue.load": _("Catalogue of help loaded"),
    "assistance.cooperation.clause": _("Clause became a promise"),
    "assistance.cooperation.sign": _("Cooperation agreement signed"),
    "assistance.direction.add": _("Direction added"),
    "assistance.direction.change": _("Direction changed"),
    "assistance.drive.add": _("Drive added"),
    "assistance.drive.change": _("Drive changed"),
    "assistance.item.add": _("Item added to the catalogue"),
    "assistance.item.change": _("Item of the catalogue changed"),
    "assistance.item.retire": _("Item of the catalogue retired"),
    "assistance.lead.set": _("Leading group set"),
    "assistance.phase.add": _("Phase added"),
    "assistance.phase.change": _("Phase changed"),
    "assistance.steering.change": _("Meeting changed"),
    "assistance.steering.instruct": _("Instruction given"),
    "assistance.steering.minutes": _("Minutes issued"),
    "assistance.steering.open": _("Meeting called"),
    "assistance.steering.report": _("Report to the meeting handed in"),
    "assistance.target.drop": _("Target taken back"),
    "assistance.target.set": _("Target set"),
    "assistance.cooperation.take_back": _("Cooperation agreement taken back: entered by mistake"),
}
KINDS: dict[str, Kind] = {
    "campaign": Kind(_("Campaign"), "campaign", Campaign.objects.all, ("name",)),
    "cooperation": Kind(_("Cooperation agreement"), "cooperation", Cooperation.every.all, ("title",)),
    "steering_meeting": Kind(_("Meeting"), "meeting", SteeringMeeting.objects.all, ("title",)),
}
