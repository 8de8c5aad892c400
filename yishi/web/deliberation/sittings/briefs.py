"""The brief of a sitting: written, issued once every side has like room, read on the screen, printed, read aloud."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import Brief, Matter, Sitting
from yishi.deliberation.services.briefs import (
    FACTS,
    INTERPRETER_NOTE,
    OPTIONS,
    POSITION,
    QUESTIONS,
    brief_issue,
    brief_problems,
    brief_write,
    facts_found,
)
from yishi.formats.paper import Block, Facts, Heading, Paper, Signature, Text
from yishi.organisations.rights import may
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.press import CHINESE, chinese_day, chinese_moment, foot, ordinal_word, paper_response
from yishi.web.kit.request import Request

from .loads import load_sitting


def load_brief(request: Request, pk: UUID) -> Brief:
    briefs = Brief.objects.select_related("sitting__matter__place", "sitting__matter__convener", "sitting__venue")
    return briefs.get(pk=pk, sitting__matter__in=Matter.keys())


class BriefForm(ActForm):
    facts = WordsField(FACTS, gettext_lazy("What the study found"), rows=8)
    options = WordsField(
        OPTIONS,
        gettext_lazy("Options"),
        rows=5,
        help_text=gettext_lazy("One a line, each with what it costs and whom."),
    )
    questions = WordsField(QUESTIONS, gettext_lazy("Questions that are open"), rows=4)
    interpreter_note = WordsField(
        INTERPRETER_NOTE,
        gettext_lazy("For the interpreter"),
        rows=3,
        help_text=gettext_lazy("Which language is spoken; words that need care in Yi, Hani or Dai, and what is meant."),
    )

    def __init__(self, *args: Any, sitting: Sitting, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.parties = list(sitting.matter.parties.all())
        for party in self.parties:
            self.fields[f"position_{party.ordinal}"] = WordsField(
                POSITION, _("Where %(party)s stands, in its own words") % {"party": party.name}, rows=5
            )
        names = [f"position_{party.ordinal}" for party in self.parties]
        self.order_fields(["facts", *names, "options", "questions", "interpreter_note"])

    def service_fields(self, cleaned: dict[str, Any]) -> dict[str, Any]:
        positions = {party: cleaned.pop(f"position_{party.ordinal}") for party in self.parties}
        return {**cleaned, "positions": positions}


@page("sitting.run", load=load_sitting)
def brief_writing(request: Request, sitting: Sitting) -> HttpResponse:
    brief = Brief.objects.filter(sitting=sitting).first()
    initial: dict[str, Any] = {"facts": facts_found(sitting)}
    if brief is not None:
        names = ("facts", "options", "questions", "interpreter_note")
        initial = {name: getattr(brief, name) for name in names}
        initial |= {f"position_{one.party.ordinal}": one.text for one in brief.positions.select_related("party")}
    form = BriefForm(request.POST or None, sitting=sitting, initial=initial, edits=brief or sitting)
    return one_act(
        request,
        form,
        brief_write,
        heading=_("Write the brief"),
        lead=_("Each side in its own words, none with much more room than another. It is read aloud: short sentences."),
        back=reverse("sitting", args=[sitting.pk]),
        given={"sitting": sitting},
        fields=form.service_fields,
        done=_("The brief is kept. Read it once more, then issue it."),
        submit=_("Keep the brief"),
        next_url=lambda receipt: reverse("brief", args=[receipt.result["brief"]]),
    )


@page("sitting.see", load=load_brief, methods=("GET",))
def brief(request: Request, brief: Brief) -> HttpResponse:
    runs = may("sitting.run", request.viewer, brief.sitting)
    context = {
        "brief": brief,
        "sitting": brief.sitting,
        "matter": brief.sitting.matter,
        "positions": list(brief.in_order),
        "problems": [] if brief.issued_at else brief_problems(brief),
        "runs": runs,
    }
    return render(request, "deliberation/sittings/brief.html", context)


class NothingForm(ActForm):
    """Only a button."""


@page("sitting.run", load=load_brief)
def brief_issuing(request: Request, brief: Brief) -> HttpResponse:
    return one_act(
        request,
        NothingForm(request.POST or None),
        brief_issue,
        heading=_("Issue the brief"),
        lead=_("Everybody who holds a seat reads it from then on. Written anew it is a new edition."),
        back=reverse("brief", args=[brief.pk]),
        given={"brief": brief},
        done=_("The brief is issued."),
        submit=_("Issue the brief"),
    )


def brief_paper(brief: Brief) -> Paper:
    """To be printed, read aloud, and edited in Word."""
    with translation.override(CHINESE):
        sitting, matter = brief.sitting, brief.sitting.matter
        positions = list(brief.in_order)
        parts: list[tuple[str, list[Block]]] = [("基本情况", _lines(brief.facts))]
        sides: list[Block] = []
        for place, position in enumerate(positions, start=1):
            sides += [Heading(f"（{ordinal_word(place)}）{position.party.name}", level=2), *_lines(position.text)]
        parts += [("各方意见（原话）", sides)] if sides else []
        parts += [("可选办法和花费", _lines(brief.options))] if brief.options else []
        parts += [("还没有弄清的问题", _lines(brief.questions))] if brief.questions else []
        parts += [("翻译须知", _lines(brief.interpreter_note))] if brief.interpreter_note else []
        when = chinese_moment(sitting.starts_at, weekday=True)
        blocks: list[Block] = [Facts([("事项", f"{matter.title}（{matter.number}）"), ("会议时间", when)])]
        for place, (name, inside) in enumerate(parts, start=1):
            blocks += [Heading(f"{ordinal_word(place)}、{name}"), *inside]
        day = chinese_day(brief.issued_at) if brief.issued_at else "（草稿，尚未印发）"
        blocks.append(Signature([matter.convener.name, day]))
        number = f"{matter.number}-材料-{sitting.ordinal}-{brief.edition}"
        return Paper(f"“{matter.title}”协商会议材料", blocks, number, foot(number))


def _lines(text: str) -> list[Block]:
    return [Text(line) for line in text.splitlines() if line.strip()]


@page("sitting.see", load=load_brief, methods=("GET",))
def brief_pdf(request: Request, brief: Brief) -> HttpResponse:
    return paper_response(brief_paper(brief), _("brief") + f"-{brief.sitting.matter.number}", "pdf")


@page("sitting.see", load=load_brief, methods=("GET",))
def brief_docx(request: Request, brief: Brief) -> HttpResponse:
    return paper_response(brief_paper(brief), _("brief") + f"-{brief.sitting.matter.number}", "docx")


urlpatterns = [
    path("desk/sittings/<uuid:pk>/brief/", brief_writing, name="brief_write"),
    path("desk/briefs/<uuid:pk>/", brief, name="brief"),
    path("desk/briefs/<uuid:pk>/issue/", brief_issuing, name="brief_issue"),
    path("desk/briefs/<uuid:pk>/brief.pdf", brief_pdf, name="brief_pdf"),
    path("desk/briefs/<uuid:pk>/brief.docx", brief_docx, name="brief_docx"),
]
