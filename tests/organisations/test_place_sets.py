"""Sets of places: which places belong on a day, and by which decision each came and left."""

from datetime import date

import pytest

from tests.cast import sign_in
from yishi.kit.errors import Refusal
from yishi.organisations.models import PlaceSet, valid_on
from yishi.organisations.services.place_sets import PAPER, place_set_open, place_set_put, place_set_remove

pytestmark = pytest.mark.django_db

LISTED, LEFT = date(2012, 3, 19), date(2020, 11, 13)


@pytest.fixture
def poor_counties(cast):
    """The county of the cast, poor from one decision to another."""
    by = cast.viewer("province_clerk")
    receipt = place_set_open(actor=by, name="贫困县", code="poor-counties", owner=cast.bodies["province_office"])
    place_set = PlaceSet.objects.get(pk=receipt.result["place_set"])
    place_set_put(
        actor=by, place_set=place_set, places=[cast.places["牟定县"]], since=LISTED, paper="国开办发〔2012〕1 号"
    )
    return place_set


def test_a_county_is_poor_by_one_decision_and_leaves_by_another(poor_counties, cast):
    item = poor_counties.items.get()
    place_set_remove(actor=cast.viewer("province_clerk"), item=item, until=LEFT, paper="省政府公告 2020 第 5 号")
    item.refresh_from_db()
    assert (item.paper, item.end_paper) == ("国开办发〔2012〕1 号", "省政府公告 2020 第 5 号")
    days = {day: poor_counties.items.filter(valid_on(day)).count() for day in (LISTED, LEFT, date(2020, 11, 14))}
    assert list(days.values()) == [1, 1, 0]


def test_the_page_of_the_place_says_since_when_and_by_what(poor_counties, cast, client):
    sign_in(client, cast, "clerk")
    address = f"/desk/places/{cast.places['牟定县'].pk}/"
    page = client.get(address).content.decode()
    assert "贫困县" in page and "国开办发〔2012〕1 号" in page
    assert f"/desk/place-sets/{poor_counties.pk}/" in page


def test_the_forms_send_the_decision(poor_counties, cast, client):
    sign_in(client, cast, "province_clerk")
    page = f"/desk/place-set-items/{poor_counties.items.get().pk}/end/"
    typed = client.get(page).context["form"].initial | {"until": "2020-11-13", "paper": "公告"}
    assert client.post(page, typed).status_code == 302
    assert poor_counties.items.get().end_paper == "公告"


def test_a_decision_of_more_letters_than_the_field_has_is_refused(poor_counties, cast):
    item, by = poor_counties.items.get(), cast.viewer("province_clerk")
    with pytest.raises(Refusal) as refused:
        place_set_remove(actor=by, item=item, until=LEFT, paper="号" * (PAPER.longest + 1))
    assert refused.value.field == "paper"
    place_set_remove(actor=by, item=item, until=LEFT, paper="号" * PAPER.longest)
