"""A dry run foretells a run, and touches nothing."""

import logging
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from dwmtj.instruments import Bench, BenchError, BenchFile, LimitError, load_bench_file, open_bench
from dwmtj.protocols import PROTOCOLS, BenchProcedure, ProtocolError, WriteVerify, make_protocol
from dwmtj.protocols.dry_run import check_against_limits, dry_run, estimate
from dwmtj.protocols.recorded_pulses import RecordedPulses
from dwmtj.storage import Point

SHORT: dict[str, float | str] = {
    "amplitude_start_V": 1.0,
    "amplitude_stop_V": 2.0,
    "amplitude_step_V": 0.25,
    "step_T": 0.01,
    "readings": 20,
    "interval_s": 0.5,
    "read_delay_s": 0.01,
    "rows": 3,
    "columns": 4,
    "wait_s": 100.0,
}


def short(name: str, **parameters: float | str) -> BenchProcedure:
    declared = PROTOCOLS[name].declared()
    chosen = {key: value for key, value in SHORT.items() if key in declared}
    return make_protocol(name, {**chosen, **parameters})


def array_bench() -> BenchFile:
    return load_bench_file("virtual-array")


FIXED = [name for name, protocol in PROTOCOLS.items() if not protocol.chooses_pulses]


@pytest.mark.parametrize("name", FIXED)
def test_pulses_fields_and_points_are_those_of_the_run(name: str, bench: Bench, rig: Any) -> None:
    procedure = short(name)
    points = list(procedure.steps(bench))
    foretold = dry_run(procedure, array_bench())
    assert foretold.is_complete
    fired = [call[1] for call in rig.calls if call[0] == "fire"]
    assert foretold.train.amplitudes_V.tolist() == fired
    assert foretold.pulses == len(fired) == len(foretold.train)
    assert foretold.points == len(points) == len(foretold.times_s)
    assert foretold.phases == tuple(point.phase for point in points)
    assert foretold.point_cycles.tolist() == [point.cycle for point in points]
    assert foretold.cycles == points[-1].cycle + 1
    set_fields_T = [call[1] for call in rig.calls if call[0] == "field"]
    assert set(set_fields_T) <= set(foretold.field.fields_T)
    assert foretold.largest_field_T == max(map(abs, set_fields_T))
    assert foretold.largest_amplitude_V == max(map(abs, fired), default=0.0)


@pytest.mark.parametrize("name", PROTOCOLS)
def test_the_field_is_ramped_within_the_limit_and_ends_at_zero(name: str) -> None:
    bench_file = array_bench()
    foretold = dry_run(short(name), bench_file)
    times_s, fields_T = foretold.field.times_s, foretold.field.fields_T
    assert (times_s[0], fields_T[0], fields_T[-1]) == (0.0, 0.0, 0.0)
    assert times_s[-1] == pytest.approx(foretold.duration_s)
    assert (np.diff(times_s) >= 0).all()
    rate_T_per_s = bench_file.limits.field_rate_T_per_s
    for (start_s, start_T), (end_s, end_T) in pairwise(zip(times_s, fields_T, strict=True)):
        assert abs(end_T - start_T) <= rate_T_per_s * (end_s - start_s) * (1 + 1e-9)


def test_pulses_have_their_shape_and_their_time_between_the_readings() -> None:
    procedure = short("staircase-write", rise_s="20 ns")
    foretold = dry_run(procedure, array_bench())
    train = foretold.train
    assert (set(train.widths_s), set(train.rises_s), set(train.falls_s)) == (
        {50e-9},
        {20e-9},
        {10e-9},
    )
    assert (np.diff(train.times_s) > procedure.parameter_values()["read_delay_s"]).all()
    assert (train.times_s < foretold.times_s[2:]).all()
    assert (train.times_s[1:] > foretold.times_s[2:-1]).all()


@pytest.mark.parametrize("name", [name for name in FIXED if name not in ("read-array", "iv")])
def test_the_duration_is_near_that_of_the_virtual_bench(
    name: str, virtual: Callable[..., BenchFile]
) -> None:
    small = "amplitude_step_V" in PROTOCOLS[name].declared()
    procedure = short(name, **({"amplitude_step_V": 0.02} if small else {}))
    bench_file = virtual()
    with open_bench(bench_file) as bench:
        started_s = bench.clock.now_s()
        list(procedure.steps(bench))
        bench.make_safe()
        lasted_s = bench.clock.now_s() - started_s
    assert dry_run(procedure, bench_file).duration_s == pytest.approx(lasted_s, rel=0.25)


@pytest.mark.parametrize(
    ("name", "parameters", "within"),
    [
        ("staircase-write", {"cycles": 1200}, 1e-9),
        ("write-reset-cycling", {"cycles": 800}, 1e-9),
        ("minor-loop", {"step_T": 1e-3, "cycles": 30}, 1e-9),
        ("read-array", {"rows": 70, "columns": 80}, 1e-9),
        ("read-series", {"readings": 6000}, 1e-3),
        ("read-series", {"readings": 4000, "cycles": 2, "interval_s": 0}, 0.02),
        ("endurance", {"cycles": 40_000, "pulses": 3}, 1e-6),
        ("endurance", {"cycles": 9000, "write_bias_T": -0.042, "read_all_until": 1000}, 1e-6),
        ("write-reset-cycling", {"amplitude_step_V": 5e-4, "cycles": 2}, 0.02),
    ],
)
def test_a_long_protocol_is_foretold_from_its_beginning(
    name: str,
    parameters: dict[str, float | str],
    within: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    procedure = short(name, **parameters)
    foretold = dry_run(procedure, array_bench())
    monkeypatch.setattr(estimate, "MOST_POINTS", 100_000)
    monkeypatch.setattr(estimate, "POINTS_WITH_GAPS", 100_000)
    whole = dry_run(procedure, array_bench())
    assert whole.is_complete and not foretold.is_complete
    assert len(foretold.times_s) < len(whole.times_s) == foretold.points
    assert len(foretold.times_s) <= estimate.MOST_POINTS or name == "endurance"
    assert foretold.pulses == whole.pulses == len(whole.train)
    assert foretold.duration_s == pytest.approx(whole.duration_s, rel=within)
    assert foretold.train.amplitudes_V.tolist() == (
        whole.train.amplitudes_V[: len(foretold.train)].tolist()
    )


def test_a_month_of_cycling_is_foretold_from_two_cycles() -> None:
    foretold = dry_run(make_protocol("write-reset-cycling", {"cycles": 10**6}), array_bench())
    assert foretold.points == 784 * 10**6 + 1
    assert foretold.pulses == 782 * 10**6
    assert set(foretold.point_cycles) == {0, 1}
    assert foretold.duration_s > 30 * 86_400


def test_a_resumed_run_is_foretold_from_its_first_cycle() -> None:
    procedure = short("staircase-write", cycles=10)
    foretold = dry_run(procedure, array_bench(), first_cycle=7)
    assert (foretold.cycles, foretold.points) == (3, procedure.expected_points(7))
    assert set(foretold.point_cycles) == {7, 8, 9}
    with pytest.raises(ProtocolError, match="nothing is left from cycle 10 on"):
        dry_run(procedure, array_bench(), first_cycle=10)


def test_recorded_pulses_are_foretold_one_by_one() -> None:
    procedure = RecordedPulses()
    procedure.points = [
        Point("write", float(number), amplitude_V=2.0, pulse_width_s=50e-9) for number in range(5)
    ]
    foretold = dry_run(procedure, array_bench())
    assert foretold.pulses == len(foretold.train) == 5
    assert foretold.times_s[-1] >= 4.0


def test_a_bench_whose_instruments_are_not_there_will_do(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    bench_file = load_bench_file("virtual-trapezoid").model_copy(
        update={"visa_library": "/no/such/libvisa.so"}
    )
    foretold = dry_run(make_protocol("staircase-write"), bench_file)
    check_against_limits(make_protocol("staircase-write"), bench_file)
    assert foretold.wall_time_s == foretold.duration_s
    assert not caplog.records


def test_a_bench_that_simulates_time_takes_less_of_the_clock_on_the_wall() -> None:
    procedure, bench_file = make_protocol("staircase-write"), load_bench_file("virtual-trapezoid")
    own_time = dry_run(procedure, bench_file)
    assert own_time.wall_time_s < own_time.duration_s
    paced = bench_file.model_copy(update={"visa_library": "trapezoid?real_time=1@dwmtj"})
    assert dry_run(procedure, paced).wall_time_s == own_time.duration_s


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("staircase-write", {"amplitude_stop_V": 7}),
        ("staircase-write", {"pulse_width_s": 2e-6}),
        ("staircase-write", {"rise_s": 60e-9, "fall_s": 60e-9}),
        ("minor-loop", {"largest_field_T": 0.131}),
        ("saturate", {"read_current_A": 0.01}),
        ("write-reset-cycling", {"reset_stop_V": 7}),
    ],
)
def test_what_the_bench_file_forbids_is_refused_in_the_words_of_the_bench(
    name: str, parameters: dict[str, float | str], bench: Bench
) -> None:
    procedure = make_protocol(name, parameters)
    with pytest.raises(LimitError) as by_bench:
        procedure.check(bench)
    with pytest.raises(LimitError) as by_file:
        check_against_limits(procedure, bench.file)
    assert str(by_file.value) == str(by_bench.value)


def test_ramps_of_more_than_a_year_are_refused_without_a_bench() -> None:
    bench_file = load_bench_file("virtual-trapezoid")
    limits = bench_file.limits.model_copy(update={"field_rate_T_per_s": 1e-10})
    with pytest.raises(ProtocolError, match="longer than a year"):
        check_against_limits(
            make_protocol("saturate"), bench_file.model_copy(update={"limits": limits})
        )


def test_an_array_larger_than_the_switch_or_without_one_is_refused() -> None:
    check_against_limits(make_protocol("read-array"), array_bench())
    with pytest.raises(ProtocolError, match="the switch reaches 128 × 20"):
        check_against_limits(make_protocol("read-array", {"rows": 129}), array_bench())
    with pytest.raises(BenchError, match="has no switch"):
        check_against_limits(make_protocol("read-array"), load_bench_file("virtual-trapezoid"))


def test_what_chooses_its_pulses_from_its_readings_has_no_dry_run() -> None:
    with pytest.raises(ProtocolError, match="chooses its pulses from what it reads"):
        dry_run(WriteVerify(), array_bench())
