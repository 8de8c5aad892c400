"""The library and the editor of process models, through the pages."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.cast import sign_in
from tests.deliberation.facts import a_matter
from yishi.deliberation.models import ProcessVersion
from yishi.deliberation.services.processes import process_copy, process_file, process_shipped, processes_load
from yishi.kit.ids import uuid7

pytestmark = pytest.mark.django_db


def text_of(response):
    return response.content.decode()


def send(client, name, /, *args, **fields):
    """Open the page of an act, then send its form with what stands in it and `fields`."""
    page = client.get(reverse(name, args=args))
    assert page.status_code == 200, (name, page.status_code)
    form = page.context["form"]
    data = {"act_id": str(uuid7()), "seen": form.initial.get("seen", "")}
    for field in form:
        value = field.value()
        if field.name not in data and value is not None and value is not False and value != "":
            data[field.name] = value
    return client.post(reverse(name, args=args), {**data, **fields})


def draft_of(response):
    key = re.search(r"/versions/([0-9a-f-]{36})/edit/", response["Location"])
    return ProcessVersion.objects.get(pk=key[1])


@pytest.fixture
def models(db):
    return {version.model.code: version for version in processes_load()}


def test_it_works(client, cast, models):
    sign_in(client, cast, "clerk")
    page = text_of(client.get(reverse("processes")))
    for word in ("五环节", "院坝协商", "“4+2+N”", "码上征题", "新建模式"):
        assert word in page
    page = text_of(client.get(reverse("process", args=[models["five_links"].pk])))
    for word in ("解读出处", "党委采纳交办", "利益相关方", "调研已由另一人核定"):
        assert word in page


def test_a_model_is_built_from_nothing_in_the_pages_and_runs(client, cast, models):
    sign_in(client, cast, "clerk")
    version = draft_of(send(client, "process_new", name="三步工作法"))
    page = text_of(client.get(reverse("process_edit", args=[version.pk])))
    assert "模式没有步骤" in page and "没有写明这种解读的出处" in page

    send(client, "process_edit_head", version.pk, source="本县自拟", topics="小事\n急事", levels=["village"])
    send(
        client,
        "process_seat_new",
        version.pk,
        name="主持",
        role="chair",
        filled_by="office",
        min=1,
        max=1,
        place="fixed",
    )
    send(
        client,
        "process_seat_new",
        version.pk,
        name="乡亲",
        role="party",
        filled_by="draw",
        min=2,
        max=9,
        place="varies",
        votes="on",
    )
    for name, stage, ends in (
        ("评议", "judged", ["all_settled"]),
        ("碰头", "deliberated", ["chair_neutral", "sitting_held"]),
        ("立约", "handed_over", ["handed_over"]),
    ):
        send(client, "process_step_new", version.pk, name=name, stage=stage, role="convener", days=3, exit=ends)
    page = text_of(client.get(reverse("process_edit", args=[version.pk])))
    assert "请调整顺序" in page
    version.refresh_from_db()
    judge = version.document["steps"][0]["code"]
    for _ in range(2):
        client.post(reverse("process_row_move", args=[version.pk, "steps", judge, "down"]), {"act_id": str(uuid7())})
    version.refresh_from_db()
    assert [step["name"] for step in version.document["steps"]] == ["碰头", "立约", "评议"]
    promise = version.document["steps"][1]["code"]
    send(client, "process_gate_new", version.pk, promise, name="村委会点头", body="village", tier="village", days=2)
    page = text_of(client.get(reverse("process_edit", args=[version.pk])))
    assert "模式已完整" in page and "村委会点头" in page

    assert send(client, "process_publish", version.pk).status_code == 302
    version.refresh_from_db()
    assert version.document["composition"]["varies"] and version.document["composition"]["fixed"]
    matter = a_matter(cast, ProcessVersion.objects.select_related("model").get(pk=version.pk), worries=[])
    assert matter.process == version and matter.stage == "deliberated"


def test_problems_are_said_in_plain_chinese_after_each_save(client, cast, models):
    sign_in(client, cast, "clerk")
    version = draft_of(send(client, "process_copy", models["courtyard"].pk, name="本县院坝"))
    send(client, "process_seat", version.pk, "party", min=99, max=9)
    assert "下限99人大于上限9人" in text_of(client.get(reverse("process_edit", args=[version.pk])))
    assert send(client, "process_publish", version.pk).status_code == 422
    client.post(reverse("process_row_move", args=[version.pk, "steps", "settle", "out"]), {"act_id": str(uuid7())})
    assert "没有交办步骤" in text_of(client.get(reverse("process_edit", args=[version.pk])))


def test_a_gate_and_a_quota_are_added_moved_and_taken_out(client, cast, models):
    sign_in(client, cast, "clerk")
    version = draft_of(send(client, "process_copy", models["five_links"].pk, name="本县五环节"))
    move = lambda verb: client.post(  # noqa: E731
        reverse("process_gate_move", args=[version.pk, "plan", "party_plan", verb]), {"act_id": str(uuid7())}
    )
    move("up")
    version.refresh_from_db()
    plan = next(step for step in version.document["steps"] if step["code"] == "plan")
    assert [gate["code"] for gate in plan["gates"]] == ["party_plan", "chairs_plan"]
    move("out")
    send(client, "process_gate", version.pk, "plan", "chairs_plan", name="主席会议过会")
    send(client, "process_quota_new", version.pk, what="sittings", tier="township", per_year=4)
    version.refresh_from_db()
    plan = next(step for step in version.document["steps"] if step["code"] == "plan")
    assert [gate["name"] for gate in plan["gates"]] == ["主席会议过会"]
    assert version.document["coverage"] == [{"what": "sittings", "tier": "township", "per_year": 4, "venue_kind": ""}]
    client.post(reverse("process_quota_out", args=[version.pk, 0]), {"act_id": str(uuid7())})
    version.refresh_from_db()
    assert version.document["coverage"] == []
    assert client.post(reverse("process_row_move", args=[version.pk, "cats", "x", "up"])).status_code == 404


def test_an_editor_who_is_too_late_overwrites_nothing(client, cast, models):
    sign_in(client, cast, "clerk")
    version = draft_of(send(client, "process_copy", models["courtyard"].pk, name="本县院坝"))
    page = client.get(reverse("process_step", args=[version.pk, "talk"]))
    stale = page.context["form"].initial["seen"]
    send(client, "process_step", version.pk, "talk", name="围坐着谈")
    response = send(client, "process_step", version.pk, "talk", name="站着谈", seen=stale)
    assert response.status_code == 422 and "别人刚刚存过这份草稿" in text_of(response)
    assert "站着谈" in text_of(response)


def test_versions_are_compared_and_taken_as_a_file(client, cast, models):
    sign_in(client, cast, "clerk")
    version = draft_of(send(client, "process_copy", models["courtyard"].pk, name="本县院坝"))
    send(client, "process_publish", version.pk)
    draft = draft_of(client.post(reverse("process_draft", args=[version.model_id]), {"act_id": str(uuid7())}))
    send(client, "process_step", draft.pk, "talk", days=9)
    send(client, "process_publish", draft.pk)
    page = text_of(client.get(reverse("process", args=[draft.pk])))
    assert "与第1版相比" in page and "原为3个工作日，现为9个" in page
    file = client.get(reverse("process_download", args=[draft.pk]))
    assert "days = 9" in text_of(file) and "attachment" in file["Content-Disposition"]


def test_a_file_with_an_unknown_role_gets_a_plain_message(client, cast, models):
    sign_in(client, cast, "clerk")
    text = process_file(models["qr"]).replace('role = "handler"', 'role = "wizard"')
    file = SimpleUploadedFile("model.toml", text.encode())
    response = client.post(
        reverse("process_upload"), {"act_id": str(uuid7()), "owner": cast.bodies["office"].pk, "file": file}
    )
    assert response.status_code == 422 and "不认识的责任人角色“wizard”" in text_of(response)
    good = SimpleUploadedFile("model.toml", process_file(models["qr"]).encode())
    response = client.post(
        reverse("process_upload"), {"act_id": str(uuid7()), "owner": cast.bodies["office"].pk, "file": good}
    )
    assert draft_of(response).document["name"] == "码上征题"


def test_the_outsider_copies_but_does_not_edit(client, cast, models):
    draft = process_copy(
        actor=cast.viewer("clerk"), source=models["courtyard"], owner=cast.bodies["office"], name="本县院坝"
    ).result["version"]
    sign_in(client, cast, "outsider")
    for name in ("process", "process_edit", "process_edit_head", "process_publish", "process_download", "process_copy"):
        assert client.get(reverse(name, args=[draft])).status_code == 404, name
    assert "本县院坝" not in text_of(client.get(reverse("processes")))
    assert client.get(reverse("process_copy", args=[models["courtyard"].pk])).status_code == 200


def test_a_member_reads_models_and_owns_none(client, cast, models):
    sign_in(client, cast, "member")
    assert client.get(reverse("process", args=[models["qr"].pk])).status_code == 200
    assert client.get(reverse("process_copy", args=[models["qr"].pk])).status_code == 404
    assert client.get(reverse("process_new")).status_code == 403


def test_a_published_version_is_not_edited(client, cast):
    sign_in(client, cast, "clerk")
    assert client.get(reverse("process_edit", args=[process_shipped("qr").pk])).status_code == 404
