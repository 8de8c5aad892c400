"""Kept fixtures: written once, undone in time, and no test sees what another did to them."""

import pytest

from tests.kept import LAYERS, kept, kept_over_all_files, wanted_by
from yishi.organisations.models import Body, Place

pytestmark = pytest.mark.django_db

WRITTEN = {"branch": 0}


@kept_over_all_files
def branch(cast):
    """A body under the office."""
    WRITTEN["branch"] += 1
    return Body.objects.create(kind="office", name="牟定县政协分室", place=cast.places["牟定县"])


@kept
def both(cast, branch):
    return {"branch": branch, "county": cast.places["牟定县"]}


@pytest.mark.parametrize("turn", range(3))
def test_each_test_finds_what_was_written_and_nothing_of_another(branch, turn):
    assert Body.objects.filter(name="牟定县政协分室").count() == 1
    assert branch.name == "牟定县政协分室"
    branch.name = "改了名"
    branch.save()
    Body.objects.create(kind="office", name="牟定县政协分室", place=branch.place)


def test_what_stands_is_not_written_again(branch, request):
    count = WRITTEN["branch"]
    again = LAYERS.put_up(wanted_by(request.node))
    assert WRITTEN["branch"] == count
    assert again["branch"] == branch and again["branch"] is not branch


def test_what_stands_on_it_is_held_together(cast, both, branch):
    assert both["branch"] is branch
    assert both["county"] is cast.places["牟定县"]
    assert branch.place is cast.places["牟定县"]


def test_who_does_not_ask_for_it_does_not_find_it(cast):
    assert not Body.objects.filter(name="牟定县政协分室").exists()
    assert len(LAYERS.standing) == 1


def test_who_asks_for_no_cast_finds_nobody(db):
    assert not Place.objects.exists()
    assert LAYERS.standing == []


@pytest.mark.django_db(transaction=True)
def test_what_commits_stands_on_no_layer(cast, branch):
    assert LAYERS.standing == []
    assert Body.objects.get(name="牟定县政协分室").pk == branch.pk


def test_a_fixture_that_fails_leaves_no_rows(cast):
    def failing(below):
        Place.objects.all().update(name="半途")
        raise ValueError

    count = len(LAYERS.standing)
    wanted = {"cast": LAYERS.standing[0].write, "failing": failing}
    with pytest.raises(ValueError):
        LAYERS.put_up(wanted)
    assert len(LAYERS.standing) == count
    assert not Place.objects.filter(name="半途").exists()
