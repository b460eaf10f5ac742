"""Runs one protocol with a progress bar, and prints one sentence if it does not finish."""

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
    """A listener that shows the progress of a run, the last reading and the time left.

    Given a number of cycles, it counts cycles instead of points, whose number may depend on chance.
    """

    def __init__(self, title: str, cycles: int | None = None) -> None:
        self._cycles = cycles
        self.run_id: int | None = None
        self.points = 0
        self.display = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[reading]}"),
            console=err,
        )
        self._task = self.display.add_task(title, total=None, reading="")

    def __call__(self, event: Event) -> None:
        match event:
            case RunStarted(run_id=run_id, done=done, expected=expected):
                self.run_id, self.points = run_id, done
                counted = 0 if self._cycles else done
                self.display.update(self._task, completed=counted, total=self._cycles or expected)
            case PointMeasured(done=done, point=point):
                self.points = done
                reading = "" if point.resistance_ohm is None else f"{point.resistance_ohm:.2f} Ω"
                counted = point.cycle + 1 if self._cycles else done
                self.display.update(self._task, completed=counted, reading=reading)


@contextmanager
def open_measurement_bench(bench_file: BenchFile) -> Iterator[Bench]:
    """Open a bench and leave it safe; raises BenchError, or Exit(1) once a run has started."""
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
        if measured:  # a run that failed has printed what is not safe
            print_error(error)
        raise typer.Exit(1) from error


def measure(
    procedure: BenchProcedure,
    bench: Bench,
    store: Store,
    title: str,
    resume_command: str = "",
    cycles: int | None = None,
    **metadata: Any,
) -> RunOutcome:
    """Run a protocol with a progress bar; `metadata` is passed to the runner.

    `resume_command` is the command that, with `--resume RUN`, continues the run; given `cycles`,
    progress is counted in cycles. Raises the error of the runner if no run has started (invalid
    input: exit code 2), and typer.Exit(1) after a message if a run did not finish.
    """
    bar = ProgressBar(title, cycles)
    try:
        with bar.display:
            outcome = run(procedure, bench, store, listeners=(bar,), **metadata)
    except (BenchError, ProtocolError, StoreError) as error:
        if bar.run_id is None:
            raise
        print_error(error)
        raise _unfinished(bar, "failed", resume_command) from error
    except (KeyboardInterrupt, SystemExit) as stopped:
        if bar.run_id is None:
            raise
        print_notes(stopped)
        raise _unfinished(bar, "was stopped", resume_command) from stopped
    if outcome.status != "finished":
        raise _unfinished(bar, f"is {outcome.status}", resume_command)
    return outcome


def _unfinished(bar: ProgressBar, how: str, resume_command: str) -> typer.Exit:
    message = f"Run {bar.run_id} {how}; {bar.points} points are stored."
    if resume_command:
        message += f" Resume it with: {resume_command} --resume {bar.run_id}"
    print_message(message)
    return typer.Exit(1)
