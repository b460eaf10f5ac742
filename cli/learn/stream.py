"""`dwmtj learn stream`: the synapse paper's stream learning, its Fig. 5 and the supplement's."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...simulators.networks import NetworkError, require_learning
from ...storage import Store, check_overwrite
from ..console import print_table
from ..options import DatabaseOption
from .options import (
    ExecutorOption,
    JobsOption,
    LearningProgress,
    cores,
    print_kept,
    result_numbers,
)

if TYPE_CHECKING:
    from ...simulators.networks.stream_learning.settings import StreamSetup
    from ...simulators.networks.stream_learning.study import Curve, Outcome

Figure = Literal["5a", "5b", "levels", "rounding", "width-ratio"]
Images = Literal["fashion-mnist", "mnist"]
Formulation = Literal["device", "literal", "carried"]
Validate = Literal["subset", "epoch"]


def learn_stream(
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="For the figure.")],
    figure: Annotated[
        Figure,
        typer.Option(help="The paper's figure: three devices, two readouts, or the supplement's."),
    ] = "5a",
    model: Annotated[
        str | None,
        typer.Option(metavar="MODEL", help="Learn with a model's measured transitions instead."),
    ] = None,
    draws: Annotated[
        int, typer.Option(min=0, help="Devices drawn from the model's posterior, a network each.")
    ] = 0,
    seeds: Annotated[int, typer.Option(min=1, help="Networks of each device.")] = 5,
    subsets: Annotated[int, typer.Option(min=1, help="How many subsets of 1,000 images.")] = 60,
    epochs: Annotated[int, typer.Option(min=1, help="How often each subset is shown.")] = 30,
    formulation: Annotated[
        Formulation,
        typer.Option(
            help="How a device learns: as it stands, by the paper's text, or with sums beside it."
        ),
    ] = "device",
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", "-p", metavar="NAME=VALUE", help="Of the setup; may be repeated."
        ),
    ] = None,
    at_once: Annotated[
        bool, typer.Option(help="Train on all images at once, too: the figure's ticks.")
    ] = True,
    validate: Annotated[
        Validate, typer.Option(help="When to classify the 10,000 test images.")
    ] = "subset",
    data: Annotated[Images, typer.Option(help="The images.")] = "fashion-mnist",
    jobs: JobsOption = None,
    executor: ExecutorOption = "local",
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace the figure if it is there.")] = False,
) -> None:
    """Learn from images that come in small subsets and do not come again.

    Images come from $DWMTJ_DATA, or are downloaded once. What was broken off goes on with the same
    command. Results are kept in the database.

    \b
    Examples:
      dwmtj learn stream -o stream
      dwmtj learn stream -o stream --figure 5b --seeds 3
      dwmtj learn stream -o eight --no-at-once -p levels=8 -p learning_rate=0.002
      dwmtj learn stream -o measured --model trapezoid-A3 --draws 20 --epochs 5
    """
    require_learning()
    from ...simulators.networks.data.images import load_images  # whether all is there, before torch

    name = f"stream-{figure}" if model is None else "stream-measured"
    check_overwrite(to / f"{name}.png", overwrite=overwrite)
    if model is None and draws:
        raise NetworkError("--draws needs --model: devices are drawn from a model's posterior.")
    images = load_images(data)

    from ...analysis.figures import save
    from ...simulators.networks.stream_learning.figures import stream_panel
    from ...simulators.networks.stream_learning.settings import FORMULATIONS
    from ...simulators.networks.stream_learning.study import outcomes_of, runs_of
    from ...simulators.networks.stream_learning.task import (
        KIND,
        checkpoint_of,
        stream_images,
        stream_tasks,
        train,
    )
    from ...simulators.sweeps.sweep import Sweep, open_executor

    base = replace(FORMULATIONS[formulation], subsets=subsets, epochs=epochs)
    base = base.changed(parameter or [])
    curves = _curves(figure, model, draws, base, database)
    runs = runs_of(curves, seeds, validate, at_once=at_once and model is None and figure == "5a")
    prepared = stream_images(images, base)
    folder = to / "checkpoints"
    tasks = stream_tasks(runs, folder, images, data, model)
    with (
        open_executor(executor, jobs or min(cores(), len(tasks))) as running,
        Store.open(database) as store,
    ):
        sweep = Sweep(KIND, train, store, running, prepared)
        missing = sweep.missing(tasks)
        begun = sum(len(checkpoint_of(task)) > 0 for task in missing)
        kept = len(tasks) - len(missing) + begun
        with LearningProgress(sum(task.steps for task in tasks), kept, folder) as progress:
            found = sweep.results(tasks, progress)
        results, place = result_numbers(found), store.path
    outcomes = outcomes_of(runs, found)
    panel = stream_panel(name, curves, outcomes, epochs if validate == "epoch" else 1)
    written = save(panel, to, name, source=f"{results} of {place}")
    for task in tasks:
        (folder / f"{task.name}.checkpoint").unlink(missing_ok=True)
    with suppress(OSError):  # not ours where something else lies in it
        folder.rmdir()
    print_stream(curves, outcomes)
    print_kept(results, place, written)


def print_stream(curves: Sequence["Curve"], outcomes: Sequence["Outcome"]) -> None:
    """Print the final accuracies: mean ± standard deviation over seeds, the paper's beside."""
    from ...simulators.networks.stream_learning.study import summaries

    found = summaries(outcomes)
    rows = []
    for curve in curves:
        for at_once, paper in ((False, curve.paper), (True, curve.paper_at_once)):
            if (curve.name, at_once) in found:
                final = found[curve.name, at_once]
                rows.append(
                    (
                        curve.label,
                        "all at once" if at_once else "streamed",
                        f"{100 * final.mean:.2f} ± {100 * final.std:.2f}",
                        str(final.runs),
                        "" if paper is None else f"about {100 * paper:.0f}",
                    )
                )
    title = "Test accuracy after the last subset in %, mean ± standard deviation"
    print_table(title, ("device", "images", "accuracy", "networks", "paper"), rows)


def _curves(
    figure: Figure, reference: str | None, draws: int, base: "StreamSetup", database: str | None
) -> tuple["Curve", ...]:
    from ...simulators.networks.stream_learning.study import figure_curves, measured_curves

    if reference is None:
        return figure_curves(figure, base)
    import numpy as np

    from ...analysis.state_model.store import find_model
    from ...simulators.networks.synapses.transitions import drawn_transitions, likeliest_transitions

    model = find_model(reference, database)
    rng = np.random.default_rng(0)
    drawn = [drawn_transitions(model, rng) for _ in range(draws)]
    name = f"{model.name}:{model.version}"
    return measured_curves(base, name, likeliest_transitions(model), drawn)
