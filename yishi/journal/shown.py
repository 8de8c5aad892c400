"""The hash of what somebody read when they consented, approved or checked.

An approval belongs to what was shown. The page sends the hash of what it shows along with the answer; the service
refuses an answer to another text (`check_shown`) and stores the hash with the approval. What each part shows stands in
its `shown.py`.
"""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from yishi.journal.act import canonical
from yishi.kit.errors import WrongStage


def digest(shown: Mapping[str, Any]) -> str:
    """The hash of a canonical text."""
    return hashlib.sha256(canonical(shown).encode()).hexdigest()


def check_shown(shown: str, now: str) -> None:
    """Refuse an answer to a text that was changed since the page showed it; who sends no hash has just read it."""
    if shown and shown != now:
        raise WrongStage(
            "shown.changed",
            _("What is written here was changed after you opened the page. Read it as it stands now, then answer."),
        )
