"""Rounds of supervision: all of them, one with its list, team and findings, its opening and its end."""

from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.reads import campaigns_around
from yishi.assistance.supervision.book import fits_one_book
from yishi.assistance.supervision.items import newest, read_pack
from yishi.assistance.supervision.models import Finding, Lane, ListedPlace, ListingRule, Round
from yishi.assistance.supervision.reads import STANDINGS, parts_in, sums_of, told_of, villages_in
from yishi.assistance.supervision.rules import rounds_for
from yishi.assistance.supervision.services.rounds import (
    END,
    NAME,
    PLAN,
    WHY_WITHDRAWN,
    round_change,
    round_close,
    round_open,
    round_reopen,
    round_withdraw,
    rules_of,
)
from yishi.attachments.models import Attachment
from yishi.attachments.store import scan_keep
from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.kit.records import certain
from yishi.organisations.grants import Viewer
from yishi.organisations.rights import may
from yishi.web.kit.fields.body_field import BodyField
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList, file_response
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import SHEET, one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

from .supervision_words import STANDING_WORDS, level_word, line_words

State = Round.State


class RoundFilter(Form):
    q = forms.CharField(label=gettext_lazy("name or place"), required=False, max_length=64)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["state"].choices = [("", _("all")), *State.choices]


def _count(rounds: list[Round]) -> list[Round]:
    """How many places each of these has listed, and how much of what it found is open."""
    keys = [round.pk for round in rounds]
    places = ListedPlace.objects.filter(round__in=keys, off_at=None).values_list("round").annotate(Count("pk"))
    still = Finding.within.filter(STANDINGS["open"], round__in=keys).order_by().values_list("round")
    listed, open_ones = dict(places), dict(still.annotate(Count("pk")))
    for round in rounds:
        vars(round).update(places=listed.get(round.pk, 0), still=open_ones.get(round.pk, 0))
    return rounds


ROUNDS = DeclaredList(
    "rounds",
    gettext_lazy("Rounds of supervision"),
    [
        Column(gettext_lazy("number"), "number", page=False),
        Column(gettext_lazy("round"), "name", cell="round"),
        Column(gettext_lazy("area"), "place.full_name"),
        Column(gettext_lazy("kind of visits"), "get_visits_display"),
        Column(gettext_lazy("from"), "starts_on"),
        Column(gettext_lazy("last day"), "ends_on"),
        Column(gettext_lazy("listed places"), "places", css="number"),
        Column(gettext_lazy("open findings"), "still", css="number"),
        Column(gettext_lazy("state"), "get_state_display"),
    ],
    prepare=_count,
)


@page("round.see", methods=("GET",))
def rounds(request: Request) -> HttpResponse:
    form = RoundFilter(request)
    filters = form.cleaned_data if form.is_valid() else {}
    found = Round.objects.filter(rounds_for(request.viewer)).select_related("place")
    if filters.get("state"):
        found = found.filter(state=filters["state"])
    if typed := filters.get("q", "").strip():
        found = found.filter(Q(name__finds=typed) | Q(place__full_name__finds=typed))
    return ROUNDS.respond(
        request,
        "assistance/supervision/rounds.html",
        found.order_by("-starts_on", "pk"),
        form=form,
        may_open=may("round.open", request.viewer),
    )


def load_round(request: Request, pk: UUID) -> Round:
    rounds = Round.objects.select_related("place", "body", "leading", "rule__place", "campaign", "plan_file")
    return rounds.filter(rounds_for(request.viewer)).get(pk=pk)


VILLAGES = DeclaredList(
    "round_villages",
    gettext_lazy("villages"),
    [
        Column(gettext_lazy("village"), "place.full_name", cell="village"),
        Column(gettext_lazy("last visit"), "visited"),
        Column(gettext_lazy("number of findings"), "all", css="number"),
        Column(gettext_lazy("open ones"), "open", css="number"),
        Column("", cell="acts", is_silent=True),
    ],
)
TEAM = DeclaredList(
    "round_team",
    gettext_lazy("team of the round"),
    [
        Column(gettext_lazy("person's name"), "person.name"),
        Column(gettext_lazy("role"), "get_role_display"),
        Column(gettext_lazy("sending body"), "sent_by.name"),
        Column(gettext_lazy("from"), "valid_from"),
        Column(gettext_lazy("last day"), "valid_to"),
        Column("", cell="acts", is_silent=True),
    ],
)
PER_PAGE = 50  # villages


@page("round.see", load=load_round, methods=("GET",))
def round_file(request: Request, round: Round) -> HttpResponse:
    """One round: its plan, the sums of its list by lane and state, its villages and its team."""
    viewer = request.viewer
    villages = villages_in(round)
    page_obj = Paginator(villages, PER_PAGE).get_page(request.GET.get("page"))
    wanted = villages if request.GET.get("export") == VILLAGES.name else page_obj.object_list
    told = told_of(round, wanted)
    team = list(round.members.select_related("person", "sent_by").order_by("valid_to", "role", "valid_from", "pk"))
    reads = bool(may("round.read", viewer, round))
    reached = [Finding.within.all()] if reads else parts_in(viewer.reach)
    sums = sums_of(part.filter(round=round) for part in reached)
    context: dict[str, Any] = {
        "round": round,
        "items": read_pack(round.pack).some(round.items),
        "line": line_words(round.rule) if round.rule else "",
        "level": level_word(round.level),
        "villages": told,
        "page_obj": page_obj,
        "team": team,
        "sums": _table(sums),
        "standings": list(STANDING_WORDS.items()),
        "listed": round.listed.filter(off_at=None).count(),
        "is_open": round.state == State.OPEN,
        "keeps": may("round.keep", viewer, round),
        "reads": reads,
        "visits": round.state == State.OPEN and may("round.visit", viewer, round),
        "may_withdraw": round.state == State.OPEN and not Finding.within.filter(round=round).exists(),
        "has_book": reads and page_obj.paginator.num_pages == 1 and fits_one_book(list(page_obj.object_list)),
        "today": timezone.localdate(),
    }
    return file_response(request, "assistance/supervision/round.html", context, {VILLAGES: told, TEAM: team})


def _table(sums: dict[str, dict[str, int]]) -> list[dict[str, Any]]:
    """Lanes as lines, states as columns, with the sum of each line and of all."""
    lines = []
    for lane, label in Lane.choices:
        counts = [sums.get(lane, {}).get(name, 0) for name in STANDINGS]
        lines.append({"lane": lane, "label": label, "counts": counts, "all": sum(counts)})
    counts = [sum(column) for column in zip(*(line["counts"] for line in lines), strict=True)]
    return [*lines, {"lane": "", "label": _("all together"), "counts": counts, "all": sum(counts)}]


class _About(ActForm):
    name = WordsField(NAME, gettext_lazy("name of the round"))
    visits = forms.ChoiceField(
        label=gettext_lazy("kind of visits"), choices=Round.Visits.choices, widget=forms.RadioSelect
    )
    leading = BodyField(label=gettext_lazy("leading body"), required=False)
    plan = WordsField(PLAN, gettext_lazy("plan of the round"), rows=6)
    plan_scan = forms.FileField(label=gettext_lazy("The plan as a file (PDF or scan)"), required=False)
    ends_on = day_field(gettext_lazy("last day"))


class RoundForm(_About):
    place = PlaceField(label=gettext_lazy("area"), levels=("province", "prefecture", "county"))
    level = forms.ChoiceField(label=gettext_lazy("What is listed?"), required=False)
    rule = forms.ModelChoiceField(
        ListingRule.objects.none(),
        label=gettext_lazy("line for listing"),
        required=False,
        empty_label=gettext_lazy("none: places are put on the list by hand"),
    )
    as_of = day_field(gettext_lazy("as the places stood on"))
    starts_on = day_field(gettext_lazy("from"))
    items = forms.MultipleChoiceField(
        label=gettext_lazy("What is looked at"), widget=forms.CheckboxSelectMultiple, required=True
    )
    campaign: "forms.ModelChoiceField[Any]" = forms.ModelChoiceField(
        None, label=gettext_lazy("campaign"), required=False, empty_label=gettext_lazy("none")
    )
    field_order = [
        "name", "place", "rule", "level", "as_of", "starts_on", "ends_on", "visits", "leading", "items", "campaign",
        "plan", "plan_scan",
    ]  # fmt: skip

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        widest = widest_place(request)
        self.fields["place"].limit(widest)
        rules = rules_of(widest) if widest is not None else []
        self.fields["rule"].queryset = ListingRule.objects.filter(pk__in=[rule.pk for rule in rules])
        self.fields["rule"].label_from_instance = line_words
        self.fields["level"].choices = [(level.value, level.label) for level in ListingRule.LEVELS]
        self.fields["items"].choices = [(item.code, item.name) for item in read_pack(newest()).items.values()]
        self.fields["campaign"].queryset = campaigns_around(widest)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        if cleaned.get("rule"):  # the line says what it lists
            cleaned["level"] = cleaned["rule"].level
        elif not cleaned.get("level"):
            self.add_error("level", _("Say what is listed, or choose a line."))
        return cleaned


def _with_plan(service: Any) -> Any:
    """The service with the plan's file stored first; a file that cannot be kept is named at its field."""

    def keeping(*, actor: Viewer, plan_scan: Any = None, **given: Any) -> Receipt:
        kept: Attachment | None = None
        if plan_scan:
            try:
                kept = scan_keep(actor=actor, upload=plan_scan)
            except Refusal as refusal:
                raise Refusal(refusal.code, refusal.message, field="plan_scan") from refusal
        receipt: Receipt = service(actor=actor, plan_file=kept, **given)
        return receipt

    return keeping


@page("round.open")
def round_new(request: Request) -> HttpResponse:
    today = timezone.localdate()
    initial = {"as_of": today, "starts_on": today, "items": list(read_pack(newest()).items)}
    return one_act(
        request,
        RoundForm(request.POST or None, request.FILES or None, request=request, initial=initial),
        _with_plan(round_open),
        heading=_("Open a round of supervision"),
        lead=_("The line finds the places that are listed; you may add others, or take some off, with the reason."),
        back=reverse("rounds"),
        done=_("The round is under way. Look at its list, then add its team."),
        submit=_("Open the round"),
        next_url=lambda receipt: reverse("round", args=[receipt.result["round"]]),
        layout=SHEET,
    )


@page("round.keep", load=load_round)
def round_edit(request: Request, round: Round) -> HttpResponse:
    names = ("name", "visits", "leading", "plan", "ends_on")
    form = _About(
        request.POST or None,
        request.FILES or None,
        initial={name: getattr(round, name) for name in names},
        edits=round,
    )
    return one_act(
        request,
        form,
        _with_plan(round_change),
        heading=_("Change %(name)s") % {"name": round.name},
        lead=_("Without a new file the plan's file stays as it is."),
        back=reverse("round", args=[round.pk]),
        done=_("The change is stored."),
        submit=_("Save"),
        given={"round": round},
    )


class CloseForm(ActForm):
    words = WordsField(END, gettext_lazy("What came of the round?"), rows=4)


class ReasonForm(ActForm):
    reason = WordsField(WHY_WITHDRAWN, gettext_lazy("why"), rows=3)


def _end(request: Request, round: Round, form: ActForm, service: Any, **texts: Any) -> HttpResponse:
    return one_act(request, form, service, back=reverse("round", args=[round.pk]), given={"round": round}, **texts)


@page("round.keep", load=load_round)
def round_end(request: Request, round: Round) -> HttpResponse:
    return _end(
        request,
        round,
        CloseForm(request.POST or None),
        round_close,
        heading=_("Close %(name)s") % {"name": round.name},
        lead=_("Every finding of its list is struck off, merged or ruled on before."),
        done=_("The round is closed."),
        submit=_("Close the round"),
    )


@page("round.keep", load=load_round)
def round_drop(request: Request, round: Round) -> HttpResponse:
    return _end(
        request,
        round,
        ReasonForm(request.POST or None),
        round_withdraw,
        heading=_("Withdraw %(name)s") % {"name": round.name},
        lead=_("For a round that was opened by mistake: nothing was found in it."),
        done=_("The round is withdrawn."),
        submit=_("Withdraw the round"),
    )


@page("round.keep", load=load_round)
def round_again(request: Request, round: Round) -> HttpResponse:
    return _end(
        request,
        round,
        ReasonForm(request.POST or None),
        round_reopen,
        heading=_("Open %(name)s again") % {"name": round.name},
        done=_("The round is under way again."),
        submit=_("Open it again"),
    )


def load_plan(request: Request, pk: UUID) -> Round:
    """A round whose plan came as a file."""
    round = load_round(request, pk)
    if round.plan_file is None:
        raise Round.DoesNotExist
    return round


@page("round.see", load=load_plan, methods=("GET",))
def round_plan(request: Request, round: Round) -> HttpResponse:
    return stream(certain(round.plan_file))


urlpatterns = [
    path("desk/rounds/", rounds, name="rounds"),
    path("desk/rounds/new/", round_new, name="round_new"),
    path("desk/rounds/<uuid:pk>/", round_file, name="round"),
    path("desk/rounds/<uuid:pk>/change/", round_edit, name="round_edit"),
    path("desk/rounds/<uuid:pk>/close/", round_end, name="round_close"),
    path("desk/rounds/<uuid:pk>/withdraw/", round_drop, name="round_withdraw"),
    path("desk/rounds/<uuid:pk>/reopen/", round_again, name="round_reopen"),
    path("desk/rounds/<uuid:pk>/plan/", round_plan, name="round_plan"),
]
