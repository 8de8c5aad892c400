"""The queue of possible duplicates: side by side, what each verdict will do to the figures, the verdict."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yishi.assistance.deeds.models import Deed, DeedParty, PossibleDuplicate
from yishi.assistance.deeds.reads import both_seen_q, open_pairs
from yishi.assistance.deeds.services.duplicates import (
    WHY_RULED,
    duplicate_decide,
    duplicate_take_back,
    ruling_to_take_back,
)
from yishi.journal.moved import moved_of
from yishi.kit.records import lend
from yishi.organisations.rights import may
from yishi.web.assistance.deeds.loads import PARTIES
from yishi.web.kit.exports import wants_export
from yishi.web.kit.fields.simple import AmountField
from yishi.web.kit.fields.words_field import WordsField
from yishi.web.kit.forms import ActForm
from yishi.web.kit.lists import Column, DeclaredList
from yishi.web.kit.numbers import thousandths
from yishi.web.kit.one_act import one_act
from yishi.web.kit.page import page
from yishi.web.kit.request import Request
from yishi.web.kit.taking_back import taken_back_events, taking_back

from .deed_words import (
    how_much,
    party_words,
    whom,
)
from .deeds import is_own

Verdict = PossibleDuplicate.Verdict


def pairs_of(request: Request) -> QuerySet[PossibleDuplicate]:
    """Pairs both of whose deeds the viewer may see."""
    pairs = PossibleDuplicate.objects.filter(both_seen_q())
    return pairs.select_related(
        "earlier__version", "earlier__place", "earlier__recorded_for", "later__version", "later__place",
        "later__recorded_for", "decided_by",
    )  # fmt: skip


def with_sides(pairs: list[PossibleDuplicate]) -> None:
    """Lend both deeds of each pair their quantity (`much`) and their parties' names (`who`)."""
    for pair in pairs:
        for deed in (pair.earlier, pair.later):
            lend(deed, much=how_much(deed), who=party_words(deed))


DUPLICATES = DeclaredList(
    "duplicates",
    gettext_lazy("possible duplicates"),
    [
        Column(gettext_lazy("deed"), shown="earlier.version.name", link="duplicate"),
        Column(gettext_lazy("recorded first"), cell="recorded_first"),
        Column(gettext_lazy("recorded later"), cell="recorded_later"),
        Column(gettext_lazy("earlier record"), "earlier.number", page=False),
        Column(gettext_lazy("later record"), "later.number", page=False),
        Column(gettext_lazy("item"), "earlier.version.name", page=False),
        Column(gettext_lazy("place"), "earlier.place.full_name", page=False),
        Column(gettext_lazy("likeness"), "likeness", cell="likeness", only="is_waiting", css="number"),
        Column(gettext_lazy("ruling on the pair"), "get_verdict_display", only="is_decided", css="number"),
        Column(gettext_lazy("reason"), "reason", page=False),
    ],
)


@page("duplicate.see", methods=("GET",))
def duplicates(request: Request) -> HttpResponse:
    """What waits for a verdict, the likest first; or what was decided."""
    is_decided = request.GET.get("decided") == "1"
    pairs = pairs_of(request)
    if is_decided:
        pairs = pairs.exclude(verdict="").order_by("-decided_at", "-pk")
    else:
        pairs = pairs.filter(pk__in=open_pairs().values("pk")).order_by("-likeness", "-pk")
    if not wants_export(request):
        sides = ("earlier", "later")
        pairs = pairs.prefetch_related(*(f"{side}__parties__{whose}" for side in sides for whose in ("body", "person")))
    return DUPLICATES.respond(
        request,
        "assistance/deeds/duplicates.html",
        pairs,
        dress=with_sides,
        is_decided=is_decided,
        is_waiting=not is_decided,
    )


class VerdictForm(ActForm):
    verdict = forms.ChoiceField(
        label=gettext_lazy("What do you rule?"), choices=Verdict.choices, widget=forms.RadioSelect
    )
    overlap = AmountField(
        label=gettext_lazy("If partly: how much stands in both?"), required=False, min_value=0, max_digits=14,
        decimal_places=3,
    )  # fmt: skip
    reason = WordsField(
        WHY_RULED,
        gettext_lazy("Reason"),
        rows=2,
        help_text=gettext_lazy("How do you know? A sentence that holds in a year."),
    )


def load_pair(request: Request, pk: UUID) -> PossibleDuplicate:
    return pairs_of(request).get(pk=pk)


@page("duplicate.see", load=load_pair)
def duplicate(request: Request, pair: PossibleDuplicate) -> HttpResponse:
    """Two records side by side. Who oversees both places decides; the others read."""
    decides = may("duplicate.decide", request.viewer, pair) and not pair.verdict
    kept = moved_of(("duplicate", pair.pk))
    sides: list[dict[str, Any]] = []
    for pk in (pair.earlier_id, pair.later_id):
        deed = Deed.objects.select_related("version", "place", "recorded_for", "recorded_by").prefetch_related(
            PARTIES
        ).get(pk=pk)  # fmt: skip
        sides.append({"deed": deed, "much": how_much(deed), "who": party_words(deed), "whom": whom(deed, is_own=is_own(request, deed))})  # noqa: E501  # fmt: skip
    context: dict[str, Any] = {
        "pair": pair,
        "sides": sides,
        "effects": effects(pair),
        "decides": decides,
        "events": taken_back_events(kept),
        "takes_back": may("duplicate.decide", request.viewer, pair) and ruling_to_take_back(pair, kept) is not None,
        "counts": all(side["deed"].state == Deed.State.COUNTED for side in sides),
    }
    if request.method == "POST" and not decides:
        return render(request, "assistance/deeds/duplicate.html", context, status=403)
    return one_act(
        request,
        VerdictForm(request.POST or None),
        duplicate_decide,
        given={"pair": pair},
        heading=_("Are these one deed?"),
        back=reverse("duplicates"),
        done=_("Decided. Both records stay readable; the figures follow at once."),
        submit=_("Give the ruling"),
        next_url=lambda receipt: reverse("deed", args=[receipt.result["kept"]]),
        template="assistance/deeds/duplicate.html",
        **context,
    )


@page("duplicate.decide", load=load_pair)
def duplicate_back(request: Request, pair: PossibleDuplicate) -> HttpResponse:
    return taking_back(
        request,
        duplicate_take_back,
        what=_("%(item)s: %(earlier)s and %(later)s")
        % {"item": pair.earlier.version.name, "earlier": pair.earlier.number, "later": pair.later.number},
        heading=_("Ruled by mistake: take it back"),
        lead=_(
            "Both records have the parties, the families and the quantity that they had, and count as before the"
            " ruling; the pair waits for a ruling again."
        ),
        back=reverse("duplicate", args=[pair.pk]),
        given={"pair": pair},
    )


def effects(pair: PossibleDuplicate) -> list[dict[str, str]]:
    """What each verdict will do to the figures, said before it is given."""
    earlier, later = pair.earlier, pair.later
    unit = earlier.version.unit
    credits = DeedParty.objects.filter(deed__in=[earlier, later]).values_list("deed", "body", "person")
    parties: dict[UUID, set[UUID]] = {earlier.pk: set(), later.pk: set()}
    for deed, body, person in credits:
        parties[deed].add(body or person)
    together = len(parties[earlier.pk] | parties[later.pk])
    now = _deeds_and_credits(2, len(parties[earlier.pk]) + len(parties[later.pk]))
    both = earlier.amount + later.amount
    return [
        {
            "verdict": str(Verdict.SAME.label),
            "deeds": _deeds_and_credits(1, together),
            "amount": f"{thousandths(both)} → {thousandths(earlier.amount)} {unit}",
            "note": _("The later record's families and parties move to the earlier one. Nothing is deleted."),
        },
        *(
            {
                "verdict": str(verdict.label),
                "deeds": _deeds_and_credits(1, len(parties[does.pk])),
                "amount": f"{thousandths(both)} → {thousandths(earlier.amount)} {unit}",
                "note": _("Whoever only reports it has no credit. Nothing is deleted."),
            }
            for verdict, does in ((Verdict.LATER_REPORTS, earlier), (Verdict.FIRST_REPORTS, later))
        ),
        {
            "verdict": str(Verdict.PART.label),
            "deeds": _deeds_and_credits(2, together + len(parties[later.pk])),
            "amount": _("%(both)s %(unit)s less what stands in both") % {"both": thousandths(both), "unit": unit},
            "note": _("What both report stays with the earlier one; the later one keeps the rest."),
        },
        {
            "verdict": str(Verdict.DISTINCT.label),
            "deeds": now,
            "amount": f"{thousandths(both)} {unit}",
            "note": _("Nothing changes. The pair does not come again."),
        },
    ]


def _deeds_and_credits(deeds: int, credits: int) -> str:
    first = ngettext("%(n)d physical deed", "%(n)d physical deeds", deeds) % {"n": deeds}
    second = ngettext("%(n)d credit", "%(n)d credits", credits) % {"n": credits}
    return f"{first}，{second}"


urlpatterns = [
    path("desk/duplicates/", duplicates, name="duplicates"),
    path("desk/duplicates/<uuid:pk>/", duplicate, name="duplicate"),
    path("desk/duplicates/<uuid:pk>/back/", duplicate_back, name="duplicate_take_back"),
]
