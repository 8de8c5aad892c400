"""`yishi keys show | add | reseal | retire`: a new key for the register's numbers, everything sealed with it again."""

import contextlib
import fcntl
import os
import stat
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from yishi.assistance.imports.services.resealing import (
    KEYS,
    imports_at_work,
    reseal,
    sealed_by_key,
)
from yishi.assistance.register.services.identity import ring_again
from yishi.journal.act import SYSTEM, act
from yishi.kit.sealing import KeyRing

USAGE = "yishi keys show | yishi keys add | yishi keys reseal | yishi keys retire"
NEW = "register-keys.new"  # where the keys come from the environment: what is to be put there
WIDTH = 20


def run(words: list[str]) -> int:
    if len(words) != 1 or words[0] not in ("show", "add", "reseal", "retire"):
        print(USAGE)
        return 2
    return {"show": show, "add": add, "reseal": again, "retire": retire}[words[0]]()


def show() -> int:
    """Which keys there are and how much each seals; never a key."""
    counts, keys = sealed_by_key(), ring_again()
    print(f"密钥存放在 · the keys are kept in: {settings.REGISTER_KEYS_FILE or 'YISHI_REGISTER_KEYS'}")
    for number in sorted({*keys.keys, *counts} - {0}):
        word = " （现用 · in use）" if number == keys.current else ""
        word = " （不在密钥中 · not in the ring）" if number not in keys.keys else word
        print(f"密钥 · key {number}{word}：{counts[number]} 个值 · values")
    if counts[0]:
        print(f"不是加密值 · no sealed values: {counts[0]}")
    return 0


def add() -> int:
    """One more key, which seals from now on; the old ones stay."""
    path: Path | None = settings.REGISTER_KEYS_FILE
    if path is None:
        made = settings.REGISTER_KEYS.with_new_key()
        new = settings.DATA_DIR / NEW
        _write(new, made.written().strip().replace("\n", ",") + "\n")
        _entry("add", made.current)
        print(
            f"密钥由 YISHI_REGISTER_KEYS 给出。新的取值写在 {new}（权限 0400）：在每台机器上换上它，重启服务，再执行 "
            f"yishi keys reseal，然后删除这个文件。 · the new value stands in {new} (mode 0400): put it into "
            "YISHI_REGISTER_KEYS on every machine, restart, run `yishi keys reseal`, then delete the file"
        )
        return 0
    with _alone():
        made = KeyRing.parse(path.read_text()).with_new_key()
        _write(path, made.written())
    _entry("add", made.current)
    print(
        f"已加入密钥 {made.current}，原有密钥保留。请先备份，再执行 yishi keys reseal · key {made.current} is added, "
        "the old ones stay; make a backup, then run `yishi keys reseal`"
    )
    return 0


def again() -> int:
    """Seal everything again with the newest key; killed, the next run goes on where this one stopped."""
    keys = ring_again()
    counts = sealed_by_key()
    total = sum(counts.values())
    if not total - counts[keys.current]:
        print(f"全部 {total} 个值都已用密钥 {keys.current} 加密 · all {total} values carry key {keys.current}")
        return 0
    began = time.perf_counter()
    result = reseal(Bar(total))
    if sys.stderr.isatty():
        sys.stderr.write("\r\x1b[K")
    for table, row in result.broken:
        print(f"打不开，未改动 · does not open, left as it is: {table} {row}")
    seconds = time.perf_counter() - began
    print(
        f"已用密钥 {result.key} 重新加密 {result.done} 个值，打不开的 {len(result.broken)} 个 · sealed again: "
        f"{result.done}, not opened: {len(result.broken)} ({seconds:.1f} s)"
    )
    return 1 if result.broken else 0


def retire() -> int:
    """Take the old keys out of the ring; only when nothing is sealed with them any more, nor about to be written."""
    with _alone():
        return _retire()


def _retire() -> int:
    keys = ring_again()
    if working := imports_at_work():  # asked before the values are counted: what ends in between is counted
        print(
            f"有 {working} 个导入正在处理，旧密钥保留；请等导入完成后再执行 yishi keys retire · {working} imports are "
            "at work, the old keys stay: run `yishi keys retire` when they are done"
        )
        return 1
    left = {number: count for number, count in sealed_by_key().items() if number != keys.current and count}
    if left:
        print(
            f"还有 {sum(left.values())} 个值未用密钥 {keys.current} 加密，旧密钥保留；请先执行 yishi keys reseal · "
            f"{sum(left.values())} values do not carry key {keys.current} yet: run `yishi keys reseal` first"
        )
        return 1
    old = sorted(set(keys.keys) - {keys.current})
    if not old:
        print(f"只有密钥 {keys.current} · there is no key but {keys.current}")
        return 0
    made = KeyRing(keys.index, {keys.current: keys.keys[keys.current]})
    path: Path | None = settings.REGISTER_KEYS_FILE
    if path is None:
        new = settings.DATA_DIR / NEW
        _write(new, made.written().strip().replace("\n", ",") + "\n")
        print(f"去掉旧密钥后的取值写在 {new}（权限 0400） · the value without the old keys stands in {new} (mode 0400)")
    else:
        _write(path, made.written())
        print(
            f"已去掉旧密钥 {'、'.join(map(str, old))}；以前的备份里仍有它们 · the old keys are taken out; earlier "
            "backups still hold them"
        )
    _entry("retire", made.current)
    return 0


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """One change of the keys at a time."""
    folder = os.open(settings.DATA_DIR, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _write(path: Path, text: str) -> None:
    """Put `text` in the place of `path`, whole or not at all, readable by its owner only, who stays the same."""
    beside = path.parent / f".{path.name}.{os.getpid()}"
    with os.fdopen(os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, stat.S_IRUSR | stat.S_IWUSR), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
        if os.geteuid() == 0 and path.exists():
            old = path.stat()
            os.fchown(file.fileno(), old.st_uid, old.st_gid)
    beside.chmod(stat.S_IRUSR)
    beside.replace(path)


def _entry(what: str, number: int) -> None:
    with act(f"assistance.register.key_{what}", actor=SYSTEM, body={"key": number}) as this:
        this.entry(subject=("register_keys", KEYS), data={"key": number})


class Bar:
    """A line that fills: how much was looked at."""

    def __init__(self, total: int):
        self.total = total

    def __call__(self, done: int) -> None:
        if sys.stderr.isatty():
            full = min(WIDTH, WIDTH * done // max(1, self.total))
            bar = f"[{'█' * full}{'·' * (WIDTH - full)}]"
            sys.stderr.write(f"\r\x1b[K{bar} {done}/{self.total} 重新加密 · sealing again")
            sys.stderr.flush()
