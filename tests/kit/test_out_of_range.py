"""forms 10: a number that no column holds, a month of no year: 404 in an address, a sentence in a form, never 500."""

import re
from copy import deepcopy

import pytest
from django import forms
from django.urls import reverse
from django.utils import translation

from tests import samples as sample
from tests.cast import sign_in
from tests.consulting import Consulted
from tests.every_form import fields_of
from tests.kit.test_hostile_forms import FILTERS
from yishi.config.checks import all_views
from yishi.database.reach import everything
from yishi.deliberation.models import Voice
from yishi.kit.ids import uuid7
from yishi.web.kit.fields.numbers_in import MOST, NumberConverter
from yishi.web.kit.forms import Form

HUGE = (2**31, 2**63, 10**30)
MONTHS = ("99999999999999999999-01", "99999999999999999999-01-01", "0000-00-00", "-1-1", "²0²6-0²")
NUMBERS = dict(fields_of(forms.IntegerField))
DAYS = dict(fields_of(forms.DateField)) | dict(fields_of(forms.DateTimeField))


def said(field, text):
    form = type("OneField", (Form,), {"field": deepcopy(field)})({"field": text})
    with translation.override("zh-hans"):
        form.is_valid()
    return form.errors.get("field", [])


@pytest.mark.parametrize("name", sorted(NUMBERS))
@pytest.mark.parametrize("number", [*HUGE, -(10**30)])
def test_forms_10_a_field_refuses_what_no_column_holds(name, number):
    if isinstance(NUMBERS[name], forms.DecimalField) and number == 2**31:
        return  # thousandths in a wide column
    assert said(NUMBERS[name], str(number))


@pytest.mark.parametrize("name", sorted(DAYS))
def test_forms_10_a_day_of_no_year_is_none(name):
    for text in MONTHS:
        assert said(DAYS[name], text), text


def numbered():
    """(name, pattern, is it ours) of every address that holds a number."""
    for pattern, name, view in all_views():
        text = str(pattern)
        if re.search("<(int|number):", text):
            yield name, text, hasattr(view, "right")


def test_forms_10_no_address_takes_a_number_of_any_length():
    found = [text for _name, text, is_ours in numbered() if is_ours]
    assert len(found) >= 4
    assert [text for text in found if "<int:" in text] == []


def test_forms_10_an_address_takes_nine_digits():
    assert re.fullmatch(NumberConverter.regex, "9" * 9) and not re.fullmatch(NumberConverter.regex, "9" * 10)
    assert int("9" * 9) < MOST


@pytest.mark.django_db
@pytest.mark.parametrize("number", HUGE)
def test_forms_10_a_number_in_an_address_is_not_found(client, cast, number):
    sign_in(client, cast, "clerk")
    key = str(uuid7())
    for _name, text, is_ours in numbered():
        known = re.sub(r"<(int|number):\w+>", str(number), text)
        address = "/" + re.sub(r"<uuid:\w+>", key, re.sub(r"<(slug|str):\w+>", "x", known)).lstrip("^/")
        for answer in client.get(address), client.post(address):
            assert answer.status_code in (404, 405) or (not is_ours and answer.status_code == 302), address


@pytest.mark.django_db
@pytest.mark.parametrize("number", HUGE)
def test_forms_10_a_vote_on_a_huge_number_is_refused(client, cast, number):
    with everything():
        row = Consulted(cast).opened().consultation
    client.get(reverse("consult", args=[row.code]))
    answer = client.post(reverse("consult_vote", args=[row.code]), {"number": number, "value": 1, "act_id": uuid7()})
    assert (answer.status_code, Voice.objects.count()) == (422, 0)


@pytest.mark.django_db
def test_forms_10_a_month_of_no_year_is_this_month(client, cast):
    sign_in(client, cast, "clerk")
    for text in MONTHS:
        assert client.get(reverse("calendar"), {"month": text}).status_code == 200


@pytest.mark.django_db
@pytest.mark.long
@pytest.mark.parametrize("asked", [str(10**30), *MONTHS[:2], "²"])
def test_forms_10_no_filter_of_any_page_breaks(client, cast, asked):
    samples = sample.kwargs_by_loader(cast)
    sign_in(client, cast, "clerk")
    for name, address, view, _loader in sample.addresses(samples):
        if "GET" in view.methods:
            answer = client.get(address, dict.fromkeys(set(FILTERS) - {"export", "place"}, asked))
            assert answer.status_code < 500, name
