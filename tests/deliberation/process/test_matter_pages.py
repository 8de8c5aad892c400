"""The pages of matters, gates and plans: what each person sees and may do, and what the outsider does not."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from tests.cast import sign_in
from tests.deliberation.facts import (
    a_chair,
    a_commitment,
    a_matter,
    a_sitting,
    a_study,
    an_agreement,
    two_parties,
)
from tests.kept import kept
from yishi.database.reach import everything
from yishi.deliberation.models import GateRequest, Matter, PlanTopic, YearPlan
from yishi.deliberation.services.processes import processes_load
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


@kept
def matter(cast):
    return a_matter(cast)


def get(client, name, *args, **query):
    return client.get(reverse(name, args=args), query)


def text_of(response):
    return response.content.decode()


def test_it_works(client, cast, matter):
    sign_in(client, cast, "clerk")
    page = text_of(get(client, "matter", matter.pk))
    for word in (
        matter.title,
        matter.number,
        "议题征集：列入计划",
        "还差什么",
        "主席会议审定议题",
        "牟定县政协主席会议",
    ):
        assert word in page


def test_the_file_of_a_long_matter_shows_all_that_belongs_to_it(client, cast, matter):
    with everything():
        two_parties(matter)
        a_study(cast, matter)
        a_chair(cast, matter)
        a_sitting(matter)
        an_agreement(cast, matter, state="handed_over")
        a_commitment(cast, matter)
    sign_in(client, cast, "clerk")
    page = text_of(get(client, "matter", matter.pk))
    for word in ("花卉公司", "租金为什么没有付", "委员甲", "协商会已开", "延期付租", "付清租金"):
        assert word in page


@pytest.mark.parametrize(
    "name", ["matter", "matter_next", "matter_end", "matter_drop", "matter_edit", "party_new", "note_add"]
)
def test_the_outsider_finds_nothing(client, cast, matter, name):
    sign_in(client, cast, "outsider")
    assert get(client, name, matter.pk).status_code == 404
    assert client.post(reverse(name, args=[matter.pk]), {"reason": "x"}).status_code in (404, 405)
    page = text_of(get(client, "matters"))
    assert matter.title not in page


def test_nobody_is_sent_to_sign_in(client, cast, matter):
    response = get(client, "matter", matter.pk)
    assert response.status_code == 302 and "login" in response["Location"]


def test_who_only_answers_a_gate_runs_nothing(client, cast, matter):
    sign_in(client, cast, "party_clerk")
    assert get(client, "matter", matter.pk).status_code == 200
    assert get(client, "matter_drop", matter.pk).status_code == 404


def test_the_list_is_filtered_searched_and_exported(client, cast, matter):
    with everything():
        other = a_matter(cast, "courtyard", worries=[])
        Matter.within.filter(pk=other.pk).update(title="路灯不亮", step_due_on="2020-01-01")
    sign_in(client, cast, "clerk")
    for query, sees in (
        ({"stage": "planned"}, "花卉基地土地租金"),
        ({"q": "路灯"}, "路灯不亮"),
        ({"overdue": "on"}, "路灯不亮"),
        ({"process": str(other.process.model_id)}, "路灯不亮"),
        ({"state": "open", "theme": "land", "q": matter.number}, "花卉基地土地租金"),
    ):
        page = text_of(get(client, "matters", **query))
        hidden = {"花卉基地土地租金", "路灯不亮"} - {sees}
        assert sees in page and not any(word in page for word in hidden), query
    assert "没有符合条件的" in text_of(get(client, "matters", q="没有这件事"))
    assert get(client, "matters", stage="moon", place="x").status_code == 200
    sheet = get(client, "matters", export="xlsx")
    assert sheet["Content-Type"].endswith("spreadsheetml.sheet")


def test_the_list_asks_the_database_little(client, cast, django_assert_max_num_queries):
    for _ in range(4):
        a_matter(cast, "courtyard", worries=[])
    sign_in(client, cast, "clerk")
    with django_assert_max_num_queries(15):
        get(client, "matters")


def test_a_clerk_opens_names_parties_and_goes_on(client, cast):
    processes_load()
    sign_in(client, cast, "clerk")
    form = {
        "act_id": str(uuid7()),
        "title": "路灯",
        "summary": "村口路灯坏了",
        "theme": "land",
        "place": "牟尼村",
        "place_id": str(cast.places["牟尼村"].pk),
        "convener": str(cast.bodies["council"].pk),
        "process": str(next(v.pk for v in processes_load() if v.model.code == "courtyard")),
    }
    response = client.post(reverse("matter_new"), form)
    assert response.status_code == 302, text_of(response)
    matter = Matter.within.get()
    assert response["Location"] == reverse("matter", args=[matter.pk])
    client.post(reverse("party_new", args=[matter.pk]), {"act_id": str(uuid7()), "name": "三组村民"})
    client.post(
        reverse("party_new", args=[matter.pk]),
        {"act_id": str(uuid7()), "name": "", "body": str(cast.bodies["village"].pk)},
    )
    matter.refresh_from_db()
    assert matter.step == "talk"


def test_a_refusal_keeps_what_was_typed(client, cast, matter):
    sign_in(client, cast, "clerk")
    response = client.post(reverse("matter_end", args=[matter.pk]), {"act_id": str(uuid7()), "reason": "商量好了"})
    assert response.status_code == 422
    assert "还没有记录商定的内容" in text_of(response) and "商量好了" in text_of(response)


def test_a_gate_is_answered_on_its_page(client, cast, matter):
    with everything():
        gate = GateRequest.objects.get(matter=matter, gate="party_plan")
    sign_in(client, cast, "party_clerk")
    assert gate.name in text_of(get(client, "gates"))
    form = {"act_id": str(uuid7()), "answer": "approve", "reason": "同意"}
    assert client.post(reverse("gate", args=[gate.pk]), form).status_code == 302
    assert gate.name not in text_of(get(client, "gates"))
    assert gate.name in text_of(get(client, "gates", all="1"))


def test_the_second_clerk_reads_who_was_quicker(client, cast, matter):
    with everything():
        gate = GateRequest.objects.get(matter=matter, gate="party_plan")
    for who, act in (("party_clerk", "approve"), ("party_second", "return")):
        sign_in(client, cast, who)
        form = {"act_id": str(uuid7()), "answer": act, "reason": "看过了"}
        response = client.post(reverse("gate", args=[gate.pk]), form)
    assert response.status_code == 422
    assert "县委甲已于" in text_of(response)
    gate.refresh_from_db()
    assert gate.answer == "approve"


def test_a_gate_is_read_but_not_answered_by_others(client, cast, matter):
    with everything():
        gate = GateRequest.objects.get(matter=matter, gate="party_plan")
    sign_in(client, cast, "clerk")
    page = text_of(get(client, "gate", gate.pk))
    assert gate.name in page and "我们的答复" not in page
    assert client.post(reverse("gate", args=[gate.pk]), {"answer": "approve", "reason": "x"}).status_code == 404
    sign_in(client, cast, "outsider")
    assert get(client, "gate", gate.pk).status_code == 404


def test_a_leader_s_note_is_put_on_the_file(client, cast, matter):
    sign_in(client, cast, "clerk")
    form = {"act_id": str(uuid7()), "kind": "instruction", "author": "县委书记 某某", "text": "请抓紧"}
    assert client.post(reverse("note_add", args=[matter.pk]), form).status_code == 302
    assert "请抓紧" in text_of(get(client, "matter", matter.pk))


def test_a_note_is_not_for_everybody_who_may_see_the_file(client, cast, matter):
    with everything():
        matter.notes.create(
            kind="instruction", author="书记", text="内部意见", written_on="2026-01-01", at=timezone.now()
        )
    sign_in(client, cast, "prefecture_clerk")
    page = text_of(get(client, "matter", matter.pk))
    assert matter.title in page and "内部意见" not in page


def test_the_plan_goes_from_topic_to_matter_in_the_pages(client, cast):
    processes_load()
    sign_in(client, cast, "clerk")
    form = {"body": cast.bodies["office"].pk, "approver": cast.bodies["party"].pk, "year": timezone.localdate().year}
    client.post(reverse("plan_new"), {"act_id": str(uuid7()), **form})
    plan = YearPlan.within.get()
    sign_in(client, cast, "handler")
    response = client.post(
        reverse("topic_new", args=[plan.pk]), {"act_id": str(uuid7()), "title": "机耕路", "theme": "roads"}
    )
    assert response.status_code == 302
    assert get(client, "plan_submit", plan.pk).status_code == 404
    sign_in(client, cast, "member")
    assert "机耕路" in text_of(get(client, "plan", plan.pk))
    sign_in(client, cast, "clerk")
    topic = PlanTopic.objects.get()
    client.post(reverse("topic_draft", args=[topic.pk]), {"act_id": str(uuid7()), "into": "1"})
    client.post(reverse("plan_submit", args=[plan.pk]), {"act_id": str(uuid7())})
    sign_in(client, cast, "party_second")
    assert "批复计划" in text_of(get(client, "desk"))
    client.post(reverse("plan_decide", args=[plan.pk]), {"act_id": str(uuid7()), "answer": "approve", "reason": "同意"})
    sign_in(client, cast, "clerk")
    assert "立项" in text_of(get(client, "plan", plan.pk))
    version = next(v for v in processes_load() if v.model.code == "four_two_n")
    response = client.post(
        reverse("topic_open", args=[topic.pk]),
        {
            "act_id": str(uuid7()),
            "summary": "雨季走不通",
            "place": "牟尼村",
            "place_id": str(cast.places["牟尼村"].pk),
            "convener": str(cast.bodies["office"].pk),
            "process": str(version.pk),
        },
    )
    assert response.status_code == 302, text_of(response)
    assert Matter.within.get().title == "机耕路"
    sign_in(client, cast, "outsider")
    assert get(client, "plan", plan.pk).status_code == 404


def test_the_desk_shows_what_waits_sorted_by_clock(client, cast, matter):
    sign_in(client, cast, "party_clerk")
    page = text_of(get(client, "desk"))
    assert "答复关口" in page and matter.title in page
    sign_in(client, cast, "outsider")
    assert matter.title not in text_of(get(client, "desk"))


def test_the_calendar_shows_sittings_and_due_dates(client, cast, matter):
    with everything():
        sitting = a_sitting(matter, closed=False, minutes=False)
    sign_in(client, cast, "clerk")
    month = timezone.localtime(sitting.starts_at).strftime("%Y-%m")
    page = text_of(get(client, "calendar", month=month))
    assert "协商会议：" in page and matter.title in page
    assert get(client, "calendar", month="yesterday").status_code == 200
    assert get(client, "calendar", export="xlsx")["Content-Type"].endswith("sheet")
    sign_in(client, cast, "outsider")
    assert matter.title not in text_of(get(client, "calendar", month=month))


def test_a_note_on_paper_is_shown_to_those_who_may_read_notes(client, cast, matter):
    paper = BytesIO()
    Image.new("RGB", (40, 40), "white").save(paper, "PNG")
    sign_in(client, cast, "clerk")
    form = {"act_id": str(uuid7()), "kind": "instruction", "author": "县委书记 某某", "text": ""}
    bad = client.post(reverse("note_add", args=[matter.pk]), {**form, "scan": SimpleUploadedFile("a.png", b"no photo")})
    assert bad.status_code == 422 and "县委书记 某某" in text_of(bad)
    scan = SimpleUploadedFile("批示.png", paper.getvalue(), "image/png")
    assert client.post(reverse("note_add", args=[matter.pk]), {**form, "scan": scan}).status_code == 302
    with everything():
        note = matter.notes.get()
    shown = get(client, "note_scan", matter.pk, note.pk)
    assert shown.status_code == 200 and shown["Content-Type"].startswith("image/")
    for who in ("prefecture_clerk", "outsider"):
        sign_in(client, cast, who)
        assert get(client, "note_scan", matter.pk, note.pk).status_code == 404
