"""Three workers over TCP say to the last bit what one process says, also when one of them is killed half-way."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

from tests.common_ground.planted import planted
from yishi.cli.common_ground import run
from yishi.common_ground import analyse, blocks

pytest.importorskip("distributed")
from distributed import Client

WORKERS = 3


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(blocks, "VOTES", 1 << 12)


@pytest.fixture
def cluster():
    """A scheduler and three workers, each a process of its own: (address, processes of the workers)."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    python = [sys.executable, "-m"]
    scheduler = subprocess.Popen(
        [*python, "distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
        **quiet,
    )
    words = ["distributed.cli.dask_worker", address, "--no-nanny", "--nthreads", "1", "--no-dashboard"]
    workers = [subprocess.Popen([*python, *words], **quiet) for _ in range(WORKERS)]
    try:
        with Client(address, timeout=60, set_as_default=False) as client:
            client.wait_for_workers(WORKERS, timeout=60)
        yield address, workers
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()


def columns():
    votes, _ = planted(600, 90)
    return votes["participant"], votes["statement"], votes["vote"]


def assert_equal(found, alone):
    assert found.to_dict() == alone.to_dict()
    assert np.array_equal(found.projection, alone.projection)
    assert np.array_equal(found.group_index, alone.group_index)


@pytest.mark.long
def test_a_killed_worker_changes_nothing(cluster):
    address, workers = cluster
    alone = {method: analyse(*columns(), method=method) for method in ("polis", "latent")}
    for method, expected in alone.items():
        assert_equal(analyse(*columns(), method=method, cluster=address), expected)

    half_way = threading.Event()
    killed = []

    def kill():
        assert half_way.wait(60)
        os.kill(workers[0].pid, signal.SIGKILL)
        killed.append(workers[0].wait())

    killer = threading.Thread(target=kill)
    killer.start()
    done = []

    def progress(part, step):
        done.append(step)
        if step == "groups":  # the directions are found, the blocks are held by the workers
            half_way.set()
            while not killed:
                time.sleep(0.01)

    assert_equal(analyse(*columns(), method="latent", cluster=address, progress=progress), alone["latent"])
    killer.join()
    assert killed == [-signal.SIGKILL]


@pytest.mark.long
def test_a_worker_killed_while_it_computes_changes_nothing(cluster):
    address, workers = cluster
    alone = analyse(*columns(), method="polis")
    killer = threading.Timer(0.3, lambda: os.kill(workers[1].pid, signal.SIGKILL))
    killer.start()
    while killer.is_alive():
        assert_equal(analyse(*columns(), method="polis", cluster=address), alone)
    assert_equal(analyse(*columns(), method="polis", cluster=address), alone)
    assert workers[1].wait() == -signal.SIGKILL


def test_nobody_answers(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("yishi.common_ground.cluster.PATIENCE", 0.5)
    (tmp_path / "v.csv").write_text("participant,statement,vote\n1,1,1\n2,1,1\n", "utf-8")
    assert run([str(tmp_path / "v.csv"), "--cluster", "tcp://127.0.0.1:9", "--quiet"]) == 2
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert "tcp://127.0.0.1:9" in said and "no Dask scheduler answers" in said
