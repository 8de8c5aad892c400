"""The documents name only pictures that are there, and link only to files that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_link_leads_to_a_file(document):
    missing = [link for link in LINK.findall(document.read_text("utf-8")) if not (document.parent / link).exists()]
    assert missing == []


def test_every_picture_is_shown_and_small():
    shown = {Path(link).name for path in DOCUMENTS for link in LINK.findall(path.read_text("utf-8"))}
    for picture in (ROOT / "docs" / "pictures").glob("*.png"):
        assert picture.name in shown, picture.name
        assert picture.stat().st_size <= 150_000, picture.name
