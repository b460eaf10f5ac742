"""The dry run of a sequence, and the time at which a pause ends."""

import os
import time as clock
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from math import isnan

import pytest

from dwmtj.instruments import load_bench_file
from dwmtj.protocols import make_protocol
from dwmtj.protocols.dry_run import dry_run
from dwmtj.station.sequences import RunSequence, forecast, plan_of
from dwmtj.station.sequences.performing import end_of_pause


@pytest.fixture
def berlin() -> Iterator[None]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = "CET-1CEST,M3.5.0,M10.5.0/3"
    clock.tzset()
    yield
    os.environ.pop("TZ")
    if before is not None:
        os.environ["TZ"] = before
    clock.tzset()


def test_a_forecast_adds_up_the_dry_runs_and_holds_the_largest_values() -> None:
    ladder: dict[str, float | str] = {"amplitude_stop_V": 3.0, "amplitude_step_V": "100 mV"}
    steps = [
        {
            "name": "stairs",
            "protocol": "staircase-write",
            "parameters": ladder,
            "scan": {"pulse_width_s": ["20 ns", "80 ns"], "cycles": [1, 3]},
        },
        {"name": "loop", "protocol": "minor-loop", "parameters": {"largest_field_T": "90 mT"}},
        {"name": "rest", "wait": "1 h"},
        {"name": "fit", "calibrate": ["stairs"]},
        {"name": "first", "protocol": "write-verify", "model": "fit", "level": "first"},
    ]
    devices = [{"name": "A", "seed": 1}, {"name": "B", "seed": 2}, {"name": "C", "seed": 3}]
    sequence = RunSequence.model_validate({"rounds": 2, "device": devices, "step": steps})
    bench = load_bench_file("virtual-trapezoid")
    found = forecast(plan_of(sequence, bench, None), bench)
    assert found.times == 6 and found.runs == 6 * (4 + 1 + 1)
    assert (found.largest_amplitude_V, found.largest_width_s) == (3.0, 80e-9)
    assert found.largest_current_A == 100e-6
    assert found.largest_field_T == 0.09
    stairs, loop, rest, _, first = found.steps
    alone = [
        dry_run(make_protocol("staircase-write", {**ladder, "cycles": cycles}), bench)
        for cycles in (1, 3)
    ]
    assert stairs.points == 2 * sum(run.points for run in alone)
    assert stairs.duration_s == pytest.approx(2 * sum(run.duration_s for run in alone), rel=1e-3)
    assert rest.duration_s == 3600
    assert isnan(first.largest_amplitude_V) and first.chooses
    assert found.duration_s == pytest.approx(6 * (stairs.duration_s + loop.duration_s + 3600))


def test_what_a_model_will_choose_is_not_called_zero() -> None:
    steps = [
        {"name": "stairs", "protocol": "staircase-write"},
        {"name": "fit", "calibrate": ["stairs"]},
        {"name": "first", "protocol": "write-verify", "model": "fit", "level": "first"},
    ]
    bench = load_bench_file("virtual-trapezoid")
    found = forecast(plan_of(RunSequence.model_validate({"step": steps}), bench, None), bench)
    assert isnan(replace(found, steps=found.steps[2:]).largest_amplitude_V)
    assert replace(found, steps=found.steps[:2]).largest_amplitude_V == 4.0


@pytest.mark.skipif(not hasattr(clock, "tzset"), reason="needs a time zone of the test's own")
@pytest.mark.parametrize(
    ("started", "until", "number", "end"),
    [
        (datetime(2026, 6, 1, 20, 0, tzinfo=UTC), time(22, 30), 1, "2026-06-01 22:30:00+02:00"),
        (datetime(2026, 6, 1, 21, 0, tzinfo=UTC), time(22, 30), 1, "2026-06-02 22:30:00+02:00"),
        (datetime(2026, 6, 1, 20, 0, tzinfo=UTC), time(6), 3, "2026-06-04 06:00:00+02:00"),
        # The clocks are set back in this night, and forward in the other one.
        (datetime(2026, 10, 24, 20, 0, tzinfo=UTC), time(6), 1, "2026-10-25 06:00:00+01:00"),
        (datetime(2026, 3, 28, 21, 0, tzinfo=UTC), time(6), 1, "2026-03-29 06:00:00+02:00"),
    ],
)
def test_a_pause_ends_at_the_time_of_the_clock_on_the_wall(
    berlin: None, started: datetime, until: time, number: int, end: str
) -> None:
    assert str(end_of_pause(started, until, number)) == end
