"""A list is declared once: one column is one line, in the table, on the cards and in the workbook."""

import ast
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation
from django.utils.translation import gettext_lazy

import yishi.web.urls  # noqa: F401  every page declares its lists
from tests.formats.books import read_sheet
from yishi.formats.sheets import cell_text
from yishi.web.kit.lists import LISTS, Column, DeclaredList, is_filtered, local_day, reader

WEB = Path(__file__).resolve().parents[2] / "yishi" / "web"
TEMPLATES = WEB / "templates"
pytestmark = pytest.mark.django_db  # a workbook says whether it comes from a demo


@dataclass
class Goat:
    pk: int
    name: str
    born: date
    keeper: SimpleNamespace | None = None

    def colour(self) -> str:
        return "<brown>"


GOATS = [
    Goat(1, "Anna & Co", date(2026, 3, 1), SimpleNamespace(name="Li")),
    Goat(2, "Berta", date(2025, 1, 2)),
]
PAGE = """{% list_table goats rows as goat %}
{% cell "name" %}<a href="/goats/{{ goat.pk }}/">{{ goat.name }}</a>{% endcell %}
{% endlist_table %}"""


def columns() -> list[Column]:
    return [
        Column(gettext_lazy("name"), "name", cell="name"),
        Column(gettext_lazy("day"), "born"),
        Column("keeper", "keeper.name", shown=lambda goat: reader("keeper.name")(goat) or "—"),
        Column("sum", lambda goat: goat.pk * 10, css="number", page=False),
    ]


def drawn(goats: DeclaredList, template: str = PAGE, **context: object) -> str:
    with translation.override("en"):
        return Template(template).render(Context({"goats": goats, "rows": GOATS, **context}))


def sheet(goats: DeclaredList, rf) -> list[list[str]]:
    with translation.override("en"):
        content = goats.workbook(rf.get("/"), GOATS).content
    return [[cell_text(cell) for cell in row] for row in read_sheet(content)[0].rows]


def test_one_line_adds_a_column_to_the_table_the_cards_and_the_workbook(rf):
    before = DeclaredList("", "goats", columns())
    after = DeclaredList("", "goats", [*columns(), Column("colour", "colour")])  # the one line
    assert "colour" not in drawn(before) and "colour" not in str(sheet(before, rf))
    page = drawn(after)
    assert page.count('<th scope="col">colour</th>') == 1
    assert page.count('<td data-label="colour">&lt;brown&gt;</td>') == len(GOATS)
    assert [row[-1] for row in sheet(after, rf)] == ["colour", "<brown>", "<brown>"]


def test_a_table_says_what_it_is_and_labels_every_card(rf):
    page = drawn(DeclaredList("", "all goats", columns()))
    assert '<caption class="visually-hidden">all goats</caption>' in page
    assert '<td data-label="name"><div><a href="/goats/1/">Anna &amp; Co</a></div></td>' in page
    assert '<td data-label="day">1 Mar 2026</td>' in page
    assert '<td data-label="keeper">—</td>' in page
    assert "sum" not in page
    assert sheet(DeclaredList("", "all goats", columns()), rf)[0] == ["name", "day", "keeper", "sum"]
    assert sheet(DeclaredList("", "all goats", columns()), rf)[2] == ["Berta", "2025-01-02", "", "20"]


def test_headings_are_in_the_readers_language():
    with translation.override("zh-hans"):
        page = Template(PAGE).render(Context({"goats": DeclaredList("", "x", columns()), "rows": GOATS}))
    assert 'data-label="day"' not in page and re.search(r'data-label="[\u4e00-\u9fff]+">2026年3月1日</td>', page)


def test_links_hidden_headings_groups_and_columns_that_the_page_asks_for():
    goats = DeclaredList(
        "",
        "goats",
        [
            Column("name", shown="name", link=lambda goat: f"/goats/{goat.pk}/?a=1&b=2" if goat.pk == 1 else ""),
            Column("buttons", cell="acts", is_silent=True),
            Column("born", "born", only="with_days"),
        ],
        group=lambda goat: goat.born.year,
    )
    template = """{% list_table goats rows as goat %}
        {% cell "acts" %}{% if goat.pk == 2 %}<b>x</b>{% endif %}{% endcell %}
        {% cell "group" %}{{ goat.born.year }}{% endcell %}{% endlist_table %}"""
    page = drawn(goats, template)
    assert '<a href="/goats/1/?a=1&amp;b=2">Anna &amp; Co</a>' in page and '<td data-label="name">Berta</td>' in page
    assert '<th scope="col"><span class="visually-hidden">buttons</span></th>' in page
    assert "<td></td>" in page and "<td><div><b>x</b></div></td>" in page  # an empty cell stays empty
    assert page.count("born") == 0 and drawn(goats, template, with_days=True).count("born") == 1 + len(GOATS)
    assert page.count('<tr class="group-row"><th colspan="2" scope="rowgroup">') == 2


def test_a_cell_without_a_column_is_refused():
    with pytest.raises(TemplateSyntaxError, match="horns"):
        drawn(DeclaredList("", "goats", columns()), PAGE.replace('"name"', '"horns"'))


def test_a_column_may_have_another_place_in_the_workbook(rf):
    goats = DeclaredList("", "goats", [Column("c", "pk", at=3), Column("a", "name"), Column("b", "born", at=2)])
    assert sheet(goats, rf)[0] == ["a", "b", "c"]
    page = drawn(goats, "{% list_table goats rows as goat %}{% endlist_table %}")
    assert re.findall(r'<th scope="col">(\w)</th>', page) == ["c", "a", "b"]


def test_rows_are_prepared_together_for_the_workbook(rf):
    asked = []

    def prepare(goats):
        asked.append(len(goats))
        return [{"goat": goat, "pair": len(goats)} for goat in goats]

    goats = DeclaredList("", "goats", [Column("name", "goat.name"), Column("of", "pair")], prepare=prepare)
    assert sheet(goats, rf)[1:] == [["Anna & Co", "2"], ["Berta", "2"]] and asked == [2]


def test_filters_are_what_narrows(rf):
    assert is_filtered(rf.get("/?q=x&page=2")) and not is_filtered(rf.get("/?q=&page=2&export=xlsx"))


def test_a_moment_is_read_as_the_day_where_we_are():
    assert local_day("at")({"at": None}) is None


def test_two_lists_have_two_names():
    with pytest.raises(ValueError, match="two lists"):
        DeclaredList(next(iter(LISTS)), "again", columns())


# The house: what is declared is said nowhere else.

TABLE = re.compile(r"\{% list_table .*?\{% endlist_table %\}", re.S)


# Tables that are no list of records, how many of them the template has, and why.
NO_LISTS = {
    "assistance/deeds/duplicate.html": (1, "the five rulings and what each would do: said before one is given"),
    "assistance/projects/fund.html": (1, "five fixed sums of one fund, one below the other"),
    "assistance/projects/project.html": (
        2,
        "layered bars with a sum below them; the projects' workbook has the figures",
    ),
    "assistance/projects/sources.html": (1, "a matrix: sources by kind of movement"),
    "assistance/supervision/grid.html": (1, "cells to type into, one page of a village"),
    "assistance/supervision/matrix.html": (1, "a matrix: households by item; its workbook is one of the page"),
    "assistance/supervision/sums.html": (1, "a matrix: lanes by state, with its sums; the findings have a workbook"),
    "assistance/register/household_by_year.html": (1, "a matrix: what is known of a household by year"),
    "deliberation/consultation/result_body.html": (2, "a matrix: groups and parties by statement, as the paper has it"),
    "shell/calendar.html": (1, "a month as weeks and days; its list has the workbook"),
    "deliberation/record/public_body.html": (1, "a matrix: statements by stance, as it was published"),
    "deliberation/room/ballot_wall.html": (1, "a matrix: choices by votes, in letters for a wall"),
    "deliberation/room/grid.html": (1, "cells to choose in, one screen of a room"),
    "deliberation/room/hands.html": (1, "cells to type into, one screen of a room"),
    "deliberation/room/projector_part.html": (1, "a matrix: parties by stance, in letters for a wall"),
    "deliberation/sittings/fairness.html": (1, "a matrix: the sides of one room by what they had of it"),
    "deliberation/sittings/ground.html": (1, "a matrix: parties by stance, with the room below them"),
    "reporting/bars.html": (1, "a bar chart in words"),
    "reporting/items.html": (
        1,
        "a chart draws itself from it; directions with their items; the figures have a workbook",
    ),
    "reporting/map.html": (1, "a map in words; the figures have a workbook"),
    "reporting/months.html": (1, "a chart draws itself from it"),
    "reporting/overview.html": (2, "two bar charts in words: clocks and rates"),
}


def test_no_template_has_a_table_over_rows_that_is_no_declared_list():
    """What repeats over records is declared; what looks like it and is none stands in `NO_LISTS`, with the reason."""
    by_hand = {
        str(path.relative_to(TEMPLATES)): count
        for path in TEMPLATES.rglob("*.html")
        if (count := path.read_text("utf-8").count("<table"))
    }
    assert by_hand == {template: count for template, (count, _reason) in NO_LISTS.items()}


def test_no_template_with_a_declared_list_repeats_a_heading_by_hand():
    """Nor has a page that draws one table by its declaration another one with headings that is written by hand."""
    by_hand = re.compile(r'data-label=|<thead|<th scope="col"')
    repeated = [
        str(path.relative_to(TEMPLATES))
        for path in TEMPLATES.rglob("*.html")
        if TABLE.search(text := path.read_text("utf-8")) and by_hand.search(text)
    ]
    assert repeated == []


def test_every_table_of_a_template_names_a_declared_list():
    named = re.compile(r'\{% list_table "(\w+)"')
    unknown = [
        (str(path.relative_to(TEMPLATES)), name)
        for path in TEMPLATES.rglob("*.html")
        for name in named.findall(path.read_text("utf-8"))
        if name not in LISTS
    ]
    assert unknown == []


def test_every_cell_of_a_template_has_its_column_and_every_column_is_drawn():
    table = re.compile(r'\{% list_table "(\w+)".*?%\}(.*?)\{% endlist_table %\}', re.S)
    for path in TEMPLATES.rglob("*.html"):
        for name, body in table.findall(path.read_text("utf-8")):
            declared = {column.cell for column in LISTS[name].columns if column.cell}
            assert set(re.findall(r'\{% cell "(\w+)" %\}', body)) - {"group"} == declared, (path.name, name)


def test_no_page_declares_the_columns_of_its_workbook_a_second_time():
    """`export` writes a workbook from columns; only the declared list calls it."""
    calls = [
        str(path.relative_to(WEB))
        for path in WEB.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "export"
    ]
    assert calls == ["kit/lists.py"]


def cards(table):
    """The cells of a table inside `cards`: (label or None, text)."""
    drawn = Template("{% cards %}" + table + "{% endcards %}").render(Context())
    cells = re.findall(r"<td([^>]*)>(.*?)</td>", drawn, re.DOTALL)
    labels = [re.search(r'data-label="([^"]*)"', attributes) for attributes, _text in cells]
    return [(label and label[1], text) for label, (_attributes, text) in zip(labels, cells, strict=True)]


HEAD = (
    '<thead><tr><th scope="col">name</th><th><span class="visually-hidden">how much</span></th>'
    '<th class="number">born <small>(day)</small></th></tr></thead>'
)


@pytest.mark.parametrize(
    ("row", "labels"),
    [
        ("<td>Anna</td><td class='bar'>▮</td><td class='number'>1 March</td>", ["name", None, "born (day)"]),
        ("<td data-label='goat'>Anna</td><td></td><td data-label=\"\">1 March</td>", [None, None, ""]),
        ('<td colspan="2">all</td><td>2025</td>', ["name", "born (day)"]),
        ("<th>Anna</th><td>▮</td><td>1 March</td><td>too many</td>", [None, "born (day)", None]),
    ],
)
def test_a_table_of_a_file_repeats_its_headings_on_the_cards(row, labels):
    assert [label for label, _text in cards(f"<table>{HEAD}<tbody><tr>{row}</tr></tbody></table>")] == labels


def test_no_template_says_a_heading_twice():
    """A label by hand is only for a cell that says something else than its heading."""
    by_hand = {
        str(path.relative_to(TEMPLATES)): label
        for path in TEMPLATES.rglob("*.html")
        for label in re.findall(r'data-label="(.*?%\}|[^"]+)"', path.read_text("utf-8"))
    }
    assert set(by_hand) == {"deliberation/consultation/result_body.html"}, by_hand
    bare = re.compile(r'(?<!\{% cards %\}\n)^ *<table class="table cards', re.MULTILINE)
    assert [str(path) for path in TEMPLATES.rglob("*.html") if bare.search(path.read_text("utf-8"))] == []
