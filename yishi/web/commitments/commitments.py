"""The ledger's pages: what we owe, what we supervise, one promise's file."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments.clocks import RECHECK_AFTER, colour
from yishi.commitments.models import Commitment, TimeRequest
from yishi.commitments.queries import of_colour, to_look_back
from yishi.commitments.services.pressing import NEXT_TIER
from yishi.commitments.stages import may_step
from yishi.organisations.rights import may
from yishi.web.commitments.clock_words import PRESSED, SHADES
from yishi.web.kit.desk_items import DeskItem, Source
from yishi.web.kit.exports import export
from yishi.web.kit.forms import Form
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.page import page
from yishi.web.kit.place_field import PlaceField
from yishi.web.kit.request import Request

from .origins import origin_of
from .promise_story import promise_events

PER_PAGE = 25
SHOWN = 100
S = Commitment.State

# (verb in the stage table, right, URL name, label): the acts that a file offers, in the order of a promise's life.
ACTS: tuple[tuple[str, str, str, Any], ...] = (
    ("confirm", "commitment.answer", "commitment_confirm", gettext_lazy("Confirm it")),
    ("prove", "commitment.answer", "commitment_prove", gettext_lazy("Give proof")),
    ("answer", "commitment.answer", "commitment_answer", gettext_lazy("Answer")),
    ("meet", "commitment.answer", "commitment_meet", gettext_lazy("We met the people")),
    ("ask_time", "commitment.answer", "commitment_time", gettext_lazy("Ask for more time")),
    ("accept", "commitment.decide", "commitment_check", gettext_lazy("Check the proof")),
    ("strike_off", "commitment.decide", "commitment_strike_off", gettext_lazy("Strike it off")),
    ("escalate", "commitment.supervise", "commitment_press", gettext_lazy("Press for it")),
    ("close_undone", "commitment.decide", "commitment_close", gettext_lazy("Close without being done")),
    ("recheck", "commitment.decide", "commitment_recheck", gettext_lazy("Look back")),
    ("reopen", "commitment.supervise", "commitment_reopen", gettext_lazy("Open it again")),
)
UNWISHED = ("close_undone", "reopen")  # never the page's first button


def _waiting_rows(viewer: Any) -> Any:
    """What our desks owe, and what they must check, decide or strike off."""
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    today = timezone.localdate()
    rows = Commitment.objects.filter(
        Q(bearer__in=desks, state__in=[S.PROPOSED, S.IN_FORCE])
        | Q(supervisor__in=desks, state__in=[S.PROVED, S.CHECKED])
        | Q(supervisor__in=desks, state=S.IN_FORCE, due_on__lt=today, backfilled=False)
        | Q(supervisor__in=desks, time_requests__granted__isnull=True, time_requests__isnull=False)
        | Q(escalated_to__in=desks, state=S.IN_FORCE)
        | Q(supervisor__in=desks, state=S.STRUCK_OFF, rechecked_on__isnull=True, settled_on__lte=today - RECHECK_AFTER)
    )
    asked = TimeRequest.objects.filter(commitment=OuterRef("pk"), granted__isnull=True)
    return rows.distinct().annotate(wants_time=Exists(asked)).select_related("place").order_by("due_on")


def _waiting_items(viewer: Any, rows: Any) -> list[DeskItem]:
    desks = [post.body_id for post in viewer.posts if viewer.holds(post.body_id)]
    items = []
    for one in rows[:SHOWN]:
        act, due = _next_act(one, desks)
        items.append(
            DeskItem(
                kind="commitment",
                title=one.act,
                act=act,
                url=reverse("commitment", args=[one.pk]),
                due_on=due,
                body_id=one.bearer_id if one.bearer_id in desks else one.supervisor_id,
                detail=f"{one.number} · {one.place.name}",
            )
        )
    return items


waiting = Source(_waiting_rows, _waiting_items)


def _next_act(one: Any, desks: list[UUID]) -> tuple[str, Any]:
    if one.bearer_id in desks and one.state in (S.PROPOSED, S.IN_FORCE):
        return (_("Confirm it"), None) if one.state == S.PROPOSED else (_("Do it, answer or give proof"), one.due_on)
    if one.state == S.PROVED:
        return _("Check the proof"), one.due_on
    if one.state == S.CHECKED:
        return _("Strike it off after the verdict"), one.verdict_due_on
    if one.state == S.STRUCK_OFF:
        return _("Look back"), one.recheck_due_on
    if one.wants_time:
        return _("Decide about more time"), one.due_on
    if one.escalated_to_id in desks:
        return _("Press: overdue below your tier"), one.due_on
    return _("Press for it"), one.due_on


class LedgerFilter(Form):
    q = forms.CharField(label=gettext_lazy("words or number"), required=False)
    mine = forms.ChoiceField(label=gettext_lazy("whose"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    due = forms.ChoiceField(label=gettext_lazy("clock"), required=False)
    pressed = forms.ChoiceField(label=gettext_lazy("pressed for"), required=False)
    body = forms.CharField(label=gettext_lazy("bearer"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.viewer = request.viewer
        self.fields["mine"].choices = [("", _("all")), ("owed", _("we owe it")), ("supervised", _("we supervise it"))]
        self.fields["state"].choices = [("", _("all")), ("open", _("all open ones")), *Commitment.State.choices]
        self.fields["due"].choices = [
            ("", _("all")),
            ("blue", _("blue: on course")),
            ("yellow", _("yellow: due soon")),
            ("red", _("red: overdue or proved late")),
            ("late", _("overdue")),
            ("soon", _("due within 7 days")),
            ("recheck", _("look back due")),
        ]
        self.fields["pressed"].choices = [
            ("", _("all")),
            ("0", _("not pressed for")),
            ("1", _("reminded")),
            ("2", _("letter sent")),
            ("3", _("passed to the next tier")),
        ]
        self.fields["place"].limit(widest_place(request))

    def narrow(self, rows: QuerySet[Commitment]) -> QuerySet[Commitment]:
        given = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate()
        if given.get("q"):
            rows = rows.filter(Q(act__icontains=given["q"]) | Q(number__icontains=given["q"]))
        if given.get("mine"):
            field = "bearer__in" if given["mine"] == "owed" else "supervisor__in"
            rows = rows.filter(**{field: self.viewer.reach.bodies})
        if given.get("state") == "open":
            rows = rows.filter(state__in=Commitment.OPEN)
        elif given.get("state"):
            rows = rows.filter(state=given["state"])
        if given.get("due") == "late":
            rows = rows.filter(state=S.IN_FORCE, due_on__lt=today, backfilled=False)
        elif given.get("due") == "soon":
            rows = rows.filter(state=S.IN_FORCE, due_on__range=(today, today + timedelta(days=7)))
        elif given.get("due") == "recheck":
            rows = to_look_back(rows, today)
        elif given.get("due"):
            rows = of_colour(rows, given["due"], today)
        if given.get("pressed"):
            rows = rows.filter(escalation=int(given["pressed"]))
        if given.get("body"):
            rows = rows.filter(bearer__name__icontains=given["body"].strip())
        if given.get("place"):
            rows = rows.filter(place__lo__gte=given["place"].lo, place__lo__lte=given["place"].hi)
        return rows


# The lists that are opened every day, as one tap each.
QUICK = (
    ("?mine=owed&state=open", gettext_lazy("What we owe")),
    ("?mine=supervised&state=open", gettext_lazy("What we supervise")),
    ("?due=late", gettext_lazy("Overdue")),
    ("?due=recheck", gettext_lazy("To look back at")),
)


@page("commitment.list", methods=("GET",))
def commitments(request: Request) -> HttpResponse:
    form = LedgerFilter(request)
    rows = form.narrow(Commitment.objects.select_related("bearer", "supervisor", "place"))
    rows = rows.order_by(F("settled_on").asc(nulls_first=True), "due_on", "pk")
    if request.GET.get("export"):
        today = timezone.localdate()
        columns = [
            (_("number"), lambda one: one.number),
            (_("what is to be done"), lambda one: one.act),
            (_("quantity"), lambda one: f"{one.quantity:f} {one.unit}".strip() if one.quantity is not None else ""),
            (_("bearer"), lambda one: one.bearer.name),
            (_("supervising body"), lambda one: one.supervisor.name),
            (_("place"), lambda one: one.place.full_name),
            (_("promised"), lambda one: one.agreed_on),
            (_("first due"), lambda one: one.first_due_on),
            (_("due"), lambda one: one.due_on),
            (_("state"), lambda one: one.get_state_display()),
            (_("clock"), lambda one: str(SHADES[colour(one, today)])),
            (_("pressed for"), lambda one: str(PRESSED[one.escalation])),
            (_("answered on"), lambda one: one.answered_on),
            (_("met the people on"), lambda one: one.met_people_on),
            (_("proved on"), lambda one: one.proved_on),
            (_("settled"), lambda one: one.settled_on),
            (_("round"), lambda one: one.round),
        ]
        return export(request, _("promises"), columns, rows)
    page_obj = Paginator(rows, PER_PAGE).get_page(request.GET.get("page"))
    words = {"form": form, "page_obj": page_obj, "is_filtered": bool(request.GET), "quick": QUICK}
    return render(request, "commitments/commitments.html", words)


def load_commitment(request: Request, pk: UUID) -> Commitment:
    rows = Commitment.objects.select_related("bearer", "supervisor", "place", "escalated_to", "bearer_person")
    return rows.get(pk=pk)


@page("commitment.see", load=load_commitment, methods=("GET",))
def commitment(request: Request, one: Commitment) -> HttpResponse:
    """One promise's file: where it is, its story, the viewer's next acts."""
    silent = one.judges.exclude(verdicts__round=one.round).count() if one.state == S.CHECKED else 0
    waits = silent if one.verdict_due_on and timezone.localdate() <= one.verdict_due_on else 0
    words = {
        "commitment": one,
        "events": promise_events(one),
        "acts": offered(request.viewer, one, waits=bool(waits)),
        "waits": waits,
        "origin": origin_of(one),
        "proofs": one.proofs.prefetch_related("files").order_by("-given_at"),
        "letters": one.events.filter(kind="letter").order_by("at"),
        "asked": one.judges.count(),
        "pressed": PRESSED[one.escalation],
    }
    return render(request, "commitments/commitment.html", words)


def offered(viewer: Any, one: Commitment, *, waits: bool) -> list[dict[str, Any]]:
    """The acts that the viewer may do now: by right, by stage, and when their time has come."""
    rights = ("commitment.answer", "commitment.supervise", "commitment.decide")
    allowed = {right: may(right, viewer, one) for right in rights}
    look_back_from = one.settled_on + RECHECK_AFTER if one.settled_on else None
    not_yet = {
        "strike_off": waits,
        "escalate": one.state != S.IN_FORCE or one.escalation >= NEXT_TIER,
        "recheck": bool(one.rechecked_on or not look_back_from or timezone.localdate() < look_back_from),
        "ask_time": one.time_requests.filter(granted__isnull=True).exists(),
    }
    acts = [
        {"url": reverse(name, args=[one.pk]), "label": label, "is_wished": verb not in UNWISHED}
        for verb, right, name, label in ACTS
        if allowed[right] and may_step(one, verb) and not not_yet.get(verb)
    ]
    request_open = one.time_requests.filter(granted__isnull=True).first()
    if request_open and allowed["commitment.decide"] and may_step(one, "decide_time"):
        url = reverse("commitment_time_decide", args=[request_open.pk])
        acts.insert(0, {"url": url, "label": _("Decide about more time"), "is_wished": True})
    return acts


urlpatterns = [
    path("desk/commitments/", commitments, name="commitments"),
    path("desk/commitments/<uuid:pk>/", commitment, name="commitment"),
]
