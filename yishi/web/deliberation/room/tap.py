"""An act of the room: sent by a screen's script and answered in a few bytes, or by the browser and led back."""

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.urls import reverse

from yishi.journal.models import Receipt
from yishi.kit.errors import Refusal
from yishi.web.kit.forms import ActForm
from yishi.web.kit.one_act import one_act
from yishi.web.kit.request import Request


def by_script(request: Request) -> bool:
    """Does the sender want a few bytes instead of a page?"""
    return "application/json" in request.headers.get("Accept", "")


def refused(refusal: Refusal) -> JsonResponse:
    return JsonResponse({"refused": refusal.code, "message": str(refusal.message)}, status=422)


def act_id_of(request: Request) -> UUID | None:
    """The id that the screen gave to the act, if it gave one."""
    form = ActForm(request.POST)
    return form.cleaned_data.get("act_id") if form.is_valid() else None


def one_tap(
    request: Request, sitting_id: UUID, service: Callable[..., Receipt], done: Any = "", **arguments: Any
) -> HttpResponse:
    """One tap in the room: done, or a sentence why not; back to the room either way."""
    try:
        service(actor=request.viewer, act_id=act_id_of(request), **arguments)
    except Refusal as refusal:
        if by_script(request):
            return refused(refusal)
        messages.error(request, str(refusal.message))
    else:
        if by_script(request):
            return JsonResponse({"said": str(done)})
        if done:
            messages.success(request, done)
    return HttpResponseRedirect(reverse("sitting_room", args=[sitting_id]))


def act_in_room(
    request: Request,
    form: ActForm,
    service: Callable[..., Receipt],
    *,
    given: dict[str, Any],
    back: str,
    done: Any = "",
    again: Callable[[], HttpResponse] | None = None,
    **page: Any,
) -> HttpResponse:
    """An act with fields on a screen of the room; without a script it is the page of one act (`one_act`), or, where the
    form stands on the screen alone, that screen as `again` draws it. Where what is said depends on the receipt, `done`
    is a function of it."""
    if request.method != "POST" or not (by_script(request) or again):
        if not callable(done):
            return one_act(request, form, service, given=given, back=back, done=done, **page)
        answer = partial(_led_back, request, back, done)
        return one_act(request, form, service, given=given, back=back, answer=answer, **page)
    if form.is_valid():
        cleaned = {key: value for key, value in form.cleaned_data.items() if key != "act_id"}
        fields = page.get("fields")
        receipt = form.attempt(request, service, **given, **(fields(cleaned) if fields else cleaned))
        if receipt is not None and not by_script(request):
            return _led_back(request, back, done, receipt)
        if receipt is not None:
            return JsonResponse({"said": _words(done, receipt)})
    if again and not by_script(request):
        return again()
    sentences = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"message": " ".join(dict.fromkeys(sentences)), "fields": list(form.errors)}, status=422)


def _words(done: Any, receipt: Receipt) -> str:
    return str(done(receipt) if callable(done) else done)


def _led_back(request: Request, back: str, done: Any, receipt: Receipt) -> HttpResponse:
    messages.success(request, _words(done, receipt))
    return HttpResponseRedirect(back)
