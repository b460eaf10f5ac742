"""Accuracy of a CIFAR-100 network on devices: from a weights file to figure and stored result.

    study = InferenceStudy(notches=(16, 32), noises=(1.0,), images=1000)
    output = infer_cifar100(Path("inference"), study, database="lab.sqlite")
    print(output.outcome.cells, output.files)

The command `dwmtj infer cifar100` does the same.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

from ....analysis.state_model.model import StateModel
from ....storage import Store, check_overwrite
from ...sweeps.sweep import Sweep, open_executor
from ..compute_device import ComputeDevice, choose_device, core_count
from ..crossbar.devices import (
    ConductanceRange,
    DeviceLevels,
    after,
    all_levels,
    device_levels,
    even_levels,
)
from ..data.array_hash import array_hash
from ..errors import NetworkError
from ..progress import ShowProgress, progress_bar
from ..resnet.cifar100 import load_with_test_images
from ..resnet.pretrained import RESNET20
from ..study_output import StudyOutput, save_figures
from .figure import inference_panel
from .progress import KIND
from .result import Inference
from .study import InferenceConfiguration, infer, inference_tasks
from .task import DeviceMapping, read, reader

NOTCHES = (2, 4, 8, 16, 32, 64, 128)
MAPPING = DeviceMapping()


@dataclass(frozen=True, slots=True, kw_only=True)
class InferenceStudy:
    """A network, the devices that hold its weights, and how precisely accuracies are wanted.

    `weights` is a file that `learn_cifar100` wrote. `notches` are numbers of levels of a device, 2
    or more; None asks for 2, 4 … 128, and for as many as `model` has. `noises` are multiples of the
    devices' programming error. Devices are those of `model`, `after_s` seconds after writing, or
    without one the straight synapse's of the synapse paper. As many notches as the model has levels
    are these levels themselves, other numbers are spaced evenly over its range. A cell has at least
    `programmings` and at most `max_programmings`, and is complete once half of the 95 % interval of
    its accuracy is at most `target_half_width` (0 … 1). Only the first `images` test images are
    read; None reads all.
    """

    weights: Path = RESNET20
    notches: tuple[int, ...] | None = None
    noises: tuple[float, ...] = (0.0, 1.0, 10.0)
    model: StateModel | None = None
    after_s: float | None = None
    programmings: int = 10
    max_programmings: int = 40
    target_half_width: float = 1e-3
    mapping: DeviceMapping = MAPPING
    images: int | None = None

    def levels(self) -> dict[int, DeviceLevels]:
        """Return a device's levels for each number of notches; raises NetworkError."""
        if self.mapping.compensation != "none" and self.after_s is None:
            raise NetworkError(
                "Drift compensation needs devices that have aged: give --after SECONDS, too."
            )
        own = () if self.model is None else (len(self.model.levels),)
        counts = sorted({*NOTCHES, *own} if self.notches is None else {*self.notches})
        if self.model is None:
            if self.after_s is not None:
                raise NetworkError("--after needs a --model whose retention was measured.")
            return {count: even_levels(ConductanceRange(), count) for count in counts}
        levels = {
            count: all_levels(self.model) if count in own else device_levels(self.model, count)
            for count in counts
        }
        if self.after_s is None:
            return levels
        return {count: after(entry, self.model, self.after_s) for count, entry in levels.items()}

    def levels_source(self) -> Mapping[str, Any]:
        """Return where the levels come from, as plain data."""
        if self.model is None:
            return asdict(ConductanceRange())
        name, version = self.model.name, self.model.version
        return {"model": name, "version": version, "after_s": self.after_s}


def infer_cifar100(
    folder: Path,
    study: InferenceStudy,
    *,
    database: str | Path | None = None,
    device: ComputeDevice = "auto",
    jobs: int | None = None,
    executor: str = "local",
    overwrite: bool = False,
    progress: ShowProgress = progress_bar,
) -> StudyOutput[Inference]:
    """Read CIFAR-100 with every network of a study; write the figure, keep the result.

    Each programming is kept in the database as it is done: an interrupted study resumes, another
    one begins with those that it shares. `jobs` processes compute side by side, or the workers of
    `executor`. Raises NetworkError, SweepError and StoreError.
    """
    name = study.weights.stem
    check_overwrite(folder / f"{name}-inference.png", overwrite=overwrite)
    levels = study.levels()
    trained, images, labels = load_with_test_images(study.weights, study.images)
    if executor == "local":
        computed_on = choose_device(device).type
    else:
        computed_on = "cuda" if device == "cuda" else "cpu"
    configuration = InferenceConfiguration(
        weights=hashlib.sha256(study.weights.read_bytes()).hexdigest(),
        devices=study.levels_source(),
        notches=tuple(levels),
        noises=tuple(dict.fromkeys(study.noises)),
        programmings=study.programmings,
        max_programmings=study.max_programmings,
        target_half_width=study.target_half_width,
        mapping=study.mapping,
        images=array_hash(images, labels),
        computed_on=computed_on,
    )
    tasks = inference_tasks(configuration, levels)
    setup = partial(reader, trained.network, levels, study.mapping, images, labels, computed_on)
    workers = jobs or (core_count() if computed_on == "cpu" else 1)
    with open_executor(executor, workers) as running, Store.open(database) as store:
        sweep = Sweep(KIND, read, store, running, setup)
        resumed = len(tasks.all()) - len(sweep.missing(tasks.all()))
        with progress(configuration.trials, resumed, store.place, "programmings") as report:
            inference = infer(configuration, tasks, sweep, report)
        result = store.add_result(
            "infer-cifar100",
            name,
            configuration=configuration.document(),
            data={**inference.document(), "trained": dict(trained.about)},
            seed=study.mapping.seed,
        )
        place = store.place
    files = save_figures([inference_panel(name, inference)], folder, [result], place)
    return StudyOutput(inference, (result,), place, files)
