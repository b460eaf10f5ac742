"""`dwmtj models`: stored state models."""

from pathlib import Path
from typing import Annotated

import typer

from ...wording import counted
from ..console import print_json, print_line, print_table
from ..options import DatabaseOption, JsonOption, open_to_read
from .tables import print_model, text_of

app = typer.Typer(no_args_is_help=True, help="List, show, compare and export state models.")
ModelArgument = Annotated[
    str,
    typer.Argument(
        metavar="MODEL", help="Model: NAME, NAME:VERSION, preset:NAME, or a .json file."
    ),
]


@app.command("list")
def list_models(database: DatabaseOption = None, as_json: JsonOption = False) -> None:
    """List all models in all versions.

    \b
    Example:
      dwmtj models list
    """
    with open_to_read(database) as store:
        records, place = store.calibrations(), store.place
    if as_json:
        keys = ("name", "version", "device", "source_runs", "created")
        print_json([{key: getattr(record, key) for key in keys} for record in records])
        return
    rows = [
        (
            record.name,
            str(record.version),
            record.device,
            ", ".join(map(str, record.source_runs)),
            record.created.astimezone().isoformat(sep=" ", timespec="seconds"),
        )
        for record in records
    ]
    columns = ("name", "version", "device", "runs", "made")
    print_table(f"{counted(len(rows), 'model')} in {place}", columns, rows)


@app.command()
def presets() -> None:
    """List published devices, which `preset:NAME` names wherever a model is accepted.

    \b
    Examples:
      dwmtj models presets
      dwmtj models show preset:pcm-joshi
    """
    from ...analysis.state_model.presets import PRESETS
    from ...simulators.networks import NetworkError, require_learning

    levels = [(entry.name, entry.title, entry.validity, entry.source) for entry in PRESETS]
    print_table("Devices with levels", ("preset:NAME", "device", "valid for", "source"), levels)
    try:
        require_learning()
    except NetworkError as error:
        print_line(f"Devices that learn from pulses: {error}")
        return
    from ...simulators.networks.synapses.published import PUBLISHED

    pulsed = [
        (name, entry.family, "; ".join(entry.lacks), entry.source)
        for name, entry in PUBLISHED.items()
    ]
    columns = ("preset:NAME", "family", "what the source lacks", "source")
    print_table("Devices that learn from pulses (learn compare --model)", columns, pulsed)


@app.command()
def show(
    model: ModelArgument, database: DatabaseOption = None, as_json: JsonOption = False
) -> None:
    """Show a model: its levels, their switching voltages, its conditions and sources.

    \b
    Examples:
      dwmtj models show trapezoid-A3
      dwmtj models show trapezoid-A3:1 --json
    """
    from ...analysis.state_model.file import model_document
    from ...analysis.state_model.store import find_model

    found = find_model(model, database)
    if as_json:
        print_json(model_document(found))
    else:
        print_model(found)


@app.command()
def compare(
    first: ModelArgument,
    second: ModelArgument,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
) -> None:
    """Compare two models: which quantities agree within their 95 % intervals.

    \b
    Example:
      dwmtj models compare trapezoid-A3:1 trapezoid-A3:2
    """
    from dataclasses import asdict

    from ...analysis.state_model.comparison import compare_models
    from ...analysis.state_model.store import find_model

    pairs = compare_models(find_model(first, database), find_model(second, database))
    if as_json:
        print_json([{**asdict(pair), "agrees": pair.agrees} for pair in pairs])
        return
    verdicts = {True: "yes", False: "no", None: "not determined"}
    rows = [
        (pair.what, text_of(pair.first), text_of(pair.second), verdicts[pair.agrees])
        for pair in pairs
    ]
    print_table(f"{first} and {second}", ("quantity", first, second, "agree"), rows)


@app.command()
def export(
    model: ModelArgument,
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="File to write.")],
    form: Annotated[
        str, typer.Option("--format", help="Format: json, csv, crosssim, aihwkit or neurosim.")
    ] = "json",
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace an existing file.")] = False,
) -> None:
    """Write a model as a file for other programs.

    \b
    Examples:
      dwmtj models export trapezoid-A3 -o trapezoid-A3.json
      dwmtj models export trapezoid-A3 --format crosssim -o dwmtj_device.py
    """
    from ...analysis.exports import write_export
    from ...analysis.state_model.store import find_model

    found = find_model(model, database)
    write_export(found, form, to, overwrite=overwrite)
    print_line(f"model {found.name}, version {found.version}: written to {to}")
