"""The workbook of a list on a file holds what its page shows this viewer: the same rows, and no identity number."""

import re

import pytest
from django.urls import reverse

from tests.assistance.importing import card, families, publish, send, workbook
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.full_pages import Full
from tests.kept import kept
from yishi.database.reach import everything
from yishi.formats.sheets import cell_text
from yishi.reporting.fold import fold_all
from yishi.web.kit.exports import MEDIA_TYPE
from yishi.web.kit.lists import LISTS

pytestmark = [pytest.mark.django_db, pytest.mark.once]
OFFERED = re.compile(r'[?;]export=(\w+)"')
NUMBER = re.compile(r"[0-9]{17}[0-9Xx]")
SEES = {  # who opens which of the full pages
    "clerk": "household deed department water own county",
    "cadre": "household",
    "member": "deed own",
    "handler": "deed department",
    "water_clerk": "water county",
    "province_clerk": "household deed county",
}


def table_of(page: str, title: str) -> list[list[str]]:
    """The rows of the table with this title, cell by cell, as text."""
    table = re.search(
        rf'<caption class="visually-hidden">{re.escape(title)}</caption>.*?<tbody>(.*?)</tbody>', page, re.S
    )
    rows = re.findall(r"<tr>(.*?)</tr>", table[1], re.S)
    return [[re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", cell)).strip() for cell in row.split("</td>")] for row in rows]


def book(client, address: str, name: str) -> list[list[str]]:
    """The workbook of the list `name` of a file: its headings, its rows."""
    answer = client.get(address, {"export": name})
    assert answer.status_code == 200 and answer.headers["Content-Type"] == MEDIA_TYPE, (address, name)
    return [[cell_text(cell) for cell in row] for row in read_sheet(answer.content)[0].rows]


def test_each_list_of_a_file_is_the_workbook_of_what_stands_there(client, cast):
    full = Full(cast)
    fold_all()
    compared = set()
    for who, pages in SEES.items():
        sign_in(client, cast, who)
        for address in (full.addresses[page] for page in pages.split()):
            answer = client.get(address)
            page = answer.content.decode()
            for name in OFFERED.findall(page) if answer.status_code == 200 else ():
                if name not in LISTS:
                    continue
                _headings, *rows = book(client, address, name)
                shown = table_of(page, str(LISTS[name].title))
                assert len(rows) == len(shown), (who, address, name)
                for row, cells in zip(rows, shown, strict=True):  # by what stands in the first column of each
                    assert row[0] in cells[0], (who, address, name)
                    assert not [cell for cell in row if NUMBER.search(cell)], (who, address, name)
                compared.add(name)
    assert compared >= {"household_members", "deed_parties", "given_items", "phases_focus"}


def test_nobody_gets_the_workbook_of_a_file_that_they_may_not_open(client, cast):
    home = Full(cast).home
    sign_in(client, cast, "outsider")
    assert client.get(reverse("household", args=[home.pk]), {"export": "household_members"}).status_code == 404


def test_members_stand_in_the_workbook_with_stars_and_ages(client, cast):
    home = Full(cast).home
    sign_in(client, cast, "clerk")
    headings, *members = book(client, reverse("household", args=[home.pk]), "household_members")
    numbers = [row[headings.index("证件号码")] for row in members]
    assert all(re.fullmatch(r"\*+[0-9Xx]{4}", number) for number in numbers if number) and any(numbers)
    assert not [cell for row in members for cell in row if re.fullmatch(r"\d{4}-\d\d-\d\d", cell)]


@kept
def changing(cast):
    """A workbook that changes 300 families: the number of a paper of one, the phones of all."""
    with everything():
        publish(cast, send(cast, workbook(families(300, size=2))))
        lines = families(300, size=2)
        for line in lines:
            line["联系电话"] = "13911112222"
            line["文化程度"] = "高中"
        lines[0].update(姓名="王丙丙", 证件号码=card(7_777))
        return send(cast, workbook(lines))


def test_the_workbook_of_household_changes_masks_identity_numbers(client, cast, changing):
    sign_in(client, cast, "clerk")
    address = reverse("import", args=[changing.pk])
    headings, *changes = book(client, address, "import_changes")
    assert headings == ["行", "列", "原来", "改为"]
    of_papers = [row for row in changes if row[1] == "证件号码"]
    assert [row[3] for row in of_papers] == ["*" * 14 + card(7_777)[-4:]]
    assert {row[1] for row in changes if row[2:] != ["", ""]} >= {"证件号码", "出生日期"}  # what the number says too
    assert not [row[1] for row in changes if row[1].isascii()]  # no column by its name in the code
    assert not [cell for row in changes for cell in row if NUMBER.search(cell)]


def test_the_workbook_of_changes_has_those_that_the_page_cuts_off(client, cast, changing):
    sign_in(client, cast, "clerk")
    _headings, *changes = book(client, reverse("import", args=[changing.pk]), "import_changes")
    assert len(changes) > 500


def test_rows_of_a_sent_workbook_come_without_numbers_of_papers(client, cast):
    with everything():
        sent = send(cast, workbook(families(2)))
    sign_in(client, cast, "clerk")
    address = reverse("import", args=[sent.pk])
    headings, *rows = book(client, address, "import_rows")
    assert "证件号码" not in headings and len(rows) == 8
    assert not {card(number) for number in range(8)} & {cell for row in rows for cell in row}
