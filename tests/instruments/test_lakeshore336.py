"""Byte for byte: what the adapter of the temperature controller sends; its role on the bench."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.instruments import Bench, BenchError, LimitError, StopConditions, open_bench
from dwmtj.instruments.adapters.lakeshore336 import (
    LakeShore336,
    LakeShore336Section,
    LakeShore336TemperatureController,
)
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.protocols import make_protocol, run
from dwmtj.protocols.dry_run import check_against_limits, dry_run
from dwmtj.simulators.bench.models.lakeshore_336 import SURROUNDINGS_K
from dwmtj.storage import Status, Store
from dwmtj.tests.instruments.counting_clock import CountingClock
from dwmtj.tests.instruments.other_benches import other_bench
from dwmtj.tests.virtual_lab import lab_of

Exchange = list[tuple[bytes, bytes | None]]


SECTION = LakeShore336Section(
    driver="LakeShore336",
    address="GPIB0::12::INSTR",
    input="B",
    output=2,
    heater_range=3,
    tolerance_K=0.2,
    steady_s=2.0,
    longest_wait_s=5.0,
)

LOOP: Exchange = [
    (b"INTYPE? B", b"1,0,0,0,1"),
    (b"TLIMIT B,400", None),
    (b"TLIMIT? B", b"+400.000"),
    (b"OUTMODE 2,1,2,0", None),
    (b"OUTMODE? 2", b"1,2,0"),
    (b"RAMP 2,0,1", None),
    (b"RAMP? 2", b"0,+1.0"),
    (b"SETP 2,350.0000", None),
    (b"SETP? 2", b"+350.000"),
]
HEATING: Exchange = [(b"RANGE? 2", b"3"), (b"HTRST? 2", b"0")]
HEAT: Exchange = [*LOOP, (b"RANGE 2,3", None), *HEATING, (b"*ESR?", b"0")]
OFF: Exchange = [(b"RANGE 2,0", None), (b"RANGE? 2", b"0")]


def reading(temperature: bytes, status: bytes = b"000") -> Exchange:
    return [(b"KRDG? B", temperature), (b"RDGST? B", status)]


@contextmanager
def controller_of(*parts: Exchange) -> Iterator[LakeShore336TemperatureController]:
    with expected_protocol(LakeShore336, [pair for part in parts for pair in part]) as driver:
        yield LakeShore336TemperatureController(driver, CountingClock(), SECTION, highest_K=400.0)


def test_a_temperature_is_steady_after_it_has_stayed_within_the_tolerance() -> None:
    waits = [
        part
        for temperature in (b"+349.900", b"+350.300", b"+350.100", b"+349.950")
        for part in (reading(temperature), HEATING)
    ]
    with controller_of(HEAT, *waits, reading(b"+350.010")) as controller:
        assert controller.set_temperature(350.0) == 350.01


def test_a_temperature_that_is_not_reached_in_time_is_an_error() -> None:
    waits = [reading(b"+320.000"), HEATING] * 6
    with (
        controller_of(HEAT, *waits, reading(b"+321.000")) as controller,
        pytest.raises(BenchError, match="reads 321 K after 5 s where 350 K was set"),
    ):
        controller.set_temperature(350.0)


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        ([(b"INTYPE? B", b"1,0,0,0,2")] * 2, "not kelvin: set the preferred unit"),
        ([*LOOP[:2], *[(b"TLIMIT? B", b"+0.000")] * 2], "0 as its temperature limit in K where"),
        ([*LOOP[:4], *[(b"OUTMODE? 2", b"3,2,0")] * 2], "3,2,0 as the mode of its output"),
        ([*LOOP[:6], *[(b"RAMP? 2", b"1,+1.0")] * 2], "as the ramp where 0, was set"),
        ([*LOOP[:8], *[(b"SETP? 2", b"+300.000")] * 2], "300 as its set point in K where 350"),
    ],
)
def test_the_heater_stays_off_if_the_loop_is_not_as_it_was_set(
    exchange: Exchange, reason: str
) -> None:
    with controller_of(exchange) as controller, pytest.raises(BenchError, match=reason):
        controller.set_temperature(350.0)


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        ([*HEAT[:10], *[(b"RANGE? 2", b"0")] * 2], "0 as the range of its heater where 3 was set"),
        ([*HEAT[:11], *[(b"HTRST? 2", b"1")] * 2], "reports an open load at its heater"),
        ([*HEAT[:11], *[(b"HTRST? 2", b"2")] * 2], "reports a short circuit at its heater"),
        ([*HEAT[:12], (b"*ESR?", b"16")], "16 as its event status: it refused a command"),
        ([*HEAT, *reading(b"+295.0", b"016") * 2], "reports 016 as the status of its sensor B"),
    ],
)
def test_a_fault_of_heater_or_sensor_ends_the_wait(exchange: Exchange, reason: str) -> None:
    with controller_of(exchange) as controller, pytest.raises(BenchError, match=reason):
        controller.set_temperature(350.0)


@pytest.mark.parametrize(
    ("exchange", "reason"),
    [
        (reading(b"+000.000", b"064") * 2, "reports 064 as the status"),
        (reading(b"+000.000", b"") * 2, "reports nothing as the status"),
        (reading(b"+000.000") * 2, "replied 0 K, which no sensor of it reads"),
        ([(b"KRDG? B", b"S-OVER")] * 2, "where a number was expected"),
    ],
)
def test_what_is_no_temperature_is_an_error(exchange: Exchange, reason: str) -> None:
    with controller_of(exchange) as controller, pytest.raises(BenchError, match=reason):
        controller.read_temperature()


def test_the_safe_state_is_the_heater_off_and_confirmed() -> None:
    stays_on: Exchange = [(b"RANGE 2,0", None), (b"RANGE? 2", b"3")]
    with controller_of(OFF, stays_on, OFF) as controller:
        controller.make_safe()
        controller.make_safe()
    with controller_of(stays_on, stays_on) as controller, pytest.raises(BenchError, match="be on"):
        controller.make_safe()


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with open_bench(other_bench("336, 643", tmp_path)) as opened:
        yield opened


def heater_range(bench: Bench) -> int:
    lab = lab_of(bench.file)
    controller = next(i.core for i in lab.instruments.values() if i.model.name == "336")
    return int(controller.ranges[1])


def test_a_run_at_a_temperature_heats_measures_it_with_every_point_and_switches_off(
    bench: Bench, tmp_path: Path
) -> None:
    procedure = make_protocol("iv")
    with Store.open(tmp_path / "runs.sqlite") as store:
        outcome = run(procedure, bench, store, conditions={"temperature_K": 330.0})
        points = store.points(outcome.run_id)
        record = store.run(outcome.run_id)
    assert record.stated == "temperature 330 K (set, and measured with each point)"
    assert outcome.status is Status.FINISHED
    assert len(points) == procedure.points_per_cycle()
    assert points["temperature_K"].between(329.8, 330.2).all()
    assert heater_range(bench) == 0


def test_without_a_temperature_it_is_measured_and_nothing_is_heated(
    bench: Bench, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "runs.sqlite") as store:
        points = store.points(run(make_protocol("iv"), bench, store).run_id)
    assert points["temperature_K"].between(SURROUNDINGS_K - 0.1, SURROUNDINGS_K + 0.1).all()


def test_a_temperature_beyond_the_limits_is_refused_and_no_run_begins(
    bench: Bench, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "runs.sqlite") as store:
        for temperature_K in (280.0, 401.0):
            with pytest.raises(LimitError, match=r"limits of 290 K to 400 K"):
                run(make_protocol("iv"), bench, store, conditions={"temperature_K": temperature_K})
        assert not store.runs()


def test_without_limits_no_temperature_can_be_set(tmp_path: Path) -> None:
    bench_file = other_bench("336, 643", tmp_path)
    limits = bench_file.limits.model_copy(update={"highest_temperature_K": None})
    with (
        open_bench(bench_file.model_copy(update={"limits": limits})) as bench,
        pytest.raises(LimitError, match="add them to the bench file"),
    ):
        bench.temperature_controller.set_temperature(300.0)


def test_a_temperature_that_the_heater_cannot_hold_fails_the_run_with_the_heater_off(
    bench: Bench, tmp_path: Path
) -> None:
    controller = bench.temperature_controller
    shown = bench.read_once()["temperature controller"]
    assert float(shown.removesuffix(" K")) == pytest.approx(SURROUNDINGS_K, abs=0.1)
    with Store.open(tmp_path / "runs.sqlite") as store:
        with pytest.raises(BenchError, match=r"after 600 s where 290 K was set"):
            run(make_protocol("iv"), bench, store, conditions={"temperature_K": 290.0})
        assert [summary.status for summary in store.runs()] == [Status.FAILED]
    assert heater_range(bench) == 0
    assert not controller.armed


def test_a_stop_condition_may_name_the_temperature_of_the_bench(
    bench: Bench, tmp_path: Path
) -> None:
    stop = StopConditions(stop_if="temperature_K > 200")
    with Store.open(tmp_path / "runs.sqlite") as store:
        with pytest.raises(Exception, match="temperature_K > 200 was met"):
            run(make_protocol("iv"), bench, store, stop=stop)
        (summary,) = store.runs()
    assert summary.status is Status.FAILED


def test_a_dry_run_and_its_check_need_no_controller(tmp_path: Path) -> None:
    bench_file = other_bench("336, 643", tmp_path)
    stop = StopConditions(stop_if="temperature_K > 310")
    bench_file = bench_file.model_copy(update={"stop": stop})
    procedure = make_protocol("iv")
    check_against_limits(procedure, bench_file)
    assert dry_run(procedure, bench_file).points == procedure.points_per_cycle()


def test_the_guard_switches_the_heater_off(tmp_path: Path) -> None:
    plans = {plan.name: plan for plan in plan_of(other_bench("336, 643", tmp_path)).instruments}
    assert [getattr(step, "message", None) for step in plans["temperature controller"].steps] == [
        "RANGE 1,0",
        None,
    ]


def test_a_heater_range_that_only_a_350_has_is_refused_when_the_bench_is_opened(
    bench: Bench,
) -> None:
    assert bench.identities()["temperature controller"]
    section = bench.file.temperature_controller
    assert section is not None
    hotter = section.model_copy(update={"heater_range": 5})
    file = bench.file.model_copy(update={"temperature_controller": hotter, "name": "hotter"})
    bench.close()
    with pytest.raises(BenchError, match="correct heater_range = 5"):
        open_bench(file)
