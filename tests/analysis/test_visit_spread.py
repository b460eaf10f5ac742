"""Intervals of the spread from visit to visit hold, also where there is none."""

from collections.abc import Sequence

import numpy as np
import pytest

from dwmtj.analysis.calibration.visit_spread import visit_std
from dwmtj.arrays import Floats

DEVICES = 400


def visits(rng: np.random.Generator, count: int, readings: int, std_ohm: float) -> list[Floats]:
    """Visits that differ by `std_ohm`, with readings of 1 Ω of noise."""
    sizes = 1 + rng.poisson(readings - 1, count)
    return [rng.normal(0, std_ohm) + rng.normal(size=size) for size in sizes]


@pytest.mark.parametrize("std_ohm", [0.0, 0.1, 0.5, 2.0])
@pytest.mark.parametrize(("count", "readings"), [(3, 8), (13, 3), (13, 30), (40, 2)])
def test_the_interval_holds_the_truth(std_ohm: float, count: int, readings: int) -> None:
    """At 95 %, fewer than 91.5 % of 400 has a probability of 0.002, over 16 cases 0.03."""
    rng = np.random.default_rng(count + readings)
    found = [visit_std([visits(rng, count, readings, std_ohm)]) for _ in range(DEVICES)]
    held = [
        one.low <= std_ohm <= one.high
        for one in found
        if one is not None and one.low is not None and one.high is not None
    ]
    assert sum(held) >= 0.915 * DEVICES


def test_visits_that_agree_by_chance_still_may_differ() -> None:
    rng = np.random.default_rng(1)
    same = np.array([-1.0, 0.0, 1.0])
    found = visit_std([[same + 1e-9 * rng.normal() for _ in range(12)]])
    assert found is not None
    assert found.value == found.low == 0.0
    assert found.high is not None
    assert 0.3 < found.high < 1.5


def test_single_readings_leave_their_own_noise_in() -> None:
    found = visit_std([[np.array([value]) for value in (99.0, 100.0, 101.0)]])
    assert found is not None
    assert found.low == 0.0
    assert found.value == pytest.approx(1.0)


def test_devices_are_pooled_without_their_differences() -> None:
    rng = np.random.default_rng(2)
    devices = [
        [visit + shift for visit in visits(rng, 100, 5, 2.0)] for shift in (0.0, 500.0, -300.0)
    ]
    found = visit_std(devices)
    assert found is not None
    assert found.value == pytest.approx(2.0, rel=0.15)


@pytest.mark.parametrize("devices", [[], [[np.array([1.0])]]])
def test_a_single_visit_shows_no_spread(devices: Sequence[Sequence[Floats]]) -> None:
    assert visit_std(devices) is None
