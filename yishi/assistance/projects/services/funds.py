"""Funds: opened, filled (mobilised, received), bound for projects; a movement that was wrong is reversed with a reason.

Each movement that counts has one entry `assistance.fund.move`; a correction reverses it and a new movement is written.
Payments stand in payments.py.
"""

from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign
from yishi.assistance.campaign.services.campaigns import check_ground, named
from yishi.assistance.projects.models import (
    Allotment,
    Fund,
    FundKind,
    FundMovement,
    Project,
)
from yishi.assistance.projects.stages import step
from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.journal.act import Act, act, receipt_number
from yishi.journal.models import Entry, Receipt
from yishi.journal.moved import take_back_row
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.money import yuan_text
from yishi.kit.records import certain
from yishi.notices.days import day_said, happened
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import permit
from yishi.people.models import Person

from .balances import money_of, payments_standing, project_money

BILL = Words("bill", 40)
WHY = Words("reason", 300, _("Please write the reason."), code="money.reason")
NOTE = Words("note", 300)
WORDS = Words("words", 200)
GIVER = Words("giver", 80, _("Say from whom the money comes."), code="movement.giver")
PAPER = Words("paper", 64)

Kind, State = FundMovement.Kind, FundMovement.State
MOST_FEN = 10**14  # a million million yuan is a slip of the keyboard

Giver = Body | Person | str


def fund_open(
    *,
    actor: Viewer,
    owner: Body,
    name: str,
    kind: str,
    place: Place,
    campaign: Campaign | None = None,
    note: str = "",
    opened_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Open a fund of `owner` for `place`, empty. Refused: a name that the owner's other fund has, a campaign that
    is not of the place, a day to come. Result: fund."""
    by = permit("fund.open", actor, at=owner)
    body = {
        "owner": owner.pk,
        "name": name,
        "kind": kind,
        "place": place.pk,
        "campaign": campaign.pk if campaign else None,
        "note": note,
        "on": opened_on,
    }
    with act("assistance.fund.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if kind not in FundKind.values:
            raise Refusal("fund.kind", _("Please choose one of the values that are offered."), field="kind")
        check_ground(campaign, place)
        called = named(name, 80)
        if Fund.within.filter(owner=owner, name=called).exists():
            raise Refusal("fund.taken", _("This desk has a fund of this name already."), field="name")
        fund = Fund.within.create(
            name=called,
            kind=kind,
            owner=owner,
            place=place,
            campaign=campaign,
            note=NOTE.kept(note),
            opened_on=passed(opened_on or timezone.localdate(this.now)),
            opened_by=actor.person,
            is_demo=bool(actor.is_system and campaign and campaign.is_demo),
        )
        this.entry(subject=("fund", fund.pk), place=place.pk, dims=dims_of(fund))
        this.result(fund=fund.pk)
    return this.receipt


def is_unused(fund: Fund) -> bool:
    """Does no money move in it, and is none held ready?"""
    held = fund.allotments.aggregate(total=Sum("amount"))["total"] or 0
    return not held and not fund.movements.filter(state__in=FundMovement.STANDING).exists()


def fund_take_back(*, actor: Viewer, fund: Fund, reason: str, act_id: UUID | None = None) -> Receipt:
    """A fund that was opened by mistake, or under a wrong name: it stays with the reason, is listed no more, and its
    name is free. Refused while money moves or is held ready in it. Result: fund."""
    by = permit("fund.move", actor, fund)
    body = {"fund": fund.pk, "reason": reason}
    with act("assistance.fund.open_take_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = take_back_row(this, fund, reason)
        if not is_unused(row):
            raise Refusal("fund.used", _("Money moved in this fund. Reverse its movements and allotments first."))
        this.entry(subject=("fund", row.pk), place=row.place_id, dims=dims_of(row))
        this.result(fund=row.pk)
    return this.receipt


def money_mobilise(*, actor: Viewer, fund: Fund, act_id: UUID | None = None, **details: Any) -> Receipt:
    """Money was promised to the fund, or decided for it (协调落实). `details` and result: see `money_receive`."""
    return _money_in(Kind.MOBILISED, actor, fund, act_id, **details)


def money_receive(*, actor: Viewer, fund: Fund, act_id: UUID | None = None, **details: Any) -> Receipt:
    """Money arrived in the fund (到账). Result: movement, number.

    `details`: `giver` (a body, a person, or the name of somebody from outside), `amount` (fen), `on`, and perhaps
    `bill`, `file`, `words`.
    """
    return _money_in(Kind.RECEIVED, actor, fund, act_id, **details)


def _money_in(
    kind: str,
    actor: Viewer,
    fund: Fund,
    act_id: UUID | None,
    *,
    giver: Giver,
    amount: int,
    on: date,
    bill: str = "",
    file: Attachment | None = None,
    words: str = "",
) -> Receipt:
    """Write down money that comes to a fund: promised (mobilised) or arrived (received)."""
    by = permit("fund.move", actor, fund)
    body = {
        "fund": fund.pk,
        "kind": kind,
        "giver": giver if isinstance(giver, str) else giver.pk,
        "amount": amount,
        "on": on,
        "bill": bill,
        "file": file.sha256 if file else None,
        "words": words,
    }
    with act("assistance.fund.move", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fund = locked_fund(fund)
        movement = FundMovement(
            id=child_id(this.id, 1),
            number=receipt_number(this.id),
            fund=fund,
            kind=kind,
            amount=fen_of(amount),
            on=passed(on),
            place=fund.place,
            bill=bill_of(fund, kind, bill),
            file=file,
            words=WORDS.kept(words),
            state=State.COUNTED,
            recorded_by=actor.person,
            recorded_at=this.now,
        )
        if isinstance(giver, Body):
            movement.giver_body = giver
        elif isinstance(giver, Person):
            movement.giver_person = giver
        else:
            movement.giver_name = GIVER.kept(giver)
        movement.save(force_insert=True)
        count(this, movement)
        this.result(movement=movement.pk, number=movement.number)
    return this.receipt


def movement_reverse(*, actor: Viewer, movement: FundMovement, reason: str, act_id: UUID | None = None) -> Receipt:
    """A movement that was wrong counts no longer; its line stays, with the reason. Result: movement.

    Money that arrived can be reversed only as far as it is not bound: first take the payments and allotments back.
    """
    by = permit("movement.reverse", actor, movement)
    with act(
        "assistance.fund.reverse", actor=by, act_id=act_id, body={"movement": movement.pk, "reason": reason}
    ) as this:
        if this.replayed:
            return this.receipt
        fund = locked_fund(movement.fund)
        row = locked_movement(movement)
        if row.state != State.COUNTED:
            raise WrongStage(
                "movement.state",
                _("This movement is “%(state)s”; only one that is counted can be reversed.")
                % {"state": row.get_state_display()},
            )
        why = WHY.kept(reason)
        if row.kind == Kind.RECEIVED:
            free = money_of(fund).free
            if free < row.amount:
                raise Refusal(
                    "movement.bound",
                    _("Of this fund only %(free)s yuan are not bound. Take payments or allotments back first.")
                    % {"free": yuan_text(free)},
                )
            passed_on = payments_standing().filter(gift=row)
            if passed_on.exists():
                raise Refusal(
                    "movement.passed_on", _("This donation was passed on. Reverse the payments made from it first.")
                )
        this.reverse(Entry.objects.get(pk=certain(row.entry_id)))
        row.state, row.reason, row.entry_id = State.REVERSED, why, None
        row.save(update_fields=["state", "reason", "entry_id"])
        this.result(movement=row.pk)
    return this.receipt


def _check_room(fund: Fund, project: Project, fen: int) -> None:
    """Refuse more than is free in the fund, and more than the project plans of its kind and has not held ready yet."""
    free = money_of(fund).free
    if fen > free:
        raise Refusal(
            "allotment.free",
            _("The fund has %(free)s yuan that are not bound yet; this asks for %(asked)s.")
            % {"free": yuan_text(free), "asked": yuan_text(fen)},
            field="amount",
        )
    source = project_money(project).sources[fund.kind]
    if fen > source.planned - source.allotted:
        raise Refusal(
            "allotment.planned",
            _(
                "The project plans %(planned)s yuan from “%(source)s”, of which %(left)s are still open. "
                "Change the plan of its money first."
            )
            % {
                "planned": yuan_text(source.planned),
                "source": fund.get_kind_display(),
                "left": yuan_text(source.planned - source.allotted),
            },
            field="amount",
        )


def allotment_make(
    *,
    actor: Viewer,
    fund: Fund,
    project: Project,
    amount: int,
    on: date,
    paper: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Hold money of a fund (in fen) ready for a project: not more than is free, not more than is planned. Result:
    allotment, project."""
    by = permit("fund.move", actor, fund)
    body = {"fund": fund.pk, "project": project.pk, "amount": amount, "on": on, "paper": paper}
    with act("assistance.fund.allot", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        fund, project = locked_fund(fund), locked_project(project)
        step(project, "allot")
        fen = fen_of(amount)
        _check_room(fund, project, fen)
        allotment = Allotment.objects.create(
            id=child_id(this.id, 1),
            fund=fund,
            project=project,
            amount=fen,
            on=passed(on),
            paper=PAPER.kept(paper),
            recorded_by=actor.person,
            recorded_at=this.now,
        )
        entry = this.entry(
            subject=("allotment", allotment.pk),
            place=project.place_id,
            at=this.on_day(on),
            dims=dims_of(fund),
            quantities={"allotted": fen},
            data={"project": project.pk},
        )
        Allotment.objects.filter(pk=allotment.pk).update(entry_id=entry.pk)
        this.result(allotment=allotment.pk, project=project.pk)
    return this.receipt


def allotment_take_back(*, actor: Viewer, allotment: Allotment, reason: str, act_id: UUID | None = None) -> Receipt:
    """Money held ready is free again, unless it was paid. Result: allotment, project."""
    by = permit("allotment.take_back", actor, allotment)
    with act(
        "assistance.fund.take_back", actor=by, act_id=act_id, body={"allotment": allotment.pk, "reason": reason}
    ) as this:
        if this.replayed:
            return this.receipt
        fund, project = locked_fund(allotment.fund), locked_project(allotment.project)
        row = Allotment.objects.get(pk=allotment.pk)
        if row.taken_back_at:
            raise WrongStage("allotment.gone", _("A colleague took this back already. Reload the page."))
        why = WHY.kept(reason)
        left = project_money(project).funds[fund.pk].left
        if left < row.amount:
            raise Refusal(
                "allotment.paid",
                _("Only %(left)s yuan of this fund are not paid yet. Reverse payments first.")
                % {"left": yuan_text(left)},
            )
        this.reverse(Entry.objects.get(pk=certain(row.entry_id)), data={"project": project.pk})
        row.taken_back_at, row.reason = this.now, why
        row.save(update_fields=["taken_back_at", "reason"])
        this.result(allotment=row.pk, project=project.pk)
    return this.receipt


def count(this: Act, movement: FundMovement) -> None:
    """Write the entry that counts a movement."""
    touches = [("household", movement.household_id, 1)] if movement.household_id else []
    touches += [("person", movement.pupil_id, 1)] if movement.pupil_id else []
    entry = this.entry(
        code="assistance.fund.move",
        subject=("fund_movement", movement.pk),
        place=movement.place_id,
        at=this.on_day(movement.on),
        dims=dims_of(movement.fund),
        quantities={str(movement.kind): movement.amount},
        touches=touches,
        data={"project": movement.project_id} if movement.project_id else {},
    )
    FundMovement.within.filter(pk=movement.pk).update(entry_id=entry.pk)
    movement.entry_id = entry.pk


def dims_of(fund: Fund) -> dict[str, Any]:
    """The dimensions by which entries about a fund are counted."""
    return {"campaign": fund.campaign_id, "fund": fund.pk, "kind": fund.kind}


def locked_fund(fund: Fund) -> Fund:
    """The fund, locked: whoever reads its sums next waits. Funds are locked before projects, always."""
    return Fund.within.select_for_update(of=("self",)).select_related("owner", "place").get(pk=fund.pk)


def locked_project(project: Project) -> Project:
    """The project as it is now, locked until the act ends: two acts on its money follow one another."""
    return Project.within.select_for_update(of=("self",)).select_related("place", "responsible").get(pk=project.pk)


def nothing_bound(project: Project) -> None:
    """Refuse where money is held ready for the project, or a contract on it stands."""
    if project.allotments.filter(taken_back_at=None).exists() or project.contracts.filter(ended_at=None).exists():
        raise Refusal("project.bound", _("Money or a contract is bound to it. Take them back first."))


def locked_movement(movement: FundMovement) -> FundMovement:
    """The movement as it is now, locked until the act ends: only one of two people confirms it."""
    return FundMovement.within.select_for_update(of=("self",)).select_related("fund").get(pk=movement.pk)


def fen_of(amount: int) -> int:
    """An amount above nothing, in fen."""
    if not 0 < amount <= MOST_FEN:
        raise Refusal("money.amount", _("Please type an amount above 0, in yuan."), field="amount")
    return amount


def passed(on: date, not_before: tuple[date, Any] | None = None) -> date:
    """A day on which something happened to money or works: not after today, not before what it follows."""
    return happened(on, "on", code="money", not_before=not_before)


def bill_of(fund: Fund, kind: str, bill: str) -> str:
    """A bill's number; the same one twice in a fund is the same money twice."""
    number = BILL.kept(bill)
    same = FundMovement.within.filter(fund=fund, kind=kind, bill=number, state__in=FundMovement.STANDING)
    earlier = same.first() if number else None
    if earlier:
        raise Refusal(
            "movement.bill",
            _("Bill %(bill)s is recorded already: %(amount)s yuan on %(day)s (%(number)s). Nothing is counted twice.")
            % {
                "bill": number,
                "amount": yuan_text(earlier.amount),
                "day": day_said(earlier.on),
                "number": earlier.number,
            },
            field="bill",
        )
    return number
