"""Deeds, what was said of them, the words by which they are found."""

from .deeds import Activity, Deed, DeedBeneficiary, DeedParty, Evidence, PossibleDuplicate, Unitemised
from .sayings import DeedCode, DeedConfirmation, DeedRemark
from .searched import DeedWords
from .volunteers import Volunteer, VolunteerTeam

__all__ = [
    "Activity",
    "Deed",
    "DeedBeneficiary",
    "DeedCode",
    "DeedConfirmation",
    "DeedParty",
    "DeedRemark",
    "DeedWords",
    "Evidence",
    "PossibleDuplicate",
    "Unitemised",
    "Volunteer",
    "VolunteerTeam",
]
