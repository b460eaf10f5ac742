"""Runs one protocol with a progress bar, and prints one sentence if it does not finish.

Sentence and exit code are those of the status that is stored, whatever happens after the end.
"""

import shlex
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ..instruments import Bench, BenchError, BenchFile, open_bench
from ..protocols import ProtocolError, RunControl
from ..protocols.procedure import BenchProcedure
from ..protocols.running.run_events import (
    Event,
    PointMeasured,
    RunEnded,
    RunPaused,
    RunResumed,
    RunStarted,
)
from ..protocols.running.runner import RunOutcome, run
from ..storage import Status, Store, StoreError
from .console import err, print_error, print_message, print_notes, visible

ENDINGS = {
    Status.FINISHED: "is finished",
    Status.ABORTED: "was stopped",
    Status.FAILED: "failed",
    Status.INTERRUPTED: "was interrupted",
    Status.RUNNING: "has no stored end",
}


class ProgressBar:
    """A listener that shows the progress of a run, the last reading and the time left.

    Of a run that trains a network it shows the accuracy, too. Given a number of cycles, it counts
    cycles instead of points, whose number may depend on chance.
    """

    def __init__(self, title: str, cycles: int | None = None) -> None:
        self._cycles = cycles
        self.run_id: int | None = None
        self.ended: Status | None = None
        self.stored = 0
        self.display = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(compact=True),
            TextColumn("{task.fields[reading]}"),
            console=err,
        )
        self._accuracy = ""
        self._task = self.display.add_task(visible(title), total=None, reading="")

    def __call__(self, event: Event) -> None:
        match event:
            case RunStarted(run_id=run_id, done=done, expected=expected):
                self.run_id, self.stored = run_id, done
                counted = 0 if self._cycles else done
                self.display.update(self._task, completed=counted, total=self._cycles or expected)
            case PointMeasured(done=done, point=point):
                self.stored = done
                reading = "" if point.resistance_ohm is None else f"{point.resistance_ohm:.2f} Ω"
                if (accuracy := point.extra.get("accuracy")) is not None:
                    self._accuracy = f"accuracy {100 * float(accuracy):.1f} %  "
                reading = self._accuracy + reading
                counted = point.cycle + 1 if self._cycles else done
                self.display.update(self._task, completed=counted, reading=reading)
            case RunPaused():
                self.display.update(self._task, reading="paused")
            case RunResumed():
                self.display.update(self._task, reading="")
            case RunEnded(status=status):
                self.ended = status


@contextmanager
def open_measurement_bench(bench_file: BenchFile) -> Iterator[Bench]:
    """Open a bench and leave it safe; raises BenchError, or Exit(1) once a run has started.

    An interruption while a bench is closed whose runs have ended changes nothing about them. A
    bench with a prober is refused: its needles touch nothing outside of a sequence.
    """
    if bench_file.prober is not None:
        raise BenchError(
            f"The bench {bench_file.name} has a prober, whose needles touch nothing yet: measure "
            "its devices in a sequence with [wafer], dwmtj run FILE.toml."
        )
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
    except (KeyboardInterrupt, SystemExit) as interruption:
        if not measured:
            raise
        if isinstance(interruption.__context__, BenchError):
            print_error(interruption.__context__)
            raise typer.Exit(1) from interruption


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
    progress is counted in cycles. SIGUSR1, where there is one, pauses and resumes the run. Raises
    the error of the runner if no run has started (invalid input: exit code 2), and typer.Exit(1)
    after a message if a run did not finish.
    """
    bar, control, place = ProgressBar(title, cycles), RunControl(), store.place
    cause: BaseException | None = None
    try:
        with bar.display, _paused_by_signal(control):
            outcome = run(procedure, bench, store, listeners=(bar,), control=control, **metadata)
    except (BenchError, ProtocolError, StoreError) as error:
        if bar.run_id is None:
            raise
        print_error(error)
        cause, outcome = error, _stored(store, bar.run_id, bar)
    except (KeyboardInterrupt, SystemExit) as stopped:
        if bar.run_id is None:
            raise
        print_notes(stopped)
        cause, outcome = stopped, _stored(store, bar.run_id, bar)
    failed = isinstance(cause, Exception)
    if outcome.status is Status.FINISHED and not failed:
        return outcome  # an interruption came after its end
    stored = "1 point is" if outcome.points == 1 else f"{outcome.points} points are"
    message = f"Run {outcome.run_id} {ENDINGS[outcome.status]}; {stored} stored."
    if resume_command and outcome.status is not Status.FINISHED:
        moved = "" if store.place == place else f" --database {shlex.quote(str(store.place))}"
        message += f" Resume it with: {resume_command}{moved} --resume {outcome.run_id}"
    print_message(message)
    raise typer.Exit(1) from cause


@contextmanager
def _paused_by_signal(control: RunControl) -> Iterator[None]:
    number = getattr(signal, "SIGUSR1", None)  # unknown to Windows
    if number is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(number, lambda *_: control.toggle_pause())
    try:
        yield
    finally:
        signal.signal(number, before)


def _stored(store: Store, run_id: int, bar: ProgressBar) -> RunOutcome:
    """Return what is stored of a run, as told if the database cannot be asked any more.

    Its end may be kept in the side file until later.
    """
    try:
        summary = store.run(run_id).summary
    except StoreError:
        return RunOutcome(run_id, bar.ended or Status.RUNNING, bar.stored)
    status = summary.status
    if status is Status.RUNNING and bar.ended is not None:
        status = bar.ended
    return RunOutcome(run_id, status, summary.points)
