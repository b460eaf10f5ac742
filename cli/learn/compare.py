"""`dwmtj learn compare`: synapse technologies on the same task."""

import os
from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...simulators.networks import require_learning
from ...storage import Store, check_overwrite
from ..console import print_table
from ..options import DatabaseOption
from .options import LearningProgress, print_kept

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.ticker import EngFormatter

TABLES = "cross-sim-dwmtj"


def learn_compare(
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="For the figure.")],
    only: Annotated[
        list[str] | None, typer.Option(help="Only this family or technology; repeatable.")
    ] = None,
    table: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="CrossSim table of increasing conductance, its decreasing one beside it.",
            show_default="those in $DWMTJ_DATA/cross-sim-dwmtj",
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(metavar="MODEL", help="A measured state model, too; repeatable."),
    ] = None,
    data: Annotated[
        Literal["mnist", "fashion-mnist"], typer.Option(help="The images.")
    ] = "fashion-mnist",
    seeds: Annotated[int, typer.Option(min=1, help="How many networks of each.")] = 3,
    epochs: Annotated[int, typer.Option(min=1, help="How often each image is shown.")] = 1,
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace figures that are there.")] = False,
) -> None:
    """Learn with every synapse technology, each update written into devices; compare them.

    Accuracy, energy and time of writing, of the 784-128-10 network learning on line. Each row says
    which of its numbers the paper's table lacks, and what stands in for it. What was broken off
    goes on with the same command. Results are kept in the database.

    \b
    Examples:
      dwmtj learn compare -o technologies
      dwmtj learn compare -o rram --only RRAM --only magnetic --seeds 5
      dwmtj learn compare -o tables --table SOT_300K_dG_increasing0.txt
      dwmtj learn compare -o mine --only magnetic --model trapezoid-A3
    """
    require_learning()
    from ...simulators.networks.data.images import load_images  # whether all is there, before torch

    check_overwrite(to / "technologies.png", overwrite=overwrite)
    images = load_images(data)

    from ...analysis.figures import save
    from ...analysis.state_model.store import find_model
    from ...simulators.networks.comparison.figure import comparison_panel, comparison_table
    from ...simulators.networks.comparison.online_learning import OnLineSchedule
    from ...simulators.networks.comparison.study import ComparisonConfiguration, compare
    from ...simulators.networks.synapses.technologies import chosen, of_model, of_tables
    from ...simulators.sweeps.checkpoint import Checkpoint

    tables = _found_tables(only) if table is None else table
    models = [find_model(name, database) for name in model or ()]
    configuration = ComparisonConfiguration(
        data_set=data,
        technologies=(*chosen(only or ()), *map(of_tables, tables), *map(of_model, models)),
        seeds=tuple(range(seeds)),
        schedule=replace(OnLineSchedule(), epochs=epochs),
    )
    checkpoint = Checkpoint(to / "compare.checkpoint", configuration.document())
    with Store.open(database) as store:
        with LearningProgress(configuration.epochs, len(checkpoint), checkpoint.path) as report:
            compared = compare(configuration, images, checkpoint, report)
        result = store.add_result(
            "compare",
            data,
            configuration=configuration.document(),
            data={"technologies": [entry.document() for entry in compared]},
        )
        results, place = f"result {result.id}", store.path
    panel = comparison_panel(compared, data)
    written = save(panel, to, panel.name, source=f"{results} of {place}")
    checkpoint.remove()
    print_compared(comparison_table(compared), data)
    print_kept(results, place, written)


def print_compared(table: "pd.DataFrame", data: str) -> None:
    """Print a row for each technology; what is not known is a dash."""
    from matplotlib.ticker import EngFormatter  # matplotlib: no other command waits for it

    columns = (
        "synapse",
        "family",
        "accuracy (%)",
        "rate",
        "energy",
        "time",
        "what the table lacks",
    )
    rows = [
        (
            str(row["synapse"]),
            str(row["family"]),
            f"{100 * row['accuracy']:.1f} ± {100 * row['accuracy_std']:.1f}",
            f"{row['learning_rate']:g}",
            _told(row["write_energy_J"], EngFormatter("J", places=1)),
            _told(row["write_time_s"], EngFormatter("s", places=1)),
            str(row["lacks"]),
        )
        for _, row in table.iterrows()
    ]
    seeds = int(table["seeds"].max())
    title = f"{data}: test accuracy, mean ± standard deviation over {seeds} seeds, and all writing"
    print_table(title, columns, rows)


def _told(value: float | None, unit: "EngFormatter") -> str:
    return "–" if value is None or isnan(value) else unit(value)


def _found_tables(only: list[str] | None) -> list[Path]:
    folder = os.environ.get("DWMTJ_DATA")
    if not folder or (only and "magnetic" not in only):
        return []
    return sorted((Path(folder).expanduser() / TABLES).glob("*increasing*.txt"))
