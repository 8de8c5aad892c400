"""A day that may still move says so wherever it is shown, and one that stands never does."""

import io
import re
import zipfile
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.utils import timezone
from django.utils.html import strip_tags

from tests import samples
from tests.cast import sign_in
from yishi.commitments.models import Commitment
from yishi.database.counted_days import CountedDayField
from yishi.database.reach import everything
from yishi.deliberation.services.worries import worry_file
from yishi.kit import clock
from yishi.notices.texts import sentence
from yishi.organisations.grants import Viewer

NOTE = "（放假安排公布前暂定）"
FAR = date(2041, 3, 1)


def counted_columns():
    for model in apps.get_models():
        for field in model._meta.local_fields:
            if isinstance(field, CountedDayField):
                yield model, field.name
    yield Commitment, "due_on"


def mark():
    """Give every counted day a day of its own in a year of which nothing is announced: day → whose it is."""
    owners = {}
    for model, column in counted_columns():
        for row in model._base_manager.exclude(**{column: None}).order_by("pk"):
            day = FAR + timedelta(days=len(owners))
            more = {"due_counted_from": timezone.localdate()} if column == "due_on" and model is Commitment else {}
            model._base_manager.filter(pk=row.pk).update(**{column: day}, **more)
            owners[day] = f"{model.__name__}.{column}"
    return owners


def shown_on(client, given):
    """(address, what is read there) of every page and Word file that answers, and of the list's workbook."""
    for address in given:
        response = client.get(address)
        if response.status_code != 200:
            continue
        yield address, read(response)
        if b"export=xlsx" in getattr(response, "content", b""):
            yield address + "?export=xlsx", read(client.get(address, {"export": "xlsx"}))


def read(response):
    body = b"".join(response) if response.streaming else response.content
    if body.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(body)) as book:
            parts = [book.read(name).decode("utf-8", "replace") for name in book.namelist() if name.endswith(".xml")]
        return "".join(parts)
    return re.sub(r"\s+", " ", strip_tags(body.decode())) if response["Content-Type"].startswith("text/html") else ""


@pytest.mark.long
@pytest.mark.django_db
def test_text_6_every_page_says_of_a_day_that_it_may_move(client, cast, monkeypatch):
    given = [address for _name, address, _view, _loader in samples.addresses(samples.kwargs_by_loader(cast))]
    with everything():
        worry_file(
            actor=Viewer(), text="路灯坏了", theme="land", place=cast.places["牟尼村"], venue=None, channel="code"
        )
    owners = mark()
    seen = set()
    for who in ("convener", "handler"):
        sign_in(client, cast, who)
        for address, text in shown_on(client, given):
            for day, owner in owners.items():
                for said in (f"{day.year}年{day.month}月{day.day}日", day.isoformat(), f"{day:%Y/%m/%d}"):
                    for place in re.finditer(re.escape(said), text):
                        assert text[place.end() :].startswith(NOTE), f"{address}: {owner} is shown without its doubt"
                        seen.add(owner)
    # A step's record is read by the recount alone; a sitting's minutes are shown as they are counted now.
    assert seen == set(owners.values()) - {"StepRecord.due_on", "Minutes.due_on"}
    monkeypatch.setattr(clock, "knows_year", lambda year: True)
    for address, text in shown_on(client, given):
        assert NOTE not in text, address


def test_text_6_a_notice_keeps_the_doubt_that_it_was_told_with():
    assert NOTE in sentence("gate.asked", {"number": "一", "due_on": "2027-01-05?"})
    assert NOTE not in sentence("gate.asked", {"number": "一", "due_on": "2027-01-05"})
