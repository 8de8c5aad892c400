"""An online consultation from its plan to its closing. What people do in it: consultation_voices.py; its statements:
consultation_statements.py; what comes out: consultation_results.py."""

from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Consultation, ConsultationSlip, ConsultationStatement, Matter
from yishi.deliberation.reads import hold
from yishi.journal.act import SYSTEM, Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import NotAllowed, Refusal, WrongStage
from yishi.kit.ids import child_id, code_of, named_id, new_code
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Installation
from yishi.organisations.query_codes import keyed
from yishi.organisations.rights import permit
from yishi.organisations.themes import is_sensitive

from .studies import open_matter

QUESTION = Words("question", 120, _("Please write the question in one sentence."))
INTRO = Words("intro", 2000)
REASON = Words("reason", 300, _("Please write why it ends before its day."))

Stage = Consultation.Stage
LEAST_STATEMENTS = 3  # to open with: what people see first shapes what they say
LONGEST = timedelta(days=90)
MOST_SLIPS = 5_000  # in one batch
CODE_LENGTH = 10


def consultation_plan(
    *,
    actor: Viewer,
    matter: Matter,
    question: str,
    closes_at: datetime,
    intro: str = "",
    audience: str = Consultation.Audience.ANYONE,
    addressed: int | None = None,
    may_people_state: bool = True,
    asks_party: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Prepare a consultation on `matter`; nobody outside sees it before it is opened. Result: consultation."""
    by = permit("consultation.run", actor, matter)
    settings = _settings(question, intro, closes_at, audience, addressed, may_people_state, asks_party)
    with act("deliberation.consultation.plan", actor=by, act_id=act_id, body={"matter": matter.pk, **settings}) as this:
        if this.replayed:
            return this.receipt
        fresh = open_matter(matter)
        if is_sensitive(fresh.theme) or fresh.is_sensitive:
            raise NotAllowed(
                "consultation.sensitive",
                _("This matter is of a kind that stays inside the house. Hold a sitting with the parties instead."),
            )
        row = Consultation.within.create(
            matter=fresh,
            ordinal=fresh.consultations.count() + 1,
            code=new_code(CODE_LENGTH).lower(),
            planned_by=actor.person,
            **_checked(settings, this.now, fresh),
        )
        enter(this, row)
    return this.receipt


def consultation_change(
    *,
    actor: Viewer,
    consultation: Consultation,
    question: str,
    closes_at: datetime,
    intro: str = "",
    audience: str = Consultation.Audience.ANYONE,
    addressed: int | None = None,
    may_people_state: bool = True,
    asks_party: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Change a consultation while it is prepared; once it is open, only its day, its words of introduction and how
    many people it is meant for: those who voted were asked one question."""
    by = permit("consultation.run", actor, consultation)
    settings = _settings(question, intro, closes_at, audience, addressed, may_people_state, asks_party)
    body = {"consultation": consultation.pk, **settings}
    with act("deliberation.consultation.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(consultation, Stage.DRAFT, Stage.OPEN)
        changed = _checked(settings, row.opened_at or this.now, row.matter)
        if row.stage == Stage.OPEN:
            if closes_at <= this.now:
                raise Refusal(
                    "consultation.closes",
                    _("To end it now, close it, with the reason; else choose a later day."),
                    field="closes_at",
                )
            changed = {name: changed[name] for name in ("intro", "closes_at", "addressed")}
        for name, value in changed.items():
            setattr(row, name, value)
        row.save(update_fields=list(changed))
        enter(this, row, closes_at=row.closes_at)
    return this.receipt


def consultation_open(*, actor: Viewer, consultation: Consultation, act_id: UUID | None = None) -> Receipt:
    """The release check (信息发布审核): a second person looks at question and statements, and opens it.

    Refuses who planned it (unless the office is small), fewer than three statements, and an end that is over.
    """
    by = permit("consultation.open", actor, consultation)
    body = {"consultation": consultation.pk}
    with act("deliberation.consultation.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(consultation, Stage.DRAFT)
        same_hands = row.planned_by_id is not None and row.planned_by_id == actor.person_id
        if same_hands and not Installation.objects.filter(pk=1, small_office=True).exists():
            raise NotAllowed(
                "consultation.same_person",
                _("You prepared this consultation: somebody else of the desk must check it and open it."),
            )
        admitted = row.statements.filter(state=ConsultationStatement.State.ADMITTED).count()
        if admitted < LEAST_STATEMENTS:
            raise WrongStage(
                "consultation.few",
                _("Write at least %(least)d statements first, for different views; there are %(have)d.")
                % {"least": LEAST_STATEMENTS, "have": admitted},
            )
        if row.closes_at <= this.now:
            raise WrongStage("consultation.over", _("The day on which it ends is over. Change that first."))
        if row.audience == Consultation.Audience.INVITED and not row.slips.filter(is_void=False).exists():
            raise WrongStage("consultation.no_slips", _("Only holders of slips may vote: make the slips first."))
        row.stage, row.opened_at, row.opened_by = Stage.OPEN, this.now, actor.person
        row.save(update_fields=["stage", "opened_at", "opened_by"])
        enter(this, row, same_hands=same_hands)
    return this.receipt


def consultation_close(
    *, actor: Viewer, consultation: Consultation, reason: str = "", act_id: UUID | None = None
) -> Receipt:
    """Close a consultation: no more votes. Before its day this needs a reason, which everybody reads."""
    by = permit("consultation.run", actor, consultation)
    body = {"consultation": consultation.pk, "reason": reason}
    with act("deliberation.consultation.close", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _close(this, consultation)
        if row.closed_at and row.closed_at < row.closes_at:
            row.closing_reason = REASON.kept(reason)
            row.save(update_fields=["closing_reason"])
        enter(this, row)
    return this.receipt


def consultation_end(consultation: Consultation) -> Receipt:
    """The clock's own closing, once the day is over."""
    identity = named_id("consultation/end", f"{consultation.pk}/{consultation.closes_at.isoformat()}")
    body = {"consultation": consultation.pk}
    with act("deliberation.consultation.close", actor=SYSTEM, act_id=identity, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _close(this, consultation)
        if row.closes_at > this.now:
            raise WrongStage("consultation.early", _("Its day was changed; it is still open."))
        enter(this, row)
    return this.receipt


def link_reissue(*, actor: Viewer, consultation: Consultation, act_id: UUID | None = None) -> Receipt:
    """A new link: the old one, and every poster with it, stops working at once. Slips and voices stay."""
    by = permit("consultation.run", actor, consultation)
    body = {"consultation": consultation.pk}
    with act("deliberation.consultation.link", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(consultation, Stage.DRAFT, Stage.OPEN)
        row.code = new_code(CODE_LENGTH).lower()
        row.save(update_fields=["code"])
        enter(this, row)
    return this.receipt


def slips_make(*, actor: Viewer, consultation: Consultation, count: int, act_id: UUID | None = None) -> Receipt:
    """Make `count` slips, numbered on from the last batch; of their codes only digests are kept. Refused when it is
    over and for more than MOST_SLIPS at a time. Result: batch, first, last."""
    by = permit("consultation.run", actor, consultation)
    body = {"consultation": consultation.pk, "count": count}
    with act("deliberation.consultation.slips", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(consultation, Stage.DRAFT, Stage.OPEN)
        if not 1 <= count <= MOST_SLIPS:
            raise Refusal(
                "slips.count",
                _("Between 1 and %(most)d slips are made at a time.") % {"most": MOST_SLIPS},
                field="count",
            )
        last = row.slips.order_by("-number").first()
        batch, before = (last.batch + 1, last.number) if last else (1, 0)
        slips = [
            ConsultationSlip(id=child_id(this.id, number), consultation=row, batch=batch, number=before + number)
            for number in range(1, count + 1)
        ]
        for slip in slips:
            slip.digest = voice_digest(row.pk, "slip", slip_code(slip))
        ConsultationSlip.objects.bulk_create(slips)
        enter(this, row, batch=batch, slips=count)
        this.result(batch=batch, first=before + 1, last=before + count)
    return this.receipt


def slip_code(slip: ConsultationSlip) -> str:
    """The code on a slip: the same at every print, unguessable without the site's key, kept nowhere."""
    return code_of(keyed(b"consultation-slip:" + slip.pk.bytes))


def voice_digest(consultation_id: UUID, kind: str, secret: str) -> str:
    """The keyed hash under which a voice is found again."""
    return keyed(f"voice:{consultation_id}:{kind}:{secret}".encode()).hex()


def locked_consultation(consultation: Consultation, *stages: str) -> Consultation:
    """The consultation, locked; refuses one that is in none of `stages`."""
    consultations = Consultation.within.select_for_update(of=("self",)).select_related(
        "matter__place", "matter__convener"
    )
    row = consultations.get(pk=consultation.pk)
    if row.stage not in stages:
        raise WrongStage(
            "consultation.stage",
            _("The consultation is “%(stage)s” now; this is not possible. Reload the page.")
            % {"stage": row.get_stage_display()},
        )
    return row


def enter(this: Act, row: Consultation, **data: object) -> None:
    """The act's entry on the consultation's matter, and its result."""
    this.entry(
        subject=("matter", row.matter_id),
        place=row.matter.place_id,
        dims={"body": row.matter.convener_id},
        quantities={"consultations": 1} if this.code == "deliberation.consultation.open" else {},
        data={"consultation": row.pk, "stage": row.stage, **data},
    )
    this.result(consultation=row.pk)


def _close(this: Act, consultation: Consultation) -> Consultation:
    hold(consultation.pk, alone=True)  # who is voting at this moment is waited for
    row = locked_consultation(consultation, Stage.OPEN)
    row.stage, row.closed_at = Stage.CLOSED, this.now
    row.save(update_fields=["stage", "closed_at"])
    return row


def _settings(
    question: str,
    intro: str,
    closes_at: datetime,
    audience: str,
    addressed: int | None,
    may_people_state: bool,
    asks_party: bool,
) -> dict[str, object]:
    return {
        "question": question,
        "intro": intro,
        "closes_at": closes_at,
        "audience": audience,
        "addressed": addressed,
        "may_people_state": may_people_state,
        "asks_party": asks_party,
    }


def _checked(settings: dict[str, object], since: datetime, matter: Matter) -> dict[str, object]:
    closes_at = settings["closes_at"]
    if not isinstance(closes_at, datetime) or closes_at <= since:
        raise Refusal("consultation.closes", _("Choose a day and time that is still to come."), field="closes_at")
    if closes_at > since + LONGEST:
        raise Refusal(
            "consultation.long",
            _("A consultation is open for %(days)d days at most: people want to see what came of it.")
            % {"days": LONGEST.days},
            field="closes_at",
        )
    if settings["audience"] not in Consultation.Audience.values:
        raise Refusal("consultation.audience", _("Please choose who may vote."), field="audience")
    if settings["asks_party"] and matter.parties.count() < 2:
        raise Refusal("consultation.parties", _("Name at least two parties of the matter first."), field="asks_party")
    question = QUESTION.kept(str(settings["question"]))
    return {**settings, "question": question, "intro": INTRO.kept(str(settings["intro"]))}
