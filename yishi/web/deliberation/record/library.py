"""The library of good cases: read what others did, and copy their process model in one act."""

from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.deliberation.models import GoodCase, Matter, Release
from yishi.deliberation.services.releases import WHY_EXEMPLARY, case_choose, case_withdraw
from yishi.kit.records import lend
from yishi.organisations.rights import may
from yishi.organisations.themes import theme_word
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

PER_PAGE = 25


def readable() -> QuerySet[GoodCase]:
    """Cases whose file the viewer may read: in their reach, or public."""
    cases = GoodCase.objects.filter(withdrawn_on__isnull=True, matter__is_sensitive=False)
    cases = cases.filter(Q(matter__in=Matter.keys()) | Q(matter__release__state=Release.State.RELEASED))
    return cases.select_related("matter__place", "matter__process__model", "matter__release", "chosen_by")


def load_case(request: Request, pk: UUID) -> GoodCase:
    return readable().get(pk=pk)


CASES = DeclaredList(
    "",
    gettext_lazy("good cases"),
    [
        Column(gettext_lazy("matter"), "matter.title"),
        Column(gettext_lazy("place"), "matter.place.full_name"),
        Column(gettext_lazy("theme"), lambda case: theme_word(case.matter.theme)),
        Column(gettext_lazy("process model"), "matter.process.name"),
        Column(gettext_lazy("what others can learn"), "why"),
        Column(gettext_lazy("chosen by"), "chosen_by.name"),
        Column(gettext_lazy("chosen on"), "chosen_on"),
    ],
)


@page("library.see", methods=("GET",))
def library(request: Request) -> HttpResponse:
    """Good cases, the newest first, narrowed by words."""
    word = request.GET.get("q", "").strip()[:60]
    cases = readable().order_by("-chosen_on", "-pk")
    if word:
        cases = cases.filter(
            Q(matter__title__finds=word) | Q(why__finds=word) | Q(matter__place__full_name__finds=word)
        )
    if wants_export(request):
        return CASES.workbook(request, cases)
    page_obj = Paginator(cases, PER_PAGE).get_page(request.GET.get("page"))
    mine = set(Matter.objects.filter(pk__in=[case.matter_id for case in page_obj]).values_list("pk", flat=True))
    may_copy = may("process.new", request.viewer)
    for case in page_obj:
        lend(
            case,
            url=file_address(case, case.matter_id in mine),
            may_copy=may_copy and case.matter.process.published_at is not None,
            may_withdraw=may("case.withdraw", request.viewer, case),
        )
    return render(request, "deliberation/record/library.html", {"page_obj": page_obj, "q": word})


def file_address(case: GoodCase, in_reach: bool) -> str:
    """The matter's file for those who may open it, else its public file."""
    if in_reach:
        return reverse("matter", args=[case.matter_id])
    return reverse("public_file", args=[case.matter.release.slug])


class CaseForm(ActForm):
    why = WordsField(
        WHY_EXEMPLARY,
        gettext_lazy("What others can learn from it"),
        rows=5,
        help_text=gettext_lazy("Two or three sentences, without names of people."),
    )


@page("case.choose", load=load_matter)
def case_choosing(request: Request, matter: Matter) -> HttpResponse:
    return one_act(
        request,
        CaseForm(request.POST or None),
        case_choose,
        heading=_("Show “%(title)s” as a good case") % {"title": matter.title},
        lead=_("Others read it in the library and can copy its process model."),
        back=reverse("matter", args=[matter.pk]),
        done=_("The case is in the library."),
        submit=_("Put it into the library"),
        given={"matter": matter},
        next_url=lambda receipt: reverse("library"),
    )


@page("case.withdraw", load=load_case)
def case_withdrawing(request: Request, case: GoodCase) -> HttpResponse:
    return one_act(
        request,
        ActForm(request.POST or None),
        case_withdraw,
        heading=_("Take “%(title)s” out of the library") % {"title": case.matter.title},
        lead=_("Models that were copied from it stay with those who copied them."),
        back=reverse("library"),
        done=_("The case is out of the library."),
        submit=_("Take it out"),
        given={"case": case},
    )


urlpatterns = [
    path("desk/library/", library, name="library"),
    path("desk/matters/<uuid:pk>/good-case/", case_choosing, name="case_choose"),
    path("desk/library/<uuid:pk>/withdraw/", case_withdrawing, name="case_withdraw"),
]
