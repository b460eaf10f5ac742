"""A small readout trained in the loop: on the virtual bench, on its twin, killed and resumed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dwmtj.analysis.state_model.model import StateModel
from dwmtj.instruments import Bench, BenchFile, load_bench_file, open_bench
from dwmtj.protocols import ProtocolError
from dwmtj.protocols.adaptive.known_array import KnownArray
from dwmtj.protocols.adaptive.train_array import TrainArray
from dwmtj.protocols.running.runner import run
from dwmtj.simulators.bench import forget_labs
from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.array_training.learner import Features, ReadoutLearner
from dwmtj.simulators.networks.array_training.plan import training_procedure
from dwmtj.simulators.networks.array_training.settings import TrainingSettings
from dwmtj.simulators.networks.array_training.twin_bench import twin_bench
from dwmtj.storage import Status, Store

SETTINGS = TrainingSettings(steps=12, batch=200, visits=8, read_every=6)
TRUE = np.array([[1.0, -1.0], [0.5, -0.5], [-1.0, 1.0], [0.0, 0.5]])


def features(count: int, seed: int) -> Features:
    """Four inputs, two classes: that of the larger output of a readout with the weights TRUE."""
    values = np.random.default_rng(seed).random((count, 4)).astype(np.float32)
    return Features(values, (values @ TRUE).argmax(axis=1))


def a_learner(model: StateModel, settings: TrainingSettings = SETTINGS) -> ReadoutLearner:
    conductance_S = [level.conductance_S for level in model.levels]
    return ReadoutLearner(settings, features(400, 1), features(400, 2), conductance_S, 4.0, {})


def a_procedure(model: StateModel, settings: TrainingSettings = SETTINGS) -> TrainArray:
    return training_procedure(model, (4, 4), settings, a_learner(model, settings))


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Callable[..., BenchFile]]:
    """Return the bench file of a virtual array of 4 × 4 devices, kept in a file."""
    forget_labs()
    text = Path("simulators/bench/labs/array.toml").read_text(encoding="utf-8")
    text = text.replace("101:140,201:240,301:340,401:408", "101:104").replace("501:520", "501:504")
    (tmp_path / "small.toml").write_text(text, encoding="utf-8")
    bench_file = load_bench_file("virtual-array")
    assert bench_file.switch is not None
    switch = bench_file.switch.model_copy(
        update={"row_channels": "101:104", "column_channels": "501:504"}
    )

    def make(options: str = "") -> BenchFile:
        library = f"{tmp_path}/small.toml?state={tmp_path}/array.state{options}@dwmtj"
        return bench_file.model_copy(update={"visa_library": library, "switch": switch})

    yield make
    forget_labs()


def trained(procedure: TrainArray, bench: Bench, store: Store, **about: Any) -> KnownArray:
    """Run to the end and return the array as it was read last."""
    finished = run(procedure, bench, store, **about)
    assert finished.status is Status.FINISHED
    return array_of(procedure, store, finished.run_id)


def array_of(procedure: TrainArray, store: Store, run_id: int) -> KnownArray:
    known = KnownArray(procedure.plan, int(procedure.most_withstood))
    for row in store.points(run_id).to_dict("records"):
        known.add_row(row)
    return known


def test_a_readout_learns_through_pyvisa_and_its_twin_learns_the_same(
    small: Callable[..., BenchFile], straight_model: StateModel, tmp_path: Path
) -> None:
    """Seeds are fixed. With 9 levels a weight, arrays of few weights differ by a level and some
    points of accuracy; an untrained one is right in half of the cases."""
    accuracies, levels = [], []
    with Store.open(tmp_path / "lab.sqlite") as store:
        for answers in ("bench", "twin"):
            procedure = a_procedure(straight_model)
            with (
                open_bench(small()) if answers == "bench" else twin_bench(small(), straight_model)
            ) as bench:
                known = trained(procedure, bench, store)
            accuracies.append(a_learner(straight_model).accuracy_on(known, features(1000, 3)))
            levels.append(known.level.tolist())
        points = store.points(1)
    assert min(accuracies) > 0.85
    assert accuracies[0] == pytest.approx(accuracies[1], abs=0.08)
    assert (np.abs(np.array(levels[0]) - levels[1]) <= 1).mean() > 0.8, levels
    judged = points["accuracy"].dropna()
    assert judged.iloc[-1] > 0.85 > judged.iloc[0]


@pytest.mark.parametrize("rule", ["write", "pulse"])
def test_a_run_killed_in_a_step_resumes_to_the_array_of_one_that_was_not(
    rule: Any, small: Callable[..., BenchFile], straight_model: StateModel, tmp_path: Path
) -> None:
    """Seeds are fixed; without pulses in between two readings differ by noise alone."""
    settings = TrainingSettings(rule=rule, steps=12, batch=200, visits=8, read_every=6)
    ends = []
    with Store.open(tmp_path / "lab.sqlite") as store:
        for stops_after in (None, 40):
            forget_labs()
            (tmp_path / "array.state").unlink(missing_ok=True)
            seen: list[int] = []

            def stop(seen: list[int] = seen, last: int | None = stops_after) -> bool:
                seen.append(1)
                return len(seen) == last

            with open_bench(small()) as bench:
                first = run(a_procedure(straight_model, settings), bench, store, should_stop=stop)
            if stops_after is not None:
                assert first.status is Status.ABORTED
                forget_labs()  # as a new process would
                with open_bench(small("&attempt=2")) as bench:
                    procedure = a_procedure(straight_model, settings)
                    run(procedure, bench, store, resume=first.run_id)
            ends.append(array_of(a_procedure(straight_model), store, first.run_id).level.tolist())
    assert ends[0] == ends[1]


def test_stuck_devices_are_found_and_the_others_learn_around_them(
    small: Callable[..., BenchFile], straight_model: StateModel, tmp_path: Path
) -> None:
    """Seeds are fixed; of 16 devices 3 are stuck, drawn with where their walls are."""
    procedure = a_procedure(straight_model)
    with (
        open_bench(small("&stuck=0.2")) as bench,
        Store.open(tmp_path / "lab.sqlite") as store,
    ):
        known = trained(procedure, bench, store)
        points = store.points(1)
    fired = points[points["amplitude_V"].notna()].groupby(["row", "column"])
    unmoved = fired["level"].nunique() == 1
    at_stuck = fired.size()[unmoved]
    assert 1 <= known.stuck.sum() <= 3
    assert at_stuck.max() == procedure.most_withstood
    assert a_learner(straight_model).accuracy_on(known, features(1000, 3)) > 0.85


def test_a_twin_resumes_from_the_points_of_its_run(
    small: Callable[..., BenchFile], straight_model: StateModel, tmp_path: Path
) -> None:
    procedure = a_procedure(straight_model)
    with Store.open(tmp_path / "lab.sqlite") as store:
        seen: list[int] = []
        stopped = run(
            a_procedure(straight_model),
            twin_bench(small(), straight_model),
            store,
            should_stop=lambda: seen.append(1) or len(seen) == 60,  # type: ignore[func-returns-value]
        )
        points = store.points(stopped.run_id)
        before = array_of(procedure, store, stopped.run_id).level
        bench = twin_bench(small(), straight_model, seed=(1, 2), points=points)
        known = trained(procedure, bench, store, resume=stopped.run_id)
    assert (before > 0).any()
    resumed = points["cycle"].max()
    assert known.level[before > 0].min() >= 0 and resumed > 1
    assert a_learner(straight_model).accuracy_on(known, features(1000, 3)) > 0.9


def test_a_bench_run_is_not_resumed_on_the_twin(
    small: Callable[..., BenchFile], straight_model: StateModel, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "lab.sqlite") as store:
        with open_bench(small()) as bench:
            run(a_procedure(straight_model), bench, store, should_stop=lambda: True)
        with pytest.raises(ProtocolError, match="was started with device"):
            twin = twin_bench(small(), straight_model)
            run(a_procedure(straight_model), twin, store, resume=1)


def test_a_pair_with_an_open_device_is_left_out(straight_model: StateModel) -> None:
    procedure = a_procedure(straight_model)
    known = KnownArray(procedure.plan, 20)
    for device in range(16):
        known.add_row(
            {
                "row": device // 4,
                "column": device % 4,
                "resistance_ohm": np.nan if device == 5 else 1000.0,
                "amplitude_V": np.nan,
            }
        )
    learner = a_learner(straight_model)
    learner.begin(known)
    assert learner.weights(known)[1, 0] == 0
    assert np.isfinite(learner.weights(known)).all()
    assert not {4, 5} & {visit.device for _ in range(5) for visit in learner.step(known)}


@pytest.mark.parametrize(
    "wrong", [{"rule": "guess"}, {"steps": 0}, {"learning_rate": 0.0}, {"seed": -1}]
)
def test_settings_that_cannot_be_trained_with_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(NetworkError):
        TrainingSettings(**wrong)
