"""Several lists by one query are the lists that several queries give."""

import pytest
from django.db.models import Count, Exists, OuterRef, Prefetch, Sum
from django_scopes import ScopeError

from tests import samples as sample
from yishi.assistance.deeds.models import Deed, DeedParty
from yishi.assistance.pairing.models import Measure, Need, Visit
from yishi.assistance.projects.models import (
    FundMovement,
    PlannedMoney,
    Project,
    ProjectStep,
)
from yishi.assistance.register.models import HouseholdYear
from yishi.commitments.models import Commitment
from yishi.database import in_parts
from yishi.database.gather import Gathered, HowMany, Question, gather
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.organisations.models import Place, Post
from yishi.people.models import Person

pytestmark = pytest.mark.django_db

LISTS = {
    "deeds": lambda: Deed.objects.select_related("version", "place", "activity", "merged_into").order_by("-on", "pk"),
    "parties": lambda: DeedParty.objects.select_related("body__place", "person").order_by("-pk")[:2],
    "years": lambda: HouseholdYear.within.order_by("year", "pk"),
    "needs": lambda: Need.objects.select_related("household__head").order_by("pk"),
    "measures": lambda: Measure.within.select_related("commitment__bearer").order_by("pk"),
    "projects": lambda: Project.objects.annotate(
        steps_in_all=Count("steps"),
        is_reached=Exists(ProjectStep.objects.filter(project=OuterRef("pk"), verb="approve")),
    ).order_by("pk"),
    "entries": lambda: Entry.objects.order_by("received_at", "pk"),
    "posts": lambda: Post.objects.select_related("body__place", "person").order_by("pk"),
    "matched": lambda: Commitment.objects.select_related("match__offer", "place").order_by("pk"),
    "short": lambda: Need.objects.defer("words", "household__number").select_related("household").order_by("pk"),
    "nobody": lambda: Person.within.filter(name="nobody is called so"),
    "visits": lambda: Visit.within.select_related("household").prefetch_related("visitors").order_by("-on", "pk")[:5],
    "with_parties": lambda: Deed.objects.prefetch_related(
        Prefetch("parties", DeedParty.objects.select_related("body", "person").order_by("pk")), "evidence"
    ).order_by("pk"),
    "none": lambda: Person.within.filter(pk__in=[]),
    "sums": lambda: FundMovement.objects.order_by("fund", "kind").values_list("fund", "kind").annotate(Sum("amount")),
    "planned": lambda: PlannedMoney.objects.order_by("pk").values_list("amount", "project__name", "project"),
}


def told(one, known=()):
    """All that a row says: its columns, those of what it brings with it, its annotations."""
    if not hasattr(one, "_meta") or one in known:
        return one
    left_out = {field.attname for field in one._meta.concrete_fields if field.get_internal_type() == "BinaryField"}
    left_out.add("_state")
    own = {
        name: value for name, value in vars(one).items() if name not in left_out and not name.startswith("_prefetch")
    }
    brought = {name: told(value, (*known, one)) for name, value in one._state.fields_cache.items()}
    prefetched = vars(one).get("_prefetched_objects_cache", {})
    return own, brought, {name: [told(row, (*known, one)) for row in rows] for name, rows in prefetched.items()}


def test_it_works(cast, django_assert_num_queries):
    sample.kwargs_by_loader(cast)
    with everything():
        expected = {name: list(rows()) for name, rows in LISTS.items()}
        with django_assert_num_queries(1):
            found = gather(**{name: rows() for name, rows in LISTS.items()})
        with django_assert_num_queries(0):
            said = {name: [told(one) for one in rows] for name, rows in found.items()}
    for name, rows in expected.items():
        assert said[name] == [told(one) for one in rows], name
        assert rows or name in ("nobody", "none"), name
    assert any(visit.visitors.all() for visit in found["visits"])


def test_a_long_question_in_parts_gives_the_same(cast, django_assert_num_queries, monkeypatch):
    """On SQLite; Django counts it as one."""
    sample.kwargs_by_loader(cast)
    answers = []
    for many in (1, 10**6):
        monkeypatch.setattr(in_parts, "MANY", many)
        with everything(), django_assert_num_queries(1):
            found = gather(**{name: rows() for name, rows in LISTS.items()})
        answers.append({name: [told(one) for one in rows] for name, rows in found.items()})
    assert answers[0] == answers[1]


def test_their_number_is_told_beside(cast, django_assert_num_queries):
    with django_assert_num_queries(1):
        found = gather(
            all=HowMany(Place.objects.order_by("lo")),
            few=HowMany(Place.objects.order_by("lo")[:3]),
            none=HowMany(Place.objects.filter(pk__in=[])),
            first=Place.objects.order_by("lo")[:1],
        )
    assert found == {"all": Place.objects.count(), "few": 3, "none": 0, "first": [Place.objects.order_by("lo")[0]]}


def test_files_are_asked_for_within_a_scope_only(db):
    with pytest.raises(ScopeError):
        gather(deeds=Deed.objects.get_queryset())


def test_nothing_is_asked_where_nothing_can_be(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert gather(none=Person.within.none(), number=HowMany(Person.within.none())) == {"none": [], "number": 0}


def test_what_is_asked_again_is_read_again_only_where_it_changed(cast, django_assert_num_queries):
    counties = Place.objects.filter(level="county").select_related("parent").order_by("pk")
    gathered = Gathered(lambda: {"counties": counties, "how_many": HowMany(counties)})
    before = gathered.read()
    with django_assert_num_queries(1):
        assert gathered.read() is before
    Place.objects.filter(pk=before["counties"][0].parent_id).update(name="改名州")
    assert gathered.read()["counties"][0].parent.name == "改名州"
    assert gathered.read()["how_many"] == len(before["counties"])


def columns(row):
    names = {field.attname for field in row._meta.concrete_fields}
    return {name: value for name, value in vars(row).items() if name in names and not isinstance(value, bytes)}


def test_a_glance_at_rows_says_what_the_rows_say(cast, django_assert_num_queries):
    """Columns of their own are read as they are; whatever else is asked makes the object, by no further query."""
    sample.kwargs_by_loader(cast)
    with everything():
        for name, rows in LISTS.items():
            expected, question = list(rows()), Question(asked=rows())
            with django_assert_num_queries(1 if question.plan.arms else 0):
                seen = question.glance()["asked"]
                for one, row in zip(seen, expected, strict=True):
                    if hasattr(row, "_meta"):
                        assert {field: getattr(one, field) for field in columns(row)} == columns(row), name
                        assert one.pk == row.pk, name
                        assert not hasattr(one, "nobody_has_it"), name
            assert [str(one) for one in seen] == [str(row) for row in expected], name
