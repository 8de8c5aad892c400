"""Matters: opened from worries or a plan's topic, joined by further worries, parties named. Course: course.py."""

from collections.abc import Iterable
from datetime import date, datetime, time
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.database.words import Words
from yishi.deliberation.models import Matter, Party, ProcessVersion, Worry, WorryStep
from yishi.deliberation.process.schema import read_document
from yishi.deliberation.process.validator import Missing, matter_missing
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.names import plain_name
from yishi.kit.records import certain
from yishi.notices.days import happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place, Venue
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import permit

from .asking import keep_shown, place_at
from .course import (
    enter,
    locked,
    matter_advance,
    matter_close,
    matter_drop,
    matter_end,
    matter_move_on,
    matter_reopen,
)

NAME = Words("name", 64)

__all__ = [
    "Missing",
    "matter_advance",
    "matter_change",
    "matter_close",
    "matter_drop",
    "matter_end",
    "matter_join_worry",
    "matter_missing",
    "matter_move_on",
    "matter_open",
    "matter_reopen",
    "party_add",
    "party_remove",
]

TITLE = Words(
    "title", 120, _("Write a title of one line that says what it is about."), "matter.no_title", "matter.long_title"
)
SUMMARY = Words("summary", 5000, long_code="matter.long_summary")


def matter_open(
    *,
    actor: Viewer,
    title: str,
    summary: str,
    theme: str,
    place: Place,
    convener: Body,
    process: ProcessVersion,
    venue: Venue | None = None,
    worries: Iterable[Worry] = (),
    opened_on: date | None = None,
    is_sensitive: bool = False,
    is_demo: bool = False,
    source_note: str = "",
    is_published_case: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Open a matter in the first step of `process` and go on as far as its conditions hold. Result: matter, number.

    `worries` are taken up by it. A past `opened_on` is accepted, marked as recorded afterwards, and starts no clock.
    Refuses an empty or over-long title, a draft or retired model, a worry that belongs to another matter.
    """
    worries = list(worries)
    by = permit("matter.open", actor, convener)
    body = {
        "title": title,
        "summary": summary,
        "theme": theme,
        "place": place.pk,
        "convener": convener.pk,
        "process": process.pk,
        "venue": venue.pk if venue else None,
        "worries": [worry.pk for worry in worries],
        "opened_on": opened_on,
        "is_sensitive": is_sensitive,
    }
    with act("deliberation.matter.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        today = timezone.localdate()
        title, summary = TITLE.kept(title), SUMMARY.kept(summary)
        _check_process(process)
        began_on = _("This day is still to come. Write the day on which it began.")
        happened(opened_on or today, "opened_on", code="matter", today=today, to_come=began_on)
        is_past = opened_on is not None and opened_on < today
        matter = Matter.within.create(
            number=_number(place, (opened_on or today).year),
            title=title,
            summary=summary,
            theme=theme,
            place=place,
            venue=venue,
            convener=convener,
            process=process,
            step="",
            stage="raised",
            opened_at=timezone.make_aware(datetime.combine(certain(opened_on), time(9))) if is_past else this.now,
            is_sensitive=is_sensitive,
            is_demo=is_demo,
            is_published_case=is_published_case,
            source_note=source_note,
            backfilled=is_past,
        )
        this.entry(
            subject=("matter", matter.pk),
            place=place.pk,
            at=matter.opened_at,
            dims={"convener": convener.pk, "theme": theme},
            quantities={"matters": 1},
            data={"process": process.pk},
        )
        for worry in worries:
            _take_up(this, matter, worry, actor)
        enter(this, matter, read_document(process.document).steps[0], on=opened_on)
        matter_move_on(matter, by=this.actor, caused_by=this.id)
        this.result(matter=matter.pk, number=matter.number)
    return this.receipt


def matter_join_worry(*, actor: Viewer, matter: Matter, worry: Worry, act_id: UUID | None = None) -> Receipt:
    """A further worry of the same thing joins an open matter; its author hears from now on."""
    by = permit("matter.run", actor, matter)
    body = {"matter": matter.pk, "worry": worry.pk}
    with act("deliberation.matter.join_worry", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        _check_open(fresh)
        _take_up(this, fresh, worry, actor)
        matter_move_on(fresh, by=this.actor, caused_by=this.id)
        this.result(matter=fresh.pk, worry=worry.pk)
    return this.receipt


def matter_change(*, actor: Viewer, matter: Matter, title: str, summary: str, act_id: UUID | None = None) -> Receipt:
    """Replace a matter's title and what it is about; approvals of the earlier words count no longer. Refused when it is
    over. Moves the matter on where its step waited for these words."""
    by = permit("matter.run", actor, matter)
    body = {"matter": matter.pk, "title": title, "summary": summary}
    with act("deliberation.matter.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        _check_open(fresh)
        keep_shown(fresh)
        fresh.title, fresh.summary = TITLE.kept(title), SUMMARY.kept(summary)
        fresh.save(update_fields=["title", "summary"])
        this.entry(subject=("matter", fresh.pk), place=fresh.place_id)
        matter_move_on(fresh, by=this.actor, caused_by=this.id)
        this.result(matter=fresh.pk)
    return this.receipt


def party_add(
    *, actor: Viewer, matter: Matter, name: str, body: Body | None = None, act_id: UUID | None = None
) -> Receipt:
    """Name a party whom the matter concerns. Result: party. Refuses a name that is there already."""
    by = permit("party.add", actor, matter)
    sent = {"matter": matter.pk, "name": name, "body": body.pk if body else None}
    with act("deliberation.party.add", actor=by, act_id=act_id, body=sent) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        _check_open(fresh)
        name = NAME.kept(plain_name(name)) or (NAME.kept(body.name) if body else "")
        if not name:
            raise Refusal("party.no_name", _("Write who the party is, such as “villagers of group 3”."), field="name")
        if fresh.parties.filter(name=name).exists():
            raise Refusal("party.twice", _("This party is named already."), field="name")
        ordinal = (fresh.parties.order_by("-ordinal").values_list("ordinal", flat=True).first() or 0) + 1
        party = Party.objects.create(matter=fresh, name=name, body=body, ordinal=ordinal)
        this.entry(subject=("matter", fresh.pk), place=fresh.place_id, data={"party": party.pk})
        matter_move_on(fresh, by=this.actor, caused_by=this.id)
        this.result(party=party.pk)
    return this.receipt


def party_remove(*, actor: Viewer, matter: Matter, party: Party, act_id: UUID | None = None) -> Receipt:
    """Take out a party that was named by mistake. Refuses one that has a seat or has consented."""
    by = permit("party.add", actor, matter)
    with act("deliberation.party.remove", actor=by, act_id=act_id, body={"party": party.pk}) as this:
        if this.replayed:
            return this.receipt
        fresh = locked(matter)
        _check_open(fresh)
        if party.seats.exists() or any(
            agreement.consents.filter(party=party).exists() for agreement in fresh.agreements.all()
        ):
            raise WrongStage("party.in_use", _("This party has a seat or has consented; it stays on the record."))
        this.entry(subject=("matter", fresh.pk), place=fresh.place_id, data={"party": party.pk})
        Party.objects.filter(pk=party.pk, matter=fresh).delete()
    return this.receipt


def _take_up(this: Act, matter: Matter, worry: Worry, actor: Viewer) -> None:
    """Link a worry. One that the screening has taken up already keeps the step that the screening wrote."""
    worry = Worry.within.select_for_update(of=("self",)).get(pk=worry.pk)
    if worry.matter_id not in (None, matter.pk):
        raise WrongStage(
            "matter.worry_taken",
            _("The worry %(number)s belongs to another matter already.") % {"number": worry.number},
        )
    if worry.state not in (*Worry.OWED, Worry.State.TAKEN_UP):
        raise WrongStage(
            "matter.worry_over",
            _("The worry %(number)s is “%(state)s”; it cannot be taken up any more.")
            % {"number": worry.number, "state": worry.get_state_display()},
        )
    if worry.state in Worry.OWED:
        worry.answered_on = worry.answered_on or timezone.localdate()
        WorryStep.objects.create(
            worry=worry, kind=WorryStep.Kind.TAKEN_UP, body=matter.convener, by=actor.person, at=this.now
        )
    worry.matter, worry.state = matter, Worry.State.TAKEN_UP
    worry.save(update_fields=["matter", "state", "answered_on"])
    this.entry(
        code="deliberation.matter.take_up",
        subject=("worry", worry.pk),
        place=worry.place_id,
        data={"matter": matter.pk},
    )


def _number(place: Place, year: int) -> str:
    """协商-牟定-2026-0001: counted per county and year."""
    county = place_at(place, "county") or place
    short = county.name
    for ending in ("自治县", "县", "市", "区"):
        if short.endswith(ending) and len(short) - len(ending) > 1:
            short = short.removesuffix(ending)
            break
    return f"协商-{short[:12]}-{year}-{next_number(f'matter/{county.code}/{year}'):04d}"


def _check_open(matter: Matter) -> None:
    if matter.state != Matter.State.OPEN:
        raise WrongStage(
            "matter.over",
            _("The matter is “%(state)s”; nothing is added to it any more.") % {"state": matter.get_state_display()},
        )


def _check_process(process: ProcessVersion) -> None:
    if process.published_at is None:
        raise Refusal("matter.draft_model", _("This model is a draft. Choose a published one."), field="process")
    if process.model.is_retired:
        raise Refusal("matter.retired_model", _("This model is retired. Choose another."), field="process")
