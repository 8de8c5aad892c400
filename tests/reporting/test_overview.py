"""A place's overview: everything counts once at every tier, and nothing is opened outside the viewer's reach."""

from datetime import date, timedelta
from itertools import count

import pytest
from django.utils import timezone

from yishi.commitments.clocks import colour
from yishi.commitments.models import Commitment
from yishi.database.reach import everything, reaching
from yishi.deliberation.models import Agreement, Matter, ProcessModel, ProcessVersion, Sitting, Worry
from yishi.organisations.rights import may
from yishi.reporting.overview import overview
from yishi.reporting.reads import counts

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 20)
TIERS = ("云南省", "楚雄彝族自治州", "牟定县", "共和镇", "牟尼村")
numbers = count(1)


@pytest.fixture
def files(cast):
    """Makes files in the quickest way: what is tested here is counting, not the course of a matter."""
    model = ProcessModel.objects.create(code="m")
    version = ProcessVersion.objects.create(model=model, number=1, name="m", document={}, edited_at=timezone.now())

    class Files:
        @staticmethod
        def worry(place="牟尼村", state="filed", due=TODAY, **more):
            return Worry.within.create(
                number=f"W{next(numbers)}", text="路灯坏了", theme="roads", place=cast.places[place], channel="code",
                raiser=cast.people["villager"], state=state, desk=cast.bodies["council"],
                convener=cast.bodies["council"], raised_at=timezone.now(), answer_due_on=due, **more,
            )  # fmt: skip

        @staticmethod
        def matter(place="牟尼村", stage="studied", state="open", due=TODAY, **more):
            return Matter.within.create(
                number=f"M{next(numbers)}", title="路灯", theme="roads", place=cast.places[place], process=version,
                convener=cast.bodies["council"], step="s", stage=stage, state=state, step_due_on=due,
                opened_at=timezone.now(), **more,
            )  # fmt: skip

        @staticmethod
        def promise(matter, state="in_force", start=TODAY - timedelta(days=50), due=TODAY, **more):
            return Commitment.within.create(
                number=f"C{next(numbers)}", origin_kind="matter", origin_id=matter.pk, place=matter.place,
                bearer=cast.bodies["department"], supervisor=cast.bodies["office"], act="修路灯", state=state,
                proof_expected="照片", agreed_on=start, first_due_on=due, due_on=due, in_force_on=start, **more,
            )  # fmt: skip

    return Files


def seen(cast, place, who="province_clerk"):
    with reaching(cast.viewer(who).reach):
        return overview(cast.places[place], TODAY)


def test_it_works(cast, files):
    files.worry()
    files.worry(state="answered", due=TODAY - timedelta(days=3))
    files.worry(due=TODAY - timedelta(days=1))
    matter = files.matter(due=TODAY - timedelta(days=1))
    Sitting.within.create(matter=matter, ordinal=1, starts_at=timezone.now(), state="closed")
    Agreement.objects.create(matter=matter, number="A1", text="…", state="recorded", written_at=timezone.now())
    files.promise(matter, due=TODAY - timedelta(days=1))
    for place in TIERS:
        found = seen(cast, place)
        assert (found.total["worries"], found.total["worry.filed"], found.total["unanswered"]) == (3, 2, 1)
        assert (found.total["matters"], found.total["stage.studied"], found.total["late"]) == (1, 1, 1)
        assert (found.total["sitting.closed"], found.total["agreement.recorded"]) == (1, 1)
        assert (found.total["running"], found.total["colour.red"]) == (1, 1)
        assert found.newest == found.oldest == (matter,)


def test_an_empty_place_has_noughts(cast):
    found = seen(cast, "邻近村")
    assert (found.total["worries"], found.total["matters"], found.newest) == (0, 0, ())
    assert found.rates.share("struck_off") is None


def test_what_lies_below_stands_in_its_own_row_and_what_lies_at_the_place_itself_in_no_childs(cast, files):
    files.worry("牟尼村")
    files.worry("牟尼村")
    files.worry("邻近村")
    files.worry("共和镇")
    found = seen(cast, "共和镇")
    assert [(row.place.name, row.worries) for row in found.children] == [("牟尼村", 2), ("邻近村", 1)]
    assert found.here.worries == 1
    assert found.total["worries"] == 4


def test_a_matter_is_counted_once_at_every_tier_and_not_in_the_neighbours(cast, files):
    files.matter("牟尼村")
    files.matter("外县村")
    assert [seen(cast, place).total["matters"] for place in TIERS] == [2, 1, 1, 1, 1]
    assert [(row.place.name, row.matters) for row in seen(cast, "云南省").children] == [
        ("楚雄彝族自治州", 1),
        ("昆明市", 1),
    ]


def test_matters_that_are_over_are_counted_apart(cast, files):
    for state in ("open", "ended", "done", "dropped"):
        files.matter(state=state)
    total = seen(cast, "牟定县").total
    assert [total[f"matter.{state}"] for state in ("open", "ended", "done", "dropped")] == [1, 1, 1, 1]
    assert (total["matters"], total["stage.studied"], total["late"]) == (4, 1, 0)


def test_sensitive_ones_are_counted_and_never_named_outside_the_reach(cast, files):
    files.matter("牟尼村", is_sensitive=True)
    with reaching(cast.viewer("outsider").reach):
        found = overview(cast.places["云南省"], TODAY)
    assert found.total["matters"] == 1
    assert found.newest == () == found.oldest


def test_the_colours_are_those_of_the_ledger(cast, files):
    """The same commitments counted by the query and coloured one by one, over many days and states."""
    matter = files.matter()
    made = []
    for length in (1, 2, 5, 9, 14, 30, 61, 250):
        for left in (-20, -1, 0, 1, 2, 3, 4, 5, 6, 10, 12, 13, 40):
            due = TODAY + timedelta(days=left)
            made.append(files.promise(matter, start=due - timedelta(days=length), due=due))
    for state in ("proved", "checked"):
        for proved in (TODAY - timedelta(days=9), TODAY):
            made.append(files.promise(matter, state=state, due=TODAY - timedelta(days=4), proved_on=proved))
    for state in ("agreed", "struck_off", "closed_undone", "dropped", "proposed"):
        made.append(files.promise(matter, state=state))
    for today in (TODAY, date(2026, 2, 13), date(2026, 9, 30), date(2026, 10, 9)):
        rows = counts(cast.places["牟定县"], [], today, is_whole=False)
        counted = {code: one for part, code, _child, one, _two in rows if part == "colour"}
        expected = [colour(one, today) for one in made]
        wanted = {word: expected.count(word) for word in ("blue", "yellow", "red") if expected.count(word)}
        assert counted == wanted, today


def test_the_whole_and_a_part_are_counted_alike(cast, files):
    for place in ("牟尼村", "外县村", "云南省"):
        files.worry(place)
        files.promise(files.matter(place), due=TODAY - timedelta(days=2))
    province = cast.places["云南省"]
    children = [cast.places["楚雄彝族自治州"], cast.places["昆明市"]]
    assert sorted(counts(province, children, TODAY, is_whole=True)) == sorted(
        counts(province, children, TODAY, is_whole=False)
    )


def test_rates_are_those_of_the_ledger_for_the_year_so_far(cast, files):
    matter = files.matter()
    files.promise(matter, state="struck_off", as_agreed=True, answered_on=TODAY, settled_on=TODAY)
    files.promise(matter, due=TODAY - timedelta(days=30))
    files.promise(matter, due=TODAY + timedelta(days=30))
    found = seen(cast, "牟定县")
    assert (found.rates.due, found.rates.struck_off, found.rates.as_agreed) == (2, 1, 1)
    assert found.rates_from == date(2026, 1, 1)
    assert seen(cast, "宜良县").rates.due == 0


def test_it_takes_seven_queries_however_much_there_is(cast, files, django_assert_max_num_queries):
    for _number in range(20):
        files.promise(files.matter())
    for place in ("云南省", "牟定县"):
        with everything(), django_assert_max_num_queries(8):
            overview(cast.places[place], TODAY)


@pytest.mark.parametrize(
    ("who", "place", "allowed"),
    [
        ("province_clerk", "牟尼村", True),
        ("prefecture_clerk", "云南省", False),
        ("clerk", "牟定县", True),
        ("party_clerk", "牟定县", True),
        ("convener", "牟尼村", True),
        ("member", "牟定县", True),
        ("former_member", "牟定县", False),
        ("handler", "牟定县", False),
        ("outsider", "牟定县", False),
        ("outsider", "宜良县", True),
        ("villager", "牟尼村", False),
        ("administrator", "牟定县", False),
    ],
)
def test_who_sees_the_overview_of_which_place(cast, who, place, allowed):
    assert bool(may("overview.see", cast.viewer(who), cast.places[place])) is allowed
