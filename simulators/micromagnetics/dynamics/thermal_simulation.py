"""A film in time at a temperature: Heun's method with a fixed step (Stratonovich).

m′ = m + δ f(m, h), m(t + δ) = m + δ [f(m, h) + f(m′, h)]/2 with the same thermal field h in both
(García-Palacios and Lázaro, Phys. Rev. B 58, 14937 (1998)). The mean error falls with δ; a step of
0.1 ps serves cells of 4 nm or more; one that is too long for the cells is refused. The stray field
is computed once a step and extrapolated over it.
"""

import numpy as np
import numpy.typing as npt

from ....compiled import compiled
from ..constants import GYROMAGNETIC_RATIO_m_per_A_s
from ..errors import MicromagneticsError
from ..film import Film
from ..precision import DOUBLE
from ..terms.anisotropy import anisotropy_factor_A_per_m
from ..terms.exchange import exchange_factor_A_per_m
from ..terms.thermal import thermal_deviation_A_per_m, thermal_field_A_per_m
from ..wall import Wall
from .bogacki_shampine import normalise
from .frame import Frame
from .simulation import Current

Reals = npt.NDArray[np.floating]

_STEPS_BETWEEN_LOOKS = 256


class ThermalSimulation:
    """The magnetisation of a film at a temperature, in float64."""

    def __init__(
        self,
        film: Film,
        m: Reals,
        temperature_K: float,
        rng: np.random.Generator,
        step_s: float = 0.1e-12,
        window_m: float | None = None,
    ) -> None:
        largest_s = largest_step_s(film)
        if not (temperature_K >= 0 and 0 < step_s <= largest_s):
            raise MicromagneticsError(
                f"At {temperature_K:g} K in steps of {step_s * 1e12:g} ps the film cannot be "
                f"followed: give a temperature of 0 or above and steps of at most "
                f"{largest_s * 1e12:.3g} ps for these cells."
            )
        self.frame = Frame(film, m, window_m, DOUBLE)
        self.time_s = 0.0
        self.steps = 0
        self._rng = rng
        self._step_s = step_s
        self._deviation = thermal_deviation_A_per_m(
            film.cells, film.material, temperature_K, step_s
        )
        self._given = np.zeros(m.shape)
        self._trial = self.frame.m.copy()
        self._rates = np.zeros((2, *m.shape))

    @property
    def m(self) -> Reals:
        """The magnetisation, shape (3, nx, ny)."""
        return self.frame.m

    @property
    def wall(self) -> Wall:
        """The wall as it is now."""
        return self.frame.wall

    def run(self, duration_s: float, current_A_per_m2: Current = 0.0) -> None:
        """Advance by whole steps, the number nearest to the duration."""
        for _ in range(round(duration_s / self._step_s)):
            middle_s = self.time_s + self._step_s / 2
            now = current_A_per_m2(middle_s) if callable(current_A_per_m2) else current_A_per_m2
            self._advance(now)

    def _advance(self, current: float) -> None:
        frame, step_s = self.frame, self._step_s
        window = slice(frame.first, frame.last)
        noise = thermal_field_A_per_m(self._deviation[window], self._rng)
        self._given[:, window] = frame.stray.given[:, window] + noise
        frame.fill_rate(frame.m, self._given, 0.0, current, self._rates[0])
        _euler(frame.m, self._rates[0], step_s, frame.first, frame.last, self._trial)
        frame.fill_rate(self._trial, self._given, step_s, current, self._rates[1])
        _trapezoid(frame.m, self._rates, step_s, frame.first, frame.last)
        normalise(frame.m, frame.first, frame.last)
        frame.stray.advance(frame.m, step_s)
        self.time_s += step_s
        self.steps += 1
        if self.steps % _STEPS_BETWEEN_LOOKS == 0 and frame.has_drifted():
            frame.place()
            self._trial[:] = frame.m
            self._given[:] = 0


def largest_step_s(film: Film) -> float:
    """Return 1/2 of the time in which the stiffest moment turns by 1 rad, for which Heun holds."""
    exchange_A_per_m = 8 * exchange_factor_A_per_m(film.material, film.cells.cell_m)
    others_A_per_m = anisotropy_factor_A_per_m(film.material)
    if film.has_stray_field:
        others_A_per_m += film.material.saturation_magnetization_A_per_m
    return 0.5 / (GYROMAGNETIC_RATIO_m_per_A_s * (exchange_A_per_m + others_A_per_m))


@compiled
def _euler(m: Reals, rate: Reals, step_s: float, first: int, last: int, result: Reals) -> None:
    for k in range(3):
        for i in range(first, last):
            for j in range(m.shape[2]):
                result[k, i, j] = m[k, i, j] + step_s * rate[k, i, j]


@compiled
def _trapezoid(m: Reals, rates: Reals, step_s: float, first: int, last: int) -> None:
    for k in range(3):
        for i in range(first, last):
            for j in range(m.shape[2]):
                m[k, i, j] += step_s * (rates[0, k, i, j] + rates[1, k, i, j]) / 2
