"""A field for the body that owes something to be mended in a village; offered are those around it."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from yishi.organisations.around import bodies_around
from yishi.organisations.models import Body, Place


def called(body: Body) -> str:
    return f"{body.name}（{body.place.name}）"


class BearerField(forms.ModelChoiceField):  # type: ignore[type-arg]  # no generic at run time
    """The body that owes it."""

    def __init__(self, **options: Any):
        options.setdefault("label", gettext_lazy("bearer"))
        super().__init__(Body.objects.none(), **options)

    def around(self, place: Place) -> None:
        self.queryset = bodies_around(place)

    def offer(self, bodies: Sequence[Body]) -> None:
        """Those around a place, as a form that asks for several bodies knows them already."""
        self.choices = [("", self.empty_label), *((body.pk, self.label_from_instance(body)) for body in bodies)]

    def label_from_instance(self, body: Body) -> str:
        return called(body)
