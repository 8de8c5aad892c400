"""Serve: one web server and one process for the jobs; Ctrl-C stops both."""

import http.client
import os
import signal
import socket
import subprocess
import time
from typing import NoReturn

from . import setup
from .say import ROOT, Stop, call, say

THREADS = 4  # per web process: SQLite has one writer, and each thread keeps a connection
PATIENCE = 60  # seconds from the start to the first answer
MOST_MEMORY = 700  # MiB: a web process that has grown beyond it is replaced once its requests are answered


def run(words: list[str]) -> int:
    """`./run`"""
    if words:
        raise Stop(
            "yishi: ./run 不带参数 · ./run takes no arguments; settings come from the environment (docs/settings.md)"
        )
    setup.ready()
    settings = read_settings()
    host, port = settings["host"], int(settings["port"])
    refuse_taken(host, port)
    call([setup.PYTHON, "-m", "yishi.cli", "prepare"])
    web = start_web(host, port, int(settings["workers"]))
    jobs = start_jobs() if settings["jobs"] == "True" else []
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    try:
        wait_for(host, port, web)
        announce(settings)
        notify("READY=1")
        return watch(web, jobs)
    except KeyboardInterrupt:
        print()
        say("正在停止", "stopping")
        return 0
    finally:
        stop([web, *jobs])


def manage(words: list[str]) -> NoReturn:
    """`./run manage VERB …`: the project's command line."""
    with setup.alone():
        setup.environment()
        setup.install("base")
    os.chdir(ROOT)
    os.execv(setup.PYTHON, [str(setup.PYTHON), "-m", "yishi.cli", *words])  # noqa: S606


def read_settings() -> dict[str, str]:
    """The settings as the project itself reads them; a bad one stops here with its one line."""
    script = (
        "from yishi.config import environment as e; v = e.read()\n"
        "v['address'] = v['inner_url'] if 'inner' in v['faces'] else v['public_url']\n"
        "for name in ('host', 'port', 'workers', 'jobs', 'address'): print(name, v[name], sep='=')"
    )
    result = subprocess.run([setup.PYTHON, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    if result.returncode:
        raise Stop(result.stderr.strip().splitlines()[-1])
    return dict(line.split("=", 1) for line in result.stdout.splitlines())


def refuse_taken(host: str, port: int) -> None:
    try:
        with socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET):
            pass
    except OSError as error:
        raise Stop(
            f"yishi: 端口 {port} 不可用，请换一个 · port {port} cannot be used; set YISHI_PORT ({error.strerror})"
        ) from error


def start_web(host: str, port: int, workers: int) -> subprocess.Popen[bytes]:
    words = [
        setup.PYTHON, "-m", "granian", "--interface", "wsgi", "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(THREADS), "--no-ws", "--log-level", "warning",
        "--log-config", str(ROOT / "yishi" / "config" / "web-server-log.json"),
        "--respawn-failed-workers", "--workers-kill-timeout", "10",
        "--workers-max-rss", str(MOST_MEMORY), "yishi.config.wsgi:application",
    ]  # fmt: skip
    return subprocess.Popen(words, cwd=ROOT, start_new_session=True)


def start_jobs() -> list[subprocess.Popen[bytes]]:
    return [subprocess.Popen([setup.PYTHON, "-m", "yishi.cli", "work"], cwd=ROOT, start_new_session=True)]


def wait_for(host: str, port: int, web: subprocess.Popen[bytes]) -> None:
    where = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if web.poll() is not None:
            raise Stop("yishi: 网页服务没有启动 · the web server did not start (see the lines above)")
        if answers(where, port, end - time.monotonic()):
            return
        time.sleep(0.05)
    raise Stop(f"yishi: 网页服务 {PATIENCE} 秒内没有应答 · the web server did not answer within {PATIENCE} s")


def answers(host: str, port: int, patience: float) -> bool:
    """Whether a file of the pages comes: the socket listens before a web process is there to answer."""
    connection = http.client.HTTPConnection(host, port, timeout=max(patience, 1))
    try:
        connection.request("GET", "/static/icon.svg")
        connection.getresponse().read()
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
    return True


def notify(state: str) -> None:
    """Tell systemd, where it started us as `Type=notify`, that the pages answer."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(state.encode(), "\0" + address[1:] if address.startswith("@") else address)


def announce(settings: dict[str, str]) -> None:
    print(f"\n  议事已启动 · Yishi serves:  {settings['address']}/")
    print("  按 Ctrl-C 停止 · Ctrl-C stops\n", flush=True)


def watch(web: subprocess.Popen[bytes], jobs: list[subprocess.Popen[bytes]]) -> int:
    """Until the web server ends. Jobs that die are started again."""
    while web.poll() is None:
        for index, job in enumerate(jobs):
            if job.poll() is not None:
                time.sleep(2)
                say("后台任务已重新启动", "the job process was started again")
                jobs[index : index + 1] = start_jobs()
        time.sleep(0.5)
    return web.returncode


def stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
    for process in processes:
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()


def interrupt(_number: int, _frame: object) -> NoReturn:
    """A closed window ends everything as Ctrl-C does."""
    raise KeyboardInterrupt
