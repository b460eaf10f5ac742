"""What to write onto an array and how: plain tables, made by whoever knows the devices.

Levels are told by reading: level k lies between edges_ohm[k] and edges_ohm[k + 1], which fall. A
reading outside all of them is of no level: an open or a broken junction.

Which pulse to fire depends on the target, on the level that was read, and on what the wall has
withstood since it arrived there: choice[target, level, p, n] is a + 1 for positive_V[a], −(b + 1)
for −negative_V[b] and 0 for no pulse at all, where p and n count the amplitudes of either sign,
from the smallest, up to the largest one that left the wall where it is.
"""

import base64
import zlib
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise
from math import isnan
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import ProtocolError


@dataclass(frozen=True, slots=True)
class WritePlan:
    """One target level for each device, row by row, and the table that chooses pulses.

    `expected_pulses` has what each target is expected to take; it only serves to tell progress.
    """

    rows: int
    columns: int
    targets: tuple[int, ...]
    edges_ohm: tuple[float, ...]
    positive_V: tuple[float, ...]
    negative_V: tuple[float, ...]
    choice: NDArray[np.int16]
    expected_pulses: tuple[float, ...]

    @property
    def levels(self) -> int:
        return len(self.edges_ohm) - 1

    def level_of(self, resistance_ohm: float | None) -> int | None:
        """Return the level of a reading, None where it is of none."""
        if resistance_ohm is None or isnan(resistance_ohm):
            return None
        below = bisect_left(self.edges_ohm, -resistance_ohm, key=lambda edge: -edge)
        return below - 1 if 0 < below <= self.levels else None

    def check(self) -> None:
        """Raise ProtocolError where the tables do not fit together."""
        shape = (self.levels, self.levels, len(self.positive_V) + 1, len(self.negative_V) + 1)
        if self.levels < 2 or any(high <= low for high, low in pairwise(self.edges_ohm)):
            raise ProtocolError("The levels of a write plan need edges that fall, three or more.")
        if self.choice.shape != shape or len(self.expected_pulses) != self.levels:
            raise ProtocolError(
                f"A write plan of {self.levels} levels needs a choice of shape {shape}, not "
                f"{self.choice.shape}, and as many expected pulses as levels."
            )
        if len(self.targets) != self.rows * self.columns or not self.targets:
            raise ProtocolError(
                f"A write plan for {self.rows} × {self.columns} devices needs as many targets, not "
                f"{len(self.targets)}."
            )
        for site, target in enumerate(self.targets):
            if not 0 <= target < self.levels:
                row, column = divmod(site, self.columns)
                raise ProtocolError(
                    f"The target {target} at row {row}, column {column} is no level: they are 0 to "
                    f"{self.levels - 1}."
                )
        for amplitudes_V in (self.positive_V, self.negative_V):
            if any(low >= high for low, high in pairwise((0.0, *amplitudes_V))):
                raise ProtocolError("The amplitudes of a write plan must rise from above 0 V.")

    def document(self) -> dict[str, Any]:
        """Return the plan as plain data; the choice as text, since it is large and compresses."""
        packed = zlib.compress(np.ascontiguousarray(self.choice, "<i2").tobytes(), 9)
        return {
            "rows": self.rows,
            "columns": self.columns,
            "targets": list(self.targets),
            "edges_ohm": list(self.edges_ohm),
            "positive_V": list(self.positive_V),
            "negative_V": list(self.negative_V),
            "choice": base64.b64encode(packed).decode(),
            "expected_pulses": list(self.expected_pulses),
        }

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> "WritePlan":
        """Return the plan in plain data; raises ProtocolError if it is none."""
        try:
            names = ("targets", "edges_ohm", "positive_V", "negative_V", "expected_pulses")
            tables = {name: tuple(document[name]) for name in names}
            levels = len(tables["edges_ohm"]) - 1
            shape = (levels, levels, len(tables["positive_V"]) + 1, len(tables["negative_V"]) + 1)
            packed = zlib.decompress(base64.b64decode(document["choice"]))
            choice = np.frombuffer(packed, "<i2").astype(np.int16).reshape(shape)
            plan = cls(rows=document["rows"], columns=document["columns"], choice=choice, **tables)
        except (KeyError, TypeError, ValueError, zlib.error) as error:
            raise ProtocolError(f"This is no write plan ({error!r}).") from error
        plan.check()
        return plan


@dataclass(slots=True)
class Wall:
    """How many amplitudes of either sign the wall of the device at hand has withstood."""

    positive: int = 0
    negative: int = 0

    def next_V(self, plan: WritePlan, target: int, level: int) -> float:
        """Return the signed amplitude to fire, 0 where there is none."""
        chosen = int(plan.choice[target, level, self.positive, self.negative])
        if chosen == 0:
            return 0.0
        return plan.positive_V[chosen - 1] if chosen > 0 else -plan.negative_V[-chosen - 1]

    def hit(self, plan: WritePlan, amplitude_V: float, *, moved: bool) -> None:
        """Note a pulse: a wall that moved has withstood the pulse that moved it, and no other."""
        if moved:
            self.positive = self.negative = 0
        if amplitude_V > 0:
            self.positive = max(self.positive, plan.positive_V.index(amplitude_V) + 1)
        else:
            self.negative = max(self.negative, plan.negative_V.index(-amplitude_V) + 1)
