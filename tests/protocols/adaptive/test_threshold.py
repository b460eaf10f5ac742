"""Single pulses where they tell most: what is fired, when it ends, and what it never claims."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError, measure_adaptive_threshold
from dwmtj.analysis.report.numbers import result_tables
from dwmtj.instruments import Bench, BenchFile, LimitError, load_bench_file, open_bench
from dwmtj.protocols import AdaptiveThreshold, ProtocolError, make_protocol
from dwmtj.protocols.dry_run import dry_run
from dwmtj.protocols.replay import prepare_replay
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Status, Store

FAST = {"interval_V": 0.1, "amplitude_stop_V": 1.8}


def bench_of(seed: int, name: str) -> BenchFile:
    bench_file = load_bench_file("virtual-trapezoid")
    return bench_file.model_copy(
        update={"visa_library": f"trapezoid?seed={seed}&name=adaptive-{name}-{seed}@dwmtj"}
    )


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "lab.sqlite") as opened:
        yield opened


def protocol(**parameters: float) -> AdaptiveThreshold:
    made = make_protocol("adaptive-threshold", {**FAST, **parameters})
    assert isinstance(made, AdaptiveThreshold)
    return made


def test_it_ends_at_the_wanted_interval_and_analysis_finds_the_same(store: Store) -> None:
    """P(V) of 20,000 single pulses is ½ at 1.20 V; the interval is some 4 σ of that wide."""
    with open_bench(bench_of(3, "ends")) as bench:
        outcome = run(protocol(), bench, store)
    points = store.points(outcome.run_id)
    parameters = store.run(outcome.run_id).parameters
    found = measure_adaptive_threshold(points, parameters)
    value_V, low_V, high_V = found.threshold_V
    assert outcome.status is Status.FINISHED and found.is_determined
    assert high_V - low_V <= 0.1 and low_V < 1.2 < high_V
    assert found.trials < 60 < parameters["most_pulses"]
    stored = points[points["phase"] == "write"].iloc[-1]
    columns = ["V_C_V", "V_C_low_V", "V_C_high_V", "sigma_V"]
    assert stored[columns].tolist() == [value_V, low_V, high_V, found.sigma_V[0]]
    (table, *_) = result_tables(points, parameters=parameters)
    assert table.title == "Adaptive threshold" and not table.remarks


def test_a_resumed_run_fires_what_the_posterior_of_its_points_asks_for(store: Store) -> None:
    """The points of both attempts have one posterior, and its amplitudes are chosen from it."""
    count = iter(range(1000))
    with open_bench(bench_of(5, "resume")) as bench:
        begun = run(protocol(), bench, store, should_stop=lambda: next(count) == 30)
        assert begun.status is Status.ABORTED
        outcome = run(protocol(), bench, store, resume=begun.run_id)
    points = store.points(outcome.run_id)
    found = measure_adaptive_threshold(points, store.run(outcome.run_id).parameters)
    assert points["attempt"].nunique() == 2
    last = points[points["phase"] == "write"].iloc[-1]
    assert (last["V_C_low_V"], last["V_C_high_V"]) == found.threshold_V[1:]


def test_a_replay_on_its_own_lab_repeats_every_amplitude(store: Store, tmp_path: Path) -> None:
    with open_bench(bench_of(7, "replay")) as bench:
        outcome = run(protocol(most_pulses=12), bench, store, seed=7)
    points = store.points(outcome.run_id)
    replay = prepare_replay(store.run(outcome.run_id), points)
    with Store.open(tmp_path / "again.sqlite") as other:
        number, _ = replay.into(other)
        again = other.points(number)
    assert again["amplitude_V"].dropna().tolist() == points["amplitude_V"].dropna().tolist()


def test_reset_pulses_bring_every_held_wall_to_a_new_visit(store: Store) -> None:
    with open_bench(bench_of(9, "reset")) as bench:
        outcome = run(protocol(reset_V=4.0, most_pulses=120), bench, store)
    points = store.points(outcome.run_id)
    assert (points["phase"] == "saturate").sum() < 5  # at first, and where a reset failed
    found = measure_adaptive_threshold(points, store.run(outcome.run_id).parameters)
    assert found.cycles - 4 < found.trials <= found.cycles and found.trials > 20
    assert found.threshold_V[1] < 1.2 < found.threshold_V[2]


def test_a_wall_may_be_prepared_in_a_later_level(store: Store) -> None:
    """The deep notch is left at 3.0 V with 0.4 %."""
    prepared = {"prepare_V": 2.0, "threshold_ohm": 84.0, "upper_ohm": 98.0, "margin_ohm": 2.0}
    procedure = protocol(
        **prepared, amplitude_start_V=2.2, amplitude_stop_V=3.8, interval_V=0.03, most_pulses=150
    )
    with open_bench(bench_of(11, "later")) as bench:
        outcome = run(procedure, bench, store)
    points = store.points(outcome.run_id)
    found = measure_adaptive_threshold(points, store.run(outcome.run_id).parameters)
    assert (points["phase"] == "prepare").sum() == found.cycles
    assert found.threshold_V[1] < 3.0 < found.threshold_V[2]


def test_a_threshold_beyond_the_amplitudes_has_no_number(store: Store) -> None:
    with open_bench(bench_of(13, "beyond")) as bench:
        outcome = run(protocol(amplitude_start_V=0.2, amplitude_stop_V=0.7), bench, store)
    points = store.points(outcome.run_id)
    found = measure_adaptive_threshold(points, store.run(outcome.run_id).parameters)
    assert not found.is_determined and "no pulse moved the wall" in found.reason
    assert found.threshold_V[1:] == (-np.inf, np.inf)
    (table, *_) = result_tables(points, parameters=store.run(outcome.run_id).parameters)
    assert "not determined: no pulse moved" in table.remarks[0]
    assert [value for _, value in table.rows[:2]] == ["above 0.7", "not determined"]


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"threshold_ohm": 120.0}, r"20 trials in a row did not count; the last reading is 99\."),
        ({"threshold_ohm": 93.3, "margin_ohm": 5.0}, "20 trials in a row did not count|moved"),
    ],
)
def test_a_wrong_resistance_threshold_ends_the_run_with_what_to_check(
    parameters: dict[str, float], told: str, store: Store
) -> None:
    if "margin_ohm" in parameters:
        parameters = {**parameters, "amplitude_start_V": 1.6, "amplitude_stop_V": 1.8}
    with open_bench(bench_of(15, "wrong")) as bench, pytest.raises(ProtocolError, match=told):
        run(protocol(**parameters), bench, store)
    assert store.runs()[0].status is Status.FAILED


def test_an_ambiguous_reading_is_repeated_and_not_assumed(store: Store) -> None:
    with open_bench(bench_of(17, "again")) as bench:
        outcome = run(protocol(margin_ohm=2.5, most_pulses=40), bench, store)
    points = store.points(outcome.run_id)
    repeated = points[points["phase"] == "read"]
    near = points[(points["phase"] == "write") & ((points["resistance_ohm"] - 96.6).abs() < 2.5)]
    assert set(near["cycle"]) == set(repeated["cycle"]) and len(near)
    assert repeated.groupby("cycle").size().max() <= 3


def test_the_dry_run_is_an_upper_bound_and_every_reading_a_stand_in() -> None:
    procedure = protocol(reset_V=4.0, prepare_V=1.0, most_pulses=43)
    foretold = dry_run(procedure, load_bench_file("virtual-trapezoid"))
    assert foretold.cycles == 10 and foretold.pulses == 40 <= 43
    assert foretold.largest_amplitude_V == 4.0
    assert len(foretold.train) <= foretold.pulses


def test_what_does_not_fit_together_is_refused() -> None:
    for parameters, told in (
        ({"amplitude_start_V": 2.0, "amplitude_stop_V": 1.0}, "highest must be above"),
        ({"threshold_ohm": 90.0, "upper_ohm": 90.5}, "no room between 90 and 90.5 ohm"),
        ({"most_pulses": 1, "prepare_V": 1.0}, "takes up to 2 pulses"),
    ):
        with pytest.raises(ProtocolError, match=told):
            make_protocol("adaptive-threshold", parameters)


def test_an_amplitude_that_the_bench_forbids_is_refused_before_anything_is_set(
    bench: Bench,
) -> None:
    with pytest.raises(LimitError):
        make_protocol("adaptive-threshold", {"amplitude_stop_V": 50.0}).check(bench)


def test_changed_points_are_noticed(store: Store) -> None:
    with open_bench(bench_of(19, "changed")) as bench:
        outcome = run(protocol(most_pulses=12), bench, store)
    points, parameters = store.points(outcome.run_id), store.run(outcome.run_id).parameters
    at = points.index[points["phase"] == "write"][0]
    points.loc[at, "resistance_ohm"] = 60.0 if points.loc[at, "resistance_ohm"] > 96 else 100.0
    with pytest.raises(AnalysisError, match="have been changed"):
        measure_adaptive_threshold(points, parameters)
    with pytest.raises(AnalysisError, match="has no interval_V"):
        kept = {name: value for name, value in parameters.items() if name != "interval_V"}
        measure_adaptive_threshold(points, kept)
