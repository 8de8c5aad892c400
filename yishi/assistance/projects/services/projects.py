"""Projects planned: opened, changed, their quantities with parts, their money by source."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.models import Campaign, Direction
from yishi.assistance.campaign.services.campaigns import check_ground, named
from yishi.assistance.projects.models import (
    FundKind,
    PlannedMoney,
    Project,
    ProjectStep,
    QuantityPart,
)
from yishi.assistance.projects.rules import asked_for, builds_it
from yishi.assistance.projects.shown import money_asked_digest, works_asked_digest
from yishi.assistance.projects.stages import step
from yishi.database.words import Words
from yishi.journal.act import Act, act
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.money import yuan_text
from yishi.kit.text import clean
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body, Place
from yishi.organisations.numbers import next_number
from yishi.organisations.rights import may, permit

from .asked_works import Quantity, as_sent, asked_quantities, asks, is_raised, write_quantities
from .balances import contracts_signed, project_money
from .funds import MOST_FEN, WHY, locked_project, passed

OUTSIDE_NUMBER = Words("outside_number", 40)
WORDS = Words("words", 500)

S = Project.Stage


WHY_NO_MONEY = Words("answer", 300, _("Please write why not."))


def project_find(*, place: Place, name: str) -> Project | None:
    """The project of this name in this place, whoever asks: an import looks here before it opens one."""
    return Project.within.filter(place=place, name=clean(name)).first()


def project_open(
    *,
    actor: Viewer,
    name: str,
    place: Place,
    kind: str,
    responsible: Body,
    starts_on: date,
    ends_on: date,
    campaign: Campaign | None = None,
    direction: Direction | None = None,
    quantities: Sequence[Quantity] = (),
    money: Mapping[str, int] | None = None,
    outside_number: str = "",
    words: str = "",
    planned_on: date | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Write a project down as planned, with its quantities and its money by source (fen). Result: project, number.

    `planned_on` in the past is welcome: projects that run already are written down too.
    """
    by = permit("project.open", actor, (place, responsible))
    planned = dict(money or {})
    body = {
        "name": name,
        "place": place.pk,
        "kind": kind,
        "responsible": responsible.pk,
        "days": [starts_on, ends_on],
        "campaign": campaign.pk if campaign else None,
        "direction": direction.pk if direction else None,
        "quantities": [as_sent(quantity) for quantity in quantities],
        "money": planned,
        "outside": outside_number,
        "words": words,
        "on": planned_on,
    }
    with act("assistance.project.open", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        title = named(name, 120)
        _check_free(place, title)
        year = timezone.localdate(this.now).year
        project = Project(
            id=child_id(this.id, 1),
            number=f"项-{year}-{next_number(f'project/{year}'):05d}",
            name=title,
            place=place,
            responsible=responsible,
            recorded_by=actor.person,
            recorded_at=this.now,
            is_demo=bool(actor.is_system and campaign and campaign.is_demo),
        )
        _describe(project, kind, starts_on, ends_on, campaign, direction, outside_number, words)
        project.save(force_insert=True)
        write_quantities(project, quantities)
        _write_money(project, planned)
        day = passed(planned_on or timezone.localdate(this.now))
        note_step(this, project, "plan", day)
        enter(this, project, on=day)
        this.result(number=project.number)
    return this.receipt


def _check_free(place: Place, name: str) -> None:
    if Project.within.filter(place=place, name=name).exists():
        raise Refusal("project.taken", _("This place has a project of this name already."), field="name")


def project_change(
    *,
    actor: Viewer,
    project: Project,
    kind: str,
    starts_on: date,
    ends_on: date,
    name: str = "",
    campaign: Campaign | None = None,
    direction: Direction | None = None,
    outside_number: str = "",
    words: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Replace what a project says of itself, while its money may still be planned; another `name` leaves the earlier
    one in its story. Refused: a name that the place has already, a campaign that is not of its place, a direction of
    another campaign. Result: project."""
    by = permit("project.plan", actor, project)
    body = {
        "project": project.pk,
        "kind": kind,
        "days": [starts_on, ends_on],
        "campaign": campaign.pk if campaign else None,
        "direction": direction.pk if direction else None,
        "outside": outside_number,
        "words": words,
        **({"name": name} if name else {}),
    }
    with act("assistance.project.change", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        step(row, "plan_money")
        title = named(name, 120) if name else row.name
        if title != row.name:
            _check_free(row.place, title)
            note_step(this, row, "rename", timezone.localdate(this.now), row.name)
            row.name = title
        _describe(row, kind, starts_on, ends_on, campaign, direction, outside_number, words)
        row.save()
        enter(this, row)
    return this.receipt


def quantities_plan(
    *,
    actor: Viewer,
    project: Project,
    quantities: Sequence[Quantity],
    reason: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Plan what is built and how much of it at which spot; this replaces the plan before. Result: project.

    Once approved, a change needs its reason; a part that has progress keeps its line and cannot be left out. More of
    anything than was approved waits for who approves (`works_decide`), unless it is they who plan it; until then the
    approved plan holds.
    """
    by = permit("project.plan", actor, project)
    body = {"project": project.pk, "quantities": [as_sent(quantity) for quantity in quantities], "reason": reason}
    with act("assistance.project.quantities", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        step(row, "plan")
        why = WHY.kept(reason, needed=row.stage != S.PLANNED)
        if not quantities:
            raise Refusal("quantity.none", _("Say what is built and how much of it."), field="quantities")
        today = timezone.localdate(this.now)
        waits = row.stage != S.PLANNED and is_raised(row, quantities) and not may("project.approve", actor, row)
        with transaction.atomic():  # what could not be granted is refused while the form is open
            write_quantities(row, quantities)
            transaction.set_rollback(waits)
        if waits:
            asks(row, quantities, why, today)
            note_step(this, row, "ask_works", today, why)
        else:
            asks(row, None, "", None)
            if row.stage != S.PLANNED:
                note_step(this, row, "replan", today, why)
        enter(this, row, planned=[[part.pk, part.planned] for part in parts_of(row)], asked=waits)
    return this.receipt


def money_plan(
    *, actor: Viewer, project: Project, money: Mapping[str, int], reason: str = "", act_id: UUID | None = None
) -> Receipt:
    """Plan how many fen come from each source (a FundKind), not less than is held ready or signed; this replaces the
    plan before. Result: project.

    In a plan that is approved, a change needs its reason; more money than was approved waits for who approves
    (`money_decide`), unless it is they who plan it. Until then the approved plan holds.
    """
    by = permit("project.plan", actor, project)
    body = {"project": project.pk, "money": dict(money), "reason": reason}
    with act("assistance.project.money", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        step(row, "plan_money")
        why = WHY.kept(reason, needed=row.stage != S.PLANNED)
        for kind, line in project_money(row).sources.items():
            if money.get(kind, 0) < line.allotted:
                raise Refusal(
                    "money.allotted",
                    _("%(amount)s yuan from “%(source)s” are held ready already; the plan cannot be less.")
                    % {"amount": yuan_text(line.allotted), "source": FundKind(kind).label},
                    field=kind,
                )
        signed = contracts_signed(row)
        if sum(money.values()) < signed:
            raise Refusal(
                "money.signed",
                _("Contracts over %(amount)s yuan are signed; the plan cannot be less.")
                % {"amount": yuan_text(signed)},
            )
        today, asked = timezone.localdate(this.now), sum(money.values())
        waits = row.stage != S.PLANNED and asked > _planned(row) and not may("project.approve", actor, row)
        if waits:
            _check_money(money)
            row.asked_money, row.asked_money_why, row.asked_money_on = dict(money), why, today
            note_step(this, row, "ask_money", today, why)
        else:
            row.planned_money.all().delete()
            _write_money(row, money)
            row.asked_money, row.asked_money_why, row.asked_money_on = None, "", None
            if row.stage != S.PLANNED:
                note_step(this, row, "replan", today, why)
        row.save(update_fields=["asked_money", "asked_money_why", "asked_money_on"])
        said: dict[str, Any] = {"asked": asked} if waits else {"planned": asked}
        enter(this, row, **said)
    return this.receipt


def money_decide(
    *,
    actor: Viewer,
    project: Project,
    granted: bool,
    answer: str = "",
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Who approves the project grants the money that is asked for beyond what was approved, or says why not; the
    approved plan holds then. `shown`: the hash of what was read (`money_asked_digest`). Result: project.
    """
    by = permit("project.approve", actor, project)
    body = {"project": project.pk, "granted": granted, "answer": answer}
    with act("assistance.project.decide_money", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        step(row, "decide_money")
        if row.asked_money is None:
            raise WrongStage("money.not_asked", _("No more money is asked for: it was decided meanwhile."))
        now = money_asked_digest(row)
        check_shown(shown, now)
        why = WHY_NO_MONEY.kept(answer, needed=not granted)
        if granted:
            row.planned_money.all().delete()
            _write_money(row, row.asked_money)
        row.asked_money, row.asked_money_why, row.asked_money_on = None, "", None
        row.save(update_fields=["asked_money", "asked_money_why", "asked_money_on"])
        verb = "more_money" if granted else "no_money"
        note_step(this, row, verb, timezone.localdate(this.now), why, same_hands=decides_own(actor, row))
        enter(this, row, planned=_planned(row), granted=granted, shown=now)
    return this.receipt


def works_decide(
    *,
    actor: Viewer,
    project: Project,
    granted: bool,
    answer: str = "",
    shown: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Who approves the project grants the works that are asked for beyond what was approved, or says why not; the
    approved plan holds then. `shown`: the hash of what was read (`works_asked_digest`). Result: project.
    """
    by = permit("project.approve", actor, project)
    body = {"project": project.pk, "granted": granted, "answer": answer}
    with act("assistance.project.decide_works", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        step(row, "decide_works")
        if row.asked_works is None:
            raise WrongStage("works.not_asked", _("No more works are asked for: it was decided meanwhile."))
        now = works_asked_digest(row)
        check_shown(shown, now)
        why = WHY_NO_MONEY.kept(answer, needed=not granted)
        if granted:
            write_quantities(row, asked_quantities(row))
        asks(row, None, "", None)
        verb = "more_works" if granted else "no_works"
        note_step(this, row, verb, timezone.localdate(this.now), why, same_hands=decides_own(actor, row))
        enter(this, row, planned=[[part.pk, part.planned] for part in parts_of(row)], granted=granted, shown=now)
    return this.receipt


def _planned(project: Project) -> int:
    return sum(project.planned_money.values_list("amount", flat=True))


def parts_of(project: Project) -> list[QuantityPart]:
    """All parts of all quantities, in order."""
    parts = QuantityPart.objects.filter(quantity__project=project).select_related("quantity", "place")
    return list(parts.order_by("quantity__ordinal", "ordinal"))


def enter(this: Act, project: Project, *, on: date | None = None, **data: Any) -> None:
    """The journal's entry of one act on a project."""
    this.entry(
        subject=("project", project.pk),
        place=project.place_id,
        at=this.on_day(on) if on else None,
        dims={"campaign": project.campaign_id, "kind": project.kind},
        data={"stage": project.stage, **data},
    )
    this.result(project=project.pk)


def note_step(this: Act, project: Project, verb: str, on: date, words: str = "", *, same_hands: bool = False) -> None:
    """One line of a project's story. `same_hands`: in a small office one person was both sides."""
    ProjectStep.objects.create(
        project=project,
        verb=verb,
        stage=project.stage,
        on=on,
        at=this.now,
        body_id=this.actor.body_id,
        by_id=this.actor.person_id,
        words=words,
        same_hands=same_hands,
    )


def decides_own(actor: Viewer, project: Project) -> bool:
    """Does somebody approve what they asked for, or what their own desk builds? Only a small office may."""
    return not actor.is_system and (builds_it(actor, project) or asked_for(actor, project))


def _describe(
    project: Project,
    kind: str,
    starts_on: date,
    ends_on: date,
    campaign: Campaign | None,
    direction: Direction | None,
    outside_number: str,
    words: str,
) -> None:
    if kind not in Project.Kind.values:
        raise Refusal("project.kind", _("Please choose one of the values that are offered."), field="kind")
    if ends_on < starts_on:
        raise Refusal("project.days", _("The last day lies before the first."), field="ends_on")
    check_ground(campaign, project.place)
    if direction is not None and (campaign is None or direction.campaign_id != campaign.pk):
        raise Refusal("project.direction", _("This direction belongs to another campaign."), field="direction")
    project.kind, project.starts_on, project.ends_on = kind, starts_on, ends_on
    project.campaign, project.direction = campaign, direction
    project.outside_number, project.words = OUTSIDE_NUMBER.kept(outside_number), WORDS.kept(words)


def _check_money(money: Mapping[str, int]) -> None:
    for kind, amount in money.items():
        if kind not in FundKind.values or not 0 <= amount <= MOST_FEN:
            raise Refusal("money.amount", _("Please type an amount above 0, in yuan."), field=kind)


def _write_money(project: Project, money: Mapping[str, int]) -> None:
    _check_money(money)
    PlannedMoney.objects.bulk_create(
        PlannedMoney(project=project, kind=kind, amount=amount) for kind, amount in money.items() if amount
    )
