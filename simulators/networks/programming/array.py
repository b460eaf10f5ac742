"""A readout layer written onto an array of devices, read back, and the network run with it.

    plan = plan_array(load_ann(path), find_model("straight-B1"))
    with open_bench(load_bench_file("bench.toml")) as bench, Store.open("lab.sqlite") as store:
        output = program_array(Path("written"), plan, bench, store, wait_s=3600.0)

The plan says which pulses are fired; the runner writes and reads the array and keeps every point.
"""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ....analysis.figures import array_map, pulses_per_device
from ....analysis.state_model.model import StateModel
from ....analysis.writing.outcome import measure_write_outcome
from ....instruments import Bench
from ....protocols import ProtocolError
from ....protocols.adaptive.write_verify import WriteVerify
from ....protocols.procedure import BenchProcedure
from ....protocols.read_array import ReadArray
from ....protocols.running.runner import RunOutcome, run
from ....storage import Status, Store, check_overwrite
from ....writing.plan import writing_procedure
from ..data.images import load_images
from ..neuron_network.file import TrainedAnn
from ..neuron_network.training import Samples, samples_of
from ..study_output import StudyOutput, save_figures
from .readout_figure import accuracy_panel
from .readout_on_array import ReadoutOnArray, readout_on_array
from .readout_result import (
    ArrayOutcome,
    ArrayReading,
    retention_of,
    stages,
    writing_document,
)

Measure = Callable[..., RunOutcome]
"""Runs a procedure on a bench into a store, as `dwmtj.protocols.running.runner.run` does."""


@dataclass(frozen=True, slots=True)
class ArrayPlan:
    """A network, its readout on a model's levels, the protocol that writes it, and test images."""

    trained: TrainedAnn
    model: StateModel
    readout: ReadoutOnArray
    procedure: WriteVerify
    test: Samples

    def reading(self, wait_s: float) -> ReadArray:
        """Return the protocol that reads the whole array after a wait."""
        procedure = ReadArray()
        procedure.rows, procedure.columns = self.procedure.rows_and_columns()
        procedure.bias_field_T = self.procedure.bias_field_T
        procedure.read_current_A = self.procedure.read_current_A
        procedure.wait_s = wait_s
        return procedure


def plan_array(
    trained: TrainedAnn, model: StateModel, *, max_pulses: int = 100, erase: bool = True
) -> ArrayPlan:
    """Put the readout layer on a model's levels, and plan its writing as the model was measured.

    A device is given up after `max_pulses`; `erase` saturates the whole array first. Loads the test
    images, too. Raises AnalysisError where the model does not know how a level is written, and
    NetworkError without images.
    """
    readout = readout_on_array(trained.weights[1], model)
    procedure = writing_procedure(model, readout.targets(), max_pulses=max_pulses, erase=erase)
    test = samples_of(load_images(trained.data_set))[1]
    return ArrayPlan(trained, model, readout, procedure, test)


def program_array(
    folder: Path,
    plan: ArrayPlan,
    bench: Bench,
    store: Store,
    *,
    wait_s: float = 0.0,
    resume: int | None = None,
    overwrite: bool = False,
    measure: Measure = run,
    **about: Any,
) -> StudyOutput[ArrayOutcome]:
    """Write the array, read it at once and after `wait_s` (0: only at once), run the network.

    Writes the figures and keeps the result. `resume` is the number of an interrupted writing run.
    `measure` runs the protocols; `about` (seed, operator, notes) goes to it. Raises ProtocolError,
    BenchError, NetworkError and StoreError.
    """
    check_overwrite(folder / "array.png", overwrite=overwrite)
    written = _write(plan, bench, store, resume, measure, about)
    waits_s = (0.0, wait_s) if wait_s else (0.0,)
    readings = [_read(plan, bench, store, wait, measure, about) for wait in waits_s]
    points = store.points(written, all_attempts=True)
    writing = measure_write_outcome(points)
    outcome = ArrayOutcome(
        writing=writing_document(writing, bench.file.device.track_resistance_ohm),
        stages=tuple(
            stages(
                plan.trained,
                plan.readout,
                plan.test,
                {reading.name: reading.resistance_ohm for reading in readings},
            )
        ),
        retention=retention_of(plan.model, plan.readout, plan.procedure.plan, readings),
    )
    result = store.add_result(
        "network-program",
        plan.trained.data_set,
        configuration=_configuration(plan, written, readings, bench.file.name),
        data=outcome.document(),
        seed=store.run(written).attempts[0].seed,
    )
    panels = [array_map(points), accuracy_panel(outcome.stages)]
    if writing.pulsed.any():
        panels.append(pulses_per_device(points))
    files = save_figures(panels, folder, [result], store.place)
    return StudyOutput(outcome, (result,), store.place, files)


def _write(
    plan: ArrayPlan,
    bench: Bench,
    store: Store,
    resume: int | None,
    measure: Measure,
    about: dict[str, Any],
) -> int:
    """Write the array, or the rest of it, and return the run's number."""
    if resume is not None:
        original = store.run(resume)
        if original.summary.status is Status.FINISHED:
            if original.parameters.get("plan") != plan.procedure.plan.document():
                raise ProtocolError(
                    f"Run {resume} wrote another layer, or by another model: give the --weights "
                    "and the --model that it was begun with."
                )
            return resume
    return _finished(plan.procedure, measure(plan.procedure, bench, store, resume=resume, **about))


def _read(
    plan: ArrayPlan,
    bench: Bench,
    store: Store,
    wait_s: float,
    measure: Measure,
    about: dict[str, Any],
) -> ArrayReading:
    procedure = plan.reading(wait_s)
    kept = {name: value for name, value in about.items() if name != "seed"}
    run_id = _finished(procedure, measure(procedure, bench, store, **kept))
    points = store.points(run_id).sort_values("cycle")
    resistance_ohm = points["resistance_ohm"].to_numpy(dtype=float)
    return ArrayReading(run_id, wait_s, resistance_ohm.reshape(procedure.rows_and_columns()))


def _finished(procedure: BenchProcedure, outcome: RunOutcome) -> int:
    if outcome.status is not Status.FINISHED:
        raise ProtocolError(f"Run {outcome.run_id}, {procedure.name}, is {outcome.status}.")
    return outcome.run_id


def _configuration(
    plan: ArrayPlan, written: int, readings: list[ArrayReading], bench: str
) -> dict[str, Any]:
    return {
        "network": {
            "data_set": plan.trained.data_set,
            "neuron": asdict(plan.trained.neuron),
            "about": dict(plan.trained.about),
        },
        "model": f"{plan.model.name}:{plan.model.version}",
        "scale": float(plan.readout.layer.scale.max()),
        "bench": bench,
        "written_by_run": written,
        "read_by_runs": [reading.run_id for reading in readings],
        "waits_s": [reading.wait_s for reading in readings],
        "most_pulses": int(plan.procedure.most_pulses),
        "erase": bool(plan.procedure.erase),
    }
