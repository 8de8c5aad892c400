"""What papers state of a place: rural people, and the baseline beside which later figures stand."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.assistance.keeping import Keeping
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.campaign.models import Campaign, StatedNumber
from yishi.assistance.campaign.services.stated import MOST, MOST_PLACES, number_withdraw, numbers_state
from yishi.assistance.register.services.counting import counts_all
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import uuid7
from yishi.organisations.models import PlaceSet, PlaceSetItem
from yishi.reporting.fold import fold_all

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
TODAY = timezone.localdate()
SOURCE = "示例县统计年鉴2017"


@kept
def keeping(cast):
    return Keeping(cast)


def state(cast, place="牟定县", who="clerk", **more):
    where = cast.places[place]
    said = {"what": "rural_people", "values": {where.pk: 1_000}, "on": TODAY, "source": SOURCE, **more}
    return numbers_state(actor=cast.viewer(who), place=where, **said)


def test_it_works(cast):
    county, town = cast.places["牟定县"], cast.places["共和镇"]
    receipt = state(cast, values={county.pk: 180_000, town.pk: 30_000})
    assert receipt.result["numbers"] == 2
    number = StatedNumber.objects.get(place=town)
    assert (number.value, number.source, number.stated_for) == (30_000, SOURCE, cast.bodies["office"])


def test_stated_anew_the_earlier_one_is_ended_and_stays(cast):
    state(cast)
    state(cast, values={cast.places["牟定县"].pk: 1_200})
    assert list(StatedNumber.objects.filter(ended_at=None).values_list("value", flat=True)) == [1_200]
    assert StatedNumber.objects.count() == 2
    with pytest.raises(IntegrityError), transaction.atomic():
        StatedNumber.objects.update(ended_at=None)


def test_one_stated_by_mistake_is_withdrawn_with_its_reason_once(cast):
    state(cast)
    number, by = StatedNumber.objects.get(), cast.viewer("clerk")
    with pytest.raises(Refusal) as error:
        number_withdraw(actor=by, number=number, reason=" ")
    assert error.value.field == "reason"
    number_withdraw(actor=by, number=number, reason="抄错了")
    number.refresh_from_db()
    assert number.ended_at and number.end_reason == "抄错了"
    with pytest.raises(WrongStage):
        number_withdraw(actor=by, number=number, reason="再撤一次")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"values": {}}, "stated.none"),
        ({"on": TODAY + timedelta(days=1)}, "on.future"),
        ({"source": ""}, "stated.source"),
        ({"what": "riches"}, "stated.what"),
        ({"what": "listed_places"}, "stated.set"),
    ],
)
def test_what_cannot_be_is_refused(cast, more, code):
    with pytest.raises(Refusal) as error:
        state(cast, **more)
    assert error.value.code == code and not StatedNumber.objects.exists()


@pytest.mark.parametrize(("value", "is_taken"), [(0, True), (MOST, True), (MOST + 1, False), (-1, False)])
def test_a_number_has_its_bounds(cast, value, is_taken):
    if is_taken:
        state(cast, values={cast.places["牟定县"].pk: value})
        return
    with pytest.raises(Refusal) as error:
        state(cast, values={cast.places["牟定县"].pk: value})
    assert error.value.code == "stated.value"


@pytest.mark.parametrize(("places", "code"), [(MOST_PLACES, "stated.place"), (MOST_PLACES + 1, "stated.many")])
def test_so_many_places_at_once_and_no_more(cast, places, code):
    with pytest.raises(Refusal) as error:
        state(cast, values={uuid7(): 1 for _place in range(places)})
    assert error.value.code == code


def test_a_place_elsewhere_is_refused_and_so_is_whoever_oversees_another(cast):
    with pytest.raises(Refusal) as error:
        state(cast, values={cast.places["昆明市"].pk: 5})
    assert error.value.code == "stated.place"
    with pytest.raises(NotAllowed):
        state(cast, who="outsider")


def test_a_set_of_others_and_a_campaign_of_elsewhere_are_refused(cast):
    theirs = PlaceSet.objects.create(code="theirs", name="外县名单", owner=cast.bodies["outside_office"])
    with pytest.raises(Refusal) as error:
        state(cast, what="listed_places", place_set=theirs)
    assert error.value.code == "stated.set"
    elsewhere = Campaign.objects.create(
        code="else", name="外地行动", owner=cast.bodies["outside_office"], place=cast.places["昆明市"], starts_on=TODAY
    )
    with pytest.raises(Refusal) as error:
        state(cast, campaign=elsewhere)
    assert error.value.code == "stated.campaign" and not StatedNumber.objects.exists()


def test_the_page_shows_the_incidence_and_the_baseline_beside_the_count(keeping, client):
    cast = keeping.cast
    county, village = cast.places["牟定县"], cast.places["牟尼村"]
    keeping.register("牟尼村", "赵六", 120, values={"state": "poor", "identified_year": 2014})
    listed = PlaceSet.objects.create(code="poor-villages", name="示例贫困村")
    PlaceSetItem.objects.create(place_set=listed, place=village, valid_from=TODAY - timedelta(days=900))
    counts_all()
    fold_all()
    state(cast, values={county.pk: 600})
    state(cast, what="poor_people", values={county.pk: 5}, source="县扶贫办2018年汇总表")
    state(cast, what="listed_places", place_set=listed, values={county.pk: 4}, source="县扶贫办名单")
    sign_in(client, cast, "clerk")
    page = client.get(f"/desk/figures/place/{county.pk}/register/").content.decode()
    assert str(Decimal("0.50")) in page and "每百名" in page  # 3 of 600
    assert "县扶贫办2018年汇总表" in page and "-2" in page  # 3 are counted, 5 were stated
    assert "示例贫困村" in page and "-3" in page
    before = client.get(f"/desk/figures/place/{county.pk}/register/?on={TODAY - timedelta(days=1)}").content.decode()
    assert "县扶贫办2018年汇总表" not in before and "每百名" not in before


def test_it_works_through_the_page(cast, client):
    county, town = cast.places["牟定县"], cast.places["共和镇"]
    sign_in(client, cast, "clerk")
    url = f"/desk/stated/{county.pk}/new/"
    assert "共和镇" in client.get(url + "?what=rural_people").content.decode()
    sent = {"what": "rural_people", "on": TODAY.isoformat(), "source": SOURCE, f"number_{town.pk}": "3万"}
    refused = client.post(url, sent)
    assert refused.status_code != 302 and "3万" in refused.content.decode()
    assert client.post(url, sent | {f"number_{town.pk}": "30000"}).status_code == 302
    number = StatedNumber.objects.get()
    assert (number.place, number.value) == (town, 30_000)
    assert client.post(f"/desk/stated/number/{number.pk}/withdraw/", {"reason": "抄错了"}).status_code == 302
    assert not StatedNumber.objects.filter(ended_at=None).exists()
