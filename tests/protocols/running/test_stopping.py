"""A run stops, failed, when its readings say that it must; what it read there is marked."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dwmtj.analysis import AnalysisError, find_levels
from dwmtj.instruments import (
    Bench,
    BenchError,
    ExchangeError,
    OpenJunctionError,
    Reading,
    StopConditions,
    load_bench_file,
    open_bench,
)
from dwmtj.instruments.electromagnet import Electromagnet
from dwmtj.protocols import (
    MinorLoop,
    ProtocolError,
    RunOutcome,
    StopConditionError,
    WriteVerify,
    make_protocol,
    run,
)
from dwmtj.storage import Point, Status, Store
from dwmtj.tests.protocols.conftest import Rig

WINDOW = StopConditions(minimum_resistance_ohm=40.0, maximum_resistance_ohm=400.0)


@dataclass
class Junction:
    """A bench that only has stop conditions."""

    stop_conditions: StopConditions = field(default_factory=lambda: WINDOW)
    device_name: str = "trapezoid-1"

    def snapshot(self) -> Mapping[str, Any]:
        return {"stop": self.stop_conditions.model_dump(mode="json")}

    extra_quantities = ()

    def check_conditions(self, conditions: Mapping[str, float]) -> None: ...

    def set_conditions(self, conditions: Mapping[str, float]) -> None: ...

    def run_begins(self, notes_file: Path, run_id: int, attempt: int) -> None: ...

    def run_ends(self) -> None: ...

    def make_safe(self) -> None: ...


@dataclass
class Readings:
    """A protocol that yields a point for each resistance, and some quantities of its own."""

    resistances_ohm: tuple[float | None, ...]
    temperatures_K: tuple[float, ...] = ()
    name: str = "readings"
    extra_quantities: tuple[str, ...] = ("temperature_K",)

    def check(self, bench: Junction) -> None: ...

    def expected_points(self, first_cycle: int = 0) -> int:
        return len(self.resistances_ohm)

    def parameter_values(self) -> Mapping[str, Any]:
        return {}

    def steps(self, bench: Junction, first_cycle: int = 0) -> Iterator[Point]:
        for number, resistance_ohm in enumerate(self.resistances_ohm):
            extra = {"temperature_K": self.temperatures_K[number]} if self.temperatures_K else {}
            yield Point("read", float(number), resistance_ohm=resistance_ohm, extra=extra)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


def marks(store: Store) -> list[str | None]:
    column = store.points(1)["mark"]
    return [None if missing else mark for mark, missing in zip(column, column.isna(), strict=True)]


def test_a_junction_that_stays_out_of_the_window_is_destroyed_and_its_points_marked(
    store: Store,
) -> None:
    readings = Readings((93.0, 80.0, 20.0, 20.1, 20.2, 20.3))
    with pytest.raises(
        StopConditionError, match=r"jumped from 80 Ω .* stayed there, at 3 .* 20\.2"
    ):
        run(readings, Junction(), store)
    (summary,) = store.runs()
    assert summary.status is Status.FAILED
    assert summary.message is not None
    assert "the junction is destroyed" in summary.message
    assert marks(store) == [None, None, *["below 40 Ω"] * 3]


def test_a_glitch_is_marked_and_stops_nothing(store: Store) -> None:
    outcome = run(Readings((93.0, 20.0, 20.0, 93.0, 900.0, None, 90.0)), Junction(), store)
    assert outcome.status is Status.FINISHED
    assert marks(store) == [None, "below 40 Ω", "below 40 Ω", None, "above 400 Ω", None, None]


def test_a_junction_that_the_last_pulse_destroyed_does_not_finish(store: Store) -> None:
    with pytest.raises(
        StopConditionError, match="stayed there, at the last reading: 20 Ω is below"
    ):
        run(Readings((93.0, 80.0, 20.0)), Junction(), store)
    assert store.runs()[0].status is Status.FAILED


def test_a_window_that_nothing_ever_was_in_is_doubted(store: Store) -> None:
    with pytest.raises(StopConditionError, match="was never plausible: 1e\\+04 Ω is above 400 Ω"):
        run(Readings((1e4, 1e4, 1e4)), Junction(), store)


def test_a_window_may_be_confirmed_at_once(store: Store) -> None:
    at_once = WINDOW.model_copy(update={"confirmed_by": 0})
    with pytest.raises(StopConditionError):
        run(Readings((93.0, 20.0, 93.0)), Junction(at_once), store)
    assert store.runs()[0].points == 2


def test_a_condition_of_the_user_stops_at_once_and_marks_its_point(store: Store) -> None:
    hot = StopConditions(stop_if="temperature_K > 310")
    readings = Readings((93.0,) * 4, (295.0, 305.0, 312.5, 320.0))
    with pytest.raises(StopConditionError, match=r"310 was met: temperature_K = 312\.5\.$"):
        run(readings, Junction(), store, stop=hot)
    assert marks(store) == [None, None, "temperature_K > 310"]
    assert store.run(1).attempts[0].bench["stop"]["stop_if"] == "temperature_K > 310"


def test_a_condition_on_what_is_not_measured_is_refused_before_anything_starts(
    store: Store,
) -> None:
    conditions = StopConditions(stop_if="pressure_Pa > 3 or resistance_ohm < 40")
    with pytest.raises(ProtocolError, match=r"names pressure_Pa, .* has time_s, .*_K\.$"):
        run(Readings((93.0,)), Junction(conditions), store)
    assert store.runs() == []


def bench_of(rig: Rig, **stop: Any) -> Bench:
    bench_file = load_bench_file("virtual-trapezoid")
    return Bench(
        bench_file.model_copy(update={"stop": StopConditions(**stop)}),
        rig,
        rig,
        rig,
        rig,
        switch=rig,
    )


def test_the_protocols_know_their_own_quantities(rig: Rig) -> None:
    make_protocol("read-array").check(bench_of(rig, stop_if="row == 3 and column == 2"))
    assert "level" in WriteVerify.extra_quantities
    with pytest.raises(ProtocolError, match="names row, which minor-loop does not measure"):
        make_protocol("minor-loop").check(bench_of(rig, stop_if="row == 3"))
    assert rig.calls == []


def test_a_protocol_in_a_worker_stops_too(rig: Rig) -> None:
    procedure = MinorLoop(step_T=0.07)
    procedure.bench = bench_of(rig, maximum_resistance_ohm=50.0, confirmed_by=0)
    procedure.emit = lambda *_: None
    procedure.should_stop = lambda: False
    procedure.startup()
    with pytest.raises(StopConditionError, match="was never plausible: 100 Ω is above 50 Ω"):
        procedure.execute()


def test_a_device_that_long_pulses_burn_fails_its_run_and_is_no_level(store: Store) -> None:
    values = {"amplitude_start_V": 1.0, "amplitude_stop_V": 6.0, "amplitude_step_V": 0.1}
    procedure = make_protocol("staircase-write", {**values, "pulse_width_s": 2e-7})
    with (
        open_bench(load_bench_file("virtual-trapezoid")) as bench,
        pytest.raises(StopConditionError, match="the junction is destroyed"),
    ):
        run(procedure, bench, store)
    (summary,) = store.runs()
    assert summary.status is Status.FAILED
    assert summary.points < procedure.expected_points()
    points = store.points(1)
    assert list(points.index[points["mark"].notna()]) == list(points.index[-3:])
    assert max(points["resistance_ohm"][-3:]) < 25
    assert min(level.mean_ohm for level in find_levels(points)) > 60


def test_no_analysis_takes_a_marked_point(store: Store) -> None:
    writer = store.begin_run("staircase-write", "a", parameters={}, bench={})
    for number in range(6):
        writer.add(
            Point("write", 0.1, 0, 1.0 + number, 50e-9, 0.0, None, None, 20.0, mark="below 40 Ω")
        )
    with pytest.raises(AnalysisError, match="no readings after pulses"):
        find_levels(store.points(1))


@dataclass
class Failing(Rig):
    """A meter that fails in given ways before it reads."""

    failures: list[Exception] = field(default_factory=list)

    def read(self) -> Reading:
        if self.failures:
            raise self.failures.pop(0)
        return super().read()


def minor_loop(rig: Rig, store: Store) -> RunOutcome:
    return run(MinorLoop(step_T=0.07), bench_of(rig), store)


def test_a_reading_that_failed_is_repeated_once_counted_and_stored_as_a_warning(
    store: Store,
) -> None:
    outcome = minor_loop(Failing(failures=[ExchangeError("The meter does not answer.")]), store)
    assert (outcome.status, outcome.retries, outcome.points) == (Status.FINISHED, 1, 5)
    messages = [warning.message for warning in store.run(1).warnings]
    assert messages == ["A reading is repeated: The meter does not answer."]


@pytest.mark.parametrize(
    "failures",
    [
        [ExchangeError("No answer.")] * 2,
        [OpenJunctionError("The junction is open.")],
        [BenchError("An error in the queue.")],
    ],
)
def test_what_a_second_reading_does_not_mend_fails_the_run(
    store: Store, failures: list[Exception]
) -> None:
    with pytest.raises(BenchError) as raised:
        minor_loop(Failing(failures=[*failures]), store)
    assert store.runs()[0].message == str(raised.value) == str(failures[0])


def test_a_pulse_is_never_fired_again(store: Store) -> None:
    class Silent(Rig):
        def fire(self, amplitude_V: float) -> None:
            super().fire(amplitude_V)
            raise ExchangeError("The generator does not answer.")

    rig = Silent()
    with pytest.raises(ExchangeError):
        run(make_protocol("staircase-write"), bench_of(rig), store)
    assert [call[0] for call in rig.calls].count("fire") == 1


def test_a_magnet_whose_field_stays_where_it_is_fails_the_run(store: Store) -> None:
    """By small steps, too: the field falls behind the set points by more than the tolerance."""

    class Stuck(Rig):
        maximum_current_A = 12.0

        def ramp_to(self, current_A: float, is_over: Callable[[], bool] = lambda: False) -> None:
            if self.field_T == 0.0:
                self.field_T = 0.07  # it moves once, then no more

        def read_current(self) -> float:
            return self.field_T / 0.0125

    rig = Stuck()
    magnet = Electromagnet(
        rig,
        rig,
        rig,
        coil_T_per_A=0.0125,
        tolerance_T=1e-4,
        largest_trim_T=5e-3,
        largest_field_T=0.13,
    )
    bench = Bench(load_bench_file("virtual-trapezoid"), rig, magnet, rig, rig)
    with pytest.raises(BenchError, match=r"reads 0\.07 T where 0\.0699 T was set"):
        run(MinorLoop(step_T=5e-5), bench, store)
    assert store.runs()[0].points == 2
