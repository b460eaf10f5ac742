"""Writing and reading arrays: one device after the other, cold, and never twice."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pytest

from dwmtj.analysis.state_model.model import StateModel
from dwmtj.instruments import (
    Bench,
    BenchError,
    BenchFile,
    LimitError,
    OpenJunctionError,
    PulseShape,
    Reading,
    load_bench_file,
    open_bench,
)
from dwmtj.protocols import ProtocolError
from dwmtj.protocols.adaptive.write_plan import PulseHistory, WritePlan
from dwmtj.protocols.adaptive.write_verify import WriteVerify
from dwmtj.protocols.read_array import ReadArray
from dwmtj.protocols.running.runner import run
from dwmtj.simulators.bench import forget_labs
from dwmtj.storage import Point, Status, Store
from dwmtj.writing.plan import write_plan, writing_procedure

LEVELS_OHM = (100.0, 80.0, 60.0)


@dataclass
class ArrayRig:
    """All roles in one, and 2 × 2 devices: each pulse moves the connected one by one level."""

    calls: list[str] = field(default_factory=list)
    level: dict[tuple[int, int], int] = field(default_factory=dict)
    open_ones: set[tuple[int, int]] = field(default_factory=set)
    stuck: set[tuple[int, int]] = field(default_factory=set)
    connected: tuple[int, int] | None = None
    rows: int = 2
    columns: int = 2
    identity: str = "a rig"
    gaussmeter_identity: str = "a rig's gaussmeter"
    minimum_amplitude_V: float = 0.1
    maximum_amplitude_V: float = 10.0
    maximum_field_T: float = 0.15
    minimum_current_A: float = 1e-9
    time_s: float = 0.0

    def arm(self, what: PulseShape | float) -> None:
        self.calls.append("arm generator" if isinstance(what, PulseShape) else "arm meter")

    def fire(self, amplitude_V: float) -> None:
        self.calls.append(f"fire {amplitude_V:g}")
        assert self.connected is not None
        if self.connected not in self.stuck:
            now = self.level.get(self.connected, 0)
            self.level[self.connected] = min(2, max(0, now + (1 if amplitude_V > 0 else -1)))

    def interrupt(self) -> None: ...

    def set_field(self, field_T: float) -> float:
        self.calls.append(f"field {field_T:g}")
        return field_T

    def read_field(self) -> float:
        return 0.0

    def read(self) -> Reading:
        self.time_s += 0.02
        if self.connected is None or self.connected in self.open_ones:
            raise OpenJunctionError("open")
        resistance_ohm = LEVELS_OHM[self.level.get(self.connected, 0)]
        return Reading(voltage_V=resistance_ohm * 1e-4, current_A=1e-4)

    def close(self, row: int, column: int) -> None:
        self.calls.append(f"close {row},{column}")
        self.connected = (row, column)

    def open(self) -> None:
        self.connected = None

    def check(self) -> None: ...

    def make_safe(self) -> None:
        self.calls.append("safe")

    def now_s(self) -> float:
        return self.time_s

    def sleep(self, duration_s: float) -> None:
        self.time_s += duration_s


def a_plan(*targets: int) -> WritePlan:
    """3 levels; 1 V moves on, −1 V back; a wall that withstood 1 V is given 2 V."""
    choice = np.zeros((3, 3, 3, 3), dtype=np.int16)
    for target in range(3):
        for level in range(3):
            if level < target:
                choice[target, level] = 1
                choice[target, level, 1:] = 2
            elif level > target:
                choice[target, level] = -1
    return WritePlan(
        rows=2,
        columns=2,
        targets=targets or (0, 1, 2, 1),
        edges_ohm=(110.0, 90.0, 70.0, 50.0),
        positive_V=(1.0, 2.0),
        negative_V=(1.0, 2.0),
        policy_table=choice,
        expected_pulses=(0.0, 1.0, 2.0),
    )


def writing(plan: WritePlan, **parameters: float) -> WriteVerify:
    procedure = WriteVerify()
    procedure.plan = plan
    for name, value in parameters.items():
        setattr(procedure, name, value)
    return procedure


@pytest.fixture
def rig() -> ArrayRig:
    return ArrayRig()


@pytest.fixture
def bench(rig: ArrayRig) -> Bench:
    return Bench(load_bench_file("virtual-array"), rig, rig, rig, rig, switch=rig)


def by_device(points: list[Point]) -> dict[int, list[tuple[object, object]]]:
    """Return for every device the amplitude or level of its points."""
    found: dict[int, list[tuple[object, object]]] = {}
    for point in points:
        found.setdefault(point.cycle, []).append((point.amplitude_V, point.extra["level"]))
    return found


def test_every_device_is_read_and_fired_at_until_it_has_its_target(bench: Bench) -> None:
    points = list(writing(a_plan()).steps(bench))
    assert by_device(points) == {
        0: [(None, 0)],
        1: [(None, 0), (1.0, 1)],
        2: [(None, 0), (1.0, 1), (2.0, 2)],  # what moved it is withstood
        3: [(None, 0), (1.0, 1)],
    }
    assert dict(points[-1].extra) == {"row": 1, "column": 1, "target": 1, "level": 1}


def test_a_level_beyond_the_target_is_brought_back(bench: Bench, rig: ArrayRig) -> None:
    rig.level[0, 1] = 2
    points = list(writing(a_plan(), erase=False).steps(bench))
    assert by_device(points)[1] == [(None, 2), (-1.0, 1)]


def test_sources_are_off_whenever_the_switch_moves(bench: Bench, rig: ArrayRig) -> None:
    list(writing(a_plan()).steps(bench))
    on = set()
    for call in rig.calls:
        if call.startswith("arm"):
            on.add(call)
        elif call == "safe":
            on.clear()
        elif call.startswith("close"):
            assert not on
    assert rig.calls.count("arm meter") == 4
    assert rig.calls.count("arm generator") == 3  # the first device needs no pulse


def test_a_wall_that_withstood_a_pulse_is_given_the_next_and_given_up_at_last(
    bench: Bench, rig: ArrayRig
) -> None:
    rig.stuck.add((0, 1))
    points = list(writing(a_plan(), most_pulses=4).steps(bench))
    assert [amplitude for amplitude, _ in by_device(points)[1]] == [None, 1.0, 2.0, 2.0, 2.0]
    assert by_device(points)[2][-1] == (2.0, 2)


def test_nothing_more_is_fired_at_once_many_in_a_row_were_given_up(
    bench: Bench, rig: ArrayRig
) -> None:
    rig.stuck.update({(0, 0), (0, 1), (1, 1)})
    procedure = writing(a_plan(1, 1, 1, 1), most_pulses=3, most_given_up=2)
    points: list[Point] = []
    with pytest.raises(ProtocolError, match="2 devices in a row did not reach their targets"):
        points += procedure.steps(bench)
    assert "close 1,0" not in rig.calls
    rig.stuck.remove((0, 1))
    rig.calls.clear()
    list(procedure.steps(bench))
    assert "close 1,1" in rig.calls


def test_an_open_junction_is_passed_over(bench: Bench, rig: ArrayRig) -> None:
    rig.open_ones.add((0, 1))
    points = list(writing(a_plan()).steps(bench))
    assert by_device(points)[1] == [(None, None)]
    assert points[1].resistance_ohm is None
    assert by_device(points)[3][-1] == (1.0, 1)


def test_the_array_is_erased_at_the_beginning_and_not_when_resumed(
    bench: Bench, rig: ArrayRig
) -> None:
    list(writing(a_plan()).steps(bench, first_cycle=0))
    assert rig.calls[:2] == ["field -0.12", "field -0.004"]
    rig.calls.clear()
    list(writing(a_plan()).steps(bench, first_cycle=2))
    assert [call for call in rig.calls if call.startswith(("field", "close"))] == [
        "field -0.004",
        "close 1,0",
        "close 1,1",
    ]
    rig.calls.clear()
    list(writing(a_plan(), erase=False).steps(bench))
    assert rig.calls[0] == "field -0.004"


def test_what_it_will_ask_for_is_checked_before_anything_is_touched(
    bench: Bench, rig: ArrayRig
) -> None:
    too_large = replace(a_plan(), negative_V=(1.0, 7.0))
    with pytest.raises(LimitError, match="pulse amplitude of -7 V is beyond"):
        writing(too_large).check(bench)
    rig.rows = 1
    with pytest.raises(ProtocolError, match="needs 2 × 2 devices, and the switch reaches 1 × 2"):
        writing(a_plan()).check(bench)
    assert rig.calls == []


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        (
            {"targets": (0, 1, 3, 0)},
            "target 3 at row 1, column 0 is not a level: levels are 0 to 2",
        ),
        ({"targets": (0, 1)}, "needs as many targets, not 2"),
        ({"edges_ohm": (110.0, 90.0, 95.0, 50.0)}, "edges in decreasing order"),
        ({"positive_V": (2.0, 1.0)}, "amplitudes of a write plan must be positive and increase"),
        ({"positive_V": (1.0,)}, r"policy table of shape \(3, 3, 2, 3\), not \(3, 3, 3, 3\)"),
        ({"expected_pulses": (0.0,)}, "as many expected pulses as levels"),
    ],
)
def test_a_plan_that_does_not_fit_together_is_refused(
    changed: dict[str, object], told: str, bench: Bench
) -> None:
    with pytest.raises(ProtocolError, match=told):
        writing(replace(a_plan(), **changed)).check(bench)  # type: ignore[arg-type]


def test_a_plan_comes_back_from_plain_data() -> None:
    document = a_plan().document()
    found = WritePlan.from_document(document)
    assert found.document() == document
    assert (found.policy_table == a_plan().policy_table).all()
    with pytest.raises(ProtocolError, match="not a write plan"):
        WritePlan.from_document({**document, "choice": "!"})


def test_readings_outside_all_levels_are_of_none() -> None:
    plan = a_plan()
    found = [plan.level_of(ohm) for ohm in (111.0, 109.0, 89.0, 51.0, 49.0, float("nan"), None)]
    assert found == [None, 0, 1, 2, None, None, None]


def test_a_wall_that_moves_starts_a_new_pulse_history() -> None:
    history, plan = PulseHistory(), a_plan()
    history.record(plan, 1.0, moved=False)
    history.record(plan, -2.0, moved=False)
    assert (history.positive, history.negative) == (1, 2)
    history.record(plan, 2.0, moved=True)
    assert (history.positive, history.negative) == (2, 0)


def test_reading_goes_to_every_device_once_and_waits_with_everything_off(
    bench: Bench, rig: ArrayRig
) -> None:
    rig.open_ones.add((1, 0))
    procedure = ReadArray()
    procedure.rows, procedure.columns, procedure.wait_s = 2, 2, 3600.0
    points = list(procedure.steps(bench))
    assert [point.cycle for point in points] == [0, 1, 2, 3]
    assert [point.resistance_ohm for point in points] == [100.0, 100.0, None, 100.0]
    assert points[0].time_s > 3600
    assert rig.calls[:4] == ["safe"] * 4


@pytest.fixture
def small(tmp_path: Path) -> Iterator[BenchFile]:
    """A virtual array of 4 × 3 devices that lies in a file."""
    forget_labs()
    lab = Path("simulators/bench/labs/array.toml").read_text(encoding="utf-8")
    lab = lab.replace("101:140,201:240,301:340,401:408", "101:104").replace("501:520", "501:503")
    (tmp_path / "small.toml").write_text(lab, encoding="utf-8")
    bench_file = load_bench_file("virtual-array")
    assert bench_file.switch is not None
    switch = bench_file.switch.model_copy(
        update={"row_channels": "101:104", "column_channels": "501:503"}
    )
    library = f"{tmp_path}/small.toml?state={tmp_path}/array.state@dwmtj"
    yield bench_file.model_copy(update={"visa_library": library, "switch": switch})
    forget_labs()


def test_a_run_that_was_interrupted_leaves_what_it_wrote_alone(
    small: BenchFile, straight_model: StateModel, tmp_path: Path
) -> None:
    """Seeds are fixed; a device that cannot be written in 100 pulses would be a rare accident."""
    targets = np.array([[0, 1, 2], [3, 4, 0], [1, 2, 3], [4, 0, 1]])
    procedure = writing(
        write_plan(straight_model, targets), read_current_A=20e-6, saturation_field_T=-0.12
    )
    seen: list[int] = []

    def stop() -> bool:
        seen.append(1)
        return len(seen) == 12

    with Store.open(tmp_path / "lab.sqlite") as store:
        with open_bench(small) as bench:
            broken = run(procedure, bench, store, should_stop=stop)
        assert broken.status is Status.ABORTED
        stopped_at = int(store.points(broken.run_id)["cycle"].max())
        assert 0 < stopped_at < 11
        forget_labs()  # as a new process would
        with open_bench(small) as bench:
            finished = run(procedure, bench, store, resume=broken.run_id)
            read = ReadArray()
            read.rows, read.columns, read.read_current_A = 4, 3, 20e-6
            read_run = run(read, bench, store)
        points = store.points(finished.run_id, all_attempts=True)
        readings = store.points(read_run.run_id)
    assert finished.status is Status.FINISHED
    assert points[points["attempt"] == 2]["cycle"].min() == stopped_at
    last = points.groupby("cycle").tail(1).sort_values("cycle")
    assert last["level"].tolist() == targets.flatten().tolist()
    levels = [procedure.plan.level_of(ohm) for ohm in readings["resistance_ohm"]]
    assert levels == targets.flatten().tolist()


def one_target(target: int) -> WritePlan:
    return replace(a_plan(), rows=1, columns=1, targets=(target,))


def test_the_device_of_a_bench_without_a_switch_is_written(rig: ArrayRig) -> None:
    rig.connected = (0, 0)  # wired for good
    single = Bench(load_bench_file("virtual-trapezoid"), rig, rig, rig, rig)
    procedure = writing(one_target(2))
    procedure.check(single)
    points = list(procedure.steps(single))
    assert by_device(points) == {0: [(None, 0), (1.0, 1), (2.0, 2)]}
    assert not any(call.startswith("close") for call in rig.calls)
    assert next(iter(reading_one().steps(single))).resistance_ohm == LEVELS_OHM[2]


def reading_one() -> ReadArray:
    procedure = ReadArray()
    procedure.rows = procedure.columns = 1
    return procedure


def test_several_devices_still_need_a_switch(rig: ArrayRig) -> None:
    single = Bench(load_bench_file("virtual-trapezoid"), rig, rig, rig, rig)
    with pytest.raises(BenchError, match="has no switch"):
        writing(a_plan()).check(single)


def test_a_level_is_written_on_the_virtual_straight_device(
    straight_model: StateModel, tmp_path: Path
) -> None:
    """Seeds are fixed; each target is reached from wherever the one before left the wall."""
    forget_labs()
    with (
        open_bench(load_bench_file("virtual-straight")) as bench,
        Store.open(tmp_path / "lab.sqlite") as store,
    ):
        for target, erase in ((3, True), (1, False)):
            procedure = writing_procedure(straight_model, np.array([[target]]), erase=erase)
            finished = run(procedure, bench, store, seed=3)
            last = store.points(finished.run_id).iloc[-1]
            assert (last["level"], last["target"]) == (target, target)
            assert procedure.plan.level_of(last["resistance_ohm"]) == target
    forget_labs()
