"""`dwmtj infer program`: what it takes to write a network onto devices, and what is then there."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...simulators.networks import NetworkError, require_learning
from ...simulators.networks.resnet.pretrained import RESNET20
from ...storage import Store, check_overwrite
from ..learn.options import (
    LearningProgress,
    Where,
    choose_device,
    clipping_of,
    print_kept,
)
from ..options import DatabaseOption
from .programming_tables import print_programmed

if TYPE_CHECKING:
    from ...analysis.state_model.model import StateModel
    from ...simulators.networks.programming.result import PulseTimes


def infer_program(
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="For the figure.")],
    model: Annotated[
        str,
        typer.Option(
            metavar="MODEL", help="State model whose pulses of both polarities were measured."
        ),
    ],
    weights: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="What dwmtj learn cifar100 made.",
            show_default="a ResNet-20 that comes along",
        ),
    ] = RESNET20,
    programmings: Annotated[int, typer.Option(help="How often each way of writing is tried.")] = 5,
    limit: Annotated[int, typer.Option(help="Pulses after which a device is given up.")] = 100,
    least: Annotated[
        Literal["pulses", "energy"], typer.Option(help="What write-verify needs the least of.")
    ] = "pulses",
    draws: Annotated[
        int, typer.Option(help="Devices that differ as the measurement leaves open; 0: alike.")
    ] = 0,
    read_s: Annotated[
        float,
        typer.Option(
            "--read-time",
            metavar="SECONDS",
            help="Of one reading, settling included.",
            show_default="0.02, a line cycle as in the bench files",
        ),
    ] = 0.02,
    track_ohm: Annotated[
        float | None,
        typer.Option("--track-resistance", metavar="OHM", help="Gives the heat of the pulses."),
    ] = None,
    clip: Annotated[bool, typer.Option("--clip", help="Ranges of least squared error.")] = False,
    clip_for_errors: Annotated[
        bool, typer.Option("--clip-for-errors", help="The same, errors of devices counted.")
    ] = False,
    per_output: Annotated[
        bool, typer.Option("--per-output", help="A range for every output.")
    ] = False,
    where: Annotated[Where, typer.Option("--on", help="What computes.")] = "auto",
    seed: Annotated[int, typer.Option(min=0, help="Of the devices and pulses.")] = 0,
    images: Annotated[
        int | None, typer.Option(min=2, help="Only the first so many test images.")
    ] = None,
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace a figure that is there.")] = False,
) -> None:
    """Write a network onto devices by single shots and by write-verify: pulses, time, energy.

    The pulses do what the model's did. CIFAR-100 is then read with what was actually written. Every
    programming is kept: what was broken off goes on with the same command.

    \b
    Examples:
      dwmtj infer program -o written --model straight-B1 --track-resistance 4114
      dwmtj infer program -o written --model straight-B1 --least energy --images 1000
    """
    require_learning()
    if not weights.is_file():
        from ...simulators.networks.resnet.weights_file import (
            load_weights,  # says how to train them
        )

        load_weights(weights)
    from ...analysis.state_model.store import find_model
    from ...simulators.networks.data.images import (
        load_images,  # whether all is there, before long work
    )

    name = weights.stem
    check_overwrite(to / f"{name}-programming.png", overwrite=overwrite)
    found = find_model(model, database)
    times = _times(found, read_s, track_ohm)
    loaded = load_images("cifar-100")

    from ...analysis.figures import save
    from ...analysis.state_model.file import model_json
    from ...simulators.networks.data.image_batches import on_device
    from ...simulators.networks.programming.figure import programming_panel
    from ...simulators.networks.programming.network_writing import Policies
    from ...simulators.networks.programming.study import ProgrammingConfiguration, program
    from ...simulators.networks.resnet.weights_file import load_weights
    from ...simulators.sweeps.checkpoint import Checkpoint

    trained = load_weights(weights)
    if trained.shape.classes != len(loaded.classes):
        raise NetworkError(f"{weights} reads {trained.shape.classes} classes; CIFAR-100 has 100.")
    configuration = ProgrammingConfiguration(
        weights=hashlib.sha256(weights.read_bytes()).hexdigest(),
        model=hashlib.sha256(model_json(found).encode()).hexdigest(),
        times=times,
        limit=limit,
        least=least,
        draws=draws,
        programmings=programmings,
        clipping=clipping_of(clip=clip, for_errors=clip_for_errors),
        per="output" if per_output else "layer",
        seed=seed,
        images=images,
    )
    policies = Policies.of(found, least)
    device = choose_device(where)
    some = slice(images)
    data = on_device(loaded.test_images[some], loaded.test_labels[some], device)
    checkpoint = Checkpoint(to / f"{name}-programming.checkpoint", configuration.document())
    with Store.open(database) as store:
        with LearningProgress(
            configuration.readings, len(checkpoint), checkpoint.path, "networks"
        ) as report:
            programmed = program(
                configuration, trained.network, found, policies, data, checkpoint, report
            )
        result = store.add_result(
            "infer-program",
            name,
            configuration={
                **configuration.document(),
                "model_name": found.name,
                "model_version": found.version,
            },
            data={
                **programmed.document(),
                "trained": dict(trained.about),
                "computed_on": device.type,
            },
            seed=seed,
        )
        results, place = f"result {result.id}", store.path
    panel = programming_panel(name, programmed)
    written = save(panel, to, panel.name, source=f"{results} of {place}")
    checkpoint.remove()
    print_programmed(name, f"{found.name}, version {found.version}", programmed)
    print_kept(results, place, written)


def _times(model: "StateModel", read_s: float, track_ohm: float | None) -> "PulseTimes":
    """Return how long the model's pulses are; raises NetworkError where it does not tell."""
    from ...simulators.networks.programming.result import PulseTimes

    pulses = model.pulses[0]
    if pulses.pulse_width_s is None:
        raise NetworkError(
            f"The model {model.name} does not tell how wide its pulses are: calibrate it from runs "
            "that do."
        )
    edges_s = (pulses.rise_s or 0.0) + (pulses.fall_s or 0.0)
    width_s = pulses.pulse_width_s
    return PulseTimes(width_s + edges_s / 2, width_s - edges_s / 6, read_s, track_ohm)
