"""What a device is made of: frozen dataclasses, all in SI units.

A device file has one table for each class below and one `[[notch]]` per notch, in order from IN to
CLK. The presets beside this module say for each number whether it was published or fitted.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Track:
    """The heavy-metal track along x; its width is linear between the points of `profile_m`."""

    profile_m: tuple[tuple[float, float], ...]
    """Points (x, width), x rising from 0 at the IN end."""
    heavy_metal_thickness_m: float
    resistivity_ohm_m: float
    lead_resistance_ohm: float


@dataclass(frozen=True, slots=True)
class FreeLayer:
    """The layer that carries the wall, and the fields it feels."""

    thickness_m: float
    saturation_magnetization_A_per_m: float
    wall_energy_J_per_m2: float
    spin_hall_angle: float
    wall_mobility_m3_per_A_s: float
    """Wall velocity per current density: 1e-10 is 100 m/s at 10¹² A/m²."""
    attempt_rate_Hz: float
    temperature_K: float
    stray_field_T: float
    parallel_field_sign: int
    """+1 if a positive field favours the parallel state, -1 if a negative one does."""
    nucleation_field_T: float
    nucleation_barrier_J: float
    notch_strength_A_per_m3: float
    """Depinning current density per notch depth."""
    pinning_length_m: float
    """Length over which a notch holds the wall; sets the barrier."""
    settling_memory: float
    """Share of the wall's deviation from its seat that is left after a pulse, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The end of the track, where a current above the threshold injects a wall."""

    injection_current_density_A_per_m2: float
    spread: float
    """Relative standard deviation of the threshold from visit to visit."""


@dataclass(frozen=True, slots=True)
class Notch:
    """One place where the wall is held."""

    position_m: float
    depth_m: float
    """Depth that a wall on its way to CLK has to overcome."""
    spread: float
    """Relative standard deviation of the depinning strength from visit to visit."""
    seat_range_m: float
    """The wall sits anywhere within this distance of the centre, drawn at every visit."""
    seat_jitter_m: float
    """Standard deviation of the wall's place about its seat, which creeps from pulse to pulse."""
    depth_to_IN_m: float | None = None
    """Depth that a wall on its way to IN has to overcome; `depth_m` where absent."""


@dataclass(frozen=True, slots=True)
class Junction:
    """The tunnel junction over the part of the track between `start_m` and `end_m`."""

    start_m: float
    end_m: float
    resistance_area_ohm_m2: float
    """Resistance-area product of the parallel state."""
    tmr: float
    """(R_AP - R_P)/R_P at zero bias."""
    tmr_half_voltage_V: float
    breakdown_voltage_V: float
    short_resistance_ohm: float
    """What is left of the junction after breakdown."""


@dataclass(frozen=True, slots=True)
class Noise:
    """Read noise of the junction and its contacts."""

    white_V_per_sqrtHz: float
    flicker: float
    """Relative resistance fluctuation (rms) in each octave of correlation times."""


@dataclass(frozen=True, slots=True)
class Heating:
    """Joule heating of the track."""

    thermal_resistance_K_per_W: float
    time_constant_s: float
    damage_temperature_K: float


@dataclass(frozen=True, slots=True)
class DeviceParameters:
    """Everything that tells one device from another; frozen, so it can be shared."""

    name: str
    track: Track
    free_layer: FreeLayer
    in_contact: Contact
    clk_contact: Contact
    notches: tuple[Notch, ...]
    junction: Junction
    noise: Noise
    heating: Heating
