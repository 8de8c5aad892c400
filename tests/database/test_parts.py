"""Files by the arms of their reach are those that the reach says, for everybody.

Sisters: the first pages of the lists that are found so (worries, matters, deeds), and keys that stand in other files'
conditions.
"""

import pytest
from django.apps import apps
from django.db.models import F, Q
from django.urls import reverse

from tests import samples as sample
from tests.assistance.helping import Helping
from tests.cast import sign_in
from tests.kept import kept
from yishi.assistance.deeds.models import DeedParty
from yishi.assistance.deeds.services.deeds import deed_correct
from yishi.database.reach import NEVER, File, Reach, arms_of, everything, reaching

pytestmark = pytest.mark.django_db

FILES = [model for model in apps.get_models() if issubclass(model, File)]
WHO = ("clerk", "convener", "village_head", "handler", "party_clerk", "province_clerk", "member", "cadre", "outsider")


@kept
def samples(cast):
    return sample.kwargs_by_loader(cast)


@pytest.mark.parametrize("who", WHO)
def test_the_parts_of_a_reach_are_the_reach(cast, samples, who):
    seen = 0
    with reaching(cast.viewer(who).reach):
        for model in FILES:
            expected = set(model.objects.values_list("pk", flat=True))
            assert set(model.within.filter(pk__in=model.keys()).values_list("pk", flat=True)) == expected, model
            seen += len(expected)
    assert seen or who == "outsider"


def test_a_wide_reach_is_one_part(cast, samples):
    wide = Reach(spans=((0, 5_000),))
    assert wide.is_wide and not Reach(spans=((0, 300), (9_000, 9_300))).is_wide
    with reaching(wide):
        assert all(len(model.parts()) == 1 for model in FILES)
    with everything():
        assert all(model.keys().exists() for model in FILES if model._meta.model_name in ("worry", "matter", "deed"))


def test_arms_are_the_sides_of_an_or():
    one, other, both = Q(a=1), Q(b=2), Q(c=3, d=4)
    assert arms_of(Q(NEVER) | one | (other | both)) == [one, other, both]
    assert arms_of(both) == [both] and arms_of(~(one | other)) == [~(one | other)]
    assert arms_of(Q(NEVER)) == []
    assert arms_of((Q(NEVER) | one | other) & both) == [one & both, other & both]
    assert arms_of(~(one | other) & both) == [~(one | other) & both]


@pytest.mark.parametrize("name", ["worries", "matters", "deeds"])
@pytest.mark.parametrize("who", ["clerk", "village_head", "province_clerk", "member"])
def test_a_first_page_by_parts_is_the_first_page(client, cast, samples, name, who):
    """The page that the address names is asked for otherwise."""
    sign_in(client, cast, who)
    first, named = client.get(reverse(name)), client.get(reverse(name), {"page": "1"})
    assert first.status_code == named.status_code
    if first.status_code == 200:
        assert [row.pk for row in first.context["page_obj"]] == [row.pk for row in named.context["page_obj"]]
        assert first.context["page_obj"].paginator.count == named.context["page_obj"].paginator.count


def test_a_party_says_where_its_deed_was_done(cast):
    with everything():
        helping = Helping(cast)
        deed = helping.record()
        assert not DeedParty.objects.exclude(place=F("deed__place")).exists()
        other = (
            cast.places["元阳县"]
            if "元阳县" in cast.places
            else next(place for place in cast.places.values() if place.pk != deed.place_id)
        )
        deed_correct(actor=cast.viewer("member"), deed=deed, place=other, reason="写错了地方")
        assert {party.place_id for party in deed.parties.all()} == {other.pk}
        assert not DeedParty.objects.exclude(place=F("deed__place")).exists()
