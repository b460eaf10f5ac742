"""`dwmtj runs import`: import a file of another program as a run."""

from pathlib import Path
from typing import Annotated

import typer

from ..console import print_line
from ..options import DatabaseOption, login_name


def import_run(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="Text file with columns, such as CSV.")
    ],
    device: Annotated[str, typer.Option(help="Name of the device.")],
    maps: Annotated[
        list[str],
        typer.Option(
            "--map",
            "-m",
            metavar="COLUMN=QUANTITY",
            help="Quantity and unit of a column; repeatable.",
        ),
    ],
    protocol: Annotated[
        str, typer.Option(help="Protocol the file was measured with.")
    ] = "staircase-write",
    constants: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="QUANTITY=NUMBER", help="Value that holds for every row; repeatable."
        ),
    ] = None,
    notes: Annotated[str, typer.Option(help="Notes stored with the run.")] = "",
    again: Annotated[
        bool, typer.Option("--again", help="Import a file that is already stored.")
    ] = False,
    database: DatabaseOption = None,
) -> None:
    """Store a file of another program as a finished run; everything is checked first.

    \b
    Examples:
      dwmtj runs import a3.csv --device A3 --map "Vpulse=amplitude_V" --map "R=resistance_ohm"
      dwmtj runs import b1.txt --device B1 --protocol write-reset-cycling \\
        --map "V (mV)=amplitude_mV" --map "G (uS)=conductance_uS" --set pulse_width_ns=50
    """
    from ...storage import Store
    from ...storage.importing.run import read_run, store_run

    run = read_run(file.expanduser(), protocol, maps, constants or ())
    with Store.open(database) as store:
        number = store_run(store, run, device, operator=login_name(), notes=notes, again=again)
        place = store.path
    print_line(f"run {number}: {len(run.points)} points into {place}. {run.notes}")
