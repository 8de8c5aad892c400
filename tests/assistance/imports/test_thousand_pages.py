"""A thousand names through the pages: sent by the import, found by the search, exported by the list, sent again."""

import re

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from tests.assistance.importing import workbook
from tests.assistance.imports.test_thousand_names import names, rows_of
from tests.cast import sign_in
from tests.formats.books import read_sheet
from tests.formats.test_paper import TEMPLATE, needs_fonts, needs_poppler, read
from yishi.assistance.imports.models import Import
from yishi.assistance.imports.services.steps import imports_work
from yishi.assistance.register.models import HouseholdMember
from yishi.database.reach import everything
from yishi.formats.letters import missing
from yishi.formats.paper import Paper, Table
from yishi.formats.pdf import write_pdf
from yishi.kit.ids import uuid7
from yishi.kit.names import plain_name

pytestmark = [pytest.mark.django_db, pytest.mark.long]


def sent(client, cast, spelt):
    """The import that a desk sends on its page, checked by the jobs."""
    file = SimpleUploadedFile("农户.xlsx", workbook(rows_of(spelt)))
    fields = {"kind": "households", "body": cast.bodies["office"].pk, "year": 2020, "file": file}
    answer = client.post(reverse("import_new"), fields)
    assert answer.status_code == 302
    imports_work()
    return answer.url


def test_text_must_show_8_a_thousand_names_through_the_pages(client, cast):
    drawn = names()
    wanted = [plain_name(first) for first, _second in drawn]
    sign_in(client, cast, "clerk")
    page = sent(client, cast, [first for first, _second in drawn])
    key = page.strip("/").rpartition("/")[2]
    assert client.post(reverse("import_take", args=[key]), {"act_id": uuid7()}).status_code == 302
    imports_work()

    with everything():
        members = HouseholdMember.within.select_related("person", "household__head")
        heads = {member.person.name: member.household.head.name for member in members}
    assert set(heads) == set(wanted)
    for (first, second), name in zip(drawn, wanted, strict=True):  # as it is written and as another writes it
        for typed in {first, second}:
            found = client.get(reverse("search"), {"q": typed, "kind": "households"}).context["results"][0]["lines"]
            assert heads[name] in [line["title"] for line in found], (name, typed)

    answer = client.get(reverse("households"), {"export": "members"})
    sheet = read_sheet(answer.getvalue())[0].rows
    (column,) = [place for place, heading in enumerate(sheet[0]) if "姓名" in str(heading)]
    exported = [row[column] for row in sheet[1:]]
    assert sorted(exported) == sorted(wanted)

    order = {name: place for place, name in enumerate(wanted)}
    again = sent(client, cast, sorted(exported, key=order.__getitem__))
    with everything():
        row = Import.objects.order_by("-sent_at").first()
        assert (row.new, row.changed, row.bad, row.same) == (0, 0, 0, len(wanted) // 4)
    assert client.get(again).status_code == 200


def listed(people):
    return Paper("名单", [Table([("姓名", 1)], [[name] for name in people])]).data()


@needs_fonts
@needs_poppler
def test_text_must_show_8_a_thousand_names_read_back_from_paper():
    wanted = [plain_name(first) for first, _second in names()]
    letters = set(missing(listed(wanted), settings.FONTS_DIR))
    whole = [name for name in wanted if not set(name) & letters]
    assert len(whole) > 400
    printed = read(write_pdf(TEMPLATE, listed(whole), settings.FONTS_DIR))
    text = re.sub(r"\s", "", printed)
    assert [name for name in whole if re.sub(r"\s", "", name) not in text] == []
