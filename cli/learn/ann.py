"""`dwmtj learn ann`: the neuron paper's network, its Table II, its figures and its weights."""

import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from statistics import mean, stdev
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ...simulators.networks import DataSetName, Images, require_learning
from ...storage import ResultRecord, Store, check_overwrite
from ..console import out, print_table
from ..options import DatabaseOption
from .options import LearningProgress, print_kept, result_numbers

if TYPE_CHECKING:
    from ...simulators.networks.neuron_network.study import AnnConfiguration, SeedOutcome
    from ...simulators.networks.synapses.levels import SynapseLevels

FlatSet = Literal["mnist", "fashion-mnist"]
Devices = Literal["one", "pair"]
Spacing = Literal["conductance", "resistance"]

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
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="For all files.")],
    data: Annotated[FlatSet | None, typer.Option(help="Only this data set.")] = None,
    seeds: Annotated[int, typer.Option(min=1, help="How many networks.")] = 3,
    epochs: Annotated[int, typer.Option(min=1, help="Epochs in float32.")] = 10,
    fine_tuning_epochs: Annotated[int, typer.Option(min=1, help="Epochs on the levels.")] = 5,
    devices: Annotated[
        Devices, typer.Option(help="For each weight: one against a fixed reference, or a pair.")
    ] = "one",
    spacing: Annotated[
        Spacing, typer.Option(help="What is linear in the wall's position.")
    ] = "conductance",
    model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Levels and spreads of a measured state model instead."),
    ] = None,
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace figures that are there.")] = False,
) -> None:
    """Train the 784-128-10 network, put it on 11 and 6 levels, train it there: the paper's table.

    Images come from $DWMTJ_DATA, or are downloaded once. What was broken off goes on with the same
    command. Results are kept in the database.

    \b
    Examples:
      dwmtj learn ann -o network
      dwmtj learn ann -o network --seeds 5 --devices pair
      dwmtj learn ann -o measured --model trapezoid-A3 --data fashion-mnist
    """
    require_learning()
    from ...simulators.networks.data.images import load_images  # whether all is there, before torch

    check_overwrite(to / "neuron.png", overwrite=overwrite)
    data_sets: tuple[FlatSet, ...] = ("mnist", "fashion-mnist") if data is None else (data,)
    images: dict[DataSetName, Images] = {name: load_images(name) for name in data_sets}

    from ...analysis.figures import save
    from ...simulators.networks.neuron_network.figures import neuron_panel, study_panels
    from ...simulators.networks.neuron_network.study import (
        FINE_TUNING,
        TRAINING,
        AnnConfiguration,
        run_study,
    )
    from ...simulators.sweeps.checkpoint import Checkpoint

    configuration = AnnConfiguration(
        data_sets=data_sets,
        seeds=tuple(range(seeds)),
        levels=_levels(model, devices, spacing, database),
        training=replace(TRAINING, epochs=epochs),
        fine_tuning=replace(FINE_TUNING, epochs=fine_tuning_epochs),
    )
    checkpoint = Checkpoint(to / "ann.checkpoint", configuration.document())
    with Store.open(database) as store:
        with LearningProgress(configuration.epochs, len(checkpoint), checkpoint.path) as report:
            outcomes = run_study(configuration, images, checkpoint, report)
        kept = [_keep(store, configuration, outcome) for outcome in outcomes]
        results, place = result_numbers(kept), store.path
    networks = [path for outcome in outcomes for path in _save_networks(to, configuration, outcome)]
    panels = [neuron_panel(configuration.neuron), *study_panels(outcomes, images)]
    written = [
        path
        for panel in panels
        for path in save(panel, to, panel.name, source=f"{results} of {place}")
    ]
    checkpoint.remove()
    print_ann(outcomes)
    print_kept(results, place)
    out.print(
        f"{len(written)} files of figures and {len(networks)} networks: in {to}",
        markup=False,
        soft_wrap=True,
    )


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
                    _told([outcome.trained.accuracy for outcome in of_set], paper[0]),
                    _told([cell.accuracy_whole_range for cell in cells], paper[1]),
                    _told([cell.accuracy_quantised for cell in cells], paper[1]),
                    _told([cell.accuracy_fine_tuned for cell in cells], paper[2]),
                    _told([a for cell in cells for a in cell.accuracies_spread], None),
                )
            )
    seeds = len(outcomes) // len(data_sets)
    title = f"Test accuracy in %, mean ± standard deviation over {seeds} seeds [the paper's]"
    print_table(title, COLUMNS, rows)


def _told(accuracies: Sequence[float], paper: float | None) -> str:
    spread = f" ± {100 * stdev(accuracies):.2f}" if len(accuracies) > 1 else ""
    beside = "" if paper is None else f" [{paper:.2f}]"
    return f"{100 * mean(accuracies):.2f}{spread}{beside}"


def _levels(
    model: str | None, devices: Devices, spacing: Spacing, database: str | None
) -> dict[str, "SynapseLevels"]:
    from ...analysis.state_model.store import find_model
    from ...simulators.networks.synapses.levels import levels_of_model, notched_levels

    if model is None:
        return {f"{n} notches": notched_levels(n, devices, spacing) for n in (10, 5)}
    found = find_model(model, database)
    return {f"{found.name}:{found.version}": levels_of_model(found, devices)}


def _save_networks(
    to: Path, configuration: "AnnConfiguration", outcome: "SeedOutcome"
) -> list[Path]:
    """Write the network in float32 and those trained on levels, one file each."""
    from ...simulators.networks.neuron_network.file import TrainedAnn, save_ann

    trained = outcome.trained
    stem = f"{trained.data_set}-{trained.seed}"
    about: dict[str, Any] = {"seed": trained.seed, "accuracy": trained.accuracy, "levels": None}
    kept = [(stem, trained.weights, about)]
    for cell in outcome.on_levels:
        name = re.sub(r"[^\w.]+", "-", cell.levels)
        told = {**about, "accuracy": cell.accuracy_fine_tuned, "levels": cell.levels}
        kept.append((f"{stem}-{name}", cell.fine_tuned, told))
    return [
        save_ann(
            to / f"{name}.safetensors",
            TrainedAnn(weights, configuration.neuron, trained.data_set, told),
        )
        for name, weights, told in kept
    ]


def _keep(store: Store, configuration: "AnnConfiguration", outcome: "SeedOutcome") -> ResultRecord:
    trained = outcome.trained
    return store.add_result(
        "ann",
        trained.data_set,
        configuration=configuration.document(),
        data=outcome.document(),
        seed=trained.seed,
    )
