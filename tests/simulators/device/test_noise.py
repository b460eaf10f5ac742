"""Random streams and 1/f noise.

Statistics of 10⁵ draws at a fixed seed, compared within 5 standard errors or more.
"""

from dataclasses import replace

import numpy as np
import pytest

from dwmtj.simulators.device import Device, load_device
from dwmtj.simulators.device.kernel import STATE
from dwmtj.simulators.device.noise import (
    OCTAVES_s,
    flicker,
    normal,
    octave_memory,
    octave_weight,
    seed_streams,
    uniform,
)


def test_uniform_and_normal_draws_have_the_right_moments() -> None:
    state = np.zeros(100_000, STATE)
    seed_streams(state, 1)
    flat = np.array([uniform(record) for record in state])
    bell = np.array([normal(record) for record in state])
    assert flat.min() > 0
    assert flat.max() <= 1
    assert flat.mean() == pytest.approx(0.5, abs=0.005)
    assert flat.var() == pytest.approx(1 / 12, abs=0.002)
    assert bell.mean() == pytest.approx(0, abs=0.016)
    assert bell.var() == pytest.approx(1, abs=0.025)
    assert (bell**4).mean() == pytest.approx(3, abs=0.16)


def test_neighbouring_streams_are_uncorrelated() -> None:
    state = np.zeros(2, STATE)
    seed_streams(state, 1)
    pairs = np.array([[uniform(record) for record in state] for _ in range(20_000)])
    assert abs(np.corrcoef(pairs.T)[0, 1]) < 0.036
    steps = np.corrcoef(pairs[1:, 0], pairs[:-1, 0])[0, 1]
    assert abs(steps) < 0.036


def test_the_stream_is_xoshiro256_plus_plus() -> None:
    state = np.zeros(1, STATE)
    state[["s0", "s1", "s2", "s3"]] = (1, 2, 3, 4)
    published = (41943041, 58720359, 3588806011781223, 3591011842654386)
    drawn = [uniform(state[0]) for _ in published]
    assert drawn == [((word >> 11) + 1.0) * 2.0**-53 for word in published]


def test_averaging_over_a_long_time_removes_the_fast_octaves() -> None:
    weight = octave_weight(1.0)
    assert np.all(np.diff(weight) > 0)
    assert weight[0] == pytest.approx(np.sqrt(2e-3), rel=1e-3)
    assert weight[-1] == pytest.approx(1, abs=1e-3)


def test_the_flicker_noise_has_a_one_over_f_spectrum() -> None:
    parameters = load_device("trapezoid")
    noise = replace(parameters.noise, white_V_per_sqrtHz=0, flicker=1e-3)
    device = Device(replace(parameters, noise=noise), seed=5, count=200)
    step_s = 10e-3
    readings = []
    for _ in range(2048):
        readings.append(device.junction_voltage_V(1e-4, 1e-3))
        device.drive(0.0, step_s - 1e-3)
    relative = np.array(readings) / np.mean(readings, axis=0) - 1
    power = (np.abs(np.fft.rfft(relative, axis=0)) ** 2).mean(axis=1)
    frequency = np.fft.rfftfreq(len(relative), step_s)
    band = (frequency > 0.1) & (frequency < 10)
    slope = np.polyfit(np.log(frequency[band]), np.log(power[band]), 1)[0]
    assert slope == pytest.approx(-1, abs=0.15)


def splitmix64(word: int) -> int:
    """Vigna's reference, in whole numbers: the output for a state."""
    mask = 2**64 - 1
    word = ((word ^ (word >> 30)) * 0xBF58476D1CE4E5B9) & mask
    word = ((word ^ (word >> 27)) * 0x94D049BB133111EB) & mask
    return word ^ (word >> 31)


def test_the_words_of_a_stream_are_those_of_splitmix64_at_the_devices_own_start() -> None:
    golden, mask = 0x9E3779B97F4A7C15, 2**64 - 1
    first, second = (int(n) for n in np.random.SeedSequence(7).generate_state(2, np.uint64))
    state = np.zeros(3, STATE)
    seed_streams(state, 7)
    for place in range(3):
        start = splitmix64((place * golden + first) & mask) ^ second
        words = [splitmix64((start + step * golden) & mask) for step in (1, 2, 3, 4)]
        assert [int(state[place][name]) for name in ("s0", "s1", "s2", "s3")] == words


def test_each_octave_is_forgotten_with_its_own_time_and_averaged_as_van_der_ziel_says() -> None:
    assert OCTAVES_s[0] == 1e-3
    assert np.allclose(OCTAVES_s[1:] / OCTAVES_s[:-1], 2)
    assert octave_memory(0.5) == pytest.approx(np.exp(-0.5 / OCTAVES_s))
    r = 0.02 / OCTAVES_s
    assert octave_weight(0.02)[:5] == pytest.approx(np.sqrt(2 * (r - 1 + np.exp(-r))[:5]) / r[:5])
    assert octave_weight(1e-9) == pytest.approx(np.ones(20), abs=1e-3)


def test_the_processes_of_the_flicker_noise_keep_a_variance_of_one() -> None:
    state = np.zeros(1, STATE)
    seed_streams(state, 3)
    levels, memory, weight = np.zeros(2), np.array([0.0, 0.8]), np.array([2.0, 3.0])
    history, sums = [], []
    for _ in range(20_000):
        sums.append(flicker(state[0], levels, memory, weight))
        history.append(levels.copy())
    found = np.array(history[50:])
    assert np.array(sums[50:]) == pytest.approx(found @ weight)
    assert found.var(axis=0) == pytest.approx([1, 1], abs=0.1)
    for process, correlation in enumerate(memory):
        beside = np.corrcoef(found[1:, process], found[:-1, process])[0, 1]
        assert beside == pytest.approx(correlation, abs=0.036)
