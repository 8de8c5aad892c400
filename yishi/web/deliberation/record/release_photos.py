"""The photos from which a public file chooses: what each belongs to, and its picture for the desk that chooses."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from yishi.attachments.models import Attachment
from yishi.deliberation.models import Matter, PhotoMask
from yishi.deliberation.veil import masks_of, photos_of, sources_of
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.page import page
from yishi.web.kit.page_tags import badge, day
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

THUMBNAIL_WIDTH = 180


@dataclass(frozen=True)
class MatterPhoto:
    """A photo as one of its matter's: who may see it, the matter says."""

    matter: Matter
    photo: Attachment
    mask: PhotoMask | None = None


class Tile(SafeString):
    """A photo as the words beside its tick box, and what can be done with it, `aside`: no link stands in a label."""

    aside: SafeString


class PhotoChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Photos of a matter to tick: each is seen, and says what it belongs to and of which day it is."""

    def __init__(self, **kwargs: Any):
        super().__init__(Attachment.objects.none(), widget=forms.CheckboxSelectMultiple, **kwargs)
        self.labels: dict[UUID, Tile] = {}

    def offer(self, matter: Matter, photos: list[Attachment]) -> None:
        sources, masks = sources_of(matter), {mask.original_id: mask for mask in masks_of(matter)}
        self.labels = {
            photo.pk: tile(MatterPhoto(matter, photo, masks.get(photo.pk)), number, *sources[photo.pk])
            for number, photo in enumerate(photos, 1)
        }
        self.queryset = Attachment.objects.filter(pk__in=self.labels).order_by("created_at", "pk")

    def label_from_instance(self, photo: Attachment) -> Tile:
        return self.labels[photo.pk]


def tile(matter_photo: MatterPhoto, number: int, source: str, on: Any) -> Tile:
    """A photo's thumbnail, as the public would see it, with what it belongs to and its day; and the way to its mask."""
    photo, masked = (
        (matter_photo.mask.covered, badge(_("masked"), "ok")) if matter_photo.mask else (matter_photo.photo, "")
    )
    name = _("Photo %(n)s of the matter") % {"n": number}
    shown = format_html(
        '<img src="{}?small=1" alt="{}" width="{}" height="{}" loading="lazy">{}<br><small>{}</small> {}',
        reverse("release_photo", args=[matter_photo.matter.pk, photo.pk]),
        name,
        *_thumbnail(photo),
        source,
        day(on),
        masked,
    )
    made = Tile(shown)
    made.aside = format_html(
        '<a href="{}">{} <span class="visually-hidden">{}</span></a>',
        reverse("photo_mask", args=[matter_photo.matter.pk, matter_photo.photo.pk]),
        _("Change the mask") if matter_photo.mask else _("Mask faces and doorplates"),
        name,
    )
    return made


def _thumbnail(photo: Attachment) -> tuple[int, int]:
    """How large it is shown: known beforehand, so that the page does not jump while photos come."""
    width, height = photo.width or 4, photo.height or 3
    return THUMBNAIL_WIDTH, round(THUMBNAIL_WIDTH * height / width)


def load_release_photo(request: Request, pk: UUID, photo: UUID) -> MatterPhoto:
    """A photo of the matter, or the covered copy of one."""
    matter = load_matter(request, pk)
    found = [attachment for attachment in photos_of(matter) if attachment.pk == photo]
    found += [mask.covered for mask in masks_of(matter) if mask.covered_id == photo]
    if not found:
        raise Attachment.DoesNotExist
    return MatterPhoto(matter, found[0])


def load_original(request: Request, pk: UUID, photo: UUID) -> MatterPhoto:
    """A photo of the matter as it was taken, with its mask."""
    matter = load_matter(request, pk)
    found = [attachment for attachment in photos_of(matter) if attachment.pk == photo]
    if not found:
        raise Attachment.DoesNotExist
    return MatterPhoto(matter, found[0], next((mask for mask in masks_of(matter) if mask.original_id == photo), None))


@page("release.see", load=load_release_photo, methods=("GET",))
def release_photo(request: Request, matter_photo: MatterPhoto) -> HttpResponse:
    return stream(matter_photo.photo, small=request.GET.get("small") == "1", asked=request)


urlpatterns = [
    path("desk/matters/<uuid:pk>/release/photos/<uuid:photo>/", release_photo, name="release_photo"),
]
