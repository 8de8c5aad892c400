"""What people decide about the logic checks: let a finding stand until a day (免改), change a rule for an area."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.checks.logic.engine import MONEY
from yishi.assistance.checks.logic.pack import read_pack
from yishi.assistance.checks.models import (
    CheckFinding,
    CheckSetting,
    CheckWaiver,
    Severity,
)
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import permit

LONGEST = timedelta(days=366)
WHY = Words("reason", 300, _("Please write the reason."))
MOST_VALUE = Decimal(10) ** 9


def finding_waive(
    *, actor: Viewer, finding: CheckFinding, reason: str, until: date, act_id: UUID | None = None
) -> Receipt:
    """Let a finding stand until a day, a year at most, with a reason; after that day it comes back. Result: finding."""
    by = permit("check.waive", actor, finding)
    body = {"finding": finding.pk, "reason": reason, "until": until}
    with act("assistance.check.waive", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = _locked(finding)
        if row.cleared_at is not None:
            raise WrongStage("finding.cleared", _("The last check no longer found this. There is nothing to waive."))
        today = timezone.localdate()
        _check_until(until, today)
        waiver = CheckWaiver.objects.create(
            finding=row,
            reason=WHY.kept(reason),
            until=until,
            given_by=actor.person,
            given_for_id=by.body_id,
            given_at=this.now,
        )
        row.waived_until = until
        row.save(update_fields=["waived_until"])
        this.entry(
            subject=("household", row.household_id),
            place=row.household.place_id,
            dims={"rule": row.rule},
            data={"finding": row.pk, "waiver": waiver.pk, "until": until},
        )
        this.result(finding=row.pk)
    return this.receipt


def finding_unwaive(*, actor: Viewer, finding: CheckFinding, act_id: UUID | None = None) -> Receipt:
    """Take the waiver back: the finding waits again. Result: finding."""
    by = permit("check.waive", actor, finding)
    with act("assistance.check.unwaive", actor=by, act_id=act_id, body={"finding": finding.pk}) as this:
        if this.replayed:
            return this.receipt
        row = _locked(finding)
        if row.waived_until is None:
            raise WrongStage("finding.unwaived", _("This finding is not waived."))
        row.waivers.filter(ended_at=None).update(ended_at=this.now)
        row.waived_until = None
        row.save(update_fields=["waived_until"])
        this.entry(
            subject=("household", row.household_id),
            place=row.household.place_id,
            dims={"rule": row.rule},
            data={"finding": row.pk},
        )
        this.result(finding=row.pk)
    return this.receipt


def _check_setting(code: str, *, is_off: bool, severity: str, value: Decimal | None) -> None:
    """A rule takes one of off and severity, a threshold takes a value in its unit; refuse anything else."""
    pack = read_pack()
    if code in pack.rules:
        if severity and severity not in Severity.values:
            raise Refusal("check.severity", _("Please choose one of the values that are offered."), field="severity")
        if value is not None or (is_off and severity):
            raise Refusal("check.rule", _("A rule is switched off or made graver or milder, one of both."))
    elif code in pack.parameters:
        if is_off or severity:
            raise Refusal("check.parameter", _("A threshold has a value and nothing else."))
        _check_value(value, pack.parameters[code].unit)
    else:
        raise Refusal("check.code", _("There is no such rule or threshold in the rules of today."))


def check_set(
    *,
    actor: Viewer,
    place: Place,
    code: str,
    valid_from: date,
    reason: str,
    is_off: bool = False,
    severity: str = "",
    value: Decimal | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Change one rule (off, or another severity) or one threshold for an area from a day on; with nothing given, the
    word goes back to the area above. What held before stays readable. Result: setting."""
    by = permit("check.set", actor, place)
    body = {
        "place": place.pk,
        "code": code,
        "from": valid_from,
        "reason": reason,
        "off": is_off,
        "severity": severity,
        "value": value,
    }
    with act("assistance.check.set", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        _check_setting(code, is_off=is_off, severity=severity, value=value)
        setting = CheckSetting.objects.create(
            place=place,
            code=code,
            valid_from=valid_from,
            is_off=is_off,
            severity=severity,
            value=value,
            reason=WHY.kept(reason),
            set_by=actor.person,
            set_for_id=by.body_id,
            set_at=this.now,
        )
        this.entry(
            subject=("check_setting", setting.pk),
            place=place.pk,
            dims={"code": code},
            data={"from": valid_from, "off": is_off, "severity": severity, "value": value},
        )
        this.result(setting=setting.pk)
    return this.receipt


def _check_value(value: Decimal | None, unit: str) -> None:
    if value is None:
        return
    fine = Decimal("0.01") if unit == MONEY else Decimal("0.1")
    if not value.is_finite() or not 0 <= value <= MOST_VALUE or value != value.quantize(fine):
        raise Refusal(
            "check.value", _("Please type a number of nil or more, in the unit of the threshold."), field="value"
        )


def _check_until(until: date, today: date) -> None:
    if not today <= until <= today + LONGEST:
        raise Refusal(
            "waiver.until",
            _("Choose a day between today and a year from now: somebody should look at it again then."),
            field="until",
        )


def _locked(finding: CheckFinding) -> CheckFinding:
    findings = CheckFinding.within.select_for_update(of=("self",)).select_related("household")
    return findings.get(pk=finding.pk)
