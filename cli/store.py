"""`dwmtj store`: the database file."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.progress import Progress, TimeElapsedColumn

from ..storage.runs.lab import Kind
from ..wording import counted
from .console import err, print_line, print_message, print_table
from .options import DatabaseOption, open_to_read

app = typer.Typer(no_args_is_help=True, help="Maintain the database file.")


@app.callback()
def store() -> None:
    """Maintain the database file."""


@app.command()
def upgrade(
    database: DatabaseOption = None,
    interrupted: Annotated[
        list[int] | None,
        typer.Option(
            metavar="RUN", help="Run to mark as interrupted, if its computer is gone; repeatable."
        ),
    ] = None,
) -> None:
    """Upgrade a database of an older dwmtj, keeping a verified copy beside it.

    Commands that write to a database do so by themselves.

    \b
    Example:
      dwmtj store upgrade --database lab.sqlite
    """
    from ..storage import database_place
    from ..storage.engines.choice import upgrade_database

    place = database_place(database)
    with _progress("Copying", "nothing was changed") as progress:
        done = upgrade_database(place, interrupted=interrupted or (), progress=progress)
    message = f"{place} already has the current schema." if done is None else done
    print_line(message)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to write.")],
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Copy the database into a file while it is in use, and verify the copy.

    \b
    Example:
      dwmtj store backup friday.sqlite --database lab.sqlite
    """
    from ..storage import database_place
    from ..storage.engines.choice import back_up_online

    place = database_place(database)
    with _progress("Copying", "no copy was written") as progress:
        back_up_online(place, target.expanduser(), overwrite=overwrite, progress=progress)
    print_line(f"{place} is copied to {target}.")


@app.command()
def copy(
    source: Annotated[str, typer.Argument(metavar="FROM", help="Database to copy from.")],
    target: Annotated[str, typer.Argument(metavar="TO", help="Database to copy to, made if new.")],
    update: Annotated[
        bool, typer.Option("--update", help="Replace copies of runs that have changed since.")
    ] = False,
) -> None:
    """Copy runs, models and results that another database lacks, each verified.

    Runs are recognised by their GUID. A copy that is interrupted is completed by the next one.
    A copy that is under way, or has more attempts or points than the run, is never replaced.

    \b
    Example:
      dwmtj store copy bench2.sqlite lab.sqlite
    """
    from ..storage import Store

    with (
        open_to_read(source) as origin,
        Store.open(target) as destination,
        _progress("Copying runs", "the same command copies the rest") as progress,
    ):
        copied = origin.copy_to(destination, update=update, progress=progress)
        place = destination.place
    print_line(f"{place}: {copied}")
    if copied.different or copied.behind:
        raise typer.Exit(1)


@app.command()
def check(database: DatabaseOption = None) -> None:
    """Check the file, its runs and the files beside it; exit code 1 if something is wrong.

    \b
    Example:
      dwmtj store check --database lab.sqlite
    """
    with (
        open_to_read(database) as store,
        _progress("Reading everything", "the check is incomplete"),
    ):
        findings, place = store.check(), store.place
    for finding in findings:
        print_line(f"{'problem' if finding.is_problem else 'note'}: {finding.text}")
    problems = sum(finding.is_problem for finding in findings)
    print_line(f"{place}: {counted(problems, 'problem') if problems else 'sound'}.")
    if problems:
        raise typer.Exit(1)


@app.command()
def names(
    kind: Annotated[Kind, typer.Argument(help="user, bench, wafer or sample.")],
    name: Annotated[str | None, typer.Argument(help="One of them, to keep notes on.")] = None,
    notes: Annotated[str | None, typer.Option(help="Notes to keep on NAME.")] = None,
    database: DatabaseOption = None,
) -> None:
    """List the users, benches, wafers or samples that runs name, or keep notes on one.

    \b
    Examples:
      dwmtj store names wafer
      dwmtj store names wafer W7 --notes "annealed at 300 °C"
    """
    from ..storage import Store

    if (name is None) != (notes is None):
        raise typer.BadParameter("give a NAME and its --notes, or neither.")
    if name is not None and notes is not None:
        with Store.open(database, create=False) as store:
            store.annotate_name(kind, name, notes)
    with open_to_read(database) as store:
        found, place = store.names(kind), store.place
    rows = [(each.name, str(each.runs), each.notes) for each in found]
    count = counted(len(rows), kind, "benches" if kind == "bench" else "")
    print_table(f"{count} in {place}", (kind, "runs", "notes"), rows)


@contextmanager
def _progress(title: str, when_interrupted: str) -> Iterator[Callable[[int, int], None]]:
    """Yield a function of the part done and the whole, which shows it; Ctrl-C ends in a sentence.

    Until it is called, the time that has passed is shown.
    """
    columns = (*Progress.get_default_columns()[:-1], TimeElapsedColumn())
    try:
        with Progress(*columns, console=err, transient=True) as bar:
            task = bar.add_task(title, total=None)
            yield lambda done, total: bar.update(task, completed=done, total=total)
    except KeyboardInterrupt:
        print_message(f"Interrupted: {when_interrupted}.")
        raise typer.Exit(1) from None
