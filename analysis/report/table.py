"""A table of results as text, and what takes its place where there is no result."""

from collections.abc import Callable
from dataclasses import dataclass

from ..errors import AnalysisError
from ..estimate import Estimate
from ..formatting import format_interval


@dataclass(frozen=True, slots=True)
class Table:
    """A printable table with remarks; without rows, a remark gives the reason."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...] = ()


def table_or_reason(title: str, make: Callable[[], Table]) -> Table:
    """Return the table, or one without rows that gives the reason why there is none."""
    try:
        return make()
    except AnalysisError as error:
        return Table(title, (), (), (str(error),))


def format_estimate(estimate: Estimate, scale: float = 1.0) -> str:
    """Return an estimate times `scale` with its interval, as text."""
    return format_interval(estimate.value, estimate.low, estimate.high, scale)
