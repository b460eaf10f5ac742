"""Training an array: a learner's visits, in steps that depend on stored readings alone."""

import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from dwmtj.instruments import Bench, BenchError, load_bench_file
from dwmtj.protocols.adaptive.known_array import KnownArray
from dwmtj.protocols.adaptive.train_array import TrainArray, Visit
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Point, Status, Store
from dwmtj.tests.protocols.adaptive.test_write_verify import ArrayRig, a_plan


@dataclass
class Raising:
    """Wants device number `step` (of 4) one level higher, and remembers what it was shown."""

    single_pulses: bool = False
    shown: list[tuple[int, ...]] = field(default_factory=list)

    def begin(self, array: KnownArray) -> None:
        self.shown = [tuple(array.level.tolist())]

    def accuracy(self, array: KnownArray) -> float:
        return float(array.level.sum()) / 8

    def step(self, array: KnownArray) -> Sequence[Visit]:
        self.shown.append(tuple(array.level.tolist()))
        device = (len(self.shown) - 2) % 4
        if self.single_pulses:
            return [Visit(device, amplitude_V=1.0)]
        return [Visit(device, target=min(2, int(array.level[device]) + 1))]

    def document(self) -> Mapping[str, Any]:
        return {"single_pulses": self.single_pulses}


def training(learner: Raising, **parameters: float) -> TrainArray:
    procedure = TrainArray()
    procedure.plan, procedure.learner = a_plan(), learner
    for name, value in {"updates": 4, "read_every": 2, **parameters}.items():
        setattr(procedure, name, value)
    return procedure


@pytest.fixture
def rig() -> ArrayRig:
    return ArrayRig()


@pytest.fixture
def bench(rig: ArrayRig) -> Iterator[Bench]:
    yield Bench(load_bench_file("virtual-array"), rig, rig, rig, rig, switch=rig)


def visited(points: list[Point]) -> list[list[tuple[int, float | None, object]]]:
    """Return for each cycle the device, amplitude and level of every point."""
    found: list[list[tuple[int, float | None, object]]] = []
    for point in points:
        while len(found) <= point.cycle:
            found.append([])
        device = 2 * int(point.extra["row"] or 0) + int(point.extra["column"] or 0)
        found[point.cycle].append((device, point.amplitude_V, point.extra["level"]))
    return found


ALL_READ = [(device, None, 0) for device in range(4)]


def test_the_whole_array_is_read_first_between_steps_and_at_the_end(bench: Bench) -> None:
    procedure = training(Raising())
    points = list(procedure.steps(bench))
    cycles = visited(points)
    assert cycles[0] == ALL_READ
    assert cycles[1] == [(0, None, 0), (0, 1.0, 1)]
    assert cycles[2] == [(1, None, 0), (1, 1.0, 1)]
    assert cycles[3] == [(0, None, 1), (1, None, 1), (2, None, 0), (3, None, 0)]
    assert cycles[6] == [(device, None, 1) for device in range(4)]
    assert len(cycles) == procedure.expected_cycles() == 7
    judged = [
        (point.cycle, point.extra["accuracy"]) for point in points if "accuracy" in point.extra
    ]
    assert judged == [(1, 0.0), (2, 0.125), (4, 0.25), (5, 0.375), (6, 0.5)]


def test_a_step_sees_the_latest_reading_of_every_device(bench: Bench) -> None:
    learner = Raising()
    list(training(learner).steps(bench))
    assert learner.shown[1:] == [(0, 0, 0, 0), (1, 0, 0, 0), (1, 1, 0, 0), (1, 1, 1, 0)]


@pytest.mark.parametrize("single_pulses", [False, True])
@pytest.mark.parametrize("stops_after", [2, 6, 7, 12, 15])
def test_a_run_stopped_after_any_point_resumes_to_the_same_array(
    single_pulses: bool, stops_after: int, bench: Bench, rig: ArrayRig, tmp_path: Path
) -> None:
    whole = Raising(single_pulses)
    list(training(whole).steps(Bench(bench.file, *[other := ArrayRig()] * 4, switch=other)))
    seen: list[int] = []

    def stop() -> bool:
        seen.append(1)
        return len(seen) == stops_after

    learner = Raising(single_pulses)
    with Store.open(tmp_path / "lab.sqlite") as store:
        stopped = run(training(Raising(single_pulses)), bench, store, should_stop=stop)
        assert stopped.status is Status.ABORTED
        resumed = run(training(learner), bench, store, resume=stopped.run_id)
        assert resumed.status is Status.FINISHED
    assert learner.shown == whole.shown
    assert rig.level == other.level


def test_a_stuck_device_is_pulsed_a_few_times_and_then_left_alone(
    bench: Bench, rig: ArrayRig
) -> None:
    rig.stuck.add((0, 0))
    procedure = training(Raising(), updates=9, read_every=20, most_withstood=3)
    points = list(procedure.steps(bench))
    fired = [point for point in points if point.amplitude_V and point.extra["row"] == 0]
    at_first = [point for point in fired if point.extra["column"] == 0]
    assert [point.cycle for point in at_first] == [1, 1, 1]
    assert [point.extra.get("stuck") for point in at_first] == [None, None, True]
    assert rig.level == {(0, 1): 2, (1, 0): 2, (1, 1): 2}


def test_only_a_device_that_withstood_the_largest_pulse_is_stuck() -> None:
    known = KnownArray(a_plan(), 3)
    at_first: dict[Hashable, Any] = {"row": 0, "column": 0, "resistance_ohm": 100.0}
    stuck = []
    for amplitude_V in (math.nan, 1.0, 1.0, -1.0, 1.0, 1.0, -2.0, 1.0):
        known.add_row({**at_first, "amplitude_V": amplitude_V})
        stuck.append(bool(known.stuck[0]))
    assert stuck == [False] * 6 + [True] * 2
    known.add_row({**at_first, "resistance_ohm": 80.0, "amplitude_V": 1.0})
    assert not known.stuck.any()


def test_a_stuck_device_that_is_found_moved_is_used_again(bench: Bench, rig: ArrayRig) -> None:
    rig.stuck.add((0, 0))
    procedure = training(Raising(), updates=6, read_every=4, most_withstood=3)
    points = []
    for point in procedure.steps(bench):
        points.append(point)
        if point.cycle == 4:
            rig.stuck.clear()
            rig.level[0, 0] = 1
    assert visited(points)[6] == [(0, None, 1), (0, 1.0, 2)]


def test_a_single_pulse_is_left_out_where_the_level_is_no_longer_the_one_it_was_chosen_for(
    bench: Bench, rig: ArrayRig
) -> None:
    points = []
    for point in training(Raising(single_pulses=True)).steps(bench):
        points.append(point)
        if point.cycle == 0:
            rig.level[0, 0] = 1  # it drifts before its pulse
    assert visited(points)[1] == [(0, None, 1)]


def test_several_devices_need_a_switch(rig: ArrayRig) -> None:
    single = Bench(load_bench_file("virtual-trapezoid"), rig, rig, rig, rig)
    with pytest.raises(BenchError, match="has no switch"):
        training(Raising()).check(single)
