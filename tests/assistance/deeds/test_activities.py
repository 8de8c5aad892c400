"""An activity carries many deeds: each as if it had been recorded alone, all in one sending."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.kept import kept, kept_over_all_files
from yishi.assistance.deeds.models import Activity, Deed, PossibleDuplicate
from yishi.assistance.deeds.services.activities import Line, activity_open, activity_record
from yishi.assistance.deeds.services.deeds import deed_record
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.journal.models import Entry, Receipt, Unfolded
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.reporting.fold import fold_all
from yishi.reporting.verify import check

pytestmark = pytest.mark.django_db


@kept_over_all_files
def helping(cast):
    return Helping(cast)


@kept
def fair(helping):
    receipt = activity_open(
        actor=helping.cast.viewer("clerk"),
        title="茶叶展销会",
        place=helping.cast.places["牟尼村"],
        on=timezone.localdate() - timedelta(days=1),
        organiser=helping.cast.bodies["office"],
    )
    return Activity.objects.get(pk=receipt.result["activity"])


def lines(helping, count=3):
    return [Line(helping.items["channel"], Decimal(1), Reached(households=[one])) for one in helping.households[:count]]


def parties(helping):
    return [Part(helping.cast.people["member"]), Part(helping.cast.bodies["office"], "organiser")]


def record(helping, fair, who="clerk", **given):
    given = {"lines": lines(helping), "parties": parties(helping), **given}
    return activity_record(actor=helping.cast.viewer(who), activity=fair, **given)


def said(deed):
    """All that a deed, its parties, its beneficiaries and its entry say, without ids and times of their own."""
    entry = Entry.objects.get(pk=deed.entry_id)
    own = {"id", "number", "entry_id", "recorded_at", "activity_id"}
    return (
        {name: value for name, value in Deed.within.filter(pk=deed.pk).values().get().items() if name not in own},
        [(one.body_id, one.person_id, one.sector, one.role, one.share) for one in deed.parties.order_by("pk")],
        [(one.household_id, one.person_id, one.village_id) for one in deed.beneficiaries.all()],
        (entry.code, entry.place_id, entry.at, entry.dims, entry.quantities, entry.touches, entry.data, entry.body_id),
        Unfolded.objects.filter(entry=entry).exists(),
    )


def test_each_deed_is_as_if_it_were_recorded_alone(helping, fair):
    result = record(helping, fair).result
    deeds = [Deed.within.get(pk=key) for key in result["deeds"]]
    for deed, line in zip(deeds, lines(helping), strict=True):
        alone = deed_record(
            actor=helping.cast.viewer("clerk"),
            item=line.item,
            place=fair.place,
            on=fair.on,
            amount=line.amount,
            parties=parties(helping),
            reached=line.reached,
            recorded_for=fair.organiser,
        )
        assert said(deed) == said(Deed.within.get(pk=alone.result["deed"]))
        receipt = Receipt.objects.get(number=deed.number)
        assert (receipt.code, receipt.entry_count) == ("assistance.deed.record", 1)
        assert receipt.result == {"deed": str(deed.pk), "number": deed.number}
    fold_all()
    assert check().is_right


def test_sent_again_it_is_the_same_answer(helping, fair):
    act_id = uuid7()
    first = record(helping, fair, act_id=act_id)
    assert record(helping, fair, act_id=act_id).result == first.result
    assert Deed.within.filter(activity=fair).count() == 3


def test_what_was_recorded_before_is_found_and_neighbours_are_not(helping, fair):
    helping.record(on=fair.on)  # the member's own record of the first family
    assert record(helping, fair).result["alike"] == 1
    assert PossibleDuplicate.objects.count() == 1


def test_one_wrong_line_and_nothing_is_recorded(helping, fair):
    wrong = [*lines(helping), Line(helping.items["channel"], Decimal(0), Reached(households=helping.households[:1]))]
    with pytest.raises(Refusal):
        record(helping, fair, lines=wrong)
    assert not Deed.within.filter(activity=fair).exists()


def test_a_desk_elsewhere_adds_nothing(helping, fair):
    with pytest.raises(NotAllowed):
        record(helping, fair, who="outsider")


def test_ten_times_the_families_take_no_more_questions(helping, fair):
    counts = []
    for count in (2, 12):
        with CaptureQueriesContext(connection) as caught:
            record(helping, fair, lines=lines(helping, count))
        counts.append(len(caught))
    assert counts[1] <= counts[0] + 4
