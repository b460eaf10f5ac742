"""`dwmtj learn cost`: energy, time and area of a training, its pulses counted."""

from typing import TYPE_CHECKING, Annotated

import typer

from ...errors import DwmtjError
from ...quantities import rounded
from ...simulators.networks import require_learning
from ..console import print_line, print_table
from ..options import DatabaseOption
from .compare import parsed_rules
from .cost_tables import print_areas, print_assumptions
from .options import FolderOption, OverwriteOption, find_optional_model

if TYPE_CHECKING:
    from ...simulators.networks.cost.training_cost import TrainingCost

RATES = {"sgd": 0.1, "mixed-precision": 0.3, "metaplastic": 0.01, "tiki-taka": 3.0}


def learn_cost(
    to: FolderOption,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="State model of the devices.",
            show_default="the measured DW-MTJ of Table 1",
        ),
    ] = None,
    rule: Annotated[
        str,
        typer.Option(
            metavar="RULE", help="Update rule: metaplastic, sgd, mixed-precision or tiki-taka."
        ),
    ] = "sgd",
    rate: Annotated[
        float | None,
        typer.Option(
            min=1e-6, help="Learning rate.", show_default="that of the documented comparison"
        ),
    ] = None,
    track_ohm: Annotated[
        float | None,
        typer.Option(
            "--track-resistance",
            metavar="OHM",
            min=1e-3,
            help="Resistance of the track, in Ω: adds pulses of the model's own ladder.",
        ),
    ] = None,
    images: Annotated[
        int | None, typer.Option(min=200, help="Training images.", show_default="all 60,000")
    ] = None,
    seed: Annotated[int, typer.Option(min=0, help="Random seed.")] = 0,
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Energy, time and area of training on devices; each number with its source.

    The network 784-128-10 learns Fashion-MNIST once, each image shown once, and its pulses are
    counted. A pulse has the energy that the synapse paper prints, and that of its critical voltages
    across the simulated track; with --model and --track-resistance that of the model's ladder, too.

    \b
    Examples:
      dwmtj learn cost -o training
      dwmtj learn cost -o mine --model straight-B1 --track-resistance 4114 --rule mixed-precision
    """
    require_learning()
    from ...analysis.figures import save
    from ...simulators.networks.cost.counted_training import counted_training, pulse_energies_of
    from ...simulators.networks.cost.training_figure import training_panel
    from ...storage import check_overwrite

    rules = parsed_rules(rule)
    if len(rules) != 1:
        raise DwmtjError("The cost is that of one training: give one --rule.")
    if track_ohm is not None and model is None:
        raise DwmtjError("--track-resistance is that of a --model's device: name one, too.")
    check_overwrite(to / "training-energy.png", overwrite=overwrite)
    found = find_optional_model(model, database)
    cost, pulse_s, accuracy = counted_training(
        found, rules[0], RATES[rules[0]] if rate is None else rate, images=images, seed=seed
    )
    pulse_J = pulse_energies_of(found, track_ohm)
    panel = training_panel(cost, pulse_J)
    _print_counts(cost, accuracy)
    _print_energies(cost, pulse_J)
    _print_rest(cost, pulse_s)
    for path in save(panel, to, panel.name, source=panel.title):
        print_line(str(path))


def _print_counts(cost: "TrainingCost", accuracy: float) -> None:
    counts = cost.counts
    print_line(
        f"Training by {counts.rule}: {counts.images:,} images, {counts.updates:,} updates of "
        f"{counts.weights:,} weights, {counts.pulses:,} pulses "
        f"({counts.pulses / counts.weights:.2f} a weight), longest trains {counts.longest:,} in "
        f"all; test accuracy {100 * accuracy:.1f} %."
    )


def _print_energies(cost: "TrainingCost", pulse_J: dict[str, float]) -> None:
    parts = [
        ("devices read, forward and backward", cost.reading_J),
        ("converters", cost.converters_J),
        ("gradient, digital products", cost.gradient_J),
        ("digital memory of the rule", cost.memory_J),
    ]
    rows = [(name, "", rounded(value, "J"), "") for name, value in parts]
    rows += [
        (
            name,
            rounded(each, "J"),
            rounded(each * cost.counts.pulses, "J"),
            _total(cost, each),
        )
        for name, each in pulse_J.items()
    ]
    rows.append(("all digital, with the weights' memory", "", "", rounded(cost.digital_J, "J")))
    print_table("Energy of the training", ("part", "one pulse", "energy", "in all"), rows)


def _total(cost: "TrainingCost", pulse_J: float) -> str:
    return rounded(cost.before_pulses_J + cost.counts.pulses * pulse_J, "J")


def _print_rest(cost: "TrainingCost", pulse_s: float) -> None:
    from ...simulators.networks.cost.training_cost import MEMORY_J

    at_once, by_row = cost.writing_s(pulse_s)
    print_line(
        f"Time: {rounded(cost.reading_s, 's')} of reading; pulses of {rounded(pulse_s, 's')} take "
        f"{rounded(at_once, 's')} on all devices at once, {rounded(by_row, 's')} row by row."
    )
    print_areas(cost)
    print_assumptions((*cost.circuit.stated(), MEMORY_J))
