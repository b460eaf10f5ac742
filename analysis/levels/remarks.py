"""What must be said beside the levels of a run: what was left out, and what is open."""

from collections.abc import Iterable, Iterator

from ..formatting import format_interval
from ..outlier_summary import left_out
from .forming import Forming
from .level import LevelReport

MANY_CYCLES = 4


def level_remarks(report: LevelReport) -> tuple[str, ...]:
    """Return a sentence for each thing that the numbers of the levels do not show."""
    return (*_left_out(report), *_open(report))


def _left_out(report: LevelReport) -> Iterator[str]:
    if report.missing_readings:
        yield f"{report.missing_readings} pulses have no reading after them."
    if report.outliers:
        yield left_out(report.outliers)
    outlying = report.outlying_readings - sum(kind.readings for kind in report.outliers)
    if outlying:
        yield (
            f"{outlying} of {report.readings} readings, {report.outlying_visits} whole visits "
            "among them, belong to no level and are left out."
        )


def _open(report: LevelReport) -> Iterator[str]:
    if report.number_text != str(len(report.levels)):
        yield f"Few visits leave the number of levels open: {report.number_text}."
    if report.levels[0].scale == "log":
        yield "The states lie decades apart: levels are log-normal, R is their median."
    if (drift := report.levels[0].drift) is not None:
        rate = drift.per_cycle
        yield (
            f"All levels drift by {format_interval(rate.value, rate.low, rate.high, 100)} % a "
            "cycle; R is that in the middle of the run."
        )
    if report.unresolved:
        yield f"Level {_and(report.unresolved)} may hold several that lie closer than 4 σ."
    if report.forming is not None:
        yield _forming(report.forming)
    if report.passing:
        yield (
            f"Only the first or the last cycles visit level {_and(report.passing)}: the device "
            "changed during the run, and some levels may be one level before and after, or the "
            "run did not start as its cycles do."
        )
    if len(report.incomplete_cycles) > MANY_CYCLES:
        yield f"{len(report.incomplete_cycles)} cycles ended before the largest amplitude."
    elif report.incomplete_cycles:
        cycles = _and(cycle + 1 for cycle in report.incomplete_cycles)
        yield f"Cycle {cycles} (counted from 1) ended before the largest amplitude."


def _forming(forming: Forming) -> str:
    signs = []
    if forming.levels:
        signs.append(f"visits level {_and(forming.levels)}, which no later cycle does")
    if forming.phase:
        signs.append(
            f"changes level first at {forming.first_V:.3g} V in its {forming.phase} pulses, later "
            f"ones at {forming.later_V:.3g} V on average"
        )
    return (
        f"The first cycle differs from all later ones, as by forming: it {' and '.join(signs)}. "
        "Levels and voltages are of all cycles; analyse the later ones alone if it is."
    )


def _and(numbers: Iterable[int]) -> str:
    return ", ".join(map(str, numbers))
