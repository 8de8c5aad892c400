"""Requests for a change of the register: what waits, what was asked, approved or refused."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register import codes, fields
from yishi.assistance.register.models import ChangeRequest, HouseholdMember
from yishi.assistance.register.services.requests import (
    ANSWER,
    asked_masked,
    change_approve,
    change_refuse,
    change_withdraw,
)
from yishi.assistance.register.shown import change_digest
from yishi.kit.text import masked_phone
from yishi.notices.days import day_said
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .household_story import shown

State = ChangeRequest.State


def load_request(request: Request, pk: UUID) -> ChangeRequest:
    changes = ChangeRequest.objects.select_related("household__head", "place", "asked_by", "asked_for", "decided_by")
    return changes.get(pk=pk)


def _asked_by(change: ChangeRequest) -> str:
    """The desk and the person; of a stationed team, which is no desk, the person alone."""
    return " · ".join(who.name for who in (change.asked_for, change.asked_by) if who is not None)


CHANGE_REQUESTS = DeclaredList(
    "change_requests",
    gettext_lazy("requests for changes"),
    [
        Column(gettext_lazy("what"), "get_kind_display", link="change_request"),
        Column(gettext_lazy("household"), cell="household"),
        Column(gettext_lazy("number of the household"), "household.number", page=False),
        Column(gettext_lazy("place"), "place.full_name"),
        Column(gettext_lazy("in effect from"), "effective_on"),
        Column(gettext_lazy("asked by"), _asked_by),
        Column(gettext_lazy("state"), "get_state_display"),
    ],
)


@page("change.list", methods=("GET",))
def change_requests(request: Request) -> HttpResponse:
    changes = ChangeRequest.objects.select_related("place", "household__head", "asked_by", "asked_for")
    state = request.GET.get("state", State.OPEN)
    if state in State.values:
        changes = changes.filter(state=state)
    changes = changes.order_by("asked_at" if state == State.OPEN else "-asked_at", "pk")
    return CHANGE_REQUESTS.respond(
        request,
        "assistance/register/change_requests.html",
        changes,
        state=state,
        states=[*State.choices, ("all", _("all"))],
    )


@page("change.see", load=load_request, methods=("GET",))
def change_request(request: Request, change: ChangeRequest) -> HttpResponse:
    viewer = request.viewer
    is_open = change.state == State.OPEN
    context = {
        "change": change,
        "facts": asked_facts(change),
        "may_decide": is_open and may("change.decide", viewer, change),
        "may_withdraw": is_open and may("change.withdraw", viewer, change),
    }
    return render(request, "assistance/register/change_request.html", context)


def asked_facts(change: ChangeRequest) -> list[tuple[str, str]]:
    """What the change asks for, as pairs of label and text; identity numbers masked."""
    asked = change.asked
    facts: list[tuple[str, str]] = []
    for key in ("head", "member", "values"):
        if isinstance(asked.get(key), dict):
            facts += _said(asked[key], _("Head of the household") if key == "head" else "")
    for number, member in enumerate(asked.get("members") or ()):
        if isinstance(member, dict):
            facts += _said(member, _("Member %(number)d") % {"number": number + 1})
    facts += _who(asked)
    reasons = _list_of(change.kind)
    if reasons:
        facts.append((_("reason"), codes.label(reasons, asked.get("reason", ""))))
    if asked.get("place"):
        place = Place.objects.filter(pk=asked["place"]).first()
        facts.append((_("village"), place.full_name if place else ""))
    facts += [(_("villagers' group"), asked.get("group_name", "")), (_("resettlement site"), asked.get("site", ""))]
    facts.append((_("main cause"), codes.label("poverty_cause", asked.get("main_cause", ""))))
    others = (codes.label("poverty_cause", cause) for cause in asked.get("causes") or ())
    facts += [(_("other causes"), "、".join(others)), (_("identity number"), "、".join(asked_masked(change)))]
    return [(label, text) for label, text in facts if text]


def _who(asked: dict[str, Any]) -> list[tuple[str, str]]:
    """The names of the members whom a change points to by their keys, as one pair of label and text."""
    ids = [asked[key] for key in ("member", "head") if isinstance(asked.get(key), str)]
    ids += [key for key in asked.get("members") or () if isinstance(key, str)]
    people = dict(HouseholdMember.within.filter(pk__in=ids).values_list("pk", "person__name")) if ids else {}
    names = {str(key): name for key, name in people.items()}
    return [(_("who"), "、".join(dict.fromkeys(names.get(key, "") for key in ids)))]


def _list_of(kind: str) -> str:
    """The code list of the reasons for a kind of change; empty where it has none."""
    kinds = ChangeRequest.Kind
    return {kinds.JOIN: "member_join", kinds.LEAVE: "member_leave", kinds.END: "household_end"}.get(kinds(kind), "")


def _said(values: dict[str, Any], whose: str) -> list[tuple[str, str]]:
    """Values of a household or person as pairs of label and text, the labels after `whose`; phones masked."""
    known = {field.name: field for field in (*fields.HOUSEHOLD, *fields.PERSON, *fields.MEMBER)}
    prefix = f"{whose} · " if whose else ""
    facts = []
    for name, value in values.items():
        if value in (None, "", [], False) or name == "identity_kind":
            continue
        if name == "name":
            facts.append((prefix + _("person's name"), str(value)))
        elif name in ("phone", "watch_phone"):
            facts.append((f"{prefix}{known['phone'].label}", masked_phone(str(value))))
        elif name in known:
            field = known[name]
            text = str(value) if field.kind in {"text", "year"} else shown(field, value)
            facts.append((f"{prefix}{field.label}", text))
    return facts


class AnswerForm(ActForm):
    answer = WordsField(
        ANSWER,
        gettext_lazy("why it is refused"),
        rows=3,
        help_text=gettext_lazy("Whoever asked reads it and can ask again."),
    )


def _decision(request: Request, change: ChangeRequest, form: ActForm, service: Any, **texts: Any) -> HttpResponse:
    back = reverse("change_request", args=[change.pk])
    return one_act(request, form, service, back=back, given={"change": change}, **texts)


@page("change.decide", load=load_request)
def request_approve(request: Request, change: ChangeRequest) -> HttpResponse:
    return _decision(
        request,
        change,
        ActForm(request.POST or None, shown=change_digest(change)),
        change_approve,
        heading=_("Approve: %(what)s") % {"what": change.get_kind_display()},
        lead=_("It takes effect at once, from the day that was given."),
        done=_("Approved; the change is in effect."),
        facts=[
            *asked_facts(change),
            (_("in effect from"), day_said(change.effective_on)),
            *([(_("what it rests on"), change.reason)] if change.reason else []),
        ],
        submit=_("Approve"),
    )


@page("change.decide", load=load_request)
def request_refuse(request: Request, change: ChangeRequest) -> HttpResponse:
    return _decision(
        request,
        change,
        AnswerForm(request.POST or None),
        change_refuse,
        heading=_("Refuse: %(what)s") % {"what": change.get_kind_display()},
        done=_("Refused; whoever asked reads why."),
        submit=_("Refuse the change"),
    )


@page("change.withdraw", load=load_request)
def request_withdraw(request: Request, change: ChangeRequest) -> HttpResponse:
    return _decision(
        request,
        change,
        ActForm(request.POST or None),
        change_withdraw,
        heading=_("Withdraw: %(what)s") % {"what": change.get_kind_display()},
        done=_("The request is withdrawn."),
        submit=_("Withdraw the request"),
    )


urlpatterns = [
    path("desk/changes/", change_requests, name="change_requests"),
    path("desk/changes/<uuid:pk>/", change_request, name="change_request"),
    path("desk/changes/<uuid:pk>/approve/", request_approve, name="change_approve"),
    path("desk/changes/<uuid:pk>/refuse/", request_refuse, name="change_refuse"),
    path("desk/changes/<uuid:pk>/withdraw/", request_withdraw, name="change_withdraw"),
]
