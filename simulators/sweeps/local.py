"""A sweep on this machine: in processes side by side, or in this one."""

import os
import signal
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from threading import Event, Thread
from time import sleep
from typing import Any

import numpy as np
import numpy.typing as npt
import psutil
from joblib import Parallel, delayed, parallel_config
from joblib.externals.loky import get_reusable_executor

from ...arrays import Counts
from .errors import SweepError
from .task import Task
from .work import Work, compute_task

POLL_INTERVAL_s = 0.2  # between looks at the counts of finished steps


class LocalProcesses:
    """Runs tasks in `jobs` processes of one thread each; a single job runs in this process."""

    def __init__(self, jobs: int) -> None:
        self.workers = jobs

    def run(
        self, work: Work, tasks: Mapping[str, Task], progress: Callable[[str, int], None]
    ) -> Generator[tuple[str, Mapping[str, Any]]]:
        """Yield (key, result) as tasks end; `progress` gets keys and how many steps are done."""
        if self.workers == 1:
            for key, task in tasks.items():
                yield key, work.compute_here(task, _counting(key, progress))
            return
        keys = list(tasks)
        try:
            with _polled_counts(keys, progress) as counts:
                calls = (
                    delayed(_in_process)(
                        work.token, work.payload, tasks[key], counts, number, os.getpid()
                    )
                    for number, key in enumerate(keys)
                )
                with parallel_config("loky", n_jobs=self.workers, inner_max_num_threads=1):
                    parallel = Parallel(return_as="generator_unordered", batch_size=1)
                    for number, result in parallel(calls):
                        yield keys[number], result
        except BrokenProcessPool as error:
            raise SweepError(
                "A process that computed was killed, perhaps for lack of memory: finished tasks "
                "are kept; resume with fewer --jobs."
            ) from error

    def close(self) -> None:
        """End the processes."""
        if self.workers > 1:
            get_reusable_executor(reuse=True).shutdown(wait=True, kill_workers=True)


def _counting(key: str, progress: Callable[[str, int], None]) -> Callable[[int], None]:
    done = 0

    def advance(steps: int) -> None:
        nonlocal done
        done += steps
        progress(key, done)

    return advance


@contextmanager
def _polled_counts(keys: list[str], progress: Callable[[str, int], None]) -> Iterator[Counts]:
    """Give an array that processes share, and report its content at intervals."""
    over = Event()

    def poll() -> None:
        while not over.wait(POLL_INTERVAL_s):
            for key, done in zip(keys, counts.tolist(), strict=True):
                progress(key, done)

    with tempfile.TemporaryDirectory(prefix="dwmtj-", ignore_cleanup_errors=True) as folder:
        counts = np.memmap(Path(folder) / "counts", np.int64, "w+", shape=(len(keys),))
        polling = Thread(target=poll, daemon=True)
        polling.start()
        try:
            yield counts
        finally:
            over.set()
            polling.join()


def _in_process(
    token: str,
    payload: npt.NDArray[np.uint8],
    task: Task,
    counts: Counts,
    number: int,
    driver: int,
) -> tuple[int, Mapping[str, Any]]:
    _live_with(driver)

    def advance(steps: int) -> None:
        counts[number] += steps

    return number, compute_task(token, payload, task, advance)


@cache
def _live_with(driver: int) -> None:
    """Leave Ctrl-C to the driver, and end when it is gone: the next one starts the task again."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent and psutil.pid_exists(driver):
            sleep(POLL_INTERVAL_s)
        os._exit(1)

    Thread(target=watch, daemon=True).start()
