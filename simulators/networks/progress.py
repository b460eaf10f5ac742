"""Progress of a long study: a bar on stderr, and how to resume once it is interrupted."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from ...storage import Place

Report = Callable[[str, int], None]
"""Takes what was computed and how many more steps are done."""


class ShowProgress(Protocol):
    """Opens a display of `total` steps (of a unit, "epochs" say) and gives what reports them.

    `resumed` parts were finished earlier; parts finished from now on are kept in `kept_in`.
    """

    def __call__(
        self, total: int, resumed: int, kept_in: Place, unit: str
    ) -> AbstractContextManager[Report]: ...


@contextmanager
def progress_bar(total: int, resumed: int, kept_in: Place, unit: str) -> Iterator[Report]:
    """Show a bar on stderr; a KeyboardInterrupt gets a note that says how to resume."""
    if resumed:
        _console().print(f"Resuming after {resumed} finished parts.")
    try:
        with short_bar(total, unit) as report:
            yield report
    except KeyboardInterrupt as interruption:
        interruption.add_note(
            f"Interrupted; finished parts are in {kept_in}: repeat the same call or command to "
            "resume."
        )
        raise


@contextmanager
def short_bar(total: int, unit: str) -> Iterator[Report]:
    """Show a bar on stderr, for what begins again once it is interrupted."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(compact=True),
    )
    with Progress(*columns, console=_console()) as progress:
        task = progress.add_task("", total=total)
        yield lambda what, steps: progress.update(task, description=what, advance=steps)


@contextmanager
def no_progress(_total: int, _resumed: int, _kept_in: Place, _unit: str) -> Iterator[Report]:
    """Show nothing."""
    yield lambda _what, _steps: None


def _console() -> Console:
    return Console(stderr=True, highlight=False)
