"""Who helps whom; needs and offers."""

from .needs import HelpKind, Match, Need, Offer, OfferDelivery
from .pairing import Measure, Pairing, StationedTeam, TeamMember, VillagePlan, Visit, VisitRule

__all__ = [
    "OfferDelivery",
    "HelpKind",
    "Match",
    "Measure",
    "Need",
    "Offer",
    "Pairing",
    "StationedTeam",
    "TeamMember",
    "VillagePlan",
    "Visit",
    "VisitRule",
]
