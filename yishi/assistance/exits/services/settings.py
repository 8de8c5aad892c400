"""An office sets a rule of exits for its area, once and with its paper; assessments opened from then on take it."""

from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.exits.models import ExitSetting
from yishi.assistance.exits.survey.area import CONDITION, COUNTER, NUMBERS
from yishi.assistance.exits.survey.pack import rules_read, rules_versions
from yishi.database.words import Words
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.organisations.grants import Viewer
from yishi.organisations.models import Place
from yishi.organisations.rights import permit

SOURCE = Words("source", 300, _("Please write the document on which it rests."), code="exit.setting_source")
MOST_PER_CENT = Decimal(100)
MOST_COUNTER_DAYS = 60
FINE = Decimal("0.01")


def conditions_known() -> list[str]:
    """The codes of all conditions of a household that a shipped version knows, in their order."""
    return list(dict.fromkeys(code for version in rules_versions() for code in rules_read(version).conditions))


def exit_rule_set(
    *,
    actor: Viewer,
    place: Place,
    code: str,
    valid_from: date,
    source: str,
    value: Decimal | None = None,
    is_off: bool = False,
    act_id: UUID | None = None,
) -> Receipt:
    """Set one number of the rules for an area from a day on, or say that a household's condition is none there; with
    neither, the word goes back to the area above. What was opened before keeps what held. Result: setting."""
    by = permit("exit.rules_set", actor, place)
    body = {"place": place.pk, "code": code, "from": valid_from, "value": value, "off": is_off, "source": source}
    with act("assistance.exit.rules_set", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        _check(code, value, is_off)
        setting = ExitSetting.objects.create(
            place=place,
            code=code,
            valid_from=valid_from,
            value=value,
            is_off=is_off,
            source=SOURCE.kept(source),
            set_by=actor.person,
            set_for_id=by.body_id,
            set_at=this.now,
        )
        this.entry(
            subject=("exit_setting", setting.pk),
            place=place.pk,
            dims={"code": code},
            data={"from": valid_from, "off": is_off, "value": value},
        )
        this.result(setting=setting.pk)
    return this.receipt


def _check(code: str, value: Decimal | None, is_off: bool) -> None:
    """A number takes a value, a condition is one or none; refuse anything else."""
    if code.startswith(CONDITION) and code.removeprefix(CONDITION) in conditions_known():
        if value is not None:
            raise Refusal("exit.setting", _("A condition holds here or does not; it has no number."))
        return
    if code not in NUMBERS:
        raise Refusal("exit.setting", _("There is no such rule of an exit."))
    if is_off:
        raise Refusal("exit.setting", _("A line has a number and is never switched off."))
    if value is None:
        return
    if not value.is_finite() or value != value.quantize(FINE):
        raise Refusal("exit.setting_value", _("Please type a number with at most two decimals."), field="value")
    if code == COUNTER and not (1 <= value <= MOST_COUNTER_DAYS and value == int(value)):
        raise Refusal(
            "exit.setting_days",
            _("Between 1 and %(most)d whole working days.") % {"most": MOST_COUNTER_DAYS},
            field="value",
        )
    if not 0 < value <= MOST_PER_CENT:
        raise Refusal("exit.setting_share", _("A share in per cent lies above nil and is at most 100."), field="value")
