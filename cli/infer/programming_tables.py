"""Tables of what writing a network takes, and of its accuracies."""

from statistics import mean, stdev
from typing import TYPE_CHECKING

from ..console import print_table

if TYPE_CHECKING:
    from ...simulators.networks.programming.result import Programmed, Writing

ACCURACY_COLUMNS = ("weights", "accuracy (%)", "programmings")
COLUMNS = (
    "writing",
    "devices at their level (%)",
    "pulses per device",
    "95 % quantile",
    "maximum",
    "pulses in all",
    "serial",
    "parallel",
    "Joule energy",
    "at 0.124 pJ each",
)


def print_programmed(name: str, model: str, programmed: "Programmed") -> None:
    """Print accuracies, and what each way of writing takes."""
    levels = programmed.levels
    accuracies = {
        "as trained": (programmed.accuracy_trained,),
        "on the levels there are": (programmed.accuracy_on_levels,),
        "every device at its level": programmed.accuracies_at_level,
        **{writing.name: writing.accuracies for writing in programmed.writings},
    }
    print_table(
        f"{name} on pairs of {model}: {levels} levels per device, {2 * levels - 1} weights per "
        f"pair; {programmed.images} images",
        ACCURACY_COLUMNS,
        [(what, _mean_of(values), str(len(values))) for what, values in accuracies.items()],
    )
    devices = programmed.writings[0].devices
    print_table(
        f"Writing {devices:,} devices, from saturation; means over programmings",
        COLUMNS,
        [_row(writing) for writing in programmed.writings],
    )


def _row(writing: "Writing") -> tuple[str, ...]:
    joule_energy_J = writing.joule_energy_J
    return (
        writing.name,
        f"{100 * writing.share_at_level:.2f}",
        f"{writing.pulses / writing.devices:.3f}",
        str(writing.quantile(0.95)),
        str(writing.max_pulses),
        f"{writing.pulses:.4g}",
        _duration(writing.serial_s),
        _duration(writing.parallel_s),
        "R unknown" if joule_energy_J is None else f"{joule_energy_J:.3g} J",
        f"{writing.published_energy_J:.3g} J",
    )


def _mean_of(accuracies: tuple[float, ...]) -> str:
    text = f"{100 * mean(accuracies):.2f}"
    return text if len(accuracies) < 2 else f"{text} ± {100 * stdev(accuracies):.2f}"


def _duration(time_s: float) -> str:
    return f"{time_s:.3g} s" if time_s < 3600 else f"{time_s / 3600:.3g} h"
