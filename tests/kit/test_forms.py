"""Forms keep what was typed and show what is known."""

from datetime import date

from django import forms
from django.utils import translation

from yishi.web.kit.forms import ActForm


class DayForm(ActForm):
    on = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))


def test_a_day_that_is_known_stands_in_the_day_picker_in_every_language():
    for language in ("zh-hans", "en"):
        with translation.override(language):
            assert 'value="2026-11-24"' in str(DayForm(initial={"on": date(2026, 11, 24)})["on"])


def test_a_day_comes_back_as_the_picker_sends_it():
    for language in ("zh-hans", "en"):
        with translation.override(language):
            form = DayForm({"on": "2026-11-24"})
            assert form.is_valid() and form.cleaned_data["on"] == date(2026, 11, 24)
