"""Workbooks made by hand, part by part: what no library writes; and a workbook read as a whole, for tests."""

import io
import zipfile
from typing import NamedTuple

from yishi.formats.sheet_rows import Head, Row, read_rows

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><numFmts count="1">'
    '<numFmt numFmtId="170" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>'
    '</numFmts><cellXfs count="3"><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="170"/></cellXfs></styleSheet>'
)


def zipped(parts):
    """A zip of {name: text}."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return out.getvalue()


def book_of(cells="", *, sheet="", shared="", second="", is_1904=False, doctype="", styles=STYLES):
    """A workbook whose first row is `cells`, or whose sheet is `sheet`; `second`: the state of an empty second one."""
    sheet = sheet or f'<sheetData><row r="1">{cells}</row></sheetData>'
    sheets = '<sheet name="表" sheetId="1" r:id="rId1"/>'
    relations = f'<Relationship Id="rId1" Type="{REL}/worksheet" Target="worksheets/sheet1.xml"/>'
    if second:
        sheets += f'<sheet name="二" sheetId="2" state="{second}" r:id="rId2"/>'
        relations += f'<Relationship Id="rId2" Type="{REL}/worksheet" Target="/xl/worksheets/sheet2.xml"/>'
    calendar = '<workbookPr date1904="1"/>' if is_1904 else "<workbookPr/>"
    parts = {
        "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{REL}">{calendar}<sheets>{sheets}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f"<Relationships>{relations}</Relationships>",
        "xl/styles.xml": styles,
        "xl/worksheets/sheet1.xml": f'{doctype}<worksheet xmlns="{MAIN}">{sheet}</worksheet>',
        "xl/worksheets/sheet2.xml": f'<worksheet xmlns="{MAIN}"><sheetData/></worksheet>',
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{shared}</sst>'
    return zipped(parts)


class Sheet(NamedTuple):
    """A sheet as read; `rows[0]` is row 1, an empty cell is ""."""

    name: str
    rows: list


def read_sheet(data, filename=""):
    """All sheets of a file; every row is as wide as its sheet."""
    sheets = []
    for what in read_rows(data, filename):
        if isinstance(what, Head):
            sheets.append(Sheet(what.name, []))
        elif isinstance(what, Row):
            rows = sheets[-1].rows
            rows.extend([] for _empty in range(what.number - 1 - len(rows)))
            rows.append(["" if cell is None else cell for cell in what.cells])
    for sheet in sheets:
        width = max((len(row) for row in sheet.rows), default=0)
        for row in sheet.rows:
            row.extend([""] * (width - len(row)))
    return sheets
