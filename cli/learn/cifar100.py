"""`dwmtj learn cifar100`: the residual networks whose weights `dwmtj infer` puts on devices."""

import hashlib
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer

from ...simulators.networks import require_learning
from ...storage import Store, check_overwrite
from ..console import out
from ..options import DatabaseOption
from .options import LearningProgress, Where, choose_device, print_kept

Network = Literal["resnet20", "resnet56x4"]


def learn_cifar(
    to: Annotated[
        Path, typer.Option("--out", "-o", metavar="FOLDER", help="For weights and figure.")
    ],
    network: Annotated[
        Network, typer.Option(help="resnet56x4 is the paper's, for a GPU.")
    ] = "resnet20",
    epochs: Annotated[
        int | None,
        typer.Option(min=1, help="Epochs.", show_default="50, or 200 for resnet56x4"),
    ] = None,
    batch: Annotated[int, typer.Option(min=1, help="Images for each step.")] = 128,
    rate: Annotated[float, typer.Option(min=1e-6, help="Highest learning rate.")] = 0.2,
    rate_curve: Annotated[
        Literal["one-cycle", "cosine"], typer.Option(help="Rise and fall, or only fall.")
    ] = "one-cycle",
    start: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Begin with these weights.", show_default="drawn ones"),
    ] = None,
    weight_error: Annotated[
        float,
        typer.Option(min=0, max=1, help="Learn under errors of this share of the largest weight."),
    ] = 0.0,
    precision: Annotated[
        Literal["float32", "bfloat16"] | None,
        typer.Option(help="Of the matrix products.", show_default="bfloat16 on a GPU"),
    ] = None,
    where: Annotated[Where, typer.Option("--on", help="What computes.")] = "auto",
    seed: Annotated[int, typer.Option(min=0, help="Of weights and order.")] = 0,
    images: Annotated[
        int | None, typer.Option(min=2, help="Only the first so many, to try it out.")
    ] = None,
    database: DatabaseOption = None,
    overwrite: Annotated[bool, typer.Option(help="Replace weights that are there.")] = False,
) -> None:
    """Train a residual network on CIFAR-100: FOLDER/NETWORK.safetensors, for dwmtj infer cifar100.

    Images come from $DWMTJ_DATA, or are downloaded once. Every epoch is kept: what was broken off
    goes on after it with the same command.

    \b
    Examples:
      dwmtj learn cifar100 -o cifar100
      dwmtj learn cifar100 -o cifar100 --network resnet56x4 --on cuda
      dwmtj learn cifar100 -o trial --epochs 2 --images 500
      dwmtj learn cifar100 -o ready --start cifar100/resnet20.safetensors \\
        --weight-error 0.03 --epochs 6 --rate 0.02 --rate-curve cosine
    """
    require_learning()
    from ...simulators.networks.data.images import load_images  # whether all is there, before torch

    weights = to / f"{network}.safetensors"
    check_overwrite(weights, overwrite=overwrite)
    loaded = load_images("cifar-100")

    from ...analysis.figures import save
    from ...simulators.networks.resnet.figure import training_panel
    from ...simulators.networks.resnet.network import RESNETS
    from ...simulators.networks.resnet.training import (
        ResnetConfiguration,
        batches_per_epoch,
        epochs_kept,
        train_resnet,
    )
    from ...simulators.networks.resnet.weights_file import TrainedResnet, save_weights, weights_of
    from ...simulators.sweeps.checkpoint import Checkpoint

    begun = None if start is None else weights_of(start, RESNETS[network]).network
    device = choose_device(where)
    configuration = ResnetConfiguration(
        shape=RESNETS[network],
        epochs=epochs or (200 if network == "resnet56x4" else 50),
        batch=batch,
        learning_rate=rate,
        rate_curve=rate_curve,
        precision=precision or ("bfloat16" if device.type == "cuda" else "float32"),
        seed=seed,
        images=images,
        weight_error=weight_error,
        start=None if start is None else hashlib.sha256(start.read_bytes()).hexdigest(),
    )
    checkpoint = Checkpoint(to / f"{network}.checkpoint", configuration.document())
    steps = configuration.epochs * batches_per_epoch(configuration, loaded)
    with Store.open(database) as store:
        kept = epochs_kept(checkpoint)
        with LearningProgress(steps, kept, checkpoint.path, "batches") as report:
            trained, history = train_resnet(
                configuration, loaded, checkpoint, device, report, begun
            )
        accuracy = history[-1].test_accuracy
        result = store.add_result(
            "cifar100",
            network,
            configuration=configuration.document(),
            data={
                "test_accuracy": accuracy,
                "epochs": [asdict(epoch) for epoch in history],
                "computed_on": device.type,
            },
            seed=seed,
        )
        results, place = f"result {result.id}", store.path
    about = {
        "network": network,
        "data": "cifar-100",
        "test_accuracy": accuracy,
        "code_version": result.code_version,
        "configuration": configuration.document(),
    }
    save_weights(weights, TrainedResnet(configuration.shape, trained, about))
    panel = training_panel(network, history)
    written = [weights, *save(panel, to, panel.name, source=f"{results} of {place}")]
    checkpoint.remove()
    out.print(f"{network}: {100 * accuracy:.2f} % of the test images read right", markup=False)
    print_kept(results, place, written)
