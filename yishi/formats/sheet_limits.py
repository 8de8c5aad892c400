"""How much of an untrusted sheet is looked at, and the error that says why one is not taken."""

MAX_BYTES = 5 * 1024 * 1024
MAX_UNPACKED = 40 * 1024 * 1024
MAX_PARTS = 400
MAX_ROWS = 20_000
MAX_COLUMNS = 60
CHILD_SECONDS = 10
CHILD_MEMORY = 600 * 1024 * 1024  # address space, of which some 100 MB are used
MAX_ANSWER = 64 * 1024 * 1024


class SheetError(ValueError):
    """A file or a cell that is not taken. `code` names the reason, `params` its numbers; words are made by the caller.

    Codes: too_big, empty, old_excel, not_a_workbook, bomb, broken, encrypted, too_many_rows, too_many_columns, formula,
    merged, macro, too_slow, encoding, private_letters, digits_lost, no_date.
    """

    def __init__(self, code: str, **params: str | int):
        super().__init__(code)
        self.code = code
        self.params = params
