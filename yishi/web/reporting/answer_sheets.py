"""Answer sheets (答卷): a text whose numbers are figures, each opening into its deeds; issued, they stand."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.campaign.models import Campaign
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.reporting.answers import AMOUNT, Slot, numbers_of, read
from yishi.reporting.book import Still, still
from yishi.reporting.indicators import INDICATOR
from yishi.reporting.models import AnswerSheet
from yishi.reporting.question import Question
from yishi.reporting.services import TEXT, answer_change, answer_issue, answer_write
from yishi.reporting.small_numbers import Reader
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import paper_response
from yishi.web.kit.request import Request

from .figure_choice import choose
from .figure_reports import paper_reader
from .figure_words import amount_text, behind_url, unit_of, words_of
from .figures import load_place
from .report_papers import answer_paper

FIRST_TEXT = gettext_lazy(
    "In this time [[deeds]] deeds were done, which reached [[households]] households and [[villages]] villages."
)


class AnswerForm(ActForm):
    title = forms.CharField(label=gettext_lazy("title"), max_length=96)
    starts_on = day_field(gettext_lazy("from"))
    ends_on = day_field(gettext_lazy("until"))
    campaign = forms.ModelChoiceField(Campaign.objects.none(), label=gettext_lazy("campaign"), required=False)
    text = WordsField(
        TEXT,
        gettext_lazy("text"),
        rows=16,
        help_text=gettext_lazy("A figure stands in double brackets: [[households]]. Each line is a paragraph."),
    )


ANSWERS = DeclaredList(
    "answers",
    gettext_lazy("Answer sheets"),
    [
        Column(gettext_lazy("title"), shown="title", link="answer"),
        Column(gettext_lazy("place"), shown="place.full_name"),
        Column(gettext_lazy("period"), cell="period"),
        Column(gettext_lazy("state"), cell="state"),
    ],
)


@page("answer.see", methods=("GET",))
def answers(request: Request) -> HttpResponse:
    """Those that are issued, and the drafts that the viewer may change."""
    sheets = AnswerSheet.objects.filter(issued_at__isnull=False)
    reach = request.viewer.reach
    drafts = AnswerSheet.objects.filter(reach.places("place__"), issued_at__isnull=True)
    sheets = (sheets | drafts).select_related("place", "body").order_by("issued_at", "-changed_at").distinct()
    return ANSWERS.respond(request, "reporting/answers.html", sheets, may_write=may("answer.write", request.viewer))


def _vocabulary(place: Place, campaign: Campaign | None, now: Still) -> dict[str, Any]:
    """What can stand in double brackets, for whoever writes."""
    last = {
        version.item_id: version
        for version in now.catalogue
        if campaign is None or version.item.campaign_id == campaign.pk
    }
    return {
        "figures": [
            (indicator.code, words_of(indicator, campaign), indicator.unit) for indicator in INDICATOR.values()
        ],
        "items": [(version.item.code, version.name, version.unit) for version in last.values()],
        "directions": sorted({(version.item.direction.code, version.item.direction.name) for version in last.values()}),
        "sets": sorted({(members[0].place_set.code, members[0].place_set.name) for members in now.members.values()}),
        "phases": list(campaign.phases.all()) if campaign else [],
        "amount": AMOUNT,
        "place": place,
    }


@page("answer.write", load=load_place)
def answer_new(request: Request, place: Place) -> HttpResponse:
    now = still()
    choice = choose(place, request.GET, now)
    form = AnswerForm(
        request.POST or None,
        initial={
            "title": _("Answer sheet of %(name)s") % {"name": place.name},
            "starts_on": choice.question.start,
            "ends_on": choice.question.end,
            "campaign": choice.question.campaign,
            "text": FIRST_TEXT,
        },
    )
    form.fields["campaign"].queryset = Campaign.objects.filter(pk__in=[campaign.pk for campaign in choice.campaigns])
    return one_act(
        request,
        form,
        answer_write,
        heading=_("Write an answer sheet: %(place)s") % {"place": place.full_name},
        back=reverse("figures_place", args=[place.pk]),
        done=_("Saved. Its numbers are today's until it is issued."),
        submit=_("Save"),
        given={"place": place},
        next_url=lambda receipt: reverse("answer", args=[receipt.result["answer"]]),
        template="reporting/answer_form.html",
        vocabulary=_vocabulary(place, choice.question.campaign, now),
    )


def load_answer(request: Request, pk: UUID) -> AnswerSheet:
    return AnswerSheet.objects.select_related("place", "body", "campaign").get(pk=pk)


@page("answer.write", load=load_answer)
def answer_edit(request: Request, sheet: AnswerSheet) -> HttpResponse:
    fields = {name: getattr(sheet, name) for name in ("title", "starts_on", "ends_on", "text")}
    form = AnswerForm(request.POST or None, initial=fields, edits=sheet)
    del form.fields["campaign"]
    return one_act(
        request,
        form,
        answer_change,
        heading=_("Change %(title)s") % {"title": sheet.title},
        back=reverse("answer", args=[sheet.pk]),
        done=_("Saved. Its numbers are today's until it is issued."),
        submit=_("Save"),
        given={"sheet": sheet},
        template="reporting/answer_form.html",
        vocabulary=_vocabulary(sheet.place, sheet.campaign, still()),
    )


@page("answer.write", load=load_answer)
def answer_end(request: Request, sheet: AnswerSheet) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        answer_issue,
        heading=_("Issue %(title)s") % {"title": sheet.title},
        lead=_("From then on text and numbers stay as they are, whatever is corrected later."),
        back=reverse("answer", args=[sheet.pk]),
        done=_("The answer sheet is issued."),
        submit=_("Issue it"),
        given={"sheet": sheet},
        next_url=lambda receipt: reverse("answer", args=[receipt.result["answer"]]),
    )


def paragraphs_of(reader: Reader, sheet: AnswerSheet) -> list[list[dict[str, str]]]:
    """Paragraphs of words and figures: {"text", "url"}; an issued sheet shows the stored numbers, as the reader is told
    them."""
    now = reader.now
    numbers = sheet.values if sheet.issued_at else numbers_of(sheet, now)
    paragraphs: list[list[dict[str, str]]] = [[]]
    for part in read(sheet, now):
        if isinstance(part, Slot):
            number = reader.tell_one(part.question, part.indicator, numbers[part.text])
            unit = unit_of(part.indicator, number) if part.indicator.is_money else ""
            said = f"{amount_text(part.indicator, number)}{unit}"
            paragraphs[-1].append({"text": said, "url": behind_url(part.question.place, _query(part), part.indicator)})
            continue
        lines = [line.strip() for line in part.split("\n")]
        paragraphs[-1].append({"text": lines[0], "url": ""})
        paragraphs += [[{"text": line, "url": ""}] for line in lines[1:]]
    return [paragraph for paragraph in paragraphs if any(part["text"] for part in paragraph)]


def _query(slot: Slot) -> str:
    """The address of the deeds behind a placeholder."""
    asked: Question = slot.question
    query: dict[str, Any] = {"period": "dates", "start": asked.start, "end": asked.end}
    for name, value in (
        ("campaign", asked.campaign),
        ("direction", asked.direction),
        ("item", asked.item),
        ("phase", asked.phase),
        ("set", asked.place_set),
    ):
        if value is not None:
            query[name] = value.pk
    if asked.sector:
        query["sector"] = asked.sector
    if asked.known_by:
        query["known"] = asked.known_by.isoformat()
    return urlencode(query)


@page("answer.see", load=load_answer, methods=("GET",))
def answer(request: Request, sheet: AnswerSheet) -> HttpResponse:
    reader = Reader(request.viewer, still())
    context = {
        "sheet": sheet,
        "paragraphs": paragraphs_of(reader, sheet),
        "is_rounded": not reader.covers(sheet.place),
        "may_write": sheet.issued_at is None and may("answer.write", request.viewer, sheet),
    }
    return render(request, "reporting/answer.html", context)


@page("answer.see", load=load_answer, methods=("GET",))
def answer_pdf(request: Request, sheet: AnswerSheet) -> HttpResponse:
    reader = paper_reader(request)
    texts = ["".join(part["text"] for part in paragraph) for paragraph in paragraphs_of(reader, sheet)]
    paper = answer_paper(sheet, texts, is_rounded=not reader.covers(sheet.place))
    return paper_response(paper, sheet.number or sheet.title, "pdf")


urlpatterns = [
    path("desk/figures/answers/", answers, name="answers"),
    path("desk/figures/place/<uuid:pk>/answer/", answer_new, name="answer_new"),
    path("desk/figures/answers/<uuid:pk>/", answer, name="answer"),
    path("desk/figures/answers/<uuid:pk>/change/", answer_edit, name="answer_edit"),
    path("desk/figures/answers/<uuid:pk>/issue/", answer_end, name="answer_issue"),
    path("desk/figures/answers/<uuid:pk>/answer.pdf", answer_pdf, name="answer_pdf"),
]
