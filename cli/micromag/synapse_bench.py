"""The virtual bench that measures a device from micromagnetics, and what it measures.

Write-reset-cycling runs: in each cycle pulses of rising amplitude write, pulses of rising magnitude
reset. Each run writes up to another level, so that it is known what takes the wall back from there.
Amplitudes are chosen from the thresholds.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import tomli_w

from ...protocols.catalogue import make_protocol
from ...protocols.procedure import BenchProcedure
from ...simulators.device import Device, DeviceParameters

LAB, BENCH, DEVICE = "lab.toml", "bench.toml", "device.toml"
CYCLES = 6
_RUNGS_BETWEEN_LEVELS = 6
_MOST_RUNGS = 60
_BEYOND = 1.15
_READ_VOLTAGE_V = 0.015
_SATURATION = 1.8  # times the nucleation field
_EDGE_s = 1e-9
_ADDRESSES = {
    "81160A": "GPIB0::10::INSTR", "2400": "GPIB0::24::INSTR", "BOP 36-12": "GPIB0::6::INSTR",
    "425": "ASRL1::INSTR",
}  # fmt: skip
_COIL_T_per_A = 0.0125
_GAIN = 2.0


@dataclass(frozen=True, slots=True)
class Amplitudes:
    """Thresholds and ladders in V at the device; all ladders have the same rungs."""

    to_CLK_V: tuple[float, ...]
    """Amplitude that frees the wall from each notch at 0 K, in order along the track."""
    to_IN_V: tuple[float, ...]
    start_V: float
    step_V: float
    stops_V: tuple[float, ...]
    """Last amplitude of each run: one that leaves the wall in each notch, and one beyond all."""
    reset_stop_V: float


def amplitudes_of(
    parameters: DeviceParameters,
    to_CLK_A: Sequence[float],
    to_IN_A: Sequence[float],
    injection_share: float,
) -> Amplitudes:
    """Return the ladders that pass all thresholds, from the currents that free the wall."""
    resistance_ohm = Device(parameters).track_resistance_ohm
    forward = tuple(current_A * resistance_ohm for current_A in to_CLK_A)
    backward = tuple(current_A * resistance_ohm for current_A in to_IN_A)
    injection_V = injection_share * min(*forward, *backward)
    start_V = _rounded(0.8 * injection_V)
    highest_V = _BEYOND * max(*forward, *backward)
    gaps_V = [high - low for low, high in pairwise((injection_V, *forward))]
    finest_V = (highest_V - start_V) / _MOST_RUNGS
    step_V = _rounded(max(min(gaps_V) / _RUNGS_BETWEEN_LEVELS, finest_V))

    def on_a_rung(stop_V: float) -> float:
        return round(start_V + max(1, round((stop_V - start_V) / step_V)) * step_V, 12)

    halfway_V = [(low + high) / 2 for low, high in pairwise((injection_V, *forward))]
    return Amplitudes(
        forward,
        backward,
        start_V,
        step_V,
        tuple(on_a_rung(stop_V) for stop_V in (*halfway_V, _BEYOND * max(forward))),
        on_a_rung(_BEYOND * max(backward)),
    )


def cycling(
    parameters: DeviceParameters, amplitudes: Amplitudes, stop_V: float, pulse_s: float
) -> BenchProcedure:
    """Return the protocol that writes up to an amplitude; raises ProtocolError."""
    return make_protocol(
        "write-reset-cycling",
        {
            "amplitude_start_V": amplitudes.start_V,
            "amplitude_step_V": amplitudes.step_V,
            "amplitude_stop_V": stop_V,
            "reset_stop_V": amplitudes.reset_stop_V,
            "pulse_width_s": pulse_s,
            "rise_s": _EDGE_s,
            "fall_s": _EDGE_s,
            "saturation_field_T": _SATURATION * parameters.free_layer.nucleation_field_T,
            "write_bias_T": 0.0,
            "reset_bias_T": 0.0,
            "read_current_A": read_current_A(parameters),
            "cycles": CYCLES,
        },
    )


def read_current_A(parameters: DeviceParameters) -> float:
    """Return a read current of 15 mV at the parallel junction."""
    return _rounded(_READ_VOLTAGE_V / lowest_ohm(parameters))


def lowest_ohm(parameters: DeviceParameters) -> float:
    """Return the resistance of the parallel junction."""
    device = Device(parameters)
    device.place(len(parameters.notches) + 1)
    return float(device.resistance_ohm()[0])


def lab_text(seed: int) -> str:
    """Return the lab file, for a device file beside it."""
    return tomli_w.dumps(
        {
            "device": {"preset": DEVICE, "seed": seed},
            "circuit": {"amplifier_gain": _GAIN, "lead_resistance_ohm": 0.0},
            "electromagnet": {"field_per_current_T_per_A": _COIL_T_per_A, "remanence_T": 0.0},
            "instrument": [
                {"model": model, "address": address} for model, address in _ADDRESSES.items()
            ],
        }
    )


def bench_text(parameters: DeviceParameters, amplitudes: Amplitudes, pulse_s: float) -> str:
    """Return the bench file, for a lab file beside it."""
    current_A, smallest_ohm = read_current_A(parameters), lowest_ohm(parameters)
    return tomli_w.dumps(
        {
            "name": parameters.name,
            "visa_library": f"{LAB}@dwmtj",
            "device": {
                "name": parameters.name,
                "geometry": "from micromagnetics",
                "track_resistance_ohm": Device(parameters).track_resistance_ohm,
            },
            "pulse_generator": {
                "driver": "Keysight81160A", "address": _ADDRESSES["81160A"], "channel": 1,
                "amplifier_gain": _GAIN,
            },
            "magnet": {
                "driver": "KepcoBOP3612", "address": _ADDRESSES["BOP 36-12"],
                "coil_T_per_A": _COIL_T_per_A,
                "gaussmeter": {"driver": "LakeShore425", "address": _ADDRESSES["425"]},
            },
            "resistance_meter": {
                "driver": "Keithley2400", "address": _ADDRESSES["2400"], "nplc": 1.0,
                "four_wire": True,
            },
            "wiring": {"pulse": "IN-CLK", "read": "4P-OUT"},
            "limits": {
                "pulse_amplitude_V": 1.3 * max(*amplitudes.stops_V, amplitudes.reset_stop_V),
                "pulse_width_s": max(1e-6, 2 * pulse_s),
                "read_current_A": 2 * current_A,
                "read_voltage_V": 0.5,
                "field_T": 2 * parameters.free_layer.nucleation_field_T,
                "field_rate_T_per_s": 0.1,
            },
            "stop": {
                "minimum_resistance_ohm": smallest_ohm / 2,
                "maximum_resistance_ohm": 10 * smallest_ohm * (1 + parameters.junction.tmr),
            },
        }
    )  # fmt: skip


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")
