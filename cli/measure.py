"""Runs one protocol with a progress bar, and says in one sentence how it ended if it did not."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ..instruments import Bench, BenchError, BenchFile, open_bench
from ..protocols import ProtocolError
from ..protocols.procedure import BenchProcedure
from ..protocols.run_events import Event, PointMeasured, RunStarted
from ..protocols.runner import RunOutcome, run
from ..storage import Store, StoreError
from .console import err, print_error, print_message, print_notes


class ProgressBar:
    """A listener that shows how far a run is, what was read last, and how long it will take.

    Given how many cycles there are, it counts those: where chance decides how many points there
    will be.
    """

    def __init__(self, title: str, cycles: int | None = None) -> None:
        self._cycles = cycles
        self.run_id: int | None = None
        self.points = 0
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[reading]}"),
            console=err,
        )
        self._task = self._bar.add_task(title, total=None, reading="")

    def __call__(self, event: Event) -> None:
        match event:
            case RunStarted(run_id=run_id, done=done, expected=expected):
                self.run_id, self.points = run_id, done
                counted = 0 if self._cycles else done
                self._bar.update(self._task, completed=counted, total=self._cycles or expected)
            case PointMeasured(done=done, point=point):
                self.points = done
                reading = "" if point.resistance_ohm is None else f"{point.resistance_ohm:.2f} Ω"
                counted = point.cycle + 1 if self._cycles else done
                self._bar.update(self._task, completed=counted, reading=reading)

    def __enter__(self) -> "ProgressBar":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


@contextmanager
def open_measurement_bench(bench_file: BenchFile) -> Iterator[Bench]:
    """Open a bench and leave it safe; raises BenchError, and typer.Exit(1) once a run had begun."""
    measured = failed = False
    try:
        with open_bench(bench_file) as bench:
            try:
                yield bench
                measured = True
            except typer.Exit:
                failed = True
                raise
    except BenchError as error:
        if not measured and not failed:
            raise
        if measured:  # the end of a run that failed has said what is not safe
            print_error(error)
        raise typer.Exit(1) from error


def measure(
    procedure: BenchProcedure,
    bench: Bench,
    store: Store,
    title: str,
    again: str = "",
    cycles: int | None = None,
    **about: Any,
) -> RunOutcome:
    """Run the protocol; `about` is passed on to the runner.

    `again` is the command that, with `--resume RUN`, goes on with the run; given `cycles`, progress
    is counted in these. Raises what the runner
    raises if nothing had begun (bad input: exit code 2), and typer.Exit(1) once a run had begun and
    did not finish, after saying why.
    """
    bar = ProgressBar(title, cycles)
    try:
        with bar:
            outcome = run(procedure, bench, store, listeners=(bar,), **about)
    except (BenchError, ProtocolError, StoreError) as error:
        if bar.run_id is None:
            raise
        print_error(error)
        raise _unfinished(bar, "failed", again) from error
    except (KeyboardInterrupt, SystemExit) as stopped:
        if bar.run_id is None:
            raise
        print_notes(stopped)
        raise _unfinished(bar, "was stopped", again) from stopped
    if outcome.status != "finished":
        raise _unfinished(bar, f"is {outcome.status}", again)
    return outcome


def _unfinished(bar: ProgressBar, how: str, again: str) -> typer.Exit:
    told = f"Run {bar.run_id} {how}; {bar.points} points are stored."
    if again:
        told += f" Go on with it: {again} --resume {bar.run_id}"
    print_message(told)
    return typer.Exit(1)
