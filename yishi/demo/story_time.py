"""The clock of the story: inside, the platform's now is a moment of the past, and what is journalled is marked demo."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.utils import timezone

from yishi.journal.act import acting_at


@contextmanager
def story_time(moment: datetime) -> Iterator[None]:
    """Let everything inside happen at `moment`.

    All of the house asks `django.utils.timezone` for the time, so that is where it is told otherwise. For a process
    that does nothing else, as the loading of the demo: other threads would be told the same.
    """
    real = timezone.now
    timezone.now = lambda: moment
    try:
        with acting_at(moment):
            yield
    finally:
        timezone.now = real
