"""What every adapter of a role must do; a new driver joins as one more virtual bench."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import pyvisa

from dwmtj.instruments import Bench, BenchError, BenchFile, PulseShape
from dwmtj.simulators.bench import Lab
from dwmtj.tests.instruments.other_benches import (
    OFF_QUERIES,
    OTHER_BENCHES,
    SET_POINT_QUERIES,
    other_bench,
)

SHAPE = PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=10e-9)


@pytest.fixture(params=["trapezoid", *OTHER_BENCHES])
def bench_file(
    request: pytest.FixtureRequest, virtual: Callable[..., BenchFile], tmp_path: Path
) -> BenchFile:
    if request.param in OTHER_BENCHES:
        return other_bench(request.param, tmp_path)
    return virtual(request.param)


def asked(bench_file: BenchFile, address: str, question: str) -> str:
    """Ask an instrument behind the adapters' back."""
    manager = pyvisa.ResourceManager(bench_file.visa_library)
    with manager.open_resource(address, read_termination="\n") as instrument:
        assert isinstance(instrument, pyvisa.resources.MessageBasedResource)
        return instrument.query(question).strip()


def is_on(bench_file: BenchFile, instrument: str) -> bool:
    _, section = bench_file.instruments()[instrument]
    return float(asked(bench_file, section.address, OFF_QUERIES[section.driver])) == 1


def source_of_the_read_current(bench_file: BenchFile) -> str:
    return "resistance meter" if bench_file.current_source is None else "current source"


def test_every_role_has_an_identity(bench: Bench) -> None:
    assert all(bench.identities().values())


def test_a_pulse_changes_the_wall_and_leaves_nothing_on_the_track(bench: Bench, lab: Lab) -> None:
    bench.magnet.set_field(0.05)
    bench.magnet.set_field(-0.004)
    bench.generator.arm(SHAPE)
    before = int(lab.device.site[0])
    bench.generator.fire(3.2)
    assert int(lab.device.site[0]) > before
    bench.clock.sleep(1.0)
    assert not lab.device.broken[0]


def test_pulses_of_both_signs_for_seconds_never_harm_the_junction(bench: Bench, lab: Lab) -> None:
    bench.generator.arm(SHAPE)
    for amplitude_V in (3.0, -3.0, 4.0, -4.0, -0.2, 0.2):
        bench.generator.fire(amplitude_V)
        bench.clock.sleep(1.0)
    assert not lab.device.broken[0]


def test_shapes_may_follow_one_another_in_any_order(bench: Bench) -> None:
    for width_s, edge_s in [(1e-6, 1e-8), (5e-8, 1e-8), (2e-7, 1e-7), (1e-8, 6e-9), (1e-6, 5e-7)]:
        bench.generator.arm(PulseShape(width_s, edge_s, edge_s))
        bench.generator.fire(0.5)


def test_firing_unarmed_is_refused(bench: Bench) -> None:
    with pytest.raises(BenchError, match="not armed"):
        bench.generator.fire(1.0)


@pytest.mark.parametrize("field_T", [0.05, -0.042, 0.0])
def test_a_field_is_reached_and_read_back_within_the_tolerance(
    field_T: float, bench: Bench, bench_file: BenchFile
) -> None:
    assert bench_file.magnet is not None
    tolerance_T = bench_file.magnet.tolerance_T
    assert bench.magnet.set_field(field_T) == pytest.approx(field_T, abs=tolerance_T)
    assert bench.magnet.read_field() == pytest.approx(field_T, abs=1.5 * tolerance_T)


def test_the_field_never_moves_faster_than_allowed(
    bench: Bench, lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples: list[tuple[float, float]] = []
    sleep = lab.clock.sleep

    def sampling_sleep(duration_s: float) -> None:
        sleep(duration_s)
        with lab.lock:
            samples.append((lab.clock.now_s(), lab.circuit.field_T()))

    monkeypatch.setattr(lab.clock, "sleep", sampling_sleep)
    bench.magnet.set_field(0.1)
    bench.make_safe()
    times_s, fields_T = np.array(samples).T
    assert fields_T.max() == pytest.approx(0.1, abs=1e-3)
    over_s = 0.25  # the supply's steps are 0.05 s long; the rate is a mean over several
    later = np.searchsorted(times_s, times_s + over_s)
    within = later < len(times_s)
    change_T = np.abs(fields_T[later[within]] - fields_T[within.nonzero()[0]])
    elapsed_s = times_s[later[within]] - times_s[within.nonzero()[0]]
    step_T = bench.limits.field_rate_T_per_s * 0.05
    assert (change_T <= bench.limits.field_rate_T_per_s * elapsed_s + step_T).all()


def test_a_reading_is_the_resistance_of_the_junction(bench: Bench, lab: Lab) -> None:
    bench.meter.arm(100e-6)
    reading = bench.meter.read()
    assert reading.resistance_ohm == pytest.approx(lab.device.resistance_ohm()[0], rel=5e-3)
    assert reading.current_A == pytest.approx(100e-6, rel=1e-2)


def test_reading_unarmed_is_refused(bench: Bench) -> None:
    with pytest.raises(BenchError, match="not armed"):
        bench.meter.read()


def test_the_safe_state_is_off_and_without_field_and_may_be_reached_twice(
    bench: Bench, bench_file: BenchFile
) -> None:
    bench.magnet.set_field(0.05)
    bench.generator.arm(SHAPE)
    bench.meter.arm(100e-6)
    assert is_on(bench_file, "pulse generator")
    if bench_file.resistance_meter.driver.startswith("Keithley"):
        assert is_on(bench_file, source_of_the_read_current(bench_file))
    for _ in range(2):
        bench.make_safe()
        assert not is_on(bench_file, "pulse generator")
        assert not is_on(bench_file, source_of_the_read_current(bench_file))
        assert not is_on(bench_file, "magnet supply")
        _, supply = bench_file.instruments()["magnet supply"]
        set_point = asked(bench_file, supply.address, SET_POINT_QUERIES[supply.driver])
        assert float(set_point.split()[-1]) == 0
        assert abs(bench.magnet.read_field()) < 1e-3
