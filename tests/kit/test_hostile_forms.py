"""Every form of the assistance campaign, sent with what nobody types: no page breaks, nothing foreign is shown.

The pages come from the URL configuration, the fields from the pages themselves: a new form is tried by itself.
"""

from datetime import timedelta
from html.parser import HTMLParser

import pytest
from django.db import transaction
from django.utils import timezone

from tests import samples as sample
from tests.cast import sign_in
from tests.kept import kept

pytestmark = [pytest.mark.django_db, pytest.mark.long]

# Pages of other parts of the product: tests/kit/test_bad_input.py and its neighbours try those.
MODULES = frozenset(
    "activities answer_sheets campaign_items campaigns change_requests check_rules checks cooperations deed_acts "  # noqa: SIM905
    "deed_record deeds drives duplicates family family_code figure_numbers figure_reports figures fund_acts funds "
    "helping household_acts household_change household_members household_years households imports matches needs offers "
    "pairing pairing_acts place_sets proposal_acts proposals project_acts project_plan projects search steering teams "
    "unitemised village_plans visits".split()
)
LONG, ZERO = "长" * 100_000, "a\x00b"
FILTERS = ("page", "export", "year", "place", "place_id", "body", "item", "campaign", "phase", "kind", "state", "days",
           "month", "q", "from", "to", "direction", "view", "series", "set", "theme", "number", "person")  # fmt: skip


class Fields(HTMLParser):
    """The forms of a page: [method, {name: (type, value)}]."""

    def __init__(self, page: str):
        super().__init__()
        self.forms, self.select = [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        name, value, kind = given.get("name"), given.get("value") or "", given.get("type", "text")
        if tag == "form":
            self.forms.append([given.get("method", "get").lower(), {}])
        if not self.forms:
            return
        fields = self.forms[-1][1]
        if tag in ("input", "textarea") and name and kind not in ("file", "submit"):
            if kind not in ("radio", "checkbox") or "checked" in given or name not in fields:
                fields[name] = (kind if tag == "input" else tag, value)
        elif tag == "select" and name:
            self.select = name
            fields[name] = (tag, "")
        elif tag == "option" and self.select and (value and not fields[self.select][1] or "selected" in given):
            fields[self.select] = ("select", value)

    def handle_endtag(self, tag):
        if tag == "select":
            self.select = ""


GUESSES = (  # part of a field's name: what a person might type there
    ("act_id", ""), ("household", ""), ("phone", "13900000000"), ("year", "2020"), ("_q", ""), ("_id", ""),
    ("quantities", "道路硬化 1 公里"), ("places", "牟尼村"), ("place", "牟尼村"), ("helper", "委员乙"),
    ("first", "牟定县水务局"), ("second", "牟定县农业农村局"), ("third", ""), ("bearer", "牟定县水务局"),
    ("supervisor", "牟定县政协办公室"), ("acceptor", "牟定县政协办公室"), ("sent_by", "牟定县水务局"),
    ("body", "牟定县水务局"), ("unit", "公里"), ("income", "1"), ("months", "1"), ("number", ""),
    *((word, "1") for word in ("amount", "quantity", "days", "part", "per_", "value", "unnamed", "overlap", "count")),
    *((word, "") for word in ("share", "fiscal", "east", "targeted", "company", "member", "other", "pupil", "hamlet")),
)  # fmt: skip
LATER = ("ends_on", "due_on", "until", "wanted_by", "valid_until")


def filled(fields):
    """What a person might send."""
    today = timezone.localdate()
    made = {}
    for name, (kind, value) in fields.items():
        if name == "csrfmiddlewaretoken":
            continue
        if kind == "date":
            typed = (today + timedelta(days=1 if name in LATER else -1)).isoformat()
        else:
            typed = next((guess for part, guess in GUESSES if part in name), "测试")
        made[name] = value or typed
    return made


def mean(fields, foreign):
    """What is sent: one mean value in every field, lists where one value belongs, ids of another county."""
    base = filled(fields)
    day = {name for name in base if fields[name][0] == "date"}
    worst = {name: "9999-12-31" if name in day else "1e999" if base[name] == "1" else ZERO for name in base}
    for every in (dict.fromkeys(base, LONG), worst, {name: [typed, "zz", typed] for name, typed in base.items()}):
        yield {**every, **({"act_id": base["act_id"]} if every is not worst else {})}
    chosen = [name for name in base if fields[name][0] in ("select", "hidden", "radio", "checkbox")]
    for value in foreign:
        yield {**base, **{name: value for name in chosen if name != "act_id"}}


def pages(samples, client):
    """(name, address, view, forms) of the pages of the campaign that open."""
    for name, address, view, _loader in sample.addresses(samples):
        if view.__module__.rpartition(".")[2] in MODULES and "GET" in view.methods:
            response = client.get(address)
            if response.status_code == 200 and response["Content-Type"].startswith("text/html"):
                yield name, address, view, Fields(response.content.decode()).forms


def sent(client, method, name, address, data):
    """The answer; afterwards everything is as before."""
    mark = transaction.savepoint()
    try:
        response = getattr(client, method)(address, data)
    except Exception as error:
        raise AssertionError((name, method, {key: str(value)[:40] for key, value in data.items()})) from error
    finally:
        transaction.savepoint_rollback(mark)
    assert response.status_code in (200, 302, 400, 403, 404, 409, 410, 422), (name, response.status_code)
    return response


@kept
def samples(cast):
    return sample.kwargs_by_loader(cast)


@kept
def foreign(cast):
    """Ids of another county."""
    return [str(cast.bodies["outside_office"].pk)]


@pytest.mark.once
def test_no_form_and_no_filter_breaks(client, cast, samples, foreign):
    sign_in(client, cast, "clerk")
    tried = set()
    for name, address, view, forms in pages(samples, client):
        names = {*FILTERS, *(key for method, fields in forms if method == "get" for key in fields)}
        days = {"on", "start", "end", "known", "from", "to"}
        asked = {key: "9999-12-31" if key in days else ZERO for key in names - {"export"}}
        sent(client, "get", name, address, asked)
        for method, fields in forms:
            if method == "post" and "act_id" in fields and "POST" in view.methods:
                tried.add(name)
                for data in mean(fields, foreign):
                    answer = sent(client, "post", name, address, data)
                    assert "外县村户主".encode() not in getattr(answer, "content", b""), name
    assert len(tried) > 60, sorted(tried)
