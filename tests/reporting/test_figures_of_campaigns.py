"""Figures of one campaign hold nothing of another; what is of no campaign stands apart."""

from dataclasses import fields, replace
from datetime import timedelta

import pytest
from django.utils import timezone

from yishi.journal.act import SYSTEM, act
from yishi.organisations.models import PlaceSet
from yishi.reporting.figures import Question, ask, by_item
from yishi.reporting.fold import COUNTS, fold_all
from yishi.reporting.indicators import BY_CODE, DEEDS, SERIES

from .test_figures import whole, with_another_campaign

pytestmark = pytest.mark.django_db


def test_records_3_money_of_another_campaign_and_of_none_is_not_this_ones(helping):
    with_another_campaign(helping)
    for campaign, fen in ((helping.campaign, 100), (helping.other, 70_000_00), (None, 30)):
        with act("assistance.fund.move", actor=SYSTEM, body={"fen": fen}) as this:
            dims = {"campaign": campaign.pk if campaign else None}
            this.entry(
                subject=("fund", this.id), place=helping.cast.places["牟尼村"].pk, dims=dims, quantities={"paid": fen}
            )
    fold_all()
    series = BY_CODE["paid"]
    assert ask(whole(helping), series).amount == 100
    assert ask(replace(whole(helping), campaign=helping.other), series).amount == 70_000_00
    assert ask(replace(whole(helping), campaign=None, of_none=True), series).amount == 30
    assert ask(replace(whole(helping), campaign=None), series).amount == 70_000_00 + 130
    assert by_item(whole(helping), series) == {}


def test_records_3_every_filter_of_a_question_is_used_by_every_series_that_knows_it(helping):
    """What a filter is for lies outside it here, so a filter that is asked and not used counts something."""
    with_another_campaign(helping)
    cast, yesterday = helping.cast, timezone.localdate() - timedelta(days=1)
    past = timezone.now() - timedelta(days=1)
    empty_set = PlaceSet.objects.create(code="empty", name="没有村的名单")
    place = cast.places["牟尼村"].pk
    for series in SERIES:
        quantities = {series.count: 1} if series.count else {series.amount: 5}
        dims = {"item": helping.items["lamp"].pk} if series is DEEDS else {"campaign": helping.other.pk}
        with act(series.entry, actor=SYSTEM, body={"series": series.number}) as this:
            this.entry(
                subject=("fund", this.id),
                place=place,
                at=this.on_day(yesterday),
                dims={**dims, "body": cast.bodies["office"].pk, **dict(series.where)},
                quantities=quantities,
                data={COUNTS: [[yesterday.toordinal(), str(place), "all", 1, 5]]} if series.is_stock else {},
            )
    fold_all()
    base = Question(cast.places["云南省"], helping.start, timezone.localdate())
    filters = {
        "campaign": helping.campaign,
        "of_none": True,
        "direction": helping.directions["industry"],
        "item": helping.items["job"],
        "body": cast.bodies["department"],
        "sector": "agriculture",
        "phase": helping.campaign.phases.first(),
        "place_set": empty_set,
        "known_by": past,
        "place": cast.places["昆明市"],
        "start": timezone.localdate(),
        "end": yesterday - timedelta(days=1),
    }
    assert {field.name for field in fields(Question)} - {"sets_then", "places_then"} == set(filters)
    for series in SERIES:
        assert ask(base, series).deeds + ask(base, series).amount > 0, series.code
        for name, value in filters.items():
            figure = ask(replace(base, **{name: value}), series)
            if (name in ("campaign", "of_none") and not series.of_campaigns) or (name == "start" and series.is_stock):
                assert figure == ask(base, series), (series.code, name)
            else:
                assert (figure.deeds, figure.amount) == (0, 0), (series.code, name)
