"""What a service says when it does not do what was asked."""

from collections.abc import Mapping
from typing import Any


class Refusal(Exception):
    """An act was refused; nothing was written.

    `code` is stable (tests and the phone rely on it); `message` is a sentence for people which says what to
    do next (a lazy translation where Django is loaded); `field` names the input to mend, if there is one.
    """

    def __init__(self, code: str, message: Any, *, field: str | None = None, details: Mapping[str, Any] | None = None):
        super().__init__(code)
        self.code = code
        self.message = message
        self.field = field
        self.details = dict(details or {})

    def __str__(self) -> str:
        return str(self.message)


class NotAllowed(Refusal):
    """The actor has no right to this act, or not now."""


class WrongStage(Refusal):
    """The record is not in a stage from which this act is possible (perhaps somebody was quicker)."""


class Conflict(Refusal):
    """A known act id arrived with another content."""
