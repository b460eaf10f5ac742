"""A readout layer trained in the loop, on a bench with a switch or on its twin: the same call.

    plan = plan_training(load_ann(path), find_model("straight-B1"), TrainingSettings())
    with open_bench(load_bench_file("bench.toml")) as bench, Store.open("lab.sqlite") as store:
        output = train_array(Path("trained"), plan, bench, store)

`twin_bench` in place of `open_bench` trains on the digital twin of the model.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ....analysis.figures import array_map
from ....analysis.intervals import proportion_ci
from ....instruments import Bench
from ....protocols import ProtocolError
from ....protocols.adaptive.known_array import KnownArray
from ....protocols.running.runner import run
from ....storage import Status, Store, check_overwrite
from ..programming.array import Measure
from ..study_output import StudyOutput, save_figures
from .figure import training_panel
from .plan import TrainingPlan

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class TrainingOutcome:
    """The accuracy on the test images with the last readings, and what the training took.

    `right` of `images` are classified correctly. `held_out` has the accuracy on the held-out
    training images before each step, and at the end. `squares_V2s` is the sum of V² times the
    pulses' width.
    """

    right: int
    images: int
    held_out: tuple[float, ...]
    devices: int
    stuck: int
    open: int
    visits: int
    pulses: int
    readings: int
    largest_V: float
    bench_time_s: float
    energy_J: float | None

    @property
    def accuracy(self) -> float:
        return self.right / self.images

    @property
    def interval(self) -> tuple[float, float]:
        """The 95 % interval of the accuracy."""
        estimate = proportion_ci(self.right, self.images)
        return estimate.low, estimate.high

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        low, high = self.interval
        values = {name: getattr(self, name) for name in self.__slots__}
        values["held_out"] = list(self.held_out)
        return {**values, "accuracy": self.accuracy, "low": low, "high": high}


def train_array(
    folder: Path,
    plan: TrainingPlan,
    bench: Bench,
    store: Store,
    *,
    resume: int | None = None,
    overwrite: bool = False,
    measure: Measure = run,
    **about: Any,
) -> StudyOutput[TrainingOutcome]:
    """Train the readout on a bench, test it with the last readings, and write figures.

    `resume` is the number of an interrupted run. `measure` runs the protocol; `about` (seed,
    operator, notes) goes to it. Raises ProtocolError, BenchError, NetworkError and StoreError.
    """
    check_overwrite(folder / "training.png", overwrite=overwrite)
    finished = measure(plan.procedure, bench, store, resume=resume, **about)
    if finished.status is not Status.FINISHED:
        raise ProtocolError(f"Run {finished.run_id}, {plan.procedure.name}, is {finished.status}.")
    points = store.points(finished.run_id, all_attempts=True)
    kept = store.points(finished.run_id)
    outcome = training_outcome(plan, kept, points, bench.file.device.track_resistance_ohm)
    result = store.add_result(
        "network-train",
        plan.trained.data_set,
        configuration={
            **plan.learner.document(),
            "model_name": f"{plan.model.name}:{plan.model.version}",
            "bench": bench.file.name,
            "device": bench.device_name,
            "run": finished.run_id,
        },
        data=outcome.document(),
        seed=plan.learner.settings.seed,
    )
    panels = [training_panel(points, outcome), array_map(kept)]
    files = save_figures(panels, folder, [result], store.place)
    return StudyOutput(outcome, (result,), store.place, files)


def training_outcome(
    plan: TrainingPlan,
    kept: "pd.DataFrame",
    points: "pd.DataFrame",
    track_resistance_ohm: float | None,
) -> TrainingOutcome:
    """Return the outcome of a finished run.

    `kept` are its points, in which a repeated step is there once; `points` those of all attempts,
    which have all pulses.
    """
    procedure, learner = plan.procedure, plan.learner
    known = KnownArray(procedure.plan, int(procedure.most_withstood))
    for row in kept.to_dict("records"):
        known.add_row(row)
    fired = points[points["amplitude_V"].notna()]
    squares_V2s = float((fired["amplitude_V"] ** 2 * fired["pulse_width_s"]).sum())
    attempts = points["time_s"].groupby(points["attempt"])
    return TrainingOutcome(
        right=round(learner.accuracy_on(known, plan.test) * len(plan.test)),
        images=len(plan.test),
        held_out=tuple(kept["accuracy"].dropna().astype(float)),
        devices=len(known.level),
        stuck=int(known.stuck.sum()),
        open=int(np.isnan(known.resistance_ohm).sum()),
        visits=int(points["amplitude_V"].isna().sum()),
        pulses=len(fired),
        readings=len(points),
        largest_V=float(fired["amplitude_V"].abs().max()) if len(fired) else 0.0,
        bench_time_s=float(attempts.max().sum()),
        energy_J=None if track_resistance_ohm is None else squares_V2s / track_resistance_ohm,
    )
