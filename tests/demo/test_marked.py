"""A demo says so on everything: each page, each paper, each workbook, and the name of each file that it hands out."""

import io
import re
import shutil
import subprocess
from urllib.parse import unquote

import pytest
from django.conf import settings
from django.http import HttpResponse
from docx import Document

from tests import samples as sample
from tests.auditing import EXPORT, content, every_file_is_there, papers_say_their_data
from tests.cast import sign_in
from tests.kept import kept
from yishi.database.reach import everything
from yishi.formats.paper import Paper, Text
from yishi.formats.sheet_rows import Row, read_rows
from yishi.formats.word import write_word
from yishi.organisations import installed
from yishi.organisations.demo import MARK
from yishi.organisations.models import Installation
from yishi.reporting.fold import fold_all
from yishi.web.kit import press

pytestmark = pytest.mark.django_db
TEMPLATES = sorted(press.TEMPLATES.glob("*.typ"))
OF_THE_CAMPAIGN = re.compile(r"supervision|round|exit|watch|outcome|team|volunteer|drive|figure|register|finding")
NO_FILE = "image/"


@kept
def samples(cast):
    return sample.kwargs_by_loader(cast)


@pytest.fixture
def in_demo(samples, monkeypatch):
    """The samples on an installation that is a demo."""
    with everything():
        Installation.objects.update(is_demo=True)
    monkeypatch.setattr(installed, "_kept", None)
    yield samples
    installed._kept = None


def lacks(response: HttpResponse) -> str:
    """What of a response does not say that it is a demo's; "" where all of it does, or it is no such thing."""
    if response.status_code != 200:
        return ""
    kind, name = response.headers.get("Content-Type", ""), unquote(response.headers.get("Content-Disposition", ""))
    if kind.startswith(NO_FILE):
        return ""
    if kind.startswith("text/html"):
        whole = b"<html" in response.content  # a fragment is put into a page that says so
        return "page" if whole and MARK.encode() not in response.content else ""
    if name and MARK not in name:
        return "name"
    if kind.startswith(("application/pdf", press.WORD, "application/vnd.openxmlformats-officedocument.spreadsheetml")):
        return "content" if MARK.encode() not in content(response) and MARK not in content(response).decode() else ""
    return ""


@pytest.mark.long
@pytest.mark.once
def test_everything_that_is_shown_or_handed_out(client, cast, in_demo, monkeypatch):
    """Every address, as the county's clerk, with its workbook where the page offers one."""
    papers_say_their_data(monkeypatch)
    every_file_is_there(monkeypatch)
    sign_in(client, cast, "clerk")
    fold_all()
    found, seen, workbooks = set(), set(), 0
    for name, address, view, _loader in sample.addresses(in_demo):
        if "GET" not in view.methods:
            continue
        if "_auth_user_id" not in client.session:
            sign_in(client, cast, "clerk")
        response = client.get(address)
        if fault := lacks(response):
            found.add((name, fault))
        if response.status_code == 200:
            seen.add(name)
            if not response.streaming and EXPORT in response.content:
                workbooks += 1
                if fault := lacks(client.get(address, {"export": "xlsx"})):
                    found.add((name, f"workbook {fault}"))
    assert found == set()
    assert len([name for name in seen if OF_THE_CAMPAIGN.search(name)]) > 40 and workbooks > 20


def test_a_real_installation_says_nothing_of_it(client, cast, samples, monkeypatch):
    monkeypatch.setattr(installed, "_kept", None)
    papers_say_their_data(monkeypatch)
    sign_in(client, cast, "clerk")
    for name, address, view, _loader in sample.addresses(samples):
        if "GET" in view.methods and OF_THE_CAMPAIGN.search(name):
            response = client.get(address)
            said = b"" if response.streaming else response.content
            assert MARK.encode() not in said and MARK not in unquote(str(response.headers)), name


def test_a_workbook_begins_with_it(client, cast, in_demo):
    sign_in(client, cast, "clerk")
    book = client.get("/desk/watch/signals/", {"export": "xlsx"})
    rows = [row for row in read_rows(book.content, "list.xlsx") if isinstance(row, Row)]
    assert MARK in str(rows[0])


def test_a_word_paper_says_it_at_the_top_and_at_the_foot():
    document = Document(io.BytesIO(write_word(Paper("通知", [Text("内容")], foot="编号 1"), MARK)))
    assert document.paragraphs[0].text == MARK
    assert all(MARK in "".join(line.text for line in section.footer.paragraphs) for section in document.sections)
    assert MARK not in "".join(line.text for line in Document(io.BytesIO(write_word(Paper("通知", [])))).paragraphs)


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="apt install poppler-utils")
def test_every_page_of_a_pdf_says_it():
    paper = Paper("通知", [Text("很长的一段话。" * 40) for _ in range(12)])
    pdf = press.write_pdf(press.TEMPLATES / "paper.typ", paper.data(), settings.FONTS_DIR, MARK)
    pages = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    pages = [page for page in pages.split("\f") if page.strip()]
    assert len(pages) > 1 and all(MARK in page.replace("\n", "") for page in pages)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.stem)
def test_no_template_of_papers_forgets_it(template):
    """A template sets the page of `official`, or draws the mark itself."""
    text = template.read_text("utf-8")
    assert "marked" in text or "official.with" in text
