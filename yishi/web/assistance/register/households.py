"""The register: the list of households within the viewer's reach, the search, and the file of one."""

from datetime import date
from types import SimpleNamespace
from typing import Any

from django.contrib import messages
from django.db.models import BigIntegerField, Prefetch, QuerySet, UUIDField
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register import codes
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    MemberYear,
)
from yishi.assistance.register.reads import (
    beginning_with,
    between,
    households_in,
    households_of_number,
    ordered,
)
from yishi.assistance.register.rules import REGISTER_KEEPERS
from yishi.assistance.register.services.identity import (
    account_masked,
    fault_words,
    identity_index,
    identity_masked,
    keys_check,
)
from yishi.assistance.register.services.leaving import household_to_step_back
from yishi.database.gather import Given
from yishi.database.reach import WIDE
from yishi.kit import identity
from yishi.kit.errors import Refusal
from yishi.kit.names import plain_name
from yishi.kit.text import clean, masked_phone
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.exports import wants_export
from yishi.web.kit.lists import Column, DeclaredList, file_response, reader
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.sections import HOUSEHOLD, StandIn, kept, sections

from .household_change import back_words, load_household
from .household_story import (
    compared,
    household_events,
    member_rows,
    story_rows,
)

PER_PAGE = 25
LONG_NUMBER = 15  # digits: a number this long may be an identity number, which never stands in an address
STATES = ("active", "watched", "left", "all")


def in_list(request: Request) -> tuple[QuerySet[Household], dict[str, Any]]:
    """The households that fit the filters of the address, and these filters as the list's template reads them."""
    query = request.GET
    listed = households_in(request.viewer.reach)
    place = Place.objects.filter(pk=_uuid(query.get("place"))).first() if query.get("place") else None
    if place is not None:
        span = (place.lo, place.hi)
        narrow = place.hi - place.lo < WIDE
        listed = listed.filter(place__lo__range=span) if narrow else between(listed, [span])
    kind, state, typed = query.get("kind", ""), query.get("state", "active"), clean(query.get("q", ""))[:32]
    if codes.has("household_kind", kind):
        listed = listed.filter(kind=kind)
    if state == "left":
        listed = listed.filter(left_on__isnull=False)
    elif state == "watched":
        listed = listed.exclude(watch_kind="").filter(watch_cleared_on__isnull=True, left_on__isnull=True)
    elif state != "all":
        listed = listed.filter(left_on__isnull=True)
    if typed:
        listed = listed.filter(beginning_with(typed))
    filters = {"place": place, "kind": kind, "state": state if state in STATES else "active", "typed": typed}
    return listed, filters


def _uuid(text: str | None) -> Any:
    """The key in an address; none where it is no key."""
    try:
        return Place._meta.pk.to_python(text)
    except Exception:  # an address with something else names no place
        return None


def _below(request: Request, place: Place | None) -> list[Place]:
    """The places that one may choose next: those below the chosen one, else where the viewer's desks stand."""
    if place is not None:
        return list(Place.objects.filter(parent=place, closed_on__isnull=True).order_by("code"))
    tops = {post.body.place_id: post.body.place for post in request.viewer.posts if post.body.kind in REGISTER_KEEPERS}
    if len(tops) != 1:
        return sorted(tops.values(), key=lambda place: place.lo)
    return list(Place.objects.filter(parent__in=tops, closed_on__isnull=True).order_by("code"))


@page("household.list", methods=("GET",))
def households(request: Request) -> HttpResponse:
    listed, context = in_list(request)
    causes = HouseholdCause.objects.filter(kind=HouseholdCause.Kind.CAUSE)
    listed = listed.select_related("place", "head").prefetch_related(Prefetch("causes", causes))
    listed = ordered(listed)
    if request.GET.get("export") == "members":
        return export_members(request, listed)
    if wants_export(request):
        return HOUSEHOLDS.workbook(request, listed.select_related("head__resident"))
    query = request.GET.copy()
    query.pop("page", None)
    query["export"] = "members"
    context |= {
        "kinds": codes.choices("household_kind"),
        "below": _below(request, context["place"]),
        "members_query": query.urlencode(),
        "may_keep": may("household.keep", request.viewer),
        "is_filtered": bool(context["typed"] or context["kind"] or context["place"]),
    }
    return HOUSEHOLDS.respond(request, "assistance/register/households.html", lambda: listed, **context)


def _label(name: str, code: str) -> str:
    return codes.label(name, code)


def _code(name: str, path: str) -> Any:
    """The reader of a column: the label, in the code list `name`, of the code that stands at `path` of the row."""
    read = reader(path)
    return lambda row: _label(name, read(row) or "")


def _main_cause(household: Household) -> str:
    return next((_label("poverty_cause", cause.code) for cause in household.causes.all() if cause.is_main), "")


def _other_causes(household: Household) -> str:
    return "、".join(_label("poverty_cause", cause.code) for cause in household.causes.all() if not cause.is_main)


HOUSEHOLDS = DeclaredList(
    "households",
    gettext_lazy("households"),
    [
        Column(gettext_lazy("head of the household"), "head.name", link="household", at=4),
        Column(gettext_lazy("number of the household"), "number", css="nowrap"),
        Column(gettext_lazy("place"), "place.full_name", cell="place"),
        Column(gettext_lazy("villagers' group"), "group_name", page=False),
        Column(
            gettext_lazy("identity number"),
            lambda household: identity_masked(getattr(household.head, "resident", None)),
            page=False,
        ),
        Column(gettext_lazy("people in the household"), shown="size"),
        Column(gettext_lazy("people"), "size", page=False),
        Column(gettext_lazy("type of household"), _code("household_kind", "kind"), cell="kind", css="nowrap"),
        Column(gettext_lazy("poverty attribute"), _code("poverty_attribute", "attribute"), page=False),
        Column(gettext_lazy("state of poverty"), _code("exit_state", "state"), page=False),
        Column(gettext_lazy("kind of monitored household"), _code("watch_kind", "watch_kind"), page=False),
        Column(gettext_lazy("main cause"), _main_cause),
        Column(gettext_lazy("other causes"), _other_causes, page=False),
        Column(gettext_lazy("phone"), lambda household: masked_phone(household.phone), page=False),
        Column(gettext_lazy("bank account"), account_masked, page=False),
        Column(gettext_lazy("registered on"), "registered_on", page=False),
        Column(gettext_lazy("left on"), "left_on", page=False),
    ],
)


def export_members(request: Request, listed: QuerySet[Household]) -> HttpResponse:
    """A workbook of all members of the list's households: identity numbers masked, ages instead of days of birth."""
    order = {key: place for place, key in enumerate(listed.values_list("pk", flat=True))}
    members = HouseholdMember.within.filter(household__in=listed.order_by().values("pk"), valid_to__isnull=True)
    people = list(members.select_related("household__place", "person__resident"))
    people.sort(key=lambda member: (order.get(member.household_id, 0), member.relation != "head", member.pk))
    years: dict[Any, MemberYear] = {}
    for member_year in MemberYear.within.filter(member__in=members.order_by().values("pk")).order_by("year"):
        years[member_year.member_id] = member_year
    today = timezone.localdate()

    def of_resident(name: str) -> Any:
        return lambda member: getattr(getattr(member.person, "resident", None), name, "") or ""

    def of_year(name: str) -> Any:
        return lambda member: getattr(years.get(member.pk), name, "") or ""

    columns = [
        Column(gettext_lazy("number of the household"), "household.number"),
        Column(gettext_lazy("place"), lambda member: member.household.place.full_name),
        Column(gettext_lazy("person's name"), lambda member: member.person.name),
        Column(gettext_lazy("relation to the head"), lambda member: _label("relation", member.relation)),
        Column(
            gettext_lazy("identity number"), lambda member: identity_masked(getattr(member.person, "resident", None))
        ),
        Column(gettext_lazy("sex"), lambda member: _label("sex", of_resident("sex")(member))),
        Column(gettext_lazy("age"), lambda member: age(of_resident("born_on")(member) or None, today)),
        Column(gettext_lazy("people (ethnic group)"), lambda member: _label("ethnic", of_resident("ethnic")(member))),
        Column(gettext_lazy("level of education"), lambda member: _label("education", of_year("education")(member))),
        Column(gettext_lazy("at school"), lambda member: _label("student", of_year("student")(member))),
        Column(
            gettext_lazy("state of health"),
            lambda member: "、".join(_label("health", code) for code in of_year("health")(member)),
        ),
        Column(gettext_lazy("ability to work"), lambda member: _label("skill", of_year("skill")(member))),
    ]
    return DeclaredList("", gettext_lazy("members of households"), columns).workbook(request, people)


def age(born_on: date | None, today: date) -> int | None:
    """Years of age; the day of birth itself would complete a masked number."""
    if born_on is None:
        return None
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


@page("household.list", methods=("POST",))
def household_find(request: Request) -> HttpResponse:
    """The search, by POST, so that an identity number never stands in an address: a household, a list or a message."""
    typed = clean(request.POST.get("q", ""))[:64]
    household = (
        Household.objects.filter(number__in=(plain_name(typed), plain_name(typed).upper())).first() if typed else None
    )
    if household is not None:
        return redirect("household", pk=household.pk)
    number = identity.normal(typed)
    if sum(character.isdigit() for character in number) < LONG_NUMBER:
        return HttpResponseRedirect(f"{reverse('households')}?{urlencode({'q': typed, 'state': 'all'})}")
    number_read = identity.read(number, identity.CARD if len(number) <= identity.LONG else identity.DISABILITY)
    if number_read.fault:
        messages.error(request, fault_words(number_read.fault))
        return redirect("households")
    try:
        keys_check()
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("households")
    of_number = Household.objects.filter(pk__in=households_of_number(identity_index(number_read)))
    known = list(of_number.select_related("place", "head").order_by("left_on", "number")[:PER_PAGE])
    if not known:
        messages.info(request, _("No household that you may see has a person with this number."))
        return redirect("households")
    if len(known) == 1:
        return redirect("household", pk=known[0].pk)
    return render(request, "assistance/register/found.html", {"known": known})


def _health(row: dict[str, Any]) -> str:
    year = row["year"]
    words = [_label("health", code) for code in year.health] if year else []
    return "、".join([*words, _label("skill", year.skill)] if year and year.skill else words)


HOUSEHOLD_MEMBERS = DeclaredList(  # identity numbers with stars, ages instead of days of birth, as on the page
    "household_members",
    gettext_lazy("members of the household"),
    [
        Column(gettext_lazy("person's name"), "member.person.name", cell="name"),
        Column(gettext_lazy("people (ethnic group)"), _code("ethnic", "resident.ethnic"), page=False),
        Column(gettext_lazy("relation to the head"), _code("relation", "member.relation")),
        Column(gettext_lazy("sex and age"), cell="sex"),
        Column(gettext_lazy("sex"), _code("sex", "resident.sex"), page=False),
        Column(gettext_lazy("age"), "age", page=False),
        Column(gettext_lazy("identity number"), "masked", cell="identity"),
        Column(gettext_lazy("health and ability to work"), _health, cell="health"),
        Column(gettext_lazy("year"), "year.year", page=False),
        Column(gettext_lazy("Acts"), cell="acts", only="may_edit", is_silent=True, css="row-acts"),
    ],
)


# What the questions about a household read of it.
HOME = StandIn(
    SimpleNamespace(pk=Given("home", UUIDField()), place=SimpleNamespace(lo=Given("lo", BigIntegerField()))),
    lambda household: {"home": household.pk, "lo": household.place.lo},
)


@page("household.see", load=load_household, methods=("GET",))
def household(request: Request, household: Household) -> HttpResponse:
    viewer, today = request.viewer, timezone.localdate()
    gathered = kept(request, "household", HOME, story_rows, household)
    members, left = member_rows(household, gathered["member_years"])
    for row in members:
        resident = row["resident"]
        row["masked"] = identity_masked(resident)
        row["age"] = age(resident.born_on if resident else None, today)
        row["is_head"] = row["member"].person_id == household.head_id
    years, comparison = compared(gathered["years"])
    causes = gathered["causes"]
    last = household_to_step_back(household, gathered["moved"])
    context = {
        "household": household,
        "members": members,
        "left": left,
        "years": years,
        "comparison": comparison,
        "main_cause": next((_label("poverty_cause", cause.code) for cause in causes if cause.is_main), ""),
        "other_causes": [
            _label("poverty_cause", cause.code)
            for cause in causes
            if not cause.is_main and cause.kind == HouseholdCause.Kind.CAUSE
        ],
        "risks": [cause for cause in causes if cause.kind == HouseholdCause.Kind.RISK],
        "stays": gathered["stays"],
        "standings": gathered["standings"],
        "account": account_masked(household),
        "phone": masked_phone(household.phone),
        "events": household_events(gathered["entries"], gathered["waiting"]),
        "sections": sections(request, HOUSEHOLD, household, HOME),
        "back": back_words(last) if last is not None and may("household.step_back", viewer, household) else "",
        "may_edit": household.is_active and may("household.edit", viewer, household),
        "may_fill": household.is_active and may("household.fill", viewer, household),
        "this_year": today.year,
        "last_year": today.year - 1,
        "raw": sorted(household.raw.items()),
        "labels": {
            "kind": _label("household_kind", household.kind),
            "attribute": _label("poverty_attribute", household.attribute),
            "state": _label("exit_state", household.state),
            "standard": _label("standard", household.standard),
            "watch_kind": _label("watch_kind", household.watch_kind),
            "left_reason": _label("household_end", household.left_reason),
        },
    }
    return file_response(request, "assistance/register/household.html", context, {HOUSEHOLD_MEMBERS: members})


urlpatterns = [
    path("desk/households/", households, name="households"),
    path("desk/households/find/", household_find, name="household_find"),
    path("desk/households/<uuid:pk>/", household, name="household"),
]
