"""A household leaves the register; what was done by mistake, that leaving or a split, is taken back."""

from datetime import date
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import codes
from yishi.assistance.register.hooks import households_changed
from yishi.assistance.register.models import Household, HouseholdMember, HouseholdStanding
from yishi.journal.act import act
from yishi.journal.models import Moved, Receipt
from yishi.journal.moved import FOLLOWED, Watch, last_moved, put_back
from yishi.kit.errors import Refusal, WrongStage
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .residents import active, day_read, recount
from .standings import standings_follow

ENDED, SPLIT = "assistance.household.end", "assistance.household.split"
MISTAKE = "mistake"  # of the lists household_end and member_leave
# What a household that splits off has by itself; anything else was recorded for it since.
ITS_OWN = frozenset(
    f"assistance.{name}"
    for name in ("HouseholdStay", "HouseholdStanding", "HouseholdCause", "HouseholdMember", "CheckFinding")
)


def household_end(
    *, actor: Viewer, household: Household, reason: str, on: date | None = None, act_id: UUID | None = None
) -> Receipt:
    """The household leaves the register from a day on; its file stays. Result: household."""
    by = permit("household.decide", actor, household.place)
    body = {"household": household.pk, "reason": reason, "on": on}
    with act("assistance.household.end", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        if not codes.has("household_end", reason):
            raise Refusal("household.reason", _("Please choose one of the values that are offered."), field="reason")
        row = active(household)
        day = day_read(on, after=row.registered_on)
        watch, stood = Watch(), _standings(row)
        watch.row(row, "left_on", "left_reason")
        row.left_on, row.left_reason = day, reason
        row.save(update_fields=["left_on", "left_reason"])
        standings_follow([row], day)
        data = {"reason": reason}
        this.entry(
            subject=("household", row.pk),
            place=row.place_id,
            at=this.on_day(day),
            quantities={"households": -1},
            data=data,
        )
        watch.keep(this, ("household", row.pk), stood=stood)
        households_changed([row.pk])
        this.result(household=row.pk)
    return this.receipt


def household_to_step_back(household: Household, kept: list[Moved] | None = None) -> Moved | None:
    """Its leaving or its split, whichever was last and still stands."""
    return last_moved(("household", household.pk), ENDED, SPLIT, kept=kept)


def household_step_back(*, actor: Viewer, household: Household, reason: str, act_id: UUID | None = None) -> Receipt:
    """Taken off the register or split by mistake: the household stands as it stood, and so do the figures.

    After a split, its members are in it again; the household that had split off stays as entered by mistake, without
    its number. Refused where something was recorded for that one since, or where somebody lives in another household
    by now. Result: household.
    """
    by = permit("household.step_back", actor, household)
    body = {"household": household.pk, "reason": reason}
    with act("assistance.household.step_back", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        row = Household.within.select_for_update(of=("self",)).get(pk=household.pk)
        last = household_to_step_back(row)
        split_off = None
        if last is not None and last.code == SPLIT:
            split_off = active(Household.within.get(pk=last.more["into"]))
            _check_untouched(split_off)
        moved = put_back(this, last, reason)
        row = active(row)
        if split_off is not None:
            _undo_split(split_off)
            recount(row)
        else:
            HouseholdStanding.objects.filter(household=row).delete()
            HouseholdStanding.objects.bulk_create(
                HouseholdStanding(household=row, **stood) for stood in moved.more["stood"]
            )
        _check_lives_once(row)
        data = {"moved": moved.pk}
        this.entry(subject=("household", row.pk), place=row.place_id, data=data)
        if split_off is not None:
            this.entry(subject=("household", split_off.pk), place=split_off.place_id, data=data)
        households_changed([row.pk, *([split_off.pk] if split_off else [])])
        this.result(household=row.pk)
    return this.receipt


def _undo_split(split_off: Household) -> None:
    """Nobody was ever in it, and it was never poor: it stays with its reason and counts on no day."""
    day = split_off.registered_on
    HouseholdMember.within.filter(household=split_off).update(valid_to=day, left_reason=MISTAKE)
    split_off.left_on, split_off.left_reason, split_off.size = day, MISTAKE, 0
    split_off.number = _free(split_off)
    split_off.save(update_fields=["left_on", "left_reason", "size", "number"])
    standings_follow([split_off], day)


def _free(split_off: Household) -> str:
    """A number for what was entered by mistake; its own is free for the split that is right."""
    return f"{split_off.number[:24]}-{str(split_off.pk)[-4:]}"


def _check_untouched(split_off: Household) -> None:
    """Refuse where anything was recorded for the household that split off."""
    people = HouseholdMember.within.filter(household=split_off)
    followed = people.exclude(joined_reason="split").exists() or people.filter(valid_to__isnull=False).exists()
    kept = [(relation, "") for relation in Household._meta.related_objects]
    kept += [(relation, "__household") for relation in HouseholdMember._meta.related_objects]
    for relation, through in kept:
        model: Any = relation.related_model
        if model._meta.label not in ITS_OWN:
            followed |= model._base_manager.filter(**{f"{relation.field.name}{through}": split_off}).exists()
    if followed:
        raise WrongStage("moved.followed", FOLLOWED)


def _check_lives_once(household: Household) -> None:
    """Refuse where one of its members lives in another household of the register by now."""
    here = HouseholdMember.within.filter(household=household, valid_to__isnull=True).values("person")
    elsewhere = HouseholdMember.within.filter(person__in=here, valid_to__isnull=True, household__left_on__isnull=True)
    other = elsewhere.exclude(household=household).select_related("person", "household").first()
    if other is not None:
        raise WrongStage(
            "household.elsewhere",
            _("%(name)s is in household %(number)s by now. Let them leave it first.")
            % {"name": other.person.name, "number": other.household.number},
        )


def _standings(household: Household) -> list[dict[str, Any]]:
    rows = HouseholdStanding.objects.filter(household=household).order_by("valid_from")
    return [dict(row) for row in rows.values("state", "valid_from", "valid_to", "by_year")]
