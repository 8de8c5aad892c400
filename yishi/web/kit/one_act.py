"""The page of one act: a short form, its service, and back to the file."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from yishi.journal.models import Receipt
from yishi.web.kit.request import Request

from .fields.picker import is_search
from .forms import ActForm

Fields = Callable[[dict[str, Any]], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Layout:
    """How `kit/act.html` sets an act's form on the page: classes of its boxes, and where one goes back."""

    base: str = "kit/desk.html"
    row: str = ""
    column: str = ""
    card: str = ""
    body: str = ""
    leads: bool = True  # the lead is a paragraph of its own under the heading
    back_above: bool = False  # a button beside the heading; else a link under the form
    back_label: Any = _("Back without saving")
    back_class: str = "mt-3"


CARD = Layout(row="row", column="col-lg-8 col-xl-6", card="card", body="card-body", leads=False)
CENTRED = Layout(
    row="row justify-content-center",
    column="col-lg-8",
    card="card",
    body="card-body",
    back_above=True,
    back_label=_("Back"),
)
PROSE = Layout(column="prose")
SHEET = Layout()  # groups of many fields, as wide as the page
DOOR = Layout(base="kit/door.html", back_label=_("Back"), back_class="")  # a phone, in public


def one_act(
    request: Request,
    form: ActForm,
    service: Callable[..., Receipt],
    *,
    heading: Any,
    back: str,
    done: Any = "",
    submit: Any,
    lead: Any = "",
    given: dict[str, Any] | None = None,
    fields: Fields | None = None,
    next_url: Callable[[Receipt], str] | None = None,
    answer: Callable[[Receipt], HttpResponse] | None = None,
    layout: Layout = CARD,
    template: str = "kit/act.html",
    **context: Any,
) -> HttpResponse:
    """Show `form`; sent and accepted, call `service` with `given` and the form's fields, then go to `next_url` or back.

    `fields` makes the service's arguments of the cleaned fields where the two differ. A refusal shows the same page
    (status 422) with the sentence and everything that was typed. Where what is said depends on the receipt, `answer`
    makes the whole response. `template` fills slots of `kit/act.html` for pages that need more than a form and button.
    """
    is_sent = request.method == "POST" and not is_search(request, form)
    if is_sent and form.is_valid():
        cleaned = {key: value for key, value in form.cleaned_data.items() if key != "act_id"}
        receipt = form.attempt(request, service, **(given or {}), **(fields(cleaned) if fields else cleaned))
        if receipt is not None and answer is not None:
            return answer(receipt)
        if receipt is not None:
            messages.success(request, done)
            return HttpResponseRedirect(next_url(receipt) if next_url else back)
    page = {"form": form, "heading": heading, "lead": lead, "back": back, "submit": submit, "layout": layout, **context}
    return render(request, template, page, status=422 if is_sent else 200)


def link(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page, or nothing where this installation does not have it."""
    try:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""
