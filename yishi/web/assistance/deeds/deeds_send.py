"""Several deeds of one phone in one sending: each is an act of its own, with its own id, receipt or refusal."""

import json
from typing import Any
from uuid import UUID

from django.http import HttpRequest, JsonResponse, QueryDict
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _

from yishi.assistance.campaign.models import CatalogueItem
from yishi.assistance.campaign.reads import version_on
from yishi.assistance.deeds.reads import open_items
from yishi.assistance.deeds.services.deeds import deed_record
from yishi.kit.ids import id_read
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .deed_record import DeedForm

MOST = 50  # of one sending; what a phone kept of a longer time it sends in several


@page("deed.record", methods=("POST",))
def deeds_send(request: Request) -> JsonResponse:
    """What is sent: `{"deeds": [{"act_id": …, "item": …, "place_id": …, "on": …, "amount": …, …}, …]}`, the fields of
    the form of one deed (`deed_new_item`) by their names, several values of one as a list.

    What is answered, in the same order: `{"deeds": [{"act_id", "receipt", "deed", "number", "alike"}, …]}`, and of what
    was refused `{"act_id", "errors": {field: [sentence, …]}}` ("" for what belongs to no field). One that is refused
    holds up no other and is sent again, mended, under another id; what was received before is answered by its receipt.
    """
    sent = _deeds_of(request)
    if not sent or len(sent) > MOST:
        said = _("Send one to %(most)d deeds as JSON.") % {"most": MOST}
        return JsonResponse({"errors": {"": [said]}}, status=400)
    named = {key for sent_deed in sent if (key := id_read(sent_deed.get("item")))}
    items = open_items(request.viewer).filter(pk__in=named).select_related("campaign").prefetch_related("versions")
    by_key: dict[UUID | None, CatalogueItem] = {item.pk: item for item in items}
    return JsonResponse(
        {"deeds": [_recorded(request, sent_deed, by_key.get(id_read(sent_deed.get("item")))) for sent_deed in sent]}
    )


def _recorded(request: Request, sent: dict[str, Any], item: CatalogueItem | None) -> dict[str, Any]:
    """One of them, through its form: the same rights, limits and sentences as by hand."""
    answer: dict[str, Any] = {"act_id": sent.get("act_id")}
    if id_read(sent.get("act_id")) is None:
        return {**answer, "errors": {"act_id": [_("Each deed has an id of its own: send one.")]}}
    if item is None:
        return {**answer, "errors": {"item": [_("Please choose one of the values that are offered.")]}}
    form = DeedForm(_as_sent(sent), viewer=request.viewer, version=version_on(item, timezone.localdate()))
    receipt = form.attempt(request, deed_record, item=item, **form.service_fields()) if form.is_valid() else None
    if receipt is None:
        errors = {"" if name == "__all__" else name: [*said] for name, said in form.errors.items()}
        return {**answer, "errors": errors}
    result = {name: receipt.result[name] for name in ("deed", "number", "alike")}
    return {**answer, "receipt": receipt.number, **result}


def _deeds_of(request: HttpRequest) -> list[dict[str, Any]]:
    """What was sent; nothing where it is no list of deeds."""
    try:
        sent = json.loads(request.body)
    except ValueError:
        return []
    deeds = sent.get("deeds") if isinstance(sent, dict) else None
    return deeds if isinstance(deeds, list) and all(isinstance(deed, dict) for deed in deeds) else []


def _as_sent(sent: dict[str, Any]) -> QueryDict:
    """The fields as a form would send them."""
    fields = QueryDict(mutable=True)
    for name, value in sent.items():
        values = value if isinstance(value, list) else [value]
        fields.setlist(name, [str(each) for each in values if each is not None])
    return fields


urlpatterns = [path("desk/deeds/send/", deeds_send, name="deeds_send")]
