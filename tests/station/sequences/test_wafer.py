"""A sequence over a wafer: every device of each die, and what has no contact named and left out."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from dwmtj.instruments import BenchFile
from dwmtj.simulators.bench import Lab
from dwmtj.simulators.bench.circuit.wafer import WaferDevices
from dwmtj.station import NewJob, StationError
from dwmtj.station.messages import MeasuredDevice
from dwmtj.station.sequences import RunSequence, SequenceError, forecast, load_sequence, plan_of
from dwmtj.storage import Store
from dwmtj.tests.station.sequences.test_executor import carry_out, ends, station_work
from dwmtj.tests.virtual_lab import lab_of
from dwmtj.wafer_map import Die, device_place

MAP = {"diameter_m": 0.1, "die_width_m": 0.012, "die_height_m": 0.012}
READ = {
    "name": "read",
    "protocol": "read-series",
    "parameters": {"readings": 3, "interval_s": 0.0, "bias_field_T": 0.0},
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


@pytest.fixture
def bench_file(virtual: Callable[..., BenchFile]) -> BenchFile:
    return virtual("wafer")


def devices(bench_file: BenchFile) -> WaferDevices:
    lab: Lab = lab_of(bench_file)
    assert isinstance(lab.circuit.device, WaferDevices)
    return lab.circuit.device


def sequence(dies: list[list[int]], **more: Any) -> dict[str, Any]:
    return {
        "name": "study",
        "wafer": {"name": "W7", "map": MAP, "dies": dies},
        "device": [{"name": "A", "site": 0}, {"name": "B", "site": 3}],
        "step": [READ],
        **more,
    }


def with_contact(bench_file: BenchFile, *, contact: bool) -> list[list[int]]:
    """Return the dies whose devices A and B both have a contact, or neither has."""
    wafer = devices(bench_file)
    return [
        list(die)
        for die in wafer.dies
        if wafer.has_contact((die, 0)) is wafer.has_contact((die, 3)) is contact
    ]


def test_each_device_of_each_die_is_measured_under_its_own_name(
    bench_file: BenchFile, store: Store
) -> None:
    dies = with_contact(bench_file, contact=True)[:2]
    night = carry_out(station_work(bench_file, store), sequence(dies))
    names = [f"W7/d({column},{row})/{name}" for column, row in dies for name in "AB"]
    assert ends(night) == [(f"{name}, read", "finished") for name in names]
    runs = night.runs(store)
    assert [run.device for run in runs] == names
    for run in runs:
        place = device_place(run.device)
        assert place is not None
        truth = devices(bench_file).device((place.die, {"A": 0, "B": 3}[place.device]))
        read_ohm = store.points(run.id)["resistance_ohm"].mean()
        assert read_ohm == pytest.approx(truth.resistance_ohm()[0], rel=5e-3)
    assert devices(bench_file).connected is None
    assert store.runs(wafer="W7") == list(runs)
    assert [store.run(run.id).die for run in runs] == [(r, c) for c, r in dies for _ in "AB"]
    (noted,) = store.results("wafer")
    assert noted.name == "W7"
    assert noted.data["dies"] == dies
    assert noted.data["devices"] == ["A", "B"]


def test_a_device_without_contact_has_no_run_and_the_next_one_is_measured(
    bench_file: BenchFile, store: Store
) -> None:
    wafer = devices(bench_file)
    die = next(die for die in wafer.dies if not wafer.has_contact((die, 0)))
    second = {**READ, "name": "again"}
    work = station_work(bench_file, store)
    night = carry_out(work, sequence([list(die)], step=[READ, second], retries=2))
    first, other = (f"W7/d({die.column},{die.row})/{name}" for name in "AB")
    assert ends(night) == [
        (f"{first}, read", "no contact"),
        (f"{first}, again", "left out"),
        (f"{other}, read", "finished"),
        (f"{other}, again", "finished"),
    ]
    assert night.end == "finished"
    assert [run.device for run in night.runs(store)] == [other, other]
    (noted,) = store.results("no contact")
    assert (noted.name, noted.data["device"]) == ("W7", first)
    assert "reaches its limit of 0.5 V" in noted.data["reason"]
    levels = [m.level for m in work.messages.after(0) if "has no contact" in m.text]
    assert levels == ["warning"]


def test_the_sequence_stops_when_too_many_devices_in_a_row_have_no_contact(
    bench_file: BenchFile, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(WaferDevices, "has_contact", lambda _self, _place: False)
    document = sequence([[0, 0], [1, 0], [2, 0]])
    document["wafer"] |= {"stop_after": 3}
    night = carry_out(station_work(bench_file, store), document)
    assert [status for _, status in ends(night)] == ["no contact"] * 3
    assert night.end == "failed"
    assert "3 devices in a row have none: check the needles" in night.end_detail


def test_a_run_without_a_die_is_refused_on_a_bench_with_a_prober(
    bench_file: BenchFile, virtual: Callable[..., BenchFile], store: Store
) -> None:
    work = station_work(bench_file, store)
    with pytest.raises(StationError, match="whose needles touch nothing yet"):
        work.checked(NewJob("read-series"))
    with pytest.raises(SequenceError, match="whose needles touch nothing yet"):
        plan_of(RunSequence.model_validate({"step": [READ]}), bench_file, None)
    with pytest.raises(SequenceError, match="has no prober"):
        plan_of(RunSequence.model_validate(sequence([[0, 0]])), virtual(), None)


def test_without_dies_all_of_the_map_are_measured_and_forecast(bench_file: BenchFile) -> None:
    document = sequence([])
    del document["wafer"]["dies"]
    plan = plan_of(RunSequence.model_validate(document), bench_file, None)
    assert len(plan.items) == 37 * 2
    assert {Die(*item.device.die) for item in plan.items if item.device and item.device.die} == set(
        devices(bench_file).dies
    )
    assert forecast(plan, bench_file).runs == 37 * 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("dies = [[0, 0], [9, 0]]", r"line 4: wafer\.dies is '\[9, 0\]', which is no die"),
        ("dies = [[0, 0], [0, 0]]", "is there twice"),
        ("dies = []", "dies is empty: name some, or leave it out"),
        ("stop_after = 0", "stop_after"),
    ],
)
def test_a_die_that_is_not_on_the_map_is_named(change: str, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "wafer.toml"
    path.write_text(
        f"""[wafer]
name = "W7"
map = {{ diameter_m = 0.1, die_width_m = 0.012, die_height_m = 0.012 }}
{change}

[[device]]
name = "A"

[[step]]
name = "read"
protocol = "read-series"
"""
    )
    with pytest.raises(SequenceError, match=reason):
        load_sequence(path)


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        ({"wafer": {"name": "W7", "map": MAP}, "step": [READ]}, "needs the devices of a die"),
        (sequence([[0, 0]], device=[{"name": "A", "die": [0, 0]}]), r"is that of \[wafer\]"),
        (sequence([[0, 0]], device=[{"name": "A/B"}]), "has a /"),
        (sequence([[0, 0]], device=[{"name": "A", "site": 0}, {"name": "B"}]), "place of A, too"),
        (
            {"wafer": {"name": "W7", "map": {**MAP, "die_width_m": 1e-7}}, "step": [READ]},
            "room for 6.5e.06 dies, more than 100,000",
        ),
        ({"device": [{"name": "A", "site": 1}], "step": [READ]}, "goes with a die"),
        (
            {"wafer": {"name": "W7", "map": {**MAP, "die_width_m": 0.5}}, "step": [READ]},
            "no die inside the edge",
        ),
        (
            {"wafer": {"name": "W 7", "map": MAP}, "step": [READ]},
            r"wafer.name\n  is .W 7., which takes",
        ),
    ],
)
def test_what_is_no_wafer_is_refused_in_a_sentence(document: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        RunSequence.model_validate(document)


def test_a_sequence_comes_back_from_its_document() -> None:
    given = RunSequence.model_validate(sequence([[0, 0], [1, 0]]))
    again = RunSequence.model_validate(given.document())
    assert [device.place for device in again.devices] == [d.place for d in given.devices]
    assert isinstance(again.devices[0].place, MeasuredDevice)
