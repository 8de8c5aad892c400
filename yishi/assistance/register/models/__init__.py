"""Households and their people, year by year."""

from .counting import CountedHousehold, Uncounted
from .households import Household, HouseholdCause, HouseholdStanding, HouseholdStay, household_reach, village_reach
from .register import ChangeRequest, HouseholdMember, HouseholdYear, MemberYear, RegisterKeys, Resident

__all__ = [
    "CountedHousehold",
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
    "Uncounted",
    "household_reach",
    "village_reach",
]
