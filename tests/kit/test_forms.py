"""Forms keep what was typed and show what is known."""

import re
from datetime import date

from django import forms
from django.utils import translation

from tests.test_house import ROOT
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


def test_a_draft_belongs_to_the_address_with_what_it_fills_in():
    """With the path alone a draft left elsewhere would cover what `?class=` or `?like=` filled in."""
    templates = sorted((ROOT / "yishi" / "web" / "templates").rglob("*.html"))
    kept = [key for path in templates for key in re.findall(r'data-draft="([^"]*)"', path.read_text("utf-8"))]
    assert len(kept) > 5
    assert {key for key in kept if key != "{{ request.get_full_path }}"} == {
        "{{ request.path }}state/"
    }  # a page's second
