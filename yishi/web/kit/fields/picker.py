"""A form field to pick several things by searching: typed, looked up within the viewer's reach, ticked.

Works without scripts: the search button sends the form, which comes back with what was found and everything that was
typed (`search` in the view). With scripts only the list is exchanged (frontend/src/picker.js).
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.forms.utils import ErrorDict
from django.utils.translation import gettext as _

from yishi.kit.ids import id_read
from yishi.web.kit.request import Request

FIND = "find"  # the name of the search buttons; their value is the field's name
MOST = 500


class PickerWidget(forms.Widget):
    """A search box, its button, and ticked or found rows."""

    template_name = "kit/picker.html"
    is_composite = True

    def __init__(self) -> None:
        super().__init__()
        self.field: PickerField | None = None
        self.found: list[Any] = []
        self.searched = ""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> dict[str, Any]:
        ids = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return {"text": (data.get(f"{name}_q") or "").strip(), "ids": ids}

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False

    def id_for_label(self, id_: str, index: str = "0") -> str:
        return id_

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        sent = value if isinstance(value, dict) else {"text": "", "ids": [item.pk for item in value or ()]}
        field = self.field
        picked = field.by_ids(valid_ids(sent["ids"])) if field else []
        known = {item.pk for item in picked}
        label = field.label_of if field else str
        context["widget"].update(
            text=sent["text"],
            picked=[(item.pk, label(item)) for item in picked],
            found=[(item.pk, label(item)) for item in self.found if item.pk not in known],
            searched=self.searched,
            described=(attrs or {}).get("aria-describedby", ""),
            placeholder=field.placeholder if field else "",
        )
        return context


class PickerField(forms.Field):
    """Cleans to a list of what `by_ids` gives: what is ticked, and nothing else.

    A name that was typed counts only where nothing is ticked and it fits one thing alone; a word left over from an
    earlier search chooses nobody. The page after the act names what was stored."""

    widget = PickerWidget

    def __init__(
        self,
        *,
        find: Callable[[str], list[Any]],
        by_ids: Callable[[Iterable[UUID]], list[Any]],
        label_of: Callable[[Any], Any] = str,
        placeholder: Any = "",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self.find, self.by_ids, self.label_of, self.placeholder = find, by_ids, label_of, placeholder
        self.widget.field = self

    def __deepcopy__(self, memo: dict[int, Any]) -> "PickerField":
        """Each form has fields of its own; a widget answers for the field of its form."""
        made = super().__deepcopy__(memo)
        made.widget.field, made.widget.found, made.widget.searched = made, [], ""
        return made

    def search(self, text: str) -> list[Any]:
        """Look up, and show what was found."""
        matches = self.find(text)
        self.widget.found, self.widget.searched = matches, text
        return matches

    def clean(self, value: Any) -> list[Any]:
        value = value or {"text": "", "ids": []}
        ids = valid_ids(value["ids"])
        picked = self.by_ids(ids) if ids else []
        if value["text"] and not picked:
            picked = self._only(value["text"])
        if self.required and not picked:
            raise forms.ValidationError(_("Search, and tick at least one."))
        return picked

    def _only(self, text: str) -> list[Any]:
        """The one thing that fits what was typed; refused where none or several fit."""
        matches = self.search(text)
        if len(matches) == 1:
            return matches
        if matches:
            raise forms.ValidationError(_("Several fit. Tick those that are meant."))
        raise forms.ValidationError(
            _("Nobody of this name within what you may see. Clear the search, or give the number only.")
        )


def valid_ids(ids: Iterable[Any]) -> list[UUID]:
    """The ids among what was sent, each once."""
    read = (id_read(sent_id) for sent_id in list(ids)[:MOST])
    return list(dict.fromkeys(key for key in read if key))


def is_search(request: Request, form: forms.Form) -> bool:
    """Was only a search asked for? Then the form shows what was found, and no error."""
    name = request.POST.get(FIND, "") if request.method == "POST" else ""
    field = form.fields.get(name)
    if not isinstance(field, PickerField):
        return False
    field.search((request.POST.get(f"{form.add_prefix(name)}_q") or "").strip())
    untyped: Any = form  # a form keeps its errors to itself
    untyped._errors = ErrorDict()
    form.cleaned_data = {}
    return True
