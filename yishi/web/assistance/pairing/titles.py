"""What the acts of those who help are called, and what their files are."""

from django.utils.translation import gettext_lazy as _

from yishi.assistance.pairing.models import Match, Measure, Need, Offer, Pairing, StationedTeam, VillagePlan, Visit
from yishi.assistance.register.models import Household
from yishi.web.kit.titles import Kind, Title

TITLES: dict[str, Title] = {
    "assistance.match.answer": _("The other side answered"),
    "assistance.match.close": _("Closed by its deed"),
    "assistance.match.deliver": _("Delivered; it counts as no item"),
    "assistance.match.end": _("Ended without being done"),
    "assistance.match.propose": _("Need and offer brought together"),
    "assistance.measure.agree": _("Measure agreed"),
    "assistance.measure.done": _("Measure done"),
    "assistance.measure.hear": _("The family was heard on it"),
    "assistance.need.close": _("Need closed"),
    "assistance.need.share": _("Shared with others who help"),
    "assistance.need.take": _("Somebody said that they can help"),
    "assistance.need.state": _("Need stated"),
    "assistance.offer.close": _("Offer closed"),
    "assistance.offer.deliver": _("Delivered; it counts as no item"),
    "assistance.offer.make": _("Offer made"),
    "assistance.offer.withdraw": _("Withdrawn"),
    "assistance.pairing.end": _("Pairing ended"),
    "assistance.pairing.hand_over": _("Handed over to a successor"),
    "assistance.pairing.hand_over_all": _("Pairings taken over"),
    "assistance.pairing.make": _("Paired"),
    "assistance.team.end": _("The team's posting ended"),
    "assistance.team.join": _("Joined the team"),
    "assistance.team.leave": _("Left the team"),
    "assistance.team.open": _("Team formed"),
    "assistance.village_plan.open": _("Village plan opened"),
    "assistance.village_plan.promise": _("A promise of the plan was made"),
    "assistance.visit.decide": _("Late visit decided on"),
    "assistance.visit.log": _("Visit recorded"),
    "assistance.visit.wait": _("Visit arrived late and waits for the desk"),
    "assistance.visit.withdraw": _("Visit withdrawn"),
    "assistance.visit_rule.set": _("Days between visits set"),
    "assistance.village_plan.take_back": _("Village plan taken back: entered by mistake"),
    "assistance.visit.decision_take_back": _("Decision on a visit taken back"),
    "assistance.delivery.take_back": _("Delivery taken back"),
}
KINDS: dict[str, Kind] = {
    "families": Kind(_("My families"), "families"),
    "family": Kind(_("Family"), "family", Household.objects.all, ("head__name", "number")),
    "match": Kind(_("Match"), "match", Match.objects.all, ("need__words",)),
    "measure": Kind(
        _("Measure"), "family", Measure.objects.all, ("household__head__name", "household__number"), key="household_id"
    ),
    "need": Kind(_("Need"), "need", Need.objects.all, ("words",)),
    "offer": Kind(_("Offer"), "offer", Offer.objects.all, ("words",)),
    "pairing": Kind(_("Pairing"), "pairings", Pairing.objects.all, ("household__number", "place__name"), key=""),
    "team": Kind(_("Stationed team"), "team", StationedTeam.objects.all, ("name",)),
    "village_plan": Kind(_("Village plan"), "village_plan", VillagePlan.every.all, ("title",)),
    "visit": Kind(_("Visit"), "visit", Visit.objects.all, ("household__head__name", "on")),
}
