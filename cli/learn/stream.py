"""`dwmtj learn stream`: the synapse paper's stream learning, its Fig. 5 and the supplement's."""

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...simulators.networks import require_learning
from ..console import print_message, print_table
from ..options import DatabaseOption
from .options import (
    ExecutorOption,
    FolderOption,
    JobsOption,
    OverwriteOption,
    find_optional_model,
    print_output,
    resumable,
)

if TYPE_CHECKING:
    from ...simulators.networks.stream_learning.study import Curve, Outcome, Summary


def learn_stream(
    to: FolderOption,
    figure: Annotated[
        Literal["5a", "5b", "levels", "rounding", "width-ratio", "as-read"],
        typer.Option(
            help="Figure: 5a (three devices), 5b (two readouts), or one of the supplement."
        ),
    ] = "5a",
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="State model: its measured transitions, and the formula with its w1/w2.",
            show_default="none",
        ),
    ] = None,
    draws: Annotated[
        int,
        typer.Option(
            min=0, help="Number of devices drawn from the model's posterior, a network each."
        ),
    ] = 0,
    pulses: Annotated[
        Literal["verified", "unverified"],
        typer.Option(
            help="Measured transitions: pulses read and put right by the write policy, or not read."
        ),
    ] = "verified",
    seeds: Annotated[int, typer.Option(min=1, help="Number of networks per device.")] = 5,
    subsets: Annotated[int, typer.Option(min=1, help="Number of subsets of 1,000 images.")] = 60,
    epochs: Annotated[int, typer.Option(min=1, help="Number of epochs per subset.")] = 30,
    formulation: Annotated[
        Literal["device", "literal", "float-accumulator"],
        typer.Option(
            help="Update rule: device (default), literal (the paper's text), or float-accumulator "
            "(full-precision sums beside the devices)."
        ),
    ] = "device",
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", "-p", metavar="NAME=VALUE", help="Parameter of the setup; repeatable."
        ),
    ] = None,
    at_once: Annotated[
        bool, typer.Option(help="Also train on all images at once: the figure's ticks.")
    ] = True,
    validate: Annotated[
        Literal["subset", "epoch"],
        typer.Option(help="Interval between classifications of the 10,000 test images."),
    ] = "subset",
    held_out: Annotated[
        int,
        typer.Option(
            metavar="N",
            min=0,
            help="Classify the last N training images, which are not trained on, instead of the "
            "test images: for choosing settings.",
        ),
    ] = 0,
    data: Annotated[
        Literal["fashion-mnist", "mnist"], typer.Option(help="Data set.")
    ] = "fashion-mnist",
    jobs: JobsOption = None,
    executor: ExecutorOption = "local",
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Learn from images that come in small subsets and do not come again.

    Images come from $DWMTJ_DATA, or are downloaded once. An interrupted study resumes with the same
    command. Results are stored in the database.

    \b
    Examples:
      dwmtj learn stream -o stream
      dwmtj learn stream -o stream --figure 5b --seeds 3
      dwmtj learn stream -o eight --no-at-once -p levels=8 -p learning_rate=0.002
      dwmtj learn stream -o measured --model trapezoid-A3 --draws 20 --epochs 5
    """
    require_learning()
    from ...simulators.networks import StreamStudy, learn_stream
    from ...simulators.networks.stream_learning.settings import FORMULATIONS

    base = replace(FORMULATIONS[formulation], subsets=subsets, epochs=epochs)
    study = StreamStudy(
        figure=figure,
        setup=base.changed(parameter or []),
        model=find_optional_model(model, database),
        draws=draws,
        pulses=pulses,
        held_out=held_out,
        seeds=seeds,
        at_once=at_once,
        validation=validate,
        data=data,
    )
    study.curves()  # a model that cannot be used is refused before its remarks
    for remark in study.remarks():
        print_message(remark)
    with resumable():
        output = learn_stream(
            to, study, database=database, jobs=jobs, executor=executor, overwrite=overwrite
        )
    print_stream(output.outcome.curves, output.outcome.networks, held_out=held_out)
    print_output(output)


def print_stream(
    curves: Sequence["Curve"], outcomes: Sequence["Outcome"], *, held_out: int
) -> None:
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
                        _in_percent(final),
                        str(final.runs),
                        "" if paper is None or held_out else f"about {100 * paper:.0f}",
                    )
                )
    images = f"Accuracy on {held_out:,} held-out training images" if held_out else "Test accuracy"
    title = f"{images} after the last subset in %, mean ± standard deviation"
    print_table(title, ("device", "images", "accuracy", "networks", "paper"), rows)


def _in_percent(final: "Summary") -> str:
    """Return a mean with the standard deviation over its networks, which one alone has not."""
    spread = f" ± {100 * final.std:.2f}" if final.runs > 1 else ""
    return f"{100 * final.mean:.2f}{spread}"
