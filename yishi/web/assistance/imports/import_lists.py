"""The lists of a workbook that was sent: how many rows of what kind, its faults, its changes, its rows before they are
taken."""

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from yishi.web.kit.lists import Column, DeclaredList

COUNTS = [
    Column(gettext_lazy("new"), "new", css="number"),
    Column(gettext_lazy("changed"), "changed", css="number"),
    Column(gettext_lazy("unchanged"), "same", css="number"),
    Column(gettext_lazy("rejected rows"), "bad", css="number"),
]
IMPORT_COUNTS = DeclaredList(
    "import_counts",
    gettext_lazy("rows of the workbook"),
    [Column(gettext_lazy("rows read"), "staged", css="number"), *COUNTS],
)
IMPORT_SHEETS = DeclaredList(
    "import_sheets", gettext_lazy("rows by sheet"), [Column(gettext_lazy("sheet"), "title"), *COUNTS]
)
IMPORT_FAULT_KINDS = DeclaredList(
    "import_fault_kinds",
    gettext_lazy("Faults by kind"),
    [
        Column(gettext_lazy("column"), "heading"),
        Column(gettext_lazy("for example"), "reason"),
        Column(gettext_lazy("how many"), "how_many", css="number"),
    ],
)
IMPORT_FAULTS = DeclaredList(
    "import_faults",
    gettext_lazy("Rows to mend"),
    [
        Column(gettext_lazy("row"), "row"),
        Column(gettext_lazy("column"), "heading"),
        Column(gettext_lazy("reason"), "reason"),
    ],
)
IMPORT_CHANGES = DeclaredList(
    "import_changes",
    gettext_lazy("What would happen, row by row"),
    [
        Column(gettext_lazy("row"), "row"),
        Column(gettext_lazy("column"), "heading"),
        Column(gettext_lazy("so far"), "old", shown=lambda change: change.old or "—"),
        Column(gettext_lazy("becomes"), "new", shown=lambda change: change.new or "—"),
    ],
)
IMPORT_ROWS = "import_rows"


def preview(headings: list[str]) -> DeclaredList:
    """The list of a workbook's own rows, as pairs of row number and cells, under the headings that it has itself."""

    def cell(place: int) -> Any:
        return lambda row: row[1][place]

    def drawn(place: int) -> Any:
        return lambda row: row[1][place] or "—"

    columns = [Column(heading, cell(place), shown=drawn(place)) for place, heading in enumerate(headings)]
    return DeclaredList("", _("rows of the workbook"), [Column(_("row"), lambda row: row[0]), *columns])
