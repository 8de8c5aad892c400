"""What every act on a commitment shares: lock, remark, entry."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.attachments.on_paper import OnPaper
from yishi.commitments.models import Commitment, LedgerEvent, PromisePaper, TimeRequest
from yishi.commitments.rules import is_small_office, same_hands
from yishi.database.words import Words
from yishi.journal.act import Act, Actor
from yishi.kit.errors import NotAllowed, Refusal
from yishi.notices.days import day_said, happened
from yishi.notices.services import tell
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit


def locked(commitment: Commitment) -> Commitment:
    """The row as it stands now, locked for this act."""
    return (
        Commitment.within.select_for_update(of=("self",))
        .select_related("bearer", "supervisor", "place")
        .get(pk=commitment.pk)
    )


def as_bearer(actor: Viewer, commitment: Commitment, paper: OnPaper | None) -> Actor:
    """Who says something as the bearer: its desk, or with a `paper` of the bearer the desk that writes it down."""
    return permit("commitment.answer" if paper is None else "commitment.record", actor, commitment)


def kept_paper(this: Act, actor: Viewer, commitment: Commitment, paper: OnPaper | None) -> PromisePaper | None:
    """The paper as it belongs to the file from now on."""
    if paper is None:
        return None
    columns = paper.record(actor, this.now, not_before=of_promise(commitment))
    return PromisePaper.objects.create(commitment=commitment, body_id=this.actor.body_id, **columns)


def sent_paper(paper: OnPaper | None) -> dict[str, object]:
    """What an act was sent with, where it came on paper; nothing else changes the hash of what is sent."""
    return {"paper": paper.sent} if paper else {}


def paper_data(paper: PromisePaper | None) -> dict[str, Any]:
    """What the journal's entry says of it: from paper, on behalf of whoever signed."""
    if paper is None:
        return {}
    return {"from_paper": True, "paper": paper.pk, "scan": paper.scan.sha256, "signed_on": paper.signed_on}


def remark(
    this: Act,
    commitment: Commitment,
    kind: str,
    *,
    text: str = "",
    number: str = "",
    body: Body | None = None,
    on: date | None = None,
    by: Actor | None = None,
    paper: PromisePaper | None = None,
    before: dict[str, Any] | None = None,
    same_hands: bool = False,
) -> LedgerEvent:
    """A dated remark in the commitment's file, signed by whoever acts (or `by`) unless another desk is named. `before`:
    what a decision moved (`clocks_kept`), so that it can be taken back. `same_hands`: see `second_person`."""
    signs = by or this.actor
    return LedgerEvent.objects.create(
        commitment=commitment,
        kind=kind,
        round=commitment.round,
        text=text,
        number=number,
        body_id=body.pk if body else signs.body_id,
        by_id=signs.person_id,
        on=on or (paper.signed_on if paper else timezone.localdate(this.at)),
        at=this.now,
        paper=paper,
        before=before,
        same_hands=same_hands,
    )


def enter(this: Act, commitment: Commitment, verb: str, *, on: date | None = None, **data: object) -> None:
    """The journal's entry of one step, which happened on the day `on` (now without it)."""
    this.entry(
        subject=("commitment", commitment.pk),
        place=commitment.place_id,
        at=this.on_day(on) if on else None,
        dims={"body": commitment.bearer_id, "origin": commitment.origin_kind},
        quantities={verb: 1},
        data={"state": commitment.state, "round": commitment.round, "origin": commitment.origin_id, **data},
    )
    this.result(commitment=commitment.pk)


def tell_desk(commitment: Commitment, body_id: UUID, code: str, suffix: str, *, due_on: date | None = None) -> None:
    """Tell a desk about a commitment; the same thing once."""
    tell(
        body_id=body_id,
        code=code,
        params={"number": commitment.number, "due_on": due_on or commitment.due_on},
        subject=("commitment", commitment.pk),
        once=f"{code}/{commitment.pk}/{commitment.round}/{suffix}/{body_id}",
    )


def tell_bearer(commitment: Commitment, code: str, suffix: str, *, due_on: date | None = None) -> None:
    """Tell who owes it. A party or a household has no desk: its supervisor's is asked to tell it by hand."""
    if commitment.bearer_id is not None:
        tell_desk(commitment, commitment.bearer_id, code, suffix, due_on=due_on)
        return
    tell(
        body_id=commitment.supervisor_id,
        code="commitment.by_hand",
        params={"number": commitment.number, "whom": commitment.owes, "due_on": due_on or commitment.due_on},
        subject=("commitment", commitment.pk),
        once=f"by_hand/{code}/{commitment.pk}/{commitment.round}/{suffix}",
    )


def tell_judges(commitment: Commitment, code: str, suffix: str) -> None:
    """Tell those who judge, in the app and by SMS where they left a number."""
    for judge in commitment.judges.select_related("person"):
        tell(
            person=judge.person,
            code=code,
            params={"number": commitment.number, "due_on": commitment.verdict_due_on or commitment.due_on},
            subject=("commitment", commitment.pk),
            once=f"{code}/{commitment.pk}/{commitment.round}/{suffix}/{judge.person_id}",
            channels=("app", "sms"),
        )


def second_person(actor: Viewer, commitment: Commitment, *, gave: UUID | None = None) -> bool:
    """Refuse a decision by who gave the proof (`gave`), or by somebody of the bearer's desk, about their own promise.

    In a small office, where one person may hold several posts, it is allowed: True then, and the file shows it.
    """
    if not same_hands(actor, commitment, gave):
        return False
    if not is_small_office():
        raise NotAllowed(
            "commitment.second_person",
            _("This takes a second person: somebody from another desk than the bearer's."),
        )
    return True


def requests_end(this: Act, commitment: Commitment, answer: object) -> None:
    """A request for more time that nobody decided ends with the promise, or with its round."""
    TimeRequest.objects.filter(commitment=commitment, granted__isnull=True).update(
        granted=False, answer=str(answer), decided_at=this.now
    )


def today_of(this: Act) -> date:
    """The day on which the platform received the act."""
    return timezone.localdate(this.now)


def promised_words(field: str, longest: int) -> Words:
    """Words that an act on a promise must be given."""
    missing = _("Please write a sentence here.")
    return Words(field, longest, missing, code=f"commitment.{field}.empty", long_code=f"commitment.{field}.long")


def of_promise(commitment: Commitment) -> tuple[date, Any]:
    """The day before which nothing of a promise can have happened: a bearer may begin before the hand-over."""
    return commitment.agreed_on, _("It was promised on %(day)s; this cannot have been earlier.")


def day_of(day: date, field: str, this: Act, commitment: Commitment | None = None) -> date:
    """The day on which something happened, to a promise that was given before."""
    since = of_promise(commitment) if commitment is not None else None
    return happened(day, field, code=f"commitment.{field}", today=today_of(this), not_before=since)


def not_past(day: date, field: str, today: date) -> date:
    """A day by which something is due: not before today."""
    if day < today:
        raise Refusal(
            f"commitment.{field}.past",
            _("The due date %(day)s has passed. Please choose a day from today on.") % {"day": day_said(day)},
            field=field,
        )
    return day
