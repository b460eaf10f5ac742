"""Ladders of pulses: the points of runs as sequences of amplitudes and resistances.

A ladder is an uninterrupted series of pulses within one cycle and phase, of one polarity and rising
amplitude, with the reading before its first pulse if there is one. Each of several equal pulses is
a ladder of its own. Where a new cycle begins below the pulse that ended the last one, with no
reading between them, the wall was reset by something that the run does not hold: what the first
pulse found is unknown.

A pulse that `repeats` the one before, and finds the wall where that left it, is no trial: if every
visit has a threshold of its own, it does what the first one did, and counting it dilutes the
probability (1.5 % for 16 % in trains of ten). Where pulses act independently of each other, nothing
but its weight is lost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from ...arrays import Floats
from ..errors import AnalysisError


@dataclass(frozen=True, slots=True)
class Ladder:
    """One ladder; `amplitude_V` are magnitudes, shape (pulses,), `polarity` is +1 or −1."""

    polarity: int
    amplitude_V: Floats
    resistance_ohm: Floats
    before_ohm: float | None
    """Reading before the first pulse; None if there is none, or not since the last reset."""
    repeats: bool = False
    """True for a single pulse that is equal to the one just before it."""

    @property
    def step_V(self) -> float:
        """Median step; 0 for a single pulse."""
        return float(np.median(np.diff(self.amplitude_V))) if len(self.amplitude_V) > 1 else 0.0


def ladders_of(points: pd.DataFrame, where: str) -> Iterator[Ladder]:
    """Yield the ladders of one run's points in order.

    Raises AnalysisError, naming `where`, for pulses that do not rise or that change polarity.
    """
    readings = points[points["resistance_ohm"].notna()]
    pulsed = readings["amplitude_V"].notna() & (readings["amplitude_V"] != 0)
    parts = [readings["cycle"], readings["phase"], pulsed]
    begins = np.logical_or.reduce([(part != part.shift()).to_numpy() for part in parts])
    begins |= (pulsed & (readings["amplitude_V"] == readings["amplitude_V"].shift())).to_numpy()
    last: pd.Series | None = None
    for _, part in readings.groupby(np.cumsum(begins), sort=False):
        first = part.iloc[0]
        if pulsed.loc[part.index[0]]:
            known = last is not None and not _reset_unseen(last, first)
            before = float(last["resistance_ohm"]) if last is not None and known else None
            yield replace(_ladder(part, before, where), repeats=_is_repeated(last, first))
        last = part.iloc[-1]


def _is_repeated(last: pd.Series | None, first: pd.Series) -> bool:
    """Return True for a pulse that is equal to the one of the reading before, in one cycle."""
    same = ("cycle", "phase", "amplitude_V")
    return last is not None and all(bool(last[name] == first[name]) for name in same)


def _reset_unseen(last: pd.Series, first: pd.Series) -> bool:
    """Return True if `first` starts its cycle with a smaller pulse than `last` of the same kind."""
    return bool(
        last["cycle"] != first["cycle"]
        and last["phase"] == first["phase"]
        and np.sign(last["amplitude_V"]) == np.sign(first["amplitude_V"])
        and abs(first["amplitude_V"]) < abs(last["amplitude_V"])
    )


def _ladder(part: pd.DataFrame, before: float | None, where: str) -> Ladder:
    amplitude, resistance = (
        part[column].to_numpy(dtype=float) for column in ("amplitude_V", "resistance_ohm")
    )
    signs = np.unique(np.sign(amplitude))
    if len(signs) > 1 or (np.diff(np.abs(amplitude)) <= 0).any():
        raise AnalysisError(
            f"{where}, cycle {part['cycle'].iloc[0]}: the amplitudes do not rise from pulse to "
            "pulse; calibrate from staircase, ramp or cycling runs."
        )
    return Ladder(int(signs[0]), np.abs(amplitude), resistance, before)


def rungs_of(ladders: Sequence[Ladder]) -> Floats:
    """Return the common amplitudes of ladders of one polarity, in volts, rising.

    They are those of the coarsest ladders; finer steps between them count as one pulse. Raises
    AnalysisError if ladders of equal step lie between one another's amplitudes.
    """
    step_V = max(ladder.step_V for ladder in ladders)
    coarse = [ladder for ladder in ladders if ladder.step_V >= 0.999 * step_V]
    rungs = np.unique(np.concatenate([ladder.amplitude_V for ladder in coarse]).round(9))
    highest = max(ladder.amplitude_V[-1] for ladder in ladders)
    while step_V > 0 and highest > rungs[-1] + 1e-9:
        rungs = np.append(rungs, round(float(rungs[-1]) + step_V, 9))
    if len(rungs) > 1 and np.diff(rungs).min() < 0.5 * step_V:
        first_V = sorted({float(ladder.amplitude_V[0].round(9)) for ladder in coarse})
        begins = " and ".join(f"{first:g}" for first in (first_V[0], first_V[-1]))
        raise AnalysisError(
            f"Ladders in steps of {step_V:g} V lie between one another's amplitudes: they begin at "
            f"{begins} V. Calibrate those of equal amplitudes alone (of a file, with --where), or "
            "measure them with the same first amplitude and step."
        )
    return rungs


def count_transitions(
    ladders: Sequence[Ladder], states: Sequence[npt.NDArray[np.intp]], levels: int
) -> npt.NDArray[np.int64]:
    """Return numbers of transitions at each amplitude, shape (amplitudes, from level, to level).

    `states` are, for each ladder, the level before it (−1 if unknown) and after each pulse.
    """
    rungs = rungs_of(ladders)
    counts = np.zeros((len(rungs), levels, levels), dtype=np.int64)
    stayed = False  # at the pulse before
    for ladder, index in zip(ladders, states, strict=True):
        repeated, stayed = ladder.repeats and stayed, index[-1] == index[-2]
        if repeated:
            continue
        rung = np.searchsorted(rungs, ladder.amplitude_V - 1e-9)
        last = np.flatnonzero(np.diff(rung, append=len(rungs)))
        after = index[1:][last]
        before = np.concatenate([[index[0]], after[:-1]])
        known = before >= 0
        np.add.at(counts, (rung[last][known], before[known], after[known]), 1)
    return counts
