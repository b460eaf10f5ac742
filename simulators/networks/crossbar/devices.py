"""The devices that hold a network's weights: their levels, how far off they are, how they age.

A signed weight is the difference of two devices with n levels each, n = 2^(N−1) for N bits: the one
holds the magnitude, the other stays at its lowest conductance (synapse paper, Methods). A pair has
2n − 1 weights, whatever n is.

Simulated are: the conductance of a level as written (Gaussian around
the level; from visit to visit and from device to device), hops to neighbouring levels while time
passes, and read noise. `line_resistance` has the resistance of the array's lines.
"""

from dataclasses import dataclass, replace
from numbers import Real
from typing import Any, Literal, Self, get_args

import numpy as np
from scipy.linalg import expm

from ....analysis.state_model.model import ModelRetention, StateModel
from ....arrays import Floats
from ..errors import NetworkError
from ..synapses.levels import SynapseLevels, spread_S, weight_levels

LevelsOf = Literal["interpolated", "measured"]
MOST_BITS = 16
MOST_LEVELS = 2 ** (MOST_BITS - 1)


@dataclass(frozen=True, slots=True)
class ConductanceRange:
    """Evenly spaced levels between two conductances, with one standard deviation for all, in S.

    The values are the straight synapse's, as the synapse paper takes it for Fig. 6.
    """

    low_S: float = 0.94e-3
    high_S: float = 1.1e-3
    std_S: float = 2.53e-6
    read_std_S: float = 0.0

    def __post_init__(self) -> None:
        """Raise NetworkError where this is no range."""
        numbers = (self.low_S, self.high_S, self.std_S, self.read_std_S)
        if not all(map(is_number, numbers)):
            raise NetworkError(f"A range of conductances is made of numbers, in siemens: {self}.")
        if not (np.isfinite(numbers).all() and 0 <= self.low_S < self.high_S):
            raise NetworkError(
                f"{self.low_S:g} … {self.high_S:g} S is no range of conductances: give a lower and "
                "a higher one, in siemens."
            )
        if self.std_S < 0 or self.read_std_S < 0:
            raise NetworkError("A standard deviation of conductances is 0 or more, in siemens.")


@dataclass(frozen=True, slots=True)
class DeviceLevels:
    """A device's conductances, ascending, with the spread of each and its read noise, all in S.

    `aged` is None, or for every level the probability of finding the device on each of the levels
    once the time since writing has passed.
    """

    conductance_S: tuple[float, ...]
    std_S: tuple[float, ...]
    read_std_S: tuple[float, ...]
    aged: tuple[tuple[float, ...], ...] | None = None

    def __post_init__(self) -> None:
        """Raise NetworkError where a device cannot have these levels."""
        for name in ("conductance_S", "std_S", "read_std_S"):
            object.__setattr__(self, name, _numbers(name, getattr(self, name)))
        levels = np.asarray(self.conductance_S, float)
        count = levels.size
        if levels.ndim != 1 or count < 2 or not np.isfinite(levels).all() or levels.min() < 0:
            raise NetworkError(
                "A device has two or more levels, each a conductance of 0 or more, in siemens."
            )
        if not (np.diff(levels) > 0).all():
            place = int(np.argmin(np.diff(levels) > 0))
            raise NetworkError(
                f"Levels are given from the lowest to the highest conductance, and "
                f"{levels[place + 1]:g} S follows {levels[place]:g} S: sort them, with their "
                "standard deviations."
            )
        for what, stds in (("std_S", self.std_S), ("read_std_S", self.read_std_S)):
            found = np.asarray(stds, float)
            if found.shape != levels.shape or not (np.isfinite(found) & (found >= 0)).all():
                raise NetworkError(
                    f"{what} has one standard deviation of 0 or more, in siemens, for each of the "
                    f"{count} levels."
                )
        if self.aged is not None:
            aged = np.asarray(self.aged, float)
            if (
                aged.shape != (count, count)
                or not np.allclose(aged.sum(axis=1), 1)
                or aged.min() < 0
            ):
                raise NetworkError(
                    f"aged has {count} probabilities of 0 or more, which add up to 1, for each of "
                    f"the {count} levels."
                )

    @property
    def range_S(self) -> float:
        return self.conductance_S[-1] - self.conductance_S[0]

    @property
    def pair(self) -> SynapseLevels:
        """The weights of a pair, one device at its lowest, from −1 to 1, with their spreads."""
        conductance = np.array(self.conductance_S)
        normalised = (conductance - conductance[0]) / self.range_S
        return weight_levels(normalised, np.array(self.std_S) / self.range_S, "pair")

    def scaled(self, factor: float) -> Self:
        """Return levels whose spreads are that many times as large; raises NetworkError."""
        return replace(self, std_S=tuple(factor * std for std in self.std_S))


def is_number(value: object) -> bool:
    return isinstance(value, Real) and not isinstance(value, bool)


def _numbers(name: str, given: Any) -> tuple[float, ...]:
    try:
        return tuple(float(one) for one in given)
    except (TypeError, ValueError) as error:
        raise NetworkError(
            f"{name} has a number for each level, in siemens, not {given!r}."
        ) from error


def levels_of_range(between: ConductanceRange, bits: int) -> DeviceLevels:
    """Return 2^(bits−1) evenly spaced levels; raises NetworkError."""
    return even_levels(between, level_count(bits))


def even_levels(between: ConductanceRange, count: int) -> DeviceLevels:
    """Return `count` evenly spaced levels, however many; raises NetworkError."""
    check_level_count(count)
    even = np.linspace(between.low_S, between.high_S, count)
    stds = ((between.std_S,) * count, (between.read_std_S,) * count)
    return DeviceLevels(tuple(even.tolist()), *stds)


def levels_of_device(
    model: StateModel,
    bits: int,
    levels: LevelsOf = "interpolated",
    range_S: tuple[float, float] | None = None,
) -> DeviceLevels:
    """Return 2^(bits−1) levels of a device like the measured one, as `device_levels` does."""
    return device_levels(model, level_count(bits), levels, range_S)


def device_levels(
    model: StateModel,
    count: int,
    levels: LevelsOf = "interpolated",
    range_S: tuple[float, float] | None = None,
) -> DeviceLevels:
    """Return `count` levels of a device like the measured one; raises NetworkError.

    "interpolated" asks what a device with other notches would do: evenly spaced levels over
    `range_S` (the whole measured range if None), with the spreads measured around them.
    "measured" takes the levels there are, those nearest to even spacing.
    """
    check_level_count(count)
    if levels not in get_args(LevelsOf):
        raise NetworkError(f"Levels are {' or '.join(get_args(LevelsOf))}, not {levels!r}.")
    found = np.array([level.conductance_S for level in model.levels])
    stds = np.array([spread_S(model, number) for number in range(len(found))])
    low, high = (float(found[0]), float(found[-1])) if range_S is None else range_S
    if not low < high or low < found[0] * (1 - 1e-9) or high > found[-1] * (1 + 1e-9):
        raise NetworkError(
            f"The levels of model {model.name} span {found[0]:.4g} … {found[-1]:.4g} S, not "
            f"{low:.4g} … {high:.4g} S: give a range within them."
        )
    wanted = np.linspace(low, high, count)
    if levels == "measured":
        wanted = _nearest(found, wanted, model.name)
    relative = model.read_noise.relative_std.value if model.read_noise else 0.0
    return DeviceLevels(
        tuple(wanted.tolist()),
        tuple(np.interp(wanted, found, stds).tolist()),
        tuple((relative * wanted).tolist()),
    )


def all_levels(model: StateModel) -> DeviceLevels:
    """Return the levels of the measured device, all there are; raises NetworkError.

    They are in the model's order, however they are spaced: n of them make 2n − 1 weights of a pair.
    """
    found = np.array([level.conductance_S for level in model.levels])
    relative = model.read_noise.relative_std.value if model.read_noise else 0.0
    return DeviceLevels(
        tuple(found.tolist()),
        tuple(spread_S(model, number) for number in range(len(found))),
        tuple((relative * found).tolist()),
    )


def after(
    levels: DeviceLevels, model: StateModel, time_s: float, temperature_K: float | None = None
) -> DeviceLevels:
    """Return the levels with their transition probabilities in `time_s`; raises NetworkError.

    A wall leaves its level after the mean time that the model's retention gives (between measured
    levels interpolated, in its logarithm), for either neighbour alike: a random walk with the rates
    1/τ, whose probabilities are exp(Q t).
    """
    if not 0 <= time_s < np.inf:
        raise NetworkError(f"The time since writing is 0 s or more, not {time_s:g} s.")
    known = _retention_at(model, temperature_K)
    places = np.array([model.levels[entry.level].conductance_S for entry in known])
    lifetimes = np.log([entry.lifetime_s.value for entry in known])
    order = np.argsort(places)
    rates = 1 / np.exp(np.interp(levels.conductance_S, places[order], lifetimes[order]))
    probabilities = np.clip(expm(_walk(rates) * time_s), 0, 1)
    rows = probabilities / probabilities.sum(axis=1, keepdims=True)
    return replace(levels, aged=tuple(tuple(row) for row in rows.tolist()))


def _retention_at(model: StateModel, temperature_K: float | None) -> list[ModelRetention]:
    """Return the retention at a temperature, by default at the only one there is."""
    found = sorted({entry.temperature_K for entry in model.retention}, key=lambda at_K: at_K or 0.0)
    if not found:
        raise NetworkError(
            f"Model {model.name} has no retention, so what its devices are like after a time is "
            "not known: calibrate it with a read-series of its levels, or leave the time out."
        )
    temperatures = " and ".join(f"{at_K:g} K" if at_K else "one not stated" for at_K in found)
    if temperature_K is None and len(found) > 1:
        raise NetworkError(
            f"Model {model.name} has retention at several temperatures ({temperatures}): give "
            "temperature_K, or a model calibrated at one of them."
        )
    if temperature_K is not None and temperature_K not in found:
        raise NetworkError(
            f"Model {model.name} has retention at another temperature ({temperatures}), not at "
            f"{temperature_K:g} K."
        )
    return [entry for entry in model.retention if temperature_K in (None, entry.temperature_K)]


def level_count(bits: int) -> int:
    """Return 2^(bits−1), the levels of each of a pair's devices; raises NetworkError."""
    if isinstance(bits, bool) or not isinstance(bits, int) or not 2 <= bits <= MOST_BITS:
        raise NetworkError(f"A signed weight has 2 to {MOST_BITS} bits here, not {bits!r}.")
    return int(2 ** (bits - 1))


def check_level_count(count: int) -> None:
    """Raise NetworkError where a device cannot have so many levels."""
    if type(count) is not int or not 2 <= count <= MOST_LEVELS:
        raise NetworkError(f"A device has 2 to {MOST_LEVELS:,} levels here, not {count!r}.")


def _nearest(found: Floats, wanted: Floats, name: str) -> Floats:
    chosen = np.unique(np.abs(found[:, None] - wanted).argmin(axis=0))
    if len(wanted) > len(found):
        raise NetworkError(
            f"{len(wanted)} levels are asked for, and model {name} has {len(found)}: ask for "
            f"fewer, or for levels interpolated between them."
        )
    if len(chosen) < len(wanted):
        raise NetworkError(
            f"Model {name} has no {len(wanted)} levels that are spread over the range: ask for "
            "fewer, or for levels interpolated between them."
        )
    return np.asarray(found[chosen])


def _walk(rates: Floats) -> Floats:
    """Return the generator Q of a walk that leaves each level at its rate for its neighbours."""
    count = len(rates)
    walk = np.diag(-rates)
    for level, rate in enumerate(rates):
        neighbours = [n for n in (level - 1, level + 1) if 0 <= n < count]
        walk[level, neighbours] = rate / len(neighbours)
    return walk
