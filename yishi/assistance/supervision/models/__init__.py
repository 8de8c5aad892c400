"""The records of listing supervision: rules, rounds, visits, findings."""

from .findings import Finding, FindingStep, Lane
from .rounds import ListedPlace, ListingRule, Round, RoundMember, RoundVisit

__all__ = [
    "Finding",
    "FindingStep",
    "Lane",
    "ListedPlace",
    "ListingRule",
    "Round",
    "RoundMember",
    "RoundVisit",
]
