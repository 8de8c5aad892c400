"""`yishi exits draw --seed S --frame FILE | yishi exits check FILE [--key K]`: repeat a sample, check an exit file."""

import sys
from pathlib import Path

from yishi.assistance.exits.survey import again, package
from yishi.assistance.exits.survey.again import reckoned_again
from yishi.assistance.exits.survey.draw import draw
from yishi.assistance.exits.survey.frame import FrameError, frame_hash, frame_read

USAGE = "yishi exits draw --seed SEED --frame FILE | yishi exits check FILE [--key KEY]"
PROBLEMS = {
    package.NO_PACKAGE: "这不是退出档案包 · this is no package of an exit",
    package.SIGNED: "签名不对,清单被改动 · the signature does not fit: the manifest was changed",
    package.FILES: "文件多了或者少了 · files were added or left out",
    package.CONTENT: "文件内容被改动 · a file was changed",
    package.OTHER_KEY: "签名的不是给出的公钥 · it was signed with another key than the given one",
    package.BYTES: "文件之外有字节被改动 · bytes outside of the files were changed",
    again.UNREADABLE: "包里的文件不全或者读不了 · files of an exit are missing or cannot be read",
    again.SAMPLE: "样本不是由抽样框和种子抽出来的 · the sample is not what frame and seed give",
    again.RESULTS: "比例不是由问卷和裁定算出来的 · the figures do not follow from interviews and rulings",
}


def run(words: list[str]) -> int:
    """0: done, or all agrees; 1: it does not, and why; 2: no such file, or not understood."""
    options = dict(zip(words[1::2], words[2::2], strict=False)) if len(words) % 2 else {}
    if words[:1] == ["draw"] and set(options) == {"--seed", "--frame"}:
        return _draw(options["--seed"], Path(options["--frame"]))
    if words[:1] == ["check"] and len(words) == 2 and not words[1].startswith("-"):
        return _check(Path(words[1]), "")
    if words[:1] == ["check"] and len(words) == 4 and words[2] == "--key":
        return _check(Path(words[1]), words[3])
    print(USAGE)
    return 2


def _draw(seed: str, path: Path) -> int:
    """The sample on standard output, byte for byte as the platform published it; the frame's hash beside it."""
    try:
        text = path.read_bytes().decode("utf-8")
        frame = frame_read(text)
    except (OSError, UnicodeDecodeError, FrameError) as error:
        print(f"读不了这个抽样框 · cannot read this frame: {error}", file=sys.stderr)
        return 2
    print(f"抽样框 · frame: SHA-256 {frame_hash(text)}", file=sys.stderr)
    sys.stdout.write(draw(frame, seed).written())
    return 0


def _check(path: Path, key: str) -> int:
    try:
        content = path.read_bytes()
    except OSError as error:
        print(f"读不了这个文件 · cannot read this file: {error}")
        return 2
    found = package.package_check(content, key)
    if found.problem:
        print(f"不一致 · it does not agree: {PROBLEMS[found.problem]}{f' ({found.detail})' if found.detail else ''}")
        return 1
    if (differs := reckoned_again(content)) != "":
        print(f"不一致 · it does not agree: {PROBLEMS[differs]}")
        return 1
    for name, value in sorted((found.about or {}).items()):
        print(f"{name}: {value}")
    print(f"文件 · files: {found.files}")
    print(f"公钥 · key: {found.key}")
    if not key:
        print("没有给出公钥:请与该单位公布的公钥核对 · no key was given: compare it with the one that was published")
    print("重抽样本、重算比例,与包内相同 · drawn and reckoned again, sample and figures are the same")
    print("一致:签名、清单和每个字节都对得上 · everything agrees: signature, manifest and every byte")
    return 0
