"""`./run bench checks [--households 200000] [--database sqlite|postgresql]`: the logic checks over a whole register.

Invented households of four, spread over all villages of the province, some of them with faults; checked once (all is
new) and again (nothing changes). Rows are written straight into the tables: making them is not measured.
"""

import argparse
import random
import resource
import sys
import time
from datetime import date
from typing import Any

from .measure import ROOT, Table, on_each_database, prepared

SEED = 20200101
CHUNK = 2_000
TARGET = 600.0  # seconds: minutes, not hours
WRONG = {"house_grade": ("D", 0.1), "water_is_safe": (False, 0.05), "road_km": (400, 0.02), "business_cost": (0, 0.05)}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./run bench checks", description=__doc__)
    parser.add_argument("--households", type=int, default=200_000)
    parser.add_argument("--database", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    if given.database:
        return one_database(given)
    return on_each_database("checks")


def one_database(given: argparse.Namespace) -> int:
    prepared(given)
    from yishi.assistance.checks.services.checks import check_run_do, check_run_make

    table = Table()
    table.note(f"\n== {given.database}: the logic checks over {given.households:,} households")
    register(given.households)
    for words in ("checked for the first time", "checked again, nothing changes"):
        began, cpu = time.perf_counter(), time.process_time()
        run = check_run_do(check_run_make(None))
        seconds = time.perf_counter() - began
        table.add(f"{words}: {run.found:,} found", f"{seconds:.1f} s", f"≤ {TARGET:.0f} s", reached=seconds <= TARGET)
        table.add("   of one processor", f"{time.process_time() - cpu:.1f} s")
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    table.add("   memory of the process", f"{megabytes} MB")
    return table.missed


def register(count: int) -> None:
    """`count` households in the tables, a chunk at a time."""
    from yishi.organisations.grants import system
    from yishi.organisations.models import Place
    from yishi.organisations.services.places import place_load
    from yishi.people.models import Person

    place_load(ROOT / "yishi" / "organisations" / "data" / "places-yunnan.csv.xz", actor=system())
    villages = list(Place.objects.filter(level="village").order_by("lo"))
    helper, rng = Person.objects.create(name="演示干部", phone="13900000001"), random.Random(SEED)
    for start in range(0, count, CHUNK):
        made: dict[type, list[Any]] = {}
        for number in range(start, min(start + CHUNK, count)):
            for row in household(number, villages[number % len(villages)], helper, rng):
                made.setdefault(type(row), []).append(row)
        for model, rows in made.items():
            getattr(model, "within", model._default_manager).bulk_create(rows, batch_size=1_000)


def household(number: int, village: Any, helper: Any, rng: random.Random) -> list[Any]:
    """The rows of one household, in the order in which they are written."""
    from django.utils import timezone

    from tests.assistance.families import HOME, PEOPLE, PLAIN, YEAR, YEARLY, number_of
    from yishi.assistance.pairing.models import Pairing
    from yishi.assistance.register.models import (
        Household,
        HouseholdCause,
        HouseholdMember,
        HouseholdYear,
        MemberYear,
        Resident,
    )
    from yishi.assistance.register.services.identity import identity_read, identity_set
    from yishi.people.models import Person

    people = [Person(name=f"演示{number}-{place}") for place in range(len(PEOPLE))]
    home = Household(number=f"B{number:09}", place=village, head=people[0], size=len(people),
                     registered_on=date(2014, 1, 1), **HOME)  # fmt: skip
    year = {**YEARLY, **{name: value for name, (value, share) in WRONG.items() if rng.random() < share}}
    rows: list[Any] = [
        *people,
        home,
        HouseholdCause(household=home, code="illness", is_main=True),
        HouseholdYear(household=home, year=YEAR, **year),
        Pairing(kind="cadre", person=helper, household=home, valid_from=date(2024, 1, 1), made_at=timezone.now()),
    ]
    for place, (person, said) in enumerate(zip(people, PEOPLE, strict=True)):
        birth = date(said["birth"].year, number % 12 + 1, number // 12 % 28 + 1)
        resident = Resident(person=person, ethnic="YI")
        order = 2 * (number % 499) + (said["sex"] == "male")
        identity_set(resident, identity_read(number_of(birth, order)))
        resident.identity_index = f"{number}-{place}"  # each number once, though the invented ones repeat
        member = HouseholdMember(household=home, person=person, relation=said["relation"])
        yearly = {name: value for name, value in said.items() if name not in ("relation", "sex", "birth")}
        rows += [resident, member, MemberYear(member=member, year=YEAR, **yearly, **PLAIN)]
    return rows


if __name__ == "__main__":
    sys.exit(main())
