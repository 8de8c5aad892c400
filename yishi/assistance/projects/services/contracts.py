"""What a project is bound to: its contracts, and the families that it reaches."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.campaign.services.campaigns import named
from yishi.assistance.projects.models import Contract, Project, ProjectHousehold
from yishi.assistance.projects.stages import step
from yishi.assistance.register.models import Household
from yishi.attachments.models import Attachment
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Entry, Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import child_id
from yishi.kit.money import yuan_text
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Body
from yishi.organisations.rights import permit

from .balances import contracts_signed, payments_standing, total
from .funds import WHY, fen_of, locked_project, passed

WHAT = Words("what", 120)

MOST_HOUSEHOLDS = 5_000


def contract_sign(
    *,
    actor: Viewer,
    project: Project,
    number: str,
    contractor: Body | str,
    amount: int,
    signed_on: date,
    what: str = "",
    file: Attachment | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Record a contract of a project, worth `amount` fen; all of them together are worth no more than is planned.
    Result: contract, project."""
    by = permit("project.build", actor, project)
    body = {
        "project": project.pk,
        "number": number,
        "contractor": contractor if isinstance(contractor, str) else contractor.pk,
        "amount": amount,
        "on": signed_on,
        "what": what,
        "file": file.sha256 if file else None,
    }
    with act("assistance.contract.sign", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        project = locked_project(project)
        step(project, "sign")
        fen = fen_of(amount)
        left = total(project.planned_money.all()) - contracts_signed(project)
        if fen > left:
            raise Refusal(
                "contract.planned",
                _("Of the money planned %(left)s yuan are not under contract yet; this contract is worth %(asked)s.")
                % {"left": yuan_text(left), "asked": yuan_text(fen)},
                field="amount",
            )
        number_given = named(number, 64, "number")
        if project.contracts.filter(number=number_given).exists():
            raise Refusal("contract.taken", _("The project has a contract of this number already."), field="number")
        outside = "" if isinstance(contractor, Body) else named(contractor, 96, "contractor")
        contract = Contract.objects.create(
            id=child_id(this.id, 1),
            project=project,
            number=number_given,
            contractor=contractor if isinstance(contractor, Body) else None,
            contractor_name=outside,
            what=WHAT.kept(what),
            amount=fen,
            signed_on=passed(signed_on),
            file=file,
            recorded_by=actor.person,
            recorded_at=this.now,
        )
        this.entry(
            subject=("contract", contract.pk),
            place=project.place_id,
            at=this.on_day(signed_on),
            dims={"campaign": project.campaign_id, "project": project.pk},
            quantities={"signed": fen},
        )
        this.result(contract=contract.pk, project=project.pk)
    return this.receipt


def contract_cancel(*, actor: Viewer, contract: Contract, reason: str, act_id: UUID | None = None) -> Receipt:
    """End a contract on which nothing is paid; its line stays, with the reason. Result: contract, project."""
    by = permit("project.cancel_contract", actor, contract)
    with act(
        "assistance.contract.cancel", actor=by, act_id=act_id, body={"contract": contract.pk, "reason": reason}
    ) as this:
        if this.replayed:
            return this.receipt
        project = locked_project(contract.project)
        row = Contract.objects.get(pk=contract.pk)
        if row.ended_at:
            raise WrongStage("contract.ended", _("This contract was cancelled already. Reload the page."))
        why = WHY.kept(reason)
        if payments_standing().filter(contract=row).exists():
            raise Refusal("contract.paid", _("Payments were made on this contract. Reverse them first."))
        signed = Entry.objects.get(subject_kind="contract", subject_id=row.pk, code="assistance.contract.sign")
        this.reverse(signed)
        row.ended_at, row.reason = this.now, why
        row.save(update_fields=["ended_at", "reason"])
        this.result(contract=row.pk, project=project.pk)
    return this.receipt


def households_reach(
    *,
    actor: Viewer,
    project: Project,
    households: Iterable[Household],
    unnamed: int = 0,
    act_id: UUID | None = None,
) -> Receipt:
    """Say which families the project reaches, all of them, and how many besides of whom only the number is known.

    Families outside the actor's reach that others wrote down stay. Result: project, households.
    """
    by = permit("project.plan", actor, project)
    wanted = {household.pk: household for household in households}
    body = {"project": project.pk, "households": sorted(wanted, key=str), "unnamed": unnamed}
    with act("assistance.project.reach", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked_project(project)
        if not 0 <= unnamed <= 1_000_000 or len(wanted) > MOST_HOUSEHOLDS:
            raise Refusal("reach.number", _("Please type how many families it reaches."), field="unnamed")
        theirs = Household.within.filter(Household.reach_q(actor.reach)) if not actor.is_system else None
        before = row.reached.all() if theirs is None else row.reached.filter(household__in=theirs)
        old = set(before.values_list("household", flat=True))
        everybody = set(row.reached.values_list("household", flat=True))
        gone, come = old - set(wanted), set(wanted) - everybody
        row.reached.filter(household__in=gone).delete()
        ProjectHousehold.objects.bulk_create(ProjectHousehold(project=row, household=wanted[key]) for key in come)
        Project.within.filter(pk=row.pk).update(unnamed_households=unnamed)
        touches = [("household", key, 1) for key in sorted(come)] + [("household", key, -1) for key in sorted(gone)]
        this.entry(subject=("project", row.pk), place=row.place_id, dims={"campaign": row.campaign_id}, touches=touches)
        this.result(project=row.pk, households=len(everybody - gone | come))
    return this.receipt
