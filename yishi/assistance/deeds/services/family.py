"""What those whom a deed concerns say of it: the family by its code, a member that it was not they, both without
writing anything a second time."""

from datetime import date
from uuid import UUID

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.deeds.models import (
    Deed,
    DeedCode,
    DeedRemark,
    Evidence,
)
from yishi.assistance.register.models import Household
from yishi.database.words import Words
from yishi.journal.act import Actor, act
from yishi.journal.models import Receipt
from yishi.kit.clock import add_workdays
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.ids import clean_code, code_of
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.query_codes import keyed
from yishi.organisations.rights import permit

from .deeds import deed_claim, deed_withdraw
from .standing import counted, parts_of, rewrite, uncount, without

WHY_UPHELD = Words("reason", 300, _("Please write what you found."))
WHY_DISOWNED = Words("reason", 300, _("Please write what was wrong."))

LENGTH = 10
AGAIN_WORKDAYS = 10


def family_code(act_id: UUID) -> str:
    """The code that the act `act_id` gives: the same at every repetition, unguessable without the site's key."""
    return code_of(keyed(b"deed-code:" + act_id.bytes), LENGTH)


def _digest(code: str) -> str:
    return keyed(b"deed-code-digest:" + clean_code(code).encode()).hex()


def deed_code_issue(
    *, actor: Viewer, deed: Deed, household: Household | None = None, act_id: UUID | None = None
) -> Receipt:
    """Issue a code for the family (without `household`, for whomever the deed reached); an earlier one that was not
    answered is revoked.

    The code itself is `family_code(receipt.id)`: no receipt and no table holds it. Result: deed.
    """
    by = permit("deed.prove", actor, deed)
    body = {"deed": deed.pk, "household": household.pk if household else None}
    with act("assistance.deed.code", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = counted(deed)
        if household is not None and not row.beneficiaries.filter(household=household).exists():
            raise Refusal("code.household", _("This family is not named in the deed."), field="household")
        earlier = row.codes.filter(household=household, answered_at__isnull=True, revoked_at__isnull=True)
        earlier.update(revoked_at=this.now)
        DeedCode.objects.create(
            deed=row,
            household=household,
            digest=_digest(family_code(this.id)),
            issued_by=actor.person,
            issued_at=this.now,
        )
        this.entry(subject=("deed", row.pk), place=row.place_id)
        this.result(deed=row.pk)
    return this.receipt


def deed_code_find(typed: str) -> DeedCode | None:
    """The code that somebody typed or scanned, answered or not; a revoked one and an unknown one are None."""
    if len(clean_code(typed)) != LENGTH:
        return None
    codes = DeedCode.objects.select_related("deed__version", "deed__place", "deed__activity")
    return codes.filter(Q(revoked_at__isnull=True) | Q(answered_at__isnull=False), digest=_digest(typed)).first()


def deed_answer(*, actor: Viewer, code: DeedCode, said_yes: bool, act_id: UUID | None = None) -> Receipt:
    """Take the family's answer whether the deed was so. Whoever holds the code is the family: no name is asked. Said by
    mistake, the other one is taken once more within ten working days, while nothing has followed; both are kept.
    Result: deed."""
    by = Actor(right_kind="deed_code", right_id=code.pk)
    body = {"code": code.pk, "yes": said_yes}
    with act("assistance.deed.answer", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = DeedCode.objects.select_for_update().get(pk=code.pk)
        again = row.answered_at is not None
        until = answer_again_until(row) if again else None
        is_late = again and (until is None or row.said_yes == said_yes or timezone.localdate(this.now) > until)
        if is_late or row.revoked_at is not None:
            raise WrongStage("code.answered", _("This code was used already. Ask for another one if it was not you."))
        deed = counted(code.deed)
        if again:
            row.first_said_yes, row.first_answered_at = row.said_yes, row.answered_at
            # What the first yes put there: nothing rests on a word that its family took back.
            own = Evidence.objects.filter(deed=deed, kind=Evidence.Kind.CONFIRMATION, added_by=None)
            own.filter(added_at=certain(row.answered_at)).delete()
        row.answered_at, row.said_yes = this.now, said_yes
        row.save(update_fields=["answered_at", "said_yes", "first_said_yes", "first_answered_at"])
        if said_yes:
            deed.codes.filter(said_yes=False, settled_at__isnull=True, household=row.household).update(
                settled_at=this.now
            )
            Evidence.objects.create(
                deed=deed, kind=Evidence.Kind.CONFIRMATION, words="", added_by=None, added_at=this.now
            )
        said = {"yes": said_yes, **({"again": True} if again else {})}
        this.entry(subject=("deed", deed.pk), place=deed.place_id, data=said)
        this.result(deed=deed.pk)
    return this.receipt


def answer_again_until(code: DeedCode) -> date | None:
    """Until which day the family may say the other thing; None where it was said twice, or something has followed."""
    if code.answered_at is None or code.first_answered_at is not None or code.settled_at is not None:
        return None
    return add_workdays(timezone.localdate(code.answered_at), AGAIN_WORKDAYS)


def deed_uphold(*, actor: Viewer, deed: Deed, reason: str, act_id: UUID | None = None) -> Receipt:
    """Let a deed stand, with the reason, after a family had said no and the matter was looked into. Result: deed."""
    by = permit("deed.correct", actor, deed)
    with act("assistance.deed.uphold", actor=by, act_id=act_id, body={"deed": deed.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row, kept = counted(deed), WHY_UPHELD.kept(reason)
        if not row.codes.filter(said_yes=False, settled_at__isnull=True).update(settled_at=this.now):
            raise WrongStage("deed.undisputed", _("No family disputes this deed now."))
        row.reason = kept
        row.save(update_fields=["reason"])
        DeedRemark.objects.create(deed=row, act_id=this.id, text=kept)
        this.entry(subject=("deed", row.pk), place=row.place_id)
        this.result(deed=row.pk)
    return this.receipt


def deed_disown(*, actor: Viewer, deed: Deed, reason: str, act_id: UUID | None = None) -> Receipt:
    """Disown a deed that somebody recorded for a member ("it was not I"). The other parties keep the deed; without
    others it is withdrawn. Result: deed."""
    body = {"deed": deed.pk, "reason": reason}
    with act("assistance.deed.disown", actor=actor.acting(actor.in_person), act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        this.actor = permit("deed.disown", actor, deed)  # asked now: whoever has done it is no party any more
        row, kept = counted(deed), WHY_DISOWNED.kept(reason)
        standing = parts_of(row)
        if actor.person is None or actor.person not in {part.who for part in standing}:
            raise WrongStage("disown.nobody", _("You are no party of this deed."), field="reason")
        row.reason = kept
        DeedRemark.objects.create(deed=row, act_id=this.id, text=kept)
        rest = without(standing, actor.person)
        if rest:
            row.save(update_fields=["reason"])
            rewrite(this, row, rest)
        else:
            uncount(this, row)
            row.state = Deed.State.WITHDRAWN
            row.save(update_fields=["state", "reason", "entry_id"])
        this.result(deed=row.pk)
    return this.receipt


def deed_claim_instead(
    *,
    actor: Viewer,
    deed: Deed,
    mine: Deed,
    role: str,
    share: int | None = None,
    reason: str,
    act_id: UUID | None = None,
) -> Receipt:
    """Give up one's own record (`mine`) of a deed that somebody else had recorded (`deed`): a role in theirs is
    claimed, one's own is withdrawn. For oneself, or for the desk for which one recorded. Result: deed."""
    by = permit("deed.claim", actor, mine, at=mine.recorded_for)
    body = {"deed": deed.pk, "mine": mine.pk, "role": role, "share": share, "reason": reason}
    with act("assistance.deed.claim_instead", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        who = mine.recorded_for or actor.person
        if who is None:
            raise Refusal("claim.foreign", _("One claims a role for oneself or for one's own desk only."), field="who")
        # In one order: two who claim in each other's record would else wait for each other for ever.
        for locked in sorted((deed, mine), key=lambda locked: locked.pk):
            counted(locked)
        known = {part.who for part in parts_of(deed)}
        if who not in known:
            deed_claim(actor=actor, deed=deed, who=who, role=role, share=share, act_id=this.child())
        deed_withdraw(actor=actor, deed=mine, reason=reason, act_id=this.child())
        this.result(deed=deed.pk)
    return this.receipt
