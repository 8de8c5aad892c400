"""What the pages of the register's acts share: the loaders, and a form that makes a change or asks for it."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register import fields
from yishi.assistance.register.models import Household, HouseholdMember
from yishi.assistance.register.services.leaving import SPLIT
from yishi.assistance.register.services.requests import change_ask
from yishi.journal.models import Moved, Receipt
from yishi.organisations.models import Place
from yishi.organisations.rights import may
from yishi.web.kit.one_act import SHEET, one_act
from yishi.web.kit.request import Request

from .register_forms import AskedField, ChangeForm, Group


def load_household(request: Request, pk: UUID) -> Household:
    households = Household.objects.select_related("place", "hamlet", "head__resident", "split_from__place")
    return households.get(pk=pk)


def load_member(request: Request, pk: UUID) -> HouseholdMember:
    members = HouseholdMember.objects.select_related("household__place", "household__head", "person__resident")
    return members.get(pk=pk)


def change_page(
    request: Request,
    form: ChangeForm,
    kind: str,
    asked: Callable[[dict[str, Any]], dict[str, Any]],
    *,
    heading: Any,
    back: str,
    household: Household | None = None,
    lead: Any = "",
    place: Callable[[dict[str, Any]], Place] | None = None,
) -> HttpResponse:
    """Show `form`; sent, make a change of `kind` or ask for it, and say which of the two it was.

    `asked` turns the form's cleaned data into what `change_ask` takes; `place` reads the place of a household that the
    register does not have yet.
    """

    def said(cleaned: dict[str, Any]) -> dict[str, Any]:
        where = place(cleaned) if place else None
        days = {name: cleaned[name] for name in ("effective_on", "reason")}
        return {"asked": asked(cleaned), "place": where, **days}

    def answer(receipt: Receipt) -> HttpResponse:
        if receipt.result["done"]:
            messages.success(request, _("The change is in effect."))
            key = receipt.result["household"]
            return HttpResponseRedirect(reverse("household", args=[key]) if key else back)
        messages.success(request, _("The change is asked for; it takes effect when it is approved."))
        return HttpResponseRedirect(reverse("change_request", args=[receipt.result["request"]]))

    where = household.place if household else None
    decides = may("household.decide", request.viewer, where) if where else request.viewer.reach.spans
    return one_act(
        request,
        form,
        change_ask,
        heading=heading,
        lead=lead or ("" if decides else _("You ask for this change; the desk above you approves it.")),
        back=back,
        given={"kind": kind, "household": household},
        fields=said,
        answer=answer,
        submit=_("Save") if decides else _("Ask for the change"),
        layout=SHEET,
        template="assistance/register/sheet.html",
        groups=form.groups,
    )


def back_to(household: Household) -> str:
    return reverse("household", args=[household.pk])


def heading_of(act: str, household: Household) -> str:
    return f"{act} · {household.head.name} · {household.number}"


def back_words(last: Moved | None) -> str:
    """What is taken back of a household."""
    if last is not None and last.code == SPLIT:
        return _("Split by mistake: take it back")
    return _("Taken off the register by mistake: take it back")


class LeaveForm(ChangeForm):
    def __init__(self, *args: Any, kind: str = "member_leave", **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["why"] = AskedField(
            fields.Field("why", gettext_lazy("why they leave"), "code", kind), required=True
        )

    def groups(self) -> list[Group]:
        return [Group(self, "", ["why", *self.ABOUT])]
