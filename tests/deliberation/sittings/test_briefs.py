"""The brief: facts of the study, each side in its own words and with like room, options, questions, the interpreter."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.database.reach import everything
from yishi.deliberation.models import Brief, Sitting
from yishi.deliberation.services.briefs import brief_issue, brief_problems, brief_write, facts_found
from yishi.deliberation.services.sittings import sitting_plan
from yishi.kit.errors import NotAllowed, Refusal
from yishi.kit.ids import uuid7
from yishi.web.deliberation.sittings.briefs import brief_paper

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]
SAID = "花价跌了，租金一时付不出，愿意分期付清，请缓交半年。"


@kept
def story(cast):
    """A sitting is planned; the study has found something."""
    with everything():
        story = Story(cast).raise_worry().take_up().study_it().fill_seats()
        starts_at = timezone.now() + timedelta(days=30)
        receipt = sitting_plan(actor=story.by("convener"), matter=story.matter, starts_at=starts_at, where="议事室")
        story.sitting = Sitting.within.get(pk=receipt.result["sitting"])
        return story


def written(story, said=SAID, who="convener", **given):
    texts = said if isinstance(said, dict) else {party.name: said for party in story.matter.parties.all()}
    positions = {party: texts[party.name] for party in story.matter.parties.all() if party.name in texts}
    fields = {"facts": "租金欠了两季", "options": "缓交半年：公司多付利息两万元", "questions": "水费谁付", **given}
    receipt = brief_write(actor=story.by(who), sitting=story.sitting, positions=positions, **fields)
    return Brief.objects.select_related("sitting").get(pk=receipt.result["brief"])


def test_it_works(story):
    brief = written(story, interpreter_note="“缓交”请说明不是不交")
    assert brief_problems(brief) == []
    brief_issue(actor=story.by("convener"), brief=brief)
    brief.refresh_from_db()
    assert brief.issued_at is not None and brief.positions.count() == 3


def test_a_side_that_said_nothing_keeps_it_from_being_issued(story):
    brief = written(story, {"村民": SAID, "花卉公司": SAID})
    assert brief_problems(brief) == ["农业农村局还没有写明意见。"]
    with pytest.raises(Refusal) as refusal:
        brief_issue(actor=story.by("convener"), brief=brief)
    assert refusal.value.code == "brief.unequal"


@pytest.mark.parametrize(("longest", "is_fair"), [(150, True), (151, False)])
def test_no_side_has_much_more_room_than_another(story, longest, is_fair):
    brief = written(story, {"村民": "字" * 100, "花卉公司": "字" * longest, "农业农村局": "字" * 120})
    assert (brief_problems(brief) == []) is is_fair
    if not is_fair:
        assert "花卉公司写了151字，村民写了100字" in brief_problems(brief)[0]


def test_written_anew_after_it_was_issued_it_is_a_new_edition(story):
    brief = written(story)
    brief_issue(actor=story.by("convener"), brief=brief)
    again = written(story, facts="租金欠了三季")
    assert (again.pk, again.edition, again.issued_at) == (brief.pk, 2, None)


def test_it_begins_with_what_the_study_found(story):
    assert facts_found(story.sitting) == "1. 公司愿付，需缓交"


def test_only_whoever_runs_the_matter_writes(story):
    with pytest.raises(NotAllowed):
        written(story, who="village_head")


def test_the_paper_has_every_side_in_its_order(story):
    paper = brief_paper(written(story, interpreter_note="“缓交”不是不交"))
    said = [block.text for block in paper.blocks if block.kind in ("heading", "text")]
    sides = [text for text in said if text.startswith("（")]
    assert [text[3:] for text in sides][:3] == ["村民", "花卉公司", "农业农村局"]
    assert "四、还没有弄清的问题" in said and "五、翻译须知" in said


def test_the_desk_writes_and_who_sits_reads(story, client):
    sign_in(client, story.cast, "convener")
    address = reverse("brief_write", args=[story.sitting.pk])
    assert "公司愿付，需缓交" in client.get(address).content.decode()
    numbers = [party.ordinal for party in story.matter.parties.all()]
    sent = {"facts": "租金欠了两季", "options": "", "questions": "", "interpreter_note": ""}
    sent |= {f"position_{number}": SAID for number in numbers}
    shown = client.post(address, {"act_id": str(uuid7()), **sent}).url
    brief = Brief.objects.get()
    seat = reverse("my_seat", args=[story.seat("handler").pk])
    sign_in(client, story.cast, "handler")
    assert "租金欠了两季" not in client.get(seat).content.decode(), "a draft is the desk's"
    sign_in(client, story.cast, "convener")
    assert client.post(reverse("brief_issue", args=[brief.pk]), {"act_id": str(uuid7())}).status_code == 302
    for ending, begins in (("pdf", b"%PDF"), ("docx", b"PK")):
        assert client.get(reverse(f"brief_{ending}", args=[brief.pk])).content.startswith(begins)
    assert shown in client.get(reverse("sitting", args=[story.sitting.pk])).content.decode()
    sign_in(client, story.cast, "handler")
    assert "租金欠了两季" in client.get(seat).content.decode()
