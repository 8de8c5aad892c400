"""Households and their people, year by year."""

from .households import Household, HouseholdCause, HouseholdStanding, HouseholdStay, household_reach, village_reach
from .register import ChangeRequest, HouseholdMember, HouseholdYear, MemberYear, RegisterKeys, Resident

__all__ = [
    "ChangeRequest",
    "Household",
    "HouseholdCause",
    "HouseholdMember",
    "HouseholdStanding",
    "HouseholdStay",
    "HouseholdYear",
    "MemberYear",
    "RegisterKeys",
    "Resident",
    "household_reach",
    "village_reach",
]
