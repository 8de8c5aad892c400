"""A gate's answer that came on paper: the desk that runs the matter writes it down, a second person compares the scan.

A body without a login, or one that signs on paper, is not a dead end for the matter. The answer counts when somebody
who did not write it down has compared it with the scan; the file says throughout that it came on paper.
"""

from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.attachments.on_paper import OnPaper
from yishi.commitments.rules import is_small_office
from yishi.database.words import Words
from yishi.deliberation.models import GatePaper, GateRequest
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown, digest
from yishi.kit.errors import NotAllowed, WrongStage
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .asking import shown_to
from .course import of_matter
from .gates import asked, checked_answer, write_answer

NOT_AGREEING = Words("finding", 500, _("Please write what does not agree with the paper."))


def gate_record(
    *,
    actor: Viewer,
    gate: GateRequest,
    answer: str,
    reason: str,
    paper: OnPaper,
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Write down, on behalf of the body that was asked, what its paper says. Result: paper, matter.

    It counts after `gate_compare`. The body is told, so that it can object where it has a login."""
    by = permit("gate.record", actor, gate)
    sent = {"gate": gate.pk, "answer": answer, "reason": reason, "paper": paper.sent}
    with act("deliberation.gate.record", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        matter, gate = asked(gate)
        reason = checked_answer(gate, answer, reason)
        now = digest(shown_to(gate))
        check_shown(shown, now)
        if gate.papers.filter(outcome="").exists():
            raise WrongStage(
                "gate.paper_waits", _("A colleague has written down a paper already; it waits to be compared.")
            )
        signed = paper.record(actor, this.now, not_before=of_matter(matter))
        kept = GatePaper.objects.create(gate=gate, answer=answer, reason=reason, digest=now, **signed)
        this.entry(
            subject=("matter", matter.pk),
            place=matter.place_id,
            dims={"body": gate.body_id, "answer": answer},
            data={"gate": gate.pk, "paper": kept.pk, "scan": kept.scan.sha256, "signed_on": kept.signed_on},
        )
        tell(
            body_id=gate.body_id,
            code="gate.recorded",
            params={"number": matter.number, "gate": gate.name},
            subject=("gate", gate.pk),
            once=f"gate.recorded/{kept.pk}",
        )
        this.result(paper=kept.pk, matter=matter.pk)
    return this.receipt


def gate_compare(
    *, actor: Viewer, paper: GatePaper, accepted: bool, finding: str = "", act_id: UUID | None = None
) -> Receipt:
    """Compare, as a second person, what was written down with the scan. Result: gate, matter, step where it is right.

    Right: it is the body's answer from the day on the paper on. Not right: it is put aside, and can be written down
    again. Who wrote it down compares it only in a small office; the file shows it then."""
    by = permit("gate.compare", actor, paper)
    sent = {"paper": paper.pk, "accepted": accepted, "finding": finding}
    with act("deliberation.gate.compare", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        paper = (
            GatePaper.objects.select_for_update(of=("self",)).select_related("gate__matter", "scan").get(pk=paper.pk)
        )
        if paper.outcome:
            raise WrongStage("gate.paper_compared", _("A colleague has compared this paper already."))
        same_hands = actor.person_id is not None and actor.person_id == paper.recorded_by_id
        if same_hands and not is_small_office():
            raise NotAllowed(
                "gate.second_person", _("A second person compares it: somebody who did not write it down.")
            )
        paper.outcome = GatePaper.Outcome.ACCEPTED if accepted else GatePaper.Outcome.RETURNED
        paper.finding = NOT_AGREEING.kept(finding, needed=not accepted)
        paper.checked_by_id, paper.checked_at, paper.same_hands = actor.person_id, this.now, same_hands
        data: dict[str, Any] = {"paper": paper.pk, "same_hands": same_hands}
        if accepted:
            matter, gate = asked(paper.gate)
            shown = shown_to(gate)
            check_shown(paper.digest, digest(shown))
            paper.save()
            data |= {"from_paper": True, "signed_on": paper.signed_on}
            at = this.on_day(paper.signed_on)
            paper.gate = write_answer(this, matter, gate, paper.answer, paper.reason, shown, person=None, at=at, **data)
        else:
            this.entry(
                subject=("matter", paper.gate.matter_id),
                place=paper.gate.matter.place_id,
                data={**data, "right": False},
            )
        paper.save()
    return this.receipt
