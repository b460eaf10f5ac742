"""Conditions on results: "window_ratio < 0.2", or "cycling.number_of_levels >= 4 and …".

A bare quantity is of the step that has the condition; before a dot stands an earlier step, whose
latest run on the same device counts. A quantity that the run does not determine fulfils no
comparison.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from ...analysis.errors import AnalysisError
from ...instruments.stop_conditions import Condition, parse_condition
from ...storage import Store
from .errors import SequenceError

if TYPE_CHECKING:
    import pandas as pd

_DOTTED = re.compile(r"\b([A-Za-z]\w*)\.([A-Za-z]\w*)")
_JOINT = "__of__"


def _identifier(name: str) -> str:
    return re.sub(r"\W+", "_", name)


OF_WRITING = ("level", "target", "pulses")
"""Quantities of a run that writes a level: the one at its end, the one wanted, and the pulses."""


@cache
def results() -> Mapping[str, str]:
    """Return the quantities of a criteria file that need no level, by their names in conditions."""
    from ...analysis.criteria.catalogue import QUANTITIES  # SciPy and Numba: seconds to import

    names = [name for name, quantity in QUANTITIES.items() if not quantity.has_level]
    return {_identifier(name): name for name in names}


@dataclass(frozen=True, slots=True)
class ResultOf:
    """A quantity, of the step with the condition if `step` is empty."""

    step: str
    name: str

    def __str__(self) -> str:
        return f"{self.step}.{self.name}" if self.step else self.name


@dataclass(frozen=True, slots=True)
class ResultCondition:
    """A parsed condition on results."""

    text: str
    condition: Condition

    @property
    def quantities(self) -> Sequence[ResultOf]:
        return [_named(name) for name in sorted(self.condition.quantities)]

    def holds(self, value_of: Callable[[ResultOf], float | None]) -> bool:
        return self.condition.holds(lambda name: value_of(_named(name)))


def parse_result_condition(text: str) -> ResultCondition:
    """Return the condition that a text states; raises SequenceError or BenchError."""
    condition = parse_condition(_DOTTED.sub(rf"\2{_JOINT}\1", text))
    found = ResultCondition(text, condition)
    for quantity in found.quantities:
        if quantity.name not in OF_WRITING and quantity.name not in results():
            raise SequenceError(
                f"{text[:80]!r} names {quantity.name}, which is no result; there are "
                f"{', '.join((*results(), *OF_WRITING))}."
            )
    return found


def result_of(store: Store, run_id: int, name: str) -> tuple[float | None, str]:
    """Return a quantity of a run in its SI unit, or None and why it is not known."""
    record, points = store.run(run_id), store.points(run_id)
    if name in OF_WRITING:
        return _of_writing(points, name)
    from ...analysis.criteria import Criterion, RunResults
    from ...analysis.criteria.catalogue import QUANTITIES

    quantity = results()[name]
    criterion = Criterion(quantity, 0.0, 0.0, "", "")
    try:
        value = QUANTITIES[quantity].measure(RunResults(record, points), criterion).estimate.value
    except AnalysisError as error:
        return None, str(error)
    return (None, "the run does not determine it") if value != value else (float(value), "")


def _of_writing(points: "pd.DataFrame", name: str) -> tuple[float | None, str]:
    if "target" not in points or points.empty:
        return None, "the run writes no level"
    if name == "pulses":
        return float((points["phase"] == "write").sum()), ""
    value = float(points.iloc[-1][name])
    return (None, "the last reading is of no level") if value != value else (value, "")


def _named(name: str) -> ResultOf:
    quantity, _, step = name.partition(_JOINT)
    return ResultOf(step, quantity)
