"""A secret ballot in the room (无记名投票): who voted stands on a roll that all entitled read; what, in a sealed urn.

Screens and paper go against one roll: who voted by account, by the code of the seat, or took a paper slip, is on one
line of it, and that line once. No act's receipt and no entry covers what somebody chose (decision 0070).
"""

from collections import Counter
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import BallotVoter, Minutes, Seat, SecretBallot, Sitting, Urn
from yishi.deliberation.process.schema import read_document
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit import urn
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import clean_code, new_code
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .ballot_keys import key_destroy, key_keep, key_of, keys_left
from .room import enter, here_that_count, locked_sitting, next_state, quorum_now, save

State = SecretBallot.State
Way = BallotVoter.Way
QUESTION = Words("question", 300, _("Please write on what the room votes."))
CHOICE = Words("choices", 60)
WHY_VOID = Words("reason", 300, _("Please write why the ballot does not count."))
LEAST_VOTERS = 3  # of two, each knows what the other said
MOST_CHOICES = 12
MARK_LENGTH = 4
VOICES = (Seat.Role.PARTY, Seat.Role.REPRESENTATIVE)  # who votes where the model has no class for their seat


def usual_choices() -> list[str]:
    """What stands on a slip unless something else is written."""
    return [_now("in favour"), _now("against"), _now("abstain")]


def entitled(sitting: Sitting) -> list[Seat]:
    """Who votes in a ballot that opens now: who is in the room and has a voice by the model; each person once. The
    chair, observers, and who stepped back do not."""
    seats = Seat.objects.filter(
        presences__sitting=sitting, presences__left_at__isnull=True, ended_on__isnull=True, state__in=Seat.LIVE
    )
    voiced = {seat.code: seat.votes for seat in read_document(sitting.matter.process.document).seats}
    found: dict[UUID, Seat] = {}
    for seat in seats.select_related("person", "party").order_by("party__ordinal", "pk"):
        if seat.role in (Seat.Role.CHAIR, Seat.Role.OBSERVER):
            continue
        if seat.role in VOICES or voiced.get(seat.seat_class, False):
            found.setdefault(seat.person_id, seat)
    return list(found.values())


def ballot_open(
    *,
    actor: Viewer,
    sitting: Sitting,
    question: str,
    choices: Sequence[str] = (),
    on_screen: bool = True,
    on_paper: bool = False,
    teller: Seat | None = None,
    scrutineer: Seat | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Open a secret ballot on `question`, with the roll of who is in the room now. Paper slips need a teller and a
    scrutineer, who are two people. Below the quorum nothing is decided, so none opens. Result: ballot."""
    by = permit("sitting.run", actor, sitting.matter)
    body = {
        "sitting": sitting.pk,
        "question": question,
        "choices": list(choices),
        "on_screen": on_screen,
        "on_paper": on_paper,
        "teller": teller.pk if teller else None,
        "scrutineer": scrutineer.pk if scrutineer else None,
    }
    with act("deliberation.ballot.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_sitting(sitting)
        next_state(row, "state")
        _check_ways(row, on_screen, on_paper, teller, scrutineer)
        if row.ballots.filter(state=State.OPEN).exists():
            raise WrongStage("ballot.another", _("Another secret ballot is open. Count it first."))
        present, quorum = here_that_count(row), quorum_now(row)
        if present < quorum:
            raise WrongStage(
                "ballot.quorum",
                _("%(present)d are here, the quorum is %(quorum)d: nothing can be decided. Wait or take a recess.")
                % {"present": present, "quorum": quorum},
            )
        seats = entitled(row)
        if len(seats) < LEAST_VOTERS:
            raise Refusal(
                "ballot.few",
                _("Only %(count)d in the room have a vote; with fewer than %(least)d none of them is secret.")
                % {"count": len(seats), "least": LEAST_VOTERS},
            )
        ballot = SecretBallot.objects.create(
            sitting=row,
            ordinal=row.ballots.count() + 1,
            question=QUESTION.kept(question),
            choices=_choices(choices),
            on_screen=on_screen,
            on_paper=on_paper,
            mark=new_code(MARK_LENGTH),
            teller=teller if on_paper else None,
            scrutineer=scrutineer if on_paper else None,
            opened_at=this.now,
            present=present,
            quorum=quorum,
        )
        BallotVoter.objects.bulk_create(
            BallotVoter(ballot=ballot, seat=seat, person_id=seat.person_id) for seat in seats
        )
        if on_screen:
            _set_up_urn(ballot)
        save(row)
        _enter(this, row, ballot, voters=len(seats))
    return this.receipt


def ballot_vote(*, actor: Viewer, ballot: SecretBallot, choice: int, act_id: UUID | None = None) -> Receipt:
    """Put one's own slip into the urn: by account or by the code of the seat, once, and for good. Nobody does it for
    another. What is hashed and entered says that somebody voted and not what. Result: ballot."""
    by = permit("ballot.vote", actor, ballot)
    with act("deliberation.ballot.vote", actor=by, act_id=act_id, body={"ballot": ballot.pk}) as this:
        if this.replayed:
            return this.receipt
        _raise_number(ballot.sitting_id)
        row = _locked(ballot)
        if row.sitting.state != Sitting.State.OPEN:
            raise WrongStage("ballot.recess", _("The sitting is not open now: nobody votes."))
        if not row.on_screen:
            raise Refusal("ballot.paper_only", _("This ballot is on paper. Ask the secretary for a slip."))
        if not 0 <= choice < len(row.choices):
            raise Refusal("ballot.choice", _("Please choose one of the answers."), field="choice")
        voter = row.voters.select_for_update(of=("self",)).select_related("seat").get(person=actor.person_id)
        _check_free(voter)
        box = Urn.objects.select_for_update().get(ballot=row)
        box.slips = urn.put_in(bytes(box.slips), urn.sealed_slip(bytes(box.public_key), choice, row.pk.bytes))
        box.save(update_fields=["slips"])
        voter.way = Way.SCREEN
        voter.save(update_fields=["way"])
        _enter(this, row.sitting, row, seat=voter.seat_id)
    return this.receipt


def ballot_hand_out(
    *, actor: Viewer, ballot: SecretBallot, voters: Collection[BallotVoter], act_id: UUID | None = None
) -> Receipt:
    """Write down to whom a paper slip was handed (发票): who has voted on the screen, or has one, gets none. Result:
    ballot, handed."""
    by = permit("sitting.run", actor, ballot.sitting.matter)
    body = {"ballot": ballot.pk, "voters": sorted(str(voter.pk) for voter in voters)}
    with act("deliberation.ballot.hand_out", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        _raise_number(ballot.sitting_id)
        row = _locked(ballot)
        if not row.on_paper:
            raise Refusal("ballot.screen_only", _("This ballot has no paper slips."))
        if not voters:
            raise Refusal("ballot.nobody", _("Please tick to whom a slip is handed."), field="voters")
        lines = row.voters.select_for_update(of=("self",)).select_related("seat", "person")
        for voter in lines.filter(pk__in=[voter.pk for voter in voters]):
            _check_free(voter)
            voter.way = Way.PAPER
            voter.save(update_fields=["way"])
        handed = row.voters.filter(way=Way.PAPER).count()
        _enter(this, row.sitting, row, seats=[voter.seat_id for voter in voters])
        this.result(handed=handed)
    return this.receipt


def ballot_slip_back(*, actor: Viewer, ballot: SecretBallot, voter: BallotVoter, act_id: UUID | None = None) -> Receipt:
    """A paper slip came back unused, or was never handed out: this person may vote again, on either way. Result:
    ballot."""
    by = permit("sitting.run", actor, ballot.sitting.matter)
    body = {"ballot": ballot.pk, "voter": voter.pk}
    with act("deliberation.ballot.slip_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        _raise_number(ballot.sitting_id)
        row = _locked(ballot)
        line = row.voters.select_for_update(of=("self",)).filter(pk=voter.pk, way=Way.PAPER).first()
        if line is None:
            raise WrongStage("ballot.no_slip", _("This person has no paper slip of this ballot."))
        line.way = ""
        line.save(update_fields=["way"])
        _enter(this, row.sitting, row, seat=line.seat_id)
    return this.receipt


def ballot_count(
    *,
    actor: Viewer,
    ballot: SecretBallot,
    returned: int = 0,
    papers: Sequence[int] = (),
    spoilt: int = 0,
    mark: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """End the ballot and count all slips together. Of paper: how many came back (`returned`), how many for each choice
    (`papers`), how many `spoilt`, and the `mark` printed on them. More slips than were handed out, and slips with
    another mark, are refused. What screens and paper said apart is not kept: in a small room it would tell who.

    Slips and key are thrown away; the roll and the counts stay. Result: ballot.
    """
    by = permit("sitting.run", actor, ballot.sitting.matter)
    # What was typed of paper is hashed nowhere: from a hash of so few numbers anybody finds them again.
    with act("deliberation.ballot.count", actor=by, act_id=act_id, body={"ballot": ballot.pk}) as this:
        if this.replayed:
            return this.receipt
        sitting = locked_sitting(ballot.sitting)
        row = _locked(ballot)
        numbers = list(papers) or [0] * len(row.choices)
        _check_papers(row, returned, numbers, spoilt, mark)
        for choice in _screens(row):
            numbers[choice] += 1
        row.counts, row.returned, row.spoilt = numbers, returned, spoilt
        row.state, row.counted_at = State.COUNTED, this.now
        row.save(update_fields=["counts", "returned", "spoilt", "state", "counted_at"])
        _throw_away(row)
        save(sitting)
        voted = turnouts([row])[row.pk]
        _enter(this, sitting, row, voters=voted["entitled"], voted=voted["slips"], counts=numbers, spoilt=spoilt)
    return this.receipt


def ballot_void(*, actor: Viewer, ballot: SecretBallot, reason: str, act_id: UUID | None = None) -> Receipt:
    """The ballot does not count: opened by mistake, more slips than were handed out, a wrong number typed. Its slips
    and key are thrown away; what was counted stays to be read, as void. The room may vote anew. Result: ballot."""
    by = permit("sitting.run", actor, ballot.sitting.matter)
    body = {"ballot": ballot.pk, "reason": reason}
    with act("deliberation.ballot.void", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        sitting = locked_sitting(ballot.sitting)
        row = SecretBallot.objects.select_for_update(of=("self",)).get(pk=ballot.pk)
        if row.state == State.VOID:
            raise WrongStage("ballot.void", _("This ballot is void already."))
        if Minutes.objects.filter(sitting=sitting, issued_at__isnull=False).exists():
            raise WrongStage("minutes.issued", _("The minutes were issued; they do not change any more."))
        row.state, row.void_at, row.void_reason = State.VOID, this.now, WHY_VOID.kept(reason)
        row.save(update_fields=["state", "void_at", "void_reason"])
        _throw_away(row)
        save(sitting)
        _enter(this, sitting, row)
    return this.receipt


def turnouts(ballots: Collection[SecretBallot]) -> dict[UUID, dict[str, int]]:
    """Per ballot: how many may vote (`entitled`), voted on `screen`, were handed `paper` slips, and how many `slips`
    there are: those of the screens, and of paper those that came back; until they are counted, those handed out."""
    lines = BallotVoter.objects.filter(ballot__in=ballots).values_list("ballot", "way").annotate(Count("pk"))
    ways: dict[UUID, Counter[str]] = {ballot.pk: Counter() for ballot in ballots}
    for ballot_id, way, count in lines:
        ways[ballot_id][way] = count
    return {
        ballot.pk: {
            "entitled": sum(ways[ballot.pk].values()),
            "screen": ways[ballot.pk][Way.SCREEN],
            "paper": ways[ballot.pk][Way.PAPER],
            "slips": ways[ballot.pk][Way.SCREEN]
            + (ways[ballot.pk][Way.PAPER] if ballot.returned is None else ballot.returned),
        }
        for ballot in ballots
    }


def check_no_ballot(sitting: Sitting) -> None:
    """Refuse to end a sitting while a secret ballot is open in it."""
    if sitting.ballots.filter(state=State.OPEN).exists():
        raise WrongStage("ballot.open", _("A secret ballot is open. Count it first, or say that it does not count."))


def _check_ways(
    sitting: Sitting, on_screen: bool, on_paper: bool, teller: Seat | None, scrutineer: Seat | None
) -> None:
    if not on_screen and not on_paper:
        raise Refusal("ballot.no_way", _("Please choose screens, paper, or both."), field="on_screen")
    if not on_paper:
        return
    for field, seat in (("teller", teller), ("scrutineer", scrutineer)):
        if seat is None:
            raise Refusal(
                "ballot.no_teller", _("Paper slips need a teller and a scrutineer. Please choose both."), field=field
            )
        if not sitting.presences.filter(seat=seat, left_at__isnull=True).exists():
            raise Refusal(
                "ballot.teller_absent", _("%(name)s is not in the room.") % {"name": seat.person}, field=field
            )
        if seat.role == Seat.Role.CHAIR:
            raise Refusal("ballot.teller_chair", _("The chair counts no slips. Choose somebody else."), field=field)
    if teller is not None and scrutineer is not None and teller.person_id == scrutineer.person_id:
        raise Refusal(
            "ballot.one_teller", _("Who counts and who watches the counting are two people."), field="scrutineer"
        )


def _choices(choices: Sequence[str]) -> list[str]:
    kept = [CHOICE.kept(choice) for choice in choices if choice.strip()] or usual_choices()
    if not 2 <= len(kept) <= MOST_CHOICES:
        raise Refusal(
            "ballot.choices",
            _("Please write two to %(most)d answers, each on a line of its own.") % {"most": MOST_CHOICES},
            field="choices",
        )
    if len(set(kept)) < len(kept):
        raise Refusal("ballot.choices_twice", _("Two of the answers are the same."), field="choices")
    return kept


def _set_up_urn(ballot: SecretBallot) -> None:
    """Its key lies on the disk before anybody seals a slip; keys that an interrupted act left are swept away."""
    private, public = urn.new_keys()
    Urn.objects.create(ballot=ballot, public_key=public)
    key_keep(ballot.pk, private)
    transaction.on_commit(_sweep)


def _sweep() -> None:
    for left in keys_left(Urn.objects.values_list("ballot", flat=True)):
        key_destroy(left)


def _locked(ballot: SecretBallot) -> SecretBallot:
    """The ballot, locked while it is open."""
    rows = SecretBallot.objects.select_for_update(of=("self",)).select_related("sitting__matter__place")
    row = rows.get(pk=ballot.pk)
    if row.state != State.OPEN:
        raise WrongStage("ballot.over", _("This ballot is over: no slip is taken or counted any more."))
    return row


def _raise_number(sitting: UUID) -> None:
    """The desk's screens show how many have voted. It locks the sitting, before the ballot: as closing one does."""
    Sitting.within.filter(pk=sitting).update(roll_version=F("roll_version") + 1)


def _check_free(voter: BallotVoter) -> None:
    """Refuse whoever has voted, holds a paper slip, or no seat any more."""
    if voter.seat.ended_on is not None or voter.seat.state not in Seat.LIVE:
        raise Refusal("ballot.seat", _("%(name)s holds no seat any more and has no vote.") % {"name": voter.person})
    if voter.way == Way.SCREEN:
        raise WrongStage("ballot.voted", _("%(name)s has voted already.") % {"name": voter.person})
    if voter.way == Way.PAPER:
        raise WrongStage("ballot.has_slip", _("%(name)s has a paper slip and votes with it.") % {"name": voter.person})


def _check_papers(ballot: SecretBallot, returned: int, numbers: list[int], spoilt: int, mark: str) -> None:
    """Refuse numbers that no counting of the slips that were handed out can give, and slips of another ballot."""
    handed = ballot.voters.filter(way=Way.PAPER).count()
    if len(numbers) != len(ballot.choices) or min(returned, spoilt, *numbers) < 0:
        raise Refusal("ballot.numbers", _("Please type how many slips there are for each answer."), field="returned")
    if returned > handed:
        raise Refusal(
            "ballot.not_issued",
            _(
                "%(returned)d slips came back, and %(handed)d were handed out: slips are among them that were not "
                "issued. Count again; if it stays so, the ballot does not count and is held anew."
            )
            % {"returned": returned, "handed": handed},
            field="returned",
        )
    if sum(numbers) + spoilt != returned:
        raise Refusal(
            "ballot.sum",
            _("%(returned)d slips came back, and %(counted)d are counted. Please count again.")
            % {"returned": returned, "counted": sum(numbers) + spoilt},
            field="returned",
        )
    if returned and clean_code(mark) != ballot.mark:
        raise Refusal(
            "ballot.mark",
            _("The slips of this ballot carry another mark: those with a wrong one were not issued here."),
            field="mark",
        )


def _screens(ballot: SecretBallot) -> list[int]:
    """What the slips in the urn say, in no order of theirs; as many as the roll has names that voted on a screen."""
    if not ballot.on_screen:
        return []
    private = key_of(ballot.pk)
    if private is None:
        raise Refusal(
            "ballot.key_lost",
            _(
                "The key of this urn is not on this machine, so it stays closed. Say that the ballot is void, and vote "
                "anew."
            ),
        )
    try:
        said = urn.opened(private, bytes(Urn.objects.get(ballot=ballot).slips), ballot.pk.bytes)
    except urn.BadUrn:
        said = [-1]
    if len(said) != ballot.voters.filter(way=Way.SCREEN).count() or not all(0 <= n < len(ballot.choices) for n in said):
        raise Refusal(
            "ballot.urn",
            _("The urn does not fit the roll: somebody changed it. Say that the ballot is void, and vote anew."),
        )
    return said


def _throw_away(ballot: SecretBallot) -> None:
    """Slips within the act; the key once the act stands, so that none is lost with an act that failed."""
    Urn.objects.filter(ballot=ballot).delete()
    transaction.on_commit(lambda: key_destroy(ballot.pk))


def _enter(this: Act, sitting: Sitting, ballot: SecretBallot, **data: object) -> None:
    enter(this, sitting, ballot=ballot.pk, **data)
    this.result(ballot=ballot.pk)
