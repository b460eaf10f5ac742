"""What a meter sees of the junction."""

from dataclasses import replace

import numpy as np
import pytest

from dwmtj.simulators.device import Device, DeviceParameters, load_device
from dwmtj.simulators.device.track import junction_outline, parallel_fraction


def silent(name: str) -> DeviceParameters:
    parameters = load_device(name)
    return replace(parameters, noise=replace(parameters.noise, white_V_per_sqrtHz=0, flicker=0))


@pytest.mark.parametrize(("name", "low_ohm", "tmr"), [("trapezoid", 64.94, 0.54)])
def test_the_extreme_states_are_those_of_ra_and_tmr(name: str, low_ohm: float, tmr: float) -> None:
    device = Device(load_device(name))
    assert device.resistance_ohm()[0] == pytest.approx(low_ohm * (1 + tmr), rel=1e-3)
    device.drive(0.0, 1e-3, field_T=-80e-3)
    assert device.resistance_ohm()[0] == pytest.approx(low_ohm, rel=1e-3)


def test_the_straight_junction_spans_150_ohm() -> None:
    device = Device(load_device("straight"))
    high = device.resistance_ohm()[0]
    device.drive(0.0, 1e-3, field_T=120e-3)
    assert high - device.resistance_ohm()[0] == pytest.approx(150, abs=1)


def test_the_magnetoresistance_halves_at_the_half_voltage_and_ignores_polarity() -> None:
    parameters = load_device("trapezoid")
    device = Device(parameters)
    low_ohm = device.resistance_ohm()[0] / (1 + parameters.junction.tmr)
    half = device.resistance_ohm(bias_V=parameters.junction.tmr_half_voltage_V)[0]
    assert half / low_ohm - 1 == pytest.approx(parameters.junction.tmr / 2)
    assert device.resistance_ohm(bias_V=0.3) == device.resistance_ohm(bias_V=-0.3)


def test_sourcing_current_and_sourcing_voltage_agree() -> None:
    device = Device(silent("trapezoid"), count=2)
    for current_A in (1e-6, 1e-4, 5e-3, -5e-3):
        voltage_V = device.junction_voltage_V(current_A, 1e-2)
        assert voltage_V / device.resistance_ohm(bias_V=float(voltage_V[0])) == pytest.approx(
            current_A, rel=1e-9
        )
        assert device.junction_current_A(voltage_V, 1e-2) == pytest.approx(current_A, rel=1e-9)


@pytest.mark.parametrize("polarity", [1, -1])
def test_breakdown_is_permanent(polarity: int) -> None:
    device = Device(silent("trapezoid"), count=2)
    device.junction_voltage_V(np.array([polarity * 0.011, polarity * 0.025]), 1e-2)
    assert device.broken.tolist() == [False, True]
    device.drive(0.0, 1.0, field_T=50e-3)
    assert device.junction_voltage_V(1e-3, 1e-2)[1] == pytest.approx(20e-3)
    device.drive(0.0, 1.0, field_T=-80e-3)
    assert device.junction_voltage_V(1e-3, 1e-2)[1] == pytest.approx(20e-3)
    assert device.junction_voltage_V(1e-3, 1e-2)[0] == pytest.approx(64.9e-3, rel=1e-2)


def test_a_sourced_voltage_breaks_the_junction_too() -> None:
    device = Device(silent("straight"))
    device.junction_current_A(1.1, 1e-3)
    assert not device.broken[0]
    assert device.junction_current_A(1.3, 1e-3)[0] == pytest.approx(1.3 / 200)
    assert device.broken[0]


def test_white_noise_falls_with_the_root_of_the_integration_time() -> None:
    parameters = load_device("trapezoid")
    quiet = replace(parameters, noise=replace(parameters.noise, flicker=0))
    for integration_s in (1e-3, 1e-1):
        device = Device(quiet, seed=4, count=20_000)
        expected_V = parameters.noise.white_V_per_sqrtHz / np.sqrt(2 * integration_s)
        found_V = device.junction_voltage_V(1e-4, integration_s).std()
        assert found_V == pytest.approx(expected_V, rel=0.03)


def test_a_wall_in_a_notch_reads_the_same_until_the_next_pulse() -> None:
    device = Device(load_device("trapezoid"), count=100)
    device.drive(2.0, 50e-9, -4e-3)
    before = device.resistance_ohm()
    device.drive(0.0, 3600.0, -4e-3)
    assert np.array_equal(device.resistance_ohm(), before)
    device.drive(2.0, 50e-9, -4e-3)
    assert not np.any(device.resistance_ohm() == before)


@pytest.mark.parametrize("offset_m", [-20e-9, 0.0, 20e-9])
def test_the_conductance_is_that_of_both_areas_beside_the_wall(offset_m: float) -> None:
    parameters = load_device("trapezoid")
    device = Device(parameters)
    high_S = 1 / device.resistance_ohm()[0]
    device.place(3)
    device.state["offset_m"] = offset_m
    outline = junction_outline(parameters.track, parameters.junction)
    share = parallel_fraction(parameters.notches[2].position_m + offset_m, outline)
    expected_S = high_S * (1 + share * parameters.junction.tmr)
    assert 1 / device.resistance_ohm()[0] == pytest.approx(expected_S)
