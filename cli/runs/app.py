"""`dwmtj runs`: stored runs."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from ...storage import RunSummary, Status
from ...wording import counted
from ..console import out, print_json, print_line, print_pairs, print_table
from ..options import DatabaseOption, JsonOption, open_to_read
from .import_runs import import_run
from .replay import replay

app = typer.Typer(no_args_is_help=True, help="List, show, import, export and replay stored runs.")
WIDE = 100  # columns of a terminal with room for the end of each run
RunArgument = Annotated[
    int, typer.Argument(metavar="RUN", help="Number of the run in `dwmtj runs list`.")
]


app.command("import")(import_run)
app.command()(replay)


@app.command("list")
def list_runs(
    protocol: Annotated[str | None, typer.Option(help="Only this protocol.")] = None,
    device: Annotated[str | None, typer.Option(help="Only this device.")] = None,
    status: Annotated[Status | None, typer.Option(help="Only this status.")] = None,
    user: Annotated[str | None, typer.Option(help="Only runs of this operator.")] = None,
    bench: Annotated[str | None, typer.Option(help="Only runs of this bench, by name.")] = None,
    wafer: Annotated[str | None, typer.Option(help="Only devices on this wafer.")] = None,
    sample: Annotated[str | None, typer.Option(help="Only devices of this sample.")] = None,
    tag: Annotated[str | None, typer.Option(help="Only runs with this tag.")] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the runs, oldest first.

    \b
    Examples:
      dwmtj runs list --status finished
      dwmtj runs list --protocol staircase-write --json
      dwmtj runs list --wafer W7 --user ada
    """
    with open_to_read(database) as store:
        summaries = store.runs(
            protocol=protocol,
            device=device,
            status=status,
            tag=tag,
            user=user,
            bench=bench,
            wafer=wafer,
            sample=sample,
        )
        place = store.place
    if as_json:
        print_json([_as_dict(summary) for summary in summaries])
        return
    columns = ("id", "protocol", "device", "status", "points", "started", "finished")
    shown = len(columns) if out.width >= WIDE else len(columns) - 1
    rows = [
        (
            str(summary.id),
            summary.protocol,
            summary.device,
            summary.status,
            str(summary.points),
            _to_the_minute(summary.started),
            _to_the_minute(summary.finished),
        )[:shown]
        for summary in summaries
    ]
    print_table(f"{counted(len(rows), 'run')} in {place}", columns[:shown], rows)


@app.command()
def show(run: RunArgument, database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """Show everything about a run except its points: parameters, bench, outcome, warnings.

    \b
    Example:
      dwmtj runs show 3
    """
    with open_to_read(database) as store:
        record = store.run(run)
    if as_json:
        print_json({**asdict(record), "summary": record.summary._asdict()})
        return
    summary = record.summary
    print_pairs(
        f"Run {summary.id}",
        [
            *_texts(summary),
            ("GUID", record.guid or ""),
            *([("place of the device", record.device_place)] if record.device_place else []),
            *([("conditions", record.stated)] if record.stated else []),
            *([("marked", record.marked)] if record.marked else []),
            *[(key, str(value)) for key, value in record.parameters.items()],
        ],
    )
    for attempt in record.attempts:
        print_pairs(
            f"Attempt {attempt.attempt}",
            [
                ("status", f"{attempt.status}{f': {attempt.message}' if attempt.message else ''}"),
                ("started", _when(attempt.started)),
                ("finished", _when(attempt.finished)),
                ("operator", f"{attempt.operator} on {attempt.host}".strip()),
                ("code version", attempt.code_version),
                ("seed", "" if attempt.seed is None else str(attempt.seed)),
                ("bench", str(attempt.bench.get("name", ""))),
                *_identities(attempt.bench),
            ],
        )
    for warning in record.warnings:
        print_line(f"{_when(warning.time)}  {warning.source}: {warning.message}")


@app.command()
def export(
    run: RunArgument,
    to: Annotated[
        Path,
        typer.Option("--out", "-o", metavar="FILE", help="A .csv, .parquet, .h5 or .nc file."),
    ],
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Write a run into a file: its points with units, and everything about it.

    \b
    Examples:
      dwmtj runs export 3 -o run3.csv
      dwmtj runs export 3 -o run3.parquet
    """
    with open_to_read(database) as store:
        store.export_run(run, to, overwrite=overwrite)
    print_line(f"run {run}: written to {to}")


def _as_dict(summary: RunSummary) -> dict[str, Any]:
    return {
        "id": summary.id,
        "protocol": summary.protocol,
        "device": summary.device,
        "status": str(summary.status),
        "points": summary.points,
        "started": summary.started.isoformat(timespec="seconds"),
        "finished": summary.finished and summary.finished.isoformat(timespec="seconds"),
    }


def _texts(summary: RunSummary) -> list[tuple[str, str]]:
    expected = "" if summary.points_expected is None else f" of {summary.points_expected}"
    return [
        ("protocol", summary.protocol),
        ("device", summary.device),
        ("status", f"{summary.status}{f': {summary.message}' if summary.message else ''}"),
        ("points", f"{summary.points}{expected}"),
        ("started", _when(summary.started)),
        ("finished", _when(summary.finished)),
        ("notes", summary.notes),
    ]


def _when(time: datetime | None) -> str:
    return "" if time is None else time.astimezone().isoformat(sep=" ", timespec="seconds")


def _to_the_minute(time: datetime | None) -> str:
    return "" if time is None else time.astimezone().strftime("%Y-%m-%d %H:%M")


def _identities(bench: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(role, str(identity)) for role, identity in bench.get("identities", {}).items()]
