"""How monitoring ends and begins anew: the risk is cleared, comes back, or the family falls back into poverty."""

from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.watch.models import Watch
from yishi.assistance.watch.reads import Condition, clearing_conditions, open_watch
from yishi.assistance.watch.stages import S
from yishi.assistance.watch.triggers import read_pack
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from ._common import WHY, after_the_last, locked, register_follow, register_now, restored, take

Clearing = Watch.Clearing


def watch_clear(
    *,
    actor: Viewer,
    watch: Watch,
    on: date,
    clearing: str,
    reason: str,
    seen_at_home: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Clear a family's risk: stably, where every condition holds (what the register does not say was seen at home), or
    because it died or moved away. Result: watch, step."""
    by = permit("watch.clear", actor, watch)
    body = {"watch": watch.pk, "on": on, "clearing": clearing, "reason": reason, "seen_at_home": seen_at_home}
    with act("assistance.watch.clear", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        day = after_the_last(row, on)
        if clearing not in Clearing.values:
            raise Refusal("watch.clearing", _("Please choose one of the values that are offered."), field="clearing")
        conditions = clearing_conditions(row, day)
        if clearing == Clearing.STABLE and row.stage == S.WATCHED:
            _holds(row, conditions, seen_at_home)
        take(
            this,
            row,
            "clear",
            day,
            words=WHY.kept(reason),
            data={"clearing": clearing, "conditions": {each.code: each.holds for each in conditions}},
            register=register_now(row.household),
            clearing=clearing,
            ended_on=day,
        )
        risks = [(code, day) for code in row.risks]
        register_follow(this, actor, row, {"watch_cleared_on": day}, risks, day)
    return this.receipt


def _holds(watch: Watch, conditions: list[Condition], seen_at_home: bool) -> None:
    if watch.household.no_labour:
        raise Refusal(
            "watch.no_labour",
            _("Nobody in this family can work: it is observed and not cleared."),
            field="clearing",
        )
    broken = [str(each.words) for each in conditions if each.holds is False]
    if broken:
        raise Refusal(
            "watch.conditions", _("Not so by the register: %(what)s.") % {"what": "；".join(broken)}, field="clearing"
        )
    if any(each.holds is None for each in conditions) and not seen_at_home:
        raise Refusal(
            "watch.unknown",
            _("The register does not say all of it: it must have been seen at home."),
            field="seen_at_home",
        )


def watch_resume(*, actor: Viewer, watch: Watch, on: date, reason: str, act_id: UUID | None = None) -> Receipt:
    """A family whose risk was cleared is monitored again (回退监测); the first measure is due anew. Result: watch,
    step."""
    by = permit("watch.resume", actor, watch)
    body = {"watch": watch.pk, "on": on, "reason": reason}
    with act("assistance.watch.resume", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        day = after_the_last(row, on)
        if row.stage == S.CLEARED and open_watch(row.household) is not None:
            raise WrongStage("watch.another", _("Another file of this family is open."))
        take(
            this,
            row,
            "resume",
            day,
            words=WHY.kept(reason),
            register=register_now(row.household),
            clearing="",
            ended_on=None,
            measures_from=day,
            measures_by=read_pack(row.pack).measures_by(day),
        )
        values = {"watch_kind": row.kind, "watch_cleared_on": None}
        register_follow(this, actor, row, values, [(code, None) for code in row.risks], day)
    return this.receipt


def watch_return(*, actor: Viewer, watch: Watch, on: date, reason: str, act_id: UUID | None = None) -> Receipt:
    """A family fell back into poverty (返贫): the register has it so from that day on, its standings and the figures
    follow, and it is helped by measures as before. Result: watch, step."""
    by = permit("watch.return", actor, watch)
    body = {"watch": watch.pk, "on": on, "reason": reason}
    with act("assistance.watch.return", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        day = after_the_last(row, on)
        if row.stage in (S.WATCHED, S.CLEARED) and row.household.state != "exited":
            raise Refusal("watch.never_poor", _("Only a family that the register has as out of poverty falls back."))
        take(
            this,
            row,
            "return",
            day,
            words=WHY.kept(reason),
            register=register_now(row.household),
            ended_on=day,
        )
        values = {"state": "returned", "returned": True, "watch_cleared_on": row.household.watch_cleared_on or day}
        register_follow(this, actor, row, values, None, day)
    return this.receipt


def watch_step_back(*, actor: Viewer, watch: Watch, reason: str, act_id: UUID | None = None) -> Receipt:
    """Take the last step back, with the reason: the file stands as before it, and the register too. Result: watch,
    step."""
    by = permit("watch.step_back", actor, watch)
    with act("assistance.watch.step_back", actor=by, act_id=act_id, body={"watch": watch.pk, "reason": reason}) as this:
        if this.replayed:
            return this.receipt
        row = locked(watch)
        last = row.steps.filter(taken_back_at=None).order_by("at", "pk").last()
        if last is None:
            raise WrongStage("watch.nothing", _("Nothing was done here yet; the verdict on its signal is taken back."))
        if row.stage not in Watch.OPEN and last.before["stage"] in Watch.OPEN and open_watch(row.household) is not None:
            raise WrongStage("watch.another", _("Another file of this family is open."))
        why = WHY.kept(reason)
        for name, value in last.before.items():
            setattr(row, name, restored(name, value))
        row.save()
        last.taken_back_at, last.taken_back_by_id, last.taken_back_reason = this.now, by.person_id, why
        last.save(update_fields=["taken_back_at", "taken_back_by", "taken_back_reason"])
        if last.register:
            said = last.register
            risks = [(code, date.fromisoformat(day) if day else None) for code, day in said["risks"]]
            values = {
                name: date.fromisoformat(value) if value and name in ("watch_from", "watch_cleared_on") else value
                for name, value in said["values"].items()
            }
            register_follow(this, actor, row, values, risks, timezone.localdate(this.now), takes_back=True)
        this.entry(
            subject=("watch", row.pk),
            place=row.place_id,
            quantities={last.verb: -1},
            touches=[("household", row.household_id, 1)],
            data={"reason": why, "verb": last.verb},
        )
        this.result(watch=row.pk, step=last.pk)
    return this.receipt
