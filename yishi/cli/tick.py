"""Run the clocks of promises once: reminders, letters, next tier, strike-offs asked, re-checks due."""

from datetime import date

from yishi.commitments.services import clocks_run


def run(words: list[str]) -> int:
    """`yishi tick [YYYY-MM-DD]`: for today, or as on that day; twice does nothing more."""
    try:
        day = date.fromisoformat(words[0]) if words else None
    except ValueError:
        print(f"yishi tick: not a day: {words[0]} (write it as 2026-11-23)")
        return 2
    for name, count in clocks_run(day).items():
        print(f"{name:12} {count}")
    return 0
