"""What the loaders of a sitting and its room are given by the tests that open every page (samples.py)."""

from typing import Any

from tests.story import Story


def room_samples(story: Story) -> dict[str, dict[str, Any]]:
    """Loader → the arguments of an address that it finds, from the story of a sitting that was held."""
    ballot = story.balloted()
    voter = ballot.voters.filter(way="").first()
    asked = story.asked_for_days()
    sheet = story.sheet_printed()
    return {
        "ballots.load_ballot": {"pk": ballot.pk},
        "ballots.load_voter": {"pk": ballot.pk, "voter": voter.pk},
        "briefs.load_brief": {"pk": story.briefed().pk},
        "confirming.load_draft": {"pk": story.sitting.pk},
        "confirming.load_reader": {"pk": story.sitting.pk},
        "dates.load_asked_seat": {"pk": story.seat("handler").pk},
        "dates.load_round": {"pk": asked.pk},
        "papers.load_minuted": {"pk": story.sitting.pk},
        "sheets.load_printed": {"pk": story.sitting.pk},
        "sheets.load_sheet": {"pk": sheet.pk},
        "phone.load_room": {"pk": story.sitting.pk},
        **{name: {"pk": thing.pk} for name, thing in story.in_the_room("handler").items()},
    }
