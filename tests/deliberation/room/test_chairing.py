"""The log of the chair's interventions: towards whom, how often, in the figures and in the minutes."""

import pytest
from django.urls import reverse

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Intervention
from yishi.deliberation.services.chairing import chair_intervene, chair_intervention_back, interventions_of
from yishi.deliberation.services.fairness import fairness_of
from yishi.deliberation.services.sittings import sitting_close
from yishi.deliberation.services.speaking import agenda_item_begin
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.web.deliberation.sittings.sitting_papers import minutes_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
SCRIPT = {"Accept": "application/json"}


@kept
def story(cast):
    """A sitting that is open."""
    with everything():
        return Story(cast).raise_worry().take_up().study_it().fill_seats().sit()


def intervene(story, kind, who=None, by="convener", **given):
    seat = story.seat(who) if who else None
    receipt = chair_intervene(actor=story.by(by), sitting=story.sitting, kind=kind, seat=seat, **given)
    return Intervention.objects.get(pk=receipt.result["intervention"])


def refused_with(code, call):
    with pytest.raises(Refusal) as refusal:
        call()
    assert refusal.value.code == code


def test_it_works(story):
    item = story.sitting.items.first()
    agenda_item_begin(actor=story.by("convener"), item=item)
    one = intervene(story, "time", "company_head", note="超过三分钟")
    assert (one.item, one.seat, one.note) == (item, story.seat("company_head"), "超过三分钟")
    intervene(story, "order")
    intervene(story, "time", "company_head")
    figures = {share.name: share.spoken_to for share in fairness_of(story.sitting).parties}
    assert figures == {"村民": 0, "花卉公司": 2, "农业农村局": 0}
    assert "超过三分钟" in str(minutes_paper(story.sitting, None))
    with pytest.raises(NotAllowed):
        intervene(story, "time", by="village_head")


def test_what_was_written_down_by_mistake_counts_no_more(story):
    one = intervene(story, "stop", "village_head")
    chair_intervention_back(actor=story.by("convener"), intervention=one, reason="点错了")
    assert interventions_of(story.sitting) == [] and Intervention.every.get().taken_back_reason == "点错了"
    assert all(share.spoken_to == 0 for share in fairness_of(story.sitting).parties)


def test_what_is_none_is_refused(story):
    refused_with("intervention.kind", lambda: intervene(story, "shout"))
    refused_with("intervention.seat", lambda: intervene(story, "time", "member"))  # the chair themselves
    refused_with("note.long", lambda: intervene(story, "time", note="长" * 301))
    sitting_close(actor=story.by("convener"), sitting=story.sitting)
    refused_with("sitting.state.state", lambda: intervene(story, "time"))


def test_one_tap_on_the_chairs_own_screen(client, story):
    sign_in(client, story.cast, "member")
    page = client.get(reverse("room_chair", args=[story.sitting.pk])).content.decode()
    address = reverse("intervention_new", args=[story.sitting.pk])
    assert f'action="{address}"' in page and "data-room-said" in page
    sent = {"act_id": str(uuid7()), "kind": "invite", "seat": story.seat("village_head").pk}
    for _twice in range(2):
        assert client.post(address, sent, headers=SCRIPT).json()["said"]
    assert Intervention.objects.count() == 1
    page = client.get(reverse("room_chair", args=[story.sitting.pk])).content.decode()
    assert "请其发言" in page and story.cast.people["village_head"].name in page
