"""Who sees a deed: among others the desk of the place in which it was done.

Sisters: the same for a village's stationed team, which has no desk; the next village's desk sees it no more
than before.
"""

import pytest
from django.urls import reverse

from tests.assistance.helping import Helping
from tests.assistance.pairs import Paired
from tests.cast import sign_in
from yishi.assistance.deeds.models import Deed
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
