"""A measured device applied to a task: to accuracies, figure, page and stored result.

    study = ApplicationStudy(model=find_model("straight-B1"), task="fashion-mnist")
    output = apply_device(Path("applied"), study)
    print(output.outcome.drawn, output.files)

The command `dwmtj apply` does the same, from a file of readings on.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import torch

from ....analysis.figures import Panel, resistance_against_amplitude
from ....analysis.state_model.model import StateModel
from ....storage import Store, check_overwrite
from ...sweeps.sweep import Sweep, open_executor
from ..compute_device import core_count
from ..crossbar.random_streams import stream
from ..data.images import load_images
from ..errors import NetworkError
from ..progress import ShowProgress, progress_bar
from ..resnet.cifar100 import load_with_test_images
from ..resnet.pretrained import RESNET20
from ..study_output import StudyOutput, save_figures
from .classification import Classification
from .drawn_device import drawn_device
from .fashion_mnist import configuration_of, fashion_mnist
from .figure import applied_panel
from .foreign import foreign
from .page import write_page
from .result import Applied
from .study import KIND, POSTERIOR, apply_to, compute, load, on_levels, tasks_of

DRAWS = 39  # the fewest whose range holds one more network with 95 %
CHECKPOINT = "apply.checkpoint"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApplicationStudy:
    """A device and what a network of such devices is to do.

    `task` is fashion-mnist, cifar100 (ResNet-20, the weights of `weights`), or FILE.py:NAME of a
    network. `draws` devices are drawn from the posterior of `model`. Only the first `images` test
    inputs are classified; None takes all. `runs` are those that the model was calibrated from.
    """

    model: StateModel
    task: str = "fashion-mnist"
    draws: int = DRAWS
    images: int | None = None
    seed: int = 0
    weights: Path = RESNET20
    runs: tuple[int, ...] = ()


def apply_device(
    folder: Path,
    study: ApplicationStudy,
    *,
    database: str | Path | None = None,
    jobs: int | None = None,
    overwrite: bool = False,
    progress: ShowProgress = progress_bar,
    when_checked: Callable[[], ApplicationStudy] | None = None,
) -> StudyOutput[Applied]:
    """Put a network on devices like the measured one; write figure and page, keep the result.

    Data, network, conversion and devices are checked before anything is written; `when_checked`
    then may store the model and return the study with it. Training is kept in a checkpoint in the
    folder, each network in the database as it is done: an interrupted study resumes. Raises
    NetworkError, AnalysisError, SweepError and StoreError.
    """
    if study.draws < 2:
        raise NetworkError(f"{study.draws} drawn devices show no spread: give --draws 2 or more.")
    page = check_request(folder, study.task, study.weights, overwrite=overwrite)
    classification = _checked(study)
    if when_checked is not None:
        study = when_checked()
    if classification is None:
        kept_in = folder / CHECKPOINT
        classification = fashion_mnist(study.model, study.seed, study.images, kept_in, progress)
    tasks = tasks_of(classification, study.model, study.draws, study.seed)
    every = [task for group in tasks.values() for task in group]
    setup = partial(load, classification, study.model, study.seed)
    with (
        open_executor("local", jobs or core_count()) as running,
        Store.open(database) as store,
    ):
        sweep = Sweep(KIND, compute, store, running, setup)
        resumed = len(every) - len(sweep.missing(every))
        with progress(len(every), resumed, store.place, "networks") as report:
            applied = apply_to(classification, tasks, sweep, report)
        result = store.add_result(
            "apply",
            f"{classification.name} on {study.model.name}",
            configuration={
                **tasks["drawn"][0].configuration,
                "task": study.task,
                "model_name": study.model.name,
                "model_version": study.model.version,
                "draws": study.draws,
            },
            data=applied.document(),
            seed=study.seed,
        )
        place, measured = store.place, _measured(store, study.runs)
    panel = applied_panel(applied, study.model.name)
    files = save_figures([panel], folder, [result], place)
    analog = on_levels(classification, study.model, study.seed)
    write_page(page, study.model, applied, analog, [*measured, panel], result, place.name)
    (folder / CHECKPOINT).unlink(missing_ok=True)
    return StudyOutput(applied, (result,), place, (page, *files))


def check_request(folder: Path, task: str, weights: Path, *, overwrite: bool) -> Path:
    """Return the page to write; raises NetworkError and OutputFileError for what needs no device.

    Weights are those of cifar100 alone, and the folder must be one that files can be written into.
    """
    if weights != RESNET20 and task != "cifar100":
        raise NetworkError(
            f"--weights are those of --task cifar100, and {task} has a network of its own: leave "
            "one of them out."
        )
    page = folder / "apply.html"
    check_overwrite(page, overwrite=overwrite)
    return page


def _checked(study: ApplicationStudy) -> Classification | None:
    """Return what is classified, None where its network is trained on the levels first.

    Raises NetworkError and AnalysisError for all that would not do later.
    """
    for draw in range(study.draws):
        drawn_device(study.model, stream(study.seed, POSTERIOR, 0, draw))
    if study.task == "fashion-mnist":
        configuration_of(study.model, study.seed)
        load_images("fashion-mnist")
        return None
    if study.task == "cifar100":
        trained, images, labels = load_with_test_images(study.weights, study.images)
        inputs, classes = torch.from_numpy(images), torch.from_numpy(labels).long()
        classification = Classification("cifar100", trained.network.eval(), inputs, classes)
    else:
        classification = foreign(study.task, study.images, study.seed)
    classification.classes(classification.network, classification.batches()[0])
    on_levels(classification, study.model, study.seed)
    return classification


def _measured(store: Store, runs: Sequence[int]) -> list[Panel]:
    return [resistance_against_amplitude(store.points(run)) for run in runs]
