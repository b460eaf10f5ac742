"""A stored run, repeated on a lab of its own: the same to the last digit, or it says where not."""

import json
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dwmtj.analysis.run_comparison import RunComparison, compare_runs
from dwmtj.instruments import Bench, BenchFile, PulseShape, SetPoints, open_bench
from dwmtj.protocols import ProtocolError
from dwmtj.protocols.adaptive.write_plan import WritePlan
from dwmtj.protocols.adaptive.write_verify import WriteVerify
from dwmtj.protocols.catalogue import PROTOCOLS, make_protocol
from dwmtj.protocols.measurement_sequence import MeasurementSequence
from dwmtj.protocols.procedure import BenchProcedure
from dwmtj.protocols.recorded_pulses import RecordedPulses
from dwmtj.protocols.replay import Replay, prepare_replay
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Point, Status, Store

STEPS = {"amplitude_start_V": 2.6, "amplitude_stop_V": 3.6, "amplitude_step_V": 0.2}
SHORT: Mapping[str, Mapping[str, float]] = {
    "saturate": {},
    "minor-loop": {"step_T": 0.02},
    "staircase-write": {**STEPS, "cycles": 3},
    "reset": {**STEPS},
    "write-reset-cycling": {**STEPS, "reset_stop_V": 3.6, "cycles": 2},
    "repeated-ramp": {**STEPS, "cycles": 2},
    "pulse-train": {**STEPS, "pulses": 3},
    "switching-probability": {**STEPS, "trials": 2, "reset_V": 3.6},
    "endurance": {"cycles": 30, "read_all_until": 3, "pulses": 2},
    "read-series": {"readings": 70, "interval_s": 0.1, "cycles": 2},
    "read-array": {"rows": 2, "columns": 2},
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as store:
        yield store


@pytest.fixture
def other(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "other.sqlite") as store:
        yield store


def measured(
    procedure: BenchProcedure,
    bench_file: BenchFile,
    store: Store,
    stop_after: int = 0,
    **about: Any,
) -> int:
    """Measure in a lab of its own, and return the number of the run."""
    calls = count(1)
    with open_bench(bench_file) as bench:
        stop = lambda: next(calls) == stop_after  # noqa: E731
        return run(procedure, bench, store, should_stop=stop, **about).run_id


def replay_of(number: int, store: Store, **given: Any) -> Replay:
    return prepare_replay(store.run(number), store.points(number, all_attempts=True), **given)


def compared(replay: Replay, store: Store, other: Store) -> RunComparison:
    number, failure = replay.into(other)
    assert failure == ""
    recorded = store.points(replay.record.summary.id, all_attempts=True)
    return compare_runs(recorded, other.points(number, all_attempts=True))


def change(store: Store, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(store.path)) as database, database:
        assert database.execute(statement, values).rowcount == 1


@pytest.mark.parametrize("name", PROTOCOLS)
def test_a_run_of_the_virtual_bench_is_replayed_to_the_last_digit(
    name: str, virtual: Callable[..., BenchFile], store: Store, other: Store
) -> None:
    bench_file = virtual("array" if name == "read-array" else "trapezoid", seed=5)
    number = measured(make_protocol(name, SHORT.get(name, {})), bench_file, store)
    replay = replay_of(number, store)
    assert replay.exact
    assert compared(replay, store, other).identical


def test_another_seed_is_not_identical(
    virtual: Callable[..., BenchFile], store: Store, other: Store
) -> None:
    number = measured(make_protocol("staircase-write", SHORT["staircase-write"]), virtual(), store)
    replay = replay_of(number, store, seed=2)
    assert not replay.exact
    assert not compared(replay, store, other).identical


def test_a_changed_point_is_found_and_named(
    virtual: Callable[..., BenchFile], store: Store, other: Store
) -> None:
    number = measured(make_protocol("staircase-write", SHORT["staircase-write"]), virtual(), store)
    change(store, "UPDATE points SET current_A = current_A * 1.000001 WHERE point = 10")
    change(store, "UPDATE points SET resistance_ohm = 2 * resistance_ohm WHERE point = 12")
    result = compared(replay_of(number, store), store, other)
    assert not result.identical
    assert result.first is not None
    assert (result.first.point, result.first.column) == (10, "current_A")
    assert result.first.recorded != result.first.repeated
    assert result.first_beyond_noise is not None
    assert result.first_beyond_noise.point == 12
    assert [(each.phase, each.differing, each.beyond_noise) for each in result.phases] == [
        ("saturate", 0, 0),
        ("bias", 0, 0),
        ("write", 2, 1),
    ]


def test_a_resumed_run_is_replayed_attempt_by_attempt(
    virtual: Callable[..., BenchFile], store: Store, other: Store
) -> None:
    procedure = make_protocol("staircase-write", SHORT["staircase-write"])
    bench_file = virtual()
    number = measured(procedure, bench_file, store, stop_after=11)
    for attempt, stop_after in ((2, 9), (3, 0)):
        library = bench_file.visa_library.replace("@", f"&attempt={attempt}@")
        again = bench_file.model_copy(update={"visa_library": library})
        measured(procedure, again, store, stop_after=stop_after, resume=number)
    points = store.points(number, all_attempts=True)
    assert points["attempt"].value_counts().to_dict() == {1: 11, 2: 9, 3: 8}
    assert compared(replay_of(number, store), store, other).identical
    assert [each.status for each in other.run(1).attempts] == [
        Status.ABORTED,
        Status.ABORTED,
        Status.FINISHED,
    ]


def test_an_attempt_that_read_nothing_is_left_out(
    virtual: Callable[..., BenchFile], store: Store, other: Store
) -> None:
    procedure, bench_file = make_protocol("saturate"), virtual()
    store.begin_run(
        "saturate",
        bench_file.device.name,
        parameters=procedure.parameter_values(),
        bench={},
    ).finish(Status.FAILED, "The magnet does not answer.")
    with open_bench(bench_file) as bench:
        change(store, "UPDATE runs SET bench = ?", json.dumps(bench.snapshot()))
        run(procedure, bench, store, resume=1)
    result = compared(replay_of(1, store), store, other)
    assert (result.recorded_points, result.repeated_points) == (2, 2)


def a_plan() -> WritePlan:
    """Two levels about the saturated trapezoid's 100 Ω; a pulse of 3.6 V writes, whatever."""
    choice = np.zeros((2, 2, 3, 2), dtype=np.int16)
    choice[1, 0] = 1
    choice[1, 0, 1:] = 2
    return WritePlan(
        rows=1,
        columns=3,
        targets=(0, 1, 1),
        edges_ohm=(2000.0, 900.0, 10.0),
        positive_V=(3.4, 3.6),
        negative_V=(1.0,),
        policy_table=choice,
        expected_pulses=(0.0, 2.0),
    )


@pytest.fixture
def written(virtual: Callable[..., BenchFile], store: Store) -> int:
    procedure = WriteVerify()
    procedure.plan = a_plan()
    procedure.read_current_A = 20e-6
    procedure.most_pulses = 4
    return measured(procedure, virtual("array", seed=3), store)


def test_an_array_that_was_written_is_written_again_to_the_last_digit(
    written: int, store: Store, other: Store
) -> None:
    assert store.points(written)["amplitude_V"].notna().any()
    assert compared(replay_of(written, store), store, other).identical


def test_on_another_lab_the_recorded_pulses_are_fired_and_none_is_chosen(
    written: int, store: Store, other: Store
) -> None:
    replay = replay_of(written, store, lab="array", seed=4)
    assert isinstance(replay.protocol, RecordedPulses)
    assert not compared(replay, store, other).identical
    recorded, repeated = store.points(written), other.points(1)
    fired = ["phase", "cycle", "amplitude_V", "pulse_width_s", "row", "column", "target"]
    assert repeated[fired].equals(recorded[fired])
    assert np.allclose(repeated["field_T"], recorded["field_T"], atol=2e-4)


class TwoWays(BenchProcedure):
    """A protocol of somebody's own, with pulses of two widths and a pause."""

    name = "two-ways"

    def set_points(self) -> SetPoints:
        return SetPoints(amplitudes_V=(3.0,), currents_A=(1e-4,), fields_T=(0.05, -0.004))

    def points_per_cycle(self) -> int:
        return 5

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = MeasurementSequence.start(bench, self.read_current_A)
        yield from sequence.saturate(0.05, -0.004, 0)
        for width_s in (50e-9, 100e-9):
            shape = PulseShape(width_s, 10e-9, 10e-9)
            bench.generator.arm(shape)
            yield from sequence.pulses([3.0], shape, 0.0, "write", 0)
        bench.clock.sleep(60.0)
        yield sequence.read("read", 0)


def test_the_pulses_of_a_protocol_that_is_not_known_are_fired_from_the_record(
    virtual: Callable[..., BenchFile], store: Store, other: Store
) -> None:
    number = measured(TwoWays(), virtual(), store)
    replay = replay_of(number, store)
    assert isinstance(replay.protocol, RecordedPulses)
    assert not replay.exact
    compared(replay, store, other)
    recorded, repeated = store.points(number), other.points(1)
    for column in ("phase", "cycle", "amplitude_V", "pulse_width_s"):
        assert repeated[column].equals(recorded[column])
    assert repeated["time_s"].iloc[-1] >= recorded["time_s"].iloc[-1] > 60
    assert np.allclose(repeated["field_T"], recorded["field_T"], atol=2e-4)


def test_a_run_on_real_instruments_is_replayed_on_the_lab_given_only(
    virtual: Callable[..., BenchFile], store: Store, other: Store
) -> None:
    number = measured(make_protocol("staircase-write", SHORT["staircase-write"]), virtual(), store)
    real = {**store.run(number).attempts[0].bench, "visa_library": "@py"}
    real["pulse_generator"] = {**real["pulse_generator"], "address": "USB0::1::2::3::INSTR"}
    change(store, "UPDATE runs SET bench = ?", json.dumps(real))
    with pytest.raises(ProtocolError, match="measured on real instruments"):
        replay_of(number, store)
    replay = replay_of(number, store, lab="straight")
    assert all("@dwmtj" in bench_file.visa_library for bench_file in replay.benches)
    result = compared(replay, store, other)
    assert result.repeated_points == result.recorded_points
    assert result.first_beyond_noise is not None


def test_an_array_kept_in_a_file_is_left_alone(
    virtual: Callable[..., BenchFile], store: Store, other: Store, tmp_path: Path
) -> None:
    state = tmp_path / "array.npz"
    bench_file = virtual("array")
    library = bench_file.visa_library.replace("@", f"&state={state}@")
    kept = bench_file.model_copy(update={"visa_library": library})
    number = measured(make_protocol("read-array", SHORT["read-array"]), kept, store)
    before = state.read_bytes() if state.exists() else None
    compared(replay_of(number, store), store, other)
    assert (state.read_bytes() if state.exists() else None) == before


def test_a_replay_that_fails_is_compared_as_far_as_it_went(
    virtual: Callable[..., BenchFile], store: Store, other: Store
) -> None:
    number = measured(make_protocol("staircase-write", SHORT["staircase-write"]), virtual(), store)
    change(store, "UPDATE points SET resistance_ohm = 1 WHERE point = 1")
    narrow = store.run(number).attempts[0].bench
    limits = {**narrow["limits"], "read_voltage_V": 0.0003}
    change(store, "UPDATE runs SET bench = ?", json.dumps({**narrow, "limits": limits}))
    number, failure = replay_of(number, store).into(other)
    assert "in compliance" in failure
    assert other.run(number).summary.status is Status.FAILED


@pytest.mark.parametrize(
    ("parameters", "points", "told"),
    [
        ({"imported": {"file": "a.csv"}}, 1, "was imported, not measured"),
        ({}, 0, "has no points"),
        ({}, 1, "bench of run 1 cannot be read"),
    ],
)
def test_what_cannot_be_replayed_is_refused_in_one_sentence(
    store: Store, parameters: dict[str, Any], points: int, told: str
) -> None:
    writer = store.begin_run("staircase-write", "A3", parameters=parameters, bench={"name": "a"})
    for _ in range(points):
        writer.add(Point("write", 0.0))
    writer.finish(Status.FINISHED)
    with pytest.raises(ProtocolError, match=told):
        replay_of(1, store)
