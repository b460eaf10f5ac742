"""`dwmtj infer cifar100`: how many notches a network needs, and what errors cost it."""

import hashlib
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ...simulators.networks import NetworkError, require_learning
from ...simulators.networks.resnet.pretrained import RESNET20
from ...storage import Store, check_overwrite
from ..console import print_table
from ..learn.options import (
    ExecutorOption,
    JobsOption,
    LearningProgress,
    Where,
    choose_device,
    clipping_of,
    cores,
    print_kept,
)
from ..options import DatabaseOption

if TYPE_CHECKING:
    from ...simulators.networks.crossbar.devices import DeviceLevels
    from ...simulators.networks.inference.result import Inference

NOTCHES = (2, 4, 8, 16, 32, 64, 128)
NOISES = (0.0, 1.0, 10.0)
COLUMNS = ("notches", "error", "accuracy (%)", "programmings", "lost (points)")


def infer_cifar(
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="For the figure.")],
    weights: Annotated[
        Path,
        typer.Option(
            metavar="FILE",
            help="What dwmtj learn cifar100 made.",
            show_default="a ResNet-20 that comes along",
        ),
    ] = RESNET20,
    notches: Annotated[
        list[int] | None,
        typer.Option(help="A power of 2; repeatable.", show_default="2, 4, 8 … 128"),
    ] = None,
    noise: Annotated[
        list[float] | None,
        typer.Option(min=0, help="Multiple of the error; repeatable.", show_default="0, 1, 10"),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="Range and spreads of a state model.",
            show_default="σ = 2.53 µS over 0.94 … 1.1 mS",
        ),
    ] = None,
    after_s: Annotated[
        float | None,
        typer.Option("--after", metavar="SECONDS", help="Since writing; with --model."),
    ] = None,
    programmings: Annotated[int, typer.Option(help="At least so many.")] = 10,
    most: Annotated[int, typer.Option(help="At most so many.")] = 40,
    within: Annotated[
        float, typer.Option(min=0, help="Points, to either side, that the interval may reach.")
    ] = 0.1,
    clip: Annotated[bool, typer.Option("--clip", help="Ranges of least squared error.")] = False,
    clip_for_errors: Annotated[
        bool, typer.Option("--clip-for-errors", help="The same, errors of devices counted.")
    ] = False,
    per_output: Annotated[
        bool, typer.Option("--per-output", help="A range for every output.")
    ] = False,
    line_ohm: Annotated[
        float | None,
        typer.Option(
            "--line-resistance",
            metavar="OHM",
            help="Of the wire from device to device in the arrays.",
            show_default="none",
        ),
    ] = None,
    array: Annotated[
        int, typer.Option(help="Rows and columns of an array; with --line-resistance.")
    ] = 64,
    precision: Annotated[
        Literal["float32", "bfloat16"], typer.Option(help="Of the computation.")
    ] = "float32",
    where: Annotated[Where, typer.Option("--on", help="What computes.")] = "auto",
    seed: Annotated[int, typer.Option(min=0, help="Of the devices.")] = 0,
    images: Annotated[
        int | None, typer.Option(min=2, help="Only the first so many test images.")
    ] = None,
    jobs: JobsOption = None,
    executor: ExecutorOption = "local",
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace a figure that is there.")] = False,
) -> None:
    """Read CIFAR-100 with a network on pairs of devices: accuracy against notches and errors.

    Every programming is kept in the database: what was broken off goes on with the same command,
    and another one begins with those that are there.

    \b
    Examples:
      dwmtj infer cifar100 -o inference
      dwmtj infer cifar100 -o inference --notches 16 --notches 32 --noise 1 --images 1000
      dwmtj infer cifar100 -o measured --model straight-B1
    """
    require_learning()
    if not weights.is_file():
        from ...simulators.networks.resnet.weights_file import (
            load_weights,  # says how to train them
        )

        load_weights(weights)
    from ...simulators.networks.data.images import (
        load_images,  # whether all is there, before long work
    )

    name = weights.stem
    check_overwrite(to / f"{name}-inference.png", overwrite=overwrite)
    loaded = load_images("cifar-100")

    from ...analysis.figures import save
    from ...simulators.networks.crossbar.line_resistance import Lines
    from ...simulators.networks.data.array_hash import array_hash
    from ...simulators.networks.inference.figure import inference_panel
    from ...simulators.networks.inference.study import (
        InferenceConfiguration,
        infer,
        inference_tasks,
    )
    from ...simulators.networks.inference.task import KIND, Mapped, read, reader
    from ...simulators.networks.resnet.weights_file import load_weights
    from ...simulators.sweeps.sweep import Sweep, open_executor

    lines = None if line_ohm is None else Lines(line_ohm, array, array)
    trained = load_weights(weights)
    if trained.shape.classes != len(loaded.classes):
        raise NetworkError(f"{weights} reads {trained.shape.classes} classes; CIFAR-100 has 100.")
    levels, described = _devices(notches or list(NOTCHES), model, after_s, database)
    here = executor == "local"
    device = choose_device(where).type if here else {"cuda": "cuda"}.get(where, "cpu")
    shown = (loaded.test_images[:images], loaded.test_labels[:images])
    mapped = Mapped(
        clipping_of(clip=clip, for_errors=clip_for_errors),
        "output" if per_output else "layer",
        precision,
        seed,
        lines,
    )
    configuration = InferenceConfiguration(
        weights=hashlib.sha256(weights.read_bytes()).hexdigest(),
        devices=described,
        notches=tuple(levels),
        noises=tuple(dict.fromkeys(noise or NOISES)),
        programmings=programmings,
        most=most,
        within=within / 100,
        mapped=mapped,
        images=array_hash(*shown),
        computed_on=device,
    )
    tasks = inference_tasks(configuration, levels)
    once = partial(reader, trained.network, levels, mapped, *shown, device)
    with (
        open_executor(executor, jobs or (cores() if device == "cpu" else 1)) as running,
        Store.open(database) as store,
    ):
        sweep = Sweep(KIND, read, store, running, once)
        kept = len(tasks.all()) - len(sweep.missing(tasks.all()))
        with LearningProgress(configuration.trials, kept, store.path, "programmings") as report:
            found = infer(configuration, tasks, sweep, report)
        result = store.add_result(
            "infer-cifar100",
            name,
            configuration=configuration.document(),
            data={**found.document(), "trained": dict(trained.about)},
            seed=seed,
        )
        results, place = f"result {result.id}", store.path
    panel = inference_panel(name, found)
    written = save(panel, to, panel.name, source=f"{results} of {place}")
    print_inference(name, found)
    print_kept(results, place, written)


def print_inference(name: str, found: "Inference") -> None:
    """Print a row for each number of notches and error."""
    from ...simulators.networks.inference.figure import noise_name

    rows = [
        (
            str(cell.notches),
            noise_name(cell.noise),
            f"{100 * cell.mean:.2f}" + (f" ± {100 * cell.std:.2f}" if cell.noise else ""),
            str(len(cell.accuracies)),
            f"{100 * cell.lost:.2f} ± {100 * cell.lost_reach:.2f}" if cell.noise else "–",
        )
        for cell in found.cells
    ]
    title = (
        f"{name}, {100 * found.accuracy_trained:.2f} % as trained, {found.images} images; mean ± "
        "standard deviation over programmings; lost against no error, 95 % interval"
    )
    print_table(title, COLUMNS, rows)


def _devices(
    notches: list[int], model: str | None, after_s: float | None, database: str | None
) -> tuple[dict[int, "DeviceLevels"], dict[str, Any]]:
    """Return a device's levels for each number of notches, and where they come from."""
    from dataclasses import asdict

    from ...analysis.state_model.store import find_model
    from ...simulators.networks.crossbar.devices import (
        ConductanceRange,
        after,
        levels_of_device,
        levels_of_range,
    )

    bits = {count: _bits(count) for count in sorted(set(notches))}
    if model is None:
        if after_s is not None:
            raise NetworkError("--after needs a --model whose retention was measured.")
        between = ConductanceRange()
        return {n: levels_of_range(between, b) for n, b in bits.items()}, asdict(between)
    found = find_model(model, database)
    levels = {n: levels_of_device(found, b) for n, b in bits.items()}
    if after_s is not None:
        levels = {n: after(entry, found, after_s) for n, entry in levels.items()}
    return levels, {"model": found.name, "version": found.version, "after_s": after_s}


def _bits(notches: int) -> int:
    bits = notches.bit_length()
    if notches < 2 or notches != 2 ** (bits - 1):
        raise NetworkError(
            f"{notches} notches are not those of an N-bit weight: give 2, 4, 8 … with --notches."
        )
    return bits
