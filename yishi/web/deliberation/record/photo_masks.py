"""Masks (遮挡): rectangles over what must not be recognised on a photo that is to be published."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.attachments.store import Area
from yishi.deliberation.models import Matter, PhotoMask
from yishi.deliberation.services.masks import MAX_AREAS, photo_mask, photo_unmask
from yishi.web.kit.forms import ActForm
from yishi.web.kit.page import page
from yishi.web.kit.request import Request

from .release_photos import MatterPhoto, load_original

SIDES = {
    "left": gettext_lazy("from the left (%)"),
    "top": gettext_lazy("from the top (%)"),
    "width": gettext_lazy("width (%)"),
    "height": gettext_lazy("height (%)"),
}


class MaskForm(ActForm):
    """Up to eight rectangles in per cent of the photo; a script writes into the fields what is drawn."""

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for number in range(1, MAX_AREAS + 1):
            for side, label in SIDES.items():
                self.fields[f"{side}_{number}"] = forms.DecimalField(
                    label=label, min_value=0, max_value=100, decimal_places=1, required=False
                )

    def rows(self) -> list[tuple[int, list[forms.BoundField]]]:
        return [(number, [self[f"{side}_{number}"] for side in SIDES]) for number in range(1, MAX_AREAS + 1)]

    def clean(self) -> dict[str, Any]:
        super().clean()
        for number in range(1, MAX_AREAS + 1):
            given = [self.cleaned_data.get(f"{side}_{number}") is not None for side in SIDES]
            if any(given) and not all(given) and not any(f"{side}_{number}" in self.errors for side in SIDES):
                self.add_error(f"left_{number}", _("A rectangle needs all four numbers."))
        return self.cleaned_data

    def areas(self) -> list[Area]:
        """The rectangles, in thousandths of the photo."""
        rows = [[self.cleaned_data[f"{side}_{number}"] for side in SIDES] for number in range(1, MAX_AREAS + 1)]
        return [
            (int(left * 10), int(top * 10), int(width * 10), int(height * 10))
            for left, top, width, height in rows
            if left is not None
        ]


def _areas_so_far(matter_photo: MatterPhoto) -> dict[str, Any]:
    initial = {}
    for number, area in enumerate(matter_photo.mask.areas if matter_photo.mask else [], 1):
        for side, value in zip(SIDES, area, strict=True):
            initial[f"{side}_{number}"] = f"{value / 10:g}"
    return initial


@page("photo.mask", load=load_original)
def photo_masking(request: Request, matter_photo: MatterPhoto) -> HttpResponse:
    """Draw rectangles over a photo; what they cover is not in the picture that is published."""
    form = MaskForm(request.POST or None, initial=_areas_so_far(matter_photo))
    if request.method == "POST" and form.is_valid():
        receipt = form.attempt(
            request, photo_mask, matter=matter_photo.matter, photo=matter_photo.photo, areas=form.areas()
        )
        if receipt is not None:
            messages.success(request, _("Covered. The public sees the covered photo only; the original stays private."))
            return redirect("matter_release", matter_photo.matter.pk)
    context = {"matter": matter_photo.matter, "photo": matter_photo.photo, "mask": matter_photo.mask, "form": form}
    status = 422 if request.method == "POST" else 200
    return render(request, "deliberation/record/photo_mask.html", context, status=status)


def load_mask(request: Request, pk: UUID) -> PhotoMask:
    masks = PhotoMask.objects.filter(matter__in=Matter.keys())
    return masks.select_related("matter__place", "original").get(pk=pk)


@page("photo.unmask", load=load_mask, methods=("POST",))
def photo_unmasking(request: Request, mask: PhotoMask) -> HttpResponse:
    """Take a mask back, with one click."""
    form, matter = ActForm(request.POST), mask.matter_id
    if form.is_valid() and form.attempt(request, photo_unmask, mask=mask) is not None:
        messages.success(request, _("The mask is taken back: the photo is shown as it was taken."))
    for error in form.non_field_errors():
        messages.error(request, str(error))
    return redirect("matter_release", matter)


urlpatterns = [
    path("desk/matters/<uuid:pk>/release/photos/<uuid:photo>/mask/", photo_masking, name="photo_mask"),
    path("desk/masks/<uuid:pk>/back/", photo_unmasking, name="photo_unmask"),
]
