"""A thousand names with dots, blanks, widths, selectors, Extensions B to I and the province's scripts: one name each
from the workbook through the register, the search and paper to the next workbook and back."""

import random

import pytest
from django.conf import settings

from tests.assistance.importing import families, publish, send, workbook
from tests.formats.books import read_sheet
from tests.formats.test_paper import TEMPLATE, needs_fonts
from yishi.database.reach import everything
from yishi.formats.letters import BOX, boxed, missing
from yishi.formats.paper import Paper, Table
from yishi.formats.pdf import write_pdf
from yishi.formats.sheets import write_sheet
from yishi.kit.names import plain_name, searched
from yishi.people.models import Person

pytestmark = [pytest.mark.django_db]
FAMILY_NAMES = "李王张杨普罗刀岩玉和木余"
SCRIPTS = {
    "Han": (0x4E00, 0x9FA5),
    "A": (0x3400, 0x4DB5),
    "B": (0x20000, 0x2A6D6),
    "C": (0x2A700, 0x2B734),
    "D": (0x2B740, 0x2B81D),
    "E": (0x2B820, 0x2CEA1),
    "F": (0x2CEB0, 0x2EBE0),
    "G": (0x30000, 0x3134A),
    "H": (0x31350, 0x323AF),
    "I": (0x2EBF0, 0x2EE5D),
}
OTHERS = {
    "Yi": (0xA000, 0xA48C),
    "Tai Le": (0x1950, 0x196D),
    "New Tai Lue": (0x1980, 0x19AB),
    "Tibetan": (0x0F40, 0x0F47),
    "Lisu": (0xA4D0, 0xA4F7),
}
DOTS = "·•‧∙⋅・･"
BLANKS = ["", " ", "\u3000", "\u00a0", "\u200b"]
SELECTORS = ["\ufe00", "\U000e0100", "\U000e0101"]


def names(number=1000, seed=8):
    """(as it is written in one book, as another writes it): the same name, no two names alike."""
    draw = random.Random(seed)
    kinds = [*SCRIPTS, *OTHERS, "dotted", "Latin"]
    made = {}
    while len(made) < number:
        kind = kinds[len(made) % len(kinds)]
        if kind in OTHERS:
            first = second = "".join(chr(draw.randint(*OTHERS[kind])) for _ in range(draw.randint(2, 4)))
        elif kind == "dotted":
            parts = ["".join(chr(draw.randint(*SCRIPTS["Han"])) for _ in range(2)) for _ in range(2)]
            first, second = (f"{parts[0]}{draw.choice(DOTS)}{parts[1]}" for _ in range(2))
        elif kind == "Latin":
            word = "".join(chr(draw.randint(ord("A"), ord("Z"))) for _ in range(4)) + str(draw.randint(1, 9))
            first, second = word, "".join(chr(ord(letter) + 0xFEE0) for letter in word)
        else:
            letters = [draw.choice(FAMILY_NAMES), *(chr(draw.randint(*SCRIPTS[kind])) for _ in range(2))]
            if draw.random() < 0.2:
                letters[-1] += draw.choice(SELECTORS)
            first, second = (draw.choice(BLANKS).join(letters) for _ in range(2))
        if searched(first) not in made:
            made[searched(first)] = (first, second)
    return list(made.values())


def rows_of(spelt):
    rows = families(len(spelt) // 4)
    for row, name in zip(rows, spelt, strict=True):
        row["姓名"] = name
    return rows


def test_text_must_show_8_a_thousand_names_from_workbook_to_workbook(cast):
    drawn = names()
    with everything():
        sent = publish(cast, send(cast, workbook(rows_of([first for first, _second in drawn]))))
        assert (sent.state, sent.bad) == ("published", 0)
        kept = set(Person.within.values_list("name", flat=True))
        wanted = [plain_name(first) for first, _second in drawn]
        assert kept >= set(wanted) and len(set(wanted)) == len(drawn)

        for (_first, second), name in zip(drawn, wanted, strict=True):  # found, however it is typed
            assert name in Person.within.filter(name__finds=second).values_list("name", flat=True), name

        exported = write_sheet([[name] for name in wanted], ["姓名"], "名单")
        again = [row[0] for row in read_sheet(exported)[0].rows[1:]]
        assert again == wanted

        for spelt in (again, [second for _first, second in drawn]):  # imported again, as exported and as others write
            sent = send(cast, workbook(rows_of(spelt)))
            assert (sent.new, sent.changed, sent.bad, sent.same) == (0, 0, 0, len(drawn) // 4)


@needs_fonts
def test_text_must_show_8_a_thousand_names_on_paper():
    wanted = [plain_name(first) for first, _second in names()]
    data = Paper("名单", [Table([("姓名", 1)], [[name] for name in wanted])]).data()
    letters = missing(data, settings.FONTS_DIR)
    printed = boxed(data, letters)
    assert missing(printed, settings.FONTS_DIR) == []
    assert write_pdf(TEMPLATE, printed, settings.FONTS_DIR).startswith(b"%PDF-")
    for name in wanted:  # whole, or with a box for each letter that is named
        assert all(letter in letters for letter in name if boxed(letter, letters) == BOX)
    whole = [name for name in wanted if not set(name) & set(letters)]
    assert len(whole) > 400
