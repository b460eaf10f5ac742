"""Trains an array with its own conductances: a learner chooses pulses from what was read.

Cycle 0 reads the whole array. Each later cycle is one step: the learner gets the latest reading of
every device, names the devices to visit, and each of them is connected, read, and pulsed. After
every `read_every` steps, and at the end, a cycle reads the whole array again.

Every reading is a point whose `extra` has the row, the column and the level; `target` where a level
is written; `stuck` where the device is set aside; and `accuracy`, as the learner estimates it from
the readings so far, on the first point of a step and on the last point of the run.

A step depends on the readings of the cycles before it alone. A resumed run repeats the learner's
steps with the stored readings, then repeats the interrupted step: a device that is at its target is
not pulsed again, and one that was to get a single pulse gets it only if it still has the level at
which the pulse was chosen.
"""

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from pymeasure.experiment import IntegerParameter

from ...instruments import Bench
from ...storage import Phase, Point
from ..errors import ProtocolError
from ..measurement_sequence import MeasurementSequence
from .array_procedure import PlannedWriting
from .known_array import KnownArray

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True)
class Visit:
    """One device in a step, and what it gets: a target level, or a single pulse (V, signed)."""

    device: int
    target: int | None = None
    amplitude_V: float | None = None


class Learner(Protocol):
    """Chooses the visits of each step; the same readings always give the same visits."""

    def begin(self, array: KnownArray) -> None:
        """Start from the array as it was first read."""
        ...

    def accuracy(self, array: KnownArray) -> float:
        """Return the estimated accuracy with the latest readings, from 0 to 1."""
        ...

    def step(self, array: KnownArray) -> Sequence[Visit]:
        """Return the visits of the next step."""
        ...

    def document(self) -> Mapping[str, Any]:
        """Return all that decides the steps, as JSON data."""
        ...


class TrainArray(PlannedWriting):
    """Read the array; then, step by step, pulse the devices that the learner names.

    A device whose level `most_withstood` pulses in a row leave unchanged, one of the plan's largest
    amplitude among them, is stuck: it is read with the whole array, and not pulsed again unless it
    is found at another level.
    """

    name = "train-array"
    summary = "Train an array with the conductances read from it, step by step"
    learner: Learner
    extra_quantities = (*PlannedWriting.extra_quantities, "stuck", "accuracy")

    updates = IntegerParameter(
        "Steps", minimum=1, maximum=1_000_000, default=100, description="Number of steps"
    )
    read_every = IntegerParameter(
        "Steps between readings",
        minimum=1,
        maximum=1_000_000,
        default=50,
        description="Steps after which the whole array is read again",
    )
    most_withstood = IntegerParameter(
        "Maximum withstood",
        minimum=1,
        maximum=1_000_000,
        default=20,
        description="Pulses in a row without a change of level, after which a device is stuck",
    )
    _known: KnownArray | None = None

    def parameter_values(self) -> Mapping[str, Any]:
        learner = {f"learner_{name}": value for name, value in self.learner.document().items()}
        return {**super().parameter_values(), **learner}

    def expected_cycles(self) -> int:
        return len(self._cycles())

    def points_per_cycle(self) -> int:
        return len(self.plan.targets)

    def expected_points(self, first_cycle: int = 0) -> int:
        """Return the number of points if every step reads each device once; most read fewer."""
        return len(self.plan.targets) * (self.expected_cycles() - first_cycle)

    def rehearsal(self) -> "TrainArray":
        raise ProtocolError(
            f"{self.name} chooses its pulses from what it reads: train on the digital twin to see "
            "how many they are."
        )

    def recall(self, points: "pd.DataFrame") -> None:
        """Repeat the learner's steps with the points of complete cycles, as in `Store.points`."""
        known = KnownArray(self.plan, int(self.most_withstood))
        cycles = dict(iter(points.groupby("cycle")))
        for cycle in range(len(cycles)):
            if self._cycles()[cycle]:
                self._next_visits(known)
            for row in cycles[cycle].to_dict("records"):
                known.add_row(row)
            if cycle == 0:
                self.learner.begin(known)
        self._known = known

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = self.begin(bench, first_cycle)
        known = self._known or KnownArray(self.plan, int(self.most_withstood))
        cycles = self._cycles()
        for cycle in range(first_cycle, len(cycles)):
            if cycles[cycle]:
                yield from self._step(sequence, cycle, known)
            else:
                yield from self._read_all(sequence, cycle, known, ends=cycle == len(cycles) - 1)
            if cycle == 0:
                self.learner.begin(known)

    def _cycles(self) -> list[bool]:
        """Return for each cycle whether it is a step, or else a reading of the whole array."""
        cycles = [False]
        for step in range(1, self.updates + 1):
            cycles.append(True)
            if step % self.read_every == 0 and step < self.updates:
                cycles.append(False)
        return [*cycles, False]

    def _read_all(
        self, sequence: MeasurementSequence, cycle: int, known: KnownArray, *, ends: bool
    ) -> Iterator[Point]:
        last = len(self.plan.targets) - 1
        for device in range(last + 1):
            where: dict[str, Any] = dict(self.connect(sequence.bench, device))
            point = self.read(sequence, Phase.READ, cycle)
            point = known.add(replace(point, extra=where))
            if ends and device == last:
                accuracy = self.learner.accuracy(known)
                point = replace(point, extra={**point.extra, "accuracy": accuracy})
            yield point

    def _step(
        self, sequence: MeasurementSequence, cycle: int, known: KnownArray
    ) -> Iterator[Point]:
        accuracy: float | None = self.learner.accuracy(known)
        for visit in self._next_visits(known):
            for point in self._visit(sequence, cycle, visit, known):
                extra = point.extra if accuracy is None else {**point.extra, "accuracy": accuracy}
                accuracy = None
                yield replace(point, extra=extra)

    def _next_visits(self, known: KnownArray) -> Sequence[Visit]:
        """Return what the learner wants; a step without visits reads one device."""
        visits = [visit for visit in self.learner.step(known) if not known.stuck[visit.device]]
        return visits or [Visit(device=0)]

    def _visit(
        self, sequence: MeasurementSequence, cycle: int, visit: Visit, known: KnownArray
    ) -> Iterator[Point]:
        if visit.target is not None:
            writing = self.write(sequence, cycle, visit.device, visit.target)
            yield from self._until_stuck(writing, visit.device, known)
            return
        where: dict[str, Any] = dict(self.connect(sequence.bench, visit.device))
        chosen_at = known.level[visit.device]
        point = known.add(replace(self.read(sequence, Phase.READ, cycle), extra=where))
        yield point
        if visit.amplitude_V is None or known.level[visit.device] != chosen_at:
            return
        sequence.bench.generator.arm(self.shape)
        point = self.pulse(sequence, cycle, visit.amplitude_V)
        yield known.add(replace(point, extra=where))

    def _until_stuck(
        self, writing: Generator[Point, None, bool], device: int, known: KnownArray
    ) -> Iterator[Point]:
        for point in writing:
            yield known.add(point)
            if known.stuck[device]:
                writing.close()
