"""Suspicions of exit assessments: their list, one with its counter-evidence and ruling, and who does what to it."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.exits.models import ExitCounter, ExitSample, ExitSuspicion
from yishi.assistance.exits.rules import has_a_side
from yishi.assistance.exits.services.owing import mend_by, mends, owed_of
from yishi.assistance.exits.services.suspicions import (
    BASIS,
    EVIDENCE,
    OF,
    RULING,
    WHY_BACK,
    counter_file,
    counter_take_back,
    ruling_take_back,
    suspicion_raise,
    suspicion_rule,
    suspicion_withdraw,
)
from yishi.assistance.exits.settings import rules_of
from yishi.assistance.exits.survey.pack import MOST_COUNT, questionnaire_read
from yishi.attachments.models import Attachment
from yishi.commitments.models import Commitment
from yishi.notices.days import day_said
from yishi.organisations.rights import may
from yishi.web.kit.fields.bearer_field import BearerField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.proof_files import ProofFiles, one_proved_act
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream
from yishi.web.kit.taking_back import taking_back

from .exit_story import suspicion_events
from .exit_words import STATE_BADGES, conditions_words, in_words, who
from .loads import OF_SUSPICION, load_counter, load_counter_file, load_sample, load_suspicion

Kind, State = ExitSuspicion.Kind, ExitSuspicion.State

SUSPICIONS = DeclaredList(
    "exit_suspicions",
    gettext_lazy("suspicions of exit assessments"),
    [
        Column(gettext_lazy("number"), "number", link="exit_suspicion"),
        Column(gettext_lazy("what"), "get_kind_display"),
        Column(gettext_lazy("household"), lambda suspicion: who(suspicion.sample)),
        Column(gettext_lazy("village"), "sample.place.full_name", shown="sample.place.name"),
        Column(gettext_lazy("assessment"), "sample.assessment.number"),
        Column(gettext_lazy("counter-evidence until"), "due_on"),
        Column(gettext_lazy("state"), "get_state_display"),
    ],
)


class StateFilter(Form):
    state = forms.ChoiceField(
        label=gettext_lazy("state"),
        required=False,
        choices=[("", gettext_lazy("not ruled yet")), *State.choices, ("all", gettext_lazy("all"))],
    )


@page("exit.suspicions", methods=("GET",))
def suspicions(request: Request) -> HttpResponse:
    found = ExitSuspicion.objects.select_related(*OF_SUSPICION)
    form = StateFilter(request.GET or None)
    state = form.cleaned_data["state"] if form.is_valid() else ""
    if not state:
        found = found.filter(state__in=(State.OPEN, State.COUNTERED))
    elif state in State.values:
        found = found.filter(state=state)
    return SUSPICIONS.respond(
        request, "assistance/exits/suspicions.html", found.order_by("due_on", "number"), form=form
    )


@page("exit.suspicion", load=load_suspicion, methods=("GET",))
def suspicion(request: Request, suspicion: ExitSuspicion) -> HttpResponse:
    viewer, assessment = request.viewer, suspicion.sample.assessment
    counters = list(suspicion.counters.select_related("filed_by", "filed_for").prefetch_related("files"))
    is_ruled = suspicion.is_ruled
    is_due = suspicion.state == State.COUNTERED or timezone.localdate() > suspicion.due_on
    is_their_own = has_a_side(viewer, suspicion)
    runs = bool(may("exit.withdraw", viewer, suspicion))
    context = {
        "suspicion": suspicion,
        "assessment": assessment,
        "who": who(suspicion.sample),
        "badge": STATE_BADGES[suspicion.state],
        "conditions": conditions_words(suspicion, assessment),
        "promises": _promises(suspicion),
        "counters": counters,
        "taken_back": ExitCounter.every.filter(suspicion=suspicion, taken_back_at__isnull=False),
        "events": suspicion_events(suspicion),
        "may_see_sample": may("exit.sample", viewer, suspicion.sample),
        "may_see_assessment": may("exit.see", viewer, assessment),
        "may_counter": not is_ruled and may("exit.counter", viewer, suspicion),
        "may_counter_back": not is_ruled and bool(counters) and may("exit.counter_back", viewer, counters[0]),
        "may_rule": not is_ruled and is_due and may("exit.rule", viewer, suspicion),
        "rules_later": not is_ruled and not is_due and may("exit.rule", viewer, suspicion),
        "is_their_own": runs and not is_ruled and is_their_own,
        "may_rule_back": is_ruled and may("exit.rule_back", viewer, suspicion),
        "may_withdraw": not is_ruled and runs,
    }
    return render(request, "assistance/exits/suspicion.html", context)


def _promises(suspicion: ExitSuspicion) -> list[dict[str, Any]]:
    """What its rulings made somebody owe, and whether the viewer opens it."""
    promises = owed_of(suspicion)
    keys = [promise.pk for promise in promises]
    opens = set(Commitment.objects.filter(pk__in=keys).values_list("pk", flat=True)) if keys else set()
    return [{"promise": promise, "opens": promise.pk in opens} for promise in promises]


class SuspectForm(ActForm):
    kind = forms.ChoiceField(label=gettext_lazy("what is suspected"), widget=forms.RadioSelect)
    conditions = forms.MultipleChoiceField(
        label=gettext_lazy("what is not met"), required=False, widget=forms.CheckboxSelectMultiple
    )
    people = forms.IntegerField(label=gettext_lazy("people whom it concerns"), min_value=1, max_value=MOST_COUNT)
    basis = WordsField(
        BASIS,
        gettext_lazy("what it rests on"),
        rows=3,
        help_text=gettext_lazy("What was seen and heard at home; no identity number, no phone, no account."),
    )

    def __init__(self, *args: Any, sample: ExitSample, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [
            (kind, label) for kind, label in Kind.choices if OF.get(Kind(kind), sample.kind) == sample.kind
        ]
        conditions = rules_of(sample.assessment).conditions
        self.fields["conditions"].choices = [(code, in_words(said)) for code, said in conditions.items()]
        if sample.people:
            self.fields["people"].max_value = sample.people


@page("exit.suspect", load=load_sample)
def suspicion_new(request: Request, sample: ExitSample) -> HttpResponse:
    interview = sample.interviews.first()
    against = []
    if interview is not None:
        asked = questionnaire_read(interview.questionnaire)
        against = [in_words(question) for question in asked.speaks_against(interview.said)]
    form = SuspectForm(request.POST or None, sample=sample)
    return one_act(
        request,
        form,
        suspicion_raise,
        given={"sample": sample},
        heading=_("Suspicion: %(who)s") % {"who": who(sample)},
        lead=_("The village is told and may refute it until a day; then somebody else rules."),
        facts=[(_("answers that speak against it"), "；".join(against))] if against else [],
        back=reverse("exit_household", args=[sample.pk]),
        done=_("The suspicion is raised; the village is told."),
        submit=_("Raise it"),
        next_url=lambda receipt: reverse("exit_suspicion", args=[receipt.result["suspicion"]]),
    )


class BackForm(ActForm):
    reason = WordsField(WHY_BACK, gettext_lazy("why"), rows=2)


def _what(suspicion: ExitSuspicion) -> str:
    return f"{suspicion.number} · {suspicion.get_kind_display()} · {who(suspicion.sample)}"


@page("exit.withdraw", load=load_suspicion)
def suspicion_back(request: Request, suspicion: ExitSuspicion) -> HttpResponse:
    return taking_back(
        request,
        suspicion_withdraw,
        form=BackForm(request.POST or None),
        what=_what(suspicion),
        given={"suspicion": suspicion},
        heading=_("Withdraw this suspicion"),
        lead=_("For what was raised by mistake. What the village refuted is ruled, not withdrawn."),
        back=reverse("exit_suspicion", args=[suspicion.pk]),
        done=_("Withdrawn."),
        submit=_("Withdraw it"),
        next_url=lambda receipt: reverse("exit_household", args=[suspicion.sample_id]),
    )


class CounterForm(ProofFiles):
    text = WordsField(EVIDENCE, gettext_lazy("what the files show"), rows=3)
    field_order = ["text"]


@page("exit.counter", load=load_suspicion)
def counter_new(request: Request, suspicion: ExitSuspicion) -> HttpResponse:
    return one_proved_act(
        request,
        CounterForm(request.POST or None, request.FILES or None),
        counter_file,
        given={"suspicion": suspicion},
        heading=_("Counter-evidence to %(number)s") % {"number": suspicion.number},
        lead=_("Until %(day)s; later it is marked as late.") % {"day": day_said(suspicion.due_on)},
        facts=[(suspicion.get_kind_display(), who(suspicion.sample)), (_("what it rests on"), suspicion.basis)],
        back=reverse("exit_suspicion", args=[suspicion.pk]),
        done=_("The counter-evidence is filed."),
        submit=_("File it"),
    )


@page("exit.counter_back", load=load_counter)
def counter_back(request: Request, counter: ExitCounter) -> HttpResponse:
    return one_act(
        request,
        BackForm(request.POST or None),
        counter_take_back,
        given={"counter": counter},
        heading=_("Take this counter-evidence back"),
        facts=[(_("what the files show"), counter.text)],
        back=reverse("exit_suspicion", args=[counter.suspicion_id]),
        done=_("Taken back."),
        submit=_("Take it back"),
    )


class RuleForm(ActForm):
    is_upheld = forms.TypedChoiceField(
        label=gettext_lazy("ruling"),
        choices=[("yes", gettext_lazy("it is upheld")), ("no", gettext_lazy("it is not upheld"))],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    reason = WordsField(RULING, gettext_lazy("reason"), rows=3)
    bearer = BearerField(label=gettext_lazy("Upheld: who mends it?"), required=False)
    due_on = day_field(gettext_lazy("Upheld: mended by when?"), required=False)

    def __init__(self, *args: Any, suspicion: ExitSuspicion, **kwargs: Any):
        super().__init__(*args, **kwargs)
        village = suspicion.sample.place
        self.fields["bearer"].around(village)
        self.initial.update(bearer=mends(village), due_on=mend_by(timezone.localdate()))


@page("exit.rule", load=load_suspicion)
def suspicion_ruling(request: Request, suspicion: ExitSuspicion) -> HttpResponse:
    facts = [
        (suspicion.get_kind_display(), who(suspicion.sample)),
        (_("what it rests on"), suspicion.basis),
        *((_("counter-evidence"), counter.text) for counter in suspicion.counters.all()),
        (_("who asked"), suspicion.interviewer.name),
        (_("raised by"), suspicion.raised_by.name),
    ]
    return one_act(
        request,
        RuleForm(request.POST or None, suspicion=suspicion),
        suspicion_rule,
        given={"suspicion": suspicion},
        heading=_("Rule on %(number)s") % {"number": suspicion.number},
        lead=_(
            "Who asked the household, raised the suspicion or filed counter-evidence does not rule on it. "
            "What is upheld is owed from now on, until a second person strikes it off."
        ),
        facts=facts,
        back=reverse("exit_suspicion", args=[suspicion.pk]),
        done=_("It is ruled; the village is told."),
        submit=_("Rule"),
    )


@page("exit.rule_back", load=load_suspicion)
def ruling_back(request: Request, suspicion: ExitSuspicion) -> HttpResponse:
    return taking_back(
        request,
        ruling_take_back,
        form=BackForm(request.POST or None),
        what=_what(suspicion),
        given={"suspicion": suspicion},
        heading=_("Take the ruling back"),
        lead=_("The suspicion stands as it stood before; what was ruled stays in its story."),
        back=reverse("exit_suspicion", args=[suspicion.pk]),
        done=_("The ruling is taken back."),
    )


@page("exit.suspicions", load=load_counter_file, methods=("GET",))
def counter_evidence(request: Request, attachment: Attachment) -> HttpResponse:
    return stream(attachment, small=request.GET.get("small") == "1")


urlpatterns = [
    path("desk/exits/suspicions/", suspicions, name="exit_suspicions"),
    path("desk/exits/suspicions/<uuid:pk>/", suspicion, name="exit_suspicion"),
    path("desk/exits/households/<uuid:pk>/suspect/", suspicion_new, name="exit_suspect"),
    path("desk/exits/suspicions/<uuid:pk>/withdraw/", suspicion_back, name="exit_withdraw"),
    path("desk/exits/suspicions/<uuid:pk>/counter/", counter_new, name="exit_counter"),
    path("desk/exits/suspicions/<uuid:pk>/files/<uuid:file>/", counter_evidence, name="exit_counter_file"),
    path("desk/exits/counters/<uuid:pk>/take-back/", counter_back, name="exit_counter_back"),
    path("desk/exits/suspicions/<uuid:pk>/rule/", suspicion_ruling, name="exit_rule"),
    path("desk/exits/suspicions/<uuid:pk>/take-back/", ruling_back, name="exit_rule_back"),
]
