"""The table of proposed notches, what would not work of it, and what it takes for granted."""

from dataclasses import replace
from itertools import pairwise
from math import isfinite

from ....quantities import rounded
from ....simulators.film_device.track_voltage import notches_share
from ....simulators.micromagnetics import ProposedLevel, swap_probability
from ....simulators.micromagnetics.synapse import LOWEST_BARRIER
from ....simulators.micromagnetics.thresholds.wanted_voltages import largest_deviation_V
from ...console import print_line, print_table
from ..cells import cells_remarks
from .proposal import Proposal, barrier_kT

COLUMNS = (
    "level", "V_C (V)", "depth (nm)", "by brackets (nm)", "order kept within (nm)",
    "holds an arriving wall up to (V)", "barrier (k_BT)", "dwell (s)",
)  # fmt: skip
SAFE = 2.0
"""Standard deviations that the depths of two neighbours may both be off without a warning."""


def print_proposal(proposal: Proposal, spread_m: float) -> None:
    """Print a row for each level, what would not work, and what is taken for granted."""
    rows = [
        (
            f"{row['level']}",
            f"{row['wanted_V']:g}",
            f"{1e9 * row['depth_m']:.2f}",
            f"{_nm(row['shallowest_m'], 'end')} to {_nm(row['deepest_m'], 'end')}",
            _nm(row["depth_tolerance_m"], "–"),
            f"{row['run_up_V']:.3f} ± {row['run_up_half_width_V']:.3f}",
            f"{row['barrier_kT']:.1f}",
            f"{row['dwell_time_s']:.1e}",
        )
        for row in proposal.table.to_dict("records")
    ]
    print_table("Proposed notches, in the order in which the wall is to meet them", COLUMNS, rows)
    for line in warnings(proposal, spread_m) + remarks(proposal):
        print_line(line)


def warnings(proposal: Proposal, spread_m: float) -> list[str]:
    """Return a sentence for each level, or pair of levels, that would not work."""
    temperature_K = proposal.file.assumptions.temperature_K
    found = []
    for number, (low, high) in enumerate(pairwise(proposal.levels), start=1):
        found += _through(number, low, high) + _too_near(number, low, high, spread_m)
    for number, level in enumerate(proposal.levels, start=1):
        height = barrier_kT(level, temperature_K)
        if height < LOWEST_BARRIER:
            found.append(
                f"Level {number} does not stay: its barrier is {height:.1f} k_BT at "
                f"{temperature_K:g} K, and retention needs {LOWEST_BARRIER:g}."
            )
    return found


def remarks(proposal: Proposal) -> list[str]:
    """Return how far the interpolation can be trusted, and what it takes for granted."""
    file, notch = proposal.file, proposal.file.track.notches[0]
    drawn = tuple(replace(notch, depth_m=level.depth_m) for level in proposal.levels)
    return [
        *_straightness(proposal),
        *_grid(proposal),
        f"V_C is the voltage across the whole track of {rounded(proposal.resistance_ohm, 'ohm')}; "
        f"notches of these depths would add {100 * notches_share(file.track, drawn):.1f} % to the "
        "heavy metal's part of it, which is left out, as in `dwmtj micromag synapse`.",
        "Each notch was taken alone, at the place of the first one and at 0 K, for a pulse on a "
        "wall at rest; it holds an arriving wall up to the run-up threshold, here of a run of "
        f"{1e9 * file.search.run_up_m:g} nm. Draw the notches in this order towards larger x and "
        "check them with `dwmtj micromag synapse`, in cells that divide the depths.",
    ]


def _through(number: int, low: ProposedLevel, high: ProposedLevel) -> list[str]:
    if low.voltage_V <= high.run_up_held_V:
        return []
    certain = low.voltage_V >= high.run_up_lost_V
    return [
        f"The pulse of {low.voltage_V:g} V that frees the wall from level {number} "
        f"{'drives' if certain else 'may drive'} it through the notch of level {number + 1}, "
        f"whose run-up threshold lies between {high.run_up_held_V:.3f} and "
        f"{high.run_up_lost_V:.3f} V: want voltages farther apart."
    ]


def _too_near(number: int, low: ProposedLevel, high: ProposedLevel, spread_m: float) -> list[str]:
    step_m = high.depth_m - low.depth_m
    if step_m / 2 >= SAFE * spread_m:
        return []
    return [
        f"Levels {number} and {number + 1} differ by {1e9 * step_m:.2f} nm in depth: etched depths "
        f"that are off by {1e9 * spread_m:g} nm (σ), each by itself, swap them in "
        f"{100 * swap_probability(step_m, spread_m):.2g} % of devices."
    ]


def _straightness(proposal: Proposal) -> list[str]:
    deviation_V = largest_deviation_V(proposal.points, proposal.V_per_A_per_m2)
    if deviation_V is None:
        return [
            "The threshold is taken as linear between the two depths, which nothing here shows: "
            "scan a depth between them."
        ]
    return [
        "The threshold is taken as linear between neighbouring depths; without one of those "
        f"scanned in between it would be up to {deviation_V:.3g} V off there."
    ]


def _grid(proposal: Proposal) -> list[str]:
    return cells_remarks(
        [point.depth_m for point in proposal.points], proposal.file.film.cells.cell_m
    )


def _nm(length_m: float, otherwise: str) -> str:
    return f"{1e9 * length_m:.2f}" if isfinite(length_m) else otherwise
