"""The command `dwmtj` in a process of its own, as a user starts it, and what it has stored."""

import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from dwmtj.tests.fork_server import run_forked


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "dwmtj", *arguments]


def dwmtj(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Run a command in the folder, on a terminal 160 columns wide and with no database named."""
    return run_forked(folder, ["dwmtj", *arguments], **{"COLUMNS": "160", **environment})


@contextmanager
def started(folder: Path, *arguments: str, **options: Any) -> Iterator["subprocess.Popen[str]"]:
    """Start a command in the folder; it is killed at the end of the block, if it still runs."""
    with subprocess.Popen(command(*arguments), cwd=folder, text=True, **options) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(reached: Callable[[], bool], *processes: "subprocess.Popen[str]") -> None:
    """Wait for as long as it takes while all processes run; AssertionError if one ends before."""
    while not reached():
        for process in processes:
            assert process.poll() is None, f"{process.args!r} ended with {process.returncode}"
        time.sleep(0.02)


def stored(database: Path, count: str) -> int:
    """Return what a query of one number finds, 0 where the database has no tables yet."""
    try:
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
            return int(store.execute(count).fetchone()[0])
    except sqlite3.OperationalError:
        return 0
