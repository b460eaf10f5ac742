"""A series of readings comes at a steady interval, after a write or without any pulse."""

from typing import Any

import numpy as np
import pytest

from dwmtj.instruments import Bench, PulseShape
from dwmtj.protocols.catalogue import make_protocol

SLOW_READING_s = 0.02


def test_a_series_saturates_and_then_only_reads(bench: Bench, rig: Any) -> None:
    points = list(make_protocol("read-series", {"readings": 5}).steps(bench))
    assert [point.phase for point in points] == ["saturate", "bias", *["read"] * 5]
    assert not any(call[0] == "fire" for call in rig.calls)
    assert not any(isinstance(call[-1], PulseShape) for call in rig.calls)
    assert {point.amplitude_V for point in points} == {None}


def test_a_series_may_come_after_a_staircase(bench: Bench, rig: Any) -> None:
    parameters = {"amplitude_start_V": 1, "amplitude_stop_V": 2, "amplitude_step_V": 0.5}
    points = list(make_protocol("read-series", {**parameters, "readings": 3}).steps(bench))
    assert [call[1] for call in rig.calls if call[0] == "fire"] == [1.0, 1.5, 2.0]
    assert [point.phase for point in points[2:]] == ["write"] * 3 + ["read"] * 3


@pytest.mark.parametrize(("interval_s", "kept_s"), [(10.0, 10.0), (0.0, SLOW_READING_s)])
def test_the_interval_is_kept_however_long_a_reading_takes(
    bench: Bench, interval_s: float, kept_s: float
) -> None:
    series = make_protocol("read-series", {"readings": 50, "interval_s": interval_s})
    times = [point.time_s for point in series.steps(bench) if point.phase == "read"]
    assert np.diff(times) == pytest.approx(kept_s)


def test_a_series_that_was_held_up_does_not_hurry_afterwards(bench: Bench, rig: Any) -> None:
    times = []
    for point in make_protocol("read-series", {"readings": 6, "interval_s": 1}).steps(bench):
        times.append(point.time_s)
        if len(times) == 5:
            rig.time_s += 30
    assert np.diff(times)[2:] == pytest.approx([1, 1, 30 + SLOW_READING_s, 1, 1])
