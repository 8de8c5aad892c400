"""A gate's answer on paper: written down by the convener's desk, compared by a second person; then it counts.

Sisters looked for: what a promise's bearer says (confirm, answer, proof, more time) and what somebody who judges says:
tests/commitments/test_on_paper.py.
"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from tests.deliberation.facts import a_matter
from tests.kept import kept
from yishi.attachments.models import Attachment
from yishi.attachments.on_paper import OnPaper
from yishi.deliberation.models import GatePaper, GateRequest, Matter
from yishi.deliberation.services.gate_papers import gate_compare, gate_record
from yishi.deliberation.services.gates import gate_answer
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.organisations.models import Installation, Post
from yishi.web.shell.desk import inbox

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("all_files")]


@kept
def gate(cast):
    return GateRequest.objects.select_related("body", "matter").get(matter=a_matter(cast), gate="party_plan")


@pytest.fixture
def scan():
    return Attachment.objects.create(
        kind="scan", name="批复.pdf", media_type="application/pdf", size=1, sha256="1" * 64, key="00/00/none.pdf"
    )


def record(cast, gate, scan, who="clerk", answer="approve", reason="同意", signed_by="县委书记", on=None, **more):
    paper = OnPaper(scan, signed_by, on)
    receipt = gate_record(actor=cast.viewer(who), gate=gate, answer=answer, reason=reason, paper=paper, **more)
    return GatePaper.objects.get(pk=receipt.result["paper"])


def step(gate):
    return Matter.within.get(pk=gate.matter_id).step


def test_waiting_2_an_answer_on_paper_counts_when_a_second_person_compared_it(cast, gate, scan):
    before, day = step(gate), timezone.localdate() - timedelta(days=1)
    Matter.within.update(opened_at=timezone.now() - timedelta(days=2))
    paper = record(cast, gate, scan, on=day)
    gate.refresh_from_db()
    assert (gate.answer, step(gate)) == ("", before)
    gate_compare(actor=cast.viewer("second_clerk"), paper=paper, accepted=True)
    gate.refresh_from_db()
    assert gate.answer == "approve" and gate.answered_by is None
    other = GateRequest.objects.select_related("body", "matter").get(matter=gate.matter, gate="chairs_plan")
    gate_answer(actor=cast.viewer("chair_head"), gate=other, answer="approve", reason="同意")
    assert step(gate) != before
    assert timezone.localdate(gate.answered_at) == day
    entry = Entry.objects.filter(code="deliberation.gate.answer").order_by("received_at")[0]
    assert entry.data["from_paper"] and entry.data["paper"] == str(paper.pk)
    assert entry.dims["body"] == str(cast.bodies["party"].pk)


def test_a_paper_is_not_signed_before_the_matter_began(cast, gate, scan):
    """One that is recorded afterwards has its own day, and may have been answered since."""
    day = timezone.localdate() - timedelta(days=700)
    with pytest.raises(Refusal) as refused:
        record(cast, gate, scan, on=day)
    assert (refused.value.code, refused.value.field) == ("paper.early", "signed_on")
    Matter.within.update(opened_at=timezone.now() - timedelta(days=700), backfilled=True)
    assert record(cast, gate, scan, on=day).signed_on == day


def test_waiting_2_who_wrote_it_down_does_not_compare_it_but_in_a_small_office(cast, gate, scan, client):
    paper = record(cast, gate, scan)
    with pytest.raises(NotAllowed):
        gate_compare(actor=cast.viewer("clerk"), paper=paper, accepted=True)
    offered = reverse("gate_compare", args=[paper.pk])
    sign_in(client, cast, "clerk")
    assert offered not in client.get(reverse("gate", args=[gate.pk])).content.decode()  # the form could only refuse
    sign_in(client, cast, "second_clerk")
    assert offered in client.get(reverse("gate", args=[gate.pk])).content.decode()
    Installation.objects.update(small_office=True)
    gate_compare(actor=cast.viewer("clerk"), paper=paper, accepted=True)
    paper.refresh_from_db()
    assert paper.same_hands


def test_waiting_2_what_is_not_right_is_put_aside_and_written_down_again(cast, gate, scan):
    paper = record(cast, gate, scan)
    with pytest.raises(WrongStage):
        record(cast, gate, scan, who="second_clerk")
    with pytest.raises(Refusal):
        gate_compare(actor=cast.viewer("second_clerk"), paper=paper, accepted=False)
    gate_compare(actor=cast.viewer("second_clerk"), paper=paper, accepted=False, finding="纸上写的是退回")
    gate.refresh_from_db()
    assert gate.answer == ""
    again = record(cast, gate, scan, answer="return", reason="请补充")
    gate_compare(actor=cast.viewer("second_clerk"), paper=again, accepted=True)
    gate.refresh_from_db()
    assert gate.answer == "return"


def test_waiting_2_a_paper_needs_scan_name_and_a_day_that_was(cast, gate, scan):
    tomorrow = timezone.localdate() + timedelta(days=1)
    for wrong, field in (({"scan": None}, "scan"), ({"signed_by": " "}, "signed_by"), ({"on": tomorrow}, "signed_on")):
        with pytest.raises(Refusal) as refused:
            record(cast, gate, **{"scan": scan, **wrong})
        assert refused.value.field == field


def test_waiting_2_neither_a_stranger_nor_an_answered_gate(cast, gate, scan):
    for who in ("outsider", "handler"):
        with pytest.raises(NotAllowed):
            record(cast, gate, scan, who=who)
    paper = record(cast, gate, scan)
    gate_answer(actor=cast.viewer("party_clerk"), gate=gate, answer="approve", reason="同意")
    with pytest.raises(WrongStage):
        gate_compare(actor=cast.viewer("second_clerk"), paper=paper, accepted=True)


def test_waiting_2_a_text_that_changed_since_is_not_what_was_approved(cast, gate, scan):
    paper = record(cast, gate, scan)
    Matter.within.filter(pk=gate.matter_id).update(summary="另一件事")
    with pytest.raises(WrongStage) as refused:
        gate_compare(actor=cast.viewer("second_clerk"), paper=paper, accepted=True)
    assert refused.value.code == "shown.changed"


def test_waiting_2_a_gate_of_a_body_without_login_is_on_the_conveners_desk(cast, gate, scan):
    def acts(who):
        return [item.url for item in inbox(cast.viewer(who)) if item.kind == "gate"]

    page = reverse("gate", args=[gate.pk])
    assert acts("clerk") == []
    Post.objects.filter(body=cast.bodies["party"]).delete()
    assert acts("clerk") == [page]
    record(cast, gate, scan)
    assert acts("clerk") == [] and acts("second_clerk") == [page]


def test_waiting_2_it_goes_by_the_pages_with_its_cover_paper(client, cast, gate):
    sign_in(client, cast, "clerk")
    page = client.get(reverse("gate", args=[gate.pk])).content.decode()
    assert reverse("gate_record", args=[gate.pk]) in page and reverse("gate_cover_pdf", args=[gate.pk]) in page
    cover = client.get(reverse("gate_cover_pdf", args=[gate.pk]))
    assert cover.status_code == 200 and cover.content.startswith(b"%PDF")
    word = client.get(reverse("gate_cover_docx", args=[gate.pk]))
    assert word.status_code == 200
    file = SimpleUploadedFile("批复.pdf", b"%PDF-1.4 x", content_type="application/pdf")
    typed = {"answer": "approve", "reason": "同意办理", "signed_by": "县委书记"}
    refused = client.post(reverse("gate_record", args=[gate.pk]), typed)
    assert refused.status_code == 422 and "同意办理" in refused.content.decode()
    assert client.post(reverse("gate_record", args=[gate.pk]), {**typed, "scan": file}).status_code == 302
    paper = GatePaper.objects.get()
    sign_in(client, cast, "second_clerk")
    compare = reverse("gate_compare", args=[paper.pk])
    assert "同意办理" in client.get(compare).content.decode()
    assert client.get(reverse("gate_paper_scan", args=[paper.pk])).status_code == 200
    assert client.post(compare, {"accepted": "1"}).status_code == 302
    gate.refresh_from_db()
    assert gate.answer == "approve"
    assert "县委书记" in client.get(reverse("gate", args=[gate.pk])).content.decode()
