"""What people do in a consultation: vote, state, appeal; and which statement they are shown next.

A voice is not a person. It is found again by a keyed hash of what its holder has: a receipt kept by the phone, a slip,
an account. The journal says that a voice voted, never how, and never whose it is (docs/decisions/0022).
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import (
    Consultation,
    ConsultationSlip,
    ConsultationStatement,
    ConsultationVote,
    Party,
    Voice,
)
from yishi.deliberation.reads import hold
from yishi.journal.act import Act, Actor, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import clean_code, named_id
from yishi.organisations.grants import Viewer
from yishi.organisations.query_codes import keyed

from .consultation_statements import State, statement_write
from .consultations import Stage, locked_consultation, voice_digest

TEXT = Words("text", 300, _("Please write why it should be admitted."))

Kind = Voice.Kind
MOST_WAITING = 3  # statements of one voice that wait for moderation
RECEIPT_LENGTH = 10


@dataclass(frozen=True, slots=True)
class Ballot:
    """With what somebody votes: by which kind, and the keyed hash that finds their voice. No voice needs to exist."""

    consultation_id: UUID
    kind: str
    digest: str
    network: str = ""

    @property
    def voice_id(self) -> UUID:
        return named_id("voice", self.digest)

    @property
    def actor(self) -> Actor:
        """The journal learns that a voice spoke, not which."""
        return Actor(right_kind="voice")


def ballot_of(consultation: Consultation, viewer: Viewer, secret: str, address: str = "") -> Ballot | None:
    """The ballot of who comes with `secret` (a receipt or a slip's code, however written), or None for who has none.

    An account or query code counts once, on whatever phone. Where only slips count, only slips do.
    """
    code = clean_code(secret)
    if len(code) == RECEIPT_LENGTH:
        digest = voice_digest(consultation.pk, Kind.SLIP, code)
        if ConsultationSlip.objects.filter(consultation=consultation, digest=digest, is_void=False).exists():
            return Ballot(consultation.pk, Kind.SLIP, digest)
    if consultation.audience == Consultation.Audience.INVITED:
        return None
    network = keyed(f"network:{consultation.pk}:{address}".encode()).hex()[:16] if address else ""
    if viewer.person_id is not None:
        digest = voice_digest(consultation.pk, Kind.ACCOUNT, str(viewer.person_id))
        return Ballot(consultation.pk, Kind.ACCOUNT, digest, network)
    if len(code) == RECEIPT_LENGTH:
        return Ballot(consultation.pk, Kind.LINK, voice_digest(consultation.pk, Kind.LINK, code), network)
    return None


def voice_of(ballot: Ballot | None) -> Voice | None:
    """The voice that this ballot has raised before."""
    return Voice.objects.filter(pk=ballot.voice_id).select_related("party").first() if ballot else None


def is_open(consultation: Consultation, now: datetime | None = None) -> bool:
    """Is it the stage of voting, and its last moment still to come? `now`: the moment that is asked about."""
    return consultation.stage == Stage.OPEN and (now or timezone.now()) < consultation.closes_at


def votes_give(
    *, ballot: Ballot, votes: Mapping[int, int], party: Party | None = None, act_id: UUID | None = None
) -> Receipt:
    """Say where one stands: statement number → +1, 0 or -1, and to which party one belongs. The last word counts.

    The first act of a ballot raises its voice. Result: new (how many statements were voted on for the first time).
    """
    sent_votes = {str(number): value for number, value in sorted(votes.items())}
    body = {"ballot": ballot.digest, "votes": sent_votes, "party": party.pk if party else None}
    with act("deliberation.consultation.vote", actor=ballot.actor, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row, voice, is_new = _speak(this, ballot, party)
        statements = {
            statement.number: statement
            for statement in row.statements.filter(number__in=list(votes), state=State.ADMITTED).only("number")
        }
        for number, value in votes.items():
            if value not in ConsultationVote.Value.values:
                raise Refusal("vote.value", _("Please choose one of the three answers."), field="value")
            if number not in statements:
                raise Refusal("vote.statement", _("This statement is not there any more. Go on with the next one."))
        known = voice.votes.filter(statement__in=statements.values()).count()
        ballots = [
            ConsultationVote(voice=voice, statement=statements[number], value=value) for number, value in votes.items()
        ]
        ConsultationVote.objects.bulk_create(
            ballots, update_conflicts=True, unique_fields=["voice", "statement"], update_fields=["value"]
        )
        new = len(ballots) - known
        _enter(this, row, is_new, {"consultation_votes": new})
        this.result(new=new)
    return this.receipt


def statement_state(*, ballot: Ballot, text: str, party: Party | None = None, act_id: UUID | None = None) -> Receipt:
    """A statement of one's own: it waits for moderation, and one agrees with it. Result: number."""
    body = {"ballot": ballot.digest, "text": text, "party": party.pk if party else None}
    with act("deliberation.consultation.state", actor=ballot.actor, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row, voice, is_new = _speak(this, ballot, party)
        if not row.may_people_state:
            raise WrongStage("state.closed", _("In this consultation people vote; statements come from the desk."))
        row = locked_consultation(row, Stage.OPEN)
        if voice.statements.filter(state=State.WAITING).count() >= MOST_WAITING:
            raise Refusal(
                "state.many",
                _("Three statements of yours wait to be looked at. Vote on others meanwhile; then write the next one."),
                field="text",
            )
        made = statement_write(row, text, at=this.now, voice=voice)
        ConsultationVote.objects.create(voice=voice, statement=made, value=1)
        _enter(this, row, is_new, {"consultation_statements": 1, "consultation_votes": 1}, number=made.number)
        this.result(number=made.number)
    return this.receipt


def statement_appeal(
    *, ballot: Ballot, statement: ConsultationStatement, text: str, act_id: UUID | None = None
) -> Receipt:
    """Who stated it does not accept the refusal: once, with words; a second person answers."""
    body = {"ballot": ballot.digest, "statement": statement.pk, "text": text}
    with act("deliberation.consultation.appeal", actor=ballot.actor, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_consultation(statement.consultation, Stage.OPEN)
        fresh = ConsultationStatement.objects.select_for_update().get(pk=statement.pk)
        if fresh.voice_id != ballot.voice_id:
            raise Refusal("appeal.foreign", _("Only who made the statement may appeal, from the same phone or slip."))
        if fresh.state != State.REFUSED or fresh.appealed_at is not None:
            raise WrongStage("appeal.over", _("There is nothing to appeal against, or the appeal was made already."))
        fresh.appeal = TEXT.kept(text)
        fresh.appealed_at = this.now
        fresh.save(update_fields=["appeal", "appealed_at"])
        _enter(this, row, False, {}, number=fresh.number)
        this.result(number=fresh.number)
    return this.receipt


def next_statement(consultation: Consultation, voice: Voice | None, also_not: int = 0) -> ConsultationStatement | None:
    """A statement that this voice has not voted on, drawn in proportion to its priority (one without a priority counts
    as the highest); the same again until the voice has voted. `also_not`: a number to pass over."""
    statements = consultation.statements.filter(state=State.ADMITTED).exclude(number=also_not).only("number")
    if voice is not None:
        statements = statements.exclude(votes__voice=voice)
    numbers = sorted(statement.number for statement in statements)
    if not numbers:
        return None
    known = {int(number): float(weight) for number, weight in consultation.priorities.items()}
    new = max(known.values(), default=1.0)
    count = voice.votes.count() if voice else 0
    drawn = random.Random(f"{voice.pk if voice else ''}/{count}")  # noqa: S311  nobody gains by foreseeing it
    number = drawn.choices(numbers, [max(known.get(number, new), 1e-9) for number in numbers])[0]
    return consultation.statements.get(number=number)


def _speak(this: Act, ballot: Ballot, party: Party | None) -> tuple[Consultation, Voice, bool]:
    """The open consultation and the voice, raised now if it never was. Many speak at once; a closing waits for them."""
    hold(ballot.consultation_id, alone=False)
    row = Consultation.within.select_related("matter").get(pk=ballot.consultation_id)
    if not is_open(row, this.now):
        raise WrongStage(
            "consultation.closed", _("The consultation is closed; nothing more is counted. See the result.")
        )
    if party is not None and (not row.asks_party or party.matter_id != row.matter_id):
        raise Refusal("vote.party", _("This party does not belong to the matter."), field="party")
    fields = {"consultation": row, "kind": ballot.kind, "digest": ballot.digest, "network": ballot.network}
    try:
        with transaction.atomic():
            voice = Voice.objects.create(pk=ballot.voice_id, party=party, **fields)
        return row, voice, True
    except IntegrityError:  # it has spoken before
        voice = Voice.objects.select_for_update(of=("self",)).get(pk=ballot.voice_id)
    if party is not None and voice.party_id != party.pk:
        voice.party = party
        voice.save(update_fields=["party"])
    return row, voice, False


def _enter(this: Act, row: Consultation, is_new: bool, quantities: dict[str, int], **data: object) -> None:
    """How many, never which way: the journal's readers learn no tally from it."""
    voices = {"consultation_voices": 1} if is_new else {}
    this.entry(
        subject=("matter", row.matter_id),
        place=row.matter.place_id,
        quantities={**voices, **{name: count for name, count in quantities.items() if count}},
        data={"consultation": row.pk, **data},
    )
