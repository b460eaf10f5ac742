"""A station carries a sequence out as it is written, and stores how each step ended."""

import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dwmtj.instruments import BenchFile, load_bench_file
from dwmtj.protocols.pulsed import StaircaseWrite
from dwmtj.station import Activity, NewJob, StationError
from dwmtj.station.sequences import Night, RunSequence, SequenceError, executor, jobs, nights
from dwmtj.station.sequences.night import with_outcomes
from dwmtj.station.sequences.report import night_report_path
from dwmtj.station.work.clients import Clients
from dwmtj.station.work.job_queue import JobQueue
from dwmtj.station.work.station_work import StationWork
from dwmtj.storage import Status, Store, StoreError
from dwmtj.tests.command_line import wait_until

STAIRS: dict[str, Any] = {
    "protocol": "staircase-write",
    "parameters": {"amplitude_start_V": 2.0, "amplitude_step_V": 1.0},
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


def station_work(file: BenchFile, store: Store, bench: str = "bench.toml") -> StationWork:
    queue = JobQueue(store.path.with_name("queue"))
    return StationWork(file, None, store, queue, Clients(None), lambda: None, bench)


def carry_out(work: StationWork, document: Mapping[str, Any]) -> Night:
    """Work until a sequence has ended or is held; return what is stored of it."""
    RunSequence.model_validate(document)
    work.sequences.start(document)
    return worked(work)


def worked(work: StationWork) -> Night:
    work.end(when_idle=True)
    work.work()
    (night,) = nights(work.store)
    return with_outcomes(work.store, night)


def ends(night: Night) -> list[tuple[str, str]]:
    return [(outcome.title, outcome.status) for outcome in night.outcomes]


def test_steps_are_done_on_each_device_in_order_and_their_runs_kept_together(
    virtual: Callable[..., BenchFile], store: Store
) -> None:
    night = carry_out(
        station_work(virtual(), store),
        {
            "name": "night",
            "notes": "W7",
            "device": [{"name": "A1", "seed": 1}, {"name": "A2", "seed": 2}],
            "step": [
                {"name": "stairs", **STAIRS, "scan": {"pulse_width_s": ["20 ns", "50 ns"]}},
                {"name": "rest", "wait": "10 ms"},
            ],
        },
    )
    titles = ["A1, stairs, 1 of 2", "A1, stairs, 2 of 2", "A1, rest"]
    titles += [title.replace("A1", "A2") for title in titles]
    assert ends(night) == [(title, "finished") for title in titles]
    assert (night.end, night.end_detail) == ("finished", "")
    runs = night.runs(store)
    assert [(run.device, run.tags[1]) for run in runs] == [
        (title[:2], title) for title in titles if "stairs" in title
    ]
    assert {run.tags[0] for run in runs} == {night.tag}
    assert runs[0].notes == "W7; A1, stairs, 1 of 2"
    records = [store.run(run.id) for run in runs]
    assert [record.parameters["pulse_width_s"] for record in records] == 2 * [20e-9, 50e-9]
    assert [record.attempts[0].seed for record in records] == [1, 1, 2, 2]
    (page,) = store.path.parent.glob("night-*.html")
    text = page.read_text(encoding="utf-8")
    assert all(title in text for title in titles)
    assert text.count("data:image/png") == 4


def test_what_was_measured_is_calibrated_and_the_middle_level_written(
    virtual: Callable[..., BenchFile], store: Store
) -> None:
    cycling = {
        "cycles": 12,
        "amplitude_step_V": 0.1,
        "reset_stop_V": 5.0,
        "write_bias_T": -4e-3,
        "reset_bias_T": -4e-3,
        "saturation_field_T": -0.12,
        "read_current_A": 20e-6,
    }
    night = carry_out(
        station_work(virtual("straight"), store),
        {
            "step": [
                {"name": "cycling", "protocol": "write-reset-cycling", "parameters": cycling},
                {"name": "fit", "calibrate": ["cycling"]},
                {
                    "name": "middle",
                    "protocol": "write-verify",
                    "model": "fit",
                    "level": "middle",
                    "when": "cycling.number_of_levels >= 3",
                    "retries": 2,
                },
                {"name": "seldom", **STAIRS, "when": "middle.level > 90"},
            ],
        },
    )
    assert ends(night) == [
        ("cycling", "finished"),
        ("fit", "finished"),
        ("middle", "finished"),
        ("seldom", "skipped"),
    ]
    cycled, written = night.outcomes[0].run, night.outcomes[2].run
    assert cycled is not None and written is not None
    (model,) = store.calibrations()
    assert model.source_runs == (cycled,)
    assert store.points(written).iloc[-1]["level"] == len(model.data["levels"]) // 2
    assert night.outcomes[3].detail.startswith("not middle.level > 90 (middle.level = ")


def test_conditions_leave_a_device_out_or_stop_the_sequence(
    virtual: Callable[..., BenchFile], store: Store
) -> None:
    devices = [{"name": "A1", "seed": 1}, {"name": "A2", "seed": 2}]
    cycled = {"protocol": "staircase-write", "parameters": {"amplitude_step_V": 0.1, "cycles": 2}}
    steps = [
        {"name": "cycling", **cycled, "skip_device_when": "number_of_levels < 90"},
        {"name": "stairs", **STAIRS},
    ]
    document = {"rounds": 2, "device": devices, "step": steps}
    work = station_work(virtual(), store)
    night = carry_out(work, document)
    assert [status for _, status in ends(night)] == 2 * ["finished", "left out"] + 4 * ["left out"]
    assert "number_of_levels = 4: the device is left out" in night.outcomes[0].detail
    assert night.end == "finished"


def test_a_stop_condition_ends_a_sequence_that_counts_as_finished(
    virtual: Callable[..., BenchFile], store: Store
) -> None:
    cycled = {"protocol": "staircase-write", "parameters": {"amplitude_step_V": 0.1, "cycles": 2}}
    step = {"name": "cycling", **cycled, "stop_when": "coercive_field > 0 or window_ratio < 20"}
    night = carry_out(station_work(virtual(), store), {"rounds": 5, "step": [step]})
    assert ends(night) == [("round 1, cycling", "finished")]
    assert night.end == "finished"
    assert "the sequence stops, since coercive_field > 0 or window" in night.end_detail
    assert "coercive_field = unknown, no loop of the field" in night.end_detail


@pytest.mark.parametrize(
    ("on_failure", "expected"),
    [
        ("stop", ["failed"]),
        ("next step", ["failed", "finished", "failed", "finished"]),
        ("next device", ["failed", "left out", "failed", "left out"]),
    ],
)
def test_a_step_that_fails_is_tried_again_and_then_what_was_chosen_follows(
    virtual: Callable[..., BenchFile], store: Store, on_failure: str, expected: list[str]
) -> None:
    night = carry_out(
        station_work(virtual(), store),
        {
            "on_failure": on_failure,
            "retries": 1,
            "device": [{"name": "A1", "seed": 1}, {"name": "A2", "seed": 2}],
            "step": [
                {"name": "hot", **STAIRS, "stop_if": "resistance_ohm > 1"},
                {"name": "stairs", **STAIRS},
            ],
        },
    )
    assert [status for _, status in ends(night)] == expected
    assert night.end == ("failed" if on_failure == "stop" else "finished")
    record = store.run(night.runs(store)[0].id)
    assert [attempt.status for attempt in record.attempts] == 2 * [Status.FAILED]
    assert "The stop condition resistance_ohm > 1 was met" in night.outcomes[0].detail
    path = night_report_path(store, night)
    assert path.read_text(encoding="utf-8").count("in 2 attempts") == sum(
        run.attempt == 2 for run in night.runs(store)
    )


def test_each_device_of_an_array_is_connected_by_the_switch(store: Store) -> None:
    bench = load_bench_file("virtual-array").with_lab_options(seed=1, name="sequence-array")
    devices = [{"name": "r0c1", "row": 0, "column": 1}, {"name": "r3c5", "row": 3, "column": 5}]
    short = {"protocol": "read-series", "parameters": {"readings": 8, "interval_s": 0}}
    work = station_work(bench, store)
    night = carry_out(work, {"device": devices, "step": [{"name": "read", **short}]})
    assert ends(night) == [("r0c1, read", "finished"), ("r3c5, read", "finished")]
    runs = night.runs(store)
    assert [run.device for run in runs] == ["r0c1", "r3c5"]
    wired = [store.run(run.id).attempts[0].bench["wiring"]["read"] for run in runs]
    assert wired == ["4P-OUT, row 0, column 1", "4P-OUT, row 3, column 5"]
    means = [store.points(run.id)["resistance_ohm"].mean() for run in runs]
    assert means[0] != pytest.approx(means[1], rel=1e-4), "two devices of the array differ"


def test_runs_at_temperatures_are_simulated_there_the_slowest_to_change(store: Store) -> None:
    bench = load_bench_file("virtual-straight").with_lab_options(name="hot-sequence")
    stairs = {**STAIRS, "scan": {"pulse_width_s": [50e-9, 100e-9]}}
    steps = [
        {"name": "cold", **STAIRS},
        {"name": "hot", **stairs, "temperature": ["27 °C", "330 K"]},
        {"name": "again", **STAIRS},
    ]
    night = carry_out(station_work(bench, store), {"step": steps})
    runs = [store.run(run.id) for run in night.runs(store)]
    assert [run.conditions.get("temperature_K") for run in runs] == [
        None, 300.15, 300.15, 330.0, 330.0, None
    ]  # fmt: skip
    simulated = ["temperature_K" in run.attempts[0].bench["visa_library"] for run in runs]
    assert simulated == [False, True, True, True, True, False]
    assert night.outcomes[-1].status == "finished"
    told = [outcome.detail for outcome in night.outcomes]
    assert told[1] == "300.15 K, pulse_width_s = 5e-08" and told[4].startswith("330 K, pulse")


def test_a_temperature_beyond_the_limits_of_a_controller_is_refused(store: Store) -> None:
    bench = load_bench_file("virtual-straight")
    section = {"driver": "LakeShore336", "address": "GPIB0::12::INSTR", "heater_range": 1}
    limits = {"lowest_temperature_K": 280.0, "highest_temperature_K": 400.0}
    document = bench.model_dump(exclude_unset=True)
    document["limits"] = {**document.get("limits", {}), **limits}
    hot = BenchFile.model_validate({**document, "temperature_controller": section})
    work = station_work(hot, store)
    with pytest.raises(SequenceError, match="step hot: A temperature of 500 K is beyond"):
        work.sequences.start({"step": [{"name": "hot", **STAIRS, "temperature": "500 K"}]})
    assert nights(store) == []


def test_a_stopped_sequence_is_resumed_without_repeating_what_has_ended(
    virtual: Callable[..., BenchFile], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, document = (
        virtual(),
        {
            "step": [
                {"name": "first", **STAIRS},
                {
                    "name": "long",
                    "protocol": "staircase-write",
                    "parameters": {"amplitude_start_V": 2.0, "amplitude_step_V": 0.5, "cycles": 40},
                },
                {"name": "last", **STAIRS},
            ]
        },
    )
    work = station_work(file, store)

    def stop_in_the_long_run() -> None:
        wait_until(
            lambda: (
                (live := work.runs.live) is not None
                and (shown := live.progress()) is not None
                and shown.expected > 100
                and shown.done > 20
            )
        )
        work.begin_stop()
        wait_until(lambda: not work.stop.pending and work.activity is Activity.IDLE)
        work.end(when_idle=False)

    stopping = threading.Thread(target=stop_in_the_long_run)
    work.sequences.start(document)
    stopping.start()
    work.work()
    stopping.join()
    assert work.sequences.jobs.held
    stored = len(store.points(2, all_attempts=True))
    with Store.open(store.path) as again:  # as another process finds it
        later = station_work(file, again)
        assert later.sequences.progress() is not None
        with pytest.raises(StationError, match="has not ended: continue it with dwmtj station re"):
            later.sequences.start(document)
        later.sequences.resume()
        night = worked(later)
        assert ends(night) == [("first", "finished"), ("long", "finished"), ("last", "finished")]
        assert [run.attempt for run in night.runs(again)] == [1, 2, 1]
        assert len(again.points(2, all_attempts=True)) >= stored > 20
        assert len(again.points(2)) == again.run(2).summary.points_expected


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {
                "step": [
                    {"name": "hard", "protocol": "reset", "parameters": {"amplitude_stop_V": "7 V"}}
                ]
            },
            "step hard: .* beyond the bench's limit of 6 V",
        ),
        ({"device": [{"name": "A1", "row": 0, "column": 0}]}, "has no switch"),
        ({"device": [{"name": "A1"}, {"name": "A2"}]}, "device A1: nothing tells the bench"),
        (
            {
                "rounds": 10_000,
                "step": [{"name": "a", **STAIRS, "scan": {"cycles": [*range(1, 12)]}}],
            },
            "110,000 steps, more than 100,000",
        ),
        (
            {"step": [{"name": "w", "protocol": "write-verify", "model": "nothing", "level": 1}]},
            "step w: There is no model nothing",
        ),
        (
            {
                "step": [
                    {"name": "rest", "protocol": "read-series"},
                    {"name": "fit", "calibrate": ["rest"]},
                ]
            },
            "step fit: step rest fires no pulses",
        ),
        (
            {
                "step": [
                    {"name": "rest", "protocol": "read-series", "parameters": {"readings": 63}},
                    {"name": "stairs", **STAIRS, "when": "rest.read_noise < 0.01"},
                ]
            },
            "when takes read_noise of 63 readings of rest; measure at least 64",
        ),
        ({"surprise": 1}, "surprise is not a key of the sequence"),
    ],
)
def test_what_the_bench_cannot_do_is_refused_before_anything_is_touched(
    virtual: Callable[..., BenchFile], store: Store, change: dict[str, Any], sentence: str
) -> None:
    work = station_work(virtual(), store)
    with pytest.raises(SequenceError, match=sentence):
        work.sequences.start({"step": [{"name": "stairs", **STAIRS}], **change})
    assert nights(store) == [] and store.runs() == []
    assert work.sequences.progress() is None


def test_a_job_of_somebody_else_neither_ends_nor_delays_a_sequence_for_good(
    virtual: Callable[..., BenchFile], store: Store
) -> None:
    work = station_work(virtual(), store)
    work.queue.add(work.checked(NewJob(StaircaseWrite.name, STAIRS["parameters"])))
    night = carry_out(work, {"step": [{"name": "stairs", **STAIRS}]})
    assert ends(night) == [("stairs", "finished")]
    assert len(store.runs()) == 2 and len(night.runs(store)) == 1


def test_a_step_whose_end_could_not_be_stored_is_not_repeated(
    virtual: Callable[..., BenchFile], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise StoreError("The disk is full.")

    work = station_work(virtual(), store)
    with monkeypatch.context() as patched:
        patched.setattr(executor, "add_outcome", full)
        night = carry_out(work, {"name": "night", "step": [{"name": "stairs", **STAIRS}]})
    assert night.end is None and ends(night) == []
    shown = work.sequences.progress()
    assert shown is not None and (shown.status, shown.detail[:17]) == ("held", "The disk is full.")
    later = station_work(virtual(), store)
    later.sequences.resume()
    night = worked(later)
    assert ends(night) == [("stairs", "finished")] and night.end == "finished"
    assert [run.id for run in store.runs()] == [1]


def test_a_full_disk_holds_a_sequence_and_fails_no_step(
    virtual: Callable[..., BenchFile], store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    work = station_work(virtual(), store)

    def full(*_: object) -> None:
        raise StoreError("No space is left.")

    def make_room() -> None:
        wait_until(lambda: work.queue.held)
        filled.undo()
        work.sequences.resume()

    with monkeypatch.context() as filled:
        filled.setattr(jobs, "LEAST_FREE_BYTES", 2**80)
        filled.setattr(work.queue, "add", full)
        making_room = threading.Thread(target=make_room)
        making_room.start()
        night = carry_out(work, {"name": "night", "step": [{"name": "stairs", **STAIRS}]})
        making_room.join()
    assert (night.end, ends(night)) == ("finished", [("stairs", "finished")])
    assert any("the disk is full" in each.text for each in work.messages.after(0))


def test_a_sequence_that_is_given_up_stops_its_run_and_has_a_report(
    virtual: Callable[..., BenchFile], store: Store
) -> None:
    work = station_work(virtual(), store)
    long = {"protocol": "staircase-write", "parameters": {"amplitude_step_V": 0.01, "cycles": 900}}

    def give_up() -> None:
        wait_until(lambda: (live := work.runs.live) is not None and live.progress() is not None)
        work.sequences.give_up()

    giving_up = threading.Thread(target=give_up)
    work.sequences.start({"name": "night", "step": [{"name": "long", **long}]})
    giving_up.start()
    night = worked(work)
    giving_up.join()
    assert (night.end, night.end_detail) == ("failed", "It was given up.")
    assert [run.status for run in night.runs(store)] == [Status.ABORTED]
    (page,) = store.path.parent.glob("night-*.html")
    assert "<td>aborted</td>" in page.read_text(encoding="utf-8")
    with pytest.raises(StationError, match="No sequence waits to be resumed"):
        work.sequences.resume()
