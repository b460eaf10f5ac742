"""`dwmtj learn ann`: the neuron paper's network, its Table II, its figures and its weights."""

from collections.abc import Sequence
from dataclasses import replace
from statistics import mean, stdev
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...simulators.networks import require_learning
from ..console import print_line, print_table
from ..options import DatabaseOption
from .options import (
    FolderOption,
    OverwriteOption,
    find_optional_model,
    print_output,
    resumable,
)

if TYPE_CHECKING:
    from ...simulators.networks.neuron_network.study import SeedOutcome

# float32, put on levels, fine-tuned: Table II of the neuron paper, in %
PAPER = {
    ("10 notches", "mnist"): (97.41, 94.67, 97.17),
    ("10 notches", "fashion-mnist"): (86.40, 62.20, 86.22),
    ("5 notches", "mnist"): (97.41, 93.84, 96.91),
    ("5 notches", "fashion-mnist"): (86.40, 61.36, 86.31),
}
COLUMNS = (
    "levels",
    "data",
    "float32",
    "on levels, whole range",
    "on levels, clipped",
    "trained on levels",
    "trained, spread by σ",
)


def learn_ann(
    to: FolderOption,
    data: Annotated[
        Literal["mnist", "fashion-mnist"] | None,
        typer.Option(help="Data set.", show_default="both"),
    ] = None,
    seeds: Annotated[int, typer.Option(min=1, help="Number of networks per data set.")] = 3,
    epochs: Annotated[int, typer.Option(min=1, help="Training epochs in float32.")] = 10,
    fine_tuning_epochs: Annotated[
        int, typer.Option(min=1, help="Training epochs on the levels.")
    ] = 5,
    devices: Annotated[
        Literal["one", "pair"],
        typer.Option(help="Devices per weight: one against a fixed reference, or a pair."),
    ] = "one",
    spacing: Annotated[
        Literal["conductance", "resistance"],
        typer.Option(help="Quantity that is linear in the wall's position."),
    ] = "conductance",
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="State model that gives levels and spreads.",
            show_default="10 and 5 notches",
        ),
    ] = None,
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Train the 784-128-10 network, put it on 11 and 6 levels, train it there: the paper's table.

    Images come from $DWMTJ_DATA, or are downloaded once. An interrupted study resumes with the same
    command. Results are stored in the database.

    \b
    Examples:
      dwmtj learn ann -o network
      dwmtj learn ann -o network --seeds 5 --devices pair
      dwmtj learn ann -o measured --model trapezoid-A3 --data fashion-mnist
    """
    require_learning()
    from ...simulators.networks import AnnConfiguration, learn_ann
    from ...simulators.networks.neuron_network.learn import measured_levels, paper_levels
    from ...simulators.networks.neuron_network.study import FINE_TUNING, TRAINING

    measured = find_optional_model(model, database)
    configuration = AnnConfiguration(
        data_sets=("mnist", "fashion-mnist") if data is None else (data,),
        seeds=tuple(range(seeds)),
        levels=paper_levels(devices, spacing)
        if measured is None
        else measured_levels(measured, devices),
        training=replace(TRAINING, epochs=epochs),
        fine_tuning=replace(FINE_TUNING, epochs=fine_tuning_epochs),
    )
    with resumable():
        output = learn_ann(to, configuration, database=database, overwrite=overwrite)
    print_ann(output.outcome)
    print_output(output, list_files=False)
    networks = sum(path.suffix == ".safetensors" for path in output.files)
    print_line(f"{len(output.files) - networks} files of figures and {networks} networks: in {to}")


def print_ann(outcomes: Sequence["SeedOutcome"]) -> None:
    """Print the table: mean ± standard deviation over the seeds, the paper's in brackets."""
    rows = []
    data_sets = list(dict.fromkeys(outcome.trained.data_set for outcome in outcomes))
    for number, on_levels in enumerate(outcomes[0].on_levels):
        for data_set in data_sets:
            of_set = [outcome for outcome in outcomes if outcome.trained.data_set == data_set]
            cells = [outcome.on_levels[number] for outcome in of_set]
            paper = PAPER.get((on_levels.levels, data_set), (None, None, None))
            rows.append(
                (
                    on_levels.levels,
                    data_set,
                    _cell([outcome.trained.accuracy for outcome in of_set], paper[0]),
                    _cell([cell.accuracy_whole_range for cell in cells], paper[1]),
                    _cell([cell.accuracy_quantised for cell in cells], paper[1]),
                    _cell([cell.accuracy_fine_tuned for cell in cells], paper[2]),
                    _cell([a for cell in cells for a in cell.accuracies_spread], None),
                )
            )
    seeds = len(outcomes) // len(data_sets)
    title = f"Test accuracy in %, mean ± standard deviation over {seeds} seeds [the paper's]"
    print_table(title, COLUMNS, rows)


def _cell(accuracies: Sequence[float], paper: float | None) -> str:
    spread = f" ± {100 * stdev(accuracies):.2f}" if len(accuracies) > 1 else ""
    beside = "" if paper is None else f" [{paper:.2f}]"
    return f"{100 * mean(accuracies):.2f}{spread}{beside}"
