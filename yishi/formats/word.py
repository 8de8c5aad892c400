"""Papers as .docx for editing: built from blocks, never from a template that somebody filled with text.

Fonts are named as GB/T 9704 wants them (方正小标宋, 仿宋_GB2312…); where they are not installed, Word and WPS take the
substitutes that the file names. No nested tables, text boxes or content controls: they break in WPS.
"""

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from docx import Document
from docx.document import Document as Docx
from docx.enum.section import WD_SECTION_START
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from lxml import etree

from .paper import Facts, Heading, Paper, Picture, Signature, Table, Text

TITLE, BODY, HEAD, SECOND = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
SUBSTITUTES = {TITLE: "宋体", BODY: "仿宋", SECOND: "楷体", HEAD: "SimHei"}
BODY_SIZE, LINE = Pt(16), Pt(28.95)
STAMP = datetime(2000, 1, 1)  # noqa: DTZ001 - the file format knows no zone
_ILLEGAL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_word(paper: Paper, mark: str = "") -> bytes:
    """The paper as .docx: A4 with the margins of GB/T 9704, 22 lines to a page, page numbers outside. `mark` stands
    above the title and at the foot of every page."""
    document = Document()
    _page(document)
    _styles(document)
    if mark:
        _line(document, mark, font=HEAD, size=Pt(12), align=WD_ALIGN_PARAGRAPH.CENTER)
    _line(document, paper.title, font=TITLE, size=Pt(22), align=WD_ALIGN_PARAGRAPH.CENTER)
    if paper.number:
        _line(document, paper.number, size=Pt(14), align=WD_ALIGN_PARAGRAPH.CENTER)
    for block in paper.blocks:
        _block(document, block)
    _footers(document, "    ".join(part for part in (mark, paper.foot) if part))
    _name_substitutes(document)
    document.core_properties.title = _clean(paper.title)
    document.core_properties.author = ""
    document.core_properties.comments = ""
    document.core_properties.created = document.core_properties.modified = STAMP
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _block(document: Docx, block: object) -> None:
    if isinstance(block, Heading):
        line = _line(document, block.text, font=HEAD if block.level == 1 else SECOND, indent=True)
        line.paragraph_format.keep_with_next = True
    elif isinstance(block, Text):
        for paragraph in block.text.split("\n"):
            if paragraph.strip():
                _line(document, paragraph, indent=block.indent)
    elif isinstance(block, Facts):
        for label, text in block.rows:
            line = _line(document, "", indent=True)
            _run(line, label + "：", HEAD)
            _run(line, text)
    elif isinstance(block, Table):
        _table(document, block)
    elif isinstance(block, Picture):
        _line(document, block.text, align=WD_ALIGN_PARAGRAPH.CENTER)
    elif isinstance(block, Signature):
        _line(document, "")
        for text in block.lines:
            line = _line(document, text, align=WD_ALIGN_PARAGRAPH.RIGHT)
            line.paragraph_format.right_indent = Pt(64)


def _page(document: Docx) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(25)
    section.start_type = WD_SECTION_START.NEW_PAGE
    grid = OxmlElement("w:docGrid")
    grid.set(qn("w:type"), "lines")
    grid.set(qn("w:linePitch"), "579")
    for old in section._sectPr.findall(qn("w:docGrid")):
        section._sectPr.remove(old)
    section._sectPr.append(grid)
    document.settings.odd_and_even_pages_header_footer = True


def _styles(document: Docx) -> None:
    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = "Times New Roman", BODY_SIZE
    style.element.rPr.rFonts.set(qn("w:eastAsia"), BODY)
    shape = style.paragraph_format
    shape.line_spacing_rule, shape.line_spacing = WD_LINE_SPACING.EXACTLY, LINE
    shape.space_before = shape.space_after = Pt(0)


def _line(
    document: Docx,
    text: str,
    *,
    font: str = BODY,
    size: Pt | None = None,
    align: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.JUSTIFY,
    indent: bool = False,
) -> Paragraph:
    line = document.add_paragraph()
    line.alignment = align
    if indent:
        line.paragraph_format.first_line_indent = Pt(32)
    if size is not None and size > Pt(20):
        line.paragraph_format.line_spacing = Pt(size.pt * 1.6)
        line.paragraph_format.space_after = Pt(14)
    if text:
        _run(line, text, font, size)
    return line


def _run(line: Paragraph, text: str, font: str = BODY, size: Pt | None = None) -> None:
    run = line.add_run(_clean(text))
    run.font.name = "Times New Roman"
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    if size is not None:
        run.font.size = size


def _table(document: Docx, block: Table) -> None:
    table = document.add_table(rows=1, cols=len(block.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    whole = sum(share for _heading, share in block.columns) or 1
    widths = [Mm(156 * share / whole) for _heading, share in block.columns]
    _row(table.rows[0].cells, [heading for heading, _share in block.columns], widths, HEAD)
    table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    for texts in block.rows:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(parse_xml(f"<w:cantSplit {nsdecls('w')}/>"))
        if block.tall:
            row.height = Mm(12)
        _row(row.cells, texts, widths, BODY)
    _line(document, "")


def _row(cells: Sequence[Any], texts: Sequence[str], widths: Sequence[Mm], font: str) -> None:
    for cell, text, width in zip(cells, texts, widths, strict=True):
        cell.width = width
        line = cell.paragraphs[0]
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        line.alignment = WD_ALIGN_PARAGRAPH.CENTER if font == HEAD else WD_ALIGN_PARAGRAPH.LEFT
        _run(line, text, font, Pt(12))


def _footers(document: Docx, foot: str) -> None:
    """“— 1 —” in size 4, at the right on odd pages and at the left on even ones; the paper's number small below."""
    section = document.sections[0]
    for footer, align in (
        (section.footer, WD_ALIGN_PARAGRAPH.RIGHT),
        (section.even_page_footer, WD_ALIGN_PARAGRAPH.LEFT),
    ):
        footer.is_linked_to_previous = False
        line = footer.paragraphs[0]
        line.alignment = align
        line.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
        _run(line, "— ", BODY, Pt(14))
        for kind, field_code in (("begin", ""), ("", " PAGE "), ("end", "")):
            run = line.add_run()
            run.font.size = Pt(14)
            element = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                element.set(qn("w:fldCharType"), kind)
            else:
                element.text = field_code
            run._element.append(element)
        _run(line, " —", BODY, Pt(14))
        if foot:
            small = footer.add_paragraph()
            small.paragraph_format.line_spacing_rule = WD_LINE_SPACING.SINGLE
            _run(small, foot, HEAD, Pt(7.5))


def _name_substitutes(document: Docx) -> None:
    """In the font table: what to take where the official fonts are not installed."""
    for relation in document.part.rels.values():
        if relation.reltype == RELATIONSHIP_TYPE.FONT_TABLE:
            part: Any = relation.target_part
            table: Any = parse_xml(part.blob)
            for name, substitute in SUBSTITUTES.items():
                table.append(
                    parse_xml(
                        f'<w:font {nsdecls("w")} w:name="{name}"><w:altName w:val="{substitute}"/>'
                        '<w:charset w:val="86"/><w:family w:val="auto"/><w:pitch w:val="default"/></w:font>'
                    )
                )
            part._blob = etree.tostring(table, xml_declaration=True, encoding="UTF-8", standalone=True)


def _clean(text: str) -> str:
    return _ILLEGAL.sub("", text)
