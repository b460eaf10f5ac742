"""`dwmtj infer cifar100`: accuracy of a network on devices against notches and errors."""

from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...simulators.networks import require_learning
from ...simulators.networks.resnet.pretrained import RESNET20
from ..console import print_line, print_table
from ..learn.options import (
    ClipForErrorsOption,
    ClipOption,
    DeviceOption,
    DevicesSeedOption,
    ExecutorOption,
    FolderOption,
    JobsOption,
    OverwriteOption,
    PerOutputOption,
    TestImagesOption,
    WeightsOption,
    clipping_of,
    find_optional_model,
    print_output,
    resumable,
)
from ..options import DatabaseOption

if TYPE_CHECKING:
    from ...simulators.networks.inference.result import Inference

COLUMNS = ("notches", "error", "accuracy (%)", "programmings", "accuracy drop (points)")


def infer_cifar(
    to: FolderOption,
    weights: WeightsOption = RESNET20,
    notches: Annotated[
        list[int] | None,
        typer.Option(
            help="Notches of a device, each a level, 2 or more; repeatable. As many as --model has "
            "levels are those, as measured; other numbers are spaced evenly over the range.",
            show_default="2, 4, 8 … 128, and as many as --model has",
        ),
    ] = None,
    noise: Annotated[
        list[float] | None,
        typer.Option(
            min=0,
            help="Programming error, as a multiple of the device's; repeatable.",
            show_default="0, 1, 10",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="State model that gives conductance range and errors.",
            show_default="σ = 2.53 µS over 0.94 … 1.1 mS",
        ),
    ] = None,
    after_s: Annotated[
        float | None,
        typer.Option(
            "--after",
            metavar="SECONDS",
            help="Time since writing, in s; needs --model.",
            show_default="0",
        ),
    ] = None,
    drift_compensation: Annotated[
        Literal["none", "global", "column"],
        typer.Option(
            help="Multiply the outputs by what walls that have moved have cost them, found by "
            "reading every input line again: one factor for an array, or for each column; needs "
            "--after.",
        ),
    ] = "none",
    programmings: Annotated[int, typer.Option(help="Minimum programmings per cell.")] = 10,
    max_programmings: Annotated[int, typer.Option(help="Maximum programmings per cell.")] = 40,
    target_half_width: Annotated[
        float,
        typer.Option(
            min=0,
            help="Half-width of the 95 % interval of the mean accuracy, in percentage points, at "
            "which a cell is complete.",
        ),
    ] = 0.1,
    clip: ClipOption = False,
    clip_for_errors: ClipForErrorsOption = False,
    per_output: PerOutputOption = False,
    line_ohm: Annotated[
        float | None,
        typer.Option(
            "--line-resistance",
            metavar="OHM",
            help="Wire resistance between neighbouring devices of an array, in Ω.",
            show_default="none",
        ),
    ] = None,
    array: Annotated[
        int, typer.Option(help="Rows and columns of an array; with --line-resistance.")
    ] = 64,
    precision: Annotated[
        Literal["float32", "bfloat16"], typer.Option(help="Floating-point precision.")
    ] = "float32",
    where: DeviceOption = "auto",
    seed: DevicesSeedOption = 0,
    images: TestImagesOption = None,
    jobs: JobsOption = None,
    executor: ExecutorOption = "local",
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Classify CIFAR-100 with a network on pairs of devices: accuracy against notches and errors.

    Every programming is stored in the database: an interrupted study resumes with the same command,
    and another one starts from the programmings that it shares.

    \b
    Examples:
      dwmtj infer cifar100 -o inference
      dwmtj infer cifar100 -o inference --notches 16 --notches 32 --noise 1 --images 1000
      dwmtj infer cifar100 -o measured --model straight-B1 --notches 5
    """
    require_learning()
    from ...simulators.networks import DeviceMapping, InferenceStudy, infer_cifar100
    from ...simulators.networks.crossbar.line_resistance import LineResistance

    defaults = InferenceStudy()
    study = InferenceStudy(
        weights=weights,
        notches=tuple(notches) if notches else None,
        noises=tuple(noise or defaults.noises),
        model=find_optional_model(model, database),
        after_s=after_s,
        programmings=programmings,
        max_programmings=max_programmings,
        target_half_width=target_half_width / 100,
        mapping=DeviceMapping(
            clipping=clipping_of(clip=clip, for_errors=clip_for_errors),
            per="output" if per_output else "layer",
            precision=precision,
            seed=seed,
            lines=None if line_ohm is None else LineResistance(line_ohm, array, array),
            compensation=drift_compensation,
        ),
        images=images,
    )
    with resumable():
        output = infer_cifar100(
            to,
            study,
            database=database,
            device=where,
            jobs=jobs,
            executor=executor,
            overwrite=overwrite,
        )
    print_inference(weights.stem, output.outcome)
    if study.model is not None:
        print_line(
            f"{len(study.model.levels)} notches are the levels of {study.model.name} as measured; "
            "other numbers are spaced evenly over its range, with spreads between those measured."
        )
    if drift_compensation != "none":
        print_line(
            f"Outputs were multiplied by a factor for each "
            f"{'array' if drift_compensation == 'global' else 'column'}: drift compensation from "
            "reading every input line right after writing, and again at the time."
        )
    print_output(output)


def print_inference(name: str, inference: "Inference") -> None:
    """Print a row for each number of notches and error."""
    from ...simulators.networks.inference.figure import noise_name

    rows = [
        (
            str(cell.notches),
            noise_name(cell.noise),
            f"{100 * cell.mean:.2f}" + (f" ± {100 * cell.std:.2f}" if cell.noise else ""),
            str(len(cell.accuracies)),
            f"{100 * cell.accuracy_drop:.2f} ± {100 * cell.accuracy_drop_half_width:.2f}"
            if cell.noise
            else "–",
        )
        for cell in inference.cells
    ]
    title = (
        f"{name}, {100 * inference.accuracy_trained:.2f} % as trained, {inference.images} images; "
        "mean ± standard deviation over programmings; accuracy drop against no error, 95 % interval"
    )
    print_table(title, COLUMNS, rows)
