"""Segments: the rows of the figures as Arrow IPC files in the data folder, made by one process of the machine and
mapped by all. No Django.

The files are a copy of what stands in the database, and may be thrown away at any time. They are uncompressed, so that
a process reads nothing when it starts: columns are mapped, and all processes share one copy in the memory of the
machine. Each file is written once under a name of its own. The manifest says which are the segments, up to which row of
which generation of figures they go, and what each file must look like; it is replaced by renaming, so that whoever
reads it finds the one before or the one after, whole. Files that no manifest names are deleted by the next writer;
whoever mapped them keeps them until it lets go.
"""

import contextlib
import fcntl
import json
import os
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import numpy as np
import polars as pl
from numpy.typing import NDArray

from .blocks import TABLES, Block, arranged

FORMAT = 1  # raised when the same rows make other files than before
MANIFEST, LOCK, ENDING = "manifest.json", "lock", ".arrow"
FEWER = 8  # a segment is at least so many times as large as the next one: those that are not become one with it
CHUNK = 1 << 20


class Damaged(Exception):
    """A file is not what the manifest says."""


@dataclass(frozen=True, slots=True)
class File:
    """What a file must look like: its size and time while the machine runs on, its checksum after a restart."""

    size: int
    time: int
    sum: int


@dataclass(frozen=True, slots=True)
class Segment:
    name: str
    rows: int
    files: dict[str, File]  # by table


@dataclass(frozen=True, slots=True)
class Manifest:
    """The segments, the oldest first: all rows of a `generation` up to `sequence`, whose entry is `last`."""

    generation: UUID
    sequence: int
    last: UUID
    segments: tuple[Segment, ...] = ()
    boot: str = ""  # since when the machine runs: whether files may have been lost half written


def boot() -> str:
    """Since when the machine runs, as its kernel says it; nothing where it does not say."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return ""


@dataclass
class Store:
    """The folder of the segments, and those that this process has mapped."""

    folder: Path
    mapped: dict[str, Block] = field(default_factory=dict)

    def mark(self) -> tuple[int, int] | None:
        """Which manifest stands, without reading it."""
        try:
            status = os.stat(self.folder / MANIFEST)
        except FileNotFoundError:
            return None
        return status.st_ino, status.st_mtime_ns

    def read(self) -> Manifest | None:
        """The manifest; None where there is none that can be understood."""
        try:
            said = json.loads((self.folder / MANIFEST).read_bytes())
            if said["format"] != FORMAT:
                return None
            segments = tuple(
                Segment(each["name"], each["rows"], {name: File(*each["files"][name]) for name in TABLES})
                for each in said["segments"]
            )
            return Manifest(UUID(said["generation"]), said["sequence"], UUID(said["last"]), segments, said["boot"])
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def blocks(self, manifest: Manifest) -> tuple[Block, ...]:
        """The segments of the manifest, mapped. Damaged where one is missing or is not what it should be."""
        is_checked = bool(manifest.boot) and manifest.boot == boot()
        found = {
            each.name: self.mapped.get(each.name) or self._map(each, is_checked=is_checked)
            for each in manifest.segments
        }
        self.mapped = found
        return tuple(found.values())

    def confirm(self, manifest: Manifest) -> None:
        """Say that all was found right since the machine was started: the next process need not read the files."""
        if manifest.boot != boot():
            with self.held(wait=False) as is_ours:
                if is_ours and self.read() == manifest:
                    self._publish(replace(manifest, boot=boot()))

    @contextlib.contextmanager
    def held(self, *, wait: bool) -> Iterator[bool]:
        """Be the one writer of this machine; False where another is and `wait` is not asked for. It ends with the
        process."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
        try:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
            except BlockingIOError:
                yield False
            else:
                yield True
        finally:
            os.close(file)

    def add(
        self,
        before: Manifest | None,
        fresh: Block,
        generation: UUID,
        sequence: int,
        last: UUID,
        area: NDArray[np.int32],
    ) -> Manifest:
        """Write rows that follow those of `before` (None: there are none), together with the newest segments that are
        not much larger; gives the new manifest. By the one writer only."""
        kept, blocks = list(before.segments if before else ()), list(self.blocks(before) if before else ())
        small, size = [fresh], fresh.size
        while kept and kept[-1].rows < FEWER * size:
            size += kept.pop().rows
            small.insert(0, blocks.pop())
        whole = fresh if len(small) == 1 else arranged([(block.rows, block.links) for block in small], area)
        manifest = Manifest(generation, sequence, last, (*kept, self._written(whole, sequence)), boot())
        self._publish(manifest)
        return manifest

    def clear(self) -> None:
        """Throw all away. By the one writer only."""
        with contextlib.suppress(FileNotFoundError):
            os.unlink(self.folder / MANIFEST)
        self._sweep(())

    def _written(self, block: Block, sequence: int) -> Segment:
        name, files = f"{sequence}-{uuid4().hex[:8]}", {}
        for table, columns in (("rows", block.rows), ("links", block.links), ("places", block.places)):
            path = self._path(name, table)
            frame = pl.DataFrame({title: columns[title] for title in TABLES[table]})
            frame.write_ipc(
                path, compression="uncompressed", record_batch_size=max(frame.height, 1)
            )  # each column whole
            files[table] = _look(path)
        return Segment(name, block.size, files)

    def _publish(self, manifest: Manifest) -> None:
        said = {
            "format": FORMAT,
            "generation": str(manifest.generation),
            "sequence": manifest.sequence,
            "last": str(manifest.last),
            "boot": manifest.boot,
            "segments": [
                {
                    "name": each.name,
                    "rows": each.rows,
                    "files": {table: [file.size, file.time, file.sum] for table, file in each.files.items()},
                }
                for each in manifest.segments
            ],
        }
        new = self.folder / f"{MANIFEST}.new"
        new.write_text(json.dumps(said))
        os.replace(new, self.folder / MANIFEST)
        self._sweep(manifest.segments)

    def _sweep(self, segments: Sequence[Segment]) -> None:
        """Delete the files that are of no segment: those of before, those that a writer left when it was killed."""
        named = {self._path(each.name, table) for each in segments for table in TABLES}
        for path in self.folder.glob(f"*{ENDING}"):
            if path not in named:
                path.unlink(missing_ok=True)

    def _path(self, name: str, table: str) -> Path:
        return self.folder / f"{name}.{table}{ENDING}"

    def _map(self, segment: Segment, *, is_checked: bool) -> Block:
        tables = {}
        for table, file in segment.files.items():
            path = self._path(segment.name, table)
            try:
                status = path.stat()
                if status.st_size != file.size:
                    raise Damaged(f"{path.name} has another size")
                if not (is_checked and status.st_mtime_ns == file.time) and _sum(path) != file.sum:
                    raise Damaged(f"{path.name} has other content")
                tables[table] = _columns(path, TABLES[table])
            except (OSError, pl.exceptions.PolarsError, ValueError, RuntimeError) as error:
                raise Damaged(f"{path.name}: {error}") from error
        return Block(tables["rows"], tables["links"], tables["places"])


def _columns(path: Path, kinds: dict[str, Any]) -> dict[str, NDArray[Any]]:
    """The columns of a file where they lie in it."""
    frame = pl.read_ipc(path, memory_map=True)
    columns = {name: frame[name].to_numpy(allow_copy=False) for name in kinds}
    if any(column.dtype != kinds[name] for name, column in columns.items()):
        raise Damaged(f"{path.name} has columns of another kind")
    return columns


def _look(path: Path) -> File:
    status = path.stat()
    return File(status.st_size, status.st_mtime_ns, _sum(path))


def _sum(path: Path) -> int:
    total = 0
    with path.open("rb") as file:
        while piece := file.read(CHUNK):
            total = zlib.crc32(piece, total)
    return total
