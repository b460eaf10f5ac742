"""Writes a level onto a device, or every one of an array: read, fire, read again, until reached.

Each device is one cycle, row by row, so that a resumed run continues with the device at which it
was interrupted. Every reading is a point whose `extra` has the row, the column, the target and the
level read; a device is written if the level of its last point is its target.
"""

from collections.abc import Iterator

from pymeasure.experiment import IntegerParameter

from ...instruments import Bench
from ...storage import Point
from ..errors import ProtocolError
from .array_procedure import PlannedWriting


class WriteVerify(PlannedWriting):
    """For each device: connect it, read it, and fire pulses of the plan until it has its target.

    A device fails after `most_pulses`, if the plan has no pulse for it, or if its reading is of no
    level. After `most_given_up` failures in a row the run ends with ProtocolError: the fault is
    then likely in the plan, the wiring or the field. `erase` saturates the whole array at the start
    of the run, and not when it is resumed.
    """

    name = "write-verify"
    summary = "Write a level onto a device or a whole array, reading after each pulse"

    most_given_up = IntegerParameter(
        "Maximum consecutive failures",
        minimum=1,
        maximum=1_000_000,
        default=25,
        description="Failed devices in a row after which the run ends",
    )

    def rehearsal(self) -> "WriteVerify":
        raise ProtocolError(
            f"{self.name} chooses its pulses from what it reads, so it has no dry run: its plan "
            "has the expected pulses of each level."
        )

    def points_per_cycle(self) -> int:
        return 1 + round(sum(map(self._expected, range(len(self.plan.targets)))))

    def expected_points(self, first_cycle: int = 0) -> int:
        """Return the expected number of points; the actual one depends on chance."""
        remaining = range(first_cycle, len(self.plan.targets))
        return round(sum(1 + self._expected(device) for device in remaining))

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        sequence = self.begin(bench, first_cycle)
        failed = 0
        for device in range(first_cycle, len(self.plan.targets)):
            target = self.plan.targets[device]
            written = yield from self.write(sequence, device, device, target)
            failed = 0 if written else failed + 1
            if failed >= self.most_given_up:
                raise ProtocolError(
                    f"{failed} devices in a row did not reach their targets: check the readings of "
                    "the run, the model, the read current, the field and the wiring."
                )

    def _expected(self, device: int) -> float:
        return min(self.plan.expected_pulses[self.plan.targets[device]], float(self.most_pulses))
