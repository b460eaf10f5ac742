"""What holds for every device whatever its preset: streams, polarity, time, damage, requests."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from dwmtj.simulators.device import Device, DeviceError, load_device
from dwmtj.simulators.device.device import load_compiled_functions
from dwmtj.simulators.device.noise import OCTAVES_s, octave_weight

BIAS_T = -4e-3
TEN_YEARS_s = 10 * 365.25 * 86400.0


def history(device: Device, amplitudes_V: list[NDArray[np.float64]]) -> NDArray[np.float64]:
    """Return every device's voltage readings over a ramp, shape (steps, count)."""
    rows = []
    for amplitude_V in amplitudes_V:
        device.drive(amplitude_V, 50e-9, BIAS_T, rise_s=10e-9, fall_s=10e-9)
        device.drive(0.0, 1e-3, BIAS_T)
        rows.append(device.junction_voltage_V(20e-6, 1e-3))
    return np.array(rows)


def test_a_device_does_not_depend_on_its_neighbours_nor_on_threads() -> None:
    ramp_V = np.arange(0.5, 5.5, 0.1)
    alone = history(Device(load_device("straight"), seed=9), [np.array([v]) for v in ramp_V])
    same = history(
        Device(load_device("straight"), seed=9, count=3), [np.array([v, -v, 0.0]) for v in ramp_V]
    )
    many = history(
        Device(load_device("straight"), seed=9, count=5000), [np.full(5000, v) for v in ramp_V]
    )
    assert np.array_equal(alone[:, 0], same[:, 0])
    assert np.array_equal(alone[:, 0], many[:, 0])
    assert not np.array_equal(many[:, 0], many[:, 1])


def test_a_seed_repeats_a_device_and_another_seed_does_not() -> None:
    ramp_V = [np.array([v]) for v in np.arange(0.5, 5.5, 0.1)]
    first, again, other = (
        history(Device(load_device("straight"), seed=seed), ramp_V) for seed in (9, 9, 10)
    )
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)


def test_positive_pulses_drive_towards_parallel_and_negative_ones_back() -> None:
    device = Device(load_device("straight"), seed=1)
    device.drive(-5.0, 50e-9, BIAS_T)
    assert device.site[0] == 0
    device.drive(0.0, 1e-3, field_T=120e-3)
    assert device.site[0] == 6
    device.drive(5.0, 50e-9, BIAS_T)
    assert device.site[0] == 6
    device.drive(0.0, 1e-3, BIAS_T)
    for _ in range(20):
        device.drive(-5.4, 50e-9, BIAS_T)
        device.drive(0.0, 1e-3, BIAS_T)
    assert device.site[0] == 0


def test_a_pulse_too_short_for_the_way_leaves_the_wall_at_the_nearer_site() -> None:
    for duration_s, site in ((5e-9, 0), (12e-9, 1), (18e-9, 1)):
        device = Device(load_device("straight"), seed=1, count=50)
        device.drive(2.5, 2 * duration_s, BIAS_T)
        assert (device.site == site).all()


@pytest.mark.parametrize("name", ["straight", "trapezoid", "trapezoid_five_state"])
@pytest.mark.parametrize("field_T", [BIAS_T, 0.0])
def test_every_state_lasts_ten_years_at_room_temperature(name: str, field_T: float) -> None:
    seen = set()
    for amplitude_V in (0.1, 2.0, 2.8, 3.2, 3.3, 3.6, 4.0, 4.3):
        device = Device(load_device(name), seed=2, count=500)
        device.drive(amplitude_V, 50e-9, BIAS_T, rise_s=10e-9, fall_s=10e-9)
        written = device.site
        device.drive(0.0, TEN_YEARS_s, field_T)
        assert np.array_equal(device.site, written)
        seen |= set(written.tolist())
    assert len(seen) >= 4


def test_a_shallow_notch_does_not_keep_the_wall() -> None:
    parameters = load_device("trapezoid")
    shallow = replace(parameters.notches[0], depth_m=1.2e-9, fitted_factor_to_IN=None, spread=0.0)
    device = Device(replace(parameters, notches=(shallow, *parameters.notches[1:])), count=100)
    device.drive(0.0, TEN_YEARS_s, BIAS_T)
    assert (device.site == 0).all()
    device.drive(1.5, 2.2e-9, BIAS_T)
    assert (device.site == 1).any()
    device.drive(0.0, TEN_YEARS_s, BIAS_T)
    assert (device.site != 1).all()


@pytest.mark.parametrize("name", ["straight", "trapezoid"])
def test_minus_four_volt_of_direct_current_destroys_the_junction(name: str) -> None:
    device = Device(load_device(name), seed=3)
    device.drive(-4.0, 1e-3, BIAS_T)
    assert device.broken[0]
    assert device.resistance_ohm()[0] == load_device(name).junction.short_resistance_ohm
    device.drive(0.0, 10.0, field_T=120e-3)
    assert device.broken[0]


@pytest.mark.parametrize("name", ["straight", "trapezoid"])
def test_pulses_are_harmless_with_rests_and_not_without(name: str) -> None:
    rested, hurried = (Device(load_device(name), seed=3) for _ in range(2))
    for _ in range(1000):
        rested.drive(5.5, 50e-9, BIAS_T)
        rested.drive(0.0, 20e-6, BIAS_T)
        hurried.drive(5.5, 50e-9, BIAS_T)
    assert not rested.broken[0]
    assert hurried.broken[0]


def test_only_the_devices_that_are_overdriven_break() -> None:
    device = Device(load_device("trapezoid"), seed=3, count=3)
    device.drive(np.array([0.0, -4.0, 1.0]), 1e-3, BIAS_T)
    assert device.broken.tolist() == [False, True, False]


def test_impossible_requests_are_refused() -> None:
    device = Device(load_device("trapezoid"), count=3)
    with pytest.raises(DeviceError, match="3 devices but values of shape"):
        device.drive(np.zeros(2), 50e-9)
    with pytest.raises(DeviceError, match="make the width at least half their sum"):
        device.drive(1.0, 5e-9, rise_s=10e-9, fall_s=10e-9)
    with pytest.raises(DeviceError, match="make it positive"):
        device.junction_voltage_V(1e-4, 0.0)
    with pytest.raises(DeviceError, match="count ≥ 1"):
        Device(load_device("trapezoid"), count=0)
    with pytest.raises(DeviceError, match="seed ≥ 0"):
        Device(load_device("trapezoid"), seed=-1)
    for times_s in ((-1e-9, 0.0, 0.0), (5e-9, -1e-9, 0.0), (5e-9, 0.0, -1e-9)):
        with pytest.raises(DeviceError, match="no time negative"):
            device.drive(1.0, times_s[0], rise_s=times_s[1], fall_s=times_s[2])
    for integration_s in (0.0, -1e-3):
        with pytest.raises(DeviceError, match="make it positive"):
            device.junction_current_A(0.1, integration_s)
    for site in (-1, 9):
        with pytest.raises(DeviceError, match=f"no site {site}: the last one is 8"):
            device.place(site)
    device.drive(1.0, 10e-9, rise_s=10e-9, fall_s=10e-9)
    device.drive(np.array([1.0]), 0.0)


def test_arrays_may_be_driven_from_several_threads() -> None:
    ramp_V = [np.full(1000, v) for v in np.arange(2.0, 4.0, 0.2)]
    devices = [Device(load_device("straight"), seed=seed, count=1000) for seed in (1, 2, 1, 2)]
    with ThreadPoolExecutor(4) as pool:
        first, second, third, fourth = pool.map(lambda device: history(device, ramp_V), devices)
    assert np.array_equal(first, third)
    assert np.array_equal(second, fourth)


def test_a_device_starts_antiparallel_and_may_be_placed_at_every_site() -> None:
    device = Device(load_device("trapezoid"), count=3)
    assert device.site.tolist() == [0, 0, 0]
    for site in (0, 4, 8):
        device.place(site)
        assert device.site.tolist() == [site] * 3


def test_without_a_seed_the_device_is_the_first_one_and_alone() -> None:
    by_default, first = Device(load_device("straight")), Device(load_device("straight"), 1, 1)
    assert by_default.count == 1
    assert np.array_equal(by_default.state, first.state)


def test_a_device_continues_from_a_state_where_it_was() -> None:
    whole = Device(load_device("straight"), seed=4, count=20)
    whole.drive(2.5, 50e-9, BIAS_T)
    state = whole.state.copy()
    continued = Device(load_device("straight"), seed=9, count=20, state=state)
    for device in (whole, continued):
        device.drive(3.3, 50e-9, BIAS_T)
    assert np.array_equal(whole.state, continued.state)


def test_a_part_of_an_array_is_those_devices_of_it() -> None:
    array, separate = (Device(load_device("straight"), seed=4, count=10) for _ in range(2))
    part = array.part(2, 5)
    assert part.count == 3
    part.drive(np.array([2.5, 0.0, 2.6]), 50e-9, BIAS_T)
    volts = np.zeros(10)
    volts[2:5] = 2.5, 0.0, 2.6
    separate.drive(volts, 50e-9, BIAS_T)
    assert np.array_equal(array.state, separate.state)
    assert part.junction_voltage_V(1e-5, 1e-3).shape == (3,)
    array.drive(1.0, 50e-9, BIAS_T)
    other = array.part(5, 6)
    other.drive(-1.0, 50e-9, BIAS_T)
    assert np.array_equal(array.state[2:5], part.state)


def test_the_rise_and_the_fall_of_a_pulse_are_alike() -> None:
    rising, falling = (Device(load_device("straight"), seed=4, count=2000) for _ in range(2))
    rising.drive(3.2, 50e-9, BIAS_T, rise_s=60e-9)
    falling.drive(3.2, 50e-9, BIAS_T, fall_s=60e-9)
    assert np.array_equal(rising.state, falling.state)


def test_no_field_is_applied_where_none_is_given() -> None:
    by_default, zero = (Device(load_device("trapezoid"), seed=4, count=500) for _ in range(2))
    by_default.drive(2.97, 50e-9)
    zero.drive(2.97, 50e-9, 0.0, 0.0, 0.0)
    assert np.array_equal(by_default.state, zero.state)


def test_readings_share_the_slow_noise_of_those_shortly_before() -> None:
    """The octaves up to 9 minutes: nearly equal after 1 ms, unrelated after a day."""
    parameters = load_device("trapezoid")
    noise = replace(parameters.noise, white_V_per_sqrtHz=0, flicker=1e-3)
    device = Device(replace(parameters, noise=noise), seed=5, count=4000)

    def reading_after(rest_s: float) -> NDArray[np.float64]:
        device.drive(0.0, rest_s, BIAS_T)
        return device.junction_voltage_V(1e-5, 1e-3)

    first, soon, late = reading_after(0.0), reading_after(1e-3), reading_after(86_400.0)
    memory = np.exp(-2e-3 / OCTAVES_s)
    weight = octave_weight(1e-3) ** 2
    assert np.corrcoef(first, soon)[0, 1] == pytest.approx(
        (memory * weight).sum() / weight.sum(), abs=0.03
    )
    assert abs(np.corrcoef(soon, late)[0, 1]) < 0.08
    relative = first.std() / first.mean()
    assert relative == pytest.approx(1e-3 * np.sqrt(weight.sum()), rel=0.06)


def test_everything_compiled_can_be_loaded_beforehand() -> None:
    load_compiled_functions(load_device("straight"))
