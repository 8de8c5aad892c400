"""A PostgreSQL server for tests and benchmarks: the one that is named, else one of our own in a temporary folder."""

import contextlib
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from .say import Stop
from .setup import VENV

NAME = "YISHI_TEST_DATABASE_URL"


@contextlib.contextmanager
def server(*, durable: bool = False) -> Iterator[str | None]:
    """The server's URL, or None where there is no PostgreSQL. `durable` keeps fsync on (benchmarks)."""
    if os.environ.get(NAME):
        yield os.environ[NAME]
        return
    programs = binaries()
    if programs is None:
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="yishi-pg-"))
    user = ordinary_user()
    if user:
        os.chown(folder, user.pw_uid, user.pw_gid)
    try:
        with running(programs, folder, user, durable) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def binaries() -> Path | None:
    """The folder with initdb and postgres: Debian's newest, else that of the PyPI package pgserver."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"), key=lambda path: int(path.parts[-3]))
    found = found or sorted(VENV.glob("lib/python3*/site-packages/pgserver/pginstall/bin/postgres"))
    return found[-1].parent if found else None


def ordinary_user() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: then as `postgres`, whom Debian's package makes, or as `nobody`."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise Stop("yishi: PostgreSQL 不能以 root 运行 · PostgreSQL does not run as root and there is no other user")


@contextlib.contextmanager
def running(programs: Path, folder: Path, user: pwd.struct_passwd | None, durable: bool) -> Iterator[str]:
    data, log = folder / "data", folder / "log"
    as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []} if user else {}
    common = {"cwd": folder, "env": {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}, **as_user}
    init = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "yishi",
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C.UTF-8",
        "--no-sync",
    ]
    made = subprocess.run(init, capture_output=True, text=True, check=False, **common)
    if made.returncode:
        raise Stop(f"yishi: initdb 失败 · initdb failed: {made.stderr.strip()[-300:]}")
    port = free_port()
    options = {"listen_addresses": "127.0.0.1", "unix_socket_directories": folder, "max_connections": 100}
    if not durable:
        options |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    words = [programs / "postgres", "-D", data, "-p", str(port)]
    for name, value in options.items():
        words += ["-c", f"{name}={value}"]
    with log.open("wb") as output:
        process = subprocess.Popen(words, stdout=output, stderr=output, **common)
        try:
            wait_for(port, process, log)
            yield f"postgres://yishi@127.0.0.1:{port}/postgres"
        finally:
            process.send_signal(2)  # fast shutdown
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(300):
        if process.poll() is not None:
            break
        if "ready to accept connections" in log.read_text(errors="replace"):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        time.sleep(0.1)
    raise Stop(f"yishi: PostgreSQL 没有启动 · PostgreSQL did not start: {log.read_text(errors='replace')[-300:]}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
