"""Every figure equals a recount by hand: for random deeds, shares, claims, merges, corrections, phases, focus sets."""

import random
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from unittest import mock

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from tests.assistance.helping import Helping
from tests.cast import make_cast
from yishi.assistance.campaign.models import Campaign, CatalogueItem
from yishi.assistance.campaign.services.campaigns import campaign_open, direction_add, item_add
from yishi.assistance.deeds.models import Deed, PossibleDuplicate
from yishi.assistance.deeds.services.deeds import (
    deed_claim,
    deed_correct,
    deed_record,
    deed_withdraw,
)
from yishi.assistance.deeds.services.duplicates import duplicate_decide
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.database.reach import Reach, everything, reaching
from yishi.journal.act import SYSTEM, act, acting_at
from yishi.journal.feed import FEEDS
from yishi.journal.models import Entry, Unfolded
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import system
from yishi.organisations.models import PlaceSetItem
from yishi.organisations.services.places import place_merge, place_move
from yishi.reporting import behind, book, figures
from yishi.reporting.blocks import HOUSEHOLD, PERSON, VILLAGE
from yishi.reporting.figures import (
    DIMENSIONS,
    Question,
    ask,
    by_heads,
    by_item,
    by_month,
    by_place,
    deeds_in,
    deeds_of,
    still,
)
from yishi.reporting.fold import fold, fold_all
from yishi.reporting.indicators import BY_CODE, DEEDS, SERIES
from yishi.reporting.models import FigureRow
from yishi.reporting.recount import recount
from yishi.reporting.verify import check, rebuild

pytestmark = pytest.mark.django_db
MONEY = [BY_CODE[code] for code in ("mobilised", "received", "paid")]
PREFECTURES = ("楚雄彝族自治州", "昆明市")
VILLAGES = ("牟尼村", "邻近村", "外县村", "共和镇", "昆明市")


def entries():
    """The journal, in any order."""
    return sorted(Entry.objects.filter(code__in=FEEDS), key=lambda entry: entry.body_hash + str(entry.pk))


def with_another_campaign(helping: Helping) -> Helping:
    """A second campaign of the same county runs beside the first: `helping.other`, with an item of its own."""
    clerk = helping.cast.viewer("clerk")
    receipt = campaign_open(
        actor=clerk, owner=helping.cast.bodies["office"], code="second", name="另一行动", starts_on=helping.start
    )
    helping.other = Campaign.objects.get(pk=receipt.result["campaign"])
    direction_add(actor=clerk, campaign=helping.other, code="industry", name="产业助推")
    direction = helping.other.directions.get()
    lamps = {"name": "装路灯", "unit": "盏", "code": "lamp", "serves": "village"}
    by_heads = {"unit": "户", "additivity": "distinct"}
    for further in (
        lamps,
        {"name": "慰问农户", "code": "comfort", "serves": "household", **by_heads},
        {"name": "培训农民", "code": "taught", "serves": "person", **by_heads, "unit": "人"},
    ):
        receipt = item_add(actor=clerk, campaign=helping.other, direction=direction, **further)
        code = further["code"]
        helping.items[code] = CatalogueItem.objects.select_related("campaign").get(pk=receipt.result["item"])
    return helping


def a_question(helping, rng) -> Question:
    """Any place, any period, at most two dimensions."""
    cast = helping.cast
    today = timezone.localdate()
    days = sorted(today - timedelta(days=50 * rng.randrange(18)) for _ in range(2))
    values = {
        "direction": [*helping.directions.values(), helping.other.directions.get()],
        "item": list(helping.items.values()),
        "body": [cast.bodies[name] for name in ("office", "department", "company", "outside_office")],
        "sector": ["agriculture", "none-such"],
        "phase": list(helping.campaign.phases.all()),
        "place_set": [helping.focus],
    }
    campaign = rng.choice([None, helping.campaign, helping.other])
    chosen = {name: rng.choice(values[name]) for name in rng.sample(DIMENSIONS, rng.randrange(3))}
    return Question(
        place=cast.places[rng.choice(list(cast.places))],
        start=days[0],
        end=days[1],
        campaign=campaign,
        of_none=campaign is None and rng.random() < 0.4,
        sets_then=rng.random() < 0.5,
        places_then=rng.random() < 0.5,
        known_by=rng.choice([None, None, timezone.now()]),
        **chosen,
    )


def a_reach(helping, rng) -> Reach:
    """What somebody may see: all, some places, some desks, what bears their name."""
    cast = helping.cast
    places = rng.sample(list(cast.places.values()), rng.randrange(3))
    bodies = rng.sample(["office", "department", "outside_office"], rng.randrange(3))
    return Reach(
        everything=rng.random() < 0.1,
        spans=tuple((one.lo, one.hi) for one in places),
        bodies=frozenset(cast.bodies[name].pk for name in bodies),
        person=rng.choice([None, cast.people["member"].pk]),
    )


def something_happens(helping, rng) -> None:
    """One random act; a refused one changes nothing."""
    cast, today = helping.cast, timezone.localdate()
    deeds = list(Deed.within.filter(state="counted"))
    what = rng.choice(["record"] * 6 + ["claim", "correct", "withdraw", "decide", "set", "place", "money", "visit"])
    who = [cast.bodies["office"], cast.bodies["department"], cast.people["member"], cast.people["neighbour"]]
    try:
        if what == "record" or len(deeds) < 2:
            parties = rng.sample(who, rng.randrange(1, 4))
            cut = sorted(rng.randrange(10_001) for _ in parties[1:])
            shares = [b - a for a, b in zip([0, *cut], [*cut, 10_000], strict=True)]
            deed_record(
                actor=system(),
                item=helping.items[rng.choice(list(helping.items))],
                place=cast.places[rng.choice(VILLAGES)],
                on=today - timedelta(days=50 * rng.randrange(18)),
                amount=rng.choice([Decimal(rng.randrange(1, 40_000)) / 1000, Decimal(rng.randrange(1, 9))]),
                parties=[Part(one, rng.choice(["lead", "co"]), s) for one, s in zip(parties, shares, strict=True)],
                reached=Reached(
                    households=rng.sample(helping.households, rng.randrange(3)),
                    people=rng.sample([one.head for one in helping.households], rng.randrange(3)),
                    villages=[cast.places["牟尼村"]] if rng.random() < 0.5 else [],
                    unnamed=rng.randrange(30),
                ),
            )
        elif what == "claim":
            deed_claim(
                actor=system(),
                deed=rng.choice(deeds),
                who=rng.choice(who),
                role="co",
                share=rng.choice([None, 0, 3_333, 10_000]),
            )
        elif what == "correct":
            deed_correct(
                actor=system(),
                deed=rng.choice(deeds),
                reason="更正",
                on=today - timedelta(days=50 * rng.randrange(18)),
                place=cast.places[rng.choice(VILLAGES)],
                amount=Decimal(rng.randrange(1, 9_000)) / 1000,
                reached=Reached(households=rng.sample(helping.households, 2), unnamed=1),
            )
        elif what == "set":  # a county leaves a focus set on some day, and another one comes in
            last = PlaceSetItem.objects.filter(place_set=helping.focus, valid_to__isnull=True).first()
            day = today - timedelta(days=50 * rng.randrange(18))
            if last is not None and last.valid_from < day:
                last.valid_to = day
                last.save()
            place = cast.places[rng.choice(["牟定县", "宜良县", "外县村", "邻近村"])]
            PlaceSetItem.objects.create(place_set=helping.focus, place=place, valid_from=day + timedelta(days=1))
        elif what == "place":  # a village or township changes hands, or is merged into its neighbour
            day = today - timedelta(days=50 * rng.randrange(18))
            one, two = rng.sample(["共和镇", "匡远镇"], 2)
            act = rng.choice(["village", "town", "merge"])
            if act == "village":
                place_move(actor=system(), place=cast.places["邻近村"], parent=cast.places[one], on=day)
            elif act == "town":
                county = cast.places[rng.choice(["牟定县", "宜良县"])]
                place_move(actor=system(), place=cast.places[two], parent=county, on=day)
            else:
                place_merge(actor=system(), place=cast.places["邻近村"], into=cast.places["牟尼村"], on=day)
        elif what in ("money", "visit"):
            another_entry(helping, rng, what)
        elif what == "withdraw":
            deed_withdraw(actor=system(), deed=rng.choice(deeds), reason="误记")
        else:
            one, two = rng.sample(deeds, 2)
            earlier, later = sorted((one, two), key=lambda deed: deed.pk)
            pair, _new = PossibleDuplicate.objects.get_or_create(
                earlier=earlier, later=later, defaults={"likeness": 60, "found_at": timezone.now()}
            )
            verdict = rng.choice(["same", "part", "distinct"])
            duplicate_decide(actor=system(), pair=pair, verdict=verdict, overlap=Decimal(1), reason="查看")
    except (Refusal, WrongStage):
        return


def another_entry(helping, rng, what: str) -> None:
    """Money moves, a family is visited, a proposal is adopted, a road grows; now and then it is undone."""
    cast, today = helping.cast, timezone.localdate()
    series = rng.choice(MONEY) if what == "money" else rng.choice(SERIES[1:])
    quantities = {series.count: 1} if series.count else {series.amount: rng.randrange(1, 10**12)}
    body = {"body": cast.bodies[rng.choice(["office", "department"])].pk} if rng.random() < 0.5 else {}
    with act(series.entry, actor=SYSTEM, body={"n": rng.random()}) as this:
        entry = this.entry(
            subject=("fund", this.id),
            place=cast.places[rng.choice(VILLAGES)].pk if rng.random() < 0.95 else None,
            at=this.on_day(today - timedelta(days=50 * rng.randrange(18))),
            dims={**body, **campaign_of(helping, rng), **(dict(series.where) if rng.random() < 0.8 else {})},
            quantities=quantities,
            touches=[("household", rng.choice(helping.households).pk, 1)] if what == "visit" else (),
        )
        if rng.random() < 0.3:
            this.reverse(entry)


def campaign_of(helping, rng) -> dict:
    """The campaign that an entry about money or a project says, or none."""
    campaign = rng.choice([None, helping.campaign, helping.other])
    return {"campaign": campaign.pk if campaign else None} if campaign or rng.random() < 0.5 else {}


def deliver_again(rng) -> None:
    """What was folded waits once more, as after a crash at the wrong moment."""
    done = list(Entry.objects.filter(code__in=FEEDS).exclude(pk__in=Unfolded.objects.values("entry")))
    if done:
        Unfolded.objects.bulk_create([Unfolded(entry=rng.choice(done))])


def heads_are_those_of_a_recount(asked, journal) -> None:
    """Of items that count heads, all at once: what each is when it is counted alone by hand."""
    question = replace(asked, item=None)
    for item, heads in by_heads(question, by_item(question)).items():
        if len(question.dimensions) < 2:
            one = recount(replace(question, item=CatalogueItem.objects.get(pk=item)), journal)
            named = {HOUSEHOLD: one.households, PERSON: one.people, VILLAGE: one.villages}[heads.kind]
            assert (heads.named, heads.nameless) == (named, one.nameless)


@pytest.mark.long
class TestAgainstARecount(TestCase):
    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(st.integers(0, 10**9))
    def test_every_figure_is_what_the_journal_says(self, seed):
        rng = random.Random(seed)
        figures.forget()
        # Rows come from the database, from segments, or from both.
        flush, much = rng.choice([1, 3, 2000]), rng.choice([0, 50_000])
        with everything(), mock.patch.object(book, "FLUSH", flush), mock.patch.object(book, "MUCH", much):
            helping = with_another_campaign(Helping(make_cast()))
            for _ in range(rng.randrange(1, 30)):
                something_happens(helping, rng)
                if rng.random() < 0.3:
                    fold(rng.choice([1, 3, 1000]))  # in pieces, whenever
                    still()  # and are a segment, before what comes later
                if rng.random() < 0.1:
                    deliver_again(rng)
            fold_all()
            journal = entries()
            for _ in range(25):
                question, series = a_question(helping, rng), rng.choice([DEEDS, DEEDS, *SERIES])
                assert ask(question, series) == recount(question, journal, series), (series.code, question)
                if series is DEEDS:
                    found = deeds_of(question)
                    assert found.count() == ask(question).deeds == deeds_in(question, still()), question
                    with reaching(reach := a_reach(helping, rng)):
                        seen = list(deeds_of(question).order_by("-on", "-pk").values_list("pk", flat=True))
                    # Also as if each day had too many deeds to look them up one by one.
                    with mock.patch.object(behind, "MOST_ROWS", rng.choice([0, 1000])), reaching(reach):
                        listed = behind.DeedsBehind(question, reach, still())
                        start, stop = sorted(rng.choices(range(len(seen) + 2), k=2))
                        assert len(listed) == len(seen) and listed[start:stop] == seen[start:stop], question
            whole = Question(helping.cast.places["云南省"], helping.start, timezone.localdate())
            for series in SERIES:
                parts = [replace(whole, campaign=one) for one in (helping.campaign, helping.other)]
                of_each = [ask(part, series).amount for part in [*parts, replace(whole, of_none=True)]]
                if series.of_campaigns:  # each campaign's, and that of none, are the whole
                    assert sum(of_each) == ask(whole, series).amount
                else:
                    assert of_each == [ask(whole, series).amount] * 3
            for _ in range(5):
                heads_are_those_of_a_recount(a_question(helping, rng), journal)
            figure = ask(whole)
            assert figure.deeds == Deed.within.filter(state="counted").count() == deeds_of(whole).count()
            assert figure.households <= len(helping.households)
            assert figure.credits >= figure.deeds
            credited = sum(
                recount(replace(whole, body=body), journal).credited for body in helping.cast.bodies.values()
            )
            assert credited <= figure.amount
            assert sum(row[1] for row in by_item(whole).values()) == figure.amount
            assert sum(row[0] for _month, row in by_month(whole)) == figure.deeds
            for level, names in (("prefecture", PREFECTURES), ("county", ("牟定县", "宜良县"))):
                children = [helping.cast.places[name] for name in names]
                for child, row in by_place(whole, children):
                    one = ask(replace(whole, place=child))
                    assert row == [one.deeds, one.amount, one.households], level
            for series in MONEY:
                inside = [ask(replace(whole, place=helping.cast.places[name]), series).amount for name in PREFECTURES]
                assert (
                    sum(inside)
                    == ask(whole, series).amount
                    == sum(entry.quantities.get(series.amount, 0) for entry in journal if entry.place_id)
                )
            assert check().is_right
            before = [ask(a_question(helping, random.Random(seed + n))) for n in range(5)]
            rebuild()
            assert before == [ask(a_question(helping, random.Random(seed + n))) for n in range(5)]
            assert check().is_right


def whole(helping, **given) -> Question:
    return Question(helping.cast.places["云南省"], helping.start, timezone.localdate(), helping.campaign, **given)


def test_money_that_lies_in_no_place_breaks_no_figure(helping):
    helping.record()
    fold_all()
    series = BY_CODE["mobilised"]
    with act(series.entry, actor=SYSTEM, body={}) as this:
        this.entry(subject=("fund", this.id), quantities={series.count: 1} if series.count else {series.amount: 7})
    fold_all()
    assert ask(whole(helping)).deeds == 1
    assert ask(whole(helping), series).amount == 0


def test_it_works(helping):
    helping.record()
    assert fold() == 1
    assert fold() == 0
    figure = ask(whole(helping))
    assert (figure.deeds, figure.amount, figure.households, figure.people, figure.givers) == (1, 1000, 1, 1, 1)
    assert ask(whole(helping, sector="agriculture")).deeds == 1
    assert list(deeds_of(whole(helping))) == list(Deed.within.all())


def test_one_deed_with_two_bodies_is_one_deed_and_two_credits(helping):
    cast = helping.cast
    deed = helping.record("clerk", parties=[Part(cast.bodies["office"])])
    deed_claim(actor=cast.viewer("handler"), deed=deed, who=cast.bodies["department"], role="co", share=2_500)
    fold_all()
    figure = ask(whole(helping))
    assert (figure.deeds, figure.credits, figure.overlap, figure.bodies) == (1, 2, 1, 2)
    assert ask(whole(helping, body=cast.bodies["office"])).credited == 750
    assert ask(whole(helping, body=cast.bodies["department"])).credited == 250
    assert ask(whole(helping, body=cast.bodies["department"])).amount == 1000


def test_deeds_that_lie_in_none_of_the_places_below_are_in_no_row(helping):
    helping.record()
    fold_all()
    far = helping.cast.places["宜良县"]
    assert by_place(whole(helping), [far]) == [(far, [0, 0, 0])]


def test_undoing_one_of_two_deeds_leaves_the_family_counted(helping):
    one = helping.record()
    helping.record(item="channel", on=timezone.localdate() - timedelta(days=60))
    deed_withdraw(actor=helping.cast.viewer("member"), deed=one, reason="误记")
    fold_all()
    figure = ask(whole(helping))
    assert (figure.deeds, figure.households) == (1, 1)


def test_a_correction_changes_today_and_not_what_was_known_then(helping):
    deed = helping.record(amount=Decimal(5))
    fold_all()
    closed = timezone.now()
    deed_correct(actor=helping.cast.viewer("member"), deed=deed, amount=Decimal(3), reason="多记了两条")
    fold_all()
    assert ask(whole(helping)).amount == 3000
    assert ask(whole(helping, known_by=closed)).amount == 5000


def test_a_village_that_changed_sets_counts_then_and_now(helping):
    """牟尼村 was in focus until 400 days ago; 邻近村 is since."""
    today = timezone.localdate()
    helping.record(on=today - timedelta(days=500))
    helping.record(on=today - timedelta(days=50))
    helping.record(place=helping.cast.places["邻近村"], on=today - timedelta(days=50))
    fold_all()
    assert ask(whole(helping, place_set=helping.focus)).deeds == 2
    assert ask(whole(helping, place_set=helping.focus, sets_then=False)).deeds == 1


def test_a_village_that_changed_counties_counts_then_and_now(helping):
    cast, today = helping.cast, timezone.localdate()
    helping.record(place=cast.places["邻近村"], on=today - timedelta(days=50))
    helping.record(place=cast.places["邻近村"], on=today - timedelta(days=3))
    fold_all()

    def deeds(county: str, *, then: bool) -> int:
        return ask(replace(whole(helping), place=cast.places[county], places_then=then)).deeds

    assert deeds("牟定县", then=False) == 2
    place_move(actor=system(), place=cast.places["邻近村"], parent=cast.places["匡远镇"], on=today - timedelta(days=20))
    assert (deeds("牟定县", then=False), deeds("宜良县", then=False)) == (0, 2)
    assert (deeds("牟定县", then=True), deeds("宜良县", then=True)) == (1, 1)


def test_a_merged_village_counts_in_its_successor_now_and_by_itself_then(helping):
    cast, today = helping.cast, timezone.localdate()
    helping.record(place=cast.places["邻近村"], on=today - timedelta(days=50))
    fold_all()
    place_merge(actor=system(), place=cast.places["邻近村"], into=cast.places["牟尼村"], on=today - timedelta(days=20))
    village = replace(whole(helping), place=cast.places["牟尼村"])
    assert ask(village).deeds == 1
    assert ask(replace(village, places_then=True)).deeds == 0
    assert ask(replace(village, place=cast.places["牟定县"], places_then=True)).deeds == 1


def test_a_page_that_asks_folds_what_nobody_folded(helping):
    with acting_at(timezone.now() - timedelta(minutes=1)):
        helping.record()
    assert ask(whole(helping)).deeds == 1


def test_more_than_two_dimensions_are_refused(helping):
    with pytest.raises(Refusal):
        ask(whole(helping, body=helping.cast.bodies["office"], sector="agriculture", item=helping.items["job"]))


def test_a_tampered_figure_is_found_and_rebuilt(helping):
    helping.record()
    helping.record(on=timezone.localdate() - timedelta(days=60))
    fold_all()
    assert check().is_right
    FigureRow.objects.filter(pk=FigureRow.objects.first().pk).update(amount=999)
    assert "amount" in check().differences[0]
    FigureRow.objects.first().delete()
    assert "not in the figures" in check().differences[0]
    assert rebuild() == 2
    assert check().is_right
    assert ask(whole(helping)).amount == 2000
