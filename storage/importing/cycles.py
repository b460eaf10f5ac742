"""Phases and cycles of imported rows, from the protocol and the order of the pulses.

Pulses of a protocol come in ladders of rising magnitude. If no column is mapped to the cycle, a
cycle begins where the magnitude drops by more than three median steps (or half the ladder, if that
is less), and where a write follows a reset. Rows without a pulse belong to the ladder after them.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from ..errors import ImportFileError
from ..phase import Phase
from .rows import ImportedRow

WRITING: Mapping[str, str] = {"staircase-write": Phase.WRITE, "repeated-ramp": Phase.RAMP}
WITHOUT_PULSES: Mapping[str, str] = {"minor-loop": Phase.LOOP, "read-series": Phase.READ}
PROTOCOLS = (*WITHOUT_PULSES, *WRITING, "reset", "write-reset-cycling")


def phases(rows: Sequence[ImportedRow], protocol: str, name: str) -> list[str]:
    """Return the phase of each row; raises ImportFileError for pulses of the wrong sign."""
    found: list[str] = []
    latest = WRITING.get(protocol, Phase.RESET if protocol == "reset" else Phase.WRITE)
    for row in rows:
        amplitude_V = row.values.get("amplitude_V")
        if row.phase is not None:
            found.append(row.phase)
        elif protocol == "minor-loop" or (protocol == "read-series" and amplitude_V is None):
            found.append(WITHOUT_PULSES[protocol])
        elif amplitude_V is None:
            found.append(Phase.BIAS)
        else:
            if protocol == "write-reset-cycling" and amplitude_V:
                latest = Phase.WRITE if amplitude_V > 0 else Phase.RESET
            _check_sign(amplitude_V, latest, protocol, f"{name}, line {row.line}")
            found.append(latest)
    return found


def cycles(
    rows: Sequence[ImportedRow], phase: Sequence[str], protocol: str, name: str
) -> list[int]:
    """Return the cycle of each row, from 0; raises ImportFileError for several loops."""
    mapped = [row.values["cycle"] for row in rows if "cycle" in row.values]
    if mapped:
        return [int(cycle - min(mapped)) for cycle in mapped]
    if protocol == "minor-loop":
        _check_single_loop(rows, name)
    if protocol in WITHOUT_PULSES:
        return [0] * len(rows)
    return _ladders(rows, phase)


def _check_sign(amplitude_V: float, phase: str, protocol: str, where: str) -> None:
    if (phase == Phase.RESET and amplitude_V > 0) or (phase != Phase.RESET and amplitude_V < 0):
        sign = "negative" if phase == Phase.RESET else "positive"
        raise ImportFileError(
            f"{where}: a pulse of {amplitude_V:g} V, but those of {protocol} are {sign}; choose "
            "another protocol, or turn the sign with --map COLUMN=-amplitude_V."
        )


def _check_single_loop(rows: Sequence[ImportedRow], name: str) -> None:
    field = np.array([row.values.get("field_T", np.nan) for row in rows])
    largest = float(np.nanmax(np.abs(field)))
    ends = np.sign(field[np.abs(field) > 0.5 * largest])
    turns = int(np.count_nonzero(np.diff(ends)))
    if turns > 2 or (len(ends) and ends[0] < 0):
        raise ImportFileError(
            f"{name} is not one loop from positive field to negative and back; map a column to "
            "cycle if there are several, and begin at the positive end."
        )


def _ladders(rows: Sequence[ImportedRow], phase: Sequence[str]) -> list[int]:
    size = np.array([abs(row.values.get("amplitude_V", np.nan)) for row in rows])
    fired = np.flatnonzero(np.isfinite(size))
    step = np.diff(size[fired])
    rises = step[step > 0]
    median_step = float(np.median(rises)) if len(rises) else 0.0
    fall = min(3 * median_step, 0.5 * float(np.ptp(size[fired]))) if len(fired) else 0.0
    starts = np.zeros(len(rows), dtype=int)
    for change, before, here in zip(step, fired[:-1], fired[1:], strict=True):
        again = phase[before] == phase[here] and change < -fall
        rewritten = phase[before] == Phase.RESET and phase[here] != Phase.RESET
        if again or rewritten:
            starts[before + 1] = 1  # rows without a pulse belong to the ladder after them
    return [int(cycle) for cycle in np.cumsum(starts)]
