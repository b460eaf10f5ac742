"""Frozen share of the spread of a threshold, from trains of equal pulses.

A pulse of amplitude V moves the wall if √f u + √(1 − f) w < g(V), with u ~ N(0, 1) kept while the
wall stays where it is and w ~ N(0, 1) drawn at every pulse. So the first pulse moves it with
probability Φ(g) whatever f is, and a wall with u is moved by each pulse with

    p(u) = Φ[(g − √f u)/√(1 − f)],    P(n) = 1 − ∫ φ(u) (1 − p(u))^n du.

f is the correlation of repeated pulses: with f = 0 they are independent, with f = 1 what one of
them leaves in place all others do. Maximum likelihood over f and one g for each amplitude, of the
trains whose first move is in the pulses 1, 2, 3–4, 5–8, …, or in none; the interval of f is that of
the profile likelihood (Wilks). `p_value` compares these classes with the fit by χ². Thermal escape
within a pulse is drawn at every pulse and so belongs to 1 − f. Sources: Ochi & Prentice, Biometrika
71, 531 (1984) (correlated probit); Wilks, Ann. Math. Stat. 9, 60 (1938).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import chdtrc, ndtr, xlogy

from ...arrays import Floats
from ...storage import Phase
from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import Z
from ..run_points import READ_COLUMNS, incomplete_cycles, require, unmarked

LEAST_P = 0.01  # a law that is right is called wrong once in a hundred runs
SHARES = np.sin(np.linspace(0, np.pi / 2, 101)) ** 2
NODES = 161
FARTHEST, SHARPEST = 8.0, 1e-6
GOLDEN, SEARCHES = (5**0.5 - 1) / 2, 28
EXPECTED = 5.0  # trains in a class, below which it is pooled with the next


@dataclass(frozen=True, slots=True)
class Trains:
    """Trains of `pulses` pulses of one amplitude: `first_moves[j]` of them moved first in class j.

    Class j ends with pulse `ends[j]`; the last class never moved.
    """

    amplitude_V: float
    pulses: int
    ends: tuple[int, ...]
    first_moves: tuple[int, ...]

    @classmethod
    def counted(cls, amplitude_V: float, pulses: int, first: npt.NDArray[np.int64]) -> Self:
        """Count trains by the number of the pulse that moved each first, above `pulses` if none."""
        ends = (*(2**power for power in range(64) if 2**power < pulses), pulses)
        seen, _ = np.histogram(first, [1, *(end + 1 for end in ends), np.inf])
        return cls(amplitude_V, pulses, ends, tuple(seen.tolist()))

    @property
    def trains(self) -> int:
        return sum(self.first_moves)

    @property
    def moved_by_first(self) -> float:
        """Share of trains that the first pulse moved."""
        return self.first_moves[0] / self.trains

    @property
    def moved_by_all(self) -> float:
        """Share of trains that some pulse moved."""
        return 1 - self.first_moves[-1] / self.trains


@dataclass(frozen=True, slots=True)
class FrozenShare:
    """The frozen share f with its interval; `p_value` of the law, NaN with too few trains."""

    share: Estimate
    trains: tuple[Trains, ...]
    p_value: float

    @property
    def fits(self) -> bool:
        return not self.p_value < LEAST_P


def measure_frozen_share(points: pd.DataFrame, threshold_ohm: float) -> FrozenShare:
    """Return the frozen share of the threshold between both sides of a resistance (ohm).

    Read `fits` before you use it. Raises AnalysisError if the run has no trains of two or more
    equal pulses, or if they leave f open from 0 to 1.
    """
    return fit_frozen_share(trains_of(points, threshold_ohm))


def has_pulse_trains(points: pd.DataFrame) -> bool:
    """Return True for cycles of two or more equal positive pulses."""
    written = points[(points["amplitude_V"] > 0) & (points["phase"] != Phase.RESET)]
    amplitudes = written.groupby("cycle")["amplitude_V"].agg(["min", "max", "size"])
    equal = bool((amplitudes["min"] == amplitudes["max"]).all())
    return equal and bool((amplitudes["size"] >= 2).any())


def trains_of(points: pd.DataFrame, threshold_ohm: float) -> tuple[Trains, ...]:
    """Return the complete trains of a run that began above the threshold, by amplitude."""
    require(points, READ_COLUMNS)
    points = unmarked(points)
    points = points[points["resistance_ohm"].notna() & (points["phase"] != Phase.RESET)]
    if not (points["amplitude_V"] > 0).any() or not has_pulse_trains(points):
        raise AnalysisError(
            "The run has no trains of two or more equal pulses, which a frozen share needs: "
            "measure a pulse-train."
        )
    ignored = set(incomplete_cycles(points))
    moves: dict[float, list[int]] = {}
    length = int((points["amplitude_V"] > 0).groupby(points["cycle"]).sum().max())
    for cycle, train in points.groupby("cycle", sort=True):
        pulsed = (train["amplitude_V"] > 0).to_numpy()
        below = (train["resistance_ohm"] <= threshold_ohm).to_numpy()
        if cycle in ignored or not pulsed.any() or below[: int(pulsed.argmax())].any():
            continue
        moved = np.flatnonzero(below[pulsed])
        volt = round(float(train["amplitude_V"].max()), 9)
        moves.setdefault(volt, []).append(int(moved[0]) + 1 if len(moved) else length + 1)
    if not moves:
        raise AnalysisError(
            f"No train of the run begins above {threshold_ohm:g} ohm: check the threshold."
        )
    return tuple(
        Trains.counted(volt, length, np.array(found)) for volt, found in sorted(moves.items())
    )


def fit_frozen_share(trains: Sequence[Trains]) -> FrozenShare:
    """Fit the frozen share; raises AnalysisError if the trains leave it open from 0 to 1."""
    found = [_profile(one) for one in trains]
    profile = np.sum([likelihood for likelihood, _ in found], axis=0)
    best = int(profile.argmax())
    inside = np.flatnonzero(profile >= profile[best] - Z * Z / 2)
    first, last = int(inside[0]), int(inside[-1])
    if first == 0 and last == len(SHARES) - 1:
        raise AnalysisError(
            "The trains leave the frozen share open from 0 to 1: measure more of them, at "
            "amplitudes whose first pulse moves the wall in a part of the trains."
        )
    drop = profile[best] - Z * Z / 2
    low = 0.0 if first == 0 else _crossing(profile, first - 1, first, drop)
    high = 1.0 if last == len(SHARES) - 1 else _crossing(profile, last, last + 1, drop)
    gaps = [gap[best] for _, gap in found]
    return FrozenShare(
        Estimate(float(SHARES[best]), low, high), tuple(trains), _p_value(trains, gaps, best)
    )


def survival(gap: Floats, share: Floats, pulses: Sequence[int]) -> Floats:
    """Return the probability to survive so many pulses, shape (shares, pulses).

    `gap` g and `share` f have shape (shares,). Outside of the nodes p(u) is 1 below, 0 above.
    """
    frozen, fresh = np.sqrt(share), np.maximum(np.sqrt(1 - share), SHARPEST)
    with np.errstate(divide="ignore", over="ignore"):
        centre, reach = (
            gap / np.maximum(frozen, 1e-12),
            FARTHEST * fresh / np.maximum(frozen, 1e-12),
        )
    low, high = (np.clip(end, -FARTHEST, FARTHEST) for end in (centre - reach, centre + reach))
    u = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, NODES)
    edges = ndtr(np.column_stack([u[:, :1], (u[:, 1:] + u[:, :-1]) / 2, u[:, -1:]]))
    weight = np.diff(edges)
    kept = ndtr((frozen[:, None] * u - gap[:, None]) / fresh[:, None])
    total = [(weight * kept**count).sum(axis=1) + 1 - edges[:, -1] for count in pulses]
    return np.stack(total, axis=1)


def _classes(gap: Floats, share: Floats, ends: Sequence[int]) -> Floats:
    """Return the probability of each class, the last one never to move; shape (shares, classes)."""
    kept = survival(gap, share, ends)
    return np.column_stack([1 - kept[:, 0], *(a - b for a, b in pairwise(kept.T)), kept[:, -1]])


def _profile(trains: Trains) -> tuple[Floats, Floats]:
    """Return ln L at each share, maximised over g by golden section, and that g."""
    counts = np.array(trains.first_moves, dtype=float)

    def likelihood(gap: Floats) -> Floats:
        chance = np.maximum(_classes(gap, SHARES, trains.ends), 1e-300)
        return np.asarray(xlogy(counts, chance).sum(axis=1))

    low, high = np.full(len(SHARES), -7.0), np.full(len(SHARES), 7.0)
    left, right = high - GOLDEN * (high - low), low + GOLDEN * (high - low)
    at_left, at_right = likelihood(left), likelihood(right)
    for _ in range(SEARCHES):
        down = at_left > at_right
        low, high = np.where(down, low, left), np.where(down, right, high)
        inner = np.where(down, high - GOLDEN * (high - low), low + GOLDEN * (high - low))
        value = likelihood(inner)
        left, right = np.where(down, inner, right), np.where(down, left, inner)
        at_left, at_right = np.where(down, value, at_right), np.where(down, at_left, value)
    gap = (low + high) / 2
    return likelihood(gap), gap


def _crossing(profile: Floats, below: int, above: int, value: float) -> float:
    """Return the share between two neighbours at which the profile has a value."""
    part = (value - profile[below]) / (profile[above] - profile[below])
    return float(SHARES[below] + part * (SHARES[above] - SHARES[below]))


def _p_value(trains: Sequence[Trains], gaps: Sequence[float], best: int) -> float:
    square, degrees = 0.0, -1
    for one, gap in zip(trains, gaps, strict=True):
        chance = _classes(np.array([gap]), SHARES[best : best + 1], one.ends)[0]
        seen, expected = _pooled(np.array(one.first_moves, dtype=float), one.trains * chance)
        degrees += len(seen) - 2
        square += float(((seen - expected) ** 2 / np.maximum(expected, 1e-9)).sum())
    return float(chdtrc(degrees, square)) if degrees > 0 else float("nan")


def _pooled(seen: Floats, expected: Floats) -> tuple[Floats, Floats]:
    """Return counts of neighbouring classes together, so that `EXPECTED` are expected in each."""
    total = 0.0
    group: list[int] = []
    for chance in expected:
        group.append(len(set(group)) if total >= EXPECTED or not group else group[-1])
        total = float(chance) + (total if total < EXPECTED else 0.0)
    if total < EXPECTED:
        group = [min(one, max(group[-1] - 1, 0)) for one in group]
    pooled = [np.bincount(group, weights=each) for each in (seen, expected)]
    return np.asarray(pooled[0], dtype=float), np.asarray(pooled[1], dtype=float)
