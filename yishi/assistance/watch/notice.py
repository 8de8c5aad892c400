"""What hangs in the village for at least five days (公示): by construction nothing of a family or a person.

The type has no field for a name, an identity number, a phone, an account, an illness or a disability, and none for free
words: what has no place cannot slip in. Whoever wants to object names the file's number.
"""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class VillageNotice:
    """A notice of one file; the village and its desk are named, nobody else."""

    village: str
    number: str  # of the file
    kind: str  # a code of list watch_kind
    reviewed_on: date
    present: int
    agreed: int
    posted_on: date
    until: date
    desk: str  # where objections go
