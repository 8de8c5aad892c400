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
SMALL = Limits(5 * MEBIBYTE, 40 * MEBIBYTE, 20_000, 60, 10)  # an office's own register, held in memory as a whole
LARGE = Limits(30 * MEBIBYTE, 600 * MEBIBYTE, 200_000, 200, 120)  # a county's households, read row by row

MAX_BYTES = SMALL.bytes
MAX_UNPACKED = SMALL.unpacked
MAX_PARTS = 400
MAX_ROWS = SMALL.rows
MAX_COLUMNS = SMALL.columns
MAX_RATIO = 150  # a part that unpacks to more than this many times its size, and to more than 10 MB, is a bomb
RATIO_FROM = 10 * MEBIBYTE
CHILD_SECONDS = SMALL.seconds
CHILD_MEMORY = 600 * MEBIBYTE  # address space, of which some 100 MB are used
ROWS_MEMORY = 300 * MEBIBYTE  # of the child that reads row by row
MAX_ANSWER = 64 * MEBIBYTE


class SheetError(ValueError):
    """A file or a cell that is not taken. `code` names the reason, `params` its numbers; words are made by the caller.

    Codes: too_big, empty, old_excel, not_a_workbook, bomb, broken, encrypted, too_many_rows, too_many_columns, formula,
    merged, macro, too_slow, encoding, private_letters, digits_lost, no_date, cell_error.
    """

    def __init__(self, code: str, **params: str | int):
        super().__init__(code)
        self.code = code
        self.params = params
