"""The parameters of a device: frozen dataclasses, all in SI units.

A device file has one table for each class below and one `[[notch]]` per notch, in order from IN to
CLK; the annotated ranges are checked when a file is read. The presets beside this module state for
each number whether it was published or fitted.
"""

from dataclasses import dataclass
from itertools import pairwise
from math import pi, sqrt
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ...validation import section_of

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Share = Annotated[Number, Field(ge=0, le=1)]

NotchForm = Literal["half-disc", "v", "square"]
Side = Literal["upper", "lower", "both"]
_MU0_T_m_per_A = 4e-7 * pi


def _check_profile(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    rising = all(left[0] < right[0] for left, right in pairwise(points))
    if len(points) < 2 or not rising or points[0][0] != 0.0:
        raise PydanticCustomError(
            "profile",
            "Input should be at least two points [x, width] in metres, with x rising from 0",
        )
    if min(width for _, width in points) <= 0:
        raise PydanticCustomError("profile", "Input should have no width of 0 or below")
    return points


Profile = Annotated[tuple[tuple[Number, Number], ...], AfterValidator(_check_profile)]


@dataclass(frozen=True, slots=True)
class Track:
    """The heavy-metal track along x; its width is linear between the points of `profile_m`."""

    profile_m: Profile
    """Points (x, width), x rising from 0 at the IN end."""
    heavy_metal_thickness_m: Positive
    resistivity_ohm_m: Positive
    lead_resistance_ohm: NotNegative


@dataclass(frozen=True, slots=True)
class FreeLayer:
    """The layer that carries the wall, and the fields it feels."""

    thickness_m: Positive
    saturation_magnetization_A_per_m: Positive
    exchange_stiffness_J_per_m: Positive
    anisotropy_J_per_m3: Positive
    """Uniaxial anisotropy K_u, that of the shape not included."""
    dmi_J_per_m2: Number
    """Interfacial Dzyaloshinskii-Moriya constant D."""
    spin_hall_angle: Positive
    """Effective θ, all torques on the wall taken together."""
    wall_mobility_m3_per_A_s: NotNegative
    """Wall velocity per current density: 1e-10 is 100 m/s at 10¹² A/m²."""
    attempt_rate_Hz: Positive
    temperature_K: Positive
    stray_field_T: Number
    parallel_field_sign: Literal[-1, 1]
    """+1 if a positive field favours the parallel state, -1 if a negative one does."""
    nucleation_field_T: Positive
    nucleation_barrier_J: NotNegative
    settling_memory: Share
    """Share of the wall's deviation from equilibrium that is left after a pulse, 0 to 1."""
    frozen_share: Share = 1.0
    """Share of the variance of a strength that is drawn when the wall arrives and kept; the rest is
    drawn at every pulse."""

    @property
    def effective_anisotropy_J_per_m3(self) -> float:
        """K_eff = K_u - μ0 M_S²/2, the anisotropy less that of the shape of a film."""
        ms = self.saturation_magnetization_A_per_m
        return self.anisotropy_J_per_m3 - _MU0_T_m_per_A * ms * ms / 2

    @property
    def wall_width_m(self) -> float:
        """Wall-width parameter Δ = √(A/K_eff)."""
        return sqrt(self.exchange_stiffness_J_per_m / self.effective_anisotropy_J_per_m3)

    @property
    def wall_energy_J_per_m2(self) -> float:
        """Energy σ = 4 √(A K_eff) - π |D| of a Néel wall of the favoured chirality."""
        return 4 * self.exchange_stiffness_J_per_m / self.wall_width_m - pi * abs(self.dmi_J_per_m2)


@dataclass(frozen=True, slots=True)
class Contact:
    """The end of the track, where a current above the threshold injects a wall."""

    injection_current_density_A_per_m2: Positive
    pinning_length_m: NotNegative
    """Way over which the contact holds a wall back; sets the barrier."""
    spread: NotNegative
    """Relative standard deviation of the threshold, see `FreeLayer.frozen_share`."""


Values = Annotated[tuple[Positive, ...], Field(strict=False)]
Spreads = Annotated[tuple[NotNegative, ...], Field(strict=False)]


@dataclass(frozen=True, slots=True)
class PulsedNotch:
    """Depinning in one direction by a pulse where inertia counts; equations in `pulsed`."""

    depinning_current_A: Positive
    """S of walls that have settled under the current, and so for the next two."""
    barrier_J: Positive
    attempt_rate_Hz: Positive
    lag_s: NotNegative
    """Time in which a wall settles and gets out."""
    widths_s: Values
    """Widths at half maximum of the tables below, rising."""
    rises_s: Spreads
    """Rises of the tables below."""
    kick_current_A: tuple[Values, ...]
    """Push that throws a resting wall out at T = 0: a row for each width, in it a value for each
    rise."""
    kick_spread_below_A: tuple[Spreads, ...]
    """Thermal standard deviation of it towards smaller currents."""
    kick_spread_above_A: tuple[Spreads, ...]
    run_up_current_A: Positive
    """Push under which a wall that arrives at speed runs through."""
    run_up_spread_A: NotNegative
    temperature_K: Positive
    """Temperature at which the spreads hold."""


Pulsed = Annotated[PulsedNotch, section_of(PulsedNotch)]


@dataclass(frozen=True, slots=True)
class Notch:
    """One pinning site of the wall: the drawing, and what is fitted on top of it."""

    position_m: NotNegative
    depth_m: Positive
    half_width_m: Positive
    """Half of the notch's length along the track."""
    fitted_factor: Positive
    """Measured over derived depinning strength of a wall moving to CLK, see pinning."""
    spread: NotNegative
    """Relative standard deviation of the depinning strength, see `FreeLayer.frozen_share`."""
    seat_range_m: NotNegative
    """Half-width of the equilibrium position's distribution, drawn anew at every visit."""
    seat_jitter_m: NotNegative
    """Standard deviation of the wall's position about equilibrium, which creeps with pulses."""
    fitted_factor_to_IN: Positive | None = None
    """The factor of a wall moving to IN; `fitted_factor` where absent."""
    form: NotchForm = "half-disc"
    side: Side = "both"
    depinning_current_to_CLK_A: Positive | None = None
    """Depinning current S in place of that derived from the depth, from a simulation of the film;
    and so for the next three."""
    depinning_current_to_IN_A: Positive | None = None
    barrier_to_CLK_J: NotNegative | None = None
    barrier_to_IN_J: NotNegative | None = None
    pulsed_to_CLK: Pulsed | None = None
    """Depinning by a pulse with inertia, from a simulation; the law of depinning where absent."""
    pulsed_to_IN: Pulsed | None = None

    @property
    def edges(self) -> int:
        """Number of edges of the track that have the notch."""
        return 2 if self.side == "both" else 1


@dataclass(frozen=True, slots=True)
class Junction:
    """The tunnel junction over the part of the track between `start_m` and `end_m`."""

    start_m: NotNegative
    end_m: NotNegative
    resistance_area_ohm_m2: Positive
    """Resistance-area product of the parallel state."""
    tmr: NotNegative
    """(R_AP - R_P)/R_P at zero bias."""
    tmr_half_voltage_V: Positive
    breakdown_voltage_V: Positive
    short_resistance_ohm: Positive
    """Resistance of the junction after breakdown."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Read noise of the junction and its contacts."""

    white_V_per_sqrtHz: NotNegative
    flicker: NotNegative
    """Relative resistance fluctuation (rms) in each octave of correlation times."""


@dataclass(frozen=True, slots=True)
class Heating:
    """Joule heating of the track."""

    thermal_resistance_K_per_W: NotNegative
    time_constant_s: Positive
    damage_temperature_K: NotNegative


@dataclass(frozen=True, slots=True)
class DeviceParameters:
    """All parameters of a device; frozen, so it can be shared."""

    name: str
    track: Track
    free_layer: FreeLayer
    in_contact: Contact
    clk_contact: Contact
    notches: tuple[Notch, ...]
    junction: Junction
    noise: Noise
    heating: Heating
