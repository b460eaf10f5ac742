"""The targets of an array and the policy that chooses the pulses, as plain tables.

Level k lies between edges_ohm[k] and edges_ohm[k + 1], which decrease. A reading outside all edges
has no level: an open or a broken junction.

The next pulse depends on the target, on the level read, and on the pulses that have left the wall
in place since it arrived there: policy_table[target, level, p, n] is a + 1 for positive_V[a],
−(b + 1) for −negative_V[b] and 0 for no pulse, where p and n are the numbers of amplitudes of
either sign, from the smallest, up to the largest one that left the wall in place.
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

from ..errors import ProtocolError


@dataclass(frozen=True, slots=True)
class WritePlan:
    """One target level for each device, row by row, and the table of pulses to fire.

    `targets` has length rows · columns; `edges_ohm` levels + 1; `policy_table` the shape (levels,
    levels, len(positive_V) + 1, len(negative_V) + 1). `expected_pulses` is the expected number of
    pulses per target level, used to estimate progress.
    """

    rows: int
    columns: int
    targets: tuple[int, ...]
    edges_ohm: tuple[float, ...]
    positive_V: tuple[float, ...]
    negative_V: tuple[float, ...]
    policy_table: NDArray[np.int16]
    expected_pulses: tuple[float, ...]

    @property
    def levels(self) -> int:
        """Number of levels."""
        return len(self.edges_ohm) - 1

    def level_of(self, resistance_ohm: float | None) -> int | None:
        """Return the level of a reading, or None outside all levels."""
        if resistance_ohm is None or isnan(resistance_ohm):
            return None
        below = bisect_left(self.edges_ohm, -resistance_ohm, key=lambda edge: -edge)
        return below - 1 if 0 < below <= self.levels else None

    def check(self) -> None:
        """Raise ProtocolError if the tables are inconsistent."""
        shape = (self.levels, self.levels, len(self.positive_V) + 1, len(self.negative_V) + 1)
        if self.levels < 2 or any(high <= low for high, low in pairwise(self.edges_ohm)):
            raise ProtocolError("A write plan needs three or more level edges in decreasing order.")
        if self.policy_table.shape != shape or len(self.expected_pulses) != self.levels:
            raise ProtocolError(
                f"A write plan of {self.levels} levels needs a policy table of shape {shape}, not "
                f"{self.policy_table.shape}, and as many expected pulses as levels."
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
                    f"The target {target} at row {row}, column {column} is not a level: levels "
                    f"are 0 to {self.levels - 1}."
                )
        for amplitudes_V in (self.positive_V, self.negative_V):
            if any(low >= high for low, high in pairwise((0.0, *amplitudes_V))):
                raise ProtocolError("The amplitudes of a write plan must be positive and increase.")

    def document(self) -> dict[str, Any]:
        """Return the plan as JSON data, with the policy table compressed as text in `choice`."""
        packed = zlib.compress(np.ascontiguousarray(self.policy_table, "<i2").tobytes(), 9)
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
        """Return the plan of a document; raises ProtocolError if it is not one."""
        try:
            names = ("targets", "edges_ohm", "positive_V", "negative_V", "expected_pulses")
            tables = {name: tuple(document[name]) for name in names}
            levels = len(tables["edges_ohm"]) - 1
            shape = (levels, levels, len(tables["positive_V"]) + 1, len(tables["negative_V"]) + 1)
            packed = zlib.decompress(base64.b64decode(document["choice"]))
            policy_table = np.frombuffer(packed, "<i2").astype(np.int16).reshape(shape)
            plan = cls(
                rows=document["rows"],
                columns=document["columns"],
                policy_table=policy_table,
                **tables,
            )
        except (KeyError, TypeError, ValueError, zlib.error) as error:
            raise ProtocolError(f"This is not a write plan ({error!r}).") from error
        plan.check()
        return plan


@dataclass(slots=True)
class PulseHistory:
    """The pulses that left the wall in place: the number of amplitudes of either sign."""

    positive: int = 0
    negative: int = 0

    def next_amplitude_V(self, plan: WritePlan, target: int, level: int) -> float:
        """Return the signed amplitude of the next pulse in V, or 0 for no pulse."""
        chosen = int(plan.policy_table[target, level, self.positive, self.negative])
        if chosen == 0:
            return 0.0
        return plan.positive_V[chosen - 1] if chosen > 0 else -plan.negative_V[-chosen - 1]

    def record(self, plan: WritePlan, amplitude_V: float, *, moved: bool) -> None:
        """Add a pulse; one that moved the wall starts the history at its new place."""
        if moved:
            self.positive = self.negative = 0
        if amplitude_V > 0:
            self.positive = max(self.positive, plan.positive_V.index(amplitude_V) + 1)
        else:
            self.negative = max(self.negative, plan.negative_V.index(-amplitude_V) + 1)
