"""Runs one protocol with a progress bar, and says in one sentence how it ended if it did not."""

from typing import Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from cli.console import err, print_error, print_notes
from instruments import Bench, BenchError
from protocols import ProtocolError
from protocols.procedure import BenchProcedure
from protocols.run_events import Event, PointMeasured, RunStarted
from protocols.runner import RunOutcome, run
from storage import Store, StoreError


class ProgressBar:
    """A listener that shows how far a run is, what was read last, and how long it will take."""

    def __init__(self, title: str) -> None:
        self.run_id: int | None = None
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
                self.run_id = run_id
                self._bar.update(self._task, completed=done, total=expected)
            case PointMeasured(done=done, point=point):
                reading = "" if point.resistance_ohm is None else f"{point.resistance_ohm:.2f} Ω"
                self._bar.update(self._task, completed=done, reading=reading)

    def __enter__(self) -> "ProgressBar":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()


def measure(
    procedure: BenchProcedure, bench: Bench, store: Store, title: str, **about: Any
) -> RunOutcome:
    """Run the protocol; `about` is passed on to the runner.

    Raises what the runner raises if nothing had begun (bad input: exit code 2), and typer.Exit(1)
    once a run had begun and did not finish, after saying why.
    """
    bar = ProgressBar(title)
    try:
        with bar:
            outcome = run(procedure, bench, store, listeners=(bar,), **about)
    except (BenchError, ProtocolError, StoreError) as error:
        if bar.run_id is None:
            raise
        print_error(error)
        raise _unfinished(bar.run_id, "failed") from error
    except (KeyboardInterrupt, SystemExit) as stopped:
        if bar.run_id is None:
            raise
        print_notes(stopped)
        raise _unfinished(bar.run_id, "was stopped") from stopped
    for problem in outcome.listener_problems:
        err.print(problem, markup=False)
    if outcome.status != "finished":
        raise _unfinished(outcome.run_id, f"is {outcome.status}")
    return outcome


def _unfinished(run_id: int, how: str) -> typer.Exit:
    err.print(
        f"Run {run_id} {how}; what it measured is stored. Go on with it: "
        f"dwmtj run PROTOCOL --resume {run_id}",
        soft_wrap=True,
    )
    return typer.Exit(1)
