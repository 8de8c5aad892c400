"""The calendar of 2026 to 2028, written by hand: the law since 2025, the lunar days, and what was announced for 2026.

By law (全国年节及纪念日放假办法): 1 January; 除夕 and the first three days of the first lunar month; Qingming; 1 and 2
May; Dragon Boat (5th of the 5th lunar month); Mid-Autumn (15th of the 8th); 1 to 3 October; a working day off for each
that falls on a Saturday or Sunday.
"""

from datetime import date, timedelta

D = date.fromisoformat


def days(*texts: str) -> frozenset[date]:
    """ "2026-05-01..2026-05-05" and single days."""
    found = set()
    for text in texts:
        first, _, last = text.partition("..")
        day = D(first)
        while day <= D(last or first):
            found.add(day)
            day += timedelta(days=1)
    return frozenset(found)


BY_LAW = {
    2026: days(
        "2026-01-01",  # Thursday
        "2026-02-16..2026-02-19",  # the year of the horse begins on Tuesday the 17th
        "2026-04-05..2026-04-06",  # Qingming on a Sunday
        "2026-05-01..2026-05-02",  # Friday, Saturday
        "2026-05-04",
        "2026-06-19",  # Friday
        "2026-09-25",  # Friday
        "2026-10-01..2026-10-03",  # Thursday to Saturday
        "2026-10-05",
    ),
    2027: days(
        "2027-01-01",  # Friday
        "2027-02-05..2027-02-08",  # the year of the goat begins on Saturday the 6th
        "2027-02-09..2027-02-10",  # for Saturday and Sunday
        "2027-04-05",  # Monday
        "2027-05-01..2027-05-02",  # Saturday, Sunday
        "2027-05-03..2027-05-04",
        "2027-06-09",  # Wednesday
        "2027-09-15",  # Wednesday
        "2027-10-01..2027-10-03",  # Friday to Sunday
        "2027-10-04..2027-10-05",
    ),
    2028: days(
        "2028-01-01",  # Saturday
        "2028-01-03",
        "2028-01-25..2028-01-28",  # the year of the monkey begins on Wednesday the 26th
        "2028-04-04",  # Tuesday
        "2028-05-01..2028-05-02",  # Monday, Tuesday
        "2028-05-28..2028-05-29",  # Dragon Boat on a Sunday
        "2028-10-01..2028-10-03",  # Sunday to Tuesday, with Mid-Autumn on the 3rd
        "2028-10-04",
    ),
}

OFF_2026 = days(
    "2026-01-01..2026-01-03",
    "2026-02-15..2026-02-23",
    "2026-04-04..2026-04-06",
    "2026-05-01..2026-05-05",
    "2026-06-19..2026-06-21",
    "2026-09-25..2026-09-27",
    "2026-10-01..2026-10-07",
)
WORKED_2026 = days("2026-01-04", "2026-02-14", "2026-02-28", "2026-05-09", "2026-09-20", "2026-10-10")

# An announcement as it could come for 2027: three days more of Spring Festival, three Sundays and a Saturday worked.
OFF_2027 = BY_LAW[2027] | days("2027-01-02..2027-01-03", "2027-02-11..2027-02-12", "2027-10-06..2027-10-07")
WORKED_2027 = days("2027-01-10", "2027-02-14", "2027-09-26", "2027-10-09")

FIRST, LAST = D("2026-01-01"), D("2028-12-31")


class HandCalendar:
    """Who knows which announcements: {} none, {2026: (off, worked)} what is announced today."""

    def __init__(self, announced):
        self.announced = announced

    def works(self, day):
        if day.year in self.announced:
            off, worked = self.announced[day.year]
            return day in worked or (day.weekday() < 5 and day not in off)
        return day.weekday() < 5 and day not in BY_LAW.get(day.year, ())

    def counted(self, start, count):
        """One day after the other, and a mark for each that is worked."""
        day, step = start, timedelta(days=1 if count > 0 else -1)
        for _ in range(abs(count)):
            day += step
            while not self.works(day):
                day += step
        return day

    def stands(self, start, count):
        return max(start, self.counted(start, count)).year <= max(self.announced, default=2025)


TODAY = HandCalendar({2026: (OFF_2026, WORKED_2026)})
NOTHING = HandCalendar({})
NEXT_YEAR = HandCalendar({2026: (OFF_2026, WORKED_2026), 2027: (OFF_2027, WORKED_2027)})

# What was announced for the years before, as it stands in the notices of the State Council (2020 with its prolonged
# Spring Festival): days off on weekdays and weekends, and the Saturdays and Sundays that are worked.
ANNOUNCED = {
    2019: (
        days("2019-01-01", "2019-02-04..2019-02-10", "2019-04-05..2019-04-07", "2019-05-01..2019-05-04",
             "2019-06-07..2019-06-09", "2019-09-13..2019-09-15", "2019-10-01..2019-10-07"),
        days("2019-02-02..2019-02-03", "2019-04-28", "2019-05-05", "2019-09-29", "2019-10-12"),
    ),
    2020: (
        days("2020-01-01", "2020-01-24..2020-02-02", "2020-04-04..2020-04-06", "2020-05-01..2020-05-05",
             "2020-06-25..2020-06-27", "2020-10-01..2020-10-08"),
        days("2020-01-19", "2020-04-26", "2020-05-09", "2020-06-28", "2020-09-27", "2020-10-10"),
    ),
    2021: (
        days("2021-01-01..2021-01-03", "2021-02-11..2021-02-17", "2021-04-03..2021-04-05", "2021-05-01..2021-05-05",
             "2021-06-12..2021-06-14", "2021-09-19..2021-09-21", "2021-10-01..2021-10-07"),
        days("2021-02-07", "2021-02-20", "2021-04-25", "2021-05-08", "2021-09-18", "2021-09-26", "2021-10-09"),
    ),
    2022: (
        days("2022-01-01..2022-01-03", "2022-01-31..2022-02-06", "2022-04-03..2022-04-05", "2022-04-30..2022-05-04",
             "2022-06-03..2022-06-05", "2022-09-10..2022-09-12", "2022-10-01..2022-10-07", "2022-12-31"),
        days("2022-01-29..2022-01-30", "2022-04-02", "2022-04-24", "2022-05-07", "2022-10-08..2022-10-09"),
    ),
    2023: (
        days("2023-01-01..2023-01-02", "2023-01-21..2023-01-27", "2023-04-05", "2023-04-29..2023-05-03",
             "2023-06-22..2023-06-24", "2023-09-29..2023-10-06", "2023-12-30..2023-12-31"),
        days("2023-01-28..2023-01-29", "2023-04-23", "2023-05-06", "2023-06-25", "2023-10-07..2023-10-08"),
    ),
    2024: (
        days("2024-01-01", "2024-02-10..2024-02-17", "2024-04-04..2024-04-06", "2024-05-01..2024-05-05",
             "2024-06-08..2024-06-10", "2024-09-15..2024-09-17", "2024-10-01..2024-10-07"),
        days("2024-02-04", "2024-02-18", "2024-04-07", "2024-04-28", "2024-05-11", "2024-09-14", "2024-09-29",
             "2024-10-12"),
    ),
    2025: (
        days("2025-01-01", "2025-01-28..2025-02-04", "2025-04-04..2025-04-06", "2025-05-01..2025-05-05",
             "2025-05-31..2025-06-02", "2025-10-01..2025-10-08"),
        days("2025-01-26", "2025-02-08", "2025-04-27", "2025-09-28", "2025-10-11"),
    ),
    2026: (OFF_2026, WORKED_2026),
}  # fmt: skip
SINCE_2019 = HandCalendar(ANNOUNCED)
