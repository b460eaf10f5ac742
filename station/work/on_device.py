"""A protocol on one device of an array: the switch connects it before the first step."""

from collections.abc import Iterator, Mapping
from typing import Any

import pandas as pd

from ...instruments import Bench
from ...protocols.procedure import BenchProcedure
from ...storage import Point


class OnArrayDevice:
    """What the runner uses of a protocol; the bench measures one device, see `Bench.measuring`."""

    def __init__(self, procedure: BenchProcedure) -> None:
        self._procedure = procedure

    @property
    def name(self) -> str:
        return self._procedure.name

    @property
    def extra_quantities(self) -> Any:
        return self._procedure.extra_quantities

    def check(self, bench: Bench) -> None:
        self._procedure.check(bench)

    def steps(self, bench: Bench, first_cycle: int = 0) -> Iterator[Point]:
        bench.switch.close(0, 0)
        yield from self._procedure.steps(bench, first_cycle)

    def expected_points(self, first_cycle: int = 0) -> int:
        return self._procedure.expected_points(first_cycle)

    def parameter_values(self) -> Mapping[str, Any]:
        values: Mapping[str, Any] = self._procedure.parameter_values()
        return values

    def recall(self, points: "pd.DataFrame") -> None:
        """Let a protocol that chooses its pulses know what a resumed run has read."""
        recall = getattr(self._procedure, "recall", None)
        if recall is not None:
            recall(points)
