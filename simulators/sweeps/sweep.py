"""Many tasks side by side, here or on a cluster, each computed once and kept in the store.

    with open_executor("local", jobs=4) as executor, Store.open("sweep.sqlite") as store:
        sweep = Sweep("my-sweep", compute, store, executor)
        results = sweep.results([Task(f"seed {seed}", {}, seed) for seed in range(100)])

A task is identified by its key, a hash of its kind, configuration, seed and the code it runs.
Results are written as they come, by the process that sweeps and by it alone.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from importlib.util import find_spec
from threading import Lock
from typing import Any, Protocol
from urllib.parse import urlsplit

from ...storage import ResultRecord, Store
from .errors import SweepError
from .task import Compute, Task
from .work import Work

Report = Callable[[str, int], None]
Done = Generator[tuple[str, Mapping[str, Any]]]


class Executor(Protocol):
    """The processes that run tasks: `LocalProcesses` or `DaskCluster`."""

    @property
    def workers(self) -> int: ...

    def run(
        self, work: Work, tasks: Mapping[str, Task], progress: Callable[[str, int], None]
    ) -> Done: ...

    def close(self) -> None: ...


@contextmanager
def open_executor(where: str = "local", jobs: int = 1) -> Iterator[Executor]:
    """Open an executor: "local" in `jobs` processes, or "dask://host:port". Raises SweepError."""
    address = scheduler_address(where)
    executor: Executor
    if address is None:
        from .local import LocalProcesses

        executor = LocalProcesses(jobs)
    else:
        from .dask import DaskCluster

        executor = DaskCluster.connect(address)
    try:
        yield executor
    finally:
        executor.close()


def scheduler_address(where: str) -> str | None:
    """Return host:port of the scheduler, None for "local"; raises SweepError."""
    if where == "local":
        return None
    try:
        parts = urlsplit(where)
        wrong = parts.scheme != "dask" or not parts.hostname or not parts.port
    except ValueError:
        wrong = True
    if wrong or parts.path or parts.query or parts.username:
        raise SweepError(
            f"{where!r} is no executor: give local, or dask://HOST:PORT with the address that dask "
            "scheduler prints."
        )
    if find_spec("distributed") is None:
        raise SweepError(
            "A cluster needs dask.distributed, not installed here: install the extra with "
            "pip install 'dwmtj[cluster]'."
        )
    return parts.netloc


class Sweep:
    """Tasks of one kind: `compute` is called with the value of `setup`, the task, and `advance`.

    `setup` is called once in each process that computes, and is sent there once with all that it
    holds: images, weights. `compute` calls `advance` with the number of steps just done, and
    returns plain data. Both are functions of a module or a script.
    """

    def __init__(
        self,
        kind: str,
        compute: Compute,
        store: Store,
        executor: Executor,
        setup: Callable[[], Any] = lambda: None,
    ) -> None:
        self.kind = kind
        self._store, self._executor = store, executor
        self._work = Work(compute, setup)
        self._known = {record.key: record for record in store.results(kind) if record.key}

    @property
    def workers(self) -> int:
        """How many tasks can be under way at the same time."""
        return self._executor.workers

    def key(self, task: Task) -> str:
        """Return the key that identifies the task."""
        return task.key(self.kind, self._work.source)

    def missing(self, tasks: Sequence[Task]) -> list[Task]:
        """Return the tasks without a result in the store."""
        return [task for task in tasks if self.key(task) not in self._known]

    def results(
        self, tasks: Sequence[Task], report: Report = lambda _name, _steps: None
    ) -> list[ResultRecord]:
        """Return the result of each task, in their order, computing those that are missing.

        Tasks with the same key are one. `report` gets the name of a task and how many more of its
        steps are done. Raises what `compute` raises and StoreError; finished tasks are kept.
        """
        keys = [self.key(task) for task in tasks]
        by_key = dict(zip(reversed(keys), reversed(tasks), strict=True))
        missing = {key: by_key[key] for key in dict.fromkeys(keys) if key not in self._known}
        progress = _Progress(tasks, keys, report)
        for key, task in by_key.items():
            if key in self._known:
                progress(key, task.steps)
        if missing:
            with closing(self._executor.run(self._work, missing, progress)) as done:
                for key, data in done:
                    self._keep(key, by_key[key], data)
                    progress(key, by_key[key].steps)
        return [self._known[key] for key in keys]

    def _keep(self, key: str, task: Task, data: Mapping[str, Any]) -> None:
        self._known[key] = self._store.add_result(
            self.kind,
            task.name,
            configuration={**task.configuration, "code": self._work.source},
            data=data,
            seed=task.seed,
            key=key,
        )


class _Progress:
    """Reports how many more steps are done, given how many are done of a key.

    A task that is started again after its worker was lost is not counted twice; one that stands
    for several counts for all of them.
    """

    def __init__(self, tasks: Sequence[Task], keys: Sequence[str], report: Report) -> None:
        self._tasks: dict[str, list[Task]] = {}
        for key, task in zip(keys, tasks, strict=True):
            self._tasks.setdefault(key, []).append(task)
        self._seen = dict.fromkeys(keys, 0)
        self._report, self._lock = report, Lock()

    def __call__(self, key: str, done: int) -> None:
        with self._lock:
            more = min(done, self._tasks[key][0].steps) - self._seen[key]
            if more <= 0:
                return
            self._seen[key] += more
            for task in self._tasks[key]:
                self._report(task.name, more)
