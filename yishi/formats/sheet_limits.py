"""How much of an untrusted sheet is looked at, and the error that says why one is not taken."""

from typing import NamedTuple


class Limits(NamedTuple):
    """What a file may cost."""

    bytes: int
    unpacked: int
    rows: int  # with values
    columns: int
    seconds: int  # of the child's processor; twice that by the clock


MEBIBYTE = 1024 * 1024
LIMITS = Limits(30 * MEBIBYTE, 600 * MEBIBYTE, 200_000, 200, 120)  # a county's households fit in
MEMORY = 300 * MEBIBYTE  # address space of the process that reads
MAX_PARTS = 400
MAX_RATIO = 150  # a part that unpacks to more than this many times its size, and to more than 10 MB, is a bomb
RATIO_FROM = 10 * MEBIBYTE


class SheetError(ValueError):
    """A file or a cell that is not taken. `code` names the reason, `params` its numbers; words are made by the caller.

    Codes: too_big, empty, old_excel, other_workbook, not_a_workbook, bomb, broken, encrypted, too_many_rows,
    too_many_columns, macro, too_slow, encoding, private_letters, digits_lost, no_date, cell_error, percent.
    """

    def __init__(self, code: str, **params: str | int):
        super().__init__(code)
        self.code = code
        self.params = params
