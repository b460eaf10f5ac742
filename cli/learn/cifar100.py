"""`dwmtj learn cifar100`: the residual networks whose weights `dwmtj infer` puts on devices."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from ...simulators.networks import require_learning
from ..console import print_line
from ..options import DatabaseOption
from .options import DeviceOption, FolderOption, OverwriteOption, print_output, resumable


def learn_cifar(
    to: FolderOption,
    network: Annotated[
        Literal["resnet20", "resnet56x4"],
        typer.Option(help="Network; resnet56x4 is the synapse paper's, for a GPU."),
    ] = "resnet20",
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="Number of epochs.", show_default="50, or 200 for resnet56x4"),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Images per training step.")] = 128,
    rate: Annotated[float, typer.Option(min=1e-6, help="Peak learning rate.")] = 0.2,
    rate_curve: Annotated[
        Literal["one-cycle", "cosine"],
        typer.Option(help="Learning-rate schedule: one-cycle rises first, cosine only falls."),
    ] = "one-cycle",
    start: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Weights to start from.", show_default="random weights"),
    ] = None,
    weight_error: Annotated[
        float,
        typer.Option(
            min=0,
            max=1,
            help="Noise-aware training: weight noise σ as a share of an output's largest weight.",
        ),
    ] = 0.0,
    precision: Annotated[
        Literal["float32", "bfloat16"] | None,
        typer.Option(
            help="Precision of the matrix products.", show_default="bfloat16 on a GPU, else float32"
        ),
    ] = None,
    where: DeviceOption = "auto",
    seed: Annotated[
        int, typer.Option(min=0, help="Random seed of initial weights and image order.")
    ] = 0,
    images: Annotated[
        int | None,
        typer.Option(
            min=2,
            help="Number of training and test images, from the first.",
            show_default="all 50,000 and 10,000",
        ),
    ] = None,
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Train a residual network on CIFAR-100: FOLDER/NETWORK.safetensors, for dwmtj infer cifar100.

    Images come from $DWMTJ_DATA, or are downloaded once. Every epoch is kept: an interrupted
    training resumes with the same command.

    \b
    Examples:
      dwmtj learn cifar100 -o cifar100
      dwmtj learn cifar100 -o cifar100 --network resnet56x4 --on cuda
      dwmtj learn cifar100 -o trial --epochs 2 --images 500
      dwmtj learn cifar100 -o ready --start cifar100/resnet20.safetensors \\
        --weight-error 0.03 --epochs 6 --rate 0.02 --rate-curve cosine
    """
    require_learning()
    from ...simulators.networks import ResnetStudy, learn_cifar100

    study = ResnetStudy(
        network=network,
        epochs=epochs,
        batch=batch,
        learning_rate=rate,
        rate_curve=rate_curve,
        start=start,
        weight_error=weight_error,
        precision=precision,
        seed=seed,
        images=images,
    )
    with resumable():
        output = learn_cifar100(to, study, database=database, device=where, overwrite=overwrite)
    print_line(
        f"{network}: {100 * output.outcome.accuracy:.2f} % of the test images correctly classified"
    )
    print_output(output)
