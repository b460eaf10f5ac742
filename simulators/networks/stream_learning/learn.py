"""Stream learning of a figure's networks: from a study to figure and stored results.

    output = learn_stream(Path("stream"), StreamStudy(figure="levels", seeds=3), jobs=2)

The command `dwmtj learn stream` does the same.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from ....analysis.state_model.model import StateModel
from ....storage import Store, check_overwrite
from ...sweeps.sweep import Sweep, open_executor
from ...sweeps.task import Task
from ..compute_device import core_count
from ..data.images import load_images
from ..errors import NetworkError
from ..progress import ShowProgress, progress_bar
from ..study_output import StudyOutput, save_figures
from ..synapses.transitions import Transitions, drawn_transitions, likeliest_transitions
from ..synapses.verified_steps import Verification, pulses_remark
from .device_ratio import device_ratio
from .figures import stream_panel
from .settings import StreamSetup
from .study import (
    Curve,
    FigureName,
    Outcome,
    figure_curves,
    measured_curves,
    outcomes_of,
    runs_of,
)
from .task import KIND, checkpoint_of, stream_images, stream_tasks, train
from .training import Validation

Pulses = Literal["verified", "unverified"]
SETUP = StreamSetup()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamStudy:
    """The networks of a figure, or of a measured device in its place, and how they learn.

    `setup` is what the figure's curves vary. With `model` the networks learn by the formula with
    its w1/w2 (see `device_ratio`), by its measured transitions, and by those of `draws` devices
    drawn from its posterior; `remarks` says where its numbers come from, and which it lacks.
    `pulses` are read and put right ("verified", see `synapses.verified_steps`) or not read.
    `at_once` also trains on all images at once (figure 5a). `validation` says when the test images
    are classified: after each subset or each epoch. With `held_out` the last so many training
    images are not trained on and take the place of the test images, for choices between settings.
    """

    figure: FigureName = "5a"
    setup: StreamSetup = SETUP
    model: StateModel | None = None
    draws: int = 0
    pulses: Pulses = "verified"
    held_out: int = 0
    seeds: int = 5
    at_once: bool = True
    validation: Validation = "subset"
    data: Literal["fashion-mnist", "mnist"] = "fashion-mnist"

    def __post_init__(self) -> None:
        """Raise NetworkError where devices cannot be drawn."""
        if self.model is None and self.draws:
            raise NetworkError("--draws needs --model: devices are drawn from a model's posterior.")

    @property
    def name(self) -> str:
        """The name of the figure's files."""
        return f"stream-{self.figure}" if self.model is None else "stream-measured"

    def curves(self) -> tuple[Curve, ...]:
        """Return the curves of the figure; raises NetworkError for an unsuitable model."""
        if self.model is None:
            return figure_curves(self.figure, self.setup)
        ratio = device_ratio(self.model, self.setup)
        try:
            likeliest, *drawn = self._transitions(self.model)
        except NetworkError:
            if self.draws or not ratio.curves:
                raise
            likeliest, drawn = None, []  # the formula is left, with the device's width ratio
        name = f"{self.model.name}:{self.model.version}"
        return measured_curves(self.setup, name, likeliest, drawn, ratio.curves)

    def _transitions(self, model: StateModel) -> list[Transitions]:
        """Return those of the measured device, then of the drawn ones; raises NetworkError."""
        rng = np.random.default_rng(0)
        if self.pulses == "unverified":
            drawn = [drawn_transitions(model, rng) for _ in range(self.draws)]
            return [likeliest_transitions(model), *drawn]
        verification = Verification.of(model)
        devices = [verification.drawn(rng) for _ in range(self.draws)]
        return [device.transitions() for device in (verification.likeliest(), *devices)]

    def remarks(self) -> tuple[str, ...]:
        """Return what the model's numbers are, where from, and why some are not used."""
        if self.model is None:
            return ()
        return device_ratio(self.model, self.setup).remark, self._pulses_remark(self.model)

    def _pulses_remark(self, model: StateModel) -> str:
        try:
            if self.pulses == "verified":
                return pulses_remark(Verification.of(model).likeliest())
            likeliest_transitions(model)
        except NetworkError as error:
            return f"No measured transitions: {error}"
        return "Measured transitions: one pulse for each update, which is not read."


@dataclass(frozen=True, slots=True)
class StreamOutcome:
    """The curves of the figure, and every trained network."""

    curves: tuple[Curve, ...]
    networks: tuple[Outcome, ...]


def learn_stream(
    folder: Path,
    study: StreamStudy,
    *,
    database: str | Path | None = None,
    jobs: int | None = None,
    executor: str = "local",
    overwrite: bool = False,
    progress: ShowProgress = progress_bar,
) -> StudyOutput[StreamOutcome]:
    """Train every network of a study; write the figure, keep a result of each network.

    Networks that the database holds are not trained again; those begun resume from checkpoints in
    the folder. `jobs` processes compute side by side, or the workers of `executor`. Raises
    NetworkError, SweepError and StoreError.
    """
    check_overwrite(folder / f"{study.name}.png", overwrite=overwrite)
    images = load_images(study.data)
    if study.held_out:
        images = images.held_out(study.held_out)
    curves = study.curves()
    at_once = study.at_once and study.model is None and study.figure == "5a"
    runs = runs_of(curves, study.seeds, study.validation, at_once=at_once)
    setup = stream_images(images, study.setup)
    checkpoints = folder / "checkpoints"
    model = None if study.model is None else f"{study.model.name}:{study.model.version}"
    tasks = stream_tasks(runs, checkpoints, images, study.data, model, study.held_out)
    workers = jobs or min(core_count(), len(tasks))
    with open_executor(executor, workers) as running, Store.open(database) as store:
        sweep = Sweep(KIND, train, store, running, setup)
        missing = sweep.missing(tasks)
        begun = sum(len(checkpoint_of(task)) > 0 for task in missing)
        resumed = len(tasks) - len(missing) + begun
        steps = sum(task.steps for task in tasks)
        with progress(steps, resumed, checkpoints, "epochs") as report:
            results = tuple(sweep.results(tasks, report))
        place = store.place
    networks = tuple(outcomes_of(runs, results))
    validated = study.setup.epochs if study.validation == "epoch" else 1
    panel = stream_panel(study.name, curves, networks, validated, held_out=study.held_out > 0)
    files = save_figures([panel], folder, results, place)
    _remove_checkpoints(checkpoints, tasks)
    return StudyOutput(StreamOutcome(curves, networks), results, place, files)


def _remove_checkpoints(folder: Path, tasks: list[Task]) -> None:
    for task in tasks:
        (folder / f"{task.name}.checkpoint").unlink(missing_ok=True)
    with suppress(OSError):  # another program's file lies in it
        folder.rmdir()
