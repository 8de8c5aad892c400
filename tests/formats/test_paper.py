"""Papers: what stands in the blocks stands in the PDF and in the Word file; nobody's text is ever run."""

import io
import shutil
import subprocess
from pathlib import Path

import pytest
import segno
from django.conf import settings
from docx import Document
from docx.oxml.ns import qn

from yishi.formats.paper import Facts, Heading, Paper, Signature, Table, Text
from yishi.formats.pdf import FontsMissing, write_pdf
from yishi.formats.qr import qr_svg
from yishi.formats.word import write_word

TEMPLATE = Path(__file__).resolve().parents[2] / "yishi" / "web" / "kit" / "typst" / "paper.typ"
HOSTILE = '#panic("x") $x^2$ *粗* _斜_ <w:p/> {{ 7*7 }} {% now %} \\u{41} "引号" & <b>\x0b末尾'
PAPER = Paper(
    "关于牟尼村土地租金的协商意见书",
    [
        Heading("一、协商事项"),
        Text("花卉公司租种一千七百二十亩地。\n两季租金没有付。"),
        Facts([("时间", "2026年11月23日"), ("地点", "牟尼村议事室")]),
        Table([("各方", 2), ("同意", 1)], [["村民", "18"], ["花卉公司", "1"]], tall=True),
        Heading("（一）附带条件", level=2),
        Text(HOSTILE),
        Signature(["共和镇协商议事会议", "2026年11月23日"]),
    ],
    number="协商-牟定-2026-0001-意见-1",
    foot="编号 协商-牟定-2026-0001    日志封存值 0123456789abcdef",
)
needs_fonts = pytest.mark.skipif(not any(settings.FONTS_DIR.glob("*.ttf")), reason="./run setup puts the fonts there")
needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="apt install poppler-utils")


def read(pdf):
    found = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return found.stdout.decode().replace(" ", "")


@needs_fonts
@needs_poppler
def test_it_works():
    text = read(write_pdf(TEMPLATE, PAPER.data(), settings.FONTS_DIR))
    for words in (
        PAPER.title,
        PAPER.number,
        "一、协商事项",
        "两季租金没有付",
        "花卉公司",
        "牟尼村议事室",
        "0123456789abcdef",
        "—1—",
    ):
        assert words in text, words


@needs_fonts
@needs_poppler
def test_a_text_is_set_and_never_run():
    text = read(write_pdf(TEMPLATE, PAPER.data(), settings.FONTS_DIR))
    for words in ('#panic("x")', "$x^2$", "*粗*", "_斜_", "{{7*7}}", "<w:p/>"):
        assert words in text, words


@needs_fonts
def test_two_prints_are_the_same_file():
    assert write_pdf(TEMPLATE, PAPER.data(), settings.FONTS_DIR) == write_pdf(
        TEMPLATE, PAPER.data(), settings.FONTS_DIR
    )


@needs_fonts
@pytest.mark.skipif(shutil.which("pdffonts") is None, reason="apt install poppler-utils")
def test_the_fonts_are_in_the_file_and_the_page_is_a4():
    pdf = write_pdf(TEMPLATE, PAPER.data(), settings.FONTS_DIR)
    fonts = (
        subprocess.run(["pdffonts", "-"], input=pdf, capture_output=True, check=True).stdout.decode().splitlines()[2:]
    )
    assert fonts and all("Noto" in line and " yes yes " in line for line in fonts)
    about = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    assert "A4" in about


def test_without_fonts_it_says_so(tmp_path):
    with pytest.raises(FontsMissing):
        write_pdf(TEMPLATE, PAPER.data(), tmp_path)


def words_of(paper):
    document = Document(io.BytesIO(write_word(paper)))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return document, "\n".join([*(line.text for line in document.paragraphs), *cells])


def test_word_opens_with_everything_in_it():
    document, text = words_of(PAPER)
    for words in (
        PAPER.title,
        PAPER.number,
        "一、协商事项",
        "时间：2026年11月23日",
        "村民",
        "18",
        "共和镇协商议事会议",
    ):
        assert words in text, words
    assert HOSTILE.replace("\x0b", "") in text
    assert document.core_properties.author == ""


def test_word_has_the_page_and_the_fonts_of_an_official_paper():
    document, _text = words_of(PAPER)
    section = document.sections[0]
    assert [round(side.mm) for side in (section.page_width, section.page_height)] == [210, 297]
    assert [round(side.mm) for side in (section.top_margin, section.left_margin)] == [37, 28]
    assert round(section.page_width.mm - section.left_margin.mm - section.right_margin.mm) == 156
    named = {run._element.rPr.rFonts.get(qn("w:eastAsia")) for line in document.paragraphs for run in line.runs}
    assert named == {"方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"}
    assert document.settings.odd_and_even_pages_header_footer
    assert all("PAGE" in footer._element.xml for footer in (section.footer, section.even_page_footer))
    parts = {part.partname: part for part in document.part.package.iter_parts()}
    fonts = parts["/word/fontTable.xml"].blob.decode()
    assert 'w:name="仿宋_GB2312"' in fonts and 'w:val="仿宋"' in fonts


def test_two_words_of_the_same_paper_say_the_same():
    assert words_of(PAPER)[1] == words_of(PAPER)[1]


def test_a_code_is_of_level_q_with_its_quiet_zone():
    address = "https://yishi.example/v/MN0000TEST"
    assert segno.make(address, error="q", micro=False, boost_error=False).error == "Q"
    svg = qr_svg(address)
    assert svg.startswith("<svg") and "script" not in svg
    assert qr_svg(address) == qr_svg(address)
