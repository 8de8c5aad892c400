"""Look-ups behind the pages of deeds: by what people type, within what they may see."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum
from django.db.models.expressions import RawSQL
from django.utils import timezone

from yishi.assistance.campaign.models import CatalogueItem, ItemVersion
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.register.reads import (
    FEW,
    MANY,
    MOST_TYPED,
    Typed,
    Word,
    begins,
    is_few,
    words_of,
)
from yishi.database.reach import WIDE, Reach, Span, width
from yishi.database.unions import union_of
from yishi.kit.records import lend
from yishi.kit.text import clean
from yishi.organisations.grants import OVERSEEING, SEEING, Viewer
from yishi.organisations.models import Body, Member, Place, valid_on

from .models import Activity, Deed, DeedParty, DeedWords, PossibleDuplicate, VolunteerTeam

SUGGESTIONS = 12


def households_find(typed: str) -> list[Household]:
    """Families within the viewer's reach by number or the name of the head."""
    word = clean(typed)[:MOST_TYPED]
    if not word:
        return []
    households = Household.objects.filter(Q(number__starts=word) | Q(head__name__finds=word), left_on__isnull=True)
    return list(households.select_related("head", "place").order_by("place__lo", "number")[:SUGGESTIONS])


def households_by(ids: Iterable[UUID]) -> list[Household]:
    """The households of these keys within the viewer's reach, each with its head and place; strangers' keys give
    nothing."""
    return list(Household.objects.filter(pk__in=list(ids)).select_related("head", "place"))


def villagers_find(typed: str) -> list[Any]:
    """The people of families within the viewer's reach, by name or by the family's number."""
    word = clean(typed)[:MOST_TYPED]
    if not word:
        return []
    members = HouseholdMember.objects.filter(
        Q(household__number__starts=word) | Q(person__name__finds=word), valid_on(timezone.localdate())
    )
    in_order = members.select_related("person", "household__place").order_by(
        "household__place__lo", "household__number"
    )
    return [_with_home(member) for member in in_order[:SUGGESTIONS]]


def villagers_by(ids: Iterable[UUID]) -> list[Any]:
    """The people of these keys who belong to households within reach, each once, lent the newest of them as `home`."""
    members = HouseholdMember.objects.filter(person__in=list(ids)).select_related("person", "household__place")
    return list({member.person_id: _with_home(member) for member in members.order_by("valid_from")}.values())


def _with_home(member: HouseholdMember) -> Any:
    return lend(member.person, home=member.household)  # for the label alone


def members_of(viewer: Viewer) -> QuerySet[Member]:
    """Sitting members of the viewer's own committees, of those of their places (where they are stationed too) and of
    those within their oversight."""
    condition = viewer.reach.places("term__body__place__") | Q(
        term__in=[member.term_id for member in viewer.memberships]
    )
    seats = [post.body.place.lo for post in viewer.posts if post.role in SEEING]
    for lo in (*seats, *(station.lo for station in viewer.stations)):
        condition |= Q(term__body__place__lo__lte=lo, term__body__place__hi__gte=lo)
    return Member.objects.filter(condition, valid_on(timezone.localdate()))


def members_find(viewer: Viewer, typed: str) -> list[Any]:
    """The people who are members, by name."""
    word = clean(typed)[:MOST_TYPED]
    if not word:
        return []
    members = members_of(viewer).filter(person__name__finds=word).select_related("person")
    return list(
        {member.person_id: member.person for member in members.order_by("person__name", "pk")[:SUGGESTIONS]}.values()
    )


def members_by(viewer: Viewer, ids: Iterable[UUID]) -> list[Any]:
    """Those of these people who sit in a committee that the viewer may name (`members_of`), each once."""
    members = members_of(viewer).filter(person__in=list(ids)).select_related("person")
    return list({member.person_id: member.person for member in members}.values())


def bodies_find(typed: str) -> list[Body]:
    """Bodies by name: which bodies there are is no secret inside."""
    word = clean(typed)[:MOST_TYPED]
    if not word:
        return []
    bodies = Body.objects.filter(Q(name__finds=word) | Q(short_name__finds=word), valid_on(timezone.localdate()))
    return list(bodies.select_related("place").order_by("place__lo", "name")[:SUGGESTIONS])


def bodies_by(ids: Iterable[UUID]) -> list[Body]:
    """The bodies of these keys, each with its place."""
    return list(Body.objects.filter(pk__in=list(ids)).select_related("place"))


def open_items(viewer: Viewer) -> QuerySet[CatalogueItem]:
    """The items under which the viewer may record today: of campaigns that run where they stand."""
    today = timezone.localdate()
    running = Q(campaign__starts_on__lte=today)
    running &= Q(campaign__ends_on__isnull=True) | Q(campaign__ends_on__gte=today)
    condition = Q(pk__in=[])
    spans = [(place.lo, place.hi) for place in places_of(viewer)]
    for lo, hi in (*spans, *((station.lo, station.hi) for station in viewer.stations)):
        condition |= Q(campaign__place__lo__lte=lo, campaign__place__hi__gte=lo)
        condition |= Q(campaign__place__lo__range=(lo, hi))
    return CatalogueItem.objects.filter(running, condition, is_retired=False)


def places_of(viewer: Viewer) -> list[Place]:
    """Where the viewer stands: the places of their desks and of their committees."""
    desks = [post.body.place for post in viewer.posts if post.role in SEEING]
    return desks + [member.term.body.place for member in viewer.memberships]


def open_pairs() -> QuerySet[PossibleDuplicate]:
    """What waits in the queue: undecided, and both deeds still count."""
    counted = Deed.State.COUNTED
    return PossibleDuplicate.objects.filter(verdict="", earlier__state=counted, later__state=counted)


def pairs_to_decide(viewer: Viewer) -> QuerySet[PossibleDuplicate]:
    """What waits for a verdict at the viewer's overseeing desks."""
    return open_pairs().filter(deciding_q(viewer))


def deciding_q(viewer: Viewer) -> Q:
    """The pairs both of whose deeds lie in the place of an overseeing desk at which the viewer works."""
    inside = Q(pk__in=[])
    for post in viewer.posts:
        if post.body.kind in OVERSEEING and viewer.holds(post.body_id):
            span = (post.body.place.lo, post.body.place.hi)
            there = Place.objects.filter(lo__range=span).values("pk")
            inside |= Q(place__in=there, later__place__lo__range=span)
    return inside


def pairs_with(deed: Deed | OuterRef) -> list[QuerySet[PossibleDuplicate]]:
    """The pairs of a deed that wait, those in which it is the earlier one and those in which it is the later one: an OR
    of both would look through the whole queue."""
    return [open_pairs().filter(earlier=deed), open_pairs().filter(later=deed)]


def alike_of(deed: Deed) -> list[Deed]:
    """The deeds that look like `deed` and wait for a verdict with it, whoever may see them: the page shows of them only
    what one needs to know one's own deed again."""
    pairs = union_of([side.values_list("earlier", "later") for side in pairs_with(deed)], are_apart=True)
    ids = {key for pair in pairs for key in pair} - {deed.pk}
    deeds = Deed.within.filter(pk__in=ids).select_related("version", "place")
    return list(deeds.prefetch_related("parties__body", "parties__person").order_by("recorded_at"))


def both_seen_q() -> Q:
    """The pairs both of whose deeds `Deed.objects` gives: asked of the deeds of each pair, since those of all are
    many."""
    return Q(*(Exists(Deed.objects.filter(pk=OuterRef(side))) for side in ("earlier", "later")))


def spans_of(reach: Reach) -> tuple[Span, ...]:
    """The places all of whose deeds `reach` covers: those that desks oversee, and villages."""
    return (*reach.spans, *reach.villages)


def deeds_in(reach: Reach) -> QuerySet[Deed]:
    """What `Deed.objects` gives within `reach`, in a form that an index answers: of few places the ids come first.

    Else a list of the newest looks through all deeds for the 25 of a county, and for the three of a member.
    """
    return Deed.objects.all() if reach.is_wide else Deed.within.filter(pk__in=ids_in(reach))


def ids_in(reach: Reach) -> QuerySet[Any, Any]:
    """The ids of the deeds of a reach of few places, each kind from its index."""
    return _there(reach).values("pk").union(own_deeds(reach).values("pk"))


def parts_in(reach: Reach) -> list[QuerySet[Deed]]:
    """The same in parts that have nothing in common, each found by its index."""
    return [Deed.objects.all()] if reach.is_wide else [_there(reach), own_deeds(reach)]


def _there(reach: Reach) -> QuerySet[Deed]:
    return Deed.within.filter(place__in=_places(reach))


def _places(reach: Reach) -> QuerySet[Any, Any]:
    return Place.objects.filter(reach.places("", spans_of(reach))).values("pk")


def own_deeds(reach: Reach) -> QuerySet[Deed]:
    """What `Deed.objects` gives within `reach` outside its places: deeds of the viewer's desks and of themself.

    The ids come first, each kind from an index that has the place: a county's office has done much, all of it at home.
    """
    named, recorded = DeedParty.objects, Deed.within
    mine = [
        named.filter(body__in=reach.bodies).values("deed"),
        recorded.filter(recorded_for__in=reach.bodies).values("pk"),
    ]
    if reach.person is not None:
        mine += [
            named.filter(person=reach.person).values("deed"),
            recorded.filter(recorded_by=reach.person).values("pk"),
        ]
    here = _places(reach)
    return Deed.within.filter(pk__in=union_of([kind.exclude(place__in=here) for kind in mine]))


def deeds_with(grams: Sequence[str]) -> QuerySet[DeedWords]:
    """The words of deeds that hold all these letters and pairs of letters (see `kit.text.grams`)."""
    if not grams:
        return DeedWords.objects.none()
    searched: str | list[str]
    if connection.vendor == "sqlite":
        sql = "SELECT rowid FROM assistance_deedwords_fts WHERE assistance_deedwords_fts MATCH %s"
        searched = _matched(grams)
    else:
        sql = "SELECT id FROM assistance_deedwords WHERE string_to_array(grams, ' ') @> %s::text[]"
        searched = list(grams)
    return DeedWords.objects.filter(pk__in=RawSQL(sql, [searched]))  # noqa: S611  only letters and figures are given


def has_few_deeds(grams: Sequence[str], most: int) -> bool:
    """Are the deeds with all of these at most `most`? SQLite's index is counted by itself, without its rows."""
    if connection.vendor != "sqlite" or not grams:
        return is_few(deeds_with(grams), most)
    found = "SELECT rowid FROM assistance_deedwords_fts WHERE assistance_deedwords_fts MATCH %s LIMIT %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT COUNT(*) FROM ({found})", [_matched(grams), most + 1])
        return int(cursor.fetchone()[0]) <= most


def _matched(grams: Sequence[str]) -> str:
    return " AND ".join(f'"{gram}"' for gram in grams)


def deeds_like(typed: str | Typed, reach: Reach) -> QuerySet[Deed]:
    """Deeds that fit every word, newest first."""
    deeds, words = Deed.objects.all(), words_of(typed)
    return deeds_search(deeds, typed, reach).order_by("-on", "-pk") if words else deeds.none()


def deeds_search(deeds: QuerySet[Deed], typed: str | Typed, reach: Reach) -> QuerySet[Deed]:
    """Those of `deeds` (all that `reach` covers, or some of it) that fit every word of what somebody typed."""
    words = [DeedWord(word) for word in words_of(typed)]
    narrow = not reach.is_wide
    lead = next((word for word in words if word.fits_few_deeds(FEW if narrow else MANY)), None)
    if lead is not None:
        deeds = deeds.filter(pk__in=lead.deeds())
    elif words and narrow:
        deeds = deeds.filter(pk__in=ids_in(reach))
    for word in words:
        if word is not lead:
            deeds = deeds.filter(word.of_deed())
    return deeds


class DeedWord(Word):
    """A word, and the deeds that it may mean."""

    def __init__(self, word: Word):
        super().__init__(word.text)
        self._word = word

    @cached_property
    def spans(self) -> list[Span]:
        return self._word.spans

    @cached_property
    def items(self) -> list[Any]:
        return list(ItemVersion.objects.filter(name__finds=self.text).values_list("item", flat=True).distinct())

    @cached_property
    def activities(self) -> list[Any]:
        activities = Activity.objects.filter(title__finds=self.text).order_by("-on", "-pk")
        return list(activities.values_list("pk", flat=True)[:SUGGESTIONS])

    def fits_few_deeds(self, most: int) -> bool:
        if self.items or width(self.spans) > WIDE or not has_few_deeds(self.grams, most):
            return False
        return not self.is_number or is_few(Deed.within.filter(begins("number", self.text.upper())), most)

    def deeds(self) -> QuerySet[Any, Any]:
        """The ids of the deeds that it fits, each kind from its index."""
        keys = deeds_with(self.grams).values("deed")
        if self.is_number:
            keys = keys.union(Deed.within.filter(begins("number", self.text.upper())).values("pk"))
        if self.spans:
            keys = keys.union(Deed.within.filter(self.in_places()).values("pk"))
        if self.activities:
            keys = keys.union(Deed.within.filter(activity__in=self.activities).values("pk"))
        return keys

    def of_deed(self) -> Q:
        """The condition on a deed that is at hand."""
        fits = self.in_words("words") | self.in_places() | Q(item__in=self.items) | Q(activity__in=self.activities)
        return fits | Q(number__startswith=self.text.upper()) if self.is_number else fits


def teams_of(viewer: Viewer) -> QuerySet[VolunteerTeam]:
    """Volunteer teams of the viewer's desks, those that go to their places, and those that come from above."""
    reach = viewer.reach
    condition = reach.places("place__") | reach.places("place__", reach.villages) | Q(organiser__in=reach.bodies)
    return VolunteerTeam.objects.filter(condition | viewer.ground_q("place__")).select_related("organiser", "place")


def people_seen(teams: Iterable[UUID]) -> dict[UUID, tuple[int, int, int]]:
    """Of each of these teams: its trips, the people of its deeds by name (by heads), and those of whom only a number is
    known; the two are never added."""
    asked = VolunteerTeam.objects.filter(pk__in=list(teams)).order_by()
    stands = Q(trips__taken_back_at__isnull=True)
    deeds = stands & Q(trips__deeds__state=Deed.State.COUNTED, trips__deeds__arriving__isnull=True)
    trips = asked.annotate(n=Count("trips", filter=stands)).values_list("pk", "n")
    people = Count("trips__deeds__beneficiaries__person", filter=deeds, distinct=True)
    named = dict(asked.annotate(n=people).values_list("pk", "n"))
    unnamed = dict(asked.annotate(n=Sum("trips__deeds__unnamed", filter=deeds)).values_list("pk", "n"))
    return {key: (number, named.get(key, 0), unnamed.get(key) or 0) for key, number in trips}
