"""Figures of the register: of any day and place what its records say of that day, whoever changed them and how."""

from datetime import date, timedelta
from random import Random

import pytest
from django.utils import timezone

from tests.assistance.importing import families, publish, send, workbook
from tests.assistance.keeping import Keeping, person
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.imports.services.publish import import_undo
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.register.facts import LACKING
from yishi.assistance.register.models import Household, HouseholdMember, HouseholdStanding, HouseholdStay, Uncounted
from yishi.assistance.register.reads_then import households_on
from yishi.assistance.register.services.counting import counts_all, counts_differ
from yishi.assistance.register.services.leaving import household_end
from yishi.assistance.register.services.members import member_join, member_leave
from yishi.assistance.register.services.register import (
    household_change,
    household_relocate,
    household_split,
)
from yishi.assistance.register.services.years import household_year_fill
from yishi.journal.models import Entry
from yishi.organisations.grants import system
from yishi.organisations.services.places import place_move
from yishi.reporting.figures import Question, ask, by_fact
from yishi.reporting.fold import fold_all
from yishi.reporting.indicators import of_register
from yishi.reporting.models import FigureRow
from yishi.reporting.verify import check, rebuild

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def keeping(cast):
    return Keeping(cast)


def folded():
    counts_all()
    fold_all()


def figure(place, fact, day, **more):
    found = ask(Question(place=place, start=day, end=day, **more), of_register(fact))
    return found.deeds, found.amount


def recount(place, fact, day):
    """Households and people, asked of each household of the register by itself."""
    households = people = 0
    for home in Household.within.all():
        stays = list(HouseholdStay.objects.filter(household=home).order_by("valid_from").select_related("place"))
        at = [stays[0], *(stay for stay in stays if stay.valid_from <= day)][-1].place
        place.refresh_from_db()
        if not place.lo <= at.lo <= place.hi or (home.left_on and home.left_on <= day):
            continue
        standings = list(HouseholdStanding.objects.filter(household=home).order_by("valid_from"))
        begins = min([home.registered_on, *(row.valid_from for row in standings)])
        states = [row.state for row in standings if row.valid_from <= day and (not row.valid_to or day <= row.valid_to)]
        true_of_it = {"all": day >= begins, **dict.fromkeys(states, True)}
        main = home.causes.filter(kind="cause", is_main=True).first()
        if {"poor", "returned"} & set(states):
            true_of_it[f"cause.{main.code if main else 'none'}"] = True
        if not true_of_it.get(fact):
            continue
        households += 1
        for member in HouseholdMember.within.filter(household=home):
            since = begins if member.valid_from <= home.registered_on else member.valid_from
            people += since <= day and (member.valid_to is None or day <= member.valid_to)
    return households, people


def test_a_family_counts_where_and_as_long_as_its_record_says(keeping):
    """Listed at the end of 2014, left poverty at the end of 2018, moved, somebody was born, fell back."""
    by, day = keeping.cast.viewer("clerk"), keeping.day
    village, next_door = keeping.cast.places["牟尼村"], keeping.cast.places["邻近村"]
    values = {"kind": "listed", "state": "exited", "identified_year": 2014, "exited_year": 2018}
    home = keeping.register("牟尼村", "赵六", 120, values=values, main_cause="illness")
    folded()
    county = keeping.cast.places["牟定县"]
    before = figure(county, "poor", date(2018, 12, 30))
    assert before == (1, 3) == recount(county, "poor", date(2018, 12, 30))
    assert figure(county, "poor", date(2014, 12, 30)) == (0, 0)
    assert figure(county, "poor", date(2018, 12, 31)) == (0, 0)
    assert figure(county, "cause.illness", date(2017, 1, 1)) == (1, 3)
    member_join(
        actor=by, household=home, member=person("赵小", 300, relation="son"), reason="birth", on=day + timedelta(9)
    )
    household_relocate(actor=by, household=home, place=next_door, site="安置点", on=day + timedelta(days=20))
    household_change(actor=by, household=home, values={"state": "returned"}, on=day + timedelta(days=30))
    folded()
    assert figure(village, "exited", day + timedelta(8))[1] + 1 == figure(village, "exited", day + timedelta(9))[1]
    for on in (day, day + timedelta(19), day + timedelta(20), day + timedelta(29), day + timedelta(30)):
        for place in (village, next_door, county):
            for fact in ("all", "poor", "exited", "returned", "cause.illness"):
                assert figure(place, fact, on) == recount(place, fact, on), (place.name, fact, on)
    assert figure(county, "returned", timezone.localdate()) == (1, 4)


def something(draw, cast, home, day, number):
    """One act on the household, if it can be done."""
    by, places = cast.viewer("clerk"), [cast.places["牟尼村"], cast.places["邻近村"]]
    others = HouseholdMember.within.filter(household=home, valid_to=None).exclude(person=home.head_id)
    what = draw.choice(["born", "died", "moved", "state", "end", "split"])
    if what == "born":
        new = person(f"新{number}", 400 + number, relation="son")
        member_join(actor=by, household=home, member=new, reason="birth", on=day)
    elif what == "died" and others:
        member_leave(actor=by, member=others[0], reason="death", on=day)
    elif what == "split" and others:
        household_split(actor=by, household=home, members=[], head=others[0], on=day)
    elif what == "moved":
        there = next(place for place in places if place.pk != home.place_id)
        household_relocate(actor=by, household=home, place=there, kind="moved", on=day)
    elif what == "state":
        state = draw.choice([state for state in ("poor", "exited", "returned") if state != home.state])
        household_change(actor=by, household=home, values={"state": state}, on=day)
    elif what == "end" and draw.random() < 0.3:
        household_end(actor=by, household=home, reason="moved", on=day)


@pytest.mark.parametrize("seed", range(3))
def test_any_acts_in_any_order_count_as_a_recount_by_hand(keeping, seed):
    draw, cast, day = Random(seed), keeping.cast, keeping.day
    homes = [
        keeping.register(
            draw.choice(["牟尼村", "邻近村"]),
            f"户{number}",
            20 * number + 100,
            values=draw.choice([{"state": "poor", "identified_year": 2014}, {"kind": "ordinary"}]),
            main_cause=draw.choice(["", "illness"]),
            causes=[],
        )
        for number in range(3)
    ]
    for number in range(12):
        day += timedelta(days=draw.randrange(1, 20))
        home = Household.within.get(pk=draw.choice(homes).pk)
        if not home.left_on:
            something(draw, cast, home, day, number)
        if draw.random() < 0.4:
            folded()
    folded()
    places, first = [cast.places[name] for name in ("牟尼村", "邻近村", "牟定县")], date(2014, 6, 1)
    for _asked in range(25):
        on = first + timedelta(days=draw.randrange((timezone.localdate() - first).days))
        on = draw.choice([on, keeping.day + timedelta(days=draw.randrange(300))])
        place, fact = draw.choice(places), draw.choice(["all", "poor", "exited", "returned", "cause.illness"])
        assert figure(place, fact, on) == recount(place, fact, on), (place.name, fact, on)
        for listed in (place, *places):
            assert households_on(Household.within.all(), on, fact, listed).count() == figure(listed, fact, on)[0]
    assert check().is_right and counts_differ() == []
    rows = FigureRow.objects.filter(series=11).order_by("sequence")
    stands = rows.values_list("day", "deeds", "amount", "item", "place")
    before = list(stands)
    rebuild()
    assert list(stands) == before


def test_a_workbook_counts_and_its_undoing_takes_it_back(cast):
    said = families(3)
    for row in said:
        row.update(脱贫状态="贫困", 识别年度="2014")
    one = publish(cast, send(cast, workbook(said)))
    county, today = cast.places["牟尼村"].parent.parent, timezone.localdate()
    assert figure(county, "poor", today) == (0, 0)
    folded()
    known = timezone.now()
    assert figure(county, "poor", today) == recount(county, "poor", today) != (0, 0)
    import_undo(actor=cast.viewer("clerk"), sent=one)
    imports_work()
    folded()
    assert figure(county, "poor", today) == (0, 0)
    assert figure(county, "poor", today, known_by=known)[0] == 3  # what was known then stays
    assert check().is_right


def test_a_workbook_of_the_next_year_changes_what_it_changes(cast):
    said = families(2)
    for row in said:
        row.update(脱贫状态="贫困", 识别年度="2014")
    publish(cast, send(cast, workbook(said)))
    folded()
    for row in said[:4]:
        row.update(脱贫状态="已脱贫", 脱贫年度="2019")
    publish(cast, send(cast, workbook(said), year=2021))
    folded()
    county = cast.places["牟尼村"].parent.parent
    for on in (date(2019, 12, 30), date(2019, 12, 31), timezone.localdate()):
        for fact in ("poor", "exited"):
            assert figure(county, fact, on) == recount(county, fact, on)
    assert figure(county, "exited", timezone.localdate())[0] == 1


def test_what_is_lacking_is_what_the_last_year_says(keeping):
    by, year = keeping.cast.viewer("village_head"), timezone.localdate().year
    home, village = keeping.household, keeping.cast.places["牟尼村"]
    daughter = keeping.member("daughter")
    household_year_fill(
        actor=by,
        household=home,
        year=year - 1,
        values={"house_grade": "D", "water_is_safe": False},
        members={daughter.pk: {"dropout_reason": "far"}, keeping.member().pk: {"student": "none"}},
    )
    household_year_fill(actor=by, household=home, year=year, values={"house_grade": "safe"})
    folded()
    last = date(year - 1, 12, 31)
    assert figure(village, "lack.housing", last) == (1, 3)
    assert figure(village, "lack.housing", date(year, 1, 1)) == (0, 0)
    assert figure(village, "lack.water", date(year, 1, 1)) == (1, 3)  # no later year says otherwise
    assert figure(village, "lack.school", last) == (1, 1)
    for day in (last, date(year, 1, 1), date(year - 2, 12, 31), timezone.localdate()):
        facts = by_fact(Question(place=village, start=day, end=day))
        for fact in {*LACKING, *facts}:
            listed = households_on(Household.within.all(), day, fact, village)
            assert listed.count() == facts.get(fact, (0, 0))[0], (fact, day)


def test_a_change_tells_only_what_it_changed(keeping):
    folded()
    assert not Uncounted.objects.exists()
    entries = Entry.objects.filter(code="assistance.register.count")
    before = entries.count()
    household_change(actor=keeping.cast.viewer("clerk"), household=keeping.household, values={"phone": "13900002222"})
    folded()
    assert entries.count() == before
    household_change(actor=keeping.cast.viewer("clerk"), household=keeping.household, values={"state": "returned"})
    folded()
    assert entries.count() == before + 1
    told = entries.latest("received_at").data["counts"]
    assert {fact for _day, _place, fact, *_both in told} == {"exited", "returned", "cause.illness"}


def test_a_village_that_moves_takes_its_families_with_it(keeping):
    cast, today = keeping.cast, timezone.localdate()
    village, county = cast.places["邻近村"], cast.places["牟定县"]
    folded()
    families_there = figure(village, "all", today)
    before = figure(county, "all", today)
    place_move(actor=system(), place=village, parent=cast.places["匡远镇"], on=today - timedelta(days=20))
    left = tuple(all_ - there for all_, there in zip(before, families_there, strict=True))
    assert figure(county, "all", today) == left == recount(county, "all", today)
    then = today - timedelta(days=21)
    assert figure(county, "all", then, places_then=True) == before
    assert figure(county, "all", today, places_then=True) == left


def test_the_page_shows_a_day_and_opens_into_the_families(keeping, client):
    """A clerk of the county sees the families behind; somebody from elsewhere only tens."""
    values = {"state": "exited", "identified_year": 2014, "exited_year": 2018}
    home = keeping.register("牟尼村", "赵六", 120, values=values)
    folded()
    county = keeping.cast.places["牟定县"]
    sign_in(client, keeping.cast, "clerk")
    page = client.get(f"/desk/figures/place/{county.pk}/register/?on=2018-12-30").content.decode()
    assert "2018年12月30日的情况" in page and 'value="2018-12-30"' in page and "因病" in page
    assert "2018年12月31日" not in page  # the course ends on the day that is asked
    behind = client.get(f"/desk/figures/place/{county.pk}/register/poor/?on=2018-12-30").content.decode()
    assert home.number in behind and keeping.household.number not in behind
    assert (
        client.get(f"/desk/figures/place/{county.pk}/register/poor_people/?period=day&on=2018-12-30").status_code == 200
    )
    assert client.get(f"/desk/figures/place/{county.pk}/register/riches/").status_code == 404
    assert client.get(f"/desk/figures/place/{county.pk}/behind/poor_people/").status_code == 404  # it has its own page
    wrong = client.get(f"/desk/figures/place/{county.pk}/register/?on=2018-13-30").content.decode()
    assert "2018-13-30" in wrong and "今天" in wrong
    sign_in(client, keeping.cast, "outsider")
    page = client.get(f"/desk/figures/place/{county.pk}/register/poor/?on=2018-12-30").content.decode()
    assert "少于 10" in page and home.number not in page


def test_the_page_of_a_place_without_families_says_so(cast, client):
    sign_in(client, cast, "clerk")
    page = client.get(f"/desk/figures/place/{cast.places['牟定县'].pk}/register/").content.decode()
    assert "这里还没有登记农户" in page
