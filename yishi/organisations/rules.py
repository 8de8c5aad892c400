"""Who runs the register: places, bodies, posts, members, venues, people. No files are read by these rights.

The system administrator (系统管理) makes bodies, members, venues and accounts; the security administrator (安全管理)
says who holds which post and helps with lost passwords and locks (docs/decisions/0036-three-posts.md). Their post at a
body that keeps the register of its place (a committee, its office, …: `REGISTERING`) covers all of that place; at any
other body it covers that body alone.
"""

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from yishi.people.models import Account, Person

from .grants import OVERSEEING, REGISTERING, SEEING, WORKING, Grant, Viewer, first, is_overseeing, only
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
from .predicates import is_known
from .rights import Answer, add, predicate

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


def covers_place(viewer: Viewer, place: Place, role: str = PostRole.ADMINISTRATOR) -> Grant | None:
    """The administrator's post of the viewer that covers `place`."""
    return viewer.nearest(place.lo, lambda post: post.body.kind in REGISTERING, (role,))


def covers_body(viewer: Viewer, body: Body, role: str = PostRole.ADMINISTRATOR) -> Grant | None:
    """The administrator's post of the viewer at `body`, else the one that covers its place."""
    return viewer.holds(body.pk, role) or covers_place(viewer, body.place, role)


def _some_post(viewer: Viewer, role: str) -> Grant | bool:
    return only(post for post in viewer.posts if post.role == role)


@predicate
def is_administrator(viewer: Viewer, thing: object = None) -> Answer:
    """System administrator of anything."""
    return _some_post(viewer, PostRole.ADMINISTRATOR)


@predicate
def is_security(viewer: Viewer, thing: object = None) -> Answer:
    """Security administrator of anything."""
    return _some_post(viewer, PostRole.SECURITY)


Kept = Place | Body | Post | Term | Member | Venue | Person


def _covers(viewer: Viewer, thing: Kept | None, role: str) -> Answer:
    """The post of `role` that covers the place, body, post… in question."""
    if thing is None:
        return _some_post(viewer, role)
    if isinstance(thing, Place):
        return covers_place(viewer, thing, role)
    if isinstance(thing, Venue):
        return covers_place(viewer, thing.place, role)
    if isinstance(thing, Person):
        return _covers_person(viewer, thing, role)
    if isinstance(thing, Member):
        return covers_body(viewer, thing.term.body, role)
    return covers_body(viewer, thing.body if isinstance(thing, Post | Term) else thing, role)


@predicate
def administers(viewer: Viewer, thing: Kept | None = None) -> Answer:
    """System administrator whose post covers the thing; without one, of anything."""
    return _covers(viewer, thing, PostRole.ADMINISTRATOR)


@predicate
def secures(viewer: Viewer, thing: Kept | None = None) -> Answer:
    """Security administrator whose post covers the thing; without one, of anything."""
    return _covers(viewer, thing, PostRole.SECURITY)


def _covers_person(viewer: Viewer, person: Person, role: str) -> Grant | None:
    """Whoever may sign in for others may become them: all that they hold today or later must be within reach.

    Of who holds nothing any more, all that they held.
    """
    today = timezone.localdate()
    bodies = _bodies_of(person, current(today)) or _bodies_of(person)
    if not bodies:  # just registered: nobody's yet
        return _at_home(viewer, role)
    return _covers_all(viewer, bodies, role)


def _covers_all(viewer: Viewer, bodies: list[Body], role: str) -> Grant | None:
    """The post that covers the first of these bodies, where each of them is covered."""
    grants = [covers_body(viewer, body, role) for body in bodies]
    return grants[0] if all(grants) else None


def _bodies_of(person: Person, condition: Q = EVER) -> list[Body]:
    """The bodies where the person has posts and memberships."""
    posts = person.posts.filter(condition).select_related("body__place")
    members = person.memberships.filter(condition).select_related("term__body__place")
    return [*(post.body for post in posts), *(member.term.body for member in members)]


@predicate
def resets_password(viewer: Viewer, person: Person) -> Answer:
    """Covers all that the person ever held; the home security administrator, what they hold.

    Else a body that appoints somebody from elsewhere could take over their account.
    """
    if not secures.test(viewer, person):
        return None
    ever = _bodies_of(person)
    covering = _covers_all(viewer, ever, PostRole.SECURITY) if ever else None
    return covering or _at_home(viewer, PostRole.SECURITY)


@predicate
def invites(viewer: Viewer, person: Person | None = None) -> Answer:
    """To a first account: the system administrator. To a new password of one that stands: as `resets_password`."""
    if person is not None and Account.objects.filter(person=person).exists():
        return resets_password.test(viewer, person)
    return administers.test(viewer, person)


@predicate
def sees_register(viewer: Viewer, thing: Place | Body | None = None) -> Answer:
    """Administers the place or body, works at a desk that oversees it, or sits there."""
    keeping = administers.test(viewer, thing) or secures.test(viewer, thing)
    if keeping:
        return keeping
    if thing is None:
        return any(post.role in SEEING and is_overseeing(post) for post in viewer.posts)
    if isinstance(thing, Body) and thing.pk in viewer.reach.bodies:
        return True
    place = thing.place if isinstance(thing, Body) else thing
    return viewer.oversees(place.lo, SEEING)


def _at_home(viewer: Viewer, role: str) -> Grant | None:
    """Their post of `role` at the body that runs this installation."""
    posts = (post for post in viewer.posts if post.role == role)
    return first(Grant.of_post(post) for post in posts if post.body_id == viewer.facts.home_body_id)


@predicate
def is_home_administrator(viewer: Viewer, thing: object = None) -> Answer:
    """System administrator at the body that runs this installation."""
    return _at_home(viewer, PostRole.ADMINISTRATOR)


@predicate
def is_home_security(viewer: Viewer, thing: object = None) -> Answer:
    """Security administrator at the body that runs this installation."""
    return _at_home(viewer, PostRole.SECURITY)


@predicate
def audits(viewer: Viewer, thing: object = None) -> Answer:
    """Reads the journal of their place as its auditor."""
    return _some_post(viewer, PostRole.AUDITOR)


@predicate
def runs_venue(viewer: Viewer, venue: Venue | None = None) -> Answer:
    """Works at the body that convenes in the venue."""
    if venue is None:
        return viewer.holds_kind(*CONVENING)
    convening = [owner.body_id for owner in venue.owners.all() if owner.role == "convenes"]
    return first(map(viewer.holds, convening))


@predicate
def audits_venue(viewer: Viewer, venue: Venue) -> Answer:
    """Audits the place in which the venue lies."""
    return viewer.audits(venue.place)


def venue_body_ids(viewer: Viewer) -> set[UUID]:
    """Bodies at whose desks the viewer works and that may convene in a venue."""
    return {post.body_id for post in viewer.posts if post.role in WORKING and post.body.kind in CONVENING}


@predicate
def opens_venue_there(viewer: Viewer, body: Body | None = None) -> Answer:
    """Works at the body that is to convene, or administers it."""
    if body is None:
        return is_administrator.test(viewer) or viewer.holds_kind(*CONVENING)
    return (viewer.holds(body.pk) or covers_body(viewer, body)) if body.kind in CONVENING else None


@predicate
def is_of_home_party(viewer: Viewer, thing: object = None) -> Answer:
    """Works at the party committee of the installation's place (only it may publish what is overdue)."""
    place = Installation.objects.filter(pk=1).values_list("home_place_id", flat=True).first()
    return first(
        viewer.holds(post.body_id)
        for post in viewer.posts
        if post.body.kind == BodyKind.PARTY and post.body.place_id == place
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


@predicate
def keeps_place_set(viewer: Viewer, place_set: PlaceSet) -> Answer:
    """Works at the desk that keeps the set; the home administrator keeps all."""
    return viewer.holds(place_set.owner_id) or is_home_administrator.test(viewer)


@predicate
def keeps_its_set(viewer: Viewer, item: PlaceSetItem) -> Answer:
    """Keeps the set of places in which this place stands."""
    return keeps_place_set.test(viewer, item.place_set)


@predicate
def opens_place_set(viewer: Viewer, thing: object = None) -> Answer:
    """Works at a desk that oversees places, or runs the installation."""
    return viewer.holds_kind(*OVERSEEING) or is_home_administrator.test(viewer)


@predicate
def sees_place_set(viewer: Viewer, place_set: PlaceSet | None = None) -> Answer:
    """Sits where the set's owner sits, above or below; a set that belongs to no desk is for every desk."""
    if place_set is None or place_set.owner is None:
        return bool(viewer.grounds) or is_home_administrator.test(viewer)
    return viewer.shares_ground(place_set.owner.place) or is_home_administrator.test(viewer)


add("place_set.see", sees_place_set, reads=True)
add("place_set.open", opens_place_set)
add("place_set.manage", keeps_place_set)
add("place_set.item", keeps_its_set)
add("organisation.see", sees_register, reads=True)
add("place.see", sees_register, reads=True)
add("venue.see", opens_venue_there | audits, reads=True)
add("person.see", administers | secures, reads=True)
add("administration.see", is_administrator | is_security, reads=True)
add("journal.see", audits, reads=True)
add("organisation.manage", administers)
add("place.manage", administers)
add("person.manage", administers)
add("person.invite", invites)
add("person.reset_password", resets_password)
add("person.register", is_administrator | is_security)
add("post.manage", secures)
add("account.switch", secures)
add("member.manage", administers)
add("venue.manage", administers | runs_venue)
add("venue.file", administers | runs_venue | audits_venue, reads=True)
add("venue.open", opens_venue_there)
add("register.import", is_home_administrator)
add("installation.manage", is_home_administrator)
add("installation.separate", is_home_security)
add("installation.overdue", is_of_home_party)


add("account.own", is_known)
add("notice.see", is_known, reads=True)
