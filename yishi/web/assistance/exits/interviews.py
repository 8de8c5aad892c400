"""The sample: who is drawn, and at a household what it answered, by phone at home or from paper, entered twice."""

from typing import Any

from django import forms
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.exits.models import ExitAssessment, ExitInterview, ExitSample, ExitSuspicion
from yishi.assistance.exits.reads import known_facts
from yishi.assistance.exits.services.interviews import (
    FIELD,
    WHY_BACK,
    WHY_SETTLED,
    WRONG_ANSWER,
    interview_record,
    interview_second,
    interview_settle,
    interview_take_back,
)
from yishi.assistance.exits.survey.pack import (
    COUNT,
    MOST_COUNT,
    MOST_WORDS,
    WORDS,
    AnswerError,
    Question,
    differences,
    questionnaire_read,
)
from yishi.kit.records import certain
from yishi.notices.days import day_said
from yishi.organisations.models import Post, valid_on
from yishi.organisations.rights import may
from yishi.people.models import Person
from yishi.web.kit.fields.simple import area, day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm, Form
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taking_back

from .exit_words import STATE_BADGES, answer_words, choices_of, conditions_words, in_words, known_words, who
from .loads import load_assessment, load_interview, load_sample

Outcome = ExitInterview.Outcome
STANDING = Prefetch("interviews", ExitInterview.objects.select_related("asked_by"), to_attr="standing")
SUSPECTED = Prefetch("suspicions", ExitSuspicion.within.all(), to_attr="suspected_of")


def _stands(sample: Any) -> str:
    """How far a drawn household is: not visited, answered, or what is missing."""
    interview = next(iter(sample.standing), None)
    if interview is None:
        return _("not asked yet")
    if not interview.is_whole:
        return _("second entry differs") if interview.second_answers is not None else _("waits for its second entry")
    return str(interview.get_outcome_display())


def _suspected(sample: Any) -> str:
    return "、".join(f"{each.get_kind_display()}（{each.get_state_display()}）" for each in sample.suspected_of)


SAMPLE = DeclaredList(
    "exit_sample",
    gettext_lazy("sample"),
    [
        Column(gettext_lazy("household"), who, link="exit_household"),
        Column(gettext_lazy("village"), "place.full_name", shown="place.name"),
        Column(gettext_lazy("kind"), "get_kind_display"),
        Column(gettext_lazy("rank"), "rank", css="number"),
        Column(gettext_lazy("code"), "code", page=False),
        Column(gettext_lazy("interview"), _stands),
        Column(gettext_lazy("suspicion"), _suspected),
    ],
)


class SampleFilter(Form):
    village = forms.ChoiceField(label=gettext_lazy("village"), required=False)
    state = forms.ChoiceField(
        label=gettext_lazy("interview"),
        required=False,
        choices=[
            ("", gettext_lazy("all")),
            ("unvisited", gettext_lazy("not asked yet")),
            ("visited", gettext_lazy("visited")),
            ("suspected", gettext_lazy("with a suspicion")),
        ],
    )

    def __init__(self, request: Request, assessment: ExitAssessment):
        super().__init__(request.GET or None)
        places = ExitSample.objects.filter(assessment=assessment).order_by("place__lo")
        villages = dict(places.values_list("place", "place__name"))
        self.fields["village"].choices = [("", _("all")), *((str(key), name) for key, name in villages.items())]

    def narrow(self, samples: QuerySet[ExitSample]) -> QuerySet[ExitSample]:
        said = self.cleaned_data if self.is_valid() else {}
        interviews = Exists(ExitInterview.objects.filter(sample=OuterRef("pk")))
        if said.get("village"):
            samples = samples.filter(place=said["village"])
        if said.get("state") == "unvisited":
            samples = samples.filter(~interviews)
        if said.get("state") == "visited":
            samples = samples.filter(interviews)
        if said.get("state") == "suspected":
            samples = samples.filter(Exists(ExitSuspicion.within.filter(sample=OuterRef("pk"))))
        return samples


@page("exit.see", load=load_assessment, methods=("GET",))
def sample(request: Request, assessment: ExitAssessment) -> HttpResponse:
    form = SampleFilter(request, assessment)
    drawn = ExitSample.objects.filter(assessment=assessment).select_related("place", "household__head")
    samples = form.narrow(drawn).order_by("place__lo", "kind", "rank").prefetch_related(STANDING, SUSPECTED)
    return SAMPLE.respond(
        request,
        "assistance/exits/sample.html",
        samples,
        form=form,
        filename=assessment.number,
        assessment=assessment,
    )


@page("exit.sample", load=load_sample, methods=("GET",))
def household(request: Request, sample: ExitSample) -> HttpResponse:
    """A drawn household: what the register says, what was answered, what is suspected."""
    viewer, assessment = request.viewer, sample.assessment
    interview = sample.interviews.select_related("asked_by", "entered_by", "second_by", "settled_by").first()
    questionnaire = questionnaire_read(interview.questionnaire if interview else assessment.questionnaire)
    suspicions = list(sample.suspicions.select_related("ruled_by"))
    known = interview.known if interview else known_facts(sample, assessment.as_of)
    may_enter = interview is not None and bool(may("exit.enter", viewer, interview))
    differing: list[str] = []
    if interview is not None and interview.second_answers is not None:
        differing = differences(interview.answers, interview.second_answers)
    context = {
        "sample": sample,
        "assessment": assessment,
        "who": who(sample),
        "known": known_words(known),
        "interview": interview,
        "rows": _answer_rows(interview, differing) if interview else [],
        "differing": differing,
        "against": [in_words(q) for q in questionnaire.speaks_against(interview.said)] if interview else [],
        "suspicions": [
            {
                "suspicion": each,
                "badge": STATE_BADGES[each.state],
                "conditions": conditions_words(each, assessment),
            }
            for each in suspicions
        ],
        "taken_back": ExitInterview.every.filter(sample=sample, taken_back_at__isnull=False),
        "may_ask": interview is None and may("exit.interview", viewer, sample),
        "may_second": may_enter
        and interview is not None
        and interview.on_paper
        and interview.second_answers is None
        and interview.entered_by_id != viewer.person_id,
        "may_settle": may_enter and bool(differing),
        "may_take_back": may_enter and not suspicions,
        "may_suspect": interview is not None
        and interview.is_whole
        and interview.outcome == Outcome.DONE
        and may("exit.suspect", viewer, sample),
    }
    return render(request, "assistance/exits/household.html", context)


def _answer_rows(interview: ExitInterview, differing: list[str]) -> list[dict[str, Any]]:
    """What was answered; of a paper both entries where they differ."""
    said, rows = interview.said, []
    for question in questionnaire_read(interview.questionnaire).questions.values():
        if question.code not in said and question.code not in differing:
            continue
        second = interview.second_answers or {}
        rows.append(
            {
                "question": in_words(question),
                "answer": answer_words(question, said.get(question.code)),
                "differs": question.code in differing,
                "first": answer_words(question, interview.answers.get(question.code)),
                "second": answer_words(question, second.get(question.code)),
            }
        )
    return rows


def question_field(question: Question) -> forms.Field:
    """The field in which a question is answered."""
    label = in_words(question)
    if question.kind == COUNT:
        return forms.IntegerField(label=label, required=False, min_value=1, max_value=MOST_COUNT)
    if question.kind == WORDS:
        return area(label, rows=3, max_length=MOST_WORDS)
    return forms.ChoiceField(label=label, required=False, choices=choices_of(question), widget=forms.RadioSelect)


class AnswersForm(ActForm):
    """The questions of a questionnaire; all that are missing are named at once."""

    def __init__(self, *args: Any, questions: list[Question], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.questions = questions
        for question in questions:
            self.fields[f"{FIELD}{question.code}"] = question_field(question)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        for question in self.questions if self.asks(cleaned) else ():
            name = f"{FIELD}{question.code}"
            try:
                if name not in self.errors:
                    question.read(cleaned.get(name))
            except AnswerError as error:
                self.add_error(name, WRONG_ANSWER[error.why])
        return cleaned

    def asks(self, cleaned: dict[str, Any]) -> bool:
        """Are the questions asked at all?"""
        return True

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        """The fields as the services take them: what was said to each question under `answers`."""
        answers = {name.removeprefix(FIELD): said for name, said in cleaned.items() if name.startswith(FIELD)}
        given = {code: said for code, said in answers.items() if said not in (None, "")}
        return {**{name: said for name, said in cleaned.items() if not name.startswith(FIELD)}, "answers": given}


class InterviewForm(AnswersForm):
    outcome = forms.ChoiceField(label=gettext_lazy("at home"), choices=Outcome.choices, widget=forms.RadioSelect)
    on = day_field(gettext_lazy("day of the interview"))
    on_paper = forms.BooleanField(
        label=gettext_lazy("entered from a paper questionnaire"),
        required=False,
        help_text=gettext_lazy("Somebody else enters it a second time."),
    )
    asked_by = forms.ModelChoiceField(
        Person.objects.none(), label=gettext_lazy("who asked"), required=False, empty_label=gettext_lazy("I did")
    )

    def __init__(self, *args: Any, request: Request, **kwargs: Any):
        super().__init__(*args, **kwargs)
        day_posts = Post.objects.filter(valid_on(timezone.localdate()), body__in=request.viewer.desks)
        people = Person.objects.filter(pk__in=day_posts.values("person")).exclude(pk=certain(request.viewer.person_id))
        self.fields["asked_by"].queryset = people.order_by("name", "pk")

    def asks(self, cleaned: dict[str, Any]) -> bool:
        return cleaned.get("outcome") == Outcome.DONE

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        fields = super().service_fields(cleaned)
        return {**fields, "answers": fields["answers"] if self.asks(cleaned) else {}}


@page("exit.interview", load=load_sample)
def interview_new(request: Request, sample: ExitSample) -> HttpResponse:
    questions = questionnaire_read(sample.assessment.questionnaire).asked(sample.kind)
    form = InterviewForm(request.POST or None, questions=questions, request=request)
    return one_act(
        request,
        form,
        interview_record,
        given={"sample": sample},
        fields=form.service_fields,
        heading=_("Interview: %(who)s") % {"who": who(sample)},
        lead=_("What the register knows stands here and is not asked; compare it with what you see."),
        facts=[
            (_("village"), sample.place.full_name),
            *known_words(known_facts(sample, sample.assessment.as_of)),
        ],
        back=reverse("exit_household", args=[sample.pk]),
        done=_("The interview is recorded."),
        submit=_("Record it"),
    )


@page("exit.enter", load=load_interview)
def interview_again(request: Request, interview: ExitInterview) -> HttpResponse:
    sample = interview.sample
    questions = questionnaire_read(interview.questionnaire).asked(sample.kind)
    form = AnswersForm(request.POST or None, questions=questions)
    return one_act(
        request,
        form,
        interview_second,
        given={"interview": interview},
        fields=form.service_fields,
        heading=_("Second entry: %(who)s") % {"who": who(sample)},
        lead=_(
            "Enter the paper without a look at the first entry. Where the two differ, somebody decides by the paper."
        ),
        back=reverse("exit_household", args=[sample.pk]),
        done=_("Entered the second time."),
        submit=_("Enter it"),
    )


class SettleForm(AnswersForm):
    reason = WordsField(WHY_SETTLED, gettext_lazy("what the paper shows"), rows=2)


@page("exit.enter", load=load_interview)
def interview_settling(request: Request, interview: ExitInterview) -> HttpResponse:
    questionnaire = questionnaire_read(interview.questionnaire)
    second = interview.second_answers or {}
    codes = differences(interview.answers, second) if interview.second_answers is not None else []
    questions = [questionnaire.questions[code] for code in codes]
    form = SettleForm(request.POST or None, questions=questions)
    facts = [
        (
            in_words(question),
            _("first entry: %(first)s; second entry: %(second)s")
            % {
                "first": answer_words(question, interview.answers.get(question.code)),
                "second": answer_words(question, second.get(question.code)),
            },
        )
        for question in questions
    ]
    return one_act(
        request,
        form,
        interview_settle,
        given={"interview": interview},
        fields=form.service_fields,
        heading=_("What does the paper say? %(who)s") % {"who": who(interview.sample)},
        facts=facts,
        back=reverse("exit_household", args=[interview.sample_id]),
        done=_("Decided by the paper."),
        submit=_("Decide"),
    )


class BackForm(ActForm):
    reason = WordsField(WHY_BACK, gettext_lazy("why"), rows=2)


@page("exit.enter", load=load_interview)
def interview_back(request: Request, interview: ExitInterview) -> HttpResponse:
    return taking_back(
        request,
        interview_take_back,
        form=BackForm(request.POST or None),
        what=f"{who(interview.sample)} · {day_said(interview.on)}",
        given={"interview": interview},
        heading=_("Take this interview back"),
        lead=_("It stays with the reason and counts for nothing; the household can be asked anew."),
        back=reverse("exit_household", args=[interview.sample_id]),
        done=_("Taken back."),
    )


urlpatterns = [
    path("desk/exits/<uuid:pk>/sample/", sample, name="exit_sample"),
    path("desk/exits/households/<uuid:pk>/", household, name="exit_household"),
    path("desk/exits/households/<uuid:pk>/interview/", interview_new, name="exit_interview"),
    path("desk/exits/interviews/<uuid:pk>/second/", interview_again, name="exit_second"),
    path("desk/exits/interviews/<uuid:pk>/settle/", interview_settling, name="exit_settle"),
    path("desk/exits/interviews/<uuid:pk>/take-back/", interview_back, name="exit_interview_back"),
]
