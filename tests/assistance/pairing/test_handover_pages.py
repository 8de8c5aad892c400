"""A cadre leaves: the desk hands over all families in one act, and what the cadre still remembers is written down."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.assistance.pairs import Paired
from tests.cast import sign_in
from tests.kept import kept_over_all_files
from yishi.assistance.pairing.models import Pairing, Visit
from yishi.assistance.pairing.services.handovers import pairing_hand_over
from yishi.assistance.pairing.services.pairing import PairingRow, pairing_make

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate


@kept_over_all_files
def paired(cast):
    return Paired(cast)


def test_it_works(client, cast, paired):
    mine = [paired.pair("cadre"), paired.pair("cadre", paired.second)]
    sign_in(client, cast, "village_head")
    address = reverse("pairing_hand_over_all", args=[mine[0].pk])
    assert address in client.get(reverse("pairings")).content.decode()
    form = {
        "helper": "委员",
        "pick": cast.people["neighbour"].pk,
        "on": TODAY().isoformat(),
        "note": "药要按月送",
        "pairings": [one.pk for one in mine],
    }
    preview = client.post(address, form)
    assert preview.status_code == 200
    for home in (paired.family, paired.second):
        assert home.head.name in preview.content.decode()
    assert Pairing.within.count() == 2  # nothing is stored by looking
    changed = client.post(address, {**form, "change": "1"}).content.decode()
    assert "药要按月送" in changed
    assert client.post(address, {**form, "sure": "1"}).status_code == 302
    assert Pairing.within.filter(person=cast.people["neighbour"]).count() == 2
    page = client.get(reverse("family", args=[paired.family.pk])).content.decode()
    assert cast.people["neighbour"].name in page
    assert "药要按月送" in page
    gaps = client.get(reverse("pairing_gaps")).content.decode()
    assert paired.family.number not in gaps
    sign_in(client, cast, "neighbour")
    assert "接手 2 项" in client.get(reverse("notices")).content.decode()
    home = client.get(reverse("families")).content.decode()
    assert "药要按月送" in home
    assert "干部甲" in home


def test_a_part_goes_and_the_rest_stays(client, cast, paired):
    mine = [paired.pair("cadre"), paired.pair("cadre", paired.second)]
    sign_in(client, cast, "clerk")
    address = reverse("pairing_hand_over_all", args=[mine[0].pk])
    later = TODAY() + timedelta(days=5)
    form = {"helper": "委员", "pick": cast.people["neighbour"].pk, "on": later.isoformat(), "note": "交接", "sure": "1"}
    assert client.post(address, form).status_code == 422  # nobody ticked
    assert client.post(address, {**form, "pairings": [mine[1].pk]}).status_code == 302
    mine[0].refresh_from_db()
    mine[1].refresh_from_db()
    assert (mine[0].valid_to, mine[1].valid_to) == (None, later - timedelta(days=1))
    page = client.get(reverse("family", args=[paired.second.pk])).content.decode()
    assert "干部甲" in page  # until that day
    assert cast.people["neighbour"].name in page  # from that day on
    sign_in(client, cast, "neighbour")
    home = client.get(reverse("families")).content.decode()
    assert paired.second.number in home
    assert paired.second.head.name not in home  # the file opens on that day
    assert client.get(reverse("family", args=[paired.second.pk])).status_code == 404


@pytest.mark.parametrize("who", ["outsider", "next", "cadre"])
def test_who_keeps_no_village_sees_no_handover(client, cast, paired, who):
    pairing = paired.pair("cadre")
    sign_in(client, cast, who)
    assert client.get(reverse("pairing_hand_over_all", args=[pairing.pk])).status_code == 404


def test_a_visit_of_before_the_handover_is_written_down_after_it(client, cast, paired):
    pairing = paired.pair("cadre")
    pairing_hand_over(
        actor=cast.viewer("village_head"),
        pairing=pairing,
        successor=cast.people["neighbour"],
        on=TODAY() - timedelta(days=2),
        note="交接",
    )
    sign_in(client, cast, "cadre")
    address = reverse("visit_late", args=[pairing.pk])
    assert address in client.get(reverse("families")).content.decode()
    assert client.get(reverse("desk")).url == reverse("families")
    form = {"found": "屋顶漏雨"}
    for day in (TODAY(), TODAY() - timedelta(days=2), pairing.valid_from - timedelta(days=1)):
        refused = client.post(address, {**form, "on": day.isoformat()})
        assert refused.status_code == 422
        assert "屋顶漏雨" in refused.content.decode()
    assert client.post(address, {**form, "on": (TODAY() - timedelta(days=3)).isoformat()}).status_code == 302
    visit = Visit.within.get()
    assert (visit.state, visit.written_by) == (Visit.State.WAITING, cast.people["cadre"])
    assert client.get(reverse("family", args=[paired.family.pk])).status_code == 404
    sign_in(client, cast, "neighbour")  # the successor writes down their own visits, not the predecessor's
    assert client.get(address).status_code == 404
    sign_in(client, cast, "village_head")
    assert reverse("visit", args=[visit.pk]) in client.get(reverse("desk")).content.decode()


def test_a_month_after_the_end_nothing_is_written_down_any_more(client, cast, paired):
    pairing = paired.pair("cadre", until=TODAY() - timedelta(days=31))
    sign_in(client, cast, "cadre")
    assert client.get(reverse("visit_late", args=[pairing.pk])).status_code == 404
    assert client.get(reverse("families")).status_code == 403


def test_a_body_that_leaves_hands_over_from_its_own_page(client, cast, paired):
    row = PairingRow(cast.bodies["department"], paired.family, TODAY() - timedelta(days=9))
    receipt = pairing_make(actor=cast.viewer("clerk"), row=row)
    address = reverse("pairing_hand_over_all", args=[receipt.result["pairing"]])
    body = reverse("body_file", args=[cast.bodies["department"].pk])
    sign_in(client, cast, "clerk")
    assert address in client.get(body).content.decode()
    sign_in(client, cast, "handler")  # works at that body, and keeps no village
    assert address not in client.get(body).content.decode()
