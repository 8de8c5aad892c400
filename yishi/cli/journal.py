"""`yishi journal verify [--last-hash H]`: is the journal unharmed? `yishi journal seal`: seal what is new."""

import time

from yishi.journal.blocks import last_hash, seal
from yishi.journal.verify import Damage, Kind, verify

WORDS = {
    Kind.ALTERED: "记录被改动 · an entry was altered",
    Kind.REMOVED: "记录被删除 · an entry was removed",
    Kind.INSERTED: "记录被插入 · an entry was inserted",
    Kind.MOVED: "记录被调换次序 · an entry was moved",
    Kind.BLOCK: "区块被改动 · a block was altered",
    Kind.RECEIPT: "回执与记录不符 · a receipt does not fit its entries",
    Kind.REWRITTEN: "没有区块有此哈希,日志被整体改写 · no block has the given hash: the whole was rewritten",
}
USAGE = "yishi journal verify [--last-hash H] | yishi journal seal"


def run(words: list[str]) -> int:
    if words == ["seal"]:
        count = seal()
        print(f"封存 {count} 条 · sealed: {count}\n末块哈希 · last hash: {last_hash()}")
        return 0
    if words == ["verify"]:
        return check(None)
    if len(words) == 3 and words[:2] == ["verify", "--last-hash"]:
        return check(words[2])
    print(USAGE)
    return 2


def check(known_hash: str | None) -> int:
    began = time.perf_counter()
    report = verify(known_hash)
    if report.damage is not None:
        print(line(report.damage))
        return 1
    seconds = time.perf_counter() - began
    print(
        f"日志完好：{report.entries} 条记录，{report.blocks} 个区块，未封存 {report.unsealed} 条 · whole: "
        f"{report.entries} entries, {report.blocks} blocks, {report.unsealed} unsealed ({seconds:.1f} s)"
    )
    print(f"末块哈希 · last hash: {report.last_hash}")
    return 0


def line(damage: Damage) -> str:
    """One plain line: what happened to which entry, and where."""
    where = [
        f"记录 · entry {damage.entry}" if damage.entry else "",
        f"回执 · receipt {damage.receipt}" if damage.receipt else "",
        f"区块 · block {damage.block}" if damage.block is not None else "",
        f"位置 · position {damage.position}" if damage.position is not None else "",
    ]
    return "; ".join(part for part in [WORDS[damage.kind], *where] if part)
