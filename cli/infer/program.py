"""`dwmtj infer program`: a network written onto devices, and its accuracy as written."""

from typing import Annotated, Literal

import typer

from ...simulators.networks import require_learning
from ...simulators.networks.resnet.pretrained import RESNET20
from ..learn.options import (
    ClipForErrorsOption,
    ClipOption,
    DeviceOption,
    FolderOption,
    OverwriteOption,
    PerOutputOption,
    TestImagesOption,
    WeightsOption,
    clipping_of,
    print_output,
    resumable,
)
from ..options import DatabaseOption
from .programming_tables import print_programmed


def infer_program(
    to: FolderOption,
    model: Annotated[
        str,
        typer.Option(metavar="MODEL", help="State model, measured with pulses of both polarities."),
    ],
    weights: WeightsOption = RESNET20,
    programmings: Annotated[int, typer.Option(help="Programmings by each way of writing.")] = 5,
    max_pulses: Annotated[int, typer.Option(help="Maximum pulses per device.")] = 100,
    least: Annotated[
        Literal["pulses", "energy"], typer.Option(help="Expected cost that write-verify minimises.")
    ] = "pulses",
    draws: Annotated[
        int,
        typer.Option(
            help="Number of devices drawn from the model's posterior; 0: all as measured."
        ),
    ] = 0,
    read_s: Annotated[
        float,
        typer.Option(
            "--read-time",
            metavar="SECONDS",
            help="Time of one reading with its settling, in s.",
            show_default="0.02, a line cycle as in the bench files",
        ),
    ] = 0.02,
    track_ohm: Annotated[
        float | None,
        typer.Option(
            "--track-resistance",
            metavar="OHM",
            help="Track resistance in Ω, for the Joule energy of the pulses.",
            show_default="unknown",
        ),
    ] = None,
    clip: ClipOption = False,
    clip_for_errors: ClipForErrorsOption = False,
    per_output: PerOutputOption = False,
    where: DeviceOption = "auto",
    seed: Annotated[int, typer.Option(min=0, help="Random seed of devices and pulses.")] = 0,
    images: TestImagesOption = None,
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Write a network onto devices by single shots and by write-verify: pulses, time, energy.

    Outcomes of pulses are drawn from the model's transitions. CIFAR-100 is then classified with the
    weights as written. Every programming is kept: an interrupted study resumes with the same
    command.

    \b
    Examples:
      dwmtj infer program -o written --model straight-B1 --track-resistance 4114
      dwmtj infer program -o written --model straight-B1 --least energy --images 1000
    """
    require_learning()
    from ...analysis.state_model.store import find_model
    from ...simulators.networks import ProgrammingStudy, program_cifar100

    study = ProgrammingStudy(
        model=find_model(model, database),
        weights=weights,
        programmings=programmings,
        max_pulses=max_pulses,
        least=least,
        draws=draws,
        read_s=read_s,
        track_ohm=track_ohm,
        clipping=clipping_of(clip=clip, for_errors=clip_for_errors),
        per="output" if per_output else "layer",
        seed=seed,
        images=images,
    )
    with resumable():
        output = program_cifar100(to, study, database=database, device=where, overwrite=overwrite)
    name, version = study.model.name, study.model.version
    print_programmed(weights.stem, f"{name}, version {version}", output.outcome)
    print_output(output)
