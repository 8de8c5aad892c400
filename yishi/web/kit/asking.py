"""How a section of a page asks (see sections.py)."""

from collections.abc import Generator
from typing import Any

Words = dict[str, Any] | None  # what its template needs; None: nothing to say to this viewer
Asking = Generator[dict[str, Any], dict[str, Any], Words]  # yields what it asks for, is sent the rows, returns words
