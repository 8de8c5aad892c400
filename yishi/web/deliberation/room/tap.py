"""An act of the room: sent by a screen's script and answered in a few bytes, or by the browser and led back."""

from collections.abc import Callable
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
    request: Request, form: ActForm, service: Callable[..., Receipt], *, given: dict[str, Any], **page: Any
) -> HttpResponse:
    """An act with fields on a screen of the room; without a script it is the page of one act (`one_act`)."""
    if request.method != "POST" or not by_script(request):
        return one_act(request, form, service, given=given, **page)
    if form.is_valid():
        cleaned = {key: value for key, value in form.cleaned_data.items() if key != "act_id"}
        fields = page.get("fields")
        if form.attempt(request, service, **given, **(fields(cleaned) if fields else cleaned)):
            return JsonResponse({"said": str(page.get("done", ""))})
    sentences = [str(error) for errors in form.errors.values() for error in errors]
    return JsonResponse({"message": " ".join(dict.fromkeys(sentences)), "fields": list(form.errors)}, status=422)
