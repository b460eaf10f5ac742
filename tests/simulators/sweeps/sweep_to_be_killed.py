"""Sweeps 12 slow tasks: argv is database, executor, jobs, log; each task logs when it is done."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from dwmtj.simulators.sweeps.sweep import Sweep, open_executor
from dwmtj.simulators.sweeps.task import Task, grid
from dwmtj.storage import Store

TASKS = 12


def log(path: Path, line: str) -> None:
    with path.open("a") as file:
        file.write(f"{line} {os.getpid()}\n")


def load(path: Path) -> np.ndarray:
    log(path, "loaded")
    return np.arange(100_000)


def slow(table: np.ndarray, task: Task, advance: Callable[[int], None]) -> dict[str, Any]:
    for _ in range(3):
        time.sleep(0.1)
        advance(1)
    log(task.context, f"done {task.configuration['place']}")
    return {"square": int(table[task.configuration["place"]]) ** 2}


def main(database: str, where: str, jobs: str, logged: str) -> None:
    path = Path(logged)
    tasks = [
        Task(f"place {v['place']}", v, seed=0, steps=3, context=path)
        for v in grid(place=list(range(TASKS)))
    ]
    with open_executor(where, int(jobs)) as executor, Store.open(database) as store:
        sweep = Sweep("squares", slow, store, executor, setup=lambda: load(path))
        print("missing", len(sweep.missing(tasks)), flush=True)
        found = sweep.results(tasks, lambda name, steps: print(name, steps, flush=True))
    print("squares", [result.data["square"] for result in found])


if __name__ == "__main__":
    main(*sys.argv[1:])
