"""What the acts of supervision are called, and what its files are."""

from django.utils.translation import gettext_lazy as _

from yishi.assistance.supervision.models import Finding, Round
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "assistance.due.recount": _("Due day counted again: the holidays of that year are announced"),
    "assistance.finding.coordinate": _("Coordinated"),
    "assistance.finding.merge": _("Merged with another finding"),
    "assistance.finding.move": _("Moved to another lane"),
    "assistance.finding.rule": _("Ruled on"),
    "assistance.finding.uncoordinate": _("Coordination asked for again"),
    "assistance.listing_rule.set": _("Line for listing set"),
    "assistance.round.change": _("Round of supervision changed"),
    "assistance.round.close": _("Round of supervision closed"),
    "assistance.round.join": _("Joined the team of the round"),
    "assistance.round.leave": _("Left the team of the round"),
    "assistance.round.list": _("Place put on the list"),
    "assistance.round.open": _("Round of supervision opened"),
    "assistance.round.reopen": _("Round of supervision opened again"),
    "assistance.round.unlist": _("Place taken off the list"),
    "assistance.round.unvisit": _("Visit taken back"),
    "assistance.round.visit": _("Village visited"),
    "assistance.round.withdraw": _("Round of supervision withdrawn"),
}
KINDS: dict[str, Kind] = {
    "finding": Kind(_("Finding"), "supervision_finding", Finding.objects.all, ("words",)),
    "round": Kind(_("Round of supervision"), "round", Round.objects.all, ("name",)),
}
