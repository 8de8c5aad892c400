"""Matters: the list with its filters, and the pages of the acts on one matter. The file itself: matter_file.py."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.commitments.models import Commitment
from yishi.deliberation.models import Matter, Party, ProcessVersion, Stage, Worry
from yishi.deliberation.process.facts import Facts
from yishi.deliberation.services.course import NOTE, WHY, WHY_BACK, matter_open_again, matter_step_back, step_before
from yishi.deliberation.services.matters import (
    SUMMARY,
    TITLE,
    matter_advance,
    matter_change,
    matter_drop,
    matter_end,
    matter_join_worry,
    matter_open,
    party_add,
    party_remove,
)
from yishi.deliberation.services.processes import model_of, processes_published
from yishi.deliberation.services.worries import authors_of
from yishi.kit.ids import id_read
from yishi.kit.records import lend, lent
from yishi.organisations.models import Body, Place
from yishi.organisations.rights import may
from yishi.organisations.themes import theme_choices, theme_word
from yishi.web.deliberation.process.loads import (
    ProcessChoice,
    bodies_around,
    conveners,
    load_matter,
    published_versions,
)
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList, First, local_day
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.offered import offer
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

LEVELS = ("prefecture", "county", "township", "village")


def load_party(request: Request, pk: UUID) -> Party:
    return Party.objects.select_related("matter__place").get(pk=pk, matter__in=Matter.keys())


class MatterFilter(Form):
    """Filters of the list; all of them live in the address."""

    q = forms.CharField(label=gettext_lazy("search"), required=False, max_length=60)
    stage = forms.ChoiceField(label=gettext_lazy("stage"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    place = forms.ModelChoiceField(Place.objects.none(), label=gettext_lazy("place"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("theme"), required=False)
    convener = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("convening body"), required=False)
    process = forms.ChoiceField(label=gettext_lazy("process model"), required=False)
    overdue = forms.BooleanField(label=gettext_lazy("overdue only"), required=False)

    def __init__(self, request: Request, versions: list[ProcessVersion]):
        super().__init__(request.GET)
        everything = [("", _("all"))]
        self.fields["stage"].choices = [*everything, *Stage.choices]
        self.fields["state"].choices = [*everything, *Matter.State.choices]
        self.fields["theme"].choices = [*everything, *theme_choices()]
        self.fields["process"].choices = [*everything, *((str(version.model_id), version.name) for version in versions)]
        for name in ("place", "convener"):
            self.fields[name].empty_label = _("all")
        offer(
            self,
            "matters",
            request.viewer.key,
            place=lambda: places_for(request),
            convener=lambda: Body.objects.filter(pk__in=request.viewer.reach.bodies).order_by("name"),
        )
        asked = request.GET.get("place", "")
        if id_read(asked):  # an overview opens into its list at any tier
            near = places_for(request).values("pk")
            self.fields["place"].queryset = Place.objects.filter(Q(pk=asked) | Q(pk__in=near))

    def narrow(self, matters: QuerySet[Matter], today: date) -> QuerySet[Matter]:
        """`rows` with the filters that are valid; a filter that nobody knows narrows nothing."""
        self.is_valid()
        filters = {key: value for key, value in self.cleaned_data.items() if value}
        for name in ("stage", "state", "theme", "convener"):
            if name in filters:
                matters = matters.filter(**{name: filters[name]})
        if "process" in filters:
            matters = matters.filter(process__model=filters["process"])
        if "place" in filters:
            matters = matters.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        if "overdue" in filters:
            matters = matters.filter(state=Matter.State.OPEN, step_due_on__lt=today)
        if "q" in filters:
            word = filters["q"].strip()
            matters = matters.filter(Q(title__finds=word) | Q(number__finds=word) | Q(place__name__finds=word))
        return matters


def places_for(request: Request) -> QuerySet[Place]:
    """The places by which the viewer's list can be narrowed: one tier below each place that they oversee."""
    tops = {post.body.place_id for post in request.viewer.posts}
    return Place.objects.filter(parent__in=tops, closed_on__isnull=True).order_by("lo")


def with_steps(matters: list[Matter]) -> list[Matter]:
    """Matters, which come with their process, with the name of the step in which each is."""
    for matter in matters:
        step = model_of(matter.process).step(matter.step)
        lend(matter, step_name=step.name if step else "")
    return matters


MATTERS = DeclaredList(
    "matters",
    gettext_lazy("matters"),
    [
        Column(gettext_lazy("matter"), cell="matter"),
        Column(gettext_lazy("number"), "number", page=False),
        Column(gettext_lazy("title"), "title", page=False),
        Column(gettext_lazy("theme"), lambda matter: theme_word(matter.theme), page=False),
        Column(gettext_lazy("place"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("where it stands"), cell="where_it_stands"),
        Column(gettext_lazy("until"), cell="until"),
        Column(gettext_lazy("convening body"), "convener.name"),
        Column(gettext_lazy("process model"), "process.name"),
        Column(gettext_lazy("step"), "step_name", page=False),
        Column(gettext_lazy("stage"), "get_stage_display", page=False),
        Column(gettext_lazy("state"), "get_state_display", page=False),
        Column(gettext_lazy("due"), "step_due_on", page=False),
        Column(gettext_lazy("opened"), local_day("opened_at"), page=False),
        Column(gettext_lazy("concluded on"), "closed_on", page=False),
    ],
    prepare=with_steps,
)


@page("matter.see", methods=("GET",))
def matters(request: Request) -> HttpResponse:
    today = timezone.localdate()
    form = MatterFilter(request, processes_published())

    def narrowed() -> QuerySet[Matter]:
        return _listed(form.narrow(Matter.objects.all(), today)).order_by("-opened_at", "-pk")

    return MATTERS.respond(
        request,
        "deliberation/process/matters.html",
        narrowed,
        first=First(Matter.parts, ("-opened_at", "-pk"), lambda: _listed(Matter.within.all())),
        form=form,
        today=today,
        may_open=may("matter.open", request.viewer),
        is_narrowed=any(request.GET.get(name) for name in form.fields if name != "q"),
    )


def _listed(matters: QuerySet[Matter]) -> QuerySet[Matter]:
    return matters.select_related("place", "convener", "process").defer("process__document", "summary")


class OpenForm(ActForm):
    title = WordsField(TITLE, gettext_lazy("title"))
    summary = WordsField(SUMMARY, gettext_lazy("what it is about"), rows=4)
    theme = forms.ChoiceField(label=gettext_lazy("theme"))
    place = PlaceField(levels=LEVELS)
    convener = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("convening body"))
    process = ProcessChoice(label=gettext_lazy("process model"))
    opened_on = day_field(
        gettext_lazy("began on"),
        required=False,
        help_text=gettext_lazy("Only for what began before today; it is marked as recorded afterwards."),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = theme_choices()
        self.fields["place"].limit(widest_place(request))
        self.fields["convener"].queryset = conveners(request)
        self.fields["process"].queryset = published_versions()


@page("matter.open")
def matter_new(request: Request) -> HttpResponse:
    form = OpenForm(request.POST or None, request=request)
    return one_act(
        request,
        form,
        matter_open,
        heading=_("Open a matter"),
        lead=_("From a worry, open it on the worry's page: then its author hears of it."),
        back=reverse("matters"),
        done=_("The matter is open."),
        submit=_("Open the matter"),
        next_url=lambda receipt: reverse("matter", args=[receipt.result["matter"]]),
    )


class AdvanceForm(ActForm):
    step = forms.CharField(widget=forms.HiddenInput, required=False)
    note = WordsField(
        NOTE, gettext_lazy("note"), rows=2, help_text=gettext_lazy("After a return: write what was mended.")
    )


@page("matter.run", load=load_matter)
def matter_next(request: Request, matter: Matter) -> HttpResponse:
    step = model_of(matter.process).after(matter.step)
    return one_act(
        request,
        AdvanceForm(request.POST or None, initial={"step": matter.step}),
        matter_advance,
        heading=_("On to “%(step)s”") % {"step": step.name} if step else _("Close the matter"),
        lead=f"{matter.number} {matter.title}",
        back=reverse("matter", args=[matter.pk]),
        done=_("The matter has moved on."),
        submit=_("Go on"),
        given={"matter": matter},
    )


class ReasonForm(ActForm):
    reason = WordsField(WHY, gettext_lazy("reason"), rows=3)


@page("matter.run", load=load_matter)
def matter_ending(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        ReasonForm(request.POST or None),
        matter_end,
        heading=_("Ended by agreement before the sitting"),
        lead=_("Write in a sentence how it was solved. Those who raised it will read it; they judge the result later.")
        if Commitment.within.filter(origin_kind=Commitment.Origin.MATTER, origin_id=matter.pk).exists()
        else _(
            "Write in a sentence how it was solved. Those who raised it will read it. No duty: nobody judges later."
        ),
        back=reverse("matter", args=[matter.pk]),
        done=_("The matter has ended; its promises stay in the ledger."),
        submit=_("End the matter"),
        given={"matter": matter},
    )


@page("matter.run", load=load_matter)
def matter_dropping(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        ReasonForm(request.POST or None),
        matter_drop,
        heading=_("Do not deliberate it any further"),
        facts=[(_("Matter"), f"{matter.number} · {matter.title}")],
        lead=_("Write the reason in plain words: those who raised it will read it."),
        back=reverse("matter", args=[matter.pk]),
        done=_("The matter was dropped; its authors are told the reason.")
        if authors_of(matter=matter)
        else _("The matter was dropped; nobody had raised it."),
        submit=_("Drop the matter"),
        given={"matter": matter},
    )


class BackForm(ActForm):
    reason = WordsField(WHY_BACK, gettext_lazy("reason"), rows=3)


@page("matter.run", load=load_matter)
def matter_opening_again(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        BackForm(request.POST or None),
        matter_open_again,
        heading=_("Open it again"),
        facts=[(_("Matter"), f"{matter.number} · {matter.title}")],
        lead=_("It goes on in the step in which it was, with the same due day. Those who raised it read the reason."),
        back=reverse("matter", args=[matter.pk]),
        done=_("The matter is under way again."),
        submit=_("Open it again"),
        given={"matter": matter},
    )


@page("matter.run", load=load_matter)
def matter_stepping_back(request: Request, matter: Matter) -> HttpResponse:
    before = step_before(matter, Facts(matter))
    return one_act(
        request,
        BackForm(request.POST or None),
        matter_step_back,
        heading=_("Back to the step before"),
        facts=[(_("Matter"), f"{matter.number} · {matter.title}")],
        lead=_("The matter is in “%(step)s” again, and goes on when you send it on.") % {"step": before.name}
        if before
        else _("There is no step to which this matter could go back."),
        back=reverse("matter", args=[matter.pk]),
        done=_("The matter is in the step before again."),
        submit=_("Back to the step before"),
        given={"matter": matter, "step": matter.step},
    )


class ChangeForm(ActForm):
    title = WordsField(TITLE, gettext_lazy("title"))
    summary = WordsField(SUMMARY, gettext_lazy("what it is about"), rows=6)


@page("matter.run", load=load_matter)
def matter_edit(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        ChangeForm(request.POST or None, initial={"title": matter.title, "summary": matter.summary}, edits=matter),
        matter_change,
        heading=_("Title and summary"),
        back=reverse("matter", args=[matter.pk]),
        done=_("Saved."),
        submit=_("Save"),
        given={"matter": matter},
    )


class PartyForm(ActForm):
    name = forms.CharField(
        label=gettext_lazy("who the party is"),
        max_length=64,
        required=False,
        help_text=gettext_lazy("Such as “villagers of group 3”; names of villagers are not needed."),
    )
    body = forms.ModelChoiceField(
        Body.objects.none(),
        label=gettext_lazy("body that speaks for it, if there is one"),
        required=False,
        empty_label=gettext_lazy("none"),
        help_text=gettext_lazy(
            "It may take seats and duties for the party; without a name above, it is the party itself."
        ),
    )

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["body"].queryset = bodies_around(matter)


@page("party.add", load=load_matter)
def party_new(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        PartyForm(request.POST or None, matter=matter),
        party_add,
        heading=_("Name a party"),
        lead=_(
            "Everybody whom the matter concerns: those who raised it, those who can change it, those who would pay."
        ),
        back=reverse("matter", args=[matter.pk]) + "#parties",
        done=_("The party is named."),
        submit=_("Name the party"),
        given={"matter": matter},
    )


def party_in_reach(request: Request, pk: UUID) -> Matter:
    """The matter of a party, with the party on it: the right is about the matter."""
    party = load_party(request, pk)
    return lend(load_matter(request, party.matter_id), asked_party=party)


@page("party.add", load=party_in_reach)
def party_out(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        party_remove,
        heading=_("Take out the party “%(name)s”") % {"name": lent(matter, "asked_party").name},
        back=reverse("matter", args=[matter.pk]) + "#parties",
        done=_("The party was taken out."),
        submit=_("Take out"),
        given={"matter": matter, "party": lent(matter, "asked_party")},
    )


class JoinForm(ActForm):
    worry = forms.ModelChoiceField(Worry.within.none(), label=gettext_lazy("worry"))

    def __init__(self, *args: Any, matter: Matter, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["worry"].queryset = open_worries(matter)
        self.fields["worry"].label_from_instance = lambda worry: f"{worry.number} · {worry.text[:40]}"


def open_worries(matter: Matter) -> QuerySet[Worry]:
    """Worries that still wait, in the county around the matter, the newest first."""
    around = Place.objects.filter(level="county", lo__lte=matter.place.lo, hi__gte=matter.place.lo).first()
    span = around or matter.place
    worries = Worry.objects.filter(state__in=Worry.OWED, matter__isnull=True, place__lo__range=(span.lo, span.hi))
    return worries.order_by("-raised_at")


@page("matter.run", load=load_matter)
def matter_link_worry(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        JoinForm(request.POST or None, matter=matter),
        matter_join_worry,
        heading=_("Link a further worry of the same thing"),
        lead=_("Its author hears of every stage from now on."),
        back=reverse("matter", args=[matter.pk]),
        done=_("The worry is linked."),
        submit=_("Link"),
        given={"matter": matter},
    )


urlpatterns = [
    path("desk/matters/", matters, name="matters"),
    path("desk/matters/new/", matter_new, name="matter_new"),
    path("desk/matters/<uuid:pk>/next/", matter_next, name="matter_next"),
    path("desk/matters/<uuid:pk>/end/", matter_ending, name="matter_end"),
    path("desk/matters/<uuid:pk>/drop/", matter_dropping, name="matter_drop"),
    path("desk/matters/<uuid:pk>/open-again/", matter_opening_again, name="matter_open_again"),
    path("desk/matters/<uuid:pk>/step-back/", matter_stepping_back, name="matter_step_back"),
    path("desk/matters/<uuid:pk>/change/", matter_edit, name="matter_edit"),
    path("desk/matters/<uuid:pk>/party/", party_new, name="party_new"),
    path("desk/matters/<uuid:pk>/worry/", matter_link_worry, name="matter_link_worry"),
    path("desk/parties/<uuid:pk>/out/", party_out, name="party_out"),
]
