"""In the room: a stance counts once however often it is sent, another one replaces it, hands stand for their party."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from tests.cast import make_cast
from tests.kept import kept_over_all_files
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import HandCount, Party, Seat, Stance, Statement
from yishi.deliberation.services.roll import presence_arrive
from yishi.deliberation.services.seats import seat_code, seat_fill
from yishi.deliberation.services.sittings import sitting_close
from yishi.deliberation.services.stances import hands_count, room_floor, stance_take, statement_add, statement_close
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.grants import viewer_of
from yishi.organisations.query_codes import code_find
from yishi.people.models import Person


def a_room(cast):
    return Story(cast).raise_worry().take_up().fill_seats().sit()


@kept_over_all_files
def story(cast):
    return a_room(cast)


def take(story, who="village_head", value="agree", by=None, **given):
    return stance_take(actor=by or story.by(who), statement=story.statement, seat=story.seat(who), value=value, **given)


def counted():
    """What the journal's quantities add up to, reversals included: the figure that reports fold."""
    totals = {}
    for entry in Entry.objects.filter(code="deliberation.stance.take"):
        for name, number in entry.quantities.items():
            totals[name] = totals.get(name, 0) + number
    return {name.removeprefix("stances_"): number for name, number in totals.items() if number}


def refused_with(code, act):
    with pytest.raises(Refusal) as refused:
        act()
    assert refused.value.code == code
    return refused.value


@pytest.mark.django_db
def test_it_works(story):
    take(story, value="conditional", condition="农业农村局监督", reason="怕再拖")
    take(story, "company_head")
    stance = Stance.objects.get(seat=story.seat("village_head"))
    assert (stance.value, stance.condition, stance.party.name) == ("conditional", "农业农村局监督", "村民")
    assert counted() == {"conditional": 1, "agree": 1}


@pytest.mark.django_db
def test_the_same_stance_twice_is_one_effect(story):
    act_id = uuid7()
    first = take(story, act_id=act_id)
    assert take(story, act_id=act_id).result == first.result  # the same delivery
    assert take(story).result["same"]  # a second tap
    assert Stance.objects.count() == 1 and counted() == {"agree": 1}


@pytest.mark.django_db
def test_another_stance_replaces_it_and_the_journal_reverses_the_first(story):
    for value, condition in (
        ("agree", ""),
        ("object", ""),
        ("conditional", "先通水"),
        ("conditional", "先修渠"),
        ("pass", ""),
    ):
        take(story, value=value, condition=condition)
    assert Stance.objects.get().value == "pass"
    assert counted() == {"pass": 1}
    reversals = Entry.objects.filter(code="deliberation.stance.take", reverses_id__isnull=False)
    assert reversals.count() == 4


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["agree", "object", "pass"])
def test_a_condition_beside_another_answer_is_refused_and_never_unseen(story, value):
    refused = refused_with("stance.no_condition", lambda: take(story, value=value, condition="农业农村局监督"))
    assert refused.field == "value" and not Stance.objects.exists()
    take(story, value=value, condition=" ")


@pytest.mark.django_db
def test_the_chair_takes_no_stance(story):
    refused_with("stance.chair", lambda: take(story, "member"))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("given", "code"),
    [({"value": "maybe"}, "stance.value"), ({"value": "conditional", "condition": " "}, "stance.condition")],
)
def test_what_is_no_stance_is_refused(story, given, code):
    refused_with(code, lambda: take(story, **given))


@pytest.mark.django_db
def test_nobody_speaks_for_another_seat_but_the_desk_records_for_who_has_no_phone(story):
    for who in ("company_head", "outsider", "neighbour"):
        with pytest.raises(NotAllowed):
            take(story, by=story.by(who))
    take(story, by=story.by("convener"))
    assert Stance.objects.get().recorded_by == story.cast.people["convener"]


@pytest.mark.django_db
def test_who_never_came_has_no_stance_and_a_foreign_seat_neither(story, cast):
    party = Party.objects.get(matter=story.matter, name="村民")
    given = {"role": "party", "filled_by": "invitation", "party": party, "accepted": True}
    seat_fill(actor=story.by("convener"), matter=story.matter, person=cast.people["villager"], **given)
    refused_with("stance.absent", lambda: take(story, "villager", by=story.by("convener")))
    other = a_room(cast)
    refused_with(
        "stance.seat",
        lambda: stance_take(
            actor=story.by("convener"), statement=story.statement, seat=other.seat("handler"), value="agree"
        ),
    )


@pytest.mark.django_db
def test_who_raised_it_speaks_with_the_code_of_the_seat(story):
    party = Party.objects.get(matter=story.matter, name="村民")
    given = {"role": "party", "filled_by": "invitation", "party": party, "accepted": True}
    receipt = seat_fill(actor=story.by("convener"), matter=story.matter, person=story.worry.raiser, **given)
    seat = Seat.objects.get(pk=receipt.result["seat"])
    presence_arrive(actor=story.by("convener"), sitting=story.sitting, seat=seat)
    code = code_find(seat_code(actor=story.by("convener"), seat=seat).query_code)
    stance_take(actor=viewer_of(code.person, code), statement=story.statement, seat=seat, value="agree")
    entry = Entry.objects.get(code="deliberation.stance.take")
    assert (entry.right_kind, entry.right_id) == ("seat", seat.pk)


@pytest.mark.django_db
def test_a_closed_statement_takes_nothing_more_and_keeps_what_stayed_disputed(story):
    statement_close(actor=story.by("convener"), statement=story.statement, minority_note="半年太长")
    refused_with("statement.closed", lambda: take(story))
    refused_with("statement.closed", lambda: hands(story))
    refused_with("statement.closed", lambda: statement_close(actor=story.by("member"), statement=story.statement))
    assert Statement.objects.get().minority_note == "半年太长"


@pytest.mark.django_db
def test_after_the_sitting_nothing_is_said_any_more(story):
    sitting_close(actor=story.by("convener"), sitting=story.sitting)
    refused_with("statement.closed", lambda: take(story))
    with pytest.raises(WrongStage):
        statement_add(actor=story.by("convener"), sitting=story.sitting, text="再加一条")


@pytest.mark.django_db
def test_statements_by_staff_are_labelled_and_an_empty_or_endless_one_is_refused(story):
    party = Party.objects.get(matter=story.matter, name="村民")
    own = statement_add(actor=story.by("convener"), sitting=story.sitting, text="先通水", party=party)
    assert not Statement.objects.get(pk=own.result["statement"]).by_staff
    assert story.statement.by_staff
    for text, code in (("", "text.empty"), ("长" * 301, "text.long")):
        refused_with(
            code, lambda text=text: statement_add(actor=story.by("convener"), sitting=story.sitting, text=text)
        )


def hands(story, party="村民", who="convener", **given):
    found = Party.objects.get(matter=story.matter, name=party) if party else None
    numbers = {"agree": 1, "object": 0, "abstain": 0, **given}
    return hands_count(actor=story.by(who), statement=story.statement, party=found, **numbers)


@pytest.mark.django_db
def test_counted_hands_stand_for_their_party_and_conditions_stay_listed(story):
    take(story, value="conditional", condition="农业农村局监督")
    take(story, "company_head")
    take(story, "handler")
    hands(story)
    ((_statement, ground, rows),) = room_floor(story.sitting)
    assert [(name, counts.agree, counts.conditional, counts.abstain) for name, counts in rows] == [
        ("村民", 1, 0, 0),
        ("花卉公司", 1, 0, 0),
        ("农业农村局", 1, 0, 0),
    ]
    assert ground.is_shared and ground.conditions == ("农业农村局监督",)
    hands(story, agree=0, object=1)  # counted again
    assert HandCount.objects.count() == 1
    assert room_floor(story.sitting)[0][1].objecting == (str(Party.objects.get(name="村民").pk),)


@pytest.mark.django_db
def test_more_hands_in_the_room_than_seats_are_asked_about(story):
    """Four hands of two people stood in the minutes; in a courtyard people without a seat raise theirs too."""
    here = story.sitting.presences.exclude(seat__role="chair").count()
    refused_with("hands.unseated", lambda: hands(story, None, agree=here + 1))
    hands(story, None, agree=here)
    hands(story, None, agree=here + 1, unseated=True)
    assert HandCount.objects.get(party=None).agree == here + 1


@pytest.mark.django_db
def test_no_hands_and_more_hands_than_people_are_no_count(story):
    refused_with("hands.none", lambda: hands(story, agree=0, abstain=0))
    refused_with("hands.many", lambda: hands(story, party=None, agree=9000))
    with pytest.raises(NotAllowed):
        hands(story, who="village_head")


@pytest.mark.django_db
def test_records_14_no_more_hands_than_people_of_that_party_are_here(story):
    refused = refused_with("hands.many", lambda: hands(story, agree=2))
    assert refused.field == "agree" and "1人" in str(refused)
    hands(story, agree=1)
    assert HandCount.objects.get().agree == 1


@pytest.mark.django_db
def test_records_14_an_observer_speaks_and_does_not_count(story):
    for who in ("village_head", "company_head", "handler"):
        take(story, who)
    assert room_floor(story.sitting)[0][1].is_shared
    seat = story.seat("handler")
    Seat.objects.filter(pk=seat.pk).update(role="observer")
    Stance.objects.filter(seat=seat).update(value="object")
    ground = room_floor(story.sitting)[0][1]
    assert not ground.objecting and ground.total.said == 2


@pytest.mark.django_db
def test_records_14_silence_is_shown_beside_the_counts(story, client):
    for who in ("village_head", "company_head"):
        take(story, who)
    client.force_login(story.cast.people["convener"].account)
    page = client.get(f"/desk/sittings/{story.sitting.pk}/")
    (row,) = page.context["grid"]
    assert [(name, here, unheard) for name, _counts, here, unheard in row["parties"]][:3] == [
        ("村民", 1, 0),
        ("花卉公司", 1, 0),
        ("农业农村局", 1, 1),
    ]
    assert "未表态" in page.content.decode() and "到场" in page.content.decode()


@pytest.mark.django_db
def test_no_percentage_and_no_word_of_winners_stands_beside_the_counts(story):
    ground = room_floor(story.sitting)[0][1]
    fields = set(ground.__dataclass_fields__)
    assert fields == {"statement", "by_party", "conditions", "asked", "waiting", "named", "objecting", "silent"}


# At once


def at_once(jobs):
    """Run every job in a thread with a connection of its own; refusals are answers too."""

    def run(job):
        try:
            with everything():
                return job()
        except Refusal as refusal:
            return refusal.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        return [future.result() for future in [pool.submit(run, job) for job in jobs]]


@pytest.mark.django_db(transaction=True)
def test_the_same_stance_from_many_connections_at_once_counts_once():
    with everything():
        story = a_room(make_cast())
        viewer, seat = story.by("village_head"), story.seat("village_head")

    def tap():
        return stance_take(actor=viewer, statement=story.statement, seat=seat, value="agree").result["stance"]

    answers = at_once([tap] * 16)
    assert len(set(answers)) == 1
    with everything():
        assert Stance.objects.count() == 1 and counted() == {"agree": 1}


@pytest.mark.django_db(transaction=True)
def test_two_phones_of_one_seat_leave_one_stance_and_true_counts():
    with everything():
        story = a_room(make_cast())
        viewer, seat = story.by("village_head"), story.seat("village_head")

    def say(value):
        return lambda: stance_take(actor=viewer, statement=story.statement, seat=seat, value=value)

    at_once([say(value) for value in ("agree", "object", "pass") * 5])
    with everything():
        stance = Stance.objects.get()
        assert counted() == {stance.value: 1}


@pytest.mark.django_db(transaction=True)
def test_a_hundred_seats_delivered_twice_at_once_are_a_hundred_stances():
    with everything():
        story = a_room(make_cast())
        party = Party.objects.get(matter=story.matter, name="村民")
        given = {"role": "party", "filled_by": "invitation", "party": party, "accepted": True}
        seats = []
        for number in range(100):
            person = Person.within.create(name=f"群众{number}")
            receipt = seat_fill(actor=story.by("convener"), matter=story.matter, person=person, **given)
            seat = Seat.objects.select_related("person").get(pk=receipt.result["seat"])
            presence_arrive(actor=story.by("convener"), sitting=story.sitting, seat=seat)
            seats.append((viewer_of(person), seat, uuid7()))

    def say(viewer, seat, act_id):
        return lambda: stance_take(
            actor=viewer, statement=story.statement, seat=seat, value="agree", act_id=act_id
        ).result["stance"]

    answers = at_once([say(*one) for one in seats] * 2)
    assert len(set(answers)) == 100
    with everything():
        assert Stance.objects.count() == 100 and counted() == {"agree": 100}
