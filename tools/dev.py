"""Serve while editing: what is saved is seen at the next reload of the page; Ctrl-C stops everything."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

from . import serve, setup
from .say import ROOT, Stop, call, say

POLL = 0.5  # seconds
PACKAGE = ROOT / "yishi"
READ_AT_START = {".py", ".toml", ".csv", ".json", ".po"}  # templates, styles and scripts are read at each request


class Changes:
    """Which files were written, added or taken away since they were last asked for."""

    def __init__(self, folder: Path, endings: set[str]):
        self.folder, self.endings = folder, endings
        self.times = dict(self._times())

    def since(self) -> list[Path]:
        before, self.times = self.times, dict(self._times())
        return sorted(path for path in before.keys() | self.times.keys() if before.get(path) != self.times.get(path))

    def _times(self) -> Iterator[tuple[Path, int]]:
        for folder, folders, names in os.walk(self.folder):
            folders[:] = [name for name in folders if name not in {"__pycache__", "static"}]
            for name in names:
                if os.path.splitext(name)[1] in self.endings:
                    path = Path(folder, name)
                    try:
                        yield path, path.stat().st_mtime_ns
                    except FileNotFoundError:  # an editor writes beside and moves into place
                        continue


class Server:
    """The web server and the jobs, as `./run` starts them."""

    def __init__(self, host: str, port: int):
        self.host, self.port = host, port
        self.processes: list[subprocess.Popen[bytes]] = []

    def start(self) -> None:
        """What does not start (a half-written line) says why and waits for the next change."""
        web = serve.start_web(self.host, self.port, workers=1)
        self.processes = [web]
        try:
            serve.wait_for(self.host, self.port, web)
        except Stop as stop:
            print(stop, flush=True)
        else:
            self.processes += serve.start_jobs()

    def stop(self) -> None:
        serve.stop(self.processes)

    def restart(self, changed: list[Path]) -> None:
        names = ", ".join(str(path.relative_to(ROOT)) for path in changed[:3]) + (" …" if len(changed) > 3 else "")
        start = time.monotonic()
        self.stop()
        if any(path.suffix == ".po" for path in changed):
            setup.translations()
        self.start()
        say(f"已重新启动（{names}）", f"started again after {names}, {time.monotonic() - start:.1f} s")


def run(words: list[str]) -> int:
    """`./run dev`"""
    if words:
        raise Stop("yishi: ./run dev 不带参数 · ./run dev takes no arguments")
    os.environ["YISHI_DEBUG"] = "1"  # templates are read anew at each request, static files have their plain names
    setup.ready(dev=True)
    settings = serve.read_settings()
    serve.refuse_taken(settings["host"], int(settings["port"]))
    call([setup.PYTHON, "-m", "yishi.cli", "prepare"])
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, serve.interrupt)
    server, pages = Server(settings["host"], int(settings["port"])), start_pages()
    try:
        changes = Changes(PACKAGE, READ_AT_START)
        server.start()
        serve.announce(settings)
        while pages.poll() is None:
            time.sleep(POLL)
            if changed := changes.since():
                server.restart(changed)
        raise Stop("yishi: 页面样式的构建已停止 · the build of the pages has stopped (see the lines above)")
    except KeyboardInterrupt:
        print()
        say("正在停止", "stopping")
        return 0
    finally:
        serve.stop([*server.processes, pages])


def start_pages() -> subprocess.Popen[bytes]:
    """vite, kept running. What it builds is larger than what `./run` serves: that is then built anew."""
    setup.set_stamp("pages", "")
    node, _npm = setup.node_and_npm()
    config = setup.FRONTEND / "vite.config.js"
    vite = setup.FRONTEND / "node_modules/vite/bin/vite.js"
    return subprocess.Popen([node, vite, "build", "--watch", "--config", config], cwd=ROOT, start_new_session=True)
