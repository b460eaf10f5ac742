"""The ownership of a bench of real instruments: its locks, and a guard that outlives its owner."""

import secrets
from pathlib import Path

from ..bench_file import BenchFile
from ..ownership import Holder, Ownership
from .plan import RunUnderWay
from .planning import lock_files, plan_of
from .process import Guard


class Owner:
    """A bench that is owned by this process, and guarded, until it is released."""

    def __init__(self, bench_file: BenchFile) -> None:
        """Raises BenchError, and has touched nothing, if another owner has an instrument."""
        token = secrets.token_hex(8)
        holder = Holder.of_this_process(token, bench_file.name)
        self._locks = Ownership(lock_files(bench_file), holder)
        try:
            self._guard = Guard(plan_of(bench_file), token)
        except BaseException:
            self._locks.release()
            raise

    def run_begins(self, notes_file: Path, run_id: int, attempt: int) -> None:
        """From now on the guard writes what it does into the notes about this run."""
        self._locks.describe(f"run {run_id}")
        self._guard.run_begins(RunUnderWay(notes_file.absolute(), run_id, attempt))

    def run_ends(self) -> None:
        self._locks.describe("")
        self._guard.run_ends()

    def report_set_point(self, address: str, value: float) -> None:
        """Tell the guard which value an instrument is about to be sent."""
        self._guard.set_point(address, value)

    def release(self) -> None:
        """End the guard, then the ownership."""
        try:
            self._guard.release()
        finally:
            self._locks.release()
