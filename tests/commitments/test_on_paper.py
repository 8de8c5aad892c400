"""What came on paper from who has no login: the supervisor's desk writes it down, with the scan, for who signed.

Sister: a gate's answer, tests/deliberation/process/test_gate_paper.py.
"""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from tests.cast import sign_in
from yishi.attachments.models import Attachment
from yishi.attachments.on_paper import OnPaper
from yishi.commitments import services
from yishi.commitments.models import Commitment
from yishi.journal.models import Entry
from yishi.kit.errors import NotAllowed
from yishi.web.shell.desk import inbox

pytestmark = pytest.mark.django_db
State = Commitment.State


@pytest.fixture
def paper():
    scan = Attachment.objects.create(
        kind="scan", name="证明.pdf", media_type="application/pdf", size=1, sha256="1" * 64, key="00/00/none.pdf"
    )
    return OnPaper(scan, "村支书", timezone.localdate())


def test_waiting_2_a_fulfilment_on_paper_is_written_down_and_checked_by_another(cast, promise, paper):
    owed = promise()
    today = timezone.localdate()
    with pytest.raises(NotAllowed):
        services.proof_give(actor=cast.viewer("clerk"), commitment=owed, text="已修好", done_on=today)
    services.proof_give(actor=cast.viewer("clerk"), commitment=owed, text="已修好", done_on=today, paper=paper)
    owed.refresh_from_db()
    proof = owed.proofs.get()
    assert owed.state == State.PROVED
    assert (proof.paper.signed_by, proof.given_by) == ("村支书", cast.people["clerk"])
    entry = Entry.objects.get(code="commitments.commitment.prove")
    assert entry.data["from_paper"] and entry.dims["body"] == str(cast.bodies["department"].pk)
    assert entry.body_id == cast.bodies["office"].pk
    waiting = {
        who: [i.url for i in inbox(cast.viewer(who)) if i.kind == "commitment"] for who in ("clerk", "second_clerk")
    }
    assert waiting == {"clerk": [], "second_clerk": [reverse("commitment", args=[owed.pk])]}
    with pytest.raises(NotAllowed):
        services.proof_check(actor=cast.viewer("clerk"), commitment=owed, accepted=True, finding="属实", as_agreed=True)
    services.proof_check(
        actor=cast.viewer("second_clerk"), commitment=owed, accepted=True, finding="属实", as_agreed=True
    )


def test_waiting_2_confirming_answering_and_asking_for_time_come_on_paper_too(cast, promise, paper):
    owed = promise(in_force=False, bearer_present=False)
    clerk = cast.viewer("clerk")
    services.commitment_confirm(actor=clerk, commitment=owed, paper=paper)
    services.commitment_hand_over(actor=clerk, commitment=owed)
    services.commitment_answer(actor=clerk, commitment=owed, text="正在办", paper=paper)
    later = timezone.localdate() + timedelta(days=60)
    services.time_ask(actor=clerk, commitment=owed, due_on=later, reason="雨季", paper=paper)
    owed.refresh_from_db()
    assert owed.answered_on == paper.signed_on and owed.papers.count() == 3
    with pytest.raises(NotAllowed):
        services.time_decide(actor=clerk, request=owed.time_requests.get(), granted=True, answer="同意")


def test_waiting_2_a_villagers_judgement_on_paper_is_written_down(cast, checked, paper):
    owed = checked()
    villager = cast.people["villager"]
    with pytest.raises(NotAllowed):
        services.verdict_give(
            actor=cast.viewer("handler"), commitment=owed, value="satisfied", judge=villager, paper=paper
        )
    services.verdict_give(actor=cast.viewer("clerk"), commitment=owed, value="partly", judge=villager, paper=paper)
    assert owed.verdicts.get().paper.signed_by == "村支书"
    entry = Entry.objects.get(code="commitments.verdict.give")
    assert entry.on_behalf_of_id == villager.pk and entry.data["from_paper"]


def test_waiting_2_the_pages_offer_it_and_keep_the_judges_paper_from_the_bearer(client, cast, promise):
    owed = promise()
    sign_in(client, cast, "clerk")
    page = client.get(reverse("commitment", args=[owed.pk])).content.decode()
    prove = reverse("commitment_prove", args=[owed.pk])
    assert prove in page
    typed = {"text": "已修好水沟", "done_on": timezone.localdate().isoformat(), "signed_by": "村支书"}
    refused = client.post(prove, typed)
    assert refused.status_code == 422 and "已修好水沟" in refused.content.decode()
    scan = SimpleUploadedFile("证明.pdf", b"%PDF-1.4 a", content_type="application/pdf")
    assert client.post(prove, {**typed, "scan": scan}).status_code == 302
    proof = owed.proofs.get()
    page = client.get(reverse("commitment", args=[owed.pk])).content.decode()
    assert reverse("commitment_paper", args=[owed.pk, proof.paper_id]) in page and "村支书" in page
    services.proof_check(
        actor=cast.viewer("second_clerk"), commitment=owed, accepted=True, finding="属实", as_agreed=True
    )
    scan = SimpleUploadedFile("评价.pdf", b"%PDF-1.4 b", content_type="application/pdf")
    said = {"judge": cast.people["villager"].pk, "value": "satisfied", "signed_by": "村民甲", "scan": scan}
    assert client.post(reverse("commitment_hear", args=[owed.pk]), said).status_code == 302
    verdict = owed.verdicts.get()
    secret = reverse("commitment_paper", args=[owed.pk, verdict.paper_id])
    assert client.get(secret).status_code == 200
    sign_in(client, cast, "handler")
    assert client.get(secret).status_code == 404
    assert client.get(reverse("commitment_hear", args=[owed.pk])).status_code == 404
    page = client.get(reverse("commitment", args=[owed.pk])).content.decode()
    assert secret not in page and "村民甲" not in page
