"""The event model's law of a pulse on one notch, with constants that the reduced model gives.

- I_k and its spreads: thresholds of pulses at T = 0 and linear noise (reduced/pulse_response), for
  a table of widths and rises; nothing is fitted.
- S, E_b and f0 of walls that have settled: least squares to the logarithm of their escape rates
  (reduced/settled_escape), which are counted in walls of another seed than those compared with.
- The lag: the width of the square pulse that frees at T = 0 a wall at I_k + 0.674 σ, the median
  excess of those that noise takes over the threshold.
- I_r: the current that takes a wall past the notch that arrives from one width of the track before.

The law is that of `simulators/device/pulsed.py`. Currents are those of the heavy metal per
`section_m2`, so that a section of 1 m² gives current densities.
"""

from dataclasses import dataclass, replace
from math import exp

import numpy as np
import numpy.typing as npt
from scipy.optimize import least_squares

from ..device.kernel import DRIVE
from ..device.parameters import PulsedNotch
from ..device.pulsed import pulsed_record, ways_out
from ..micromagnetics.constants import BOLTZMANN_J_per_K
from ..micromagnetics.errors import MicromagneticsError
from ..micromagnetics.reduced.depinning import Start, pulse_threshold_A_per_m2
from ..micromagnetics.reduced.model import ReducedModel
from ..micromagnetics.reduced.pulse_response import PulseResponse, pulse_response
from ..micromagnetics.reduced.settled_escape import EscapeRates, settled_escape_rates
from ..micromagnetics.reduced.walls import Pulse

Floats = npt.NDArray[np.float64]
WIDTHS_s = (1e-9, 1.5e-9, 2e-9, 3e-9, 5e-9, 10e-9)
RISES_s = (0.0, 0.2e-9, 0.4e-9, 0.6e-9, 1e-9, 2e-9, 3e-9)
_WALLS = 10_000
_SEED = 2**32 - 1  # of the counted escapes
_EXCESS = 0.674
_RANGE = 0.1, 8.0  # times the static threshold, in which those of pulses are looked for
_RUN_UP_s = 20e-9
_LONG_s = 20e-9
_MOST_WEIGHT = 20.0  # of one rate: the law is no better than 1/20 anyway


@dataclass(frozen=True, slots=True)
class EventLaw:
    """The law of one notch at one temperature."""

    constants: PulsedNotch
    temperature_K: float

    def probability(self, current_A_per_m2: Floats, pulse: Pulse) -> Floats:
        """Return P of a pulse at each current density."""
        record = pulsed_record(self.constants, "The notch")
        drive = np.zeros(1, DRIVE)[0]
        drive["duration_s"], drive["rise_s"] = pulse.width_s, pulse.rise_s
        drive["plateau_s"], drive["edges_s"] = pulse.width_s - pulse.rise_s, 2 * pulse.rise_s
        found = []
        for current in current_A_per_m2:
            thrown, escapes, _ = ways_out(record, current, current, 1.0, drive, self.temperature_K)
            found.append(-np.expm1(-thrown - escapes))
        return np.array(found)


def event_law(model: ReducedModel, start: Start, temperature_K: float) -> EventLaw:
    """Return the law of a wall at rest; raises MicromagneticsError as `pulsed_notch` does."""
    return EventLaw(pulsed_notch(model, start, temperature_K), temperature_K)


def pulsed_notch(
    model: ReducedModel, start: Start, temperature_K: float, section_m2: float = 1.0
) -> PulsedNotch:
    """Return the constants of one notch for pulses to +x.

    Raises MicromagneticsError for a notch whose barrier is too low, or that no pulse of 10 ns
    frees.
    """
    static = model.pinning.depinning_field_A_per_m / abs(model.push_per_current_m)
    within = _RANGE[0] * static, _RANGE[1] * static
    settled = _settled_law(settled_escape_rates(model, start, temperature_K, _WALLS, _SEED))
    widths_s, rows = _kicks(model, start, temperature_K, within)
    longest = rows[-1][0]
    run_up = _run_up(model, start, temperature_K, within)
    return PulsedNotch(
        depinning_current_A=settled[0] * section_m2,
        barrier_J=settled[1] * BOLTZMANN_J_per_K * temperature_K,
        attempt_rate_Hz=settled[2],
        lag_s=_lag_s(model, start, longest, within),
        widths_s=widths_s,
        rises_s=RISES_s,
        kick_current_A=_table(rows, "threshold_A_per_m2", section_m2),
        kick_spread_below_A=_table(rows, "spread_below_A_per_m2", section_m2),
        kick_spread_above_A=_table(rows, "spread_above_A_per_m2", section_m2),
        run_up_current_A=run_up.threshold_A_per_m2 * section_m2,
        run_up_spread_A=section_m2
        * (run_up.spread_below_A_per_m2 + run_up.spread_above_A_per_m2)
        / 2,
        temperature_K=temperature_K,
    )


def _settled_law(rates: EscapeRates) -> tuple[float, float, float]:
    """Return S, E_b/k_BT and f0."""
    weights = np.minimum(np.sqrt(rates.escapes), _MOST_WEIGHT)
    logarithms, unit = np.log(rates.rate_Hz), float(rates.current_A_per_m2.max())

    def law(x: Floats) -> Floats:
        gap: Floats = np.maximum(0.0, 1.0 - rates.current_A_per_m2 / unit / x[2])
        found: Floats = x[0] - x[1] * gap**1.5
        return found

    def weighted(x: Floats) -> Floats:
        return (law(x) - logarithms) * weights

    fit = least_squares(weighted, (logarithms.max(), 80.0, 1.05))
    return float(fit.x[2] * unit), float(fit.x[1]), exp(float(fit.x[0]))


def _kicks(
    model: ReducedModel, start: Start, temperature_K: float, within: tuple[float, float]
) -> tuple[tuple[float, ...], list[list[PulseResponse]]]:
    """Return the widths that free a wall at all, and their responses for each rise."""
    widths_s: list[float] = []
    rows = []
    for width_s in WIDTHS_s:
        try:
            row = [
                pulse_response(model, start, Pulse(width_s, rise_s), temperature_K, within)
                for rise_s in RISES_s
                if rise_s <= width_s
            ]
        except MicromagneticsError:
            if width_s == WIDTHS_s[-1]:
                raise
            continue
        widths_s.append(width_s)
        rows.append(row + [row[-1]] * (len(RISES_s) - len(row)))
    return tuple(widths_s), rows


def _lag_s(
    model: ReducedModel, start: Start, kick: PulseResponse, within: tuple[float, float]
) -> float:
    aim = kick.threshold_A_per_m2 + _EXCESS * kick.spread_below_A_per_m2
    low_s, high_s = 0.05e-9, _LONG_s
    for _ in range(12):
        middle_s = (low_s * high_s) ** 0.5
        if _frees(model, start, Pulse(middle_s), aim, within):
            high_s = middle_s
        else:
            low_s = middle_s
    return high_s


def _frees(
    model: ReducedModel, start: Start, pulse: Pulse, current: float, within: tuple[float, float]
) -> bool:
    try:
        return pulse_threshold_A_per_m2(model, start, pulse, within) < current
    except MicromagneticsError:
        return False


def _run_up(
    model: ReducedModel, start: Start, temperature_K: float, within: tuple[float, float]
) -> PulseResponse:
    before_m = start.beyond_m - start.position_m
    arriving = replace(start, position_m=start.position_m - before_m, rest_s=0.0)
    return pulse_response(model, arriving, Pulse(_RUN_UP_s), temperature_K, within)


def _table(
    rows: list[list[PulseResponse]], name: str, section_m2: float
) -> tuple[tuple[float, ...], ...]:
    return tuple(tuple(float(getattr(one, name)) * section_m2 for one in row) for row in rows)
