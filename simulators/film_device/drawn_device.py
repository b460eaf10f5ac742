"""The device of the event model that a film becomes, and where each of its numbers comes from.

With the threshold J of a pulse towards CLK, at the width w0 of x = 0, the wall goes at the current
I = J w0 t_HM. The event model lets it go at I = S + I_c - I_H (line tension of a taper, field), so

    S = I - I_c + I_H  towards CLK,    S = I + I_c - I_H  towards IN,

and its barrier without a push is E_b = E (1 ∓ (I_H - I_c)/S)^(-3/2), where E is that of the
minimum-energy path, on which tension and field act.
"""

from math import pi

from ..device import (
    Contact,
    DeviceParameters,
    FreeLayer,
    Heating,
    Junction,
    Noise,
    Notch,
    device_toml,
)
from ..micromagnetics import (
    HeavyMetal,
    MicromagneticsError,
    Synapse,
    SynapseNotch,
    TrackFile,
    TunnelJunction,
)
from ..micromagnetics.constants import ELECTRON_CHARGE_C, HBAR_J_s
from .track_voltage import heavy_metal_track

_ASSUMED_PINNING_LENGTH_m = 40e-9  # of the contacts; that of the built-in devices
_ASSUMED_NUCLEATION_BARRIER_J = 2.5e-18

ORIGIN = """\
# A device from micromagnetics: `dwmtj micromag synapse {track_file}`.
# From the film: depinning currents and barriers of the notches, positions of the wall at rest,
# wall_mobility_m3_per_A_s. From the track file: geometry, stack, junction, temperature, attempt
# rate and read noise. Assumed: contacts (a wall is injected at {share:g} of the lowest current that
# frees one), nucleation_*, no heating, no scatter from visit to visit beyond the thermal one.
# Not used, since each notch states its own current and barrier: fitted_factor.
# From reduced models of the notches, scaled to the film's thresholds: pulsed_to_*, where present.

"""


def device_of(name: str, file: TrackFile, synapse: Synapse) -> DeviceParameters:
    """Return the parameters of the event model; raises MicromagneticsError without a junction."""
    metal, junction = electrodes(file)
    track, film, torque = file.track, file.film, file.film.torque
    assert torque is not None  # a track file has one
    assumptions, material = file.assumptions, file.film.material
    notches = tuple(_notch(one, file, metal) for one in synapse.notches)
    section_m2 = track.width_m * metal.thickness_m
    lowest_A = min(
        freed.threshold.middle_A_per_m2 * section_m2
        for one in synapse.notches
        for freed in (one.forward, one.backward)
    )
    contact = _contact(assumptions.injection_share * lowest_A, track.width_m, metal)
    clk = _contact(assumptions.injection_share * lowest_A, track.width_at_end_m, metal)
    return DeviceParameters(
        name=name,
        track=heavy_metal_track(track, metal),
        free_layer=FreeLayer(
            thickness_m=track.thickness_m,
            saturation_magnetization_A_per_m=material.saturation_magnetization_A_per_m,
            exchange_stiffness_J_per_m=material.exchange_stiffness_J_per_m,
            anisotropy_J_per_m3=material.anisotropy_J_per_m3,
            dmi_J_per_m2=material.dmi_J_per_m2,
            spin_hall_angle=abs(torque.spin_hall_angle),
            wall_mobility_m3_per_A_s=synapse.mobility_m3_per_A_s,
            attempt_rate_Hz=assumptions.attempt_rate_Hz,
            temperature_K=assumptions.temperature_K,
            stray_field_T=film.flux_density_T[2],
            parallel_field_sign=-1,  # the domain at IN points down
            nucleation_field_T=assumptions.nucleation_field_T,
            nucleation_barrier_J=_ASSUMED_NUCLEATION_BARRIER_J,
            settling_memory=0.0,
        ),
        in_contact=contact,
        clk_contact=clk,
        notches=notches,
        junction=_junction(junction),
        noise=Noise(assumptions.white_V_per_sqrtHz, assumptions.flicker),
        heating=Heating(0.0, 1e-6, 1e4),
    )


def device_text(parameters: DeviceParameters, track_file: str, injection_share: float) -> str:
    """Return the device file, with where its numbers come from."""
    return ORIGIN.format(track_file=track_file, share=injection_share) + device_toml(parameters)


def electrodes(file: TrackFile) -> tuple[HeavyMetal, TunnelJunction]:
    """Return heavy metal and junction; raises MicromagneticsError if the file lacks one."""
    missing = [
        name
        for name, part in (("heavy_metal", file.heavy_metal), ("junction", file.junction))
        if part is None
    ]
    if file.heavy_metal is None or file.junction is None:
        raise MicromagneticsError(
            f"The track file has no [{missing[0]}], without which the film is no device with a "
            "resistance: add it (see Keys of the track file in the documentation)."
        )
    return file.heavy_metal, file.junction


def _notch(one: SynapseNotch, file: TrackFile, metal: HeavyMetal) -> Notch:
    drawn = file.track.notches[one.notch - 1]
    section_m2 = file.track.width_m * metal.thickness_m
    push_A = _push_without_current_A(one.position_m, file, metal)
    to_CLK_A = one.forward.threshold.middle_A_per_m2 * section_m2 + push_A
    to_IN_A = one.backward.threshold.middle_A_per_m2 * section_m2 - push_A
    if min(to_CLK_A, to_IN_A) <= abs(push_A):
        raise MicromagneticsError(
            f"The taper or the field pushes the wall at notch {one.notch} as hard as the notch "
            "holds it: make the notch deeper."
        )
    barriers = one.barriers
    return Notch(
        position_m=one.position_m,
        depth_m=drawn.depth_m,
        half_width_m=drawn.half_width_m,
        form=drawn.form,
        side=drawn.side,
        fitted_factor=1.0,
        spread=0.0,
        seat_range_m=0.0,
        seat_jitter_m=0.0,
        depinning_current_to_CLK_A=to_CLK_A,
        depinning_current_to_IN_A=to_IN_A,
        barrier_to_CLK_J=barriers.forward.barrier_J * (1 - push_A / to_CLK_A) ** -1.5,
        barrier_to_IN_J=barriers.backward.barrier_J * (1 + push_A / to_IN_A) ** -1.5,
    )


def _push_without_current_A(x_m: float, file: TrackFile, metal: HeavyMetal) -> float:
    """Return I_H - I_c, which pushes the wall towards CLK."""
    track, film = file.track, file.film
    torque, material = film.torque, film.material
    assert torque is not None
    slope = (track.width_at_end_m - track.width_m) / track.length_m
    force_N_per_A = pi * HBAR_J_s * abs(torque.spin_hall_angle) / (2 * ELECTRON_CHARGE_C)
    tension_A = (
        track.thickness_m * metal.thickness_m * material.wall_energy_J_per_m2 * slope
    ) / force_N_per_A  # fmt: skip
    width_m = track.width_m + slope * x_m
    moment = 2 * material.saturation_magnetization_A_per_m * track.thickness_m
    field_A = width_m * metal.thickness_m * moment * -film.flux_density_T[2] / force_N_per_A
    return field_A - tension_A


def _contact(current_A: float, width_m: float, metal: HeavyMetal) -> Contact:
    density_A_per_m2 = current_A / (width_m * metal.thickness_m)
    return Contact(density_A_per_m2, _ASSUMED_PINNING_LENGTH_m, 0.0)


def _junction(junction: TunnelJunction) -> Junction:
    values = {name: getattr(junction, name) for name in TunnelJunction.__dataclass_fields__}
    return Junction(**values, short_resistance_ohm=1.0)
