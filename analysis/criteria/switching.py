"""Quantities of switching: voltages, thresholds, shares of switches, and the energy of a pulse."""

from math import inf

import pandas as pd

from ...storage import Phase
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import proportion_ci
from ..run_points import incomplete_cycles
from ..switching.endurance import measure_endurance
from ..switching.thresholds import Threshold
from ..switching.voltages import (
    CriticalVoltage,
    critical_voltage,
    expected_variation,
    first_arrivals,
    one_step_resets,
)
from ..switching.width_ratio import depinning_voltages
from ..update import pulse_energy_J
from .criterion import Criterion
from .measured import Measured, OtherKindError
from .run_results import RunResults


def switching_voltage(run: RunResults, criterion: Criterion) -> Measured:
    found = _critical_voltage(run, criterion)
    return Measured(found.voltage_V, found.cycles, run.cycles)


def switching_voltage_sigma(run: RunResults, criterion: Criterion) -> Measured:
    found = _critical_voltage(run, criterion)
    return Measured(found.sigma_V, found.cycles, run.cycles)


def switching_voltage_var(run: RunResults, criterion: Criterion) -> Measured:
    """Return the var expected of as many cycles as the criterion is about, else of the run's."""
    found = _critical_voltage(run, criterion)
    count = criterion.cycles or found.cycles
    if count < 2:
        raise AnalysisError("One cycle has no variation; measure several.")
    return Measured(expected_variation(found, count), found.cycles, run.cycles)


def largest_switching_voltage(run: RunResults, criterion: Criterion) -> Measured:
    """Return the largest of all cycles, unbounded above if a whole cycle never arrived."""
    phase = _phase(run, criterion)
    level = _target(run, criterion)
    arrivals = first_arrivals(run.switches, level, phase)
    if not arrivals:
        raise AnalysisError(f"No pulse of the phase {phase} reached level {level}.")
    pulsed = run.points[run.points["phase"] == phase]
    missing = set(pulsed["cycle"]) - set(incomplete_cycles(run.points)) - set(arrivals)
    largest = max(arrivals.values())
    remedy = f"{len(missing)} of {run.cycles} cycles never reached the level"
    return Measured(Estimate(largest, largest, inf if missing else largest), remedy=remedy)


def depinning_threshold(run: RunResults, criterion: Criterion) -> Measured:
    found = _threshold(run, criterion)
    return Measured(found.voltage_V, len(found.freed_V), run.cycles)


def depinning_threshold_sigma(run: RunResults, criterion: Criterion) -> Measured:
    found = _threshold(run, criterion)
    return Measured(found.sigma_V, len(found.freed_V), run.cycles)


def width_ratio(run: RunResults, _: Criterion) -> Measured:
    found = depinning_voltages(run.points, run.levels)
    remedy = "a device with more notches has a narrower interval"
    return Measured(found.fit.width_ratio, remedy=remedy)


def several_levels_in_one_pulse(run: RunResults, criterion: Criterion) -> Measured:
    phase = _phase(run, criterion)
    crossed = [switch.levels_crossed for switch in run.switches if switch.phase == phase]
    if not crossed:
        raise AnalysisError(f"No pulse of the phase {phase} changed the level.")
    share = proportion_ci(sum(count > 1 for count in crossed), len(crossed))
    return Measured(share, len(crossed), run.cycles, share=True)


def one_step_reset(run: RunResults, criterion: Criterion) -> Measured:
    phase = _phase(run, criterion, default=Phase.RESET)
    cycles = {switch.cycle for switch in run.switches if switch.phase == phase}
    if not cycles:
        raise AnalysisError(f"No pulse of the phase {phase} changed the level.")
    share = one_step_resets(run.switches, run.levels, phase)
    return Measured(share, len(cycles), run.cycles, share=True)


def failed_cycles(run: RunResults, _: Criterion) -> Measured:
    found = measure_endurance(run.points, run.levels, run.switches)
    return Measured(found.failure_probability, found.cycles, run.cycles, share=True)


def update_energy(run: RunResults, criterion: Criterion) -> Measured:
    """Return the heat of the pulse that brings the wall to a level: that of V_C in the track."""
    found = _critical_voltage(run, criterion)
    track_ohm = criterion.track_resistance_ohm or run.of_device.get("track_resistance_ohm")
    if not track_ohm:
        raise AnalysisError(
            "The bench file of the run has no track_resistance_ohm; add track_resistance to the "
            "criterion."
        )
    width_s = _pulse_width_s(run, _phase(run, criterion))
    edges_s = [float(run.record.parameters.get(name) or 0.0) for name in ("rise_s", "fall_s")]
    voltage = found.voltage_V
    energies = (
        pulse_energy_J(volt, width_s, float(track_ohm), *edges_s) if volt < inf else inf
        for volt in (voltage.value, max(voltage.low, 0.0), voltage.high)
    )
    return Measured(Estimate(*energies), found.cycles, run.cycles)


def _phase(run: RunResults, criterion: Criterion, default: str | None = None) -> str:
    """Return the phase of the criterion, else the one in which pulses write."""
    if not run.has_pulses:
        raise OtherKindError("no pulses on a single device")
    fired = run.points[run.points["amplitude_V"].notna()]
    phases = [str(phase) for phase in dict.fromkeys(fired["phase"])]
    wanted = criterion.phase or default
    if wanted is not None:
        if wanted not in phases:
            raise OtherKindError(f"no pulses of the phase {wanted}")
        return wanted
    writing = [phase for phase in phases if phase != Phase.RESET]
    if not writing:
        raise OtherKindError("no pulses but those of the phase reset")
    if len(writing) > 1:
        raise AnalysisError(
            f"The run has pulses of the phases {' and '.join(writing)}; add phase to the criterion."
        )
    return writing[0]


def _target(run: RunResults, criterion: Criterion) -> int:
    return run.level_number(criterion, run.levels)


def _critical_voltage(run: RunResults, criterion: Criterion) -> CriticalVoltage:
    phase, level = _phase(run, criterion), _target(run, criterion)
    found = critical_voltage(run.switches, level, phase)
    if found is None:
        raise AnalysisError(
            f"No pulse of the phase {phase} that was larger than the one before reached level "
            f"{level}."
        )
    return found


def _threshold(run: RunResults, criterion: Criterion) -> Threshold:
    level = _target(run, criterion)
    for found in run.thresholds:
        if found.level == level:
            return found
    raise AnalysisError(
        f"Rising positive pulses freed the wall from level {level} in fewer than two cycles, or "
        "beyond the largest amplitude."
    )


def _pulse_width_s(run: RunResults, phase: str) -> float:
    fired = run.points[(run.points["phase"] == phase) & run.points["amplitude_V"].notna()]
    widths: pd.Series[float] = fired.get("pulse_width_s", pd.Series(dtype=float)).dropna()
    if widths.nunique() != 1:
        known = "several widths" if len(widths) else "no width"
        raise AnalysisError(f"The pulses have {known}, which leaves their energy open.")
    return float(widths.iloc[0])
