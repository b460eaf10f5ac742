"""A sweep on a cluster: tasks go to the workers of a dask scheduler, and again if one is lost."""

import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import CancelledError
from typing import Any, Self

import dask
import numpy as np
import numpy.typing as npt
from distributed import Client, Future, KilledWorker, as_completed, get_worker

from .errors import SweepError
from .task import Task
from .work import Work, compute_task

TIMEOUT_s = 10.0  # until the scheduler answers, and until it has a worker
REPORT_INTERVAL_s = 0.5  # at least, between two reports of a task
LARGEST_BYTES = 10**10  # of what all tasks share, images for example; dask would warn at 10 MB


class DaskCluster:
    """Runs tasks on the workers of a scheduler; from `connect`."""

    def __init__(self, client: Client, address: str) -> None:
        self._client, self._address = client, address
        self._sent: dict[str, Future] = {}

    @classmethod
    def connect(cls, address: str) -> Self:
        """Return the cluster of the scheduler at `host:port`; raises SweepError."""
        try:
            client = Client(f"tcp://{address}", timeout=TIMEOUT_s, set_as_default=False)
        except OSError as error:
            raise SweepError(
                f"No dask scheduler answers at {address}: start one with dask scheduler, or give "
                "the address that it prints with --executor dask://HOST:PORT."
            ) from error
        try:
            client.wait_for_workers(1, timeout=TIMEOUT_s)
        except TimeoutError as error:
            client.close()
            raise SweepError(
                f"The dask scheduler at {address} has no worker: start some with dask worker "
                f"{address} --nthreads 1."
            ) from error
        return cls(client, address)

    @property
    def workers(self) -> int:
        """How many tasks can be under way at the same time."""
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def run(
        self, work: Work, tasks: Mapping[str, Task], progress: Callable[[str, int], None]
    ) -> Generator[tuple[str, Mapping[str, Any]]]:
        """Yield (key, result) as tasks end; `progress` gets keys and how many steps are done."""
        if work.token not in self._sent:
            self._sent[work.token] = self._send(work)
        topic = f"dwmtj-{work.token}"
        self._client.subscribe_topic(topic, lambda event: progress(*event[1]))
        futures = {
            self._client.submit(
                _on_worker, work.token, self._sent[work.token], key, task, topic,
                key=f"dwmtj-{key}", pure=False,
            ): key
            for key, task in tasks.items()
        }  # fmt: skip
        try:
            for future in as_completed(futures, loop=self._client.loop):
                yield futures[future], self._result(future, tasks[futures[future]])
        finally:
            self._client.unsubscribe_topic(topic)
            # The scheduler tells all its clients of a task that is cancelled: a sweep of the same
            # tasks that begins now would lose those that are done here.
            self._client.cancel([future for future in futures if not future.done()])

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close()

    def _send(self, work: Work) -> Future:
        """Return what all tasks share: on one worker, computed again on another if that is lost.

        Data that are scattered cannot be, and while they are sent to all workers, the loss of one
        ends in a KeyError of the scheduler, or never (distributed 2026.8).
        """
        with dask.config.set({"distributed.admin.large-graph-warning-threshold": LARGEST_BYTES}):
            return self._client.submit(
                _same, work.payload, key=f"dwmtj-work-{work.token}", pure=False
            )

    def _result(self, future: Future, task: Task) -> Mapping[str, Any]:
        try:
            result: Mapping[str, Any] = future.result()
        except KilledWorker as error:
            raise SweepError(
                f"{task.name}: every worker at {self._address} that began it was lost, perhaps for "
                "lack of memory; finished tasks are kept."
            ) from error
        except CancelledError as error:
            raise SweepError(
                f"The cluster at {self._address} lost its workers or its scheduler: finished "
                "tasks are kept; resume with the same command."
            ) from error
        except ModuleNotFoundError as error:
            raise SweepError(
                f"The workers at {self._address} cannot import {error.name}: install the same "
                "version of dwmtj there, with its extra learning."
            ) from error
        return result


def _same(payload: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    return payload


def _on_worker(
    token: str, payload: npt.NDArray[np.uint8], key: str, task: Task, topic: str
) -> Mapping[str, Any]:
    worker = get_worker()
    done, last = 0, time.monotonic()

    def advance(steps: int) -> None:
        nonlocal done, last
        done += steps
        if time.monotonic() - last >= REPORT_INTERVAL_s:
            last = time.monotonic()
            worker.log_event(topic, (key, done))

    return compute_task(token, payload, task, advance)
