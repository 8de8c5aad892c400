"""What a person may do today: their posts, memberships and query code, and the reach that follows.

A `Viewer` is made once per request (or by a test, a job, the demo) and handed to services as `actor`.
"""

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from yishi.database.kept import kept_question
from yishi.database.reach import EVERYTHING, Reach
from yishi.journal.act import Actor
from yishi.people.models import Account, Person

from .models import Body, BodyKind, Installation, Member, Place, Post, PostRole, QueryCode, valid_on

# Bodies whose desks oversee all files of their place and the places within it.
OVERSEEING = frozenset({BodyKind.COMMITTEE, BodyKind.CHAIRS, BodyKind.OFFICE, BodyKind.COUNCIL})
# Bodies whose administrators keep the register of their whole place; elsewhere of their own body alone.
REGISTERING = OVERSEEING | {BodyKind.PARTY}
WORKING = (PostRole.HEAD, PostRole.CLERK, PostRole.CONVENER)
READING = (PostRole.AUDITOR,)  # see all of their body's place, whatever its kind, and change nothing
ADMINISTERING = (PostRole.ADMINISTRATOR, PostRole.SECURITY)
SEEING = (*WORKING, PostRole.STAFF, *READING)


@dataclass(frozen=True, slots=True)
class Grant:
    """What gave somebody a right: a post at a body's desk, a membership, a seat, a pairing, a query code, …

    `person` is what somebody does in their own name, by no post; `public` what everybody may do.
    """

    kind: str
    id: UUID | None = None
    body_id: UUID | None = None

    @classmethod
    def of_post(cls, post: Post) -> "Grant":
        return cls("post", post.pk, post.body_id)

    @classmethod
    def of_member(cls, member: Member) -> "Grant":
        return cls("member", member.pk)


STATION = "station"


@dataclass(frozen=True, slots=True)
class Station:
    """Where somebody is stationed without a post there, as a stationed team's people are: the place, and the grant."""

    lo: int
    hi: int
    grant: Grant


@dataclass(frozen=True, slots=True)
class Standing:
    """What a room above knows of a person on a day: their stations, and by name what is true of them."""

    stations: Sequence[Station] = ()
    truths: frozenset[str] = frozenset()


# What rooms above know of a person on a day. One explicit table, filled at start by `apps.ready`.
STANDINGS: list[Callable[[UUID, date], Standing]] = []


class Facts(Container[str]):
    """What is true of a person on a day beyond their grants, asked of the database by whoever needs it first, and once.

    A viewer hands its facts on to the viewers that are made of it (`at`, `changing`, `without_posts`): so nothing
    stands here that depends on the posts of one of them. Pages and services read facts; nobody writes them.
    """

    def __init__(self, person: UUID | None = None, day: date | None = None):
        self._person, self._day = person, day

    @cached_property
    def _standings(self) -> tuple[Standing, ...]:
        if self._person is None or self._day is None:
            return ()
        return tuple(find(self._person, self._day) for find in STANDINGS)

    @cached_property
    def stations(self) -> tuple[Station, ...]:
        """Where they are stationed."""
        return tuple(station for standing in self._standings for station in standing.stations)

    @cached_property
    def truths(self) -> frozenset[str]:
        """The names of what is true of them."""
        return frozenset().union(*(standing.truths for standing in self._standings))

    def __contains__(self, name: object) -> bool:
        return name in self.truths

    @cached_property
    def home_body_id(self) -> UUID | None:
        """The body whose administrators run this installation."""
        return Installation.objects.filter(pk=1).values_list("home_body_id", flat=True).first()


class Stations(Sequence[Station]):
    """The stations among somebody's facts, not asked for before they are needed, because most pages do not."""

    def __init__(self, facts: Facts):
        self._facts = facts

    def __getitem__(self, place: Any) -> Any:
        return self._facts.stations[place]

    def __len__(self) -> int:
        return len(self._facts.stations)


class Villages(Sequence[tuple[int, int]]):
    """The spans of somebody's own village desks and stations."""

    def __init__(self, desks: set[tuple[int, int]], stations: Sequence[Station]):
        self._desks, self._stations = desks, stations

    @cached_property
    def _spans(self) -> tuple[tuple[int, int], ...]:
        return tuple(sorted(self._desks | {(station.lo, station.hi) for station in self._stations}))

    def __getitem__(self, place: Any) -> Any:
        return self._spans[place]

    def __len__(self) -> int:
        return len(self._spans)


def is_overseeing(post: Post) -> bool:
    """Does the post see all files of its body's place?"""
    return post.body.kind in OVERSEEING or post.role in READING


def only(posts: Iterable[Post]) -> Grant | bool:
    """What these posts give where they are at one desk; True at several, because which it is nobody said; False of
    none."""
    desks = {post.body_id: post for post in posts}
    return Grant.of_post(next(iter(desks.values()))) if len(desks) == 1 else bool(desks)


def first(grants: Iterable[Grant | None]) -> Grant | None:
    """The first grant that there is."""
    return next(filter(None, grants), None)


@dataclass(eq=False, frozen=True)
class Viewer:
    """A person (or nobody, or the system) with the grants that are valid today; nobody changes a viewer."""

    person: Person | None = None
    posts: tuple[Post, ...] = ()
    memberships: tuple[Member, ...] = ()
    query_code: QueryCode | None = None
    is_system: bool = False
    reach: Reach = field(default_factory=Reach)
    facts: Facts = field(default_factory=Facts)
    all_posts: tuple[Post, ...] = ()  # also where only some of them are asked (`at`, `changing`)
    stations: Sequence[Station] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "all_posts", self.all_posts or self.posts)

    @property
    def person_id(self) -> UUID | None:
        return self.person.pk if self.person else None

    @property
    def is_known(self) -> bool:
        return self.person is not None

    @property
    def is_themselves(self) -> bool:
        """Is it somebody known, with all that is their own: by an account, or by the code for what they raised?"""
        return self.person is not None and (self.query_code is None or self.query_code.kind == QueryCode.Kind.OWN)

    def sits_by(self, matter_id: UUID) -> bool:
        """May this viewer use their seat in a matter: by an account, or by the code of this very seat?"""
        if self.query_code is None:
            return self.person is not None
        return self.query_code.kind == QueryCode.Kind.SEAT and self.query_code.matter_id == matter_id

    def holds(self, body_id: UUID | None, *roles: str) -> Grant | None:
        """Their post of one of `roles` (any working role if none is named) at the desk `body_id`."""
        for post in self.posts:
            if body_id is not None and post.body_id == body_id and post.role in (roles or WORKING):
                return Grant.of_post(post)
        return None

    def holds_kind(self, *kinds: str, roles: tuple[str, ...] = WORKING) -> Grant | bool:
        """Their only desk in a body of one of `kinds`, else whether they have any."""
        return only(
            post for post in self.posts if post.role in roles and (post.body.kind in kinds or post.role in READING)
        )

    def oversees(self, lo: int, roles: tuple[str, ...] = WORKING, *, hi: int | None = None) -> Grant | None:
        """Their post at the nearest overseeing desk whose place contains the places numbered `lo` (to `hi`)."""
        return self.nearest(lo, is_overseeing, roles, hi=hi)

    def audits(self, place: Place) -> Grant | None:
        """Their auditor's post that reads everything there: also what its desk has not finished."""
        return self.oversees(place.lo, READING)

    def nearest(
        self, lo: int, fits: Callable[[Post], bool], roles: tuple[str, ...] = WORKING, *, hi: int | None = None
    ) -> Grant | None:
        """Of their posts that fit, the one whose place lies closest around the places numbered `lo` (to `hi`): of
        several that would do, this one is answered, in whichever order they were given."""
        nearest, last = None, lo if hi is None else hi
        for post in self.posts:
            place, is_nearer = post.body.place, nearest is None or post.body.place.lo > nearest.body.place.lo
            if place.lo <= lo and last <= place.hi and is_nearer and post.role in roles and fits(post):
                nearest = post
        return Grant.of_post(nearest) if nearest is not None else None

    def stationed(self, place: Place | None = None) -> Grant | None:
        """Their place in a team that is stationed where `place` lies; without one, anywhere."""
        there = (each for each in self.stations if place is None or each.lo <= place.lo <= each.hi)
        return next((station.grant for station in there), None)

    def only_desk(self) -> Grant | bool:
        """Their post where they work at one desk, else whether they work at any."""
        return only(post for post in self.posts if post.role in WORKING)

    def shares_ground(self, place: Place) -> bool:
        """Do they sit at a desk or in a committee whose place contains `place`, or lies within it?"""
        lo, hi = place.lo, place.hi
        return any((low <= lo and hi <= high) or (lo <= low and high <= hi) for low, high in self.grounds)

    @property
    def grounds(self) -> tuple[tuple[int, int], ...]:
        """The places of their desks and committees, as numbers `lo`…`hi`."""
        places = [post.body.place for post in self.posts if post.role in SEEING]
        places += [member.term.body.place for member in self.memberships]
        return tuple(sorted({(place.lo, place.hi) for place in places}))

    def ground_q(self, prefix: str) -> Q:
        """`shares_ground` as a condition on the place at `prefix` ("place__")."""
        condition = Q(pk__in=[])
        for lo, hi in self.grounds:
            condition |= Q(**{f"{prefix}lo__gte": lo, f"{prefix}hi__lte": hi})
            condition |= Q(**{f"{prefix}lo__lte": lo, f"{prefix}hi__gte": hi})
        return condition

    def is_sitting_member(self) -> Grant | bool:
        """Their membership of a committee today; True of several, because which it is nobody said; False of none."""
        return Grant.of_member(self.memberships[0]) if len(self.memberships) == 1 else bool(self.memberships)

    @cached_property
    def key(self) -> tuple[Any, ...]:
        """All that a question about what is theirs can depend on (`kept_question`): equal of two viewers with equal
        grants, of one person after any change of them another."""
        posts = ((p.body_id, p.role, p.body.kind, p.body.place_id, p.body.place.level, p.body.place.lo, p.body.place.hi)
                 for p in self.posts)  # fmt: skip
        seats = ((member.pk, member.term.body_id, member.term.body.place_id) for member in self.memberships)
        code = self.query_code.pk if self.query_code else None
        own = (self.person_id, code, self.is_system, tuple(posts), tuple(seats), tuple(self.stations))
        return (*own, self.facts.truths, self.reach.key)

    @cached_property
    def changing(self) -> "Viewer":
        """The same person without the posts that only read: by these nothing is changed."""
        posts = tuple(post for post in self.posts if post.role not in READING)
        return self if len(posts) == len(self.posts) else replace(self, posts=posts)

    @cached_property
    def without_posts(self) -> "Viewer":
        """The same person as a member, seated, paired or stationed, without any desk: at the members' face."""
        if self.person is None or self.query_code is not None:
            return self
        person = self.person.pk
        reach = Reach(villages=Villages(set(), self.stations), person=person, helper=person)
        return replace(self, posts=(), all_posts=(), reach=reach)

    def at(self, body_id: UUID) -> "Viewer":
        """The same person with nothing but their posts at this desk: these give what is asked so, or nothing does."""
        posts = tuple(post for post in self.posts if post.body_id == body_id)
        return self if self.is_system else replace(self, posts=posts, memberships=(), stations=())

    @property
    def in_person(self) -> Grant:
        """What somebody does in their own name, by no post."""
        if self.query_code:
            return Grant("query_code", self.query_code.pk)
        return Grant("person", self.person_id) if self.person_id else Grant("public")

    def acting(self, grant: Grant, *, on_behalf_of: UUID | None = None) -> Actor:
        """This viewer as the journal's actor, by `grant`."""
        person_id = None if self.is_system else self.person_id
        return Actor(person_id, grant.kind, grant.id, grant.body_id, on_behalf_of)

    @property
    def bodies(self) -> list[Body]:
        """The bodies at whose desks they sit, in the order of their posts."""
        return [post.body for post in self.posts if post.role in SEEING]

    @property
    def working_posts(self) -> list[Post]:
        """Their posts at desks where they work, in order."""
        return [post for post in self.posts if self.holds(post.body_id)]

    @property
    def desks(self) -> list[UUID]:
        """The bodies at whose desks they work."""
        return [post.body_id for post in self.working_posts]

    @property
    def is_administrator(self) -> bool:
        """Do they administer something, the system or its security?"""
        return any(post.role in ADMINISTERING for post in self.posts)


def system() -> Viewer:
    """The platform itself: clocks and jobs."""
    return Viewer(is_system=True, reach=EVERYTHING)


def _granted(person: UUID, today: date) -> dict[str, Any]:
    posts = Post.objects.filter(valid_on(today), person=person).filter(valid_on(today, "body__"))
    members = Member.objects.filter(valid_on(today), person=person)
    return {
        "posts": posts.select_related("body", "body__place").order_by("pk"),
        "members": members.select_related("term__body__place").order_by("pk"),
    }


def viewer_of(person: Person | None, query_code: QueryCode | None = None) -> Viewer:
    """The viewer for `person` with the grants valid today; by a query code what is their own, and no post."""
    if person is None:
        return Viewer()
    if query_code is not None:  # ten characters on paper: never the key to a desk
        return Viewer(person=person, query_code=query_code, reach=Reach(person=person.pk))
    today = timezone.localdate()
    granted = kept_question("grants", person.pk, lambda: _granted(person.pk, today), is_reached=False).answer()
    posts, members = tuple(granted["posts"]), tuple(granted["members"])
    seeing = [post for post in posts if post.role in SEEING]
    keeping = [post for post in posts if post.role in ADMINISTERING]
    facts = Facts(person.pk, today)
    stations = Stations(facts)
    return Viewer(
        person=person,
        posts=posts,
        memberships=members,
        reach=Reach(
            spans=tuple(sorted({(p.body.place.lo, p.body.place.hi) for p in seeing if is_overseeing(p)})),
            villages=Villages(
                {(p.body.place.lo, p.body.place.hi) for p in seeing if p.body.kind == BodyKind.VILLAGE},
                stations,
            ),
            bodies=frozenset(p.body_id for p in seeing if p.role not in READING),
            person=person.pk,
            helper=person.pk,
            registers=tuple(
                sorted({(p.body.place.lo, p.body.place.hi) for p in keeping if p.body.kind in REGISTERING})
            ),
            register_bodies=frozenset(p.body_id for p in keeping),
        ),
        facts=facts,
        stations=stations,
    )


def viewer_of_account(account: Account | None) -> Viewer:
    """The viewer for a signed-in account; nobody for none."""
    return viewer_of(account.person if account else None)
