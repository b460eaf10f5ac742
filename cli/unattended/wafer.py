"""`dwmtj wafer`: the devices of a wafer together, as tables and as one page."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import err, print_line, print_message, print_table
from ..options import DatabaseOption, open_to_read

if TYPE_CHECKING:
    from ...analysis.report.wafer import WaferFindings


def wafer(
    name: Annotated[str, typer.Argument(help="The wafer, as [wafer] name has it.")],
    to: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="HTML file to write.")
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="FILE", help="Criteria file: its quantities, and the yield."),
    ] = None,
    sequence: Annotated[
        str | None,
        typer.Option(metavar="TAG", help="Sequence that measured it.", show_default="the latest"),
    ] = None,
    as_csv: Annotated[
        bool, typer.Option("--csv", help="Print a line for each device as CSV.")
    ] = False,
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Show how the devices of a wafer vary, from die to die and on a die, and their yield.

    Without --against, every quantity is taken that the runs measure and that needs no level.

    \b
    Examples:
      dwmtj wafer W7
      dwmtj wafer W7 --against criteria.toml -o w7.html
      dwmtj wafer W7 --csv > w7.csv
    """
    from ...analysis.criteria import load_criteria
    from ...analysis.report import wafer as page
    from ...analysis.wafer.quantities import table
    from ...storage import check_overwrite

    criteria = None if against is None else load_criteria(against)
    if to is not None:
        check_overwrite(to, overwrite=overwrite)
    with err.status("Analysing"), open_to_read(database) as store:
        findings = page.find(store, name, criteria, sequence)
        place = store.place.name
    if to is not None:
        with err.status("Drawing"):
            page.write_wafer_report(findings, to, f"Wafer {name}", datetime.now(UTC), place)
    if as_csv:
        print_line(table(findings.study, findings.quantities).to_csv(index=False).rstrip("\n"))
    else:
        _print_tables(findings)
    if to is not None:
        print_message(f"report: written to {to}")


def _print_tables(findings: "WaferFindings") -> None:
    from ...analysis.report import wafer as page

    print_line(f"{findings.study.wafer}, {findings.study.tag}: {findings.summary}")
    for title, columns, rows in (
        ("yield", page.YIELD_COLUMNS, page.yield_rows(findings)),
        ("variation, with 95 % intervals", page.COLUMNS, page.component_rows(findings)),
        ("tilt over the wafer", page.TILT_COLUMNS, page.tilt_rows(findings)),
    ):
        if rows:
            print_table(title, columns, rows)
    if note := page.undetermined(findings):
        print_message(note)
    for why in findings.study.no_contact.values():
        print_message(why)
