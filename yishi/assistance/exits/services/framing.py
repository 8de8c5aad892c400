"""The frame of an assessment, made of the register as it was on a day and of what villages say of their rosters."""

import gzip
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitAssessment, ExitFile
from yishi.assistance.exits.survey.frame import EXITED, MOST_PEOPLE, UNLISTED, Frame, Plan, Unit
from yishi.assistance.register.facts import EXITED as EXITED_FACT
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.register.reads_then import households_on, never_listed_on
from yishi.assistance.register.services.identity import ring
from yishi.assistance.register.timeline import POOR, RETURNED
from yishi.kit.errors import Refusal
from yishi.organisations.models import Place, PlaceLevel, valid_on

MOST_HOUSEHOLDS = 300_000
MOST_ROSTER = 5_000  # households of one village that the register does not know
CODE_DIGITS = 20
ROSTER = "U"


@dataclass(frozen=True, slots=True)
class Framed:
    """A frame, and of which household of the register each code is."""

    frame: Frame
    households: dict[str, UUID]
    people: dict[str, int]  # by kind, and of who was poor on the day


def frame_make(
    assessment: UUID, county: Place, day: date, plan: Plan, rosters: Mapping[UUID, int], households: QuerySet[Household]
) -> Framed:
    """Who had left poverty on `day` in the county, and who was never listed; of each village in `rosters` as many
    further households as it has that stand in no register, by the lines of its own roster."""
    villages = {place.lo: place for place in _villages(county)}
    units: list[Unit] = []
    of: dict[str, UUID] = {}
    people = {EXITED: 0, UNLISTED: 0}
    found: tuple[tuple[str, Any], ...] = (
        (EXITED, households_on(households, day, EXITED_FACT, county)),
        (UNLISTED, never_listed_on(households, day, county)),
    )
    for kind, homes in found:
        lived: dict[UUID, int] = dict(homes.values_list("pk", "lived"))
        sizes = _sizes(homes, day)
        for key, lo in lived.items():
            village = villages.get(lo)
            if village is None or village.parent is None:
                continue
            code = code_of(assessment, key)
            of[code] = key
            size = min(sizes.get(key, 0), MOST_PEOPLE)
            people[kind] += size
            units.append(Unit(code, village.code, village.parent.code, kind, size))
    for fact in (POOR, RETURNED):
        people[POOR] = people.get(POOR, 0) + sum(_sizes(households_on(households, day, fact, county), day).values())
    units += _of_rosters(villages.values(), rosters)
    if not units:
        raise Refusal(
            "exit.empty",
            _("On this day the register has nobody here who left poverty, and no roster says of anybody else."),
            field="as_of",
        )
    if len(units) > MOST_HOUSEHOLDS:
        raise Refusal("exit.many", _("At most %(most)d households in one frame.") % {"most": MOST_HOUSEHOLDS})
    return Framed(Frame(plan, tuple(units)), of, people)


def code_of(assessment: UUID, household: UUID) -> str:
    """How a household is called in the files of an assessment: only this installation's key leads back to it, and in
    every assessment it is called otherwise."""
    return ring().blind(f"exit/{assessment}", str(household))[:CODE_DIGITS]


def file_keep(assessment: ExitAssessment, kind: str, content: bytes) -> None:
    """Keep a file of an assessment, the newest of its kind."""
    ExitFile.objects.update_or_create(
        assessment=assessment, kind=kind, defaults={"content": gzip.compress(content, mtime=0)}
    )


def file_of(assessment: ExitAssessment, kind: str) -> bytes:
    """A file of an assessment as it was kept. Raises `ExitFile.DoesNotExist`."""
    return gzip.decompress(bytes(ExitFile.objects.get(assessment=assessment, kind=kind).content))


def _villages(county: Place) -> QuerySet[Place]:
    return Place.objects.filter(level=PlaceLevel.VILLAGE, lo__range=(county.lo, county.hi)).select_related("parent")


def _sizes(homes: QuerySet[Household], day: date) -> dict[UUID, int]:
    """How many people each household had on the day."""
    members = HouseholdMember.within.filter(valid_on(day), household__in=homes.order_by().values("pk"))
    return dict(members.order_by().values_list("household").annotate(Count("pk")))


def _of_rosters(villages: Iterable[Place], rosters: Mapping[UUID, int]) -> list[Unit]:
    known = {village.pk: village for village in villages}
    units = []
    for key, count in rosters.items():
        village = known.get(key)
        if village is None or village.parent is None:
            raise Refusal("exit.roster", _("A roster is that of a village of this county."), field="rosters")
        if not 0 <= count <= MOST_ROSTER:
            raise Refusal(
                "exit.roster_count",
                _("A village has at most %(most)d households that stand in no register.") % {"most": MOST_ROSTER},
                field="rosters",
            )
        units += [
            Unit(f"{ROSTER}-{village.code}-{line}", village.code, village.parent.code, UNLISTED, 0)
            for line in range(1, count + 1)
        ]
    return units
