"""A list of very many: nobody counts them all, and its pages say that more follow."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.assistance.helping import Helping
from tests.cast import sign_in
from yishi.database import kept as questions
from yishi.database.reach import everything
from yishi.organisations.models import Place
from yishi.web.assistance.deeds.deeds import DEEDS
from yishi.web.kit.peek import Capped

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("most", [2, 3, 4, 100])
def test_no_more_are_counted_than_the_most(cast, most):
    places = Place.objects.order_by("lo")
    every = places.count()
    paginator = Capped(places, 2, most)
    with CaptureQueriesContext(connection) as asked:
        assert (paginator.count, paginator.is_open) == (min(every, most), every > most)
    assert [f"LIMIT {most + 1}" in query["sql"] for query in asked] == [True]
    assert paginator.get_page(99).number == -(-min(every, most) // 2)
    assert list(paginator.get_page(1)) == list(places[:2])


@pytest.mark.parametrize("page", ["", "?page=1", "?state=counted"])
def test_a_page_of_deeds_says_how_many_or_that_more_follow(client, cast, monkeypatch, page):
    with everything():
        helping = Helping(cast)
        for _ in range(3):
            helping.record()
    sign_in(client, cast, "clerk")
    monkeypatch.setattr(DEEDS, "per_page", 1)
    for most, is_open in ((2, True), (3, False)):
        monkeypatch.setattr(DEEDS, "most", most)
        questions.forget()
        answer = client.get(reverse("deeds") + page)
        assert answer.context["page_obj"].paginator.is_open is is_open
        assert ("后面还有" in answer.content.decode()) is is_open
        assert ("共3项" in answer.content.decode().replace(" ", "")) is not is_open
