"""Phases and cycles of foreign readings, from the protocol and the pulses' order.

Pulses of a protocol come in ladders of rising magnitude. Where no cycle is mapped, one begins where
the magnitude falls back by more than three usual steps (or half the ladder, if that is less), and
where writing follows resetting. Readings without a pulse belong to the ladder after them.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ...analysis.errors import AnalysisError
from ..phase import Phase
from .rows import Reading

WRITING: Mapping[str, str] = {"staircase-write": Phase.WRITE, "repeated-ramp": Phase.RAMP}
WITHOUT_PULSES: Mapping[str, str] = {"minor-loop": Phase.LOOP, "read-series": Phase.READ}
PROTOCOLS = (*WITHOUT_PULSES, *WRITING, "reset", "write-reset-cycling")


def phases(readings: Sequence[Reading], protocol: str, name: str) -> list[str]:
    """Return the phase of every reading; raises AnalysisError for pulses of the wrong sign."""
    found: list[str] = []
    latest = WRITING.get(protocol, Phase.RESET if protocol == "reset" else Phase.WRITE)
    for reading in readings:
        amplitude_V = reading.values.get("amplitude_V")
        if reading.phase is not None:
            found.append(reading.phase)
        elif protocol == "minor-loop" or (protocol == "read-series" and amplitude_V is None):
            found.append(WITHOUT_PULSES[protocol])
        elif amplitude_V is None:
            found.append(Phase.BIAS)
        else:
            if protocol == "write-reset-cycling" and amplitude_V:
                latest = Phase.WRITE if amplitude_V > 0 else Phase.RESET
            _check_sign(amplitude_V, latest, protocol, f"{name}, line {reading.line}")
            found.append(latest)
    return found


def cycles(
    readings: Sequence[Reading], phase: Sequence[str], protocol: str, name: str
) -> list[int]:
    """Return the cycle of every reading, counted from 0; raises AnalysisError for several loops."""
    mapped = [reading.values["cycle"] for reading in readings if "cycle" in reading.values]
    if mapped:
        return [int(cycle - min(mapped)) for cycle in mapped]
    if protocol == "minor-loop":
        _check_single_loop(readings, name)
    if protocol in WITHOUT_PULSES:
        return [0] * len(readings)
    return _ladders(readings, phase)


def _check_sign(amplitude_V: float, phase: str, protocol: str, where: str) -> None:
    if (phase == Phase.RESET and amplitude_V > 0) or (phase != Phase.RESET and amplitude_V < 0):
        sign = "negative" if phase == Phase.RESET else "positive"
        raise AnalysisError(
            f"{where}: a pulse of {amplitude_V:g} V, but those of {protocol} are {sign}; choose "
            "another protocol, or turn the sign with --map COLUMN=-amplitude_V."
        )


def _check_single_loop(readings: Sequence[Reading], name: str) -> None:
    field = np.array([reading.values.get("field_T", np.nan) for reading in readings])
    largest = float(np.nanmax(np.abs(field)))
    ends = np.sign(field[np.abs(field) > 0.5 * largest])
    turns = int(np.count_nonzero(np.diff(ends)))
    if turns > 2 or (len(ends) and ends[0] < 0):
        raise AnalysisError(
            f"{name} is not one loop from positive field to negative and back; map a column to "
            "cycle if there are several, and begin at the positive end."
        )


def _ladders(readings: Sequence[Reading], phase: Sequence[str]) -> list[int]:
    size = np.array([abs(reading.values.get("amplitude_V", np.nan)) for reading in readings])
    fired = np.flatnonzero(np.isfinite(size))
    step = np.diff(size[fired])
    rises = step[step > 0]
    usual = float(np.median(rises)) if len(rises) else 0.0
    fall = min(3 * usual, 0.5 * float(np.ptp(size[fired]))) if len(fired) else 0.0
    starts = np.zeros(len(readings), dtype=int)
    for change, before, here in zip(step, fired[:-1], fired[1:], strict=True):
        again = phase[before] == phase[here] and change < -fall
        rewritten = phase[before] == Phase.RESET and phase[here] != Phase.RESET
        if again or rewritten:
            starts[before + 1] = 1  # readings without a pulse in between belong to what follows
    return [int(cycle) for cycle in np.cumsum(starts)]
