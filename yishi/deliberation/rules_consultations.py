"""Who prepares, opens, moderates and closes an online consultation. Voting is public: whoever holds the link or a slip
has a voice (services/consultation_voices.py)."""

from typing import Any

from yishi.organisations.grants import Viewer
from yishi.organisations.predicates import sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import Consultation, ConsultationStatement, Matter
from .rules import runs_here, runs_matter
from .rules_sittings import holds_key_seat


def consultation_matter(thing: Any) -> Matter:
    """The matter itself, or the one to which a consultation or its statement belongs."""
    if isinstance(thing, Matter):
        return thing
    return thing.consultation.matter if isinstance(thing, ConsultationStatement) else thing.matter


@predicate
def runs_its_matter(viewer: Viewer, thing: Any) -> Answer:
    """Runs the matter of the consultation, or of its part."""
    return runs_matter.test(viewer, consultation_matter(thing))


@predicate
def sits_at_its_table(viewer: Viewer, thing: Any) -> Answer:
    """Has a key seat in the matter of the consultation, or of its part: chair, secretary or convener."""
    return holds_key_seat.test(viewer, consultation_matter(thing))


@predicate
def checks_releases(viewer: Viewer, consultation: Consultation) -> Answer:
    """At the convener's desk or the overseeing one; that it is a second person, the service sees to."""
    matter = consultation.matter
    return viewer.holds(matter.convener_id) or runs_here(viewer, matter.place.lo)


add("consultation.see", sits_somewhere, reads=True)
add("consultation.run", runs_its_matter | sits_at_its_table)
add("consultation.open", checks_releases)
add("consultation.moderate", runs_its_matter | sits_at_its_table)
