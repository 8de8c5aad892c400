"""Forms keep what was typed and show what is known."""

import re
from datetime import date

from django import forms
from django.utils import translation

from tests.every_form import form_classes
from tests.test_house import ROOT
from yishi.web.kit.fields.simple import day_field
from yishi.web.kit.forms import ActForm


class WhoForm(ActForm):
    who = forms.CharField(label="Person", required=False)
    name = forms.CharField(label="Or: name of somebody else", required=False)
    either = (("who", "name"),)


def test_where_one_of_two_counts_both_are_refused_and_nothing_that_was_typed_is_dropped():
    with translation.override("en"):
        form = WhoForm({"who": "a", "name": "张三"})
        assert not form.is_valid()
        assert form.errors["name"] == ["Fill in one alone: “Person”, or “Or: name of somebody else”."]
    assert WhoForm({"who": "a", "name": " "}).is_valid() and WhoForm({"name": "张三"}).is_valid()


def test_a_field_that_stands_for_another_one_says_so():
    """Its label begins with “or”: whoever fills in both is asked which of them counts."""
    with translation.override("en"):
        alone = {
            f"{form.__qualname__}.{name}"
            for form in form_classes()
            for name, field in form.base_fields.items()
            if re.match(r"or\b", str(field.label or ""), re.IGNORECASE)
            and not any(name in names for names in getattr(form, "either", ()))
        }
    assert not alone, f"both may be filled in, and one is dropped: {sorted(alone)}"


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


def test_every_day_is_asked_for_by_the_one_field_of_days():
    web = ROOT / "yishi" / "web"
    # The field, what it reads, a copy.
    own = {"kit/fields/simple.py", "kit/forms.py", "assistance/register/register_forms.py"}
    asked = {
        str(path.relative_to(web))
        for path in web.rglob("*.py")
        if re.search(r"forms\.Date(Input|Field)\(", path.read_text("utf-8"))
    }
    assert asked <= own


def test_a_day_that_a_form_adds_for_itself_is_one_that_a_browser_reads():
    """A field that came after the form was begun kept the day as people write it: the browser showed none."""

    class Late(ActForm):
        def __init__(self, *args, **kwargs):
            super().__init__(*args, **kwargs)
            self.fields["due"] = day_field("due")
            self.initial["due"] = date(2026, 11, 30)

    assert 'value="2026-11-30"' in str(Late()["due"])
    assert not Late({"due": "0202-11-30"}).is_valid()
