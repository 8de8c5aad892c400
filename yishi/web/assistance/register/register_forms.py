"""Forms of the register, made from the one table of what it asks (`assistance/register/fields.py`)."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.assistance.register import codes, fields
from yishi.kit.errors import Refusal
from yishi.kit.identity import BIRTH, CARD, DISABILITY, OFFICER
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import ActForm

NUMERIC = {"whole", "year", "decimal", "money"}


class AskedField(forms.Field):
    """A form field whose value the register's own reader reads, so that a page shows all faults at once."""

    def __init__(self, asked: fields.Field, **kwargs: Any):
        kwargs.setdefault("label", asked.label)
        kwargs.setdefault("required", False)
        kwargs.setdefault("widget", _widget(asked))
        super().__init__(**kwargs)
        self.asked = asked
        if asked.kind == "money":
            self.help_text = gettext_lazy("yuan")
        elif asked.unit:
            self.help_text = asked.unit

    def prepare_value(self, value: Any) -> Any:
        if self.asked.kind == "money" and isinstance(value, int):
            return f"{Decimal(value) / 100:.2f}".removesuffix(".00")
        if self.asked.kind == "known" and isinstance(value, bool):
            return "yes" if value else "no"
        if isinstance(value, Decimal):
            return f"{value.normalize():f}"
        if isinstance(value, date):
            return value.isoformat()
        return value

    def clean(self, value: Any) -> Any:
        try:
            cleaned = fields.read_one(self.asked, value)
        except Refusal as refusal:
            raise forms.ValidationError(str(refusal.message)) from refusal
        if self.required and cleaned in (None, "", []):
            raise forms.ValidationError(_("This field is required."))
        return cleaned


def _widget(asked: fields.Field) -> forms.Widget:
    if asked.kind == "code":
        return forms.Select(choices=[("", _("not known")), *codes.choices(asked.list)])
    if asked.kind == "codes":
        return forms.CheckboxSelectMultiple(choices=codes.choices(asked.list))
    if asked.kind == "known":
        return forms.Select(choices=[("", _("not known")), ("yes", _("yes")), ("no", _("no"))])
    if asked.kind == "flag":
        return forms.CheckboxInput()
    if asked.kind == "day":
        return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    attrs = {"autocomplete": "off"}
    if asked.kind in NUMERIC:
        attrs |= {"inputmode": "decimal" if asked.kind in {"decimal", "money"} else "numeric", "maxlength": "16"}
    elif asked.most:
        attrs["maxlength"] = str(asked.most)
    return forms.TextInput(attrs=attrs)


def asked_fields(spec: Iterable[fields.Field], prefix: str = "") -> dict[str, AskedField]:
    """Form fields by name, one for each field of the register's table."""
    return {f"{prefix}{field.name}": AskedField(field) for field in spec}


def identity_field(label: Any = None, **kwargs: Any) -> forms.CharField:
    """A field for a number of an identity card or a bank account, which no browser is to keep."""
    return forms.CharField(
        label=label or gettext_lazy("identity number"),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "text", "spellcheck": "false"}),
        **kwargs,
    )


def identity_kinds() -> list[tuple[str, str]]:
    wanted = (CARD, DISABILITY, OFFICER, BIRTH)
    return [(code, codes.label("identity_kind", code)) for code in wanted]


class Group:
    """Fields of a form that belong together, under one heading; `is_folded` hides them until they are asked for, unless
    one of them has an error."""

    def __init__(
        self, form: forms.Form, heading: Any, names: Sequence[str], *, is_folded: bool = False, text: Any = ""
    ):
        self.heading, self.text = heading, text
        self.bound = [form[name] for name in names if name in form.fields]
        wrong = any(field.errors for field in self.bound)
        self.is_folded = is_folded and not wrong
        self.can_fold = is_folded


class RegisterForm(ActForm):
    """A form in groups. The browser keeps no draft of it: it holds what is said of a family."""

    def groups(self) -> list[Group]:
        return [Group(self, "", [name for name, field in self.fields.items() if not field.widget.is_hidden])]


class ChangeForm(RegisterForm):
    """A form of a change, with the day from which it is in effect and what it rests on."""

    effective_on = day_field(
        gettext_lazy("in effect from"), required=False, help_text=gettext_lazy("The day it happened; empty: today.")
    )
    reason = forms.CharField(
        label=gettext_lazy("what it rests on"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("For example: birth certificate seen. No identity numbers."),
    )

    ABOUT: tuple[str, ...] = ("effective_on", "reason")

    def __init__(self, *args: Any, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("effective_on", timezone.localdate())

    def groups(self) -> list[Group]:
        own = [name for name, field in self.fields.items() if name not in self.ABOUT and not field.widget.is_hidden]
        return [Group(self, "", own), self.about()]

    def about(self) -> Group:
        return Group(self, _("From when, and why"), self.ABOUT)


def person_fields(form: forms.Form, *, prefix: str = "", with_relation: bool = True) -> list[str]:
    """Add the fields of one person to a form; returns their names in order."""
    names = [f"{prefix}{name}" for name in ("name", "identity", "identity_kind")]
    form.fields[names[0]] = forms.CharField(
        label=gettext_lazy("person's name"), max_length=64, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    form.fields[names[1]] = identity_field(
        help_text=gettext_lazy("Kept encrypted. Sex and day of birth are read from it.")
    )
    form.fields[names[2]] = forms.ChoiceField(
        label=gettext_lazy("kind of paper"), choices=identity_kinds, required=False, initial=CARD
    )
    spec = [*([fields.MEMBER[0]] if with_relation else []), *fields.PERSON]
    for field in spec:
        form.fields[f"{prefix}{field.name}"] = AskedField(field)
        names.append(f"{prefix}{field.name}")
    form.fields[f"{prefix}phone"] = AskedField(fields.Field("phone", gettext_lazy("phone"), "phone", most=16))
    return [*names, f"{prefix}phone"]


def person_of(cleaned: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The person in a form's cleaned data, as services take it; empty fields are left out (the card may say them)."""
    names = ("name", "identity", "identity_kind", "relation", "phone", *(field.name for field in fields.PERSON))
    values = {name: cleaned.get(f"{prefix}{name}") for name in names}
    return {name: value for name, value in values.items() if value not in (None, "")}
