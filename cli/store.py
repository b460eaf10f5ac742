"""`dwmtj store`: the database file."""

from typing import Annotated

import typer
from rich.progress import Progress

from .console import err, print_line
from .options import DatabaseOption

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
    from ..storage import database_path
    from ..storage.migrations.upgrade import upgrade_database

    path = database_path(database)
    with Progress(console=err, transient=True) as bar:
        task = bar.add_task("Copying", total=None)
        done = upgrade_database(
            path,
            interrupted=interrupted or (),
            progress=lambda copied, total: bar.update(task, completed=copied, total=total),
        )
    message = f"{path} already has the current schema." if done is None else str(done)
    print_line(message)
