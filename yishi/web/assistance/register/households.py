"""The register: the list of households within the viewer's reach, the search, and the file of one."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from yishi.assistance.register import codes
from yishi.assistance.register.models import (
    Household,
    HouseholdCause,
    HouseholdMember,
    MemberYear,
)
from yishi.assistance.register.reads import (
    WIDE,
    beginning_with,
    between,
    households_in,
    households_of_number,
    ordered,
)
from yishi.assistance.register.rules import KEEPING
from yishi.assistance.register.services.identity import (
    account_masked,
    fault_words,
    identity_index,
    identity_masked,
    keys_check,
)
from yishi.database.gather import gather
from yishi.kit import identity
from yishi.kit.errors import Refusal
from yishi.kit.text import clean, masked_phone
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.exports import export
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.sections import HOUSEHOLD, sections

from .household_change import load_household
from .household_story import (
    compared,
    household_events,
    member_rows,
    story_rows,
)

PER_PAGE = 25
LONG_NUMBER = 15  # digits: what is as long as an identity number never stands in an address
STATES = ("active", "watched", "left", "all")


def in_list(request: Request) -> tuple[QuerySet[Household], dict[str, Any]]:
    """The households that the filters of the address leave, and the filters."""
    given = request.GET
    rows = households_in(request.viewer.reach)
    place = Place.objects.filter(pk=_uuid(given.get("place"))).first() if given.get("place") else None
    if place is not None:
        span = (place.lo, place.hi)
        narrow = place.hi - place.lo < WIDE
        rows = rows.filter(place__lo__range=span) if narrow else between(rows, [span])
    kind, state, typed = given.get("kind", ""), given.get("state", "active"), clean(given.get("q", ""))[:32]
    if codes.has("household_kind", kind):
        rows = rows.filter(kind=kind)
    if state == "left":
        rows = rows.filter(left_on__isnull=False)
    elif state == "watched":
        rows = rows.exclude(watch_kind="").filter(watch_cleared_on__isnull=True, left_on__isnull=True)
    elif state != "all":
        rows = rows.filter(left_on__isnull=True)
    if typed:
        rows = rows.filter(beginning_with(typed))
    words = {"place": place, "kind": kind, "state": state if state in STATES else "active", "typed": typed}
    return rows, words


def _uuid(text: str | None) -> Any:
    try:
        return Place._meta.pk.to_python(text)
    except Exception:  # what is no id means no place
        return None


def _below(request: Request, place: Place | None) -> list[Place]:
    """The places that one may choose next: those below the chosen one, else where the viewer's desks stand."""
    if place is not None:
        return list(Place.objects.filter(parent=place, closed_on__isnull=True).order_by("code"))
    tops = {post.body.place_id: post.body.place for post in request.viewer.posts if post.body.kind in KEEPING}
    if len(tops) != 1:
        return sorted(tops.values(), key=lambda one: one.lo)
    return list(Place.objects.filter(parent__in=tops, closed_on__isnull=True).order_by("code"))


@page("household.list", methods=("GET",))
def households(request: Request) -> HttpResponse:
    rows, words = in_list(request)
    causes = HouseholdCause.objects.filter(kind=HouseholdCause.Kind.CAUSE)
    rows = rows.select_related("place", "head").prefetch_related(Prefetch("causes", causes))
    rows = ordered(rows)
    if request.GET.get("export") == "members":
        return export_members(request, rows)
    if request.GET.get("export"):
        return export_households(request, rows)
    query = request.GET.copy()
    query.pop("page", None)
    query["export"] = "members"
    words |= {
        "page_obj": Paginator(rows, PER_PAGE).get_page(request.GET.get("page")),
        "kinds": codes.choices("household_kind"),
        "below": _below(request, words["place"]),
        "members_query": query.urlencode(),
        "may_keep": may("household.keep", request.viewer),
        "is_filtered": bool(words["typed"] or words["kind"] or words["place"]),
    }
    return render(request, "assistance/register/households.html", words)


def _label(name: str, code: str) -> str:
    return codes.label(name, code)


def _main(household: Household) -> str:
    return next((_label("poverty_cause", one.code) for one in household.causes.all() if one.is_main), "")


def _others(household: Household) -> str:
    return "、".join(_label("poverty_cause", one.code) for one in household.causes.all() if not one.is_main)


def export_households(request: Request, rows: QuerySet[Household]) -> HttpResponse:
    columns = [
        (_("number of the household"), lambda one: one.number),
        (_("place"), lambda one: one.place.full_name),
        (_("villagers' group"), lambda one: one.group_name),
        (_("head of the household"), lambda one: one.head.name),
        (_("identity number"), lambda one: identity_masked(getattr(one.head, "resident", None))),
        (_("people"), lambda one: one.size),
        (_("type of household"), lambda one: _label("household_kind", one.kind)),
        (_("poverty attribute"), lambda one: _label("poverty_attribute", one.attribute)),
        (_("state of poverty"), lambda one: _label("exit_state", one.state)),
        (_("kind of monitored household"), lambda one: _label("watch_kind", one.watch_kind)),
        (_("main cause"), _main),
        (_("other causes"), _others),
        (_("phone"), lambda one: masked_phone(one.phone)),
        (_("bank account"), account_masked),
        (_("registered on"), lambda one: one.registered_on),
        (_("left on"), lambda one: one.left_on),
    ]
    return export(request, _("households"), columns, rows.select_related("head__resident"))


def export_members(request: Request, rows: QuerySet[Household]) -> HttpResponse:
    """Every member of the households of the list; the number masked, the age instead of the day of birth."""
    order = {key: place for place, key in enumerate(rows.values_list("pk", flat=True))}
    members = HouseholdMember.within.filter(household__in=rows.order_by().values("pk"), valid_to__isnull=True)
    people = list(members.select_related("household__place", "person__resident"))
    people.sort(key=lambda one: (order.get(one.household_id, 0), one.relation != "head", one.pk))
    years: dict[Any, MemberYear] = {}
    for one in MemberYear.within.filter(member__in=members.order_by().values("pk")).order_by("year"):
        years[one.member_id] = one
    today = timezone.localdate()

    def resident(name: str) -> Any:
        return lambda one: getattr(getattr(one.person, "resident", None), name, "") or ""

    def year(name: str) -> Any:
        return lambda one: getattr(years.get(one.pk), name, "") or ""

    columns = [
        (_("number of the household"), lambda one: one.household.number),
        (_("place"), lambda one: one.household.place.full_name),
        (_("person's name"), lambda one: one.person.name),
        (_("relation to the head"), lambda one: _label("relation", one.relation)),
        (_("identity number"), lambda one: identity_masked(getattr(one.person, "resident", None))),
        (_("sex"), lambda one: _label("sex", resident("sex")(one))),
        (_("age"), lambda one: age(resident("born_on")(one) or None, today)),
        (_("people (ethnic group)"), lambda one: _label("ethnic", resident("ethnic")(one))),
        (_("level of education"), lambda one: _label("education", year("education")(one))),
        (_("at school"), lambda one: _label("student", year("student")(one))),
        (_("state of health"), lambda one: "、".join(_label("health", code) for code in year("health")(one))),
        (_("ability to work"), lambda one: _label("skill", year("skill")(one))),
    ]
    return export(request, _("members of households"), columns, people)


def age(born_on: date | None, today: date) -> int | None:
    """Years of age; the day of birth itself would complete a masked number."""
    if born_on is None:
        return None
    return today.year - born_on.year - ((today.month, today.day) < (born_on.month, born_on.day))


@page("household.list", methods=("POST",))
def household_find(request: Request) -> HttpResponse:
    """What was typed into the search: by POST, so that an identity number never stands in an address."""
    typed = clean(request.POST.get("q", ""))[:64]
    one = Household.objects.filter(number=typed).first() if typed else None
    if one is not None:
        return redirect("household", pk=one.pk)
    number = identity.normal(typed)
    if sum(character.isdigit() for character in number) < LONG_NUMBER:
        return HttpResponseRedirect(f"{reverse('households')}?{urlencode({'q': typed, 'state': 'all'})}")
    found = identity.read(number, identity.CARD if len(number) <= identity.LONG else identity.DISABILITY)
    if found.fault:
        messages.error(request, fault_words(found.fault))
        return redirect("households")
    try:
        keys_check()
    except Refusal as refusal:
        messages.error(request, refusal.message)
        return redirect("households")
    rows = Household.objects.filter(pk__in=households_of_number(identity_index(found)))
    known = list(rows.select_related("place", "head").order_by("left_on", "number")[:PER_PAGE])
    if not known:
        messages.info(request, _("No household that you may see has a person with this number."))
        return redirect("households")
    if len(known) == 1:
        return redirect("household", pk=known[0].pk)
    return render(request, "assistance/register/found.html", {"known": known})


@page("household.see", load=load_household, methods=("GET",))
def household(request: Request, household: Household) -> HttpResponse:
    viewer, today = request.viewer, timezone.localdate()
    found = gather(**story_rows(household))
    members, left = member_rows(household, found["member_years"])
    for row in members:
        resident = row["resident"]
        row["masked"] = identity_masked(resident)
        row["age"] = age(resident.born_on if resident else None, today)
        row["is_head"] = row["member"].person_id == household.head_id
    years, rows = compared(found["years"])
    causes = found["causes"]
    words = {
        "household": household,
        "members": members,
        "left": left,
        "years": years,
        "rows": rows,
        "main_cause": next((_label("poverty_cause", one.code) for one in causes if one.is_main), ""),
        "other_causes": [
            _label("poverty_cause", one.code)
            for one in causes
            if not one.is_main and one.kind == HouseholdCause.Kind.CAUSE
        ],
        "risks": [one for one in causes if one.kind == HouseholdCause.Kind.RISK],
        "stays": found["stays"],
        "account": account_masked(household),
        "phone": masked_phone(household.phone),
        "events": household_events(found["entries"], found["waiting"]),
        "sections": sections(request, HOUSEHOLD, household),
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
    return render(request, "assistance/register/household.html", words)


urlpatterns = [
    path("desk/households/", households, name="households"),
    path("desk/households/find/", household_find, name="household_find"),
    path("desk/households/<uuid:pk>/", household, name="household"),
]
