"""The draft of the minutes is read back: who was there confirms it, or objects; the objection stays with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.deliberation.models import Minutes, MinutesAnswer, Presence, Seat, Sitting
from yishi.deliberation.shown import minutes_digest
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .room import enter, locked_sitting, save, tell_seats

Way = MinutesAnswer.Way
OBJECTION = Words("objection", 500, _("Please write what is not right in the minutes."), code="minutes.objection")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a seat says to the draft: with an `objection` it is not right."""

    seat: Seat
    objection: str = ""


def heard_seats(sitting: Sitting) -> list[Seat]:
    """Who confirms the minutes: everybody who was in the room but observers, each person once, by their first seat.
    Whoever stepped back because of an interest is not asked."""
    came = Presence.objects.filter(sitting=sitting).values("seat")
    seats = Seat.objects.filter(pk__in=came).exclude(role=Seat.Role.OBSERVER)
    seats = seats.exclude(state__in=(Seat.State.RECUSED, Seat.State.MISTAKEN)).select_related("person", "party")
    first: dict[UUID, Seat] = {}
    for seat in seats.order_by("started_on", "pk"):
        first.setdefault(seat.person_id, seat)
    return list(first.values())


def answers_to(minutes: Minutes) -> dict[UUID, MinutesAnswer]:
    """What was said to the draft as it stands, by seat."""
    answers = minutes.answers.filter(draft=minutes.draft).select_related("seat__person", "seat__party", "scan")
    return {answer.seat_id: answer for answer in answers.order_by("written_at", "pk")}


def silent_seats(minutes: Minutes) -> list[Seat]:
    """Who was there and has said nothing to the draft as it stands."""
    answered = answers_to(minutes)
    return [seat for seat in heard_seats(minutes.sitting) if seat.pk not in answered]


def may_wait_no_longer(minutes: Minutes) -> bool:
    """The clock of the minutes has run out: who has not answered is not waited for."""
    return minutes.due_on is not None and minutes.due_on < timezone.localdate()


def minutes_ask(*, actor: Viewer, minutes: Minutes, act_id: UUID | None = None) -> Receipt:
    """Ask those who were there to read the draft and to answer, by phone; each is told. Asked again, who is told is
    told again."""
    by = permit("sitting.run", actor, minutes.sitting.matter)
    with act("deliberation.minutes.ask", actor=by, act_id=act_id, body={"minutes": minutes.pk}) as this:
        if this.replayed:
            return this.receipt
        row, fresh = _draft(minutes)
        silent = silent_seats(fresh)
        if not silent:
            raise Refusal("minutes.answered", _("Everybody who was there has answered already."))
        fresh.asked_at = this.now
        fresh.save(update_fields=["asked_at"])
        save(row)
        enter(this, row, minutes=fresh.pk, asked=len(silent))
        tell_seats(row, "minutes.to_confirm", f"minutes/{fresh.draft}/{this.id}", seats=silent)
    return this.receipt


def minutes_answer(
    *,
    actor: Viewer,
    minutes: Minutes,
    seat: Seat,
    agrees: bool,
    objection: str = "",
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """One's own answer, by phone; said again before the minutes are issued, the last one counts. `shown`: the hash of
    the text that was read (`minutes_digest`)."""
    by = permit("minutes.answer", actor, seat)
    body = {"minutes": minutes.pk, "seat": seat.pk, "agrees": agrees, "objection": objection}
    with act("deliberation.minutes.answer", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row, fresh = _draft(minutes)
        check_shown(shown, minutes_digest(fresh))
        answer = Answer(seat, "" if agrees else OBJECTION.kept(objection))
        _write(this, actor, fresh, [answer], Way.PHONE, None)
        save(row)
        enter(this, row, minutes=fresh.pk, seat=seat.pk, agrees=agrees)
    return this.receipt


def minutes_read(
    *,
    actor: Viewer,
    minutes: Minutes,
    answers: Sequence[Answer],
    way: str,
    scan: Attachment | None = None,
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Record what those who were there said when the draft was read aloud, or on a paper that they signed (then with
    its `scan`). Whoever answered by their own phone is not spoken for. Result: minutes, count."""
    by = permit("sitting.run", actor, minutes.sitting.matter)
    body = {
        "minutes": minutes.pk,
        "answers": [[answer.seat.pk, answer.objection] for answer in answers],
        "way": way,
        "scan": scan.sha256 if scan else None,
    }
    with act("deliberation.minutes.read", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row, fresh = _draft(minutes)
        check_shown(shown, minutes_digest(fresh))
        if way not in (Way.READ, Way.PAPER):
            raise Refusal("minutes.way", _("Please choose one of the values that are offered."), field="way")
        if way == Way.PAPER and scan is None:
            raise Refusal("minutes.scan", _("Please add the photo or scan of the signed paper."), field="scan")
        if not answers:
            raise Refusal("minutes.nobody", _("Please tick who confirmed the minutes, or who objected."))
        said = answers_to(fresh)
        for answer in answers:
            own = said.get(answer.seat.pk)
            if own is not None and own.way == Way.PHONE:
                raise Refusal(
                    "minutes.own",
                    _now("%(name)s has answered by phone; nobody answers for them.") % {"name": answer.seat.person},
                )
        kept = [Answer(answer.seat, OBJECTION.kept(answer.objection, needed=False)) for answer in answers]
        _write(this, actor, fresh, kept, way, scan)
        save(row)
        enter(this, row, minutes=fresh.pk, count=len(kept), objections=sum(bool(each.objection) for each in kept))
        this.result(minutes=fresh.pk, count=len(kept))
    return this.receipt


def _draft(minutes: Minutes) -> tuple[Sitting, Minutes]:
    """Both locked; refused once the minutes are issued."""
    row = locked_sitting(minutes.sitting)
    fresh = Minutes.objects.select_for_update().get(pk=minutes.pk)
    if fresh.issued_at is not None:
        raise WrongStage("minutes.issued", _("The minutes were issued; they do not change any more."))
    fresh.sitting = row
    return row, fresh


def _write(
    this: Act, actor: Viewer, minutes: Minutes, answers: Sequence[Answer], way: str, scan: Attachment | None
) -> None:
    heard = {seat.pk for seat in heard_seats(minutes.sitting)}
    for answer in answers:
        if answer.seat.pk not in heard:
            raise Refusal("minutes.absent", _("Only who was in the room says whether the minutes are right."))
        MinutesAnswer.objects.update_or_create(
            minutes=minutes,
            draft=minutes.draft,
            seat=answer.seat,
            defaults={
                "agrees": not answer.objection,
                "objection": answer.objection,
                "way": way,
                "scan": scan,
                "written_by": actor.person,
                "written_at": this.now,
            },
        )
