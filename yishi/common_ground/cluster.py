"""The work on blocks shared by the workers of a Dask `distributed` cluster: `pip install yishi[cluster]`.

Every block and every step on it is a task of the scheduler's graph, so that what a lost worker held is made again by
the others. Sums come back by block and are added in the order of the blocks: the result has the bits of one machine.
"""

from collections.abc import Callable, Sequence
from typing import Any

import dask
from distributed import Client, wait
from distributed import TimeoutError as Waited

from .blocks import ClusterGone, Rows

PATIENCE = 10.0  # seconds until a scheduler must answer and a worker be there
LOST = 10  # workers that may be lost over one task before the task itself is blamed


class ClusterRows(Rows):
    """`Rows` at the scheduler with this address ("tcp://host:8786"). Raises ClusterGone."""

    def __init__(self, address: str):
        dask.config.set({"distributed.scheduler.allowed-failures": LOST})
        self.address = address
        try:
            self.client = Client(address, timeout=PATIENCE, set_as_default=False)
        except (OSError, TimeoutError, ValueError) as error:
            raise ClusterGone(0, "调度程序没有回应，请检查地址和网络 · no Dask scheduler answers", address) from error
        try:
            self.client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            self.close()
            raise ClusterGone(0, "集群里没有工作进程 · the Dask scheduler has no workers", address) from error

    def hold(self, make: Callable[..., Any], *columns: Sequence[Any], common: tuple[Any, ...] = ()) -> list[Any]:
        """One task for every block; nothing comes back yet."""
        return [self.client.submit(make, *block, *common, pure=False) for block in zip(*columns, strict=True)]

    def fetch(self, held: list[Any]) -> list[Any]:
        """Wait for the tasks; what they made, in the order of the blocks."""
        while True:
            try:
                with self.client.as_current():
                    wait(held, timeout=PATIENCE)
            except (Waited, TimeoutError):
                if not self.client.scheduler_info()["workers"]:
                    raise ClusterGone(0, "工作进程都停了 · no Dask worker is left", self.address) from None
                continue
            return list(self.client.gather(held))

    def close(self) -> None:
        """Let the scheduler forget what was held."""
        self.client.close()
