"""The desks' worries: the list, one worry's file, what is decided about it, writing one down for somebody."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Matter, Worry
from yishi.deliberation.services import screening
from yishi.deliberation.services.matters import TITLE
from yishi.deliberation.services.screening import ANSWER, WHY
from yishi.deliberation.services.similar import similar_worries
from yishi.deliberation.services.worries import TEXT, code_reissue, who_raised, worry_file
from yishi.journal.models import Receipt
from yishi.kit.records import certain
from yishi.notices.addresses import address_of
from yishi.organisations.models import Body
from yishi.organisations.query_codes import spaced
from yishi.organisations.rights import may
from yishi.organisations.themes import theme_choices, theme_word
from yishi.web.deliberation.process.loads import ProcessChoice, bodies_around, conveners, published_versions
from yishi.web.kit.across import doors
from yishi.web.kit.fields.place_field import PlaceField
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList, First, local_day
from yishi.web.kit.nearby import widest_place
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .raise_worry import LOW, theme_field
from .worry_story import worry_events

BESIDE = ("place", "desk", "convener")  # what the list says of each


class WorryFilter(Form):
    q = forms.CharField(label=gettext_lazy("words or number"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("state"), required=False)
    theme = forms.ChoiceField(label=gettext_lazy("theme"), required=False)
    place = PlaceField(label=gettext_lazy("place"), required=False)
    due = forms.ChoiceField(label=gettext_lazy("answer"), required=False)

    def __init__(self, request: Request):
        super().__init__(request.GET or None)
        self.fields["state"].choices = [("", _("all")), *Worry.State.choices]
        self.fields["theme"].choices = [("", _("all")), *theme_choices()]
        self.fields["due"].choices = [("", _("all")), ("owed", _("owed")), ("late", _("overdue"))]
        self.fields["place"].limit(widest_place(request))

    def narrow(self, worries: QuerySet[Worry]) -> QuerySet[Worry]:
        filters = self.cleaned_data if self.is_valid() else {}
        if filters.get("q"):
            worries = worries.filter(Q(text__finds=filters["q"]) | Q(number__finds=filters["q"]))
        for name in ("state", "theme"):
            if filters.get(name):
                worries = worries.filter(**{name: filters[name]})
        if filters.get("place"):
            worries = worries.filter(place__lo__gte=filters["place"].lo, place__lo__lte=filters["place"].hi)
        if filters.get("due"):
            worries = worries.filter(state__in=Worry.OWED)
        if filters.get("due") == "late":
            worries = worries.filter(answer_due_on__lt=timezone.localdate())
        return worries


WORRIES = DeclaredList(
    "worries",
    gettext_lazy("worries"),
    [
        Column(gettext_lazy("worry"), cell="worry"),
        Column(gettext_lazy("number"), "number", page=False),
        Column(gettext_lazy("raised"), local_day("raised_at"), page=False),
        Column(gettext_lazy("what worries them"), "text", page=False),
        Column(gettext_lazy("theme"), lambda worry: theme_word(worry.theme), page=False),
        Column(gettext_lazy("place"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("state"), "get_state_display", cell="state"),
        Column(gettext_lazy("now at"), "desk.name"),
        Column(gettext_lazy("answer"), cell="answer"),
        Column(gettext_lazy("answer due"), "answer_due_on", page=False),
        Column(gettext_lazy("answered"), "answered_on", page=False),
    ],
)


@page("worry.list", methods=("GET",))
def worries(request: Request) -> HttpResponse:
    form = WorryFilter(request)
    narrowed = lambda: form.narrow(Worry.objects.select_related(*BESIDE)).order_by("-raised_at", "-pk")  # noqa: E731
    first = First(Worry.parts, ("-raised_at", "-pk"), lambda: Worry.within.select_related(*BESIDE))
    return WORRIES.respond(request, "deliberation/worries/worries.html", narrowed, first=first, form=form)


def load_worry(request: Request, pk: UUID) -> Worry:
    worries = Worry.objects.select_related(
        "place__parent", "desk", "convener", "raiser", "matter", "merged_into", "says_same_as", "venue"
    )
    return worries.get(pk=pk)


NEW_CODE = "new_code"  # in the session of who made it
OUTCOMES: tuple[tuple[str, str, Any], ...] = (
    ("take_up", "worry_take_up", gettext_lazy("Take it up for deliberation")),
    ("answer", "worry_answer", gettext_lazy("Answer it at once")),
    ("pass", "worry_pass", gettext_lazy("Pass it to the right body")),
    ("merge", "worry_merge", gettext_lazy("Merge it with another one")),
    ("refer", "worry_refer", gettext_lazy("Refer it (sensitive)")),
    ("decline", "worry_decline", gettext_lazy("Do not take it up")),
    ("correct", "worry_correct", gettext_lazy("Send a corrected answer")),
    ("separate", "worry_separate", gettext_lazy("Take the merge back")),
    ("take_back", "worry_take_back", gettext_lazy("Decided by mistake: take it back")),
)


@page("worry.see", load=load_worry, methods=("GET",))
def worry(request: Request, worry: Worry) -> HttpResponse:
    """One worry's file: its story, its author for those who may know, the next acts."""
    possible = screening.VERBS[worry.state]
    may_screen = may("worry.screen", request.viewer, worry)
    acts = [
        {"url": reverse(name, args=[worry.pk]), "label": label, "first": number == 0}
        for number, (verb, name, label) in enumerate(OUTCOMES)
        if may_screen and verb in possible and not (verb == "take_up" and worry.is_sensitive)
    ]
    onward = [{"url": door.url, "label": door.label, "first": False} for door in doors("worry", request.viewer, worry)]
    context = {
        "worry": worry,
        "person": who_raised(worry, request.viewer),
        "events": worry_events(worry),
        "acts": acts[:1] + onward + acts[1:],
        "may_reissue": may("worry.reissue_code", request.viewer, worry),
        "alike": [
            other for other in similar_worries(worry.place, worry.text, theme=worry.theme) if other.pk != worry.pk
        ]
        if may_screen and worry.state in Worry.OWED
        else [],
        "merged": worry.merged.count(),
        "new_code": _new_code(request, worry),
    }
    return render(request, "deliberation/worries/worry.html", context)


def _new_code(request: Request, worry: Worry) -> str:
    """The code just made for who raised `row`; shown once, and on no other worry's page."""
    kept = request.session.get(NEW_CODE) or {}
    if kept.get("worry") != str(worry.pk):
        return ""
    del request.session[NEW_CODE]
    return str(kept["code"])


class ReasonForm(ActForm):
    reason = WordsField(
        WHY, gettext_lazy("Reason"), rows=4, help_text=gettext_lazy("Whoever raised it will read this.")
    )


class AnswerForm(ActForm):
    text = WordsField(
        ANSWER,
        gettext_lazy("Answer"),
        rows=6,
        help_text=gettext_lazy("Whoever raised it will read this. No names of others, please."),
    )


class PassForm(ReasonForm):
    to_body = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("To which body?"))
    field_order = ("act_id", "to_body", "reason")


class MergeForm(ReasonForm):
    field_order = ("into", "reason")
    into = forms.ModelChoiceField(
        Worry.within.none(), label=gettext_lazy("With which one?"), widget=forms.RadioSelect, empty_label=None
    )


class TakeUpForm(ReasonForm):
    matter = forms.ModelChoiceField(
        Matter.within.none(),
        label=gettext_lazy("Into a matter that is under way?"),
        required=False,
        empty_label=gettext_lazy("No, a new matter"),
    )
    title = WordsField(
        TITLE,
        gettext_lazy("Title of the new matter"),
        when=("matter", None),
        help_text=gettext_lazy("One line that names the question, not the person."),
    )
    process = ProcessChoice(label=gettext_lazy("Process model"), required=False)
    convener = forms.ModelChoiceField(Body.objects.none(), label=gettext_lazy("Who convenes?"), required=False)
    field_order = ("act_id", "matter", "title", "process", "convener", "reason")


def worry_act(
    request: Request, worry: Worry, form: ActForm, service: Any, heading: Any, submit: Any, **more: Any
) -> HttpResponse:
    """The page of one act on a worry; it leads back to the worry's file. `more` goes on to `one_act`."""
    return one_act(
        request,
        form,
        service,
        given={"worry": worry},
        heading=heading,
        lead=worry.text,
        back=reverse("worry", args=[worry.pk]),
        done=more.pop("done", _("Done; whoever raised it is told.")),
        submit=submit,
        **more,
    )


@page("worry.screen", load=load_worry)
def worry_take_up(request: Request, worry: Worry) -> HttpResponse:
    form = TakeUpForm(request.POST or None, initial={"convener": worry.convener_id, "title": worry.text[:30]})
    near = Matter.objects.filter(state=Matter.State.OPEN, place__lo__lte=worry.place.lo, place__hi__gte=worry.place.lo)
    form.fields["matter"].queryset = (near | Matter.objects.filter(state="open", place=worry.place)).order_by(
        "-opened_at"
    )
    form.fields["process"].queryset = published_versions()
    form.fields["convener"].queryset = conveners(request)

    def go(receipt: Any) -> str:
        return reverse("matter", args=[receipt.result["matter"]])

    return worry_act(
        request,
        worry,
        form,
        screening.worry_take_up,
        _("Take it up"),
        _("Take it up"),
        next_url=go,
        done=_("Taken up; whoever raised it is told."),
    )


@page("worry.screen", load=load_worry)
def worry_answer(request: Request, worry: Worry) -> HttpResponse:
    return worry_act(
        request, worry, AnswerForm(request.POST or None), screening.worry_answer, _("Answer it"), _("Send the answer")
    )


@page("worry.screen", load=load_worry)
def worry_pass(request: Request, worry: Worry) -> HttpResponse:
    form = PassForm(request.POST or None)
    form.fields["to_body"].queryset = bodies_around(worry).exclude(pk=worry.desk_id)
    return worry_act(request, worry, form, screening.worry_pass, _("Pass it on"), _("Pass it on"))


@page("worry.screen", load=load_worry)
def worry_merge(request: Request, worry: Worry) -> HttpResponse:
    form = MergeForm(request.POST or None, initial={"into": worry.says_same_as_id})
    alike = [
        other.pk
        for other in similar_worries(worry.place, worry.text, theme=worry.theme, limit=20, with_neighbours=True)
        if other.pk != worry.pk
    ]
    number = request.GET.get("number", "").strip()
    condition = Q(pk__in=[*alike, worry.says_same_as_id]) | (Q(number__finds=number) if number else Q(pk__in=[]))
    others = Worry.objects.filter(condition).exclude(pk=worry.pk).exclude(state__in=["merged", *Worry.CLOSED])
    offered = [When(pk=pk, then=Value(rank)) for rank, pk in enumerate(alike)]
    if offered:  # in the order in which they are alike; what was found by its number after them
        others = others.order_by(Case(*offered, default=Value(len(offered)), output_field=IntegerField()), "pk")
    form.fields["into"].queryset = others.select_related("place")[:20] if request.method == "GET" else others
    form.fields["into"].label_from_instance = lambda other: f"{other.number} · {other.place.name} · {other.text[:60]}"
    return worry_act(
        request,
        worry,
        form,
        screening.worry_merge,
        _("Merge it with another one"),
        _("Merge the two"),
        template="deliberation/worries/merge.html",
        number=number,
        match_count=others.count(),
    )


class CorrectionForm(ActForm):
    text = WordsField(
        ANSWER,
        gettext_lazy("What is right"),
        rows=6,
        help_text=gettext_lazy("It is read after the first answer, which stays. No names of others, please."),
    )


@page("worry.screen", load=load_worry)
def worry_correct(request: Request, worry: Worry) -> HttpResponse:
    heading = _("Send a corrected answer")
    return worry_act(request, worry, CorrectionForm(request.POST or None), screening.worry_correct, heading, heading)


@page("worry.screen", load=load_worry)
def worry_take_back(request: Request, worry: Worry) -> HttpResponse:
    heading = _("Take the decision back")
    return worry_act(request, worry, ReasonForm(request.POST or None), screening.worry_take_back, heading, heading)


@page("worry.screen", load=load_worry)
def worry_separate(request: Request, worry: Worry) -> HttpResponse:
    heading = _("Take the merge back")
    return worry_act(request, worry, ReasonForm(request.POST or None), screening.worry_separate, heading, heading)


@page("worry.screen", load=load_worry)
def worry_decline(request: Request, worry: Worry) -> HttpResponse:
    return worry_act(
        request, worry, ReasonForm(request.POST or None), screening.worry_decline, _("Do not take it up"), _("Confirm")
    )


@page("worry.reissue_code", load=load_worry)
def worry_code(request: Request, worry: Worry) -> HttpResponse:
    """A new query code for who lost theirs, asked for once more: the old one is all that they have. Shown once."""

    def show(receipt: Receipt) -> HttpResponse:
        request.session[NEW_CODE] = {"worry": str(worry.pk), "code": spaced(certain(receipt.query_code))}
        messages.success(request, _("The new code is below; the old one is dead."))
        return redirect("worry", pk=worry.pk)

    return one_act(
        request,
        ActForm(request.POST or None),
        code_reissue,
        given={"worry": worry},
        heading=_("New query code"),
        lead=_("The code that they hold opens nothing from then on. Only if it is lost, or others have read it."),
        back=reverse("worry", args=[worry.pk]),
        submit=_("Give a new code"),
        answer=show,
    )


class BehalfForm(ActForm):
    """By phone, on a visit, or through a member: for somebody else."""

    place = PlaceField(label=gettext_lazy("Which village or community?"), levels=LOW)
    channel = forms.ChoiceField(label=gettext_lazy("How did you hear it?"), widget=forms.RadioSelect)
    text = WordsField(TEXT, gettext_lazy("What worries them, in their words"), rows=5)
    theme = theme_field()
    raiser_name = forms.CharField(label=gettext_lazy("Their name (if they like)"), required=False, max_length=64)
    raiser_phone = forms.CharField(label=gettext_lazy("Their phone (if they like)"), required=False, max_length=32)
    is_anonymous = forms.BooleanField(label=gettext_lazy("They want to stay anonymous"), required=False)
    happened_on = day_field(
        gettext_lazy("Heard on (if not today)"),
        required=False,
        help_text=gettext_lazy("An earlier day is marked as recorded afterwards."),
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["theme"].choices = theme_choices()
        self.fields["place"].limit(widest_place(request))
        choices = [("phone", _("by phone")), ("visit", _("on a visit"))]
        if request.viewer.is_sitting_member():
            choices.append(("member", _("as a member, from the people")))
        self.fields["channel"].choices = choices


@page("worry.write")
def worry_new(request: Request) -> HttpResponse:
    """Write down what somebody says; the slip with their code is printed next."""
    form = BehalfForm(request.POST or None, request=request)
    if request.method == "POST" and form.is_valid():
        fields = {key: value for key, value in form.cleaned_data.items() if key != "act_id"}
        receipt = form.attempt(request, worry_file, **fields)
        if receipt is not None:
            request.session["slip"] = {
                "worry": receipt.result["worry"],
                "code": spaced(receipt.query_code) if receipt.query_code else "",
                "receipt": receipt.number,
            }
            return redirect("worry_slip")
    status = 422 if request.method == "POST" else 200
    return render(request, "deliberation/worries/new.html", {"form": form}, status=status)


@page("worry.write", methods=("GET",), unaudited="the slip for whoever raised it, with their key")
def worry_slip(request: Request) -> HttpResponse:
    """The slip for the person: number, code, what happens next. For who has just written it down."""
    kept = request.session.get("slip")
    worry = Worry.within.select_related("place", "convener").filter(pk=kept["worry"]).first() if kept else None
    if not kept or worry is None:
        return redirect("worries")
    context = {"worry": worry, "code": kept["code"], "receipt": kept["receipt"], "address": address_of("follow")}
    return render(request, "deliberation/worries/slip.html", context)


UNANSWERED = DeclaredList(
    "unanswered",
    gettext_lazy("unanswered"),
    [
        Column(gettext_lazy("body"), "body.name"),
        Column(gettext_lazy("place"), "body.place.full_name", shown="body.place.name"),
        Column(gettext_lazy("owed"), "owed", css="number"),
        Column(gettext_lazy("overdue"), "late", css="number"),
        Column(gettext_lazy("oldest"), "oldest"),
    ],
)


@page("worry.list", methods=("GET",))
def unanswered(request: Request) -> HttpResponse:
    """What is owed an answer, per body: how many, how many late, the oldest."""
    today = timezone.localdate()
    table: dict[UUID, dict[str, Any]] = {}
    owed_worries = Worry.objects.filter(state__in=Worry.OWED).order_by("answer_due_on")
    for desk, due, raised in owed_worries.values_list("desk", "answer_due_on", "raised_at"):
        line = table.setdefault(desk, {"owed": 0, "late": 0, "oldest": timezone.localdate(raised)})
        line["owed"] += 1
        line["late"] += due < today
        line["oldest"] = min(line["oldest"], timezone.localdate(raised))
    for body in Body.objects.filter(pk__in=table).select_related("place"):
        table[body.pk]["body"] = body
    lines = sorted(table.values(), key=lambda line: (-line["late"], line["oldest"]))
    return UNANSWERED.respond(request, "deliberation/worries/unanswered.html", lines, lines=lines)


urlpatterns = [
    path("desk/worries/", worries, name="worries"),
    path("desk/worries/new/", worry_new, name="worry_new"),
    path("desk/worries/slip/", worry_slip, name="worry_slip"),
    path("desk/worries/unanswered/", unanswered, name="unanswered"),
    path("desk/worries/<uuid:pk>/", worry, name="worry"),
    path("desk/worries/<uuid:pk>/take-up/", worry_take_up, name="worry_take_up"),
    path("desk/worries/<uuid:pk>/answer/", worry_answer, name="worry_answer"),
    path("desk/worries/<uuid:pk>/pass/", worry_pass, name="worry_pass"),
    path("desk/worries/<uuid:pk>/merge/", worry_merge, name="worry_merge"),
    path("desk/worries/<uuid:pk>/decline/", worry_decline, name="worry_decline"),
    path("desk/worries/<uuid:pk>/correct/", worry_correct, name="worry_correct"),
    path("desk/worries/<uuid:pk>/take-back/", worry_take_back, name="worry_take_back"),
    path("desk/worries/<uuid:pk>/separate/", worry_separate, name="worry_separate"),
    path("desk/worries/<uuid:pk>/code/", worry_code, name="worry_code"),
]
