"""Campaigns, their catalogue and their steering."""

from .campaigns import Campaign, CatalogueItem, Direction, Drive, ItemVersion, Phase, Target
from .steering import CampaignLead, Cooperation, SteeringMeeting, SteeringReport

__all__ = [
    "Campaign",
    "CampaignLead",
    "CatalogueItem",
    "Cooperation",
    "Direction",
    "Drive",
    "ItemVersion",
    "Phase",
    "SteeringMeeting",
    "SteeringReport",
    "Target",
]
