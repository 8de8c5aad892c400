"""A form in which a helper is named: typed by name, chosen where several are called so; works without scripts."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.pairing.reads import helpers_find, where_from
from yishi.kit.ids import id_read
from yishi.organisations.models import Body, Place
from yishi.people.models import Person
from yishi.web.kit.forms import ActForm


class HelperForm(ActForm):
    """Adds `helper` (a name) and, where several fit, `pick`. `place_for(cleaned)` says where they should help.

    After `is_valid()` the person or body stands in `cleaned_data["helper"]`; `pick` is gone.
    """

    helper = forms.CharField(
        label=gettext_lazy("helper"),
        max_length=64,
        help_text=gettext_lazy("Type the name of the member, cadre or body."),
    )
    pick = forms.ChoiceField(label=gettext_lazy("Which of them?"), widget=forms.RadioSelect, required=False, choices=())
    takes_bodies = True

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self._picking = self.fields.pop("pick")
        self.place: Place | None = None

    def place_for(self, cleaned: dict[str, Any]) -> Place | None:
        """Where the helper should help; None: anywhere."""
        return self.place

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        typed = cleaned.get("helper")
        if not typed or not isinstance(typed, str):
            return cleaned
        helpers = helpers_find(typed, self.place_for(cleaned), bodies=self.takes_bodies)
        picked = self._picked()
        chosen = next((helper for helper in helpers if helper.pk == picked), None) if picked else None
        if chosen is None and len(helpers) == 1:
            chosen = helpers[0]
        if chosen is not None:
            cleaned["helper"] = chosen
        elif not helpers:
            self.add_error(
                "helper",
                _("Nobody is called so here: no sitting member, no post, no stationed team. Check the name."),
            )
        else:
            self._offer(helpers)
            self.add_error("helper", _("Several fit. Choose one of them below."))
        return cleaned

    def _picked(self) -> UUID | None:
        return id_read(self.data.get(self.add_prefix("pick")))

    def _offer(self, helpers: list[Person | Body]) -> None:
        """Show the candidates right below the name."""
        known = where_from([helper for helper in helpers if isinstance(helper, Person)])
        names = [
            (str(helper.pk), f"{helper.name}（{known[helper.pk]}）" if known.get(helper.pk) else helper.name)
            for helper in helpers
        ]
        self._picking.choices = names
        order = []
        for name in self.fields:
            order.append(name)
            if name == "helper":
                order.append("pick")
        self.fields["pick"] = self._picking
        self.order_fields(order)
