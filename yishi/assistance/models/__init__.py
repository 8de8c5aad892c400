"""The records of the assistance campaign, by the part to which they belong."""

from .campaigns import Campaign, CatalogueItem, Direction, Drive, ItemVersion, Phase, Target
from .deeds import Activity, Deed, DeedBeneficiary, DeedParty, Evidence, PossibleDuplicate, Unitemised
from .households import Household

__all__ = [
    "Activity",
    "Campaign",
    "CatalogueItem",
    "Deed",
    "DeedBeneficiary",
    "DeedParty",
    "Direction",
    "Drive",
    "Evidence",
    "Household",
    "ItemVersion",
    "Phase",
    "PossibleDuplicate",
    "Target",
    "Unitemised",
]
