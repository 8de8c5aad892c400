"""Changes of the register (变更申请): asked for on any day, decided by the desk above, in effect from a day.

Whoever asks and may decide is spared the second step. A change takes effect by the same functions as one that the
deciding desk makes itself; while it waits it is kept as it was asked, its identity numbers encrypted.
"""

import contextlib
import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register.fields import no_card_number
from yishi.assistance.register.models import (
    ChangeRequest,
    Household,
    HouseholdMember,
    HouseholdStay,
)
from yishi.assistance.register.shown import change_digest
from yishi.database.words import Words
from yishi.journal.act import Act, act, plain
from yishi.journal.models import Receipt
from yishi.journal.shown import check_shown
from yishi.kit.errors import Refusal, WrongStage
from yishi.kit.identity import masked
from yishi.kit.ids import child_id, uuid7
from yishi.kit.records import certain
from yishi.kit.text import clean
from yishi.notices.days import day_said
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import may, permit

from .identity import account_read, asked_open, asked_seal, identity_read, keys_check, ring
from .leaving import household_end
from .members import member_change, member_join, member_leave
from .register import (
    household_change,
    household_head_change,
    household_register,
    household_relocate,
    household_split,
)
from .residents import day_read

REASON = Words("reason", 300)
ANSWER = Words("answer", 300, _("Please write why, so that it can be mended."), code="reason.empty")

Kind, State = ChangeRequest.Kind, ChangeRequest.State


def change_ask(
    *,
    actor: Viewer,
    kind: str,
    asked: Mapping[str, Any],
    household: Household | None = None,
    place: Place | None = None,
    effective_on: date | None = None,
    reason: str = "",
    act_id: UUID | None = None,
) -> Receipt:
    """Ask for a change; where the actor may decide it, it takes effect at once. Result: request, done, household.

    `asked` is what the function of `kind` takes besides household and day (see `_APPLY`): plain values and ids.
    """
    where = certain(household.place if household is not None else place)
    by = permit("household.ask", actor, where)
    open_values, numbers, account = _apart(asked)
    day = day_read(effective_on, after=household.registered_on if household is not None else None)
    reason_given = no_card_number(REASON.kept(reason), "reason")
    body = {
        "kind": kind,
        "household": household.pk if household else None,
        "place": where.pk,
        "asked": open_values,
        "numbers": {key: ring().blind("identity", text) for key, text in numbers.items()},
        "account": ring().blind("bank", account) if account else account,
        "on": day,
        "reason": reason_given,
    }
    with act("assistance.change.ask", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if kind not in Kind.values:
            raise Refusal("change.kind", _("Please choose one of the values that are offered."), field="kind")
        if household is not None and household.left_on is not None:
            raise WrongStage(
                "household.left", _("This household left the register; nothing is changed in it any more.")
            )
        _once(kind, household, where, open_values)
        request = ChangeRequest(
            id=child_id(this.id, 1),
            household=household,
            place=where,
            kind=kind,
            asked=plain(open_values),
            effective_on=day,
            reason=reason_given,
            asked_by=actor.person,
            asked_for_id=by.body_id if by.right_kind == "post" else None,  # who is stationed asks for no desk
            asked_at=this.now,
        )
        if numbers or account:
            keys_check()
        asked_seal(request, json.dumps(numbers) if numbers else "", account or "")
        request.save(force_insert=True)
        this.entry(subject=_subject(request), place=where.pk, data={"request": request.pk, "kind": kind})
        done = may("household.decide", actor, where)
        if done:
            _approve(this, actor, request)
        else:
            _try(actor, request)
        this.result(request=request.pk, done=done, household=request.household_id)
    return this.receipt


def change_approve(*, actor: Viewer, change: ChangeRequest, shown: str = "", act_id: UUID | None = None) -> Receipt:
    """Approve a change: it takes effect from its day. `shown`: the hash of what was read of it (`change_digest`).

    Result: request, household."""
    by = permit("change.decide", actor, change)
    with act("assistance.change.approve", actor=by, act_id=act_id, body={"request": change.pk}) as this:
        if this.replayed:
            return this.receipt
        row = _open(change)
        check_shown(shown, change_digest(row))
        this.entry(subject=_subject(row), place=row.place_id, data={"request": row.pk, "kind": row.kind})
        _approve(this, actor, row)
        this.result(request=row.pk, household=row.household_id)
    return this.receipt


def change_refuse(*, actor: Viewer, change: ChangeRequest, answer: str, act_id: UUID | None = None) -> Receipt:
    """Refuse a change: it does not take effect, and whoever asked reads why. The numbers in the request are
    forgotten. Result: request."""
    by = permit("change.decide", actor, change)
    body = {"request": change.pk, "answer": answer}
    with act("assistance.change.refuse", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _open(change)
        row.answer = no_card_number(ANSWER.kept(answer), "answer")
        _close(this, actor, row, State.REFUSED)
        this.result(request=row.pk)
    return this.receipt


def change_withdraw(*, actor: Viewer, change: ChangeRequest, act_id: UUID | None = None) -> Receipt:
    """Take back a change that one asked for. The numbers in the request are forgotten. Result: request."""
    by = permit("change.withdraw", actor, change)
    with act("assistance.change.withdraw", actor=by, act_id=act_id, body={"request": change.pk}) as this:
        if this.replayed:
            return this.receipt
        row = _open(change)
        _close(this, actor, row, State.WITHDRAWN)
        this.result(request=row.pk)
    return this.receipt


def asked_values(request: ChangeRequest) -> dict[str, Any]:
    """What was asked, as the functions of the register take it, with its numbers in clear. For services alone."""
    numbers, account = asked_open(request)
    values: dict[str, Any] = json.loads(json.dumps(request.asked))
    for key, text in (json.loads(numbers) if numbers else {}).items():
        _owner(values, key)["identity"] = text
    if account:
        values["bank_account"] = account
    return values


def asked_masked(request: ChangeRequest) -> list[str]:
    """The identity numbers of what was asked as a page shows them; nothing once it is decided."""
    numbers, _account = asked_open(request)
    return [masked(text) for text in json.loads(numbers).values()] if numbers else []


def _once(kind: str, household: Household | None, place: Place, asked: Mapping[str, Any]) -> None:
    """Refuse what waits for its decision already: the same newborn, the same leaving, the same new household."""
    waiting = ChangeRequest.within.filter(state=State.OPEN, kind=kind, household=household, place=place)
    for other in waiting.select_related("asked_by"):
        if _is_same(other.asked, plain(dict(asked))):
            raise Refusal(
                "change.twice",
                _("%(who)s asked for this on %(day)s already; it waits for the decision. Take that one back first.")
                % {
                    "day": day_said(timezone.localdate(other.asked_at)),
                    "who": other.asked_by.name if other.asked_by else _("another desk"),
                },
            )


def _is_same(request: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Is somebody to join or to head a new household in both, by name and, as far as known, day of birth; else: is all
    that they ask the same? The numbers are sealed."""
    for key in ("member", "head"):
        first, second = request.get(key), other.get(key)
        if isinstance(first, Mapping) and isinstance(second, Mapping):
            days = {first.get("born_on") or None, second.get("born_on") or None} - {None}
            return clean(str(first.get("name"))) == clean(str(second.get("name"))) and len(days) < 2
    return dict(request) == dict(other)


class _Tried(Exception):
    """Ends a trial: all that it wrote is taken back."""


def _try(actor: Viewer, request: ChangeRequest) -> None:
    """Let the change take effect and take it back: what could not take effect is refused while the form is open.

    Within the asker's own reach: a trial must not tell them whose number stands in another village.
    """
    with contextlib.suppress(_Tried), transaction.atomic():
        _APPLY[request.kind](Viewer(is_system=True, reach=actor.reach), request, asked_values(request), uuid7())
        raise _Tried


def _approve(this: Act, actor: Viewer, request: ChangeRequest) -> None:
    receipt = _APPLY[request.kind](actor, request, asked_values(request), this.child())
    if request.household_id is None:
        request.household_id = UUID(receipt.result["household"])
    request.state, request.decided_by, request.decided_at = State.APPROVED, actor.person, this.now
    request.identity_sealed = request.bank_sealed = None  # they stand in the register now
    request.save()


def _close(this: Act, actor: Viewer, request: ChangeRequest, state: str) -> None:
    request.state, request.decided_by, request.decided_at = state, actor.person, this.now
    request.identity_sealed = request.bank_sealed = None
    request.save()
    this.entry(subject=_subject(request), place=request.place_id, data={"request": request.pk, "kind": request.kind})


def _open(request: ChangeRequest) -> ChangeRequest:
    """The request, locked; refuses one that is decided or withdrawn."""
    requests = ChangeRequest.within.select_for_update(of=("self",)).select_related("household__place", "place")
    row = requests.get(pk=request.pk)
    if row.state != State.OPEN:
        raise WrongStage(
            "change.closed",
            _("This request is “%(state)s” already.") % {"state": row.get_state_display()},
        )
    return row


def _subject(request: ChangeRequest) -> tuple[str, UUID]:
    return ("household", request.household_id) if request.household_id else ("change_request", request.pk)


def _apart(asked: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, str], str | None]:
    """(what may stand in clear, numbers by their owner, account). A wrong number is refused here, at the asking."""
    values: dict[str, Any] = json.loads(json.dumps(asked, default=str))
    numbers = {}
    for key, owner in _owners(values):
        text = str(owner.pop("identity", "") or "").strip()
        if text:
            kind = owner.get("identity_kind") or "id_card"
            field = "head_identity" if key == "head" else "identity"
            number = identity_read(text, kind, field=field, as_on_card=bool(owner.get("as_on_card")))
            numbers[key] = number.number
    account = values.pop("bank_account", None)
    return values, numbers, account_read(account) if account is not None else None


def _owners(values: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    """The people in what was asked who may have a number: the head, a member, the members of a new household."""
    owners = [(key, values[key]) for key in ("head", "member", "values") if isinstance(values.get(key), dict)]
    people = values.get("members")
    if isinstance(people, list):
        owners += [(f"members.{place}", person) for place, person in enumerate(people) if isinstance(person, dict)]
    return owners


def _owner(values: dict[str, Any], key: str) -> dict[str, Any]:
    name, _dot, place = key.partition(".")
    owner: dict[str, Any] = values[name][int(place)] if place else values[name]
    return owner


def _member(request: ChangeRequest, key: str) -> HouseholdMember:
    members = HouseholdMember.within.select_related("household__place", "person")
    return members.get(pk=key, household=request.household)


def _place(key: str | None) -> Place | None:
    return Place.objects.get(pk=key) if key else None


def _register(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    hamlet = _place(asked.pop("hamlet", None))
    return household_register(
        actor=actor, place=request.place, hamlet=hamlet, on=request.effective_on, act_id=act_id, **asked
    )


def _change(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    return household_change(actor=actor, household=request.family, on=request.effective_on, act_id=act_id, **asked)


def _join(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    return member_join(actor=actor, household=request.family, on=request.effective_on, act_id=act_id, **asked)


def _leave(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    member = _member(request, asked["member"])
    return member_leave(actor=actor, member=member, reason=asked["reason"], on=request.effective_on, act_id=act_id)


def _correct(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    member = _member(request, asked["member"])
    return member_change(actor=actor, member=member, values=asked["values"], act_id=act_id)


def _head(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    return household_head_change(
        actor=actor,
        household=request.family,
        member=_member(request, asked["member"]),
        relations=asked["relations"],
        on=request.effective_on,
        act_id=act_id,
    )


def _split(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    return household_split(
        actor=actor,
        household=request.family,
        members=[_member(request, key) for key in asked["members"]],
        head=_member(request, asked["head"]),
        relations=asked.get("relations") or {},
        number=asked.get("number", ""),
        on=request.effective_on,
        act_id=act_id,
    )


def _relocate(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    return household_relocate(
        actor=actor,
        household=request.family,
        place=certain(_place(asked["place"])),
        hamlet=_place(asked.get("hamlet")),
        group_name=asked.get("group_name", ""),
        site=asked.get("site", ""),
        kind=asked.get("kind", HouseholdStay.Kind.RELOCATED),
        on=request.effective_on,
        act_id=act_id,
    )


def _end(actor: Viewer, request: ChangeRequest, asked: dict[str, Any], act_id: UUID) -> Receipt:
    return household_end(
        actor=actor, household=request.family, reason=asked["reason"], on=request.effective_on, act_id=act_id
    )


_APPLY: dict[str, Callable[[Viewer, ChangeRequest, dict[str, Any], UUID], Receipt]] = {
    Kind.REGISTER: _register,
    Kind.CHANGE: _change,
    Kind.JOIN: _join,
    Kind.LEAVE: _leave,
    Kind.MEMBER: _correct,
    Kind.HEAD: _head,
    Kind.SPLIT: _split,
    Kind.RELOCATE: _relocate,
    Kind.END: _end,
}
