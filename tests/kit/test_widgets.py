"""Fields are drawn without a template for each option, and letter by letter as Django's templates draw them."""

from datetime import date

import pytest
from django import forms
from django.forms.renderers import DjangoTemplates
from django.utils.safestring import mark_safe
from django.utils.translation import gettext_lazy, override

from yishi.web.kit.widgets import Renderer

CHOICES = [("", "---"), ("a", "甲 & 乙"), (1000, "<b>"), ("组", [("c", gettext_lazy("place")), (None, 1234567)])]
SAFE = [("x", mark_safe("<i>x</i>")), (mark_safe("&amp;"), "y")]
FIELDS = {
    "plain": (forms.Select(choices=CHOICES), "a"),
    "number chosen": (forms.Select(choices=CHOICES), 1000),
    "nothing": (forms.Select(choices=[]), None),
    "safe": (forms.Select(choices=SAFE, attrs={"class": 'a"b', "required": True, "hidden": False, "size": 3}), "x"),
    "several": (forms.SelectMultiple(choices=CHOICES), ["a", 1000]),
    "yes or no": (forms.NullBooleanSelect(), None),
    "text": (forms.TextInput(attrs={"placeholder": "<写>"}), '"引" & <号>'),
    "empty text": (forms.TextInput(), None),
    "zero": (forms.NumberInput(attrs={"min": 0, "step": "any"}), 0),
    "large": (forms.NumberInput(), 1234567),
    "day": (forms.DateInput(attrs={"type": "date"}), date(2026, 11, 30)),
    "hidden": (forms.HiddenInput(), "x"),
    "e-mail": (forms.EmailInput(), "a@b.cn"),
    "password": (forms.PasswordInput(), "secret"),
    "address": (forms.URLInput(), "https://a.cn/?a=1&b=2"),
    "file": (forms.ClearableFileInput(), None),
    "long": (forms.Textarea(), "长\n<文>"),
    "radio": (forms.RadioSelect(choices=CHOICES), "a"),
}


@pytest.mark.parametrize("name", FIELDS)
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_it_is_drawn_as_djangos_templates_draw_it(name, language):
    widget, value = FIELDS[name]
    with override(language):
        drawn = [widget.render("field", value, {"id": "id_field"}, kind()) for kind in (Renderer, DjangoTemplates)]
    assert drawn[0] == drawn[1]


def test_forms_are_drawn_by_it():
    class Form(forms.Form):
        kind = forms.ChoiceField(choices=CHOICES)

    assert type(Form().renderer) is Renderer


def test_a_widget_with_options_of_its_own_goes_to_its_template():
    class Shown(forms.Select):
        option_template_name = "django/forms/widgets/input.html"

    widget = Shown(choices=[("a", "甲")])
    assert widget.render("field", "a", {}, Renderer()) == widget.render("field", "a", {}, DjangoTemplates())
