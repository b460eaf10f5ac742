"""Results of a readout layer on an array: accuracy at every stage, writing, retention."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ....analysis.intervals import proportion_ci
from ....analysis.state_model.model import StateModel
from ....analysis.writing.outcome import WriteOutcome
from ....arrays import Floats
from ....protocols.adaptive.write_plan import WritePlan
from ..crossbar.devices import after
from ..documents import document, stored_as
from ..neuron_network.file import TrainedAnn
from ..neuron_network.training import Samples, predictions
from .readout_on_array import ReadoutOnArray, conductances_S


@dataclass(frozen=True, slots=True)
class ArrayReading:
    """The whole array, read by a run after a wait: resistances (rows, columns), NaN where open."""

    run_id: int
    wait_s: float
    resistance_ohm: NDArray[np.float64]

    @property
    def name(self) -> str:
        """The name of the stage."""
        return f"as written, after {duration(self.wait_s)}" if self.wait_s else "as written"


@dataclass(frozen=True, slots=True)
class Retention:
    """How many devices left their level in a wait, and how many the model expects (None: unknown).

    `message` is both in a sentence.
    """

    wait_s: float
    changed: int
    expected: float | None
    message: str = field(metadata=stored_as("told"))


@dataclass(frozen=True, slots=True)
class Stage:
    """Test images correctly classified at a stage, with the 95 % interval of their share.

    `changed` counts the images that are classified otherwise than in float32.
    """

    name: str
    right: int
    images: int
    changed: int

    @property
    def accuracy(self) -> float:
        return self.right / self.images

    @property
    def interval(self) -> tuple[float, float]:
        estimate = proportion_ci(self.right, self.images)
        return estimate.low, estimate.high

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        low, high = self.interval
        return {
            "name": self.name,
            "right": self.right,
            "images": self.images,
            "changed": self.changed,
            "accuracy": self.accuracy,
            "low": low,
            "high": high,
        }


@dataclass(frozen=True, slots=True)
class ArrayOutcome:
    """The numbers of the writing, the accuracy at each stage, and what changed in each wait."""

    writing: Mapping[str, Any]
    stages: tuple[Stage, ...]
    retention: tuple[Retention, ...]

    def document(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "writing": dict(self.writing),
            "stages": [stage.document() for stage in self.stages],
            "retention": document(self.retention),
        }


def stages(
    trained: TrainedAnn,
    readout: ReadoutOnArray,
    test: Samples,
    read_ohm: Mapping[str, Floats],
) -> list[Stage]:
    """Return the network in float32, on exact levels, and with each reading of the array.

    `read_ohm` has resistances of the targets' shape, NaN for an open junction, by the stage's name.
    """
    layers = {
        "float32": trained.weights[1],
        "on levels": readout.ideal_weights(),
        **{name: readout.weights_of(conductances_S(ohm)) for name, ohm in read_ohm.items()},
    }
    read = {
        name: predictions([trained.weights[0], layer], test, trained.neuron)
        for name, layer in layers.items()
    }
    return [
        Stage(
            name=name,
            right=int((answer == test.labels).sum()),
            images=len(test.labels),
            changed=int((answer != read["float32"]).sum()),
        )
        for name, answer in read.items()
    ]


def writing_document(writing: WriteOutcome, track_resistance_ohm: float | None) -> dict[str, Any]:
    """Return the numbers of a writing as plain data; the energy needs the track's resistance."""
    fired = writing.pulses[writing.pulsed]
    estimate = writing.yield_
    energy_J = None if track_resistance_ohm is None else writing.energy_J(track_resistance_ohm)
    return {
        "devices": len(writing.target),
        "written": int(writing.written.sum()),
        "yield": estimate.value,
        "yield_low": estimate.low,
        "yield_high": estimate.high,
        "fired_at": len(fired),
        "pulses": int(fired.sum()),
        "pulses_per_device_fired_at": float(fired.mean()) if len(fired) else 0.0,
        "most_pulses": int(fired.max(initial=0)),
        "bench_time_s": writing.time_s,
        "pulse_time_s": float(fired.sum()) * writing.pulse_width_s,
        "energy_J": energy_J,
    }


def retention_of(
    model: StateModel,
    readout: ReadoutOnArray,
    plan: WritePlan,
    readings: Sequence[ArrayReading],
) -> tuple[Retention, ...]:
    """Compare each later reading of the array with the first one, and with the model."""
    first = levels_read(plan, readings[0].resistance_ohm)
    found = []
    for reading in readings[1:]:
        changed = int((levels_read(plan, reading.resistance_ohm) != first).sum())
        expected = expected_to_leave(model, readout, reading.wait_s)
        by_model = (
            f"model {model.name} has {'' if model.retention else 'no '}retention"
            f"{' at several temperatures' if model.retention else ''}"
            if expected is None
            else f"model {model.name} expects {expected:.1f}"
        )
        message = (
            f"After {duration(reading.wait_s)} {changed} of {first.size} devices read as another "
            f"level; {by_model}."
        )
        found.append(Retention(reading.wait_s, changed, expected, message))
    return tuple(found)


def duration(seconds: float) -> str:
    """Return a time with the unit that suits it."""
    for unit, length_s in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length_s:
            return f"{seconds / length_s:.3g} {unit}"
    return f"{seconds:.3g} s"


def expected_to_leave(model: StateModel, readout: ReadoutOnArray, wait_s: float) -> float | None:
    """Return how many devices the model expects to have left their level after a time.

    None where the model has no retention, or has it at several temperatures.
    """
    if len({entry.temperature_K for entry in model.retention}) != 1:
        return None
    aged = after(readout.devices, model, wait_s).aged
    assert aged is not None, "a time has passed"
    return float((1 - np.diag(np.array(aged)))[readout.targets()].sum())


def levels_read(plan: WritePlan, read_ohm: Floats) -> NDArray[np.int64]:
    """Return the level of every reading, −1 where it is of none."""
    levels = [plan.level_of(float(ohm)) for ohm in read_ohm.flat]
    return np.array([-1 if level is None else level for level in levels]).reshape(read_ohm.shape)
