"""The records of the assistance campaign, by the part to which they belong."""

from .campaigns import Campaign, CatalogueItem, Direction, Drive, ItemVersion, Phase, Target
from .deeds import Activity, Deed, DeedBeneficiary, DeedParty, Evidence, PossibleDuplicate, Unitemised
from .households import Household, HouseholdCause, HouseholdStay, household_reach, village_reach
from .imports import Import, ImportedRow, ImportFile, ImportPiece
from .register import ChangeRequest, HouseholdMember, HouseholdYear, MemberYear, RegisterKeys, Resident
from .sayings import DeedCode, DeedRemark

__all__ = [
    "Activity",
    "Campaign",
    "CatalogueItem",
    "ChangeRequest",
    "Deed",
    "DeedBeneficiary",
    "DeedCode",
    "DeedParty",
    "DeedRemark",
    "Direction",
    "Drive",
    "Evidence",
    "Household",
    "HouseholdCause",
    "HouseholdMember",
    "HouseholdStay",
    "HouseholdYear",
    "Import",
    "ImportFile",
    "ImportPiece",
    "ImportedRow",
    "ItemVersion",
    "MemberYear",
    "Phase",
    "PossibleDuplicate",
    "RegisterKeys",
    "Resident",
    "Target",
    "Unitemised",
    "household_reach",
    "village_reach",
]
