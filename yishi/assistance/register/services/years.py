"""A household's year: how it lived, what it earned, what its members did. One row per year, prefilled from the last.

The four classes of income are the sums of their items where items are known, else what was given. Net income is the
four classes less the cost of the business; per head it is divided by the people of the household, to the fen.
"""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from yishi.assistance.register import codes, fields
from yishi.assistance.register.hooks import households_changed
from yishi.assistance.register.models import (
    Household,
    HouseholdMember,
    HouseholdYear,
    MemberYear,
)
from yishi.journal.act import act
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.money import yuan_text
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import permit

from .residents import active

FIRST_YEAR = 2005
CLASSES = ("wage", "business", "property", "transfer")
# What is true of one year alone and never taken over from the last.
NOT_TAKEN_OVER = {"collected_on", "filled_by", "signed_on", "claims_income", "self_paid", "measures"}


def household_year_fill(
    *,
    actor: Viewer,
    household: Household,
    year: int,
    values: Mapping[str, Any] | None = None,
    income: Mapping[str, Any] | None = None,
    members: Mapping[UUID, Mapping[str, Any]] | None = None,
    act_id: UUID | None = None,
) -> Receipt:
    """Fill in (or correct) what is given of one year. Result: household, year, net_per_head (fen, or none).

    `values`: fields of HOUSEHOLD_YEAR; `income`: item → amount; `members`: member → fields of MEMBER_YEAR.
    """
    by = permit("household.fill", actor, household)
    figures = fields.read(fields.HOUSEHOLD_YEAR, values or {})
    items = income_read(income) if income is not None else None
    people = {UUID(str(key)): fields.read(fields.MEMBER_YEAR, answers) for key, answers in (members or {}).items()}
    body = {
        "household": household.pk,
        "year": year,
        "values": figures,
        "income": items,
        "members": {str(key): answers for key, answers in people.items()},
    }
    with act("assistance.household.fill", actor=by, act_id=act_id, body=body) as this:
        if this.replayed:
            return this.receipt
        this_year = timezone.localdate(this.now).year
        if not FIRST_YEAR <= year <= this_year:
            raise Refusal(
                "year.range",
                _("Choose a year from %(first)d to %(last)d.") % {"first": FIRST_YEAR, "last": this_year},
                field="year",
            )
        home = active(household)
        household_year = HouseholdYear.within.select_for_update().filter(household=home, year=year).first()
        household_year = household_year or HouseholdYear(household=home, year=year)
        for name, value in figures.items():
            setattr(household_year, name, value)
        if items is not None:
            household_year.income = items
            classes_check(household_year, figures)
        compute(household_year, home.size)
        household_year.changed_at = this.now
        household_year.save()
        _members_fill(home, year, people)
        this.entry(
            subject=("household", home.pk),
            place=home.place_id,
            data={"year": year, "fields": len(figures), "members": len(people)},
        )
        households_changed([home.pk])
        this.result(household=home.pk, year=year, net_per_head=household_year.net_per_head)
    return this.receipt


def income_read(income: Mapping[str, Any]) -> dict[str, int]:
    """Item → fen; what is empty is left out. Refuses an item that the list does not have."""
    amounts = {}
    for code, value in income.items():
        if not codes.has("income_item", code):
            raise Refusal("income.item", _("Please choose one of the values that are offered."), field="income")
        label = codes.label("income_item", code)
        fen = fields.read_one(fields.Field(f"income_{code}", label, "money"), value)
        if fen is not None:
            amounts[code] = fen
    return amounts


def classes_check(row: HouseholdYear, said: Mapping[str, Any]) -> None:
    """Set each class of income to the sum of its items, where items are known; refuse one that was given otherwise."""
    for name in CLASSES:
        column, total = f"{name}_income", class_sum(row.income, name)
        if total is None:
            continue
        amount = said.get(column)
        if amount is not None and amount != total:
            raise Refusal(
                "income.sum",
                _("%(label)s: the items add up to %(sum)s yuan. Correct them, or leave the sum empty.")
                % {"label": codes.label("income_class", name), "sum": yuan_text(total)},
                field=column,
            )
        setattr(row, column, total)


def class_sum(income: Mapping[str, int], name: str) -> int | None:
    """The sum of the items of a class; None where none is known."""
    amounts = [fen for code, fen in income.items() if codes.of("income_item", code)["class"] == name]
    return sum(amounts) if amounts else None


def compute(row: HouseholdYear, size: int) -> None:
    """Set the net income, whole and per head (fen), from what the row says; None while one of the four classes is not
    known. `size` stands for a head-count that was not given."""
    classes = [getattr(row, f"{name}_income") for name in CLASSES]
    if any(fen is None for fen in classes):
        row.net_income = row.net_per_head = None
        return
    row.head_count = row.head_count or size
    row.net_income = sum(classes) - (row.business_cost or 0)
    row.net_per_head = (2 * row.net_income + row.head_count) // (2 * row.head_count) if row.head_count else None


def year_draft(household: Household, year: int) -> tuple[dict[str, Any], dict[str, int], int | None]:
    """What a form begins with: (values, income by item, the year from which they are).

    That year's own row, else what was true in the last year before it: nothing is asked twice.
    """
    row = HouseholdYear.within.filter(household=household, year__lte=year).order_by("-year").first()
    if row is None:
        return {"head_count": household.size}, {}, None
    own = row.year == year
    values = {
        field.name: getattr(row, field.name)
        for field in fields.HOUSEHOLD_YEAR
        if own or field.name not in NOT_TAKEN_OVER
    }
    for name in CLASSES:  # a sum of items stands empty: it is computed again
        if class_sum(row.income, name) is not None:
            values[f"{name}_income"] = None
    if not own:
        values["head_count"] = household.size
    return values, dict(row.income), row.year


def member_year_draft(member: HouseholdMember, year: int) -> tuple[dict[str, Any], int | None]:
    """The same for a member, from whichever household they were in the year before."""
    member_years = MemberYear.within.filter(member__person=member.person_id, year__lte=year)
    row = member_years.order_by("-year", "-member__valid_from").first()
    if row is None:
        return {}, None
    return {field.name: getattr(row, field.name) for field in fields.MEMBER_YEAR}, row.year


def _members_fill(home: Household, year: int, people: Mapping[UUID, Mapping[str, Any]]) -> None:
    there = {member.pk: member for member in HouseholdMember.within.filter(household=home, pk__in=people)}
    if set(there) != set(people):
        raise Refusal("member.foreign", _("This person is not a member of the household."), field="members")
    known = {
        member_year.member_id: member_year for member_year in MemberYear.within.filter(member__in=there, year=year)
    }
    for key, answers in people.items():
        row = known.get(key) or MemberYear(member_id=key, year=year)
        for name, value in answers.items():
            setattr(row, name, value)
        row.save()
