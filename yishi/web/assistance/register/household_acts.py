"""The acts of one household: each a short form. Viewers who may decide make the change; others ask for it."""

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register import fields
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    HouseholdStay,
)
from yishi.assistance.register.services.leaving import SPLIT, household_step_back, household_to_step_back
from yishi.organisations.models import Place, PlaceLevel
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .household_change import LeaveForm, back_to, back_words, change_page, heading_of, load_household
from .register_forms import (
    AskedField,
    ChangeForm,
    Group,
    asked_fields,
    identity_field,
    person_fields,
    person_of,
)

MEMBERS = 6  # how many members, besides the head, the form of a new household takes; more join one by one
MEMBER_NAMES = ("name", "identity", "relation", "sex", "born_on")
MAIN = ("kind", "attribute", "state", "standard", "identified_year", "exited_year", "returned", "phone", "group_name")
WATCH = ("watch_kind", "watch_from", "watch_cleared_on", "watch_contact", "watch_phone", "no_labour")
FURTHER = ("is_martyrs", "is_family_planning", "is_resettled", "resettlement_site", "bank_name", "bank_account")


class NewForm(ChangeForm):
    place = PlaceField(label=gettext_lazy("village"), levels=(PlaceLevel.VILLAGE,))
    number = forms.CharField(
        label=gettext_lazy("number of the household"),
        max_length=32,
        required=False,
        help_text=gettext_lazy("The national number; empty: it gets one of ours."),
    )

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        own = (field for field in fields.HOUSEHOLD if field.name != "phone")  # the household's phone is its head's
        self.fields |= asked_fields(own)
        self.fields["bank_account"] = identity_field(gettext_lazy("bank account"))
        self.head_names = person_fields(self, prefix="head_", with_relation=False)
        cause_fields(self)
        self.member_fields = [[f"m{number}_{name}" for name in MEMBER_NAMES] for number in range(MEMBERS)]
        by_name = {field.name: field for field in (*fields.MEMBER, *fields.PERSON)}
        for names in self.member_fields:
            self.fields[names[0]] = forms.CharField(
                label=gettext_lazy("person's name"),
                max_length=64,
                required=False,
                widget=forms.TextInput(attrs={"autocomplete": "off"}),
            )
            self.fields[names[1]] = identity_field()
            for key, name in zip(names[2:], MEMBER_NAMES[2:], strict=True):
                self.fields[key] = AskedField(by_name[name])

    def groups(self) -> list[Group]:
        people = [
            Group(self, _("Member %(number)d") % {"number": place + 1}, names, is_folded=place > 1)
            for place, names in enumerate(self.member_fields)
        ]
        return [
            Group(self, _("Where"), ["place", "number"]),
            Group(self, _("Head of the household"), self.head_names),
            Group(self, _("In the register"), [*MAIN, "main_cause", "causes"]),
            *people,
            Group(self, _("Monitoring against poverty"), WATCH, is_folded=True),
            Group(self, _("Further"), FURTHER, is_folded=True),
            self.about(),
        ]

    def asked(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        named = [name for name, *_others in self.member_fields if cleaned[name].strip()]
        members = [person_of(cleaned, name.removesuffix("name")) for name in named]
        head = person_of(cleaned, "head_")
        head.pop("relation", None)
        return {
            "head": head,
            "members": members,
            "values": {field.name: cleaned[field.name] for field in fields.HOUSEHOLD if field.name in cleaned}
            | {"phone": cleaned["head_phone"]},
            "main_cause": cleaned["main_cause"],
            "causes": cleaned["causes"],
            "number": cleaned["number"],
            "bank_account": cleaned["bank_account"],
        }


def cause_fields(form: forms.Form) -> None:
    """Add the fields of the main cause and the other causes of poverty."""
    form.fields["main_cause"] = AskedField(
        fields.Field("main_cause", gettext_lazy("main cause"), "code", "poverty_cause")
    )
    form.fields["causes"] = AskedField(fields.Field("causes", gettext_lazy("other causes"), "codes", "poverty_cause"))


def limit_to_own(form: NewForm, request: Request) -> None:
    """Offer only villages of the one place where the viewer keeps the register; where it is a village, fill it in."""
    reach = request.viewer.reach
    spans = reach.spans or reach.villages
    within = Place.objects.filter(lo=spans[0][0]).order_by("level").first() if len(spans) == 1 else None
    form.fields["place"].limit(within)
    if within is not None and within.level == PlaceLevel.VILLAGE:
        form.initial.setdefault("place", within)


@page("household.keep")
def household_new(request: Request) -> HttpResponse:
    form = NewForm(request.POST or None)
    limit_to_own(form, request)
    return change_page(
        request,
        form,
        "register",
        form.asked,
        heading=_("Register a household"),
        back=reverse("households"),
        place=lambda cleaned: cleaned["place"],
    )


class RecordForm(ChangeForm):
    number = forms.CharField(label=gettext_lazy("number of the household"), max_length=32)

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields |= asked_fields(fields.HOUSEHOLD)
        self.fields["bank_account"] = identity_field(
            gettext_lazy("bank account"), help_text=gettext_lazy("Empty: it stays as it is.")
        )
        cause_fields(self)

    def groups(self) -> list[Group]:
        return [
            Group(self, _("In the register"), ["number", *MAIN, "main_cause", "causes"]),
            Group(self, _("Monitoring against poverty"), WATCH, is_folded=True),
            Group(self, _("Further"), FURTHER, is_folded=True),
            self.about(),
        ]


@page("household.edit", load=load_household)
def household_edit(request: Request, household: Household) -> HttpResponse:
    causes = list(household.causes.filter(kind=HouseholdCause.Kind.CAUSE))
    initial = {field.name: getattr(household, field.name) for field in fields.HOUSEHOLD} | {
        "number": household.number,
        "main_cause": next((cause.code for cause in causes if cause.is_main), ""),
        "causes": [cause.code for cause in causes if not cause.is_main],
    }

    def asked(cleaned: dict[str, Any]) -> dict[str, Any]:
        account = {"bank_account": cleaned["bank_account"]} if cleaned["bank_account"] else {}
        return {
            "values": {field.name: cleaned[field.name] for field in fields.HOUSEHOLD},
            "number": cleaned["number"],
            "main_cause": cleaned["main_cause"],
            "causes": cleaned["causes"],
            **account,
        }

    form = RecordForm(request.POST or None, initial=initial, edits=household)
    heading = heading_of(_("Correct the record"), household)
    return change_page(request, form, "change", asked, heading=heading, back=back_to(household), household=household)


class HeadForm(ChangeForm):
    """Who becomes head, and how everybody stands to them. `now`: the person who is head today and is not offered.
    `goes`: of a split, where the form also asks who leaves."""

    def __init__(
        self, *args: Any, members: list[HouseholdMember], now: UUID | None = None, goes: bool = False, **kwargs: Any
    ):
        super().__init__(*args, **kwargs)
        self.people = members
        choices = [(str(member.pk), member.person.name) for member in members if member.person_id != now]
        if goes:
            self.fields["leaving"] = forms.MultipleChoiceField(
                label=gettext_lazy("who forms the new household"), choices=choices, widget=forms.CheckboxSelectMultiple
            )
        self.fields["head"] = forms.ChoiceField(
            label=gettext_lazy("its head") if goes else gettext_lazy("new head"),
            choices=choices,
            widget=forms.RadioSelect,
        )
        for member in members:
            field = AskedField(fields.MEMBER[0], label=member.person.name)
            self.fields[f"r_{member.pk}"] = field

    def relations(self, cleaned: dict[str, Any]) -> dict[str, str]:
        return {str(member.pk): cleaned[f"r_{member.pk}"] for member in self.people if cleaned[f"r_{member.pk}"]}

    def groups(self) -> list[Group]:
        who = [name for name in ("leaving", "head") if name in self.fields]
        relations = [f"r_{member.pk}" for member in self.people]
        text = _("The new head's own line stays empty.")
        return [
            Group(self, "", who),
            Group(self, _("How they stand to the new head"), relations, text=text),
            self.about(),
        ]


def _members(household: Household) -> list[HouseholdMember]:
    """The members of today, the longest first."""
    members = HouseholdMember.within.filter(household=household, valid_to__isnull=True).select_related("person")
    return list(members.order_by("valid_from", "pk"))


@page("household.edit", load=load_household)
def household_head(request: Request, household: Household) -> HttpResponse:
    form = HeadForm(request.POST or None, members=_members(household), now=household.head_id)
    return change_page(
        request,
        form,
        "head",
        lambda cleaned: {"member": cleaned["head"], "relations": form.relations(cleaned)},
        heading=heading_of(_("Another head of the household"), household),
        back=back_to(household),
        household=household,
    )


@page("household.edit", load=load_household)
def household_divide(request: Request, household: Household) -> HttpResponse:
    people = [member for member in _members(household) if member.person_id != household.head_id]
    form = HeadForm(request.POST or None, members=people, goes=True)

    def asked(cleaned: dict[str, Any]) -> dict[str, Any]:
        leaving = cleaned["leaving"]
        said = {key: code for key, code in form.relations(cleaned).items() if key in leaving and code != "head"}
        return {"members": leaving, "head": cleaned["head"], "relations": said}

    return change_page(
        request,
        form,
        "split",
        asked,
        heading=heading_of(_("Split the household"), household),
        lead=_("Some members form a household of their own at the same place. Moving away is another act."),
        back=back_to(household),
        household=household,
    )


class MoveForm(ChangeForm):
    kind = forms.ChoiceField(
        label=gettext_lazy("what happened"),
        widget=forms.RadioSelect,
        choices=[
            (HouseholdStay.Kind.RELOCATED, gettext_lazy("relocated in the relocation programme")),
            (HouseholdStay.Kind.MOVED, gettext_lazy("moved by itself")),
            (HouseholdStay.Kind.CORRECTED, gettext_lazy("the place was wrong in the register")),
        ],
    )
    place = PlaceField(label=gettext_lazy("village"), levels=(PlaceLevel.VILLAGE,))
    group_name = AskedField(fields.Field("group_name", gettext_lazy("villagers' group"), "text", most=64))
    site = AskedField(fields.Field("site", gettext_lazy("resettlement site"), "text", most=96))


@page("household.edit", load=load_household)
def household_move(request: Request, household: Household) -> HttpResponse:
    def asked(cleaned: dict[str, Any]) -> dict[str, Any]:
        names = ("kind", "group_name", "site")
        return {"place": str(cleaned["place"].pk), **{name: cleaned[name] for name in names}}

    return change_page(
        request,
        MoveForm(request.POST or None, initial={"place": household.place}, edits=household),
        "relocate",
        asked,
        heading=heading_of(_("The household moves"), household),
        lead=_("Where it lived before stays in its file. When villages merge, nothing is to be done here."),
        back=back_to(household),
        household=household,
    )


@page("household.edit", load=load_household)
def household_leave(request: Request, household: Household) -> HttpResponse:
    return change_page(
        request,
        LeaveForm(request.POST or None, kind="household_end"),
        "end",
        lambda cleaned: {"reason": cleaned["why"]},
        heading=heading_of(_("Take the household off the register"), household),
        lead=_("Its file stays and can be read; it counts no longer from that day."),
        back=back_to(household),
        household=household,
    )


@page("household.step_back", load=load_household)
def household_back(request: Request, household: Household) -> HttpResponse:
    last = household_to_step_back(household)
    is_split = last is not None and last.code == SPLIT
    return taking_back(
        request,
        household_step_back,
        what=f"{household.head.name} · {household.number}",
        heading=heading_of(back_words(last), household),
        lead=_(
            "Its members are in it again. The household that had split off stays as entered by mistake: it counts for"
            " nothing, and its number is free."
        )
        if is_split
        else _("It is in the register as if it had never left it: its standing, its years and the figures, too."),
        back=back_to(household),
        given={"household": household},
    )


urlpatterns = [
    path("desk/households/new/", household_new, name="household_new"),
    path("desk/households/<uuid:pk>/change/", household_edit, name="household_change"),
    path("desk/households/<uuid:pk>/head/", household_head, name="household_head"),
    path("desk/households/<uuid:pk>/split/", household_divide, name="household_split"),
    path("desk/households/<uuid:pk>/move/", household_move, name="household_move"),
    path("desk/households/<uuid:pk>/back/", household_back, name="household_step_back"),
    path("desk/households/<uuid:pk>/end/", household_leave, name="household_end"),
]
