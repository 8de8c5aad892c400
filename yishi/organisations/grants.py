"""What a person may do today: their posts, memberships and query code, and the reach that follows.

A `Viewer` is made once per request (or by a test, a job, the demo) and handed to services as `actor`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from yishi.database.reach import EVERYTHING, Reach
from yishi.journal.act import Actor
from yishi.people.models import Account, Person

from .models import Body, BodyKind, Member, Place, Post, PostRole, QueryCode, valid_on

# Bodies whose desks oversee all files of their place and the places within it.
OVERSEEING = frozenset({BodyKind.COMMITTEE, BodyKind.CHAIRS, BodyKind.OFFICE, BodyKind.COUNCIL})
# Bodies whose administrators keep the register of their whole place; elsewhere of their own body alone.
REGISTERING = OVERSEEING | {BodyKind.PARTY}
WORKING = (PostRole.HEAD, PostRole.CLERK, PostRole.CONVENER)
SEEING = (*WORKING, PostRole.STAFF)


# What rooms above know of a person's stations: functions (person, day) -> spans of villages whose households they look
# after without a post there, such as a stationed team's. One explicit table, filled at start by `apps.ready`.
STATIONS: list[Callable[[UUID, date], Iterable[tuple[int, int]]]] = []


class Villages(Sequence[tuple[int, int]]):
    """The spans of somebody's own village desks and stations; the stations are asked for by whoever needs them first,
    because most pages show no family."""

    def __init__(self, desks: set[tuple[int, int]], person: UUID, day: date):
        self._desks, self._person, self._day = desks, person, day

    @cached_property
    def _spans(self) -> tuple[tuple[int, int], ...]:
        return tuple(sorted(self._desks | {span for find in STATIONS for span in find(self._person, self._day)}))

    def __getitem__(self, place: Any) -> Any:
        return self._spans[place]

    def __len__(self) -> int:
        return len(self._spans)


@dataclass(eq=False)
class Viewer:
    """A person (or nobody, or the system) with the grants that are valid today."""

    person: Person | None = None
    posts: tuple[Post, ...] = ()
    memberships: tuple[Member, ...] = ()
    query_code: QueryCode | None = None
    is_system: bool = False
    reach: Reach = field(default_factory=Reach)
    known: set[str] = field(default_factory=set)  # what is true of them for the day and was asked for already
    _used: tuple[str, UUID, UUID | None] | None = None

    @property
    def person_id(self) -> UUID | None:
        return self.person.pk if self.person else None

    @property
    def is_known(self) -> bool:
        return self.person is not None

    def holds(self, body_id: UUID | None, *roles: str) -> bool:
        """Do they hold a post of one of `roles` (any working role if none is named) at the desk `body_id`?"""
        for post in self.posts:
            if body_id is not None and post.body_id == body_id and post.role in (roles or WORKING):
                self.use("post", post.pk, post.body_id)
                return True
        return False

    def holds_kind(self, *kinds: str, roles: tuple[str, ...] = WORKING) -> bool:
        """Do they hold a post in a body of one of `kinds`?"""
        return any(self.holds(post.body_id, *roles) for post in self.posts if post.body.kind in kinds)

    def oversees(self, lo: int, roles: tuple[str, ...] = WORKING) -> bool:
        """Do they work at an overseeing desk whose place contains the place numbered `lo`?"""
        for post in self.posts:
            if post.body.kind in OVERSEEING and post.role in roles and post.body.place.lo <= lo <= post.body.place.hi:
                self.use("post", post.pk, post.body_id)
                return True
        return False

    def shares_ground(self, place: Place) -> bool:
        """Do they sit at a desk or in a committee whose place contains `place`, or lies within it?"""
        lo, hi = place.lo, place.hi
        return any((low <= lo and hi <= high) or (lo <= low and high <= hi) for low, high in self.grounds)

    @property
    def grounds(self) -> tuple[tuple[int, int], ...]:
        """The places of their desks and committees, as numbers `lo`…`hi`."""
        places = [post.body.place for post in self.posts if post.role in SEEING]
        places += [member.term.body.place for member in self.memberships]
        return tuple(sorted({(one.lo, one.hi) for one in places}))

    def ground_q(self, prefix: str) -> Q:
        """`shares_ground` as a condition on the place at `prefix` ("place__")."""
        condition = Q(pk__in=[])
        for lo, hi in self.grounds:
            condition |= Q(**{f"{prefix}lo__gte": lo, f"{prefix}hi__lte": hi})
            condition |= Q(**{f"{prefix}lo__lte": lo, f"{prefix}hi__gte": hi})
        return condition

    def is_sitting_member(self) -> bool:
        """Are they a member of a committee today?"""
        for member in self.memberships:
            self.use("member", member.pk, None)
            return True
        return False

    def use(self, kind: str, grant_id: UUID, body_id: UUID | None = None) -> None:
        """Remember which grant answered the last question; `acting` puts it into the journal."""
        self._used = (kind, grant_id, body_id)

    def forget_grant(self) -> None:
        self._used = None

    def acting(self, *, on_behalf_of: UUID | None = None) -> Actor:
        """This viewer as the journal's actor, by the grant that was used last."""
        if self.is_system:
            return Actor(right_kind="system", on_behalf_of_id=on_behalf_of)
        kind, grant_id, body_id = self._used or self._default_grant()
        return Actor(self.person_id, kind, grant_id, body_id, on_behalf_of)

    def _default_grant(self) -> tuple[str, UUID | None, UUID | None]:
        if self.query_code:
            return ("query_code", self.query_code.pk, None)
        if self.posts:
            return ("post", self.posts[0].pk, self.posts[0].body_id)
        if self.memberships:
            return ("member", self.memberships[0].pk, None)
        return ("public", None, None)

    @property
    def bodies(self) -> list[Body]:
        """The bodies at whose desks they sit, in the order of their posts."""
        return [post.body for post in self.posts if post.role in SEEING]

    @property
    def is_administrator(self) -> bool:
        return any(post.role == PostRole.ADMINISTRATOR for post in self.posts)


def system() -> Viewer:
    """The platform itself: clocks and jobs."""
    return Viewer(is_system=True, reach=EVERYTHING)


def viewer_of(person: Person | None, query_code: QueryCode | None = None) -> Viewer:
    """The viewer for `person` with the grants valid today; by a query code what is their own, and no post."""
    if person is None:
        return Viewer()
    if query_code is not None:  # ten characters on paper: never the key to a desk
        return Viewer(person=person, query_code=query_code, reach=Reach(person=person.pk))
    today = timezone.localdate()
    posts = tuple(
        Post.objects.filter(valid_on(today), person=person)
        .filter(valid_on(today, "body__"))
        .select_related("body", "body__place")
        .order_by("pk")
    )
    members = tuple(Member.objects.filter(valid_on(today), person=person).select_related("term__body__place"))
    seeing = [post for post in posts if post.role in SEEING]
    keeping = [post for post in posts if post.role == PostRole.ADMINISTRATOR]
    return Viewer(
        person=person,
        posts=posts,
        memberships=members,
        reach=Reach(
            spans=tuple(sorted({(p.body.place.lo, p.body.place.hi) for p in seeing if p.body.kind in OVERSEEING})),
            villages=Villages(
                {(p.body.place.lo, p.body.place.hi) for p in seeing if p.body.kind == BodyKind.VILLAGE},
                person.pk,
                today,
            ),
            bodies=frozenset(p.body_id for p in seeing),
            person=person.pk,
            helper=person.pk,
            registers=tuple(
                sorted({(p.body.place.lo, p.body.place.hi) for p in keeping if p.body.kind in REGISTERING})
            ),
            register_bodies=frozenset(p.body_id for p in keeping),
        ),
    )


def viewer_of_account(account: Account | None) -> Viewer:
    """The viewer for a signed-in account; nobody for none."""
    return viewer_of(account.person if account else None)
