"""Process models as data: shipped, copied, built, published; an old matter keeps the version it began with."""

import pytest

from tests.deliberation.facts import (
    a_chair,
    a_commitment,
    a_matter,
    a_sitting,
    an_agreement,
    every_seat,
    two_parties,
)
from yishi.deliberation.models import Matter, ProcessModel, ProcessVersion
from yishi.deliberation.process import editing
from yishi.deliberation.process.compare import differences
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.process.schema import fingerprint
from yishi.deliberation.services.gates import gate_answer
from yishi.deliberation.services.matters import matter_move_on
from yishi.deliberation.services.processes import (
    SHIPPED,
    process_copy,
    process_draft,
    process_file,
    process_new,
    process_publish,
    process_retire,
    process_save,
    process_shipped,
    process_upload,
    processes_load,
    processes_published,
)
from yishi.kit.errors import NotAllowed, Refusal, WrongStage

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


def version_of(receipt):
    return ProcessVersion.objects.select_related("model").get(pk=receipt.result["version"])


def again(matter):
    return Matter.within.select_related("place", "convener", "process").get(pk=matter.pk)


def copied(cast, source="courtyard", name="共和院坝", who="clerk", owner="office"):
    return version_of(
        process_copy(actor=cast.viewer(who), source=process_shipped(source), owner=cast.bodies[owner], name=name)
    )


def save(cast, version, document, **given):
    return process_save(actor=cast.viewer("clerk"), version=version, document=document, **given)


def publish(cast, version):
    process_publish(actor=cast.viewer("clerk"), version=version)
    return ProcessVersion.objects.select_related("model").get(pk=version.pk)


def test_it_works(cast):
    assert {version.model.code for version in processes_load()} == set(SHIPPED)
    assert {version.model.code for version in processes_published()} == set(SHIPPED)


def test_loading_again_changes_nothing(cast):
    first = {version.pk for version in processes_load()}
    assert {version.pk for version in processes_load()} == first
    assert ProcessVersion.objects.count() == len(SHIPPED)


def test_the_shipped_models_differ_in_more_than_labels(cast):
    models = {version.model.code: Facts(Matter(process=version)).model for version in processes_load()}
    ways = {
        code: (
            tuple((step.stage, step.exit, tuple((g.body, g.tier) for g in step.gates)) for step in model.steps),
            tuple((seat.role, seat.min, seat.max, seat.filled_by) for seat in model.seats),
            tuple(model.clocks.items()),
        )
        for code, model in models.items()
    }
    for part in range(3):
        assert len({way[part] for way in ways.values()}) >= len(SHIPPED) - 2
    assert len(set(ways.values())) == len(SHIPPED)
    assert models["courtyard"].clock("notice") == 1
    assert not any(step.gates for step in models["courtyard"].steps)
    assert models["one_seven_n"].coverage and models["four_two_n"].varies == "others"


def test_a_file_that_came_changed_becomes_a_further_version(cast, monkeypatch):
    first = process_shipped("qr")
    monkeypatch.setattr(
        "yishi.deliberation.services.processes._shipped_document", lambda code: {**first.document, "name": "新名"}
    )
    second = process_shipped("qr")
    assert (second.number, second.name, first.number) == (2, "新名", 1)
    assert process_shipped("qr") == second


def test_a_county_copies_a_model_in_one_act(cast):
    version = copied(cast)
    assert version.published_at is None and version.model.owner == cast.bodies["office"]
    assert version.model.copied_from.code == "courtyard" and version.model.code != "courtyard"
    assert version.document["steps"] == process_shipped("courtyard").document["steps"]


def test_another_county_copies_what_was_published_and_edits_nothing_of_it(cast):
    version = publish(cast, copied(cast))
    outsider = cast.viewer("outsider")
    theirs = process_copy(actor=outsider, source=version, owner=cast.bodies["outside_office"], name="宜良院坝")
    assert version_of(theirs).model.owner == cast.bodies["outside_office"]
    with pytest.raises(NotAllowed):
        process_draft(actor=outsider, model=version.model)
    with pytest.raises(NotAllowed):
        process_copy(actor=outsider, source=version, owner=cast.bodies["office"], name="越权")


def test_drafts_are_not_copied_and_not_used(cast):
    draft = copied(cast)
    with pytest.raises(WrongStage):
        process_copy(actor=cast.viewer("clerk"), source=draft, owner=cast.bodies["office"], name="又一份")
    with pytest.raises(Refusal) as refused:
        a_matter(cast, draft, worries=[])
    assert refused.value.field == "process"


def test_shipped_models_belong_to_nobody_and_are_not_edited(cast):
    for who in ("clerk", "province_clerk", "administrator"):
        with pytest.raises(NotAllowed):
            process_draft(actor=cast.viewer(who), model=process_shipped("qr").model)


def test_a_draft_with_problems_is_kept_but_not_published(cast):
    version = copied(cast)
    broken = editing.row_put(version.document, "steps", {"role": "wizard"}, "talk")
    receipt = save(cast, version, broken)
    assert receipt.result["problems"] == 1
    with pytest.raises(Refusal) as refused:
        process_publish(actor=cast.viewer("clerk"), version=version)
    assert "wizard" in str(refused.value) and refused.value.code == "process.has_problems"


def test_what_cannot_be_read_is_not_saved(cast):
    version = copied(cast)
    with pytest.raises(Refusal) as refused:
        save(cast, version, {**version.document, "steps": "many"})
    assert refused.value.code == "process.unreadable"


def test_two_editors_do_not_overwrite_each_other(cast):
    version = copied(cast)
    seen = fingerprint(version.document)
    save(cast, version, editing.head_set(version.document, source="甲改的"), seen=seen)
    with pytest.raises(WrongStage) as refused:
        save(cast, version, editing.head_set(version.document, source="乙改的"), seen=seen)
    assert refused.value.code == "process.changed_meanwhile"
    assert ProcessVersion.objects.get(pk=version.pk).document["source"] == "甲改的"


def test_a_published_version_stays_as_it_is(cast):
    version = publish(cast, copied(cast))
    with pytest.raises(WrongStage):
        save(cast, version, version.document)
    with pytest.raises(WrongStage):
        process_publish(actor=cast.viewer("clerk"), version=version)


def test_the_next_version_is_begun_once(cast):
    version = publish(cast, copied(cast))
    clerk = cast.viewer("clerk")
    first = process_draft(actor=clerk, model=version.model)
    second = process_draft(actor=cast.viewer("second_clerk"), model=version.model)
    assert first.result["version"] == second.result["version"]
    assert version_of(first).number == 2


def test_under_a_retired_model_no_matter_begins(cast):
    version = publish(cast, copied(cast))
    process_retire(actor=cast.viewer("clerk"), model=version.model)
    version.refresh_from_db()
    with pytest.raises(Refusal):
        a_matter(cast, ProcessVersion.objects.get(pk=version.pk), worries=[])
    assert version.model.code not in {one.model.code for one in processes_published()}


def to_the_end(cast, matter):
    """Through the courtyard's steps."""
    two_parties(matter)
    matter_move_on(again(matter))
    a_chair(cast, matter)
    every_seat(cast, matter, Facts(again(matter)).model)
    a_sitting(matter)
    matter_move_on(again(matter))
    an_agreement(cast, matter, state="handed_over")
    a_commitment(cast, matter, state="struck_off", settled_on=matter.opened_at.date())
    matter_move_on(again(matter))
    return again(matter)


def test_a_matter_begun_under_version_1_finishes_under_version_1(cast):
    first = publish(cast, copied(cast))
    matter = a_matter(cast, first, worries=[])
    draft = version_of(process_draft(actor=cast.viewer("clerk"), model=first.model))
    step = {"code": "party", "name": "党委过目", "stage": "agreed", "role": "office", "days": 3, "gates": []}
    document = editing.row_put(draft.document, "steps", step)
    for _ in range(2):
        document = editing.row_move(document, "steps", "party", -1)
    gate = {"code": "party_looks", "name": "党委过目", "body": "party", "tier": "county", "days": 3}
    document = editing.gate_put(document, "party", gate)
    save(cast, draft, document)
    second = publish(cast, draft)
    assert differences(first.document, second.document)[0] == "新增步骤：“党委过目”。"

    old = to_the_end(cast, matter)
    assert old.state == "done" and old.process == first
    assert list(old.steps.order_by("ordinal").values_list("step", flat=True)) == ["gather", "talk", "settle", "judge"]

    new = a_matter(cast, second, worries=[])
    two_parties(new)
    a_chair(cast, new)
    every_seat(cast, new, Facts(new).model)
    a_sitting(new)
    matter_move_on(again(new))
    assert again(new).step == "party" and new.gates.get().body == cast.bodies["party"]


def test_a_model_built_from_nothing_runs(cast):
    """Other steps, gates and seats than any shipped model has, row by row as the editor does it."""
    clerk = cast.viewer("clerk")
    version = version_of(process_new(actor=clerk, owner=cast.bodies["office"], name="三步工作法"))
    document = version.document
    head = {"source": "本县自拟", "topics": ["小事"], "levels": ["village"]}
    document = editing.head_set(document, **head, clocks={**document["clocks"], "notice": 2})
    seats = [
        {"code": "chair", "name": "主持", "role": "chair", "filled_by": "office", "min": 1, "max": 1, "votes": False},
        {"code": "elders", "name": "寨老", "role": "expert", "filled_by": "draw", "min": 3, "max": 5, "votes": True},
    ]
    for seat in seats:
        document = editing.row_put(document, "seats", seat)
    steps = [
        ("meet", "碰头", "deliberated", ["seats_filled", "sitting_held"]),
        ("promise", "立约", "handed_over", ["handed_over"]),
        ("thank", "评议", "judged", ["all_settled"]),
    ]
    for code, name, stage, ends in steps:
        row = {"code": code, "name": name, "stage": stage, "role": "convener", "days": 5, "exit": ends}
        document = editing.row_put(document, "steps", row)
    gate = {"code": "village_head", "name": "村委会点头", "body": "village", "tier": "village", "days": 2}
    document = editing.gate_put(document, "promise", gate)
    assert save(cast, version, document).result["problems"] == 0
    version = publish(cast, version)

    matter = a_matter(cast, version, worries=[])
    a_chair(cast, matter)
    every_seat(cast, matter, Facts(matter).model)
    a_sitting(matter)
    matter_move_on(again(matter))
    assert again(matter).step == "promise"
    an_agreement(cast, matter, state="handed_over")
    commitment = a_commitment(cast, matter)
    gate_answer(actor=cast.viewer("village_head"), gate=matter.gates.get(), answer="approve", reason="可以")
    matter_move_on(again(matter))
    assert again(matter).step == "thank"
    commitment.state, commitment.settled_on = "struck_off", commitment.agreed_on
    commitment.save()
    matter_move_on(again(matter))
    assert again(matter).state == "done"


def test_a_model_goes_out_and_comes_in_as_a_file(cast):
    file = process_file(process_shipped("five_links")).encode()
    version = version_of(process_upload(actor=cast.viewer("clerk"), owner=cast.bodies["office"], file=file))
    assert version.document["steps"] == process_shipped("five_links").document["steps"]


def test_a_file_with_an_unknown_role_is_refused_and_nothing_is_kept(cast):
    file = process_file(process_shipped("qr")).replace('role = "handler"', 'role = "wizard"').encode()
    with pytest.raises(Refusal) as refused:
        process_upload(actor=cast.viewer("clerk"), owner=cast.bodies["office"], file=file)
    assert "不认识的责任人角色“wizard”" in str(refused.value) and refused.value.field == "file"
    assert not ProcessModel.objects.filter(owner=cast.bodies["office"]).exists()


def test_who_works_at_no_overseeing_desk_owns_no_model(cast):
    for who, body in (("handler", "department"), ("member", "office"), ("outsider", "office")):
        with pytest.raises(NotAllowed):
            process_new(actor=cast.viewer(who), owner=cast.bodies[body], name="我的")
    with pytest.raises(Refusal) as refused:
        process_new(actor=cast.viewer("clerk"), owner=cast.bodies["office"], name=" ")
    assert refused.value.field == "name"


def test_versions_are_compared_in_sentences(cast):
    old = process_shipped("five_links").document
    new = editing.head_set(old, clocks={**old["clocks"], "notice": 5}, name="五环")
    new = editing.row_put(new, "seats", {"min": 4}, "council")
    new = editing.gate_remove(new, "plan", "chairs_plan")
    new = editing.row_put(new, "steps", {"days": 3, "exit": ["parties_named"], "role": "member"}, "study")
    new = editing.row_move(new, "steps", "judge", -1)
    said = differences(old, new)
    assert "名称原为“五环节”，现为“五环”。" in said
    assert "期限“会前通知”：原为15个工作日，现为5个。" in said
    assert "席位“议事会成员”：原为1–9人，现为4–9人。" in said
    assert "关口“主席会议审定议题”已去掉。" in said
    assert "步骤“调查研究”：原为20个工作日，现为3个。" in said
    assert "步骤的先后顺序改了。" in said
    assert any("召集人" in line and "委员" in line for line in said)
    assert differences(old, old) == []
