"""A CIFAR-100 network written onto devices: from a weights file to figure and stored result.

    study = ProgrammingStudy(model=find_model("straight-B1"), images=1000)
    output = program_cifar100(Path("written"), study)

The command `dwmtj infer program` does the same.
"""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ....analysis.state_model.file import model_json
from ....analysis.state_model.model import StateModel
from ....storage import Store, check_overwrite
from ...sweeps.checkpoint import Checkpoint
from ..compute_device import ComputeDevice, choose_device
from ..crossbar.mapping import Clipping, Per
from ..data.image_batches import on_device
from ..errors import NetworkError
from ..progress import ShowProgress, progress_bar
from ..resnet.cifar100 import load_with_test_images
from ..resnet.pretrained import RESNET20
from ..study_output import StudyOutput, save_figures
from .figure import programming_panel
from .network_writing import Least, Policies
from .result import Programmed, PulseTimes
from .study import ProgrammingConfiguration, program

LINE_CYCLE_S = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class ProgrammingStudy:
    """A network, a measured device, and how it is written; see `ProgrammingConfiguration`.

    `weights` is a file that `learn_cifar100` wrote. A reading takes `read_s` seconds; with
    `track_ohm` the Joule energy of the pulses is known. Only the first `images` test images are
    read; None reads all.
    """

    model: StateModel
    weights: Path = RESNET20
    programmings: int = 5
    max_pulses: int = 100
    least: Least = "pulses"
    draws: int = 0
    read_s: float = LINE_CYCLE_S
    track_ohm: float | None = None
    clipping: Clipping = "none"
    per: Per = "layer"
    seed: int = 0
    images: int | None = None

    def configuration(self) -> ProgrammingConfiguration:
        """Return all that the numbers depend on; raises NetworkError."""
        return ProgrammingConfiguration(
            weights=hashlib.sha256(self.weights.read_bytes()).hexdigest(),
            model=hashlib.sha256(model_json(self.model).encode()).hexdigest(),
            times=_pulse_times(self.model, self.read_s, self.track_ohm),
            max_pulses=self.max_pulses,
            least=self.least,
            draws=self.draws,
            programmings=self.programmings,
            clipping=self.clipping,
            per=self.per,
            seed=self.seed,
            images=self.images,
        )


def program_cifar100(
    folder: Path,
    study: ProgrammingStudy,
    *,
    database: str | Path | None = None,
    device: ComputeDevice = "auto",
    overwrite: bool = False,
    progress: ShowProgress = progress_bar,
) -> StudyOutput[Programmed]:
    """Write a network by single shots and by write-verify, read CIFAR-100 with what was written.

    Writes the figure and keeps the result. Each programming is kept in a checkpoint in the folder
    until the end: an interrupted study resumes. Raises NetworkError, AnalysisError and StoreError.
    """
    name = study.weights.stem
    check_overwrite(folder / f"{name}-programming.png", overwrite=overwrite)
    trained, images, labels = load_with_test_images(study.weights, study.images)
    configuration = study.configuration()
    policies = Policies.of(study.model, study.least)
    processor = choose_device(device)
    checkpoint = Checkpoint(folder / f"{name}-programming.checkpoint", configuration.document())
    with Store.open(database) as store:
        with progress(
            configuration.readings, len(checkpoint), checkpoint.path, "networks"
        ) as report:
            programmed = program(
                configuration,
                trained.network,
                study.model,
                policies,
                on_device(images, labels, processor),
                checkpoint,
                report,
            )
        result = store.add_result(
            "infer-program",
            name,
            configuration={
                **configuration.document(),
                "model_name": study.model.name,
                "model_version": study.model.version,
            },
            data={
                **programmed.document(),
                "trained": dict(trained.about),
                "computed_on": processor.type,
            },
            seed=study.seed,
        )
        place = store.place
    files = save_figures([programming_panel(name, programmed)], folder, [result], place)
    checkpoint.remove()
    return StudyOutput(programmed, (result,), place, files)


def _pulse_times(model: StateModel, read_s: float, track_ohm: float | None) -> PulseTimes:
    """Return the duration of the model's pulses; raises NetworkError where it is unknown."""
    pulses = model.pulses[0]
    if pulses.pulse_width_s is None:
        raise NetworkError(
            f"Model {model.name} has no pulse width: calibrate it from runs that record it."
        )
    edges_s = (pulses.rise_s or 0.0) + (pulses.fall_s or 0.0)
    width_s = pulses.pulse_width_s
    return PulseTimes(width_s + edges_s / 2, width_s - edges_s / 6, read_s, track_ohm)
