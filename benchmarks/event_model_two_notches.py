"""Where a pulse leaves walls in a track with two equal notches: reduced and event model.

python benchmarks/event_model_two_notches.py
Notch 1 of the neuron paper's track twice, 300 nm apart, at 300 K: 4,000 walls of the reduced model
that rest in the first notch, and as many devices of the event model. Prints the shares at the
first notch, at the second and beyond, after a rest. Takes a minute of CPU.
"""

from dataclasses import replace

import numpy as np

from dwmtj.simulators.device import Device, DeviceParameters, load_device
from dwmtj.simulators.device.parameters import Notch, PulsedNotch, Track
from dwmtj.simulators.film_device.event_law import pulsed_notch
from dwmtj.simulators.micromagnetics.reduced.depinning import Start
from dwmtj.simulators.micromagnetics.reduced.model import ReducedModel
from dwmtj.simulators.micromagnetics.reduced.pinning import GRID_m, Pinning
from dwmtj.simulators.micromagnetics.reduced.walls import Pulse, Walls
from dwmtj.tests.simulators.micromagnetics.test_reduced import notch_1

T_K, COUNT = 300.0, 4000
PITCH_m, WIDTH_m, METAL_m = 300e-9, 150e-9, 5e-9
PULSES_ns = (3, 0), (5, 0), (10, 0), (10, 1)
CURRENTS = np.array([1.3, 1.4, 1.5, 1.6, 1.7]) * 1e12


def twice(model: ReducedModel) -> ReducedModel:
    """Return the model with its notch again, one pitch farther on."""
    one = model.pinning.field_A_per_m
    field = np.zeros(round(PITCH_m / GRID_m) + len(one))
    field[: len(one)] = one
    field[-len(one) :] = one
    return replace(model, pinning=Pinning(model.pinning.start_m, field))


def device(pulsed: PulsedNotch, mobility_m3_per_A_s: float) -> DeviceParameters:
    """Return a device with the two notches, and a third that ends the way of the second."""
    base = load_device("straight")
    notches = tuple(
        Notch(float(x_m), 10e-9, 10e-9, 1.0, 0.0, 0.0, 0.0, pulsed_to_CLK=pulsed)
        for x_m in PITCH_m * np.arange(1, 4)
    )
    layer = replace(
        base.free_layer,
        thickness_m=2e-9,
        saturation_magnetization_A_per_m=1.1e6,
        exchange_stiffness_J_per_m=2e-11,
        anisotropy_J_per_m3=1e6,
        dmi_J_per_m2=1e-3,
        spin_hall_angle=0.08,
        wall_mobility_m3_per_A_s=mobility_m3_per_A_s,
        stray_field_T=0.0,
        temperature_K=T_K,
    )
    return replace(
        base,
        track=Track(((0.0, WIDTH_m), (1500e-9, WIDTH_m)), METAL_m, 2e-6, 0.0),
        notches=notches,
        junction=replace(base.junction, start_m=100e-9, end_m=1400e-9),
        free_layer=layer,
        heating=replace(base.heating, thermal_resistance_K_per_W=0.0),
    )


def main() -> None:
    """Print all."""
    middle_m, end_m = 1.5 * PITCH_m, 2.5 * PITCH_m
    for damping in (0.1, 0.3):
        model = notch_1(damping)
        start = Start(model.pinning.rest_m(PITCH_m), middle_m)
        pulsed = pulsed_notch(model, start, T_K, WIDTH_m * METAL_m)
        mobility = model.velocity_m_per_s(1.4e12) / 1.4e12
        both = twice(model)
        for width_ns, rise_ns in PULSES_ns:
            width_s, rise_s = width_ns * 1e-9, rise_ns * 1e-9
            for current in CURRENTS:
                walls = Walls(both, COUNT, start.position_m, T_K, 5)
                walls.run(2e-9)
                walls.pulse(current, Pulse(width_s, rise_s))
                walls.run(start.rest_s)
                x_m = walls.position_m
                devices = Device(device(pulsed, mobility), 3, COUNT)
                devices.place(1)
                current_A = current * WIDTH_m * METAL_m
                voltage_V = current_A * devices.track_resistance_ohm
                devices.drive(voltage_V, width_s, 0.0, rise_s, rise_s)
                reduced = np.mean(x_m < middle_m), np.mean(x_m < end_m), 1.0
                event = [np.mean(devices.site <= site) for site in (1, 2, 4)]
                shares = (
                    "  ".join(f"{p:.3f}" for p in np.diff([0.0, *s])) for s in (reduced, event)
                )
                print(
                    f"α {damping:g}, {width_ns} ns, edges {rise_ns} ns, {current / 1e12:.1f}e12: "
                    f"reduced {next(shares)}, event {next(shares)}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
