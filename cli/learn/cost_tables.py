"""What the costs of an inference and of a training are printed with: area and assumptions."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ...quantities import rounded
from ..console import print_line, print_table

if TYPE_CHECKING:
    from ...simulators.networks.cost.assumptions import Stated
    from ...simulators.networks.cost.network_cost import NetworkCost
    from ...simulators.networks.cost.training_cost import TrainingCost


def print_areas(cost: "NetworkCost | TrainingCost") -> None:
    """Print the area of tracks and converters, for the measured and for the scaled device."""
    from ...simulators.networks.cost.assumptions import MEASURED, SCALED

    for geometry in (MEASURED, SCALED):
        tracks_m2, converters_m2 = cost.area_m2(geometry)
        print_line(
            f"Area: {1e6 * tracks_m2:.3g} mm² of tracks ({geometry.name}, {geometry.source}), "
            f"{1e6 * converters_m2:.3g} mm² of converters."
        )


def print_assumptions(stated: Iterable["Stated"]) -> None:
    """Print the numbers that a cost is made of, each with its source."""
    rows = [(each.what, _value(each), each.source) for each in stated]
    print_table("Circuit assumptions", ("number", "value", "source"), rows)


def _value(stated: "Stated") -> str:
    if stated.unit == "m²":  # whose prefixes are squared
        return f"{stated.value:.3g} m²"
    return rounded(stated.value, stated.unit)
