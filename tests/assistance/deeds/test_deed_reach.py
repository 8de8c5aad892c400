"""Who sees a deed: among others the desk of the place in which it was done.

Sisters: the same for a village's stationed team, which has no desk; the next village's desk sees it no more
than before.
"""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from tests.assistance.helping import Helping
from tests.assistance.pairs import Paired
from tests.cast import sign_in
from yishi.assistance.deeds.models import Deed
from yishi.assistance.deeds.reads import deeds_in, deeds_like, parts_in
from yishi.database.reach import everything, reaching
from yishi.organisations.grants import viewer_of

pytestmark = pytest.mark.django_db


def test_waiting_5_what_was_done_in_a_village_is_seen_by_its_desk_and_its_team(cast):
    with everything():
        helping = Helping(cast)
        deed = helping.record()
        paired = Paired(cast, helping)
        paired.team()
        viewers = {name: viewer_of(cast.people[name]) for name in ("village_head", "cadre", "next", "outsider")}
    seen = {}
    for name, viewer in viewers.items():
        with reaching(viewer.reach):
            seen[name] = Deed.objects.filter(pk=deed.pk).exists()
    assert seen == {"village_head": True, "cadre": True, "next": False, "outsider": False}


def test_waiting_4_a_first_secretary_reads_the_deeds_of_the_village(client, cast):
    """Without any desk, by the team that is stationed there; a cadre who helps nobody yet opens no list."""
    with everything():
        helping = Helping(cast)
        deed = helping.record()
        paired = Paired(cast, helping)
    sign_in(client, cast, "cadre")
    assert client.get(reverse("deeds")).status_code == 403
    with everything():
        paired.team()
    page = client.get(reverse("deeds"))
    assert page.status_code == 200 and deed.number in page.content.decode()
    assert client.get(reverse("deed", args=[deed.pk])).status_code == 200


def test_a_list_by_indexes_holds_what_the_reach_says(cast):
    """Of few places the ids come first, of many the newest rows are looked at: for everybody the same deeds."""
    with everything():
        helping = Helping(cast)
        helping.record()
        paired = Paired(cast, helping)
        paired.team()
        viewers = {name: viewer_of(person) for name, person in cast.people.items()}
    counts = {}
    for name, viewer in viewers.items():
        with reaching(viewer.reach):
            seen = set(Deed.objects.values_list("pk", flat=True))
            assert set(deeds_in(viewer.reach).values_list("pk", flat=True)) == seen, name
            assert sorted(
                key for part in parts_in(viewer.reach) for key in part.values_list("pk", flat=True)
            ) == sorted(seen), name
            counts[name] = len(seen)
    assert counts["village_head"] and counts["clerk"] and counts["member"] and not counts["outsider"]


def test_a_villages_desk_finds_what_was_done_there(client, cast, monkeypatch):
    """Also by a word that so many deeds have that the search looks through those of the viewer's places instead."""
    monkeypatch.setattr("yishi.assistance.deeds.reads.FEW", 0)
    with everything():
        deed = Helping(cast).record(words="把梯田红米卖到了昆明的超市")
        viewer = viewer_of(cast.people["village_head"])
    with reaching(viewer.reach):
        assert list(deeds_like("红米", viewer.reach)) == [deed]


def test_the_first_page_of_a_list_is_the_first_of_its_pages(client, cast):
    """It is found by keys, the others are not: together they hold each deed once, the newest first."""
    with everything():
        helping = Helping(cast)
        deeds = [helping.record(on=date(2026, 1, 1) + timedelta(days=number % 7)) for number in range(30)]
    sign_in(client, cast, "village_head")
    pages = [
        client.get(reverse("deeds"), {"page": number} if number > 1 else {}).context["page_obj"] for number in (1, 2)
    ]
    shown = [deed.pk for page in pages for deed in page.object_list]
    assert shown == [deed.pk for deed in sorted(deeds, key=lambda deed: (deed.on, deed.pk), reverse=True)]
    assert [page.paginator.count for page in pages] == [30, 30]
