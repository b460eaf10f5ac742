"""`dwmtj report`: one HTML page about runs, to mail, and a table of them against criteria."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..errors import DwmtjError
from .console import err, print_line, print_message, print_runs_compared
from .criteria.comparison import print_comparison, print_comparison_csv, print_comparison_json
from .options import (
    CompareOption,
    DatabaseOption,
    JsonOption,
    LevelsOption,
    TrackOption,
    open_to_read,
    parsed_levels,
    parsed_track,
)

if TYPE_CHECKING:
    from ..analysis.criteria import Comparison, CriteriaFile
    from ..analysis.levels.grouping.given import Wanted
    from ..storage import RunRecord, Store


def report(
    runs: Annotated[
        list[int], typer.Argument(metavar="RUN…", help="Their numbers in `dwmtj runs list`.")
    ],
    to: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="HTML file to write.")
    ] = None,
    title: Annotated[str, typer.Option(help="Title of the page.", show_default="the devices")] = "",
    against: Annotated[
        str | None,
        typer.Option(
            metavar="FILE",
            help="Criteria file to compare with, or published-trapezoid, published-straight.",
        ),
    ] = None,
    as_json: JsonOption = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV instead of a table.")] = False,
    database: DatabaseOption = None,
    levels: LevelsOption = None,
    track_resistance: TrackOption = None,
    compare: CompareOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Write figures, numbers and provenance of runs into one page, or compare them with criteria.

    The HTML page has the numbers with their 95 % intervals, and needs no other file. With
    --against, a table of published or required values and what the runs measured is printed, and
    put into the page; exit code 1 if a quantity lies outside of its range.

    \b
    Examples:
      dwmtj report 1 2 3 -o report.html
      dwmtj report 3 -o report.html --title "Wafer 7, device A3"
      dwmtj report 1 2 3 --against criteria.toml
      dwmtj report 4 9 -o aged.html --compare before-after
    """
    if compare is not None:
        _compare_runs(runs, to, compare, against, title, database, levels, overwrite=overwrite)
        return
    from ..analysis.criteria import load_criteria

    _check_options(to, against, as_json=as_json, as_csv=as_csv)
    wanted, track_ohm = parsed_levels(levels), parsed_track(track_resistance)
    criteria = None if against is None else load_criteria(against)
    with open_to_read(database) as store:
        records = [store.run(run) for run in dict.fromkeys(runs)]
        comparison = None if criteria is None else _compare(store, records, criteria, wanted)
        if to is not None:
            _write_page(store, runs, wanted, track_ohm, to, title, comparison, overwrite=overwrite)
    for record in records:
        if record.summary.warning:
            print_message(record.summary.warning)
    if to is not None:
        (print_message if comparison else print_line)(f"report: written to {to}")
    if comparison is None:
        return
    if as_json:
        print_comparison_json(comparison)
    elif as_csv:
        print_comparison_csv(comparison)
    else:
        print_comparison(comparison)
    if comparison.any_outside:
        raise typer.Exit(1)


def _check_options(to: Path | None, against: str | None, *, as_json: bool, as_csv: bool) -> None:
    if to is None and against is None:
        raise DwmtjError("Nothing to do; add --out FILE for a page, --against FILE, or both.")
    if against is None and (as_json or as_csv):
        raise DwmtjError("--json and --csv print a comparison; add --against FILE.")
    if as_json and as_csv:
        raise DwmtjError("--json and --csv exclude each other; choose one.")


def _compare(
    store: "Store",
    records: "Sequence[RunRecord]",
    criteria: "CriteriaFile",
    wanted: "Wanted | None",
) -> "Comparison":
    from ..analysis.criteria import RunResults, compare

    with err.status("Analysing"):
        runs = [RunResults(one, store.points(one.summary.id), wanted) for one in records]
        return compare(runs, criteria)


def _write_page(
    store: "Store",
    runs: list[int],
    wanted: "Wanted | None",
    resistance_ohm: float | None,
    to: Path,
    title: str,
    comparison: "Comparison | None",
    *,
    overwrite: bool,
) -> None:
    from ..analysis.report.write import load_runs, write_report  # matplotlib: half a second

    with err.status("Analysing and drawing"):
        loaded = load_runs(store, runs, wanted, resistance_ohm)
        write_report(loaded, to, title=title, overwrite=overwrite, against=comparison)


def _compare_runs(
    runs: list[int],
    to: Path | None,
    kind: str,
    against: str | None,
    title: str,
    database: str | None,
    levels: str | None,
    *,
    overwrite: bool,
) -> None:
    from ..analysis.report.comparison import compare, write_comparison

    if to is None or against is not None:
        raise DwmtjError("A comparison of runs is a page of its own; add --out FILE, no --against.")
    with err.status("Analysing and drawing"):
        with open_to_read(database) as store:
            found = compare(store, runs, kind, parsed_levels(levels))
        write_comparison(found, to, title=title, overwrite=overwrite)
    print_runs_compared(found)
    print_line(f"report: written to {to}")
