"""Phases and cycles of imported rows, from the protocol and the order of the pulses.

Pulses of a protocol come in ladders of rising magnitude. If no column is mapped to the cycle, a
cycle begins where the magnitude drops by more than three median steps (or half the ladder, if that
is less), and where a write follows a reset. Rows without a pulse belong to the ladder after them,
unless they are further readings (phase `read`). Trains of equal pulses are counted where the
amplitude changes and at readings without a pulse. A field that goes round several times is counted
from turn to turn at the end where the first whole loop begins.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from ..errors import ImportFileError
from ..phase import Phase

WRITING: Mapping[str, str] = {"staircase-write": Phase.WRITE, "repeated-ramp": Phase.RAMP}
TRAINS = ("pulse-train", "switching-probability")
WITHOUT_PULSES: Mapping[str, str] = {"minor-loop": Phase.LOOP, "read-series": Phase.READ}
PROTOCOLS = (*WITHOUT_PULSES, *WRITING, *TRAINS, "reset", "write-reset-cycling")


def phases(rows: pd.DataFrame, protocol: str, place: str) -> NDArray[np.object_]:
    """Return the phase of each row; raises ImportFileError for pulses of the wrong sign.

    `place` names the file and its lines: "a3.csv, line".
    """
    found = _phases_of_protocol(rows, protocol)
    if "phase" in rows:
        given = rows["phase"].to_numpy(dtype=object)
        named = rows["phase"].notna().to_numpy()
        found = np.where(named, given, found)
    else:
        named = np.zeros(len(rows), dtype=bool)
    _check_signs(rows, found, ~named, protocol, place)
    return found


def cycles(rows: pd.DataFrame, phase: NDArray[np.object_], protocol: str) -> NDArray[np.int64]:
    """Return the cycle of each row, from 0."""
    if "cycle" in rows:
        cycle = rows["cycle"].to_numpy(dtype=float)
        counted: NDArray[np.int64] = (cycle - cycle.min()).astype(np.int64)
        return counted
    if protocol == "minor-loop":
        return _loops(rows["field_T"].to_numpy(dtype=float))
    if protocol in WITHOUT_PULSES:
        return np.zeros(len(rows), dtype=np.int64)
    if protocol in TRAINS:
        return _trains(_column(rows, "amplitude_V"), phase)
    return _ladders(_column(rows, "amplitude_V"), phase)


def _phases_of_protocol(rows: pd.DataFrame, protocol: str) -> NDArray[np.object_]:
    amplitude_V = _column(rows, "amplitude_V")
    if protocol == "minor-loop":
        return np.full(len(rows), Phase.LOOP.value, dtype=object)
    first = WRITING.get(protocol, Phase.RESET if protocol == "reset" else Phase.WRITE)
    found = np.full(len(rows), str(first), dtype=object)
    if protocol == "write-reset-cycling":
        sign = pd.Series(np.sign(amplitude_V)).replace(0, np.nan).ffill().to_numpy()
        found[sign < 0] = Phase.RESET.value
    quiet = Phase.READ if protocol == "read-series" else Phase.BIAS
    found[np.isnan(amplitude_V)] = quiet.value
    return found


def _check_signs(
    rows: pd.DataFrame,
    phase: NDArray[np.object_],
    checked: NDArray[np.bool_],
    protocol: str,
    place: str,
) -> None:
    if protocol == "minor-loop":
        return
    amplitude_V = _column(rows, "amplitude_V")
    is_reset = phase == Phase.RESET.value
    wrong = checked & np.where(is_reset, amplitude_V > 0, amplitude_V < 0)
    if wrong.any():
        at = int(np.argmax(wrong))
        sign = "negative" if is_reset[at] else "positive"
        raise ImportFileError(
            f"{place} {rows['line'][at]}: a pulse of {amplitude_V[at]:g} V, but those of "
            f"{protocol} are {sign}; choose another protocol, or turn the sign with "
            "--map COLUMN=-amplitude_V."
        )


def _loops(field_T: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count a loop as begun at every second turn of the field, from its first end on."""
    known = np.flatnonzero(np.isfinite(field_T))
    middle = (np.nanmax(field_T) + np.nanmin(field_T)) / 2
    reach = (np.nanmax(field_T) - np.nanmin(field_T)) / 2
    outer = known[np.abs(field_T[known] - middle) > 0.5 * reach]
    if not len(outer):
        return np.zeros(len(field_T), dtype=np.int64)
    side = np.sign(field_T[outer] - middle)
    groups = np.split(outer, np.flatnonzero(np.diff(side)) + 1)
    turns = [int(group[np.argmax(np.abs(field_T[group] - middle))]) for group in groups]
    begins = turns[2::2]  # of the second loop and those after it
    if begins and begins[-1] == turns[-1]:
        begins.pop()  # the last loop ends there, or is incomplete
    starts = np.zeros(len(field_T), dtype=np.int64)
    starts[begins] = 1
    return np.cumsum(starts)


def _trains(amplitude_V: NDArray[np.float64], phase: NDArray[np.object_]) -> NDArray[np.int64]:
    """Count a train as begun at a row without a pulse after one with, or at another amplitude."""
    kept = np.flatnonzero(phase != Phase.READ.value)  # further readings belong to the pulse before
    here_V, before_V = amplitude_V[kept[1:]], amplitude_V[kept[:-1]]
    rested = np.isnan(here_V) & np.isfinite(before_V)
    changed = np.isfinite(before_V) & np.isfinite(here_V) & (here_V != before_V)
    starts = np.zeros(len(amplitude_V), dtype=np.int64)
    starts[kept[1:][rested | changed]] = 1
    return np.cumsum(starts)


def _ladders(amplitude_V: NDArray[np.float64], phase: NDArray[np.object_]) -> NDArray[np.int64]:
    starts = np.zeros(len(amplitude_V), dtype=np.int64)
    size = np.abs(amplitude_V)
    fired = np.flatnonzero(np.isfinite(size))
    if len(fired) < 2:
        return starts
    step = np.diff(size[fired])
    rises = step[step > 0]
    median_step = float(np.median(rises)) if len(rises) else 0.0
    fall = min(3 * median_step, 0.5 * float(np.ptp(size[fired])))
    before, here = fired[:-1], fired[1:]
    again = (phase[before] == phase[here]) & (step < -fall)
    rewritten = (phase[before] == Phase.RESET.value) & (phase[here] != Phase.RESET.value)
    for at, pulse in zip(before[again | rewritten], here[again | rewritten], strict=True):
        first = at + 1  # rows without a pulse belong to the ladder after them
        while first < pulse and phase[first] == Phase.READ.value:
            first += 1
        starts[first] = 1
    return np.cumsum(starts)


def _column(rows: pd.DataFrame, name: str) -> NDArray[np.float64]:
    if name not in rows:
        return np.full(len(rows), np.nan)
    return rows[name].to_numpy(dtype=float)
