"""Many walls of the reduced model, integrated together."""

from dataclasses import dataclass
from math import pi

import numpy as np
import numpy.typing as npt

from ..constants import GYROMAGNETIC_RATIO_m_per_A_s
from ..errors import MicromagneticsError
from .model import ReducedModel
from .pinning import GRID_m
from .steps import Rates, State, advance

Floats = npt.NDArray[np.float64]
Singles = npt.NDArray[np.float32]
STEP_s = 2e-12
_LARGEST_TURN = 0.3  # rad of free precession in a step
_STEPS_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Pulse:
    """A trapezoidal pulse: `width_s` at half maximum, with edges of `rise_s` each."""

    width_s: float
    rise_s: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.rise_s <= self.width_s and self.width_s > 0):
            raise MicromagneticsError("A pulse needs a width above 0 and edges no longer than it.")

    def shape(self, step_s: float) -> Singles:
        """Return the current over its amplitude in the middle of each step, shape (steps,)."""
        times_s = step_s * (np.arange(round((self.width_s + self.rise_s) / step_s)) + 0.5)
        if self.rise_s == 0:
            return np.ones(len(times_s), np.float32)
        up = times_s / self.rise_s
        down = (self.width_s + self.rise_s - times_s) / self.rise_s
        shape: Singles = np.clip(np.minimum(up, down), 0, 1).astype(np.float32)
        return shape


class Walls:
    """`count` walls of one model at a temperature, starting at one position at rest.

    A wall's noise depends on the seed and on its place in the array, not on the other walls.
    Positions beyond the table are free; they are kept in single precision, 0.1 pm apart. Raises
    MicromagneticsError for a step in which φ could turn by more than 0.3 rad.
    """

    def __init__(
        self,
        model: ReducedModel,
        count: int,
        position_m: float,
        temperature_K: float,
        seed: int,
        step_s: float = STEP_s,
    ) -> None:
        if count < 1 or not temperature_K >= 0 or not 0 <= seed < 2**32:
            raise MicromagneticsError(
                "Walls need a count of 1 or more, a temperature of 0 K or above and a seed below "
                "2³²."
            )
        turn = GYROMAGNETIC_RATIO_m_per_A_s * pi / 2 * abs(model.dmi_field_A_per_m) * step_s
        if not 0 < turn <= _LARGEST_TURN:
            raise MicromagneticsError(
                f"Steps of {step_s * 1e12:g} ps turn the wall's moments by up to {turn:.2g} rad: "
                f"give steps of at most {step_s * 1e12 * _LARGEST_TURN / turn:.2g} ps."
            )
        self.model, self.step_s = model, step_s
        self._rates, self._table = rates_of(model, temperature_K, step_s)
        start = (position_m - model.pinning.start_m) / GRID_m
        cell = int(np.clip(start, 0, len(self._table) - 1))
        push = self._rates.field - self._table[cell]  # sin φ = 0 at rest
        changes = self._rates.along * self._rates.damping * push, push
        values = start, model.angle_at_rest_rad, *changes
        self._state = State(*(np.full(count, value, np.float32) for value in values))
        self._key, self._step = np.uint64(seed), 0

    @property
    def position_m(self) -> Floats:
        """Position of each wall, shape (count,)."""
        return self.model.pinning.start_m + GRID_m * self._state.q.astype(np.float64)

    @property
    def angle_rad(self) -> Floats:
        """Angle of each wall's moments, shape (count,)."""
        return self._state.phi.astype(np.float64)

    def pulse(self, current_A_per_m2: float | Floats, pulse: Pulse) -> None:
        """Apply a pulse, of one amplitude or one for each wall."""
        self.follow(current_A_per_m2, pulse.shape(self.step_s))

    def run(self, duration_s: float, current_A_per_m2: float | Floats = 0.0) -> None:
        """Advance by whole steps under a constant current."""
        steps = round(duration_s / self.step_s)
        self.follow(current_A_per_m2, np.ones(steps, np.float32))

    def displace(self, by_m: Floats, by_rad: Floats) -> None:
        """Add to position and angle of each wall."""
        self._state.q[:] += (by_m / GRID_m).astype(np.float32)
        self._state.phi[:] += by_rad.astype(np.float32)

    def follow(self, current_A_per_m2: float | Floats, shape: Singles) -> None:
        """Advance by a step for each value of a shape, the current over its amplitude."""
        current = np.broadcast_to(np.float32(current_A_per_m2), self._state.q.shape).copy()
        for first in range(0, len(shape), _STEPS_AT_ONCE):
            part = shape[first : first + _STEPS_AT_ONCE]
            step = np.uint64(self._step)
            advance(self._state, current, part, self._table, self._key, step, self._rates)
            self._step += len(part)


def rates_of(model: ReducedModel, temperature_K: float, step_s: float) -> tuple[Rates, Singles]:
    """Return the numbers of the steps, and the table of the pinning with free ends."""
    alpha = model.damping
    per_field = GYROMAGNETIC_RATIO_m_per_A_s * step_s / (1 + alpha * alpha)
    numbers = (
        per_field * pi / 2 * (model.dmi_field_A_per_m + model.field_x_A_per_m),
        per_field * model.wall_anisotropy_A_per_m,
        per_field * pi / 2 * model.field_like_per_current_m,
        per_field * pi / 2 * model.damping_like_per_current_m,
        -per_field * model.field_z_A_per_m,
        model.thiele_width_m / GRID_m,
        alpha,
        per_field * model.noise_A_per_m(temperature_K, step_s),
    )
    table = np.concatenate([[0.0], model.pinning.field_A_per_m[1:-1], [0.0]])
    return Rates(*(np.float32(number) for number in numbers)), (per_field * table).astype(
        np.float32
    )
