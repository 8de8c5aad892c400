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


def file_keep(workbook: Import, data: bytes) -> None:
    """Keep the workbook until it is read."""
    file_pieces = []
    for ordinal, start in enumerate(range(0, len(data), FILE_PIECE)):
        file_piece = ImportFile(id=uuid7(), of=workbook, ordinal=ordinal)
        file_piece.sealed = seal(data[start : start + FILE_PIECE], FILE, file_piece.pk)
        file_pieces.append(file_piece)
    ImportFile.objects.bulk_create(file_pieces)


def file_bytes(workbook: Import) -> bytes:
    """The workbook; empty when it was read and dropped."""
    file_pieces = ImportFile.objects.filter(of=workbook).order_by("ordinal")
    return b"".join(unseal_bytes(file_piece.sealed, FILE, file_piece.pk) for file_piece in file_pieces)


def rows_piece(workbook: Import, ordinal: int, rows: Sequence[StagedRow]) -> ImportPiece:
    """Some rows as a piece, sealed and not written yet."""
    return _piece(workbook, Stage.ROWS, ordinal, [list(row) for row in rows])


def units_piece(workbook: Import, ordinal: int, results: Sequence[Result]) -> ImportPiece:
    """The results of some units as a piece, sealed and not written yet."""
    piece = _piece(workbook, Stage.UNITS, ordinal, [result.plain() for result in results])
    piece.bad = sum(len(result.rows) for result in results if result.verdict == "bad")
    piece.changed = sum(1 for result in results if result.verdict == "changed")
    return piece


def rows_in(piece: ImportPiece) -> list[StagedRow]:
    """The rows as they were read from the workbook that a piece of the first stage (`rows`) holds sealed."""
    return [StagedRow(*row) for row in _open(piece)]


def results_in(piece: ImportPiece) -> list[Result]:
    """What checking made of each unit (household, deed, …), as a piece of the second stage (`units`) holds it
    sealed."""
    return [Result.of(plain) for plain in _open(piece)]


def pieces(workbook: Import, stage: str) -> Iterator[ImportPiece]:
    """The pieces in order, one at a time."""
    keys = ImportPiece.objects.filter(of=workbook, stage=stage).order_by("ordinal").values_list("pk", flat=True)
    for key in list(keys):
        yield ImportPiece.objects.get(pk=key)


def _piece(workbook: Import, stage: str, ordinal: int, plain: list[Any]) -> ImportPiece:
    piece = ImportPiece(id=uuid7(), of=workbook, stage=stage, ordinal=ordinal, count=len(plain))
    packed = zlib.compress(json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode(), 1)
    piece.sealed = seal(packed, PIECE, piece.pk)
    return piece


def _open(piece: ImportPiece) -> Any:
    return json.loads(zlib.decompress(unseal_bytes(piece.sealed, PIECE, piece.pk)))
