"""`dwmtj figures`: the paper's panels for whatever the runs are."""

from pathlib import Path
from typing import Annotated

import typer

from .console import err, print_line, print_message
from .options import DatabaseOption, open_to_read


def figures(
    runs: Annotated[
        list[int], typer.Argument(metavar="RUN…", help="Their numbers in `dwmtj runs list`.")
    ],
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="Where to write.")],
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace figures that are there.")] = False,
) -> None:
    """Draw the paper's panels: PNG and SVG, a journal column wide, with their data as CSV.

    A panel that a run has nothing for is not drawn, and the reason is said.

    \b
    Examples:
      dwmtj figures 1 2 3 -o figures
      dwmtj figures 3 -o figures --overwrite
    """
    from ..analysis.report.write import (  # matplotlib: no other command waits for it
        load_runs,
        save_figures,
    )

    with err.status("Analysing and drawing"):
        with open_to_read(database) as store:
            loaded = load_runs(store, runs)
        written = save_figures(loaded, to, overwrite=overwrite)
    for run in loaded:
        for sentence in run.panels.absent:
            print_message(f"Run {run.id} has {sentence}")
    for path in written:
        print_line(str(path))
