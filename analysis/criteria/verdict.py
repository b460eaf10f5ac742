"""Whether a measured quantity lies within its required range: yes, no, or not decided.

Yes if the whole 95 % interval lies within, no if all of it lies outside. Between them nothing is
decided, and the number of cycles that might do it follows from how the interval shrinks, as
t(n − 1)/√n or as the exact one of a share, if value and scatter stay as they are.
"""

from dataclasses import dataclass
from enum import StrEnum
from math import ceil, inf, isfinite, isnan, sqrt

from ...quantities import format_duration
from ..estimate import Estimate
from ..intervals import proportion_ci, t_quantile
from .criterion import Criterion
from .measured import Measured

MOST = 100_000  # values; a quantity that needs more lies on the limit


class Answer(StrEnum):
    """The answer to "within?"."""

    YES = "yes"
    NO = "no"
    NOT_DECIDED = "not decided"
    NOT_MEASURED = "not measured"


@dataclass(frozen=True, slots=True)
class Verdict:
    """An answer, and why it is none or what might decide it."""

    answer: Answer
    remark: str = ""


def judge(measured: Measured, criterion: Criterion) -> Verdict:
    """Compare the interval of a quantity with the required range."""
    found = measured.estimate
    if isnan(found.value):
        return Verdict(Answer.NOT_MEASURED, "the run does not determine it")
    answer = _answer(found, criterion)
    is_open = answer is Answer.NOT_DECIDED
    return Verdict(answer, _remedy(measured, criterion) if is_open else "")


def _answer(found: Estimate, criterion: Criterion) -> Answer:
    if found.low >= criterion.minimum and found.high <= criterion.maximum:
        return Answer.YES
    if found.high < criterion.minimum or found.low > criterion.maximum:
        return Answer.NO
    return Answer.NOT_DECIDED


def _remedy(measured: Measured, criterion: Criterion) -> str:
    found = measured.estimate
    if measured.observed_s is not None:
        return _longer(found, measured.observed_s, criterion)
    if measured.values is None or measured.cycles is None:
        return measured.remedy
    if measured.values < 2:
        return "one value has no interval: measure more cycles"
    if not (isfinite(found.low) or isfinite(found.high)):
        return "the interval is unbounded: measure more cycles"
    values = _values_needed(measured, measured.values, criterion)
    if values is None:
        return "the value lies too close to the limit for more cycles to decide"
    more = max(1, ceil(measured.cycles * (values / measured.values - 1)))
    return f"about {more} more cycle{'s' if more > 1 else ''} might decide"


def _values_needed(measured: Measured, values: int, criterion: Criterion) -> int | None:
    """Return the least number of values that decides, None beyond `MOST`."""

    def decides(count: int) -> bool:
        narrowed = _narrowed(measured, values, count)
        return _answer(narrowed, criterion) is not Answer.NOT_DECIDED

    low, high = values, MOST
    if not decides(high):
        return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if decides(middle) else (middle, high)
    return high


def _narrowed(measured: Measured, values: int, count: int) -> Estimate:
    """Return the estimate that `count` values would give, with the same value and scatter."""
    found = measured.estimate
    if measured.share:
        return proportion_ci(found.value * count, count)
    width = (t_quantile(count - 1) / sqrt(count)) / (t_quantile(values - 1) / sqrt(values))
    low, high = found.value - found.low, found.high - found.value
    return Estimate(found.value, found.value - width * low, found.value + width * high)


def _longer(found: Estimate, observed_s: float, criterion: Criterion) -> str:
    """Return how much longer a level without an escape must be watched."""
    if isfinite(found.value) or not 0 < found.low < criterion.minimum < inf:
        return "more escapes narrow the interval: watch for longer"
    needed_s = observed_s * (criterion.minimum / found.low - 1)
    return f"watching for {format_duration(needed_s)} more decides, if nothing escapes"
