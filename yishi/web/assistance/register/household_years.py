"""The forms of one year of a household and of a member: filled from the year before, so that nothing is asked twice."""

from typing import Any
from uuid import UUID

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.pairing.models import Measure
from yishi.assistance.register import codes, fields
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.register.services.years import (
    CLASSES,
    FIRST_YEAR,
    household_year_fill,
    member_year_draft,
    year_draft,
)
from yishi.commitments.models import Commitment
from yishi.kit.records import lend, lent
from yishi.web.kit.one_act import SHEET, Fields, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .household_change import back_to, load_household, load_member
from .register_forms import (
    AskedField,
    Group,
    RegisterForm,
    asked_fields,
)


class YearForm(RegisterForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields |= asked_fields(fields.HOUSEHOLD_YEAR)
        self.items: dict[str, list[str]] = {name: [] for name in CLASSES}
        for value in codes.values("income_item"):
            name = f"income_{value['code']}"
            label = codes.label("income_item", value["code"])
            self.fields[name] = AskedField(fields.Field(name, label, "money"))
            self.items[value["class"]].append(name)

    def groups(self) -> list[Group]:
        named = {name: [field.name for field in part] for name, part in _SPECS.items()}
        totals = [f"{name}_income" for name in CLASSES]
        further = [name for name in named["money"] if name not in totals]
        items = [
            Group(
                self,
                _("%(income)s, item by item") % {"income": codes.label("income_class", name)},
                self.items[name],
                is_folded=not any(self.initial.get(item) for item in self.items[name]),
                text=_("Where items are given, their sum is computed and the line above stays empty."),
            )
            for name in CLASSES
        ]
        return [
            Group(self, _("People and paper"), named["paper"]),
            Group(self, _("Incomes of the year"), [*totals, *further]),
            *items,
            Group(self, _("House, road, water and power"), named["living"]),
            Group(self, _("Land"), named["land"]),
            Group(self, _("Help that reaches the household"), named["help"]),
        ]


# Groups of measures that the yearly form knows by another code.
GROUPS: dict[str, str] = {Measure.Group.SCHOOLING: "compulsory_education", Measure.Group.EDUCATION: "other_education"}
_SPECS = {
    "paper": fields.PAPER,
    "money": fields.MONEY,
    "land": fields.LAND,
    "living": fields.LIVING,
    "help": fields.HELP,
}


def load_year(request: Request, pk: UUID, year: int) -> Household:
    household = load_household(request, pk)
    _year_check(year)
    return lend(household, asked_year=year)


def load_member_year(request: Request, pk: UUID, year: int) -> HouseholdMember:
    member = load_member(request, pk)
    _year_check(year)
    return lend(member, asked_year=year)


def _year_check(year: int) -> None:
    """404 for a year before the register began, or to come."""
    if not FIRST_YEAR <= year <= timezone.localdate().year:
        raise Http404


def measures_of(household: Household, year: int) -> list[str]:
    """The groups of the measures that were agreed for a family and ran in a year, as the form asks for them."""
    measures = Measure.within.filter(household=household, commitment__agreed_on__year__lte=year).filter(
        Q(commitment__settled_on__isnull=True) | Q(commitment__settled_on__year__gte=year)
    )
    ran = measures.exclude(commitment__state=Commitment.State.DROPPED).values_list("group", flat=True)
    groups = {GROUPS.get(group, group) for group in ran.distinct()}
    return [value["code"] for value in codes.values("measure") if value["code"] in groups]


@page("household.fill", load=load_year)
def household_year(request: Request, household: Household) -> HttpResponse:
    year = lent(household, "asked_year")
    values, income, source = year_draft(household, year)
    if source != year:  # what the platform knows of this year, and who fills it in
        values |= {"measures": measures_of(household, year), "filled_by": getattr(request.viewer.person, "name", "")}
    initial = {**values, **{f"income_{code}": fen for code, fen in income.items()}}
    form = YearForm(request.POST or None, initial=initial, edits=household)

    def said(cleaned: dict[str, Any]) -> dict[str, Any]:
        return {
            "values": {asked.name: cleaned[asked.name] for asked in fields.HOUSEHOLD_YEAR},
            "income": {value["code"]: cleaned[f"income_{value['code']}"] for value in codes.values("income_item")},
        }

    heading = _("%(year)d · household of %(name)s") % {"year": year, "name": household.head.name}
    return _year_page(request, form, household, said, heading=heading, source=source, year=year)


class MemberYearForm(RegisterForm):
    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields |= asked_fields(fields.MEMBER_YEAR)


@page("member.fill", load=load_member_year)
def member_year(request: Request, member: HouseholdMember) -> HttpResponse:
    year, household = lent(member, "asked_year"), member.household
    values, source = member_year_draft(member, year)
    form = MemberYearForm(request.POST or None, initial=values, edits=member)

    def said(cleaned: dict[str, Any]) -> dict[str, Any]:
        return {"members": {member.pk: {asked.name: cleaned[asked.name] for asked in fields.MEMBER_YEAR}}}

    heading = _("%(year)d · %(name)s") % {"year": year, "name": member.person.name}
    return _year_page(request, form, household, said, heading=heading, source=source, year=year)


def _year_page(
    request: Request,
    form: YearForm | MemberYearForm,
    household: Household,
    said: Fields,
    *,
    heading: str,
    source: int | None,
    year: int,
) -> HttpResponse:
    lead = ""
    if source is not None and source != year:
        lead = _("Filled in with what was true in %(year)d: change only what is different.") % {"year": source}
    return one_act(
        request,
        form,
        household_year_fill,
        heading=heading,
        lead=lead,
        back=back_to(household),
        given={"household": household, "year": year},
        fields=said,
        done=_("The year %(year)d is stored.") % {"year": year},
        submit=_("Save"),
        layout=SHEET,
        template="assistance/register/sheet.html",
        groups=form.groups,
    )


urlpatterns = [
    path("desk/households/<uuid:pk>/years/<number:year>/", household_year, name="household_year"),
    path("desk/households/members/<uuid:pk>/years/<number:year>/", member_year, name="household_member_year"),
]
