"""What the learning commands share: progress, and files that are not overwritten."""

import os
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Annotated, Literal, Self

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ...simulators.networks import NetworkError
from ...storage import ResultRecord
from ..console import err, out

if TYPE_CHECKING:
    import torch

    from ...simulators.networks.crossbar.mapping import Clipping

Where = Literal["auto", "cpu", "cuda"]
JobsOption = Annotated[
    int | None,
    typer.Option(min=1, help="Processes side by side, here.", show_default="one a core"),
]
ExecutorOption = Annotated[
    str,
    typer.Option(metavar="WHERE", help="local, or dask://HOST:PORT of a dask scheduler."),
]


class LearningProgress:
    """A bar over epochs; a run that is broken off is told how to go on, and ends with exit code 1.

    Called with what was trained and how many epochs, or what `unit` says, more are done.
    """

    def __init__(
        self, epochs: int, finished_parts: int, checkpoint: Path, unit: str = "epochs"
    ) -> None:
        self._checkpoint = checkpoint
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(unit),
            TimeRemainingColumn(compact=True),
            console=err,
        )
        self._task = self._progress.add_task("", total=epochs)
        if finished_parts:
            err.print(f"Going on after {finished_parts} finished parts.")

    def __call__(self, what: str, epochs: int) -> None:
        self._progress.update(self._task, description=what, advance=epochs)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._progress.stop()
        if kind is KeyboardInterrupt:
            err.print(
                f"Stopped; the finished parts are in {self._checkpoint}: go on with the same "
                "command.",
                markup=False,
                soft_wrap=True,
            )
            raise typer.Exit(1) from error


def clipping_of(*, clip: bool, for_errors: bool) -> "Clipping":
    """Return how weights are clipped; raises NetworkError for both ways at once."""
    if clip and for_errors:
        raise NetworkError("--clip and --clip-for-errors are two ways: give one of them.")
    return "expected-error" if for_errors else "least-squares" if clip else "none"


def choose_device(where: Where) -> "torch.device":
    """Return what is to compute, a GPU where there is one; raises NetworkError."""
    import torch

    available = torch.cuda.is_available()
    if where == "cuda" and not available:
        raise NetworkError(
            "There is no GPU that this PyTorch can use: leave --on out, or install PyTorch for the "
            "GPU."
        )
    return torch.device("cuda" if available and where != "cpu" else "cpu")


def cores() -> int:
    """Return how many cores this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:
        return os.cpu_count() or 1


def print_kept(results: str, place: Path, written: Sequence[Path] = ()) -> None:
    """Say in which database results lie, and which files were written."""
    out.print(f"{results}: kept in {place}", markup=False, soft_wrap=True)
    for path in written:
        out.print(str(path), markup=False, soft_wrap=True)


def result_numbers(results: Sequence[ResultRecord]) -> str:
    """Return which results these are: "result 3" or "results 3 to 5 and 9"."""
    ids = sorted({result.id for result in results})
    breaks = [number for number, (a, b) in enumerate(pairwise(ids), start=1) if b > a + 1]
    spans = [ids[i:j] for i, j in pairwise([0, *breaks, len(ids)])]
    told = [f"{span[0]} to {span[-1]}" if len(span) > 1 else f"{span[0]}" for span in spans]
    listed = " and ".join(filter(None, (", ".join(told[:-1]), told[-1])))
    return f"result{'s' if len(ids) > 1 else ''} {listed}"
