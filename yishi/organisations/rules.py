"""Who runs the register: places, bodies, posts, members, venues, people. No files are read by these rights.

An administrator's post at a body that keeps the register of its place (a committee, its office, …: `REGISTERING`)
covers all of that place; at any other body it covers that body alone.
"""

from uuid import UUID

import rules
from django.db.models import Q, QuerySet
from django.utils import timezone

from yishi.people.models import Person

from . import rights
from .grants import OVERSEEING, REGISTERING, SEEING, WORKING, Viewer
from .models import (
    Body,
    BodyKind,
    Installation,
    Member,
    Place,
    PlaceSet,
    PlaceSetItem,
    Post,
    PostRole,
    Term,
    Venue,
    current,
)

# Bodies that may convene in a venue; a department owes, it does not convene.
CONVENING = frozenset(BodyKind.values) - {
    BodyKind.LEADING,
    BodyKind.DEPARTMENT,
    BodyKind.PARTY,
    BodyKind.CHAIRS,
    BodyKind.OWNERS,
    BodyKind.COOPERATIVE,
}

EVER = Q()


def home_body_id() -> UUID | None:
    """The body whose administrators run this installation."""
    return Installation.objects.filter(pk=1).values_list("home_body_id", flat=True).first()


def covers_place(viewer: Viewer, place: Place) -> bool:
    """Does an administrator's post of the viewer cover `place`?"""
    for post in viewer.posts:
        if post.role != PostRole.ADMINISTRATOR or post.body.kind not in REGISTERING:
            continue
        if post.body.place.lo <= place.lo <= post.body.place.hi:
            viewer.use("post", post.pk, post.body_id)
            return True
    return False


def covers_body(viewer: Viewer, body: Body) -> bool:
    return viewer.holds(body.pk, PostRole.ADMINISTRATOR) or covers_place(viewer, body.place)


@rules.predicate
def is_administrator(viewer: Viewer) -> bool:
    for post in viewer.posts:
        if post.role == PostRole.ADMINISTRATOR:
            viewer.use("post", post.pk, post.body_id)
            return True
    return False


@rules.predicate
def administers(viewer: Viewer, thing: Place | Body | Post | Term | Member | Venue | Person | None) -> bool:
    """Covers the place, body, post… in question."""
    if isinstance(thing, Place):
        return covers_place(viewer, thing)
    if isinstance(thing, Body):
        return covers_body(viewer, thing)
    if isinstance(thing, Post | Term):
        return covers_body(viewer, thing.body)
    if isinstance(thing, Member):
        return covers_body(viewer, thing.term.body)
    if isinstance(thing, Venue):
        return covers_place(viewer, thing.place)
    if isinstance(thing, Person):
        return _administers_person(viewer, thing)
    return is_administrator.test(viewer)


def _administers_person(viewer: Viewer, person: Person) -> bool:
    """Whoever may sign in for others may become them: all that they hold today or later must be within reach.

    Of who holds nothing any more, all that they held.
    """
    today = timezone.localdate()
    bodies = _bodies_of(person, current(today)) or _bodies_of(person)
    if not bodies:  # just registered: nobody's yet
        return is_home_administrator.test(viewer)
    return all(covers_body(viewer, body) for body in bodies)


def _bodies_of(person: Person, condition: Q = EVER) -> list[Body]:
    """The bodies where the person has posts and memberships."""
    posts = person.posts.filter(condition).select_related("body__place")
    members = person.memberships.filter(condition).select_related("term__body__place")
    return [*(post.body for post in posts), *(member.term.body for member in members)]


@rules.predicate
def resets_password(viewer: Viewer, person: Person) -> bool:
    """Covers all that the person ever held; the home administrator, what they hold.

    Else a body that appoints somebody from elsewhere could take over their account.
    """
    if not administers.test(viewer, person):
        return False
    return all(covers_body(viewer, body) for body in _bodies_of(person)) or is_home_administrator.test(viewer)


@rules.predicate
def sees_register(viewer: Viewer, thing: Place | Body | None = None) -> bool:
    """Administers it, or works at a desk that oversees it, or sits there."""
    if administers.test(viewer, thing):
        return True
    if thing is None:
        return any(post.role in SEEING and post.body.kind in OVERSEEING for post in viewer.posts)
    if isinstance(thing, Body) and thing.pk in viewer.reach.bodies:
        return True
    place = thing.place if isinstance(thing, Body) else thing
    return viewer.oversees(place.lo, SEEING)


@rules.predicate
def is_home_administrator(viewer: Viewer, thing: object = None) -> bool:
    """Administrator at the body that runs this installation."""
    home = home_body_id()
    return home is not None and viewer.holds(home, PostRole.ADMINISTRATOR)


@rules.predicate
def runs_venue(viewer: Viewer, venue: Venue | None) -> bool:
    """Works at the body that convenes in the venue."""
    if venue is None:
        return bool(venue_body_ids(viewer))
    convening = [owner.body_id for owner in venue.owners.all() if owner.role == "convenes"]
    return any(viewer.holds(body_id, *WORKING) for body_id in convening)


def venue_body_ids(viewer: Viewer) -> set[UUID]:
    """Bodies at whose desks the viewer works and that may convene in a venue."""
    return {post.body_id for post in viewer.posts if post.role in WORKING and post.body.kind in CONVENING}


@rules.predicate
def opens_venue_there(viewer: Viewer, body: Body | None = None) -> bool:
    """Administers the body that is to convene, or works at it."""
    if body is None:
        return is_administrator.test(viewer) or bool(venue_body_ids(viewer))
    return body.kind in CONVENING and (covers_body(viewer, body) or viewer.holds(body.pk, *WORKING))


@rules.predicate
def is_of_home_party(viewer: Viewer, thing: object = None) -> bool:
    """Works at the party committee of the installation's place (only it may publish what is overdue)."""
    place = Installation.objects.filter(pk=1).values_list("home_place_id", flat=True).first()
    return any(
        post.body.kind == BodyKind.PARTY and post.body.place_id == place and viewer.holds(post.body_id, *WORKING)
        for post in viewer.posts
    )


def administered_bodies(viewer: Viewer) -> QuerySet[Body]:
    """The bodies whose register the viewer keeps (for lists)."""
    return Body.objects.filter(
        viewer.reach.places("place__", viewer.reach.registers) | Q(pk__in=viewer.reach.register_bodies)
    )


def seen_bodies(viewer: Viewer) -> QuerySet[Body]:
    """The bodies that the viewer administers, oversees or sits at (for lists)."""
    reach = viewer.reach
    return Body.objects.filter(
        reach.places("place__", reach.registers)
        | reach.places("place__")
        | Q(pk__in=reach.register_bodies | reach.bodies)
    )


@rules.predicate
def keeps_place_set(viewer: Viewer, place_set: PlaceSet) -> bool:
    """Works at the desk that keeps the set; the home administrator keeps all."""
    return is_home_administrator.test(viewer) or viewer.holds(place_set.owner_id)


@rules.predicate
def keeps_its_set(viewer: Viewer, item: PlaceSetItem) -> bool:
    return keeps_place_set.test(viewer, item.place_set)


@rules.predicate
def opens_place_set(viewer: Viewer, thing: object = None) -> bool:
    """Works at a desk that oversees places, or runs the installation."""
    return viewer.holds_kind(*OVERSEEING) or is_home_administrator.test(viewer)


@rules.predicate
def sees_place_set(viewer: Viewer, place_set: PlaceSet | None = None) -> bool:
    """Sits where the set's owner sits, above or below; a set that belongs to no desk is for every desk."""
    if place_set is None or place_set.owner is None:
        return bool(viewer.grounds) or is_home_administrator.test(viewer)
    return viewer.shares_ground(place_set.owner.place) or is_home_administrator.test(viewer)


rights.add("place_set.see", sees_place_set)
rights.add("place_set.open", opens_place_set)
rights.add("place_set.manage", keeps_place_set)
rights.add("place_set.item", keeps_its_set)
rights.add("organisation.see", sees_register)
rights.add("place.see", sees_register)
rights.add("venue.see", opens_venue_there)
rights.add("organisation.manage", administers)
rights.add("place.manage", administers)
rights.add("person.manage", administers)
rights.add("person.reset_password", resets_password)
rights.add("person.register", is_administrator)
rights.add("member.manage", administers)
rights.add("venue.manage", administers | runs_venue)
rights.add("venue.open", opens_venue_there)
rights.add("register.import", is_home_administrator)
rights.add("installation.manage", is_home_administrator)
rights.add("installation.overdue", is_of_home_party)


@rules.predicate
def is_known(viewer: Viewer, thing: object = None) -> bool:
    """Signed in, or holding a query code."""
    return viewer.is_known


rights.add("account.own", is_known)
rights.add("notice.see", is_known)
