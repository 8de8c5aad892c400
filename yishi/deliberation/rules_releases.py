"""Who prepares, checks, hides public files and chooses good cases. That two people did it, the service sees to."""

from yishi.organisations.grants import Viewer
from yishi.organisations.predicates import has_post, is_known, sits_somewhere
from yishi.organisations.rights import Answer, add, predicate

from .models import GoodCase, Matter, PhotoMask, Release
from .rules import runs_here


def matter_of(thing: Matter | Release | PhotoMask | GoodCase) -> Matter:
    """The matter that a release, a mask or a good case belongs to; a matter is its own."""
    return thing if isinstance(thing, Matter) else thing.matter


@predicate
def runs_its_matter(viewer: Viewer, thing: Matter | Release | PhotoMask) -> Answer:
    """Works at the convener's desk, or at the overseeing desk of the county, township or village."""
    matter = matter_of(thing)
    return viewer.holds(matter.convener_id) or runs_here(viewer, matter.place.lo)


@predicate
def oversees_its_place(viewer: Viewer, thing: Matter | Release | GoodCase) -> Answer:
    """Works at an overseeing desk of the place or of any tier above: a province chooses good cases too."""
    return viewer.oversees(matter_of(thing).place.lo)


@predicate
def audits_its_place(viewer: Viewer, thing: Matter | Release) -> Answer:
    """Audits the place of the matter."""
    return viewer.audits(matter_of(thing).place)


@predicate
def works_at_choosing_desk(viewer: Viewer, case: GoodCase) -> Answer:
    """Works at the desk that chose the case for the library."""
    return viewer.holds(case.chosen_by_id)


add("release.list", has_post, reads=True)
add("release.see", runs_its_matter | audits_its_place, reads=True)
add("release.prepare", runs_its_matter)
add("release.check", runs_its_matter)
add("release.hide", runs_its_matter | oversees_its_place)
add("photo.mask", runs_its_matter)
add("photo.unmask", runs_its_matter)
add("case.choose", oversees_its_place)
add("case.withdraw", works_at_choosing_desk | oversees_its_place)
add("library.see", is_known & sits_somewhere, reads=True)
