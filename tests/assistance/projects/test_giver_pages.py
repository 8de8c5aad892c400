"""A giver's sheet: what was given, by which bill, what it was paid for and to how many. Families stay unnamed."""

from datetime import date

import pytest
from django.urls import reverse

from tests.assistance.helping import Helping
from tests.assistance.works import YUAN, Works
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.projects.reads import giver_sheet
from yishi.database.reach import everything, reaching
from yishi.web.assistance.projects.giver_papers import giver_paper

pytestmark = pytest.mark.django_db


@kept
def works(cast) -> Works:
    with everything():
        return Works(cast)


@kept
def given(cast, works):
    """A foundation gave twice; of the first gift two families of 牟尼村 were paid, one of them twice."""
    with everything():
        first, second, *_rest = Helping(cast).households
        gift = works.receive(9_000 * YUAN, giver="某慈善会", bill="捐-001")
        works.receive(500 * YUAN, giver="某慈善会", bill="捐-002")
        works.receive(700 * YUAN, giver="另一家公司", bill="捐-003")
        for home, amount, bill in ((first, 1_000, "支-1"), (second, 2_000, "支-2"), (first, 300, "支-3")):
            works.pay(amount * YUAN, to=home, gift=gift, bill=bill)
        return gift, first


def test_it_works(client, cast, works, given):
    gift, family = given
    sign_in(client, cast, "clerk")
    assert reverse("giver", args=[gift.pk]) in client.get(reverse("movement", args=[gift.pk])).content.decode()
    page = client.get(reverse("giver", args=[gift.pk])).content.decode()
    for shown in ("捐-001", "捐-002", "支-1", "支-3", "3,300", family.number, "农户 2 户"):
        assert shown in page, shown
    assert "捐-003" not in page  # another giver's
    with everything():
        sheet = giver_sheet(gift)
    assert (sheet.total, sheet.passed_on, sheet.families) == (9_500 * YUAN, 3_300 * YUAN, 2)
    assert client.get(reverse("giver_pdf", args=[gift.pk])).content[:5] == b"%PDF-"
    empty = client.get(reverse("giver", args=[gift.pk]), {"year": "1999"}).content.decode()
    assert "捐-001" not in empty


def test_who_may_not_open_a_family_is_told_the_village_alone(cast, works, given):
    gift, family = given
    viewer = cast.viewer("handler")
    with reaching(viewer.reach):
        sheet = giver_sheet(gift)
    assert family.pk not in sheet.seen


@pytest.mark.parametrize("who", ["outsider", "former_member"])
def test_of_another_county_nobody_opens_it(client, cast, works, given, who):
    sign_in(client, cast, who)
    for name in ("giver", "giver_pdf"):
        assert client.get(reverse(name, args=[given[0].pk])).status_code in (403, 404)


def test_a_payment_is_no_gift(client, cast, works, given):
    sign_in(client, cast, "clerk")
    paid = given[0].passed_on.first()
    assert client.get(reverse("giver", args=[paid.pk])).status_code == 404


def test_families_are_told_in_tens_to_a_giver_who_may_not_open_them_and_on_the_paper(client, cast, works):
    with everything():
        gift = works.receive(5_000 * YUAN, giver=cast.bodies["department"])
        for home in Helping(cast).households[:2]:
            works.pay(1_000 * YUAN, to=home, gift=gift)
    sign_in(client, cast, "handler")  # of the department that gave
    page = client.get(reverse("giver", args=[gift.pk])).content.decode()
    assert "农户 少于 10 户" in page and "农户 2 户" not in page
    sign_in(client, cast, "clerk")
    assert client.get(reverse("giver", args=[gift.pk])).content.decode().count("农户 2 户") == 2  # the fund's too
    with everything():
        sheet = giver_sheet(gift)
    paper = str(giver_paper(sheet, "", date(2026, 7, 1)))
    assert paper.count("少于 10") == 2 and "2 户" not in paper
