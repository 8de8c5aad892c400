"""Two people at one text: the second hears who changed it, keeps what they typed, and sees both.

The forms come from the pages of the whole site: whichever form is filled with a stored text carries its version.
"""

import ast
from pathlib import Path

import pytest
from django.db import transaction

from tests import samples as sample
from tests.cast import sign_in
from tests.kept import kept
from tests.story import Story
from yishi.deliberation.models import Agreement, Minutes
from yishi.deliberation.services.agreements import agreement_change, agreement_draft
from yishi.deliberation.services.minutes import minutes_write
from yishi.kit.ids import uuid7
from yishi.web.kit.edited import changed_since, version_of
from yishi.web.kit.forms import ActForm

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]

WEB = Path(__file__).resolve().parents[2] / "yishi" / "web"
CHANGES = ("_change", "_describe", "_edit", "_write")  # how acts are called that edit what is stored
# Pages of such acts whose form edits nothing that somebody else edits.
NOTHING_STORED = {
    "answer_new": "a sheet that does not exist yet",
    "follow_phone": "one's own phone number, with the query code",
    "proposal_new": "a proposal that does not exist yet",
}


@kept
def story(cast):
    story = Story(cast).raise_worry().take_up().study_it().fill_seats().sit().stand()
    by = story.by("convener")
    receipt = agreement_draft(actor=by, matter=story.matter, sitting=story.sitting, text="租金缓交半年")
    story.agreement = Agreement.objects.get(pk=receipt.result["agreement"])
    return story


def test_forms_4_the_second_hears_who_changed_it_keeps_the_words_and_sees_both(story, client):
    client.force_login(story.cast.people["convener"].account)
    address = f"/desk/agreements/{story.agreement.pk}/change/"
    opened = client.get(address).context["form"].initial
    agreement_change(
        actor=story.by("clerk"), agreement=story.agreement, text="租金缓交半年", conditions="由农业农村局监督"
    )
    sent = {"text": "租金缓交一年", "conditions": "", "minority": "", "act_id": opened["act_id"]}
    refused = client.post(address, {**sent, "version": opened["version"]})
    page = refused.content.decode()
    assert refused.status_code == 422
    assert f"{story.cast.people['clerk'].name}于" in page
    assert "租金缓交一年" in page and "现在保存的是：由农业农村局监督" in page
    story.agreement.refresh_from_db()
    assert (story.agreement.text, story.agreement.conditions) == ("租金缓交半年", "由农业农村局监督")
    anew = refused.context["form"].data
    both = {**sent, "conditions": "由农业农村局监督", "version": anew["version"], "act_id": anew["act_id"]}
    assert client.post(address, both).status_code == 302
    assert client.post(address, both).status_code == 302  # sent again it is answered by its receipt
    story.agreement.refresh_from_db()
    assert (story.agreement.text, story.agreement.conditions) == ("租金缓交一年", "由农业农村局监督")


def test_forms_4_minutes_that_two_people_begin_at_once(story, client):
    client.force_login(story.cast.people["convener"].account)
    address = f"/desk/sittings/{story.sitting.pk}/minutes/"
    opened = client.get(address).context["form"].initial
    minutes_write(actor=story.by("clerk"), sitting=story.sitting, text="第一个人写的纪要")
    refused = client.post(address, {"text": "第二个人写的纪要", "version": opened["version"], "act_id": uuid7()})
    page = refused.content.decode()
    assert refused.status_code == 422 and "第二个人写的纪要" in page and "现在保存的是：第一个人写的纪要" in page
    assert Minutes.objects.get().text == "第一个人写的纪要"


def test_forms_4_a_version_names_the_fields_that_changed():
    before = version_of({"text": "甲", "note": None, "act_id": "1"})
    assert changed_since(before, {"text": "甲", "note": "", "act_id": "2"}) == []
    assert changed_since(before, {"text": "乙", "note": "", "act_id": "2"}) == ["text"]


def edited_forms(client, addresses):
    """(name of the page, its address, its form, its view) where a form is filled with text."""
    for name, address, view, _loader in addresses:
        if not {"GET", "POST"} <= set(view.methods):
            continue
        response = client.get(address)
        form = (response.context or {}).get("form") if response.status_code == 200 else None
        if isinstance(form, ActForm):
            yield name, address, form, view


def told_the_second(client, name, address, form):
    """Send a form as if every field had been another one when it was opened: it is refused and says what is stored."""
    older = form.initial["version"].replace(":", ":0")
    sent = {key: getattr(value, "pk", value) for key, value in form.initial.items() if value is not None}
    mark = transaction.savepoint()
    answer = client.post(address, {**sent, "version": older})
    transaction.savepoint_rollback(mark)
    assert answer.status_code == 422, name
    if not [error for error in answer.context["form"].errors if error != "__all__"]:
        assert "您打开页面以后" in answer.content.decode(), name


def called(node):
    return getattr(node, "id", "") or getattr(node, "attr", "")


def test_forms_4_every_form_of_an_act_that_changes_carries_the_version():
    """From the source of the pages: whoever shows a form for such an act says which stored thing it edits."""
    without, guarded = set(), 0
    for path in WEB.rglob("*.py"):
        for view in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(view, ast.FunctionDef):
                continue
            inside = list(ast.walk(view))
            if not any(
                isinstance(node, ast.Name | ast.Attribute) and called(node).endswith(CHANGES) for node in inside
            ):
                continue
            for node in inside:
                if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id.endswith("Form"):
                    if any(keyword.arg == "edits" for keyword in node.keywords):
                        guarded += 1
                    else:
                        without.add(view.name)
    assert without == set(NOTHING_STORED)
    assert guarded >= 18


@pytest.mark.long
@pytest.mark.once
def test_forms_4_every_page_that_edits_a_stored_text_tells_the_second(client, cast):
    addresses = list(sample.addresses(sample.kwargs_by_loader(cast)))
    guarded = set()
    for who in ("clerk", "convener"):
        sign_in(client, cast, who)
        for name, address, form, _view in edited_forms(client, addresses):
            if form.edits is not None:
                guarded.add(name)
                told_the_second(client, name, address, form)
    assert len(guarded) >= 15, sorted(guarded)
