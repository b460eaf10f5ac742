"""Threshold of a pulse in the reduced model, and how far thermal noise moves it.

At T = 0 a pulse of amplitude J0 just frees the wall. A disturbance of q or φ at a time t moves that
threshold by g_q(t) or g_φ(t) for each metre or radian, so that thermal walls have a threshold with
the variance

    σ² = g_q(0)² var q + g_φ(0)² var φ + ∫ [g_q(t)² D_q + g_φ(t)² D_φ] dt

(linear noise): the walls start with Boltzmann's spread in their well, and the noise h₁, h₂ of the
model has the diffusion D_φ and D_q = Δ² D_φ. The noise of this size that moves the threshold most
is proportional to D g(t). It is put into the equations with both signs, which gives a spread above
and one below J0 where the response is not linear: no noise holds a wall under more than the static
threshold, and a wall that has to travel does not go much farther for more current.

Sources: Freidlin & Wentzell, Random Perturbations of Dynamical Systems, ch. 4; Koch, Katine and
Sun, Phys. Rev. Lett. 92, 088302 (2004) for thermal starts of a driven moment. Valid for spreads
that are small beside the threshold.
"""

from dataclasses import dataclass
from math import pi

import numpy as np
import numpy.typing as npt

from ..constants import BOLTZMANN_J_per_K, GYROMAGNETIC_RATIO_m_per_A_s
from .depinning import Start, pulse_threshold_A_per_m2
from .model import ReducedModel
from .pinning import GRID_m
from .walls import Pulse, STEP_s, Walls

Floats = npt.NDArray[np.float64]
_EVERY_s = 0.2e-9  # between two times at which a wall is disturbed
_WELL_m = 20e-9
_TEST_m, _TEST_rad = 0.7e-9, 0.05  # well below the thermal ones
_CURRENTS, _ROUNDS = 24, 3
_LOWEST, _HIGHEST = 0.3, 2.5  # times the threshold, in which a disturbed one is looked for


@dataclass(frozen=True, slots=True)
class PulseResponse:
    """Threshold of a pulse at T = 0 and the standard deviations of the thermal one."""

    threshold_A_per_m2: float
    spread_below_A_per_m2: float
    spread_above_A_per_m2: float


def pulse_response(
    model: ReducedModel,
    start: Start,
    pulse: Pulse,
    temperature_K: float,
    within_A_per_m2: tuple[float, float],
) -> PulseResponse:
    """Return the threshold of a pulse and its spread at a temperature.

    Raises MicromagneticsError if the threshold does not lie in the range.
    """
    threshold = pulse_threshold_A_per_m2(model, start, pulse, within_A_per_m2)
    times = round((pulse.width_s + pulse.rise_s + start.rest_s) / _EVERY_s)
    diffusion = _diffusion(model, temperature_K) * _EVERY_s  # shape (2,)
    variance = np.tile(diffusion, (times, 1))
    variance[0] += _variance_at_rest(model, start.position_m, temperature_K)
    test = np.array([_TEST_m, _TEST_rad])
    probes = np.zeros((2, times, 2, times, 2))  # sign, time and coordinate of the only kick
    for k in range(times):
        for coordinate in range(2):
            probes[:, k, coordinate, k, coordinate] = test[coordinate], -test[coordinate]
    found = _thresholds(model, start, pulse, threshold, probes.reshape(-1, times, 2))
    up, down = found.reshape(2, times, 2)
    slope = np.nan_to_num((up - down) / (2 * test))
    spread = float(np.sqrt(np.sum(slope**2 * variance)))
    if spread == 0.0:
        return PulseResponse(threshold, 0.0, 0.0)
    noise = variance * slope / spread
    above, below = _thresholds(model, start, pulse, threshold, np.array([noise, -noise]))
    return PulseResponse(
        threshold,
        max(0.0, threshold - float(below)) if below == below else spread,
        max(0.0, float(above) - threshold) if above == above else spread,
    )


def _diffusion(model: ReducedModel, temperature_K: float) -> Floats:
    """Return the rates at which the variances of q and φ grow, in m²/s and rad²/s."""
    per_field = GYROMAGNETIC_RATIO_m_per_A_s / (1 + model.damping**2)
    noise = model.noise_A_per_m(temperature_K, STEP_s) ** 2 * STEP_s
    turn = (1 + model.damping**2) * per_field**2 * noise
    return np.array([model.thiele_width_m**2 * turn, turn])


def _variance_at_rest(model: ReducedModel, rest_m: float, temperature_K: float) -> Floats:
    """Return Boltzmann's variances of q and φ in the well about a position, 0 outside of wells."""
    thermal_J = BOLTZMANN_J_per_K * temperature_K
    x_m, field = model.pinning.x_m, model.pinning.field_A_per_m
    near = np.abs(x_m - rest_m) < _WELL_m
    if thermal_J == 0 or not near.any():
        return np.zeros(2)
    energy = model.moment_T_m2 * GRID_m * np.cumsum(field[near]) / thermal_J
    share = np.exp(energy.min() - energy)
    share /= share.sum()
    mean_m = float(np.sum(share * x_m[near]))
    stiffness_A_per_m = pi / 2 * abs(model.dmi_field_A_per_m) - model.wall_anisotropy_A_per_m
    per_field = model.moment_T_m2 * model.thiele_width_m * stiffness_A_per_m
    return np.array([np.sum(share * (x_m[near] - mean_m) ** 2), thermal_J / per_field])


def _thresholds(
    model: ReducedModel, start: Start, pulse: Pulse, about: float, kicks: Floats
) -> Floats:
    """Return the threshold under each series of kicks, shape (n, times, 2); NaN outside of range.

    All series are integrated together, at a few currents each.
    """
    count, times = len(kicks), kicks.shape[1]
    rest = np.zeros(round(start.rest_s / STEP_s), np.float32)
    parts = np.array_split(np.concatenate([pulse.shape(STEP_s), rest]), times)
    low, high = np.full(count, _LOWEST * about), np.full(count, _HIGHEST * about)
    for _ in range(_ROUNDS):
        currents = np.linspace(low, high, _CURRENTS, axis=1)
        walls = Walls(model, currents.size, start.position_m, 0.0, 0)
        for k, part in enumerate(parts):
            walls.displace(
                np.repeat(kicks[:, k, 0], _CURRENTS), np.repeat(kicks[:, k, 1], _CURRENTS)
            )
            walls.follow(currents.ravel(), part)
        free = (walls.position_m > start.beyond_m).reshape(count, _CURRENTS)
        first = np.argmax(free, axis=1)
        known = (first > 0) & free.any(axis=1)
        rows = np.arange(count)
        low = np.where(known, currents[rows, np.maximum(first, 1) - 1], np.nan)
        high = np.where(known, currents[rows, first], np.nan)
    middle: Floats = (low + high) / 2
    return middle
