"""`dwmtj figures`: the paper's figures for stored runs."""

from pathlib import Path
from typing import Annotated

import typer

from .console import err, print_line, print_message, print_runs_compared
from .options import (
    CompareOption,
    DatabaseOption,
    LevelsOption,
    TrackOption,
    open_to_read,
    parsed_levels,
    parsed_track,
)


def figures(
    runs: Annotated[
        list[int], typer.Argument(metavar="RUN…", help="Numbers of the runs in `dwmtj runs list`.")
    ],
    to: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="Folder of the files to write.")
    ],
    database: DatabaseOption = None,
    levels: LevelsOption = None,
    track_resistance: TrackOption = None,
    compare: CompareOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace existing files.")] = False,
) -> None:
    """Draw the paper's figures for runs: PNG, SVG and CSV.

    Figures are one journal column wide; the CSV files hold their data. A figure for which a run has
    no data is left out, and the reason is printed.

    \b
    Examples:
      dwmtj figures 1 2 3 -o figures
      dwmtj figures 3 -o figures --overwrite
      dwmtj figures 4 9 -o figures --compare before-after
    """
    if compare is not None:
        _compare(runs, to, compare, database, levels, overwrite)
        return
    from ..analysis.report.write import (  # matplotlib: half a second
        load_runs,
        save_figures,
    )

    resistance_ohm = parsed_track(track_resistance)
    with err.status("Analysing and drawing"):
        with open_to_read(database) as store:
            loaded = load_runs(store, runs, parsed_levels(levels), resistance_ohm)
        written = save_figures(loaded, to, overwrite=overwrite)
    for run in loaded:
        for sentence in run.panels.absent:
            print_message(f"Run {run.id} has {sentence}")
    for path in written:
        print_line(str(path))


def _compare(
    runs: list[int], to: Path, kind: str, database: str | None, levels: str | None, overwrite: bool
) -> None:
    from ..analysis.report.comparison import compare, save_comparison

    with err.status("Analysing and drawing"):
        with open_to_read(database) as store:
            found = compare(store, runs, kind, parsed_levels(levels))
        written = save_comparison(found, to, overwrite=overwrite)
    print_runs_compared(found)
    for path in written:
        print_line(str(path))
