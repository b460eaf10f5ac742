"""Depths that `dwmtj micromag design` proposes for wanted voltages."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isfinite
from pathlib import Path

import pandas as pd
import typer

from ....quantities import QuantityError, parse_quantity
from ....simulators.micromagnetics import (
    DepthPoint,
    MicromagneticsError,
    ProposedLevel,
    TrackFile,
    depth_tolerances_m,
    proposed_levels,
)
from ....simulators.micromagnetics.constants import BOLTZMANN_J_per_K

OPTION = "--wanted-voltage"


@dataclass(frozen=True, slots=True)
class Proposal:
    """The notches for wanted voltages, and what they were found with."""

    levels: list[ProposedLevel]
    file: TrackFile
    points: list[DepthPoint]
    resistance_ohm: float

    @property
    def V_per_A_per_m2(self) -> float:
        """Voltage across the track per current density, with I = J w0 t_HM."""
        metal = self.file.heavy_metal
        assert metal is not None  # there is no resistance without
        return self.file.track.width_m * metal.thickness_m * self.resistance_ohm

    @property
    def table(self) -> pd.DataFrame:
        """A row for each level, in SI units; NaN where an interval or tolerance has no end."""
        rows = zip(self.levels, depth_tolerances_m(self.levels), strict=True)
        assumptions = self.file.assumptions
        table = pd.DataFrame(
            [
                {
                    "level": number,
                    "wanted_V": level.voltage_V,
                    "pulse_A_per_m2": level.voltage_V / self.V_per_A_per_m2,
                    "depth_m": level.depth_m,
                    "shallowest_m": level.shallowest_m,
                    "deepest_m": level.deepest_m,
                    "depth_tolerance_m": tolerance_m if isfinite(tolerance_m) else None,
                    "run_up_V": (level.run_up_held_V + level.run_up_lost_V) / 2,
                    "run_up_half_width_V": (level.run_up_lost_V - level.run_up_held_V) / 2,
                    "barrier_J": level.barriers.lowest_J,
                    "barrier_kT": barrier_kT(level, assumptions.temperature_K),
                    "dwell_time_s": level.barriers.dwell_time_s(
                        assumptions.temperature_K, assumptions.attempt_rate_Hz
                    ),
                }
                for number, (level, tolerance_m) in enumerate(rows, start=1)
            ]
        )
        ends = ("shallowest_m", "deepest_m", "depth_tolerance_m")
        return table.astype(dict.fromkeys(ends, "float64"))


def parsed_voltages_V(texts: Sequence[str]) -> list[float]:
    """Return the voltages, rising; raises typer.BadParameter."""
    wanted_V: list[float] = []
    for text in texts:
        try:
            voltage_V = parse_quantity(text, "V")
        except QuantityError as error:
            raise typer.BadParameter(
                f"{text!r} is no voltage{error}.", param_hint=OPTION
            ) from error
        if not (isfinite(voltage_V) and voltage_V > 0):
            raise typer.BadParameter(f"{text!r} is no voltage above zero.", param_hint=OPTION)
        if voltage_V in wanted_V:
            raise typer.BadParameter(f"{voltage_V:g} V is given twice.", param_hint=OPTION)
        wanted_V.append(voltage_V)
    return sorted(wanted_V)


def proposal_of(
    file: TrackFile,
    points: list[DepthPoint],
    wanted_V: Sequence[float],
    resistance_ohm: float,
    kept: Path,
) -> Proposal:
    """Return the proposal; raises MicromagneticsError where a voltage belongs to no depth."""
    empty = Proposal([], file, points, resistance_ohm)
    try:
        return replace(empty, levels=proposed_levels(points, wanted_V, empty.V_per_A_per_m2))
    except MicromagneticsError as error:
        error.add_note(
            f"Finished runs are kept in {kept}: the same command with other depths or voltages "
            "uses them."
        )
        raise


def barrier_kT(level: ProposedLevel, temperature_K: float) -> float:
    """Return the lower barrier in units of k_B T."""
    return level.barriers.lowest_J / (BOLTZMANN_J_per_K * temperature_K)
