"""The page of one act: a short form, its service, and back to the file."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse

from yishi.journal.models import Receipt
from yishi.web.kit.request import Request

from .forms import ActForm

Fields = Callable[[dict[str, Any]], dict[str, Any]]


def one_act(
    request: Request,
    form: ActForm,
    service: Callable[..., Receipt],
    *,
    heading: Any,
    back: str,
    done: Any,
    submit: Any,
    lead: Any = "",
    given: dict[str, Any] | None = None,
    fields: Fields | None = None,
    next_url: Callable[[Receipt], str] | None = None,
    template: str = "kit/act.html",
    **context: Any,
) -> HttpResponse:
    """Show `form`; sent and accepted, call `service` with `given` and the form's fields, then go to `next_url` or back.

    A refusal shows the same page with the sentence and everything that was typed.
    """
    if request.method == "POST" and form.is_valid():
        cleaned = {key: value for key, value in form.cleaned_data.items() if key != "act_id"}
        receipt = form.attempt(request, service, **(given or {}), **(fields(cleaned) if fields else cleaned))
        if receipt is not None:
            messages.success(request, done)
            return HttpResponseRedirect(next_url(receipt) if next_url else back)
    status = 422 if request.method == "POST" else 200
    words = {"form": form, "heading": heading, "lead": lead, "back": back, "submit": submit, **context}
    return render(request, template, words, status=status)


def link(name: str, *args: Any, **kwargs: Any) -> str:
    """The address of a page, or nothing where this installation does not have it."""
    try:
        return reverse(name, args=args or None, kwargs=kwargs or None)
    except NoReverseMatch:
        return ""
