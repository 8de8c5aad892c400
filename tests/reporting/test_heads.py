"""An item that is counted by heads: who is named is counted once, a number without names stands apart wherever it is
shown, exported or reported."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.helping import Helping
from tests.kept import kept_over_all_files
from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.campaign.services.campaigns import item_add, target_set
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.services.deeds import deed_correct, deed_record, deed_withdraw
from yishi.assistance.deeds.services.standing import Part, Reached
from yishi.database.reach import everything
from yishi.journal.models import Entry
from yishi.kit.errors import Refusal
from yishi.organisations.grants import system
from yishi.reporting.answers import numbers_of, read
from yishi.reporting.book import still
from yishi.reporting.figures import Question, ask, by_heads
from yishi.reporting.fold import fold_all
from yishi.reporting.models import AnswerSheet
from yishi.reporting.recount import recount
from yishi.reporting.services import report_issue

pytestmark = pytest.mark.django_db
APART = "另有 {} 户未列名，可能重复"


@kept_over_all_files
def comforted(cast):
    """Item “慰问农户”, 按户去重: three families by name, two of them twice; 2 and 2 households without names."""
    with everything():
        helping = Helping(cast)
        direction = helping.directions["industry"]
        receipt = item_add(
            actor=cast.viewer("clerk"),
            campaign=helping.campaign,
            direction=direction,
            name="慰问农户",
            unit="户",
            code="comfort",
            additivity="distinct",
            serves="household",
            per_member=5,
        )
        helping.comfort = CatalogueItem.objects.select_related("campaign").get(pk=receipt.result["item"])
        one, two, three = helping.households[:3]
        for families, amount in (((one, two), 2), ((two, three), 2), ((), 2), ((), 2), ((one,), 1)):
            helping.last = comfort(helping, families, amount)
        fold_all()
        return helping


def comfort(helping, families, amount):
    return deed_record(
        actor=system(),
        item=helping.comfort,
        place=helping.cast.places["牟尼村"],
        on=timezone.localdate(),
        amount=Decimal(amount),
        parties=[Part(helping.cast.people["member"])],
        reached=Reached(households=list(families), unnamed=0 if families else amount),
    )


def question(helping, **given):
    return Question(
        helping.cast.places["牟定县"],
        helping.start,
        timezone.localdate() + timedelta(days=1),
        helping.campaign,
        **given,
    )


def test_records_8_numbers_without_names_do_not_grow_the_distinct_count(comforted):
    heads = by_heads(question(comforted), [comforted.comfort.pk])[comforted.comfort.pk]
    assert (heads.named, heads.nameless) == (3, 4)
    comfort(comforted, (), 2)
    fold_all()
    heads = by_heads(question(comforted), [comforted.comfort.pk])[comforted.comfort.pk]
    assert (heads.named, heads.nameless) == (3, 6)


def test_records_8_they_are_those_of_a_naive_recount(comforted):
    asked = question(comforted, item=comforted.comfort)
    figure = ask(asked)
    assert figure == recount(asked, Entry.objects.all())
    assert (figure.households, figure.nameless) == (3, 4)


def test_records_8_a_correction_and_a_withdrawal_take_theirs_back(comforted):
    numbers = list(Deed.within.filter(unnamed=2).order_by("number"))
    deed_withdraw(actor=system(), deed=numbers[0], reason="误记")
    deed_correct(
        actor=system(),
        deed=numbers[1],
        reason="补列户主",
        on=numbers[1].on,
        place=numbers[1].place,
        amount=Decimal(2),
        reached=Reached(households=[comforted.households[3]]),
    )
    fold_all()
    heads = by_heads(question(comforted), [comforted.comfort.pk])[comforted.comfort.pk]
    assert (heads.named, heads.nameless) == (4, 1)


def test_records_8_an_item_by_heads_says_whose(cast, comforted):
    with pytest.raises(Refusal, match="按户"):
        item_add(
            actor=cast.viewer("clerk"),
            campaign=comforted.campaign,
            direction=comforted.directions["industry"],
            name="讲座",
            unit="人",
            additivity="distinct",
            serves="anybody",
        )


def words(response) -> str:
    return re.sub(r"\s+", " ", response.content.decode())


def test_records_8_pages_say_both_and_targets_count_who_is_named(client, comforted):
    cast = comforted.cast
    target_set(
        actor=cast.viewer("clerk"),
        item=comforted.comfort,
        place=cast.places["牟定县"],
        amount=Decimal(12),
        due_on=timezone.localdate(),
    )
    client.force_login(cast.people["clerk"].account)
    county, days = cast.places["牟定县"], f"?campaign={comforted.campaign.pk}&start={comforted.start}"
    place = words(client.get(reverse("figures_place", args=[county.pk]) + days))
    assert "3 户" in place and APART.format(4) in place and "25%" in place
    missing = words(client.get(reverse("figures_missing", args=[county.pk]) + days))
    assert APART.format(4) in missing
    item = words(client.get(reverse("item", args=[comforted.comfort.pk])))
    assert "3 户" in item and APART.format(4) in item
    client.force_login(cast.people["member"].account)
    mine = words(client.get(reverse("helping_file")))
    assert "户未列名，可能重复" in mine  # recorded by others, so in tens


def test_records_8_reports_and_answer_sheets_say_both(client, comforted):
    cast = comforted.cast
    receipt = report_issue(
        actor=cast.viewer("clerk"),
        place=cast.places["牟定县"],
        title="报表",
        starts_on=comforted.start,
        ends_on=timezone.localdate(),
        indicators=["deeds"],
        campaign=comforted.campaign,
    )
    client.force_login(cast.people["clerk"].account)
    report = words(client.get(reverse("report", args=[receipt.result["report"]])))
    assert APART.format(4) in report
    sheet = AnswerSheet(
        text="慰问 [[amount item=comfort]] 户，另 [[nameless item=comfort]] 户",
        place=cast.places["牟定县"],
        campaign=comforted.campaign,
        starts_on=comforted.start,
        ends_on=timezone.localdate(),
    )
    assert numbers_of(sheet, still()) == {"amount item=comfort": 3, "nameless item=comfort": 4}
    sheet.text = "[[nameless item=channel]]"
    with pytest.raises(Refusal):
        read(sheet, still())


def test_records_8_who_reads_no_family_is_told_tens(client, comforted):
    """A number of families is told as every other number of families."""
    client.force_login(comforted.cast.people["outsider"].account)
    county = comforted.cast.places["牟定县"]
    page = words(client.get(reverse("figures_place", args=[county.pk]) + f"?campaign={comforted.campaign.pk}"))
    assert "3 户" not in page and "少于 10 户" in page
