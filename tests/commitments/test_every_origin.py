"""Properties of the ledger, for promises of every origin and whatever people do in whatever order: each that is owed
stands on exactly one bearer's desk, each that is proved on its supervisor's and no other; by state they add up to the
list, and none leaves it but by strike-off, or with a reason that its file keeps."""

from collections import Counter
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.assistance.supervised import supervised
from tests.kept import kept_over_all_files
from yishi.commitments import services
from yishi.commitments.models import Commitment, LedgerEvent
from yishi.commitments.shown import proof_digest, proof_waiting
from yishi.database.reach import reaching
from yishi.kit.errors import Refusal
from yishi.kit.ids import uuid7
from yishi.organisations.models import Post
from yishi.people.models import Person
from yishi.web.shell.desk import inbox

pytestmark = pytest.mark.django_db
Origin, State, Kind = Commitment.Origin, Commitment.State, LedgerEvent.Kind
BEARERS = {"department": "handler", "water": "water_clerk", "company": "company_head", "village": "village_head",
           "township": "bearer"}  # fmt: skip
EVERYBODY = {**BEARERS, "office": "clerk", "prefecture_office": "prefecture_clerk", "outside_office": "outsider"}
LEFT = {State.STRUCK_OFF: Kind.STRUCK_OFF, State.CLOSED_UNDONE: Kind.CLOSED_UNDONE, State.SET_ASIDE: Kind.DROPPED,
        State.DROPPED: Kind.DROPPED}  # fmt: skip


@kept_over_all_files
def round(cast):
    cast.people["bearer"] = Person.objects.create(name="乡政府甲")
    Post.objects.create(person=cast.people["bearer"], body=cast.bodies["township"], role="clerk")
    return supervised(cast)


def promised(cast, round, origin, number, bearer, present):
    """A promise of this origin, in force, or proposed where its bearer was not in the room."""
    due_on = timezone.localdate() + timedelta(days=30)
    body = cast.bodies[bearer]
    if origin == Origin.FINDING:
        (found,) = round.visit(round.gap("housing", None, words=f"第{number}处", bearer=body, due_on=due_on))
        return found.commitment
    receipt = services.commitment_agree(
        actor=cast.viewer("clerk"), origin_kind=origin, origin_id=uuid7(), ordinal=1, place=cast.places["牟尼村"],
        bearer=body, act_text=f"第{number}件", due_on=due_on, proof_expected="照片", supervisor=cast.bodies["office"],
        judges=[], bearer_present=present,
    )  # fmt: skip
    made = Commitment.objects.get(pk=receipt.result["commitment"])
    if present:
        services.commitment_hand_over(actor=cast.viewer("clerk"), commitment=made)
    return made


def acts(cast, promise):
    owes = next(who for name, who in BEARERS.items() if cast.bodies[name].pk == promise.bearer_id)
    bearer, clerk = cast.viewer(owes), cast.viewer("clerk")
    today, on = timezone.localdate(), {"commitment": promise}

    def check(accepted):
        waiting = proof_waiting(promise)
        shown = proof_digest(promise, waiting) if waiting else ""
        services.proof_check(actor=clerk, **on, accepted=accepted, finding="看过", as_agreed=accepted, shown=shown)

    return {
        "confirm": lambda: services.commitment_confirm(actor=bearer, **on),
        "hand_over": lambda: services.commitment_hand_over(actor=clerk, **on),
        "prove": lambda: services.proof_give(actor=bearer, **on, text="已办", done_on=today),
        "withdraw": lambda: services.proof_withdraw(actor=bearer, **on, reason="传早了"),
        "accept": lambda: check(True),
        "return": lambda: check(False),
        "strike": lambda: services.commitment_strike_off(actor=clerk, **on, note="属实"),
        "close": lambda: services.commitment_close_undone(actor=clerk, **on, reason="办不了"),
        "reopen": lambda: services.commitment_reopen(actor=clerk, **on, reason="又坏了"),
        "take_back": lambda: services.commitment_take_back(actor=clerk, **on, reason="定错了"),
        "letter": lambda: services.letter_send(actor=clerk, **on, text="请办"),
    }


def stays_whole(made):
    rows = list(Commitment.within.filter(pk__in=[promise.pk for promise in made]))
    assert len(rows) == len(made)  # none is gone
    assert sum(Counter(row.state for row in rows).values()) == len(made)
    for row in rows:
        if row.state in LEFT:
            assert row.events.filter(kind=LEFT[row.state], round=row.round).exists(), row.state
            assert row.closing_reason or row.state == State.STRUCK_OFF
    return rows


def desks_of(cast, rows):
    """Promise → on whose desks it waits, and whose list of what they owe has it."""
    waits, owed = {row.pk: set() for row in rows}, {row.pk: set() for row in rows}
    for name, who in EVERYBODY.items():
        viewer = cast.viewer(who)
        with reaching(viewer.reach):
            urls = Counter(item.url for item in inbox(viewer) if item.kind == "commitment")
            ours = Commitment.objects.filter(bearer__in=viewer.reach.bodies, state__in=Commitment.OPEN)
            listed = set(ours.values_list("pk", flat=True))
        for row in rows:
            count = urls[reverse("commitment", args=[row.pk])]
            assert count <= 1, (row.origin_kind, name)
            if count:
                waits[row.pk].add(name)
            if row.pk in listed:
                owed[row.pk].add(name)
    return waits, owed


@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.data())
def test_each_promise_of_every_origin_is_owed_at_one_desk_whatever_people_do(cast, round, data):
    with transaction.atomic():
        made, bearers = [], {}
        for number, origin in enumerate(Origin):
            bearer = data.draw(st.sampled_from(sorted(BEARERS)))
            made.append(promised(cast, round, origin, number, bearer, present=data.draw(st.booleans())))
            bearers[made[-1].pk] = bearer
        names, which = sorted(acts(cast, made[0])), st.integers(0, len(made) - 1)
        for name, number in data.draw(st.lists(st.tuples(st.sampled_from(names), which), max_size=24)):
            promise = Commitment.objects.get(pk=made[number].pk)
            try:
                acts(cast, promise)[name]()
            except Refusal:
                assert Commitment.objects.get(pk=promise.pk).state == promise.state
        rows = stays_whole(made)
        waits, owed = desks_of(cast, rows)
        for row in rows:
            bearer, desks = bearers[row.pk], waits[row.pk]
            if row.state in (State.PROPOSED, State.IN_FORCE):
                assert desks & set(BEARERS) == {bearer}, (row.origin_kind, row.state, desks)
            elif row.state in (State.PROVED, State.CHECKED):
                assert desks == {"office"}, (row.origin_kind, row.state, desks)
            else:
                assert not desks & set(BEARERS), (row.origin_kind, row.state, desks)
            assert owed[row.pk] == ({bearer} if row.state in Commitment.OPEN else set()), (row.origin_kind, row.state)
        transaction.set_rollback(True)


def test_every_origin_is_tried():
    assert {"finding", "matter", "project", "household"} <= set(Origin.values) and len(Origin) == 10
