"""`yishi draw-verify FILE [--list-hash H]`: repeat a published draw of seats, without any database."""

from pathlib import Path

from yishi.deliberation import draw

USAGE = "yishi draw-verify FILE [--list-hash H]"
PROBLEMS = {
    draw.TWICE: "名单中有人出现两次 · somebody stands in the list twice",
    draw.LIST_CHANGED: "名单与文件中的哈希不符,名单被改动 · the list does not have the file's hash: it was changed",
    draw.OTHER_LIST: "名单与先前公布的哈希不符,名单被换掉 · the list is not the one whose hash was published before",
    draw.NO_NUMBER: "公开数字还没有公布,尚未抽签 · the public number is not there yet: nothing was drawn",
    draw.NUMBERS: "公开数字或各方数字被改动 · the numbers do not give the file's seed: one of them was changed",
    draw.RESULT: "按名单和数字重新抽签,结果不同 · repeating the draw gives other people",
}


def run(words: list[str]) -> int:
    """0: everything agrees; 1: it does not, and why; 2: no such file."""
    if len(words) == 3 and words[1] == "--list-hash":
        path, known = words[0], words[2]
    elif len(words) == 1 and not words[0].startswith("-"):
        path, known = words[0], ""
    else:
        print(USAGE)
        return 2
    try:
        found = draw.check(Path(path).read_text("utf-8"), known)
    except (OSError, ValueError) as error:
        print(f"读不了这个文件 · cannot read this file: {error}")
        return 2
    for line in report(found):
        print(line)
    return 1 if found.problems else 0


def report(found: draw.Checked) -> list[str]:
    """The list, the numbers, the order, and whether all agrees."""
    lines = [
        f"名单 · list: {len(found.order) or '-'}    SHA-256 {found.list_hash}",
        f"公开数字 · public number: {found.public_number or '-'}    来源 · source: {found.number_source}",
    ]
    lines += [f"各方数字 · of party {key}: {found.party_numbers[key]}" for key in sorted(found.party_numbers)]
    if found.seed:
        lines += [f"种子 · seed: {found.seed}", "次序 · order:"]
    for place, key in enumerate(found.order, start=1):
        mark = "抽中 · drawn" if place <= found.wanted else ""
        lines.append(f"{place:5}. {key}  {found.names.get(key, '')}  {mark}".rstrip())
    if found.problems:
        return [*lines, *(PROBLEMS[code] for code in found.problems)]
    return [*lines, "一致:名单、数字和结果都对得上 · everything agrees: list, numbers and result"]
