"""`dwmtj report`: one HTML page about runs, to mail."""

from pathlib import Path
from typing import Annotated

import typer

from .console import err, print_line, print_message
from .options import DatabaseOption, LevelsOption, open_to_read, parsed_levels


def report(
    runs: Annotated[
        list[int], typer.Argument(metavar="RUN…", help="Their numbers in `dwmtj runs list`.")
    ],
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="HTML file to write.")],
    title: Annotated[str, typer.Option(help="Title of the page.", show_default="the devices")] = "",
    database: DatabaseOption = None,
    levels: LevelsOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Write figures, numbers and provenance of runs into one page.

    The HTML page has the numbers with their 95 % intervals, and needs no other file.

    \b
    Examples:
      dwmtj report 1 2 3 -o report.html
      dwmtj report 3 -o report.html --title "Wafer 7, device A3"
    """
    from ..analysis.report.write import (  # matplotlib: half a second
        load_runs,
        write_report,
    )

    with err.status("Analysing and drawing"):
        with open_to_read(database) as store:
            loaded = load_runs(store, runs, parsed_levels(levels))
        write_report(loaded, to, title=title, overwrite=overwrite)
    for run in loaded:
        if run.warning:
            print_message(run.warning)
    print_line(f"report: written to {to}")
