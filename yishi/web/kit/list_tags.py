"""The template's side of tables: a declared list (lists.py), its cells and filters; the table of a file's own part."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any

from django import forms, template
from django.template.base import FilterExpression, Node, NodeList, Parser, Token, render_value_in_context
from django.urls import reverse
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe

from yishi.reporting.small_numbers import Told
from yishi.web.kit.lists import LISTS, Column, DeclaredList, reader
from yishi.web.kit.numbers import number_text
from yishi.web.kit.page_tags import day

register = template.Library()
_HEADING = re.compile(r"<th\b([^>]*)>(.*?)</th>", re.DOTALL)
_ROW = re.compile(r"<tr\b.*?</tr>", re.DOTALL)
_CELL = re.compile(r"<(td|th)\b([^>]*)>")
_COLSPAN = re.compile(r'\bcolspan="(\d+)"')
_MARKUP = re.compile(r"<[^>]*>")
GROUP = "group"  # the cell that says what the rows below it share


class CellNode(Node):
    def __init__(self, name: str, nodelist: NodeList):
        self.name, self.nodelist = name, nodelist

    def render(self, context: template.Context) -> SafeString:
        return self.nodelist.render(context)


@register.tag
def cell(parser: Parser, token: Token) -> CellNode:
    """`{% cell "promise" %}…{% endcell %}` in a `list_table`: how the column's cell of one row is drawn."""
    _tag, name = token.split_contents()
    nodelist = parser.parse(("endcell",))
    parser.delete_first_token()
    return CellNode(name.strip("\"'"), nodelist)


class TableNode(Node):
    def __init__(self, declared: FilterExpression, rows: FilterExpression, names: list[str], nodelist: NodeList):
        self.declared, self.rows, self.names = declared, rows, names
        self.cells = {node.name: node for node in nodelist if isinstance(node, CellNode)}

    def render(self, context: template.Context) -> SafeString:
        declared = self.declared.resolve(context)
        declared = declared if isinstance(declared, DeclaredList) else LISTS[declared]
        columns = [
            column for column in declared.columns if column.page and (not column.only or context.get(column.only))
        ]
        unknown = (
            self.cells.keys() - {column.cell for column in declared.columns} - ({GROUP} if declared.group else set())
        )
        if unknown:
            raise template.TemplateSyntaxError(f"{declared.name}: no column for the cells {sorted(unknown)}")
        draws = [(_opening(column), self._drawing(column)) for column in columns]
        read_group, group_before = reader(declared.group or (lambda _row: None)), None
        lines = []
        for row in self.rows.resolve(context) or ():
            names = dict(zip(self.names, row, strict=True)) if len(self.names) > 1 else {self.names[0]: row}
            with context.push(**names):
                if (group := read_group(row)) != group_before:
                    group_before = group
                    lines.append(_group_row(self.cells[GROUP].render(context).strip(), len(columns)))
                cells = "".join(f"{opening}{draw(context, row)}</td>" for opening, draw in draws)
            lines.append(f"<tr>{cells}</tr>")
        return format_html(
            '<table class="table cards{}"><caption class="visually-hidden">{}</caption><thead><tr>{}</tr></thead>'
            "<tbody>{}</tbody></table>",
            f" {declared.css}" if declared.css else "",
            declared.title,
            mark_safe("".join(map(_head, columns))),
            mark_safe("\n".join(lines)),
        )

    def _drawing(self, column: Column) -> Callable[[template.Context, Any], str]:
        """How the column's cell of a row is drawn; what the template draws is kept together in a card by a <div>."""
        if column.cell:
            node = self.cells[column.cell]
            return lambda context, _row: f"<div>{drawn}</div>" if (drawn := node.render(context).strip()) else ""
        read = reader(column.shown or column.value or "pk")
        if not column.link:
            return lambda context, row: text_of(read(row), context)
        url = column.link if callable(column.link) else _page_of(column.link)
        return lambda context, row: _linked(text_of(read(row), context), url(row))


@register.tag
def list_table(parser: Parser, token: Token) -> TableNode:
    """`{% list_table "commitments" page_obj as commitment %}` … `{% endlist_table %}`."""
    _tag, declared, rows, _as, *names = token.split_contents()
    nodelist = parser.parse(("endlist_table",))
    parser.delete_first_token()
    names = [name.strip(",") for name in names]
    return TableNode(parser.compile_filter(declared), parser.compile_filter(rows), names, nodelist)


class CardsNode(Node):
    def __init__(self, nodelist: NodeList):
        self.nodelist = nodelist

    def render(self, context: template.Context) -> SafeString:
        return mark_safe(_labelled(self.nodelist.render(context)))


@register.tag
def cards(parser: Parser, _token: Token) -> CardsNode:
    """`{% cards %}<table class="table cards">…</table>{% endcards %}`: on a phone each row is a card, on which each
    cell says the heading of its column. A cell that says something else has its own `data-label`, "" for nothing."""
    nodelist = parser.parse(("endcards",))
    parser.delete_first_token()
    return CardsNode(nodelist)


@register.inclusion_tag("kit/filters.html", takes_context=True)
def filters(context: template.Context, form: forms.BaseForm) -> dict[str, Any]:
    """The filters of a list: they live in the address, and one link takes them all away."""
    return {"form": form, "is_filtered": context["is_filtered"], "path": context["request"].path}


def text_of(value: Any, context: template.Context) -> str:
    """A value as a page says it: days in the reader's language, rounded numbers as they may be told."""
    if value is None:
        return ""
    if isinstance(value, date):
        return day(value)
    return (
        conditional_escape(number_text(value)) if isinstance(value, Told) else render_value_in_context(value, context)
    )


def _labelled(html: str) -> str:
    """The table with its headings repeated in its cells. Headings that only a screen reader hears are not."""
    head, body = html.split("</thead>", 1)
    headings: list[str] = []
    for attributes, heading in _HEADING.findall(head):
        silent = "visually-hidden" in heading
        headings += ["" if silent else _MARKUP.sub("", heading).strip()] * _width(attributes)

    def row(table_row: re.Match[str]) -> str:
        column = 0

        def cell(opening: re.Match[str]) -> str:
            nonlocal column
            tag, attributes = opening.groups()
            heading = headings[column] if column < len(headings) else ""
            column += _width(attributes)
            is_labelled = tag == "th" or "data-label" in attributes or not heading
            return opening[0] if is_labelled else f'<td{attributes} data-label="{heading}">'

        return _CELL.sub(cell, table_row[0])

    return f"{head}</thead>{_ROW.sub(row, body)}"


def _width(attributes: str) -> int:
    """How many columns a cell covers."""
    covered = _COLSPAN.search(attributes)
    return int(covered[1]) if covered else 1


def _page_of(name: str) -> Callable[[Any], str]:
    return lambda row: reverse(name, args=[row.pk])


def _linked(text: str, url: str) -> str:
    return format_html('<a href="{}">{}</a>', url, mark_safe(text)) if url and text else text


def _head(column: Column) -> str:
    heading = conditional_escape(column.heading)
    if column.is_silent:
        heading = format_html('<span class="visually-hidden">{}</span>', heading)
    return format_html('<th scope="col"{}>{}</th>', _css(column), heading)


def _opening(column: Column) -> str:
    label = "" if column.is_silent else format_html(' data-label="{}"', column.heading)
    return format_html("<td{}{}>", _css(column), label)


def _css(column: Column) -> str:
    return format_html(' class="{}"', column.css) if column.css else SafeString("")


def _group_row(text: str, width: int) -> str:
    heading = '<tr class="group-row"><th colspan="{}" scope="rowgroup">{}</th></tr>'
    return format_html(heading, width, mark_safe(text)) if text else ""
