"""Depinning by a pulse with inertia: the law, and the devices that follow it."""

from dataclasses import replace
from math import erf, exp, sqrt
from pathlib import Path

import numpy as np
import pytest

from dwmtj.simulators.device import Device, DeviceError, DeviceParameters, load_device
from dwmtj.simulators.device.depinning import BOLTZMANN_J_per_K
from dwmtj.simulators.device.device_file import device_toml
from dwmtj.simulators.device.parameters import PulsedNotch
from dwmtj.simulators.device.pulsed import kicks, passes, pulsed_record, tilted_escapes

T_K, DEVICES = 300.0, 4000
PLAIN = load_device("straight")
UNIT_A = 1e-3
PULSED = PulsedNotch(
    depinning_current_A=1.2 * UNIT_A,
    barrier_J=80 * BOLTZMANN_J_per_K * T_K,
    attempt_rate_Hz=1e9,
    lag_s=2e-9,
    widths_s=(1e-9, 2e-9, 5e-9),
    rises_s=(0.0, 1e-9),
    kick_current_A=((2.4e-3, 2.6e-3), (1.2e-3, 1.3e-3), (1e-3, 1.2e-3)),
    kick_spread_below_A=((2e-4, 1e-4), (1e-4, 5e-5), (1e-4, 5e-5)),
    kick_spread_above_A=((3e-4, 1e-4), (1e-4, 5e-5), (1e-4, 5e-5)),
    run_up_current_A=0.9 * UNIT_A,
    run_up_spread_A=0.05 * UNIT_A,
    temperature_K=T_K,
)
RECORD = pulsed_record(PULSED, "The notch")


def device(pulsed: PulsedNotch | None = PULSED) -> DeviceParameters:
    notches = tuple(replace(one, spread=0.0, pulsed_to_CLK=pulsed) for one in PLAIN.notches)
    layer = replace(PLAIN.free_layer, stray_field_T=0.0, wall_mobility_m3_per_A_s=0.0)
    heating = replace(PLAIN.heating, thermal_resistance_K_per_W=0.0)
    return replace(PLAIN, notches=notches, free_layer=layer, heating=heating)


def freed(current_A: float, width_s: float, rise_s: float = 0.0) -> float:
    devices = Device(device(), 5, DEVICES)
    devices.place(2)
    voltage_V = current_A * devices.track_resistance_ohm
    devices.drive(voltage_V, width_s, 0.0, rise_s, rise_s)
    return float(np.mean(devices.site > 2))


def kicked(push_A: float, width_s: float, rise_s: float = 0.0, temperature_K: float = T_K) -> float:
    return 1 - exp(-kicks(RECORD, push_A, 1.0, width_s, rise_s, temperature_K))


def normal(x: float) -> float:
    return (1 + erf(x / sqrt(2))) / 2


def test_a_kick_has_the_spread_of_its_side_and_of_the_temperature() -> None:
    assert kicked(1e-3, 5e-9) == pytest.approx(0.5)
    assert kicked(1.1e-3, 5e-9) == pytest.approx(normal(1))
    assert kicked(0.9e-3, 5e-9, temperature_K=75.0) == pytest.approx(normal(-2))
    assert kicked(2.7e-3, 1e-9) == pytest.approx(normal(1))
    assert kicked(2.2e-3, 1e-9) == pytest.approx(normal(-1))


def test_between_widths_the_impulse_is_interpolated_and_below_them_it_is_constant() -> None:
    assert kicked((2.4e-3 + 2.4e-3) / 2 / 1.5, 1.5e-9) == pytest.approx(0.5)
    assert kicked(4.8e-3, 0.5e-9) == pytest.approx(0.5)
    assert kicked(1e-3, 50e-9) == pytest.approx(0.5)
    assert kicked(1.1e-3, 5e-9, 0.5e-9) == pytest.approx(0.5)
    assert kicked(1.2e-3, 5e-9, 9e-9) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("current_A", "width_s", "rise_s"),
    [(0.9e-3, 5e-9, 0.0), (1.0e-3, 30e-9, 1e-9), (1.3e-3, 2e-9, 0.0), (1.1e-3, 5e-9, 0.5e-9)],
)
def test_devices_leave_as_often_as_the_law_says(
    current_A: float, width_s: float, rise_s: float
) -> None:
    """4,000 devices, seed fixed; 4 standard deviations of a binomial share (0.006 % beyond)."""
    lag_s = PULSED.lag_s - rise_s / 2
    escapes, _ = tilted_escapes(
        RECORD, current_A, current_A, 1.0, width_s - rise_s, 2 * rise_s, lag_s, T_K
    )
    expected = 1 - exp(-escapes - kicks(RECORD, current_A, 1.0, width_s, rise_s, T_K))
    assert 0.05 < expected < 0.95
    error = sqrt(expected * (1 - expected) / DEVICES)
    assert freed(current_A, width_s, rise_s) == pytest.approx(expected, abs=4 * error)


def test_a_freed_wall_is_carried_to_the_next_notch_and_runs_through_there_at_speed() -> None:
    """Without mobility it gets to the next notch and no farther; with it, past all of them."""
    current_A = 1.8e-3
    assert passes(RECORD, current_A, 1.0, T_K) > 0.999
    assert passes(RECORD, 0.9e-3, 1.0, T_K) == pytest.approx(0.5)
    still, fast = device(), device()
    fast = replace(fast, free_layer=replace(fast.free_layer, wall_mobility_m3_per_A_s=1e-6))
    for parameters, site in ((still, 3), (fast, len(PLAIN.notches) + 1)):
        devices = Device(parameters, 1, 50)
        devices.place(2)
        devices.drive(current_A * devices.track_resistance_ohm, 10e-9)
        assert (devices.site == site).all()


def test_at_rest_and_against_the_direction_a_notch_keeps_its_barrier() -> None:
    devices, plain = Device(device(), 3, 200), Device(device(None), 3, 200)
    for one in (devices, plain):
        one.place(2)
        one.drive(0.0, 1.0)
        one.drive(-0.5e-3 * one.track_resistance_ohm, 50e-9)
    assert (devices.site == plain.site).all()
    assert (devices.state["offset_m"] == plain.state["offset_m"]).all()


def test_a_device_file_holds_the_constants_and_unknown_ones_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "device.toml"
    path.write_text(device_toml(device()), encoding="utf-8")
    assert load_device(path) == device()
    path.write_text(path.read_text().replace("lag_s", "lag"), encoding="utf-8")
    with pytest.raises(DeviceError, match="lag"):
        load_device(path)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"widths_s": (1e-9, 2e-9)}, "do not fit together"),
        ({"kick_spread_below_A": ((1e-4,),) * 3}, "do not fit together"),
        ({"widths_s": (2e-9, 1e-9, 5e-9)}, "do not rise"),
    ],
)
def test_tables_that_do_not_fit_are_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(DeviceError, match=message):
        Device(device(replace(PULSED, **changes)))  # type: ignore[arg-type]
