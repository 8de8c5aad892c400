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
from yishi.deliberation.models import Matter
from yishi.deliberation.veil import photos_of, sources_of
from yishi.web.deliberation.process.loads import load_matter
from yishi.web.kit.page import page
from yishi.web.kit.page_tags import day
from yishi.web.kit.request import Request
from yishi.web.kit.stream import stream

THUMBNAIL_WIDTH = 180


@dataclass(frozen=True)
class MatterPhoto:
    """A photo as one of its matter's: who may see it, the matter says."""

    matter: Matter
    photo: Attachment


class PhotoChoice(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """Photos of a matter to tick: each is seen, and says what it belongs to and of which day it is."""

    def __init__(self, **kwargs: Any):
        super().__init__(Attachment.objects.none(), widget=forms.CheckboxSelectMultiple, **kwargs)
        self.labels: dict[UUID, SafeString] = {}

    def offer(self, matter: Matter, photos: list[Attachment]) -> None:
        sources = sources_of(matter)
        self.labels = {
            photo.pk: tile(matter, photo, number, *sources[photo.pk]) for number, photo in enumerate(photos, 1)
        }
        self.queryset = Attachment.objects.filter(pk__in=self.labels).order_by("created_at", "pk")

    def label_from_instance(self, photo: Attachment) -> SafeString:
        return self.labels[photo.pk]


def tile(matter: Matter, photo: Attachment, number: int, source: str, on: Any) -> SafeString:
    """A photo's thumbnail with what it belongs to and its day."""
    return format_html(
        '<img src="{}?small=1" alt="{}" width="{}" height="{}" loading="lazy">{}<br><small>{}</small>',
        reverse("release_photo", args=[matter.pk, photo.pk]),
        _("Photo %(n)s of the matter") % {"n": number},
        *_thumbnail(photo),
        source,
        day(on),
    )


def _thumbnail(photo: Attachment) -> tuple[int, int]:
    """How large it is shown: known beforehand, so that the page does not jump while photos come."""
    width, height = photo.width or 4, photo.height or 3
    return THUMBNAIL_WIDTH, round(THUMBNAIL_WIDTH * height / width)


def load_release_photo(request: Request, pk: UUID, photo: UUID) -> MatterPhoto:
    matter = load_matter(request, pk)
    found = [one for one in photos_of(matter) if one.pk == photo]
    if not found:
        raise Attachment.DoesNotExist
    return MatterPhoto(matter, found[0])


@page("release.prepare", load=load_release_photo, methods=("GET",))
def release_photo(request: Request, one: MatterPhoto) -> HttpResponse:
    return stream(one.photo, small=request.GET.get("small") == "1", asked=request)


urlpatterns = [
    path("desk/matters/<uuid:pk>/release/photos/<uuid:photo>/", release_photo, name="release_photo"),
]
