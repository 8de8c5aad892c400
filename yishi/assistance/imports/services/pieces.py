"""What an import keeps of its workbook: encrypted pieces, each bound to its row; JSON, packed."""

import json
import zlib
from collections.abc import Iterator, Sequence
from typing import Any

from yishi.assistance.imports.models import Import, ImportFile, ImportPiece
from yishi.assistance.imports.workbooks.results import Result
from yishi.assistance.imports.workbooks.rows import StagedRow
from yishi.assistance.register.services.identity import Field, seal, unseal_bytes
from yishi.kit.ids import uuid7

FILE = Field("assistance_importfile", "sealed")
PIECE = Field("assistance_importpiece", "sealed")
FILE_PIECE = 1 << 20
Stage = ImportPiece.Stage


def file_keep(one: Import, data: bytes) -> None:
    """Keep the workbook until it is read."""
    rows = []
    for ordinal, start in enumerate(range(0, len(data), FILE_PIECE)):
        row = ImportFile(id=uuid7(), of=one, ordinal=ordinal)
        row.sealed = seal(data[start : start + FILE_PIECE], FILE, row.pk)
        rows.append(row)
    ImportFile.objects.bulk_create(rows)


def file_bytes(one: Import) -> bytes:
    """The workbook; empty when it was read and dropped."""
    rows = ImportFile.objects.filter(of=one).order_by("ordinal")
    return b"".join(unseal_bytes(row.sealed, FILE, row.pk) for row in rows)


def rows_piece(one: Import, ordinal: int, rows: Sequence[StagedRow]) -> ImportPiece:
    return _piece(one, Stage.ROWS, ordinal, [list(row) for row in rows])


def units_piece(one: Import, ordinal: int, results: Sequence[Result]) -> ImportPiece:
    made = _piece(one, Stage.UNITS, ordinal, [result.plain() for result in results])
    made.bad = sum(len(result.rows) for result in results if result.verdict == "bad")
    made.changed = sum(1 for result in results if result.verdict == "changed")
    return made


def rows_in(piece: ImportPiece) -> list[StagedRow]:
    return [StagedRow(*row) for row in _open(piece)]


def results_in(piece: ImportPiece) -> list[Result]:
    return [Result.of(plain) for plain in _open(piece)]


def pieces(one: Import, stage: str) -> Iterator[ImportPiece]:
    """The pieces in order, one at a time."""
    keys = ImportPiece.objects.filter(of=one, stage=stage).order_by("ordinal").values_list("pk", flat=True)
    for key in list(keys):
        yield ImportPiece.objects.get(pk=key)


def _piece(one: Import, stage: str, ordinal: int, plain: list[Any]) -> ImportPiece:
    row = ImportPiece(id=uuid7(), of=one, stage=stage, ordinal=ordinal, count=len(plain))
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 1)
    row.sealed = seal(packed, PIECE, row.pk)
    return row


def _open(piece: ImportPiece) -> Any:
    return json.loads(zlib.decompress(unseal_bytes(piece.sealed, PIECE, piece.pk)))
