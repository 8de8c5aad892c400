"""A place is poor, and has left poverty, as dated facts with their papers: a county by the approval of its exit."""

from datetime import timedelta
from uuid import UUID

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.exits.assessed import Assessed
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.exits.services.deciding import exit_decide, exit_take_back
from yishi.assistance.exits.shown import exit_digest
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, WrongStage
from yishi.organisations.models import PlaceSet, PlaceSetItem
from yishi.organisations.services.place_sets import place_set_mark, place_set_open, place_set_put, place_set_remove
from yishi.reporting.book import still
from yishi.reporting.register_figures import sets_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
PAPER, DECISION = "国开办〔2012〕35号", "县委常委会纪要〔2026〕3号"
BEGAN = timezone.localdate() - timedelta(days=2000)


def listed(cast, name, code, places, *, is_poor_list=True):
    """A set that the province keeps, with places since long ago."""
    office = cast.bodies["province_office"]
    receipt = place_set_open(
        actor=cast.viewer("province_clerk"), name=name, code=code, owner=office, is_poor_list=is_poor_list
    )
    made = PlaceSet.objects.get(pk=UUID(receipt.result["place_set"]))
    given = [cast.places[place] for place in places]
    place_set_put(actor=cast.viewer("province_clerk"), place_set=made, places=given, since=BEGAN, paper=PAPER)
    return made


@kept
def assessed(cast):
    listed(cast, "贫困县名单", "poor-counties", ["牟定县"])
    listed(cast, "贫困村名单", "poor-villages", ["牟尼村"])
    listed(cast, "重点县", "focus", ["牟定县"], is_poor_list=False)
    return Assessed(cast, households=0).opened().drawn().asked().closed()


def item(code):
    return PlaceSetItem.objects.get(place_set__code=code)


def standing(county, days=0):
    """How many places of the county stand in each poor list on a day, and how many have left it."""
    day = timezone.localdate() + timedelta(days=days)
    lines = sets_of(county, day, still())
    return {line.place_set.code: (len(line.items), len(line.left)) for line in lines}


def test_it_works(assessed, cast):
    """Approved, the county leaves the list of poor counties by the same act and the same paper; its villages and other
    sets stay. Taken back, it stands there as if nothing had been."""
    before = PlaceSetItem.objects.order_by("pk").values_list("pk", "valid_from", "valid_to", "end_paper")
    was = list(before)
    assert standing(cast.places["牟定县"]) == {"poor-counties": (1, 0), "poor-villages": (1, 0), "focus": (1, 0)}
    assessed.decided()
    left = item("poor-counties")
    assert (left.valid_to, left.end_paper) == (assessed.today - timedelta(days=1), DECISION)
    assert item("poor-villages").valid_to is None and item("focus").valid_to is None
    county = cast.places["牟定县"]
    assert standing(county)["poor-counties"] == (0, 1) and standing(county, -1)["poor-counties"] == (1, 0)
    entry = Entry.objects.get(code="assistance.exit.decide", subject_kind="place_set")
    assert (entry.subject_id, entry.place_id) == (left.place_set_id, county.pk)
    exit_take_back(actor=assessed.by("clerk"), assessment=assessed.assessment, reason="文号写错")
    assert list(before.all()) == was and not assessed.assessment.lists_left.exists()
    assessed.decided()
    assert item("poor-counties").valid_to is not None


def test_refused_the_county_stays_listed(assessed):
    assessed.decided("refused")
    assert item("poor-counties").valid_to is None


def test_a_list_that_somebody_changed_since_is_not_overwritten(assessed, cast):
    assessed.decided()
    clerk, county = cast.viewer("province_clerk"), cast.places["牟定县"]
    poor = PlaceSet.objects.get(code="poor-counties")
    place_set_put(actor=clerk, place_set=poor, places=[county], since=assessed.today, paper="重新列入")
    with pytest.raises(WrongStage) as error:
        exit_take_back(actor=assessed.by("clerk"), assessment=assessed.assessment, reason="文号写错")
    assert "贫困县名单" in str(error.value.message)
    place_set_remove(actor=clerk, item=PlaceSetItem.objects.get(place_set=poor, valid_to=None), until=BEGAN)
    exit_take_back(actor=assessed.by("clerk"), assessment=assessed.assessment, reason="文号写错")


def test_what_was_shown_names_the_lists(assessed, cast):
    """Whoever decides has read in which lists the county stands: one more, and they read again."""
    shown = exit_digest(assessed.assessment)
    listed(cast, "深度贫困县", "deep", ["牟定县"])
    with pytest.raises(WrongStage):
        exit_decide(
            actor=assessed.by("office_head"), assessment=assessed.assessment, decision="approved", reason=DECISION,
            shown=shown,
        )  # fmt: skip


def test_a_set_says_what_it_is(assessed, cast):
    """By its keeper alone; the last word counts."""
    focus = PlaceSet.objects.get(code="focus")
    with pytest.raises(NotAllowed):
        place_set_mark(actor=cast.viewer("outsider"), place_set=focus, is_poor_list=True)
    for said in (True, False, True):
        place_set_mark(actor=cast.viewer("province_clerk"), place_set=focus, is_poor_list=said)
    focus.refresh_from_db()
    assert focus.is_poor_list
    assessed.decided()
    assert item("focus").end_paper == DECISION


def test_it_is_read_on_the_form_and_on_the_places_page(assessed, cast, client):
    sign_in(client, cast, "office_head")
    form = client.get(reverse("exit_decide", args=[assessed.assessment.pk])).content.decode()
    assert "贫困县名单" in form and PAPER in form and "重点县" not in form
    assessed.decided()
    county = client.get(reverse("place", args=[cast.places["牟定县"].pk])).content.decode()
    assert "贫困县名单" in county and PAPER in county and DECISION in county
    village = client.get(reverse("place", args=[cast.places["牟尼村"].pk])).content.decode()
    assert "贫困村名单" in village and DECISION not in village
