"""What the acts of a worry are called, and what its file is."""

from django.utils.translation import gettext_lazy as _

from yishi.deliberation.models import Worry
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "deliberation.worry.answer": _("Answered"),
    "deliberation.worry.correct": _("A corrected answer"),
    "deliberation.worry.decline": _("Not taken up"),
    "deliberation.worry.file": _("Raised"),
    "deliberation.worry.merge": _("Joined with a worry that was raised before"),
    "deliberation.worry.pass": _("Passed to another body"),
    "deliberation.worry.refer": _("Referred the way the law provides"),
    "deliberation.worry.reissue_code": _("New query code given"),
    "deliberation.worry.reopen": _("Asked again"),
    "deliberation.worry.separate": _("The merge was taken back"),
    "deliberation.worry.settle": _("Settled"),
    "deliberation.worry.take_back": _("The decision was taken back"),
    "deliberation.worry.take_up": _("Taken up for deliberation"),
    "deliberation.worry.take_up_again": _("Taken up again"),
}
KINDS: dict[str, Kind] = {
    "worry": Kind(_("Worry"), "worry", Worry.objects.all, ("number",)),
}
