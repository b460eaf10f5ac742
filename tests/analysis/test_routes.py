"""V_C is given by route where walls that run through arrive at another voltage."""

import numpy as np
import pytest

from dwmtj.analysis.switching.routes import critical_voltages
from dwmtj.analysis.switching.voltages import SwitchingEvent


def arrivals(before: list[int], volts: list[float]) -> list[SwitchingEvent]:
    """Return arrivals in level 2 from the levels before, one a cycle, on steps of 10 mV."""
    return [
        SwitchingEvent(cycle, "write", level, 2, round(volt + 0.005, 3), 0.01)
        for cycle, (level, volt) in enumerate(zip(before, volts, strict=True))
    ]


def test_two_humps_are_two_voltages() -> None:
    rng = np.random.default_rng(1)
    before = [0] * 4 + [1] * 11
    volts = [*rng.normal(2.0, 0.02, 4), *rng.normal(3.0, 0.02, 11)]
    found = critical_voltages(arrivals(before, volts), 2)
    assert list(found) == [1, 0]
    assert (found[1].cycles, found[0].cycles) == (11, 4)
    assert 3.0 in found[1].voltage_V
    assert 2.0 in found[0].voltage_V


def test_a_single_wall_that_ran_through_is_told_apart() -> None:
    rng = np.random.default_rng(2)
    found = critical_voltages(arrivals([0] + [1] * 14, [2.0, *rng.normal(3.0, 0.02, 14)]), 2)
    assert found[0].cycles == 1
    assert found[0].voltage_V.high == np.inf


def test_routes_that_arrive_alike_are_one_voltage() -> None:
    """200 runs of alike routes; more than 6 told apart at a true 0.5 %: 1e-4."""
    rng = np.random.default_rng(3)
    runs = (arrivals([0] * 5 + [1] * 10, list(rng.normal(3.0, 0.02, 15))) for _ in range(200))
    assert sum(None not in critical_voltages(run, 2) for run in runs) <= 6


@pytest.mark.parametrize("phase", ["reset", None])
def test_a_level_nobody_arrives_in_has_no_voltage(phase: str | None) -> None:
    level = 2 if phase else 5
    assert critical_voltages(arrivals([1, 1], [3.0, 3.1]), level, phase) == {}
