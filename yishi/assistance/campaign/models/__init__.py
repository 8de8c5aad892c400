"""Campaigns, their catalogue and their steering."""

from .campaigns import THOUSANDTHS, Campaign, CatalogueItem, Direction, Drive, EvidenceKind, ItemVersion, Phase, Target
from .stated import StatedNumber
from .steering import CampaignLead, Cooperation, SteeringMeeting, SteeringReport

__all__ = [
    "THOUSANDTHS",
    "Campaign",
    "CampaignLead",
    "CatalogueItem",
    "Cooperation",
    "Direction",
    "Drive",
    "EvidenceKind",
    "ItemVersion",
    "Phase",
    "StatedNumber",
    "SteeringMeeting",
    "SteeringReport",
    "Target",
]
