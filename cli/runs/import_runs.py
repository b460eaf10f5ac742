"""`dwmtj runs import`: import a file of another program as a run."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import DwmtjError
from ..console import print_line, print_table
from ..options import DatabaseOption, login_name
from .import_options import (
    AcceptUnusualOption,
    ConstantsOption,
    DecimalOption,
    DropEqualOption,
    ImportedProtocolOption,
    MapsOption,
    TableOption,
    WhereOption,
    decimal_of,
)

if TYPE_CHECKING:
    from ...storage.importing.guess import Guess
    from ...storage.importing.options import ImportOptions
    from ...storage.importing.run import ImportedRun

_SHOWN_POINTS = 5


def import_run(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="CSV or other text, .xlsx, .h5, .mat, QCoDeS .db; an exported run.",
        ),
    ],
    device: Annotated[str | None, typer.Option(help="Name of the device.")] = None,
    maps: MapsOption = None,
    protocol: ImportedProtocolOption = None,
    constants: ConstantsOption = None,
    where: WhereOption = None,
    table: TableOption = None,
    decimal: DecimalOption = None,
    drop_equal: DropEqualOption = False,
    accept_unusual: AcceptUnusualOption = False,
    notes: Annotated[str, typer.Option(help="Notes stored with the run.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Import a file that is already stored.")
    ] = False,
    show: Annotated[
        bool,
        typer.Option("--show", help="Print how the file is read, or may be, and store nothing."),
    ] = False,
    database: DatabaseOption = None,
) -> None:
    """Store a file of another program as a finished run; everything is checked first.

    A file of `dwmtj runs export` is stored as the run it is, once, and needs no further option.

    \b
    Examples:
      dwmtj runs import run3.parquet
      dwmtj runs import a3.csv --show
      dwmtj runs import a3.csv --device A3 --map "Vpulse=amplitude_V" --map "R=resistance_ohm"
      dwmtj runs import b1.txt --device B1 --protocol write-reset-cycling \\
        --map "V (mV)=amplitude_mV" --map "G (uS)=conductance_uS" --set pulse_width_ns=50
    """
    from ...storage import Store
    from ...storage.exchange.files import is_run_file, lacks_metadata
    from ...storage.importing.guess import guess_mapping
    from ...storage.importing.options import ImportOptions
    from ...storage.importing.run import read_run, store_run

    file = file.expanduser()
    if not maps and device is None and is_run_file(file):
        _import_exported(file, database, show=show)
        return
    options = ImportOptions(
        where=tuple(where or ()),
        table=table,
        decimal=decimal_of(decimal),
        drop_equal=drop_equal,
        accept_unusual=accept_unusual,
    )
    if show and not maps:
        guess = guess_mapping(file, table)
        _print_guess(file, guess)
        maps, protocol = list(guess.maps), protocol or guess.protocol
        if not maps:
            print_line(
                "No column is recognised; map them by name, or by number as in 1=amplitude_V."
            )
            return
    if not maps and lacks_metadata(file):
        raise DwmtjError(
            f"{file} is an exported run whose metadata are missing: put {file.name}-metadata.json "
            "beside it, or map its columns with --map COLUMN=QUANTITY."
        )
    if not maps:
        raise DwmtjError(
            f"No column of {file} is mapped; add --map COLUMN=QUANTITY, or --show to see a guess."
        )
    try:
        run = read_run(file, protocol or "staircase-write", maps, constants or (), options)
    except DwmtjError as error:
        if not show:
            raise
        print_line(f"As it stands, it cannot be imported: {error}")
        return
    if show:
        _print_run(run)
        print_line(
            f"To store it: {_command(file, device, run.protocol, maps, constants or (), options)}"
        )
        return
    if device is None:
        raise DwmtjError("The device has no name; add --device NAME.")
    with Store.open(database) as store:
        number = store_run(store, run, device, operator=login_name(), notes=notes, again=again)
        place = store.place
    print_line(f"run {number}: {len(run.points)} points into {place}. {run.notes}")


def _import_exported(file: Path, database: str | None, *, show: bool) -> None:
    from ...storage import Store
    from ...storage.exchange.files import read_file

    document = read_file(file)  # before a database is made for it
    if show:
        run, device = document.head["run"], document.head["device"]["name"]
        print_line(f"{file} holds a run of dwmtj, {run['protocol']} on {device}:")
        print_line(f"{len(document.points)} points, {run['status']}, GUID {document.guid}")
        return
    with Store.open(database) as store:
        stored = store.import_run(document)
        place = store.place
    if stored.is_new:
        print_line(f"run {stored.number}: imported into {place}")
    else:
        print_line(f"{place} already holds this run: run {stored.number}")
    if document.is_deleted:
        print_line(
            "It was deleted when it was exported, and is not listed: "
            f"Store.restore_runs([{stored.number}]) puts it into the list."
        )
    if stored.remark:
        print_line(stored.remark)


def _print_guess(file: Path, guess: "Guess") -> None:
    rows = [
        (
            column.name,
            ", ".join("" if cell is None else str(cell).strip() for cell in column.cells),
            column.target or "",
            column.remark,
        )
        for column in guess.columns
    ]
    title = f"{file.name}, {guess.rows} rows: a guess, nothing is stored"
    print_table(title, ("column", "first cells", "quantity", "remark"), rows)


def _command(
    file: Path,
    device: str | None,
    protocol: str,
    maps: Sequence[str],
    constants: Sequence[str],
    options: "ImportOptions",
) -> str:
    words = ["dwmtj", "runs", "import", str(file), "--device", device or "NAME"]
    words += ["--protocol", protocol]
    for name, values in (("--map", maps), ("--set", constants), ("--where", options.where)):
        words += [word for value in values for word in (name, value)]
    if options.table:
        words += ["--table", options.table]
    if options.decimal:
        words += ["--decimal", "comma" if options.decimal == "," else "point"]
    words += ["--drop-equal"] * options.drop_equal + ["--accept-unusual"] * options.accept_unusual
    return shlex.join(words)


def _print_run(run: "ImportedRun") -> None:
    names = ("time_s", "amplitude_V", "pulse_width_s", "field_T", "resistance_ohm", "temperature_K")
    shown = [name for name in names if any(getattr(p, name) is not None for p in run.points)]
    rows = [
        (
            point.phase,
            str(point.cycle),
            *("" if (v := getattr(point, name)) is None else f"{v:.6g}" for name in shown),
        )
        for point in run.points[:_SHOWN_POINTS]
    ]
    cycles = len({point.cycle for point in run.points})
    title = f"{run.protocol}, points: {len(run.points)}, cycles: {cycles}; the first {len(rows)}:"
    print_table(title, ("phase", "cycle", *shown), rows)
    for name, value in run.conditions.items():
        print_line(f"- {name} = {value:g} for the whole run, stated and not measured")
    for remark in run.remarks:
        print_line(f"- {remark}")
