"""Rows without a JSON value are asked for by `__isnull`: `field=None` asks for the JSON word null, and finds none."""

import re
from pathlib import Path

from django.apps import apps
from django.db.models import JSONField

import yishi

SOURCES = Path(yishi.__file__).parent


def test_nothing_asks_a_json_column_for_none():
    columns = {
        field.name
        for model in apps.get_models()
        for field in model._meta.fields
        if isinstance(field, JSONField) and field.null
    }
    assert {"settled_answers", "asked_money"} <= columns
    asked = re.compile(rf"\b(?:\w+__)?(?:{'|'.join(sorted(columns))})=None\b")
    assert asked.search("filter(settled_answers=None)")
    found = [
        f"{path.relative_to(SOURCES)}: {line.strip()}"
        for path in sorted(SOURCES.rglob("*.py"))
        for line in path.read_text("utf-8").splitlines()
        if asked.search(line)
    ]
    assert not found
