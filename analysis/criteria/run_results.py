"""The analyses of one run, each done when it is first needed, and only once."""

from collections.abc import Callable, Sequence
from functools import cached_property
from math import inf
from typing import Any, TypeVar

import pandas as pd

from ...storage import Phase, RunRecord
from ..errors import AnalysisError
from ..levels.find import Level, LevelReport, measure_levels
from ..levels.grouping.given import Wanted
from ..minor_loop import MinorLoop, measure_minor_loop
from ..switching.thresholds import Threshold, find_thresholds
from ..switching.voltages import SwitchingEvent, find_switches
from .criterion import Criterion
from .measured import OtherKindError

Result = TypeVar("Result")


class RunResults:
    """Levels, switches, thresholds and the loop of a run; AnalysisError where it has none.

    OtherKindError, an AnalysisError, where the protocol does not measure them.
    """

    def __init__(
        self, record: RunRecord, points: pd.DataFrame, wanted: Wanted | None = None
    ) -> None:
        self.record = record
        self.points = points
        self._wanted = wanted
        self._ladder = self

    def take_levels_from(self, runs: Sequence["RunResults"]) -> None:
        """Use the levels of the first run of the device that only fires pulses, if there is one.

        A run of readings has visited few of them, or none.
        """
        ladders = (
            run
            for run in runs
            if run.device == self.device and run.has_pulses and not run.has_phase(Phase.READ)
        )
        self._ladder = next(ladders, self)

    @property
    def id(self) -> int:
        return self.record.summary.id

    @property
    def device(self) -> str:
        return self.record.summary.device

    @property
    def protocol(self) -> str:
        return self.record.summary.protocol

    @property
    def cycles(self) -> int:
        return int(self.points["cycle"].nunique())

    @property
    def of_device(self) -> dict[str, Any]:
        """The section of the device in the bench file, as it was at the start of the run."""
        return dict(self.record.attempts[-1].bench.get("device") or {})

    @property
    def writes_array(self) -> bool:
        return "row" in self.points

    @property
    def has_pulses(self) -> bool:
        return not self.writes_array and bool(self.points["amplitude_V"].notna().any())

    def has_phase(self, phase: str) -> bool:
        return bool((self.points["phase"] == phase).any())

    @property
    def level_report(self) -> LevelReport:
        return _result(self._level_report)

    @property
    def levels(self) -> tuple[Level, ...]:
        return self.level_report.levels

    @property
    def levels_of_readings(self) -> tuple[Level, ...]:
        """The levels that readings without pulses are assigned to."""
        if not self._ladder.has_pulses:
            raise AnalysisError("The levels are not known; add a run with pulses on this device.")
        return self._ladder.levels

    def level_number(self, criterion: Criterion, levels: Sequence[Level]) -> int:
        """Return the index of the criterion's level: the one given, or that nearest to its R.

        Raises AnalysisError without such a level.
        """
        if criterion.level_ohm is not None:
            return _nearest(criterion.level_ohm, [level.mean_ohm for level in levels])
        number = criterion.level or 0
        if number >= len(levels):
            raise AnalysisError(
                f"The run shows the levels 0 to {len(levels) - 1}, and no level {number}."
            )
        return number

    @property
    def thresholds(self) -> tuple[Threshold, ...]:
        return _result(self._thresholds)

    @property
    def loop(self) -> MinorLoop:
        return _result(self._loop)

    @cached_property
    def switches(self) -> Sequence[SwitchingEvent]:
        return find_switches(self.points, self.levels)

    @cached_property
    def _level_report(self) -> LevelReport | AnalysisError:
        if not self.has_pulses:
            return OtherKindError("no pulses on a single device")
        return _or_error(lambda: measure_levels(self.points, self._wanted))

    @cached_property
    def _thresholds(self) -> tuple[Threshold, ...] | AnalysisError:
        return _or_error(lambda: find_thresholds(self.points, self.levels))

    @cached_property
    def _loop(self) -> MinorLoop | AnalysisError:
        if not self.has_phase(Phase.LOOP):
            return OtherKindError("no loop of the field")
        return _or_error(lambda: measure_minor_loop(self.points))


def _nearest(wanted_ohm: float, means_ohm: Sequence[float]) -> int:
    """Return the nearest of falling means; half a distance beyond the outermost is of none."""
    distances = [abs(mean - wanted_ohm) for mean in means_ohm]
    nearest = distances.index(min(distances))
    outer = {0: means_ohm[0] - means_ohm[1], len(means_ohm) - 1: means_ohm[-2] - means_ohm[-1]}
    if distances[nearest] > outer.get(nearest, inf) / 2:
        shown = ", ".join(f"{mean:.4g}" for mean in means_ohm)
        raise AnalysisError(
            f"The run has no level near {wanted_ohm:.4g} Ω; its levels are {shown} Ω."
        )
    return nearest


def _or_error(analyse: Callable[[], Result]) -> Result | AnalysisError:
    try:
        return analyse()
    except AnalysisError as error:
        return error


def _result(found: Result | AnalysisError) -> Result:
    if isinstance(found, AnalysisError):
        raise found
    return found
