"""Catalogues as readable TOML files: shipped ones in data/catalogues/, others uploaded, each campaign's to download.

A file holds `name`, `source`, [[directions]] {code, name} and [[items]]; `published = false` marks an item as a
reconstruction. See data/catalogues/nine_ones.toml for the fields.
"""

import json
import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from yishi.kit.errors import Refusal

from .models import Campaign, CatalogueItem

FOLDER = Path(__file__).parent / "data" / "catalogues"
MOST_BYTES = 100_000
MOST_ITEMS = 200
REQUIRED = ("code", "direction", "name", "unit")
TEXTS = ("additivity", "serves", "hint", "indicator", "fed_by")
NUMBERS = ("per_member", "per_body")
FLAGS = ("asks_photo", "asks_position")
KNOWN = {*REQUIRED, *TEXTS, *NUMBERS, *FLAGS, "evidence", "published"}


@dataclass(frozen=True, slots=True)
class Catalogue:
    """One file: its directions as (code, name), its items as the fields of `item_add`."""

    name: str
    source: str
    directions: tuple[tuple[str, str], ...]
    items: tuple[dict[str, Any], ...]


@cache
def shipped() -> dict[str, Catalogue]:
    """The files that come with the platform, by name without ending."""
    return {path.stem: read_catalogue(path.read_bytes()) for path in sorted(FOLDER.glob("*.toml"))}


def read_catalogue(content: bytes) -> Catalogue:
    """The catalogue in a TOML file; a Refusal of the field "file" says what is wrong in it."""
    if len(content) > MOST_BYTES:
        raise _wrong(_("It is larger than 100 KB."))
    try:
        document = tomllib.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise _wrong(_("It is not a text in UTF-8.")) from error
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"line (\d+)", str(error))
        where = line[1] if line else str(content.count(b"\n") + 1)
        raise _wrong(_("Line %(line)s is not written as it should be.") % {"line": where}) from error
    directions = _tables(document, "directions")
    items = _tables(document, "items")
    codes = [_text(direction, "code", "directions") for direction in directions]
    if len(items) > MOST_ITEMS:
        raise _wrong(_("It holds more than %(most)d items.") % {"most": MOST_ITEMS})
    return Catalogue(
        name=str(document.get("name", "")),
        source=str(document.get("source", "")),
        directions=tuple(
            (code, _text(direction, "name", code)) for code, direction in zip(codes, directions, strict=True)
        ),
        items=tuple(_item(item, codes) for item in items),
    )


def _item(row: dict[str, Any], directions: list[str]) -> dict[str, Any]:
    item: dict[str, Any] = {field: _text(row, field, "items") for field in REQUIRED}
    code = item["code"]
    if unknown := sorted(set(row) - KNOWN):
        raise _wrong(_("Item “%(code)s” has the unknown field “%(field)s”.") % {"code": code, "field": unknown[0]})
    if item["direction"] not in directions:
        raise _wrong(
            _("Item “%(code)s” names the direction “%(direction)s”, which is not in the file.")
            % {"code": code, "direction": item["direction"]}
        )
    item |= {field: str(row[field]) for field in TEXTS if field in row}
    item |= {field: bool(row[field]) for field in FLAGS if field in row}
    for field in NUMBERS:
        if field in row:
            if type(row[field]) is not int or row[field] < 0:
                raise _wrong(_("Item “%(code)s”: “%(field)s” is a whole number.") % {"code": code, "field": field})
            item[field] = row[field]
    evidence = row.get("evidence", [])
    if not isinstance(evidence, list):
        raise _wrong(_("Item “%(code)s”: “%(field)s” is a list.") % {"code": code, "field": "evidence"})
    item["evidence"] = [str(kind) for kind in evidence]
    item["is_reconstruction"] = not row.get("published", True)
    return item


def _tables(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    tables = document.get(name)
    if not isinstance(tables, list) or not tables or not all(isinstance(table, dict) for table in tables):
        raise _wrong(_("It has no [[%(name)s]].") % {"name": name})
    return tables


def _text(row: dict[str, Any], field: str, where: str) -> str:
    value = row.get(field)
    if not isinstance(value, str) or not value.strip():
        raise _wrong(_("“%(field)s” is missing in “%(where)s”.") % {"field": field, "where": where})
    return value.strip()


def _wrong(fault: str) -> Refusal:
    return Refusal(
        "catalogue.file",
        _("This file is not a catalogue. %(what)s Mend it and choose it again.") % {"what": fault},
        field="file",
    )


def written_catalogue(campaign: Campaign) -> str:
    """The campaign's catalogue as such a file: each live item as its last version says it."""
    lines = [f"name = {_quoted(campaign.name)}", f"source = {_quoted(campaign.source_note)}", ""]
    for direction in campaign.directions.all():
        lines += ["[[directions]]", f"code = {_quoted(direction.code)}", f"name = {_quoted(direction.name)}", ""]
    items = CatalogueItem.objects.filter(campaign=campaign, is_retired=False)
    for item in items.select_related("direction").prefetch_related("versions"):
        version = item.said
        said: dict[str, Any] = {"code": item.code, "direction": item.direction.code}
        for field in ("name", "unit", *TEXTS, *FLAGS, *NUMBERS, "evidence"):
            value = getattr(version, field)
            if value not in (None, "", False):
                said[field] = value
        said["published"] = not version.is_reconstruction
        lines += ["[[items]]", *(f"{field} = {_quoted(value)}" for field, value in said.items()), ""]
    return "\n".join(lines)


def _quoted(value: Any) -> str:
    """A text, number, flag or list as TOML (whose basic strings are those of JSON)."""
    return json.dumps(value, ensure_ascii=False)
