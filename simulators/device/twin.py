"""The digital twin of a measured device: it draws the transitions of a state model.

A model's tables count the transitions from level to level of a pulse of each amplitude, on a ladder
of rising amplitudes; a twin draws from these frequencies. A single pulse acts as the rungs between
the largest amplitude that the wall has already seen without moving and its own, in order; a wall
that was moved by the other polarity, or saturated, starts at the lowest rung. If the model has a
frozen share below 1, so that a repeated pulse may succeed, `twin_visits` draws instead. A visit to
a level draws a resistance (mean and spread from visit to visit), about which every pulse scatters
it anew (spread within a visit).

A twin is valid within the measurement, and rejects pulses outside it: of another width, at another
field, larger than all measured ones, or of a polarity that was not measured. Edges, and conditions
that the model does not state, are not compared. The only field that acts without pulses is the one
that saturates. Nothing destroys a twin.
"""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ...arrays import Floats
from .errors import DeviceError
from .twin_parameters import Ladder, TwinParameters
from .twin_visits import PulseLaw

_SATURATES = 0.9
"""Fraction of the measured saturating field that also saturates, as coils are not exact."""
_TOLERANCE_V = 1e-6
_SAME_WIDTH = 0.01
_SAME_FIELD_T = 1e-3


@dataclass(slots=True)
class _Wall:
    """One device: its level, its resistance, and the largest pulse of each sign without a move;
    `frozen` is the u of `twin_visits`."""

    level: int
    settled_ohm: float
    resistance_ohm: float
    largest_V: dict[int, float]
    frozen: float = 0.0


class Twin:
    """`count` devices of one state model, each with its own random stream, starting saturated.

    It is driven and read as a `Device` is.
    """

    def __init__(self, parameters: TwinParameters, seed: int = 1, count: int = 1) -> None:
        if count < 1 or seed < 0:
            raise DeviceError(
                f"A twin needs count ≥ 1 and seed ≥ 0, not count={count} and seed={seed}."
            )
        self.parameters = parameters
        self.count = count
        self._laws = _pulse_laws(parameters)
        self._random = [np.random.default_rng([seed, place]) for place in range(count)]
        self._walls = [_Wall(0, 0.0, 0.0, {}) for _ in range(count)]
        for wall, rng in zip(self._walls, self._random, strict=True):
            self._enter(wall, parameters.saturated_level, rng)

    def part(self, start: int, stop: int) -> Self:
        """Return a view of devices start to stop - 1, which shares their state."""
        part = copy(self)
        part.count = stop - start
        part._random, part._walls = self._random[start:stop], self._walls[start:stop]
        return part

    def restore(self, resistance_ohm: float, amplitude_V: float) -> None:
        """Take note of a stored reading of each device, and of the pulse before it (NaN: none).

        The wall is at the level whose mean is nearest; a pulse that did not change the level has
        been withstood. Read in the order of a run, its points bring a new twin to where the twin of
        the run was.
        """
        if not np.isfinite(resistance_ohm):
            return
        level = int(np.abs(np.array(self.parameters.mean_ohm) - resistance_ohm).argmin())
        sign = int(np.sign(amplitude_V)) if np.isfinite(amplitude_V) else 0
        for wall in self._walls:
            if level != wall.level:
                wall.largest_V.clear()
                wall.settled_ohm = resistance_ohm
            if sign:
                wall.largest_V[sign] = max(wall.largest_V.get(sign, 0.0), abs(amplitude_V))
            wall.level, wall.resistance_ohm = level, resistance_ohm

    @property
    def track_resistance_ohm(self) -> float:
        """Return infinity: a state model does not know the track."""
        return float("inf")

    def drive(
        self,
        track_voltage_V: float | Floats,
        duration_s: float,
        field_T: float = 0.0,
        rise_s: float = 0.0,
        fall_s: float = 0.0,
    ) -> None:
        """Apply a voltage between IN and CLK, scalar or shape (count,), under a constant field.

        Raises DeviceError, and leaves the devices as they are, for a negative time, values of
        another shape, or a pulse outside the measurement.
        """
        if min(duration_s, rise_s, fall_s) < 0:
            raise DeviceError(f"A pulse cannot last {duration_s} s: make no time negative.")
        voltages_V = self._per_device(track_voltage_V)
        saturates = self._saturates(field_T)
        if not saturates and not voltages_V.any():
            return
        if not saturates:
            for voltage_V in (voltages_V.max(), voltages_V.min()):
                self._check_measured(float(voltage_V), duration_s, field_T)
        for wall, rng, voltage_V in zip(self._walls, self._random, voltages_V, strict=True):
            if saturates and wall.level != self.parameters.saturated_level:
                self._enter(wall, self.parameters.saturated_level, rng)
            if saturates:
                wall.largest_V.clear()
                wall.frozen = float(rng.normal()) if self._laws else 0.0
            if abs(voltage_V) > _TOLERANCE_V and not saturates:
                self._pulse(wall, float(voltage_V), rng)

    def junction_voltage_V(self, current_A: float | Floats, integration_s: float) -> Floats:
        """Source a current through the junction and return its voltage with read noise, (count,).

        Raises DeviceError unless the time is positive.
        """
        return self._per_device(current_A) * self._read_ohm(integration_s)

    def junction_current_A(self, voltage_V: float | Floats, integration_s: float) -> Floats:
        """Source a voltage across the junction and return its current with read noise, (count,).

        Raises DeviceError unless the time is positive.
        """
        return self._per_device(voltage_V) / self._read_ohm(integration_s)

    def resistance_ohm(self, bias_V: float = 0.0) -> Floats:
        """Return the noiseless resistances, (count,), those at the model's read current."""
        del bias_V  # measured at one read current only
        return np.array([wall.resistance_ohm for wall in self._walls])

    @property
    def site(self) -> NDArray[np.int64]:
        """The level of every device, 0 the one of highest resistance."""
        return np.array([wall.level for wall in self._walls], dtype=np.int64)

    @property
    def broken(self) -> NDArray[np.bool_]:
        """False for all: a state model has no breakdown."""
        return np.zeros(self.count, dtype=bool)

    def _pulse(self, wall: _Wall, voltage_V: float, rng: np.random.Generator) -> None:
        sign = 1 if voltage_V > 0 else -1
        if self._laws:
            self._single_pulse(wall, self._laws[sign], abs(voltage_V), rng)
            return
        ladder = self.parameters.ladders[sign]
        largest_V = wall.largest_V.get(sign, 0.0)
        level = wall.level
        for table in _between(ladder, largest_V, abs(voltage_V)):
            visits = table[level].sum()
            if visits > table[level, level]:
                level = int(rng.choice(len(table), p=table[level] / visits))
        if level != wall.level:
            self._enter(wall, level, rng)
            wall.largest_V.pop(-sign, None)
        else:
            self._wander(wall, rng)
        wall.largest_V[sign] = max(largest_V, abs(voltage_V))

    def _single_pulse(
        self, wall: _Wall, law: PulseLaw, amplitude_V: float, rng: np.random.Generator
    ) -> None:
        level, frozen = law.pulse(wall.level, wall.frozen, amplitude_V, rng)
        if level != wall.level:
            self._enter(wall, level, rng)
            wall.frozen = frozen
        else:
            self._wander(wall, rng)

    def _check_measured(self, voltage_V: float, duration_s: float, field_T: float) -> None:
        """Raise DeviceError for a pulse that was not measured."""
        if abs(voltage_V) <= _TOLERANCE_V:
            return
        name = f"The twin of {self.parameters.name}"
        ladder = self.parameters.ladders.get(1 if voltage_V > 0 else -1)
        if ladder is None:
            sign = "positive" if voltage_V > 0 else "negative"
            raise DeviceError(f"{name} was measured without {sign} pulses and cannot predict one.")
        width_s, at_T, largest_V = ladder.pulse_width_s, ladder.field_T, ladder.amplitudes_V[-1]
        if width_s is not None and abs(duration_s - width_s) > _SAME_WIDTH * width_s:
            condition = f"with pulses of {width_s:g} s, not of {duration_s:g} s"
        elif at_T is not None and abs(field_T - at_T) > _SAME_FIELD_T:
            condition = f"with such pulses at {at_T:g} T, not at {field_T:g} T"
        elif abs(voltage_V) > largest_V + _TOLERANCE_V:
            condition = f"with such pulses up to {largest_V:g} V, not of {abs(voltage_V):g} V"
        else:
            return
        raise DeviceError(f"{name} was measured {condition}, and cannot predict others.")

    def _enter(self, wall: _Wall, level: int, rng: np.random.Generator) -> None:
        values = self.parameters
        wall.level = level
        if self._laws:
            wall.frozen = float(rng.normal())
        wall.settled_ohm = values.mean_ohm[level] + values.cycle_std_ohm[level] * rng.normal()
        self._wander(wall, rng)

    def _wander(self, wall: _Wall, rng: np.random.Generator) -> None:
        step_ohm = self.parameters.wander_std_ohm[wall.level] * rng.normal()
        wall.resistance_ohm = wall.settled_ohm + step_ohm

    def _saturates(self, field_T: float) -> bool:
        needed_T = self.parameters.saturation_field_T
        return needed_T is not None and field_T * np.sign(needed_T) >= _SATURATES * abs(needed_T)

    def _read_ohm(self, integration_s: float) -> Floats:
        if integration_s <= 0:
            raise DeviceError(f"An integration time of {integration_s} s: make it positive.")
        noise = np.array([rng.normal() for rng in self._random])
        return self.resistance_ohm() * (1 + self.parameters.read_noise * noise)

    def _per_device(self, value: float | Floats) -> Floats:
        values = np.asarray(value, dtype=float)
        if values.shape not in ((), (1,), (self.count,)):
            raise DeviceError(
                f"There are {self.count} devices but values of shape {values.shape}: give a scalar "
                "or one value per device."
            )
        return np.broadcast_to(values, (self.count,))


def _pulse_laws(parameters: TwinParameters) -> dict[int, PulseLaw]:
    """Return the law of each polarity, none where thresholds are frozen."""
    if parameters.frozen_share >= 1.0:
        return {}
    return {
        sign: PulseLaw.of(ladder.amplitudes_V, ladder.counts, parameters.frozen_share)
        for sign, ladder in parameters.ladders.items()
    }


def _between(ladder: Ladder, largest_V: float, amplitude_V: float) -> Sequence[NDArray[np.int64]]:
    first, last = np.searchsorted(
        ladder.amplitudes_V, (largest_V + _TOLERANCE_V, amplitude_V + _TOLERANCE_V)
    )
    return ladder.counts[first:last]
