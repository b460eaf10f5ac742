"""Conductance against pulse number: a run's pulses as ramps of potentiation and of depression.

A ramp is the pulses of one sign within a cycle and phase. It begins with the reading before its
first pulse, if there is one outside the saturating field, else with the one after it. Ramps of one
direction whose pulses have one amplitude, or as many amplitudes, belong together.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...arrays import Floats
from ...storage import Phase
from ..errors import AnalysisError
from ..run_points import pulsed_points
from ..update import MIN_PULSES

ELSEWHERE = (Phase.SATURATE, Phase.LOOP, Phase.IV)  # readings at another field or bias


@dataclass(frozen=True, slots=True)
class Ramps:
    """Conductances (S) of alike ramps after 0, 1, … P pulses, shape (ramps, P+1), NaN if missing.

    `amplitudes_V` are those of the pulses (P,), signed; equal ones are NeuroSim's identical pulses.
    `of_other_length` ramps were left out.
    """

    conductance_S: Floats
    amplitudes_V: Floats
    of_other_length: int = 0

    @property
    def potentiates(self) -> bool:
        """True if the conductance ends above its beginning, in the mean over the ramps."""
        mean = self.mean_S
        return bool(mean[-1] > mean[0])

    @property
    def direction(self) -> str:
        return "potentiation" if self.potentiates else "depression"

    @property
    def equal_pulses(self) -> bool:
        return bool(np.ptp(self.amplitudes_V) < 1e-9)

    @property
    def pulses_text(self) -> str:
        """The amplitudes, "1.2 V" or "0.1 to 4 V"."""
        first, last = self.amplitudes_V[0], self.amplitudes_V[-1]
        shown = f"{first:.4g}" if self.equal_pulses else f"{first:.4g} to {last:.4g}"
        return f"{shown} V".replace("-", "−")

    @property
    def mean_S(self) -> Floats:
        """The mean over the ramps, shape (P+1,); NaN where no ramp has a reading."""
        known = np.isfinite(self.conductance_S)
        total = np.where(known, self.conductance_S, 0.0).sum(axis=0)
        with np.errstate(invalid="ignore"):
            return np.asarray(total / known.sum(axis=0))


def has_ramps(points: pd.DataFrame) -> bool:
    """Return True if some cycle and phase has more than `MIN_PULSES` pulses."""
    fired = points[points["amplitude_V"].notna()]
    return bool(len(fired) and fired.groupby(["cycle", "phase"]).size().max() > MIN_PULSES)


def find_ramps(points: pd.DataFrame) -> tuple[Ramps, ...]:
    """Return the ramps of a run, potentiation first, then by amplitude.

    Raises AnalysisError if none has `MIN_PULSES` pulses or more.
    """
    points = points.reset_index(drop=True)
    sound = pulsed_points(points).index
    readings = points["resistance_ohm"].to_numpy(dtype=float)
    conductance_S = np.full(len(points), np.nan)
    conductance_S[sound] = 1 / readings[sound]
    kinds: dict[tuple[object, ...], list[tuple[Floats, Floats]]] = {}
    for amplitude_V, curve in _each(points, conductance_S):
        equal = np.ptp(amplitude_V) < 1e-9
        kind = (amplitude_V[0] < 0, round(float(amplitude_V[0]), 9) if equal else None)
        kinds.setdefault(kind, []).append((amplitude_V, curve))
    found = [ramps for each in kinds.values() if (ramps := _alike(each)) is not None]
    if not found:
        raise AnalysisError(
            f"No cycle has {MIN_PULSES} pulses of one sign in a row, which an update curve needs: "
            "take it from a staircase, cycling or pulse-train run."
        )
    order = [(not each.potentiates, abs(float(each.amplitudes_V[0]))) for each in found]
    return tuple(found[index] for index in sorted(range(len(found)), key=lambda i: order[i]))


def _each(points: pd.DataFrame, conductance_S: Floats) -> Iterator[tuple[Floats, Floats]]:
    """Yield amplitudes (P,) and conductances (P+1,) of every ramp of four pulses or more."""
    volts = points["amplitude_V"].to_numpy(dtype=float)
    keys = [points["cycle"], points["phase"], pd.Series(np.sign(volts), points.index)]
    before_S = _before(points)
    fired = points[np.isfinite(volts)].index.to_frame(name="at")
    for _, rows in fired.groupby(keys, sort=False):
        at = rows["at"].to_numpy()
        if len(at) >= MIN_PULSES:
            yield volts[at], np.r_[before_S[at[0]], conductance_S[at]]


def _before(points: pd.DataFrame) -> Floats:
    """Return for each point the conductance read before it in its cycle, NaN if there is none."""
    R = points["resistance_ohm"].where(points["resistance_ohm"] > 0)
    if "mark" in points:
        R = R.where(points["mark"].isna())
    R = R.mask(points["phase"].isin(ELSEWHERE))
    before = R.shift(1).where(points["cycle"] == points["cycle"].shift(1))
    return 1 / before.to_numpy(dtype=float)


def _alike(ramps: list[tuple[Floats, Floats]]) -> Ramps | None:
    """Return the ramps of the most frequent length; the reading before counts if all have it.

    Ramps without any sound reading, as those after a junction burned, are left out before.
    """
    ramps = [(volts, curve) for volts, curve in ramps if np.isfinite(curve[1:]).any()]
    if not ramps:
        return None
    lengths, counts = np.unique([len(volts) for volts, _ in ramps], return_counts=True)
    length = int(lengths[len(lengths) - 1 - int(np.argmax(counts[::-1]))])
    kept = [(volts, curve) for volts, curve in ramps if len(volts) == length]
    curves = np.array([curve for _, curve in kept])
    volts = kept[0][0]
    if not np.isfinite(curves[:, 0]).all():
        curves, volts = curves[:, 1:], volts[1:]
    if curves.shape[1] <= MIN_PULSES:
        return None
    return Ramps(curves, volts, len(ramps) - len(kept))
