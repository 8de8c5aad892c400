"""Compile the translations (yishi/locale/<part>/zh_Hans/LC_MESSAGES/django.po) where they changed."""

import os
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).resolve().parents[1] / "locale"


def run(words: list[str]) -> int:
    for path in compile_all(force="--force" in words):
        print(f"翻译 · translations: {part_of(path)}")
    return 0


def catalogues() -> list[Path]:
    """The .po files of all parts."""
    return sorted(LOCALE.rglob("zh_Hans/LC_MESSAGES/django.po"))


def part_of(path: Path) -> str:
    """The part whose catalogue this is: "deliberation/worries"."""
    return str(path.parents[2].relative_to(LOCALE))


def compile_all(*, force: bool = False) -> list[Path]:
    """Compile every catalogue whose .mo is missing or older; answers with the .po files that it compiled."""
    stale = [path for path in catalogues() if force or is_stale(path)]
    for path in stale:
        compile_one(path)
    return stale


def is_stale(path: Path) -> bool:
    compiled = path.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime_ns < path.stat().st_mtime_ns


def compile_one(path: Path) -> None:
    """Written beside and moved into place: a server that starts meanwhile never reads half a catalogue."""
    with path.open("rb") as source:
        catalogue = read_po(source)
    beside = path.with_suffix(f".mo.{os.getpid()}")
    with beside.open("wb") as target:
        write_mo(target, catalogue)
    beside.replace(path.with_suffix(".mo"))
