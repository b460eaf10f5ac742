"""The neuron paper's network trained and put on levels: to figures, weights and stored results.

    output = learn_ann(Path("network"), AnnConfiguration(data_sets=("mnist",), seeds=(0, 1)))

The command `dwmtj learn ann` does the same.
"""

import re
from pathlib import Path
from typing import Any

from ....analysis.state_model.model import StateModel
from ....storage import Store, check_overwrite
from ...sweeps.checkpoint import Checkpoint
from ..data.images import load_images
from ..progress import ShowProgress, progress_bar
from ..study_output import StudyOutput, save_figures
from ..synapses.levels import (
    Devices,
    Spacing,
    SynapseLevels,
    levels_of_model,
    notched_levels,
)
from .activation import NeuronCurve
from .figures import neuron_panel, study_panels
from .file import TrainedAnn, save_ann
from .study import AnnConfiguration, SeedOutcome, run_study


def paper_levels(
    devices: Devices = "one", spacing: Spacing = "conductance"
) -> dict[str, SynapseLevels]:
    """Return the levels of synapses with 10 and with 5 notches, by name."""
    return {f"{n} notches": notched_levels(n, devices, spacing) for n in (10, 5)}


def measured_levels(model: StateModel, devices: Devices = "one") -> dict[str, SynapseLevels]:
    """Return the levels of a measured device, by its name; raises NetworkError."""
    return {f"{model.name}:{model.version}": levels_of_model(model, devices)}


def learn_ann(
    folder: Path,
    configuration: AnnConfiguration,
    *,
    database: str | Path | None = None,
    overwrite: bool = False,
    progress: ShowProgress = progress_bar,
) -> StudyOutput[list[SeedOutcome]]:
    """Train every network of a configuration; write figures and weights, keep a result of each.

    Each training is kept in a checkpoint in the folder until the end: an interrupted study resumes.
    Raises NetworkError and StoreError.
    """
    check_overwrite(folder / "neuron.png", overwrite=overwrite)
    images = {name: load_images(name) for name in configuration.data_sets}
    checkpoint = Checkpoint(folder / "ann.checkpoint", configuration.document())
    with Store.open(database) as store:
        with progress(configuration.epochs, len(checkpoint), checkpoint.path, "epochs") as report:
            outcomes = run_study(configuration, images, checkpoint, report)
        results = tuple(
            store.add_result(
                "ann",
                outcome.trained.data_set,
                configuration=configuration.document(),
                data=outcome.document(),
                seed=outcome.trained.seed,
            )
            for outcome in outcomes
        )
        place = store.place
    networks = tuple(
        path
        for outcome in outcomes
        for path in _save_networks(folder, configuration.neuron, outcome)
    )
    panels = [neuron_panel(configuration.neuron), *study_panels(outcomes, images)]
    figures = save_figures(panels, folder, results, place)
    checkpoint.remove()
    return StudyOutput(outcomes, results, place, (*networks, *figures))


def _save_networks(folder: Path, neuron: NeuronCurve, outcome: SeedOutcome) -> list[Path]:
    """Write the network in float32 and those trained on levels, one file each."""
    trained = outcome.trained
    stem = f"{trained.data_set}-{trained.seed}"
    about: dict[str, Any] = {"seed": trained.seed, "accuracy": trained.accuracy, "levels": None}
    networks = [(stem, trained.weights, about)]
    for cell in outcome.on_levels:
        name = re.sub(r"[^\w.]+", "-", cell.levels)
        tuned = {**about, "accuracy": cell.accuracy_fine_tuned, "levels": cell.levels}
        networks.append((f"{stem}-{name}", cell.fine_tuned, tuned))
    return [
        save_ann(
            folder / f"{name}.safetensors", TrainedAnn(weights, neuron, trained.data_set, details)
        )
        for name, weights, details in networks
    ]
