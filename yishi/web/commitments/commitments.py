"""The ledger's pages: what we owe, what we supervise, one promise's file."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import F, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments.clocks import RECHECK_AFTER
from yishi.commitments.models import Commitment, LedgerEvent
from yishi.commitments.reads import commitments_in, of_colour, to_look_back
from yishi.commitments.services.taking_back import desks_to_take_back, time_to_take_back
from yishi.commitments.stages import may_step
from yishi.journal.models import Moved
from yishi.journal.moved import moved_of
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.web.commitments.clock_words import PRESSED
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.forms import Form
from yishi.web.kit.lists import PER_PAGE, Column, DeclaredList, First, is_filtered
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.page import page
from yishi.web.kit.peek import KeysFirst
from yishi.web.kit.request import Request
from yishi.web.kit.standing import standing_text

from .origins import origin_of
from .promise_story import bring, promise_events

S = Commitment.State

# (verb in the stage table, right, URL name, label): the acts that a file offers, in the order of a promise's life.
ACTS: tuple[tuple[str, str, str, Any], ...] = (
    ("confirm", "commitment.answer", "commitment_confirm", gettext_lazy("Confirm it")),
    ("prove", "commitment.answer", "commitment_prove", gettext_lazy("Give proof")),
    ("withdraw", "commitment.answer", "proof_withdraw", gettext_lazy("Withdraw the proof")),
    ("answer", "commitment.answer", "commitment_answer", gettext_lazy("Answer")),
    ("meet", "commitment.answer", "commitment_meet", gettext_lazy("We met the people")),
    ("ask_time", "commitment.answer", "commitment_time", gettext_lazy("Ask for more time")),
    ("accept", "commitment.decide", "commitment_check", gettext_lazy("Check the proof")),
    ("strike_off", "commitment.decide", "commitment_strike_off", gettext_lazy("Strike it off")),
    ("escalate", "commitment.supervise", "commitment_press", gettext_lazy("Press for it")),
    ("close_undone", "commitment.decide", "commitment_close", gettext_lazy("Close without being done")),
    ("recheck", "commitment.decide", "commitment_recheck", gettext_lazy("Look back")),
    ("reopen", "commitment.supervise", "commitment_reopen", gettext_lazy("Open it again")),
    ("hear", "commitment.hear", "commitment_hear", gettext_lazy("Write down a judgement that came on paper")),
)
# What the bearer's desk says itself; for who may write it down from paper, in this order.
ON_PAPER = ("confirm", "prove", "answer", "ask_time")
UNWISHED = ("withdraw", "close_undone", "reopen", "hear")  # never the page's first button


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

    def narrow(self, commitments: QuerySet[Commitment]) -> QuerySet[Commitment]:
        filters = self.cleaned_data if self.is_valid() else {}
        today = timezone.localdate()
        if filters.get("q"):
            commitments = commitments.filter(Q(act__finds=filters["q"]) | Q(number__finds=filters["q"]))
        if filters.get("mine"):
            field = "bearer__in" if filters["mine"] == "owed" else "supervisor__in"
            commitments = commitments.filter(**{field: self.viewer.reach.bodies})
        if filters.get("state") == "open":
            commitments = commitments.filter(state__in=Commitment.OPEN)
        elif filters.get("state"):
            commitments = commitments.filter(state=filters["state"])
        if filters.get("due") == "late":
            commitments = commitments.filter(state=S.IN_FORCE, due_on__lt=today, backfilled=False)
        elif filters.get("due") == "soon":
            commitments = commitments.filter(state=S.IN_FORCE, due_on__range=(today, today + timedelta(days=7)))
        elif filters.get("due") == "recheck":
            commitments = to_look_back(commitments, today)
        elif filters.get("due"):
            commitments = of_colour(commitments, filters["due"], today)
        if filters.get("pressed"):
            commitments = commitments.filter(escalation=int(filters["pressed"]))
        if filters.get("body"):
            named = filters["body"].strip()
            commitments = commitments.filter(Q(bearer__name__finds=named) | Q(bearer_name__finds=named))
        if filters.get("place"):
            commitments = commitments.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        return commitments


# The lists that are opened every day, as one tap each.
QUICK = (
    ("?mine=owed&state=open", gettext_lazy("What we owe")),
    ("?mine=supervised&state=open", gettext_lazy("What we supervise")),
    ("?due=late", gettext_lazy("Overdue")),
    ("?due=recheck", gettext_lazy("To look back at")),
)


MOST = 2_000  # of one list that somebody counts
COMMITMENTS = DeclaredList(
    "commitments",
    gettext_lazy("promises"),
    [
        Column(gettext_lazy("promise"), cell="promise"),
        Column(gettext_lazy("number"), "number", page=False),
        Column(gettext_lazy("what is to be done"), "act", page=False),
        Column(gettext_lazy("quantity"), "quantity", page=False),
        Column(gettext_lazy("unit"), "unit", page=False),
        Column(gettext_lazy("bearer"), "owes"),
        Column(gettext_lazy("person responsible"), "responsible", page=False),
        Column(gettext_lazy("supervising body"), "supervisor.name"),
        Column(gettext_lazy("place"), "place.full_name", page=False),
        Column(gettext_lazy("promised"), "agreed_on", page=False),
        Column(gettext_lazy("first due"), "first_due_on", page=False),
        Column(gettext_lazy("due"), "due_on"),
        Column(gettext_lazy("state"), "get_state_display", page=False),
        Column(gettext_lazy("clock"), standing_text, cell="clock"),
        Column(gettext_lazy("pressed for"), lambda commitment: str(PRESSED[commitment.escalation]), page=False),
        Column(gettext_lazy("answered on"), "answered_on", page=False),
        Column(gettext_lazy("met the people on"), "met_people_on", page=False),
        Column(gettext_lazy("proved on"), "proved_on", page=False),
        Column(gettext_lazy("settled"), "settled_on", page=False),
        Column(gettext_lazy("round"), "round", page=False),
    ],
    most=MOST,
)


@page("commitment.list", methods=("GET",))
def commitments(request: Request) -> HttpResponse:
    """What is owed comes first, by its day; the ids of a page are found before its rows are read."""
    form, reach = LedgerFilter(request), request.viewer.reach

    order = (F("settled_on").asc(nulls_first=True), "due_on", "pk")

    def found() -> QuerySet[Commitment]:
        return form.narrow(commitments_in(reach)).order_by(*order)

    def whole() -> QuerySet[Commitment]:
        return _listed(Commitment.within.all())

    return COMMITMENTS.respond(
        request,
        "commitments/commitments.html",
        lambda: _listed(found()),
        first=First(lambda: [found()], order, whole),
        paginator=KeysFirst(found(), whole(), PER_PAGE, MOST) if is_narrowed(request) else None,
        form=form,
        quick=QUICK,
    )


def _listed(commitments: QuerySet[Commitment]) -> QuerySet[Commitment]:
    return commitments.select_related("bearer", "supervisor", "place")


def is_narrowed(request: Request) -> bool:
    """Is it another page than the first of all?"""
    return is_filtered(request) or bool(request.GET.get("page"))


def load_commitment(request: Request, pk: UUID) -> Commitment:
    commitments = Commitment.objects.select_related("bearer", "supervisor", "place", "escalated_to", "bearer_person")
    return commitments.get(pk=pk)


@page("commitment.see", load=load_commitment, methods=("GET",))
def commitment(request: Request, commitment: Commitment) -> HttpResponse:
    """One promise's file: where it is, its story, the viewer's next acts."""
    bring(commitment)
    kept = moved_of(("commitment", commitment.pk))
    silent = commitment.judges.exclude(verdicts__round=commitment.round).count() if commitment.state == S.CHECKED else 0
    waits = silent if commitment.verdict_due_on and timezone.localdate() <= commitment.verdict_due_on else 0
    context = {
        "commitment": commitment,
        "events": promise_events(commitment, request.viewer, kept=kept),
        "acts": offered(request.viewer, commitment, kept, waits=bool(waits)),
        "waits": waits,
        "origin": origin_of(commitment),
        "proofs": sorted(commitment.proofs.all(), key=lambda proof: proof.given_at, reverse=True),
        "letters": sorted(
            (event for event in commitment.events.all() if event.kind == LedgerEvent.Kind.LETTER),
            key=lambda event: event.at,
        ),
        "papers": commitment.papers.exclude(pk__in=commitment.verdicts.filter(paper__isnull=False).values("paper")),
        "asked": commitment.judges.count(),
        "pressed": PRESSED[commitment.escalation],
    }
    return render(request, "commitments/commitment.html", context)


def offered(viewer: Viewer, commitment: Commitment, kept: list[Moved], *, waits: bool) -> list[dict[str, Any]]:
    """The acts that the viewer may do now: by right, by stage, and when their time has come. `kept`: what was moved of
    it, which may be taken back."""
    rights = (
        *("commitment.answer", "commitment.supervise", "commitment.decide"),
        *("commitment.hear", "commitment.record"),
    )
    request_open = next((asked for asked in commitment.time_requests.all() if asked.granted is None), None)
    allowed = {right: may(right, viewer, commitment) for right in rights}
    look_back_from = commitment.settled_on + RECHECK_AFTER if commitment.settled_on else None
    not_yet = {
        "strike_off": waits,
        "escalate": commitment.state != S.IN_FORCE,
        "recheck": bool(commitment.rechecked_on or not look_back_from or timezone.localdate() < look_back_from),
        "ask_time": request_open is not None,
        "hear": not commitment.judges.exclude(verdicts__round=commitment.round).exists(),
    }
    acts = [
        {"url": reverse(name, args=[commitment.pk]), "label": label, "is_wished": verb not in UNWISHED}
        for verb, right, name, label in ACTS
        if allowed[right] and may_step(commitment, verb) and not not_yet.get(verb)
    ]
    if allowed["commitment.record"] and not allowed["commitment.answer"]:
        acts += [
            {
                "url": reverse(name, args=[commitment.pk]),
                "label": _("From paper: %(act)s") % {"act": label},
                "is_wished": False,
            }
            for verb, _right, name, label in ACTS
            if verb in ON_PAPER and may_step(commitment, verb) and not not_yet.get(verb)
        ]
    if request_open and allowed["commitment.decide"] and may_step(commitment, "decide_time"):
        url = reverse("commitment_time_decide", args=[request_open.pk])
        acts.insert(0, {"url": url, "label": _("Decide about more time"), "is_wished": True})
    if allowed["commitment.supervise"] and desks_to_take_back(commitment) is not None:
        url = reverse("commitment_take_back", args=[commitment.pk])
        acts.append({"url": url, "label": _("Decided by mistake: take it back"), "is_wished": False})
    if allowed["commitment.supervise"] and time_to_take_back(commitment, kept) is not None:
        url = reverse("commitment_time_back", args=[commitment.pk])
        acts.append({"url": url, "label": _("More time decided on by mistake: take it back"), "is_wished": False})
    if commitment.met_people_on and (allowed["commitment.answer"] or allowed["commitment.record"]):
        url = reverse("commitment_meeting_back", args=[commitment.pk])
        acts.append({"url": url, "label": _("There was no such meeting: take it back"), "is_wished": False})
    return acts


urlpatterns = [
    path("desk/commitments/", commitments, name="commitments"),
    path("desk/commitments/<uuid:pk>/", commitment, name="commitment"),
]
