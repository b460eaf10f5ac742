"""What a protocol will do on a bench, found out without one: pulses, field, points, duration.

`steps` runs on a bench that only records. Of a long protocol two cycles are run, or the beginning
of the first: cycles after the first one are alike, so that the numbers of points and pulses are
exact, and so is the duration, up to the assumptions of `recording_bench`.
"""

from dataclasses import dataclass
from itertools import islice
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ...instruments import Bench, BenchFile
from ...lab_address import LabAddress
from ...storage import Point
from ..errors import ProtocolError
from ..procedure import BenchProcedure
from .recording_bench import RecordingBench

MOST_POINTS = 3000  # that are run, in some 20 ms
POINTS_WITH_GAPS = 100  # that are run of a protocol with cycles without a point
VIRTUAL_POINT_S = 1e-3  # of the computer's time, for a point of a bench that simulates time


@dataclass(frozen=True, slots=True, eq=False)
class PulseTrain:
    """Pulses in the order in which they are fired; times are those of their beginnings."""

    times_s: NDArray[np.float64]
    amplitudes_V: NDArray[np.float64]
    widths_s: NDArray[np.float64]
    rises_s: NDArray[np.float64]
    falls_s: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.times_s)


@dataclass(frozen=True, slots=True, eq=False)
class FieldTrace:
    """The field against time, straight between its corners; zero at the beginning."""

    times_s: NDArray[np.float64]
    fields_T: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class DryRun:
    """What a protocol will do.

    `cycles`, `points` and `pulses` are those of the whole run, `duration_s` its time on the clock
    of the bench, the field's return to zero included, and `wall_time_s` that of the computer, which
    is less where a virtual bench simulates time. The largest amplitude and field are magnitudes.

    `train`, `field`, and `times_s`, `phases` and `point_cycles` of the points are those of the
    whole run if it `is_complete`, else of its beginning.
    """

    cycles: int
    points: int
    pulses: int
    duration_s: float
    wall_time_s: float
    largest_amplitude_V: float
    largest_field_T: float
    is_complete: bool
    train: PulseTrain
    field: FieldTrace
    times_s: NDArray[np.float64]
    phases: tuple[str, ...]
    point_cycles: NDArray[np.int64]


def dry_run(procedure: BenchProcedure, bench_file: BenchFile, first_cycle: int = 0) -> DryRun:
    """Return what a protocol will do from `first_cycle` on; no instrument is opened or needed.

    Of a protocol that chooses its pulses from what it reads, numbers and duration are the largest
    possible. Limits are not checked, see `check_against_limits`. Raises ProtocolError if the
    parameters are inconsistent, or if no dry run is possible.
    """
    procedure = procedure.rehearsal()
    procedure.validate()
    extent = _Extent.of(procedure, first_cycle)
    bench = RecordingBench(bench_file)
    steps = procedure.steps(cast("Bench", bench), first_cycle)
    points = list(islice(steps, extent.points_to_run))
    point_cycles = [point.cycle for point in points]
    duration_s = extent.whole_duration_s(bench.meter.times_s, point_cycles)
    field = _field_trace(bench, to_its_end=extent.is_complete)
    duration_s += bench.clock.time_s - bench.meter.times_s[-1]  # to reach the safe state
    return _described(procedure, extent, bench, points, field, duration_s)


def check_against_limits(procedure: BenchProcedure, bench_file: BenchFile) -> None:
    """Raise what `procedure.check` would raise on this bench, as far as its file can tell.

    No instrument is opened, so the ranges of the instruments themselves are not known. Raises
    ProtocolError, LimitError, or BenchError if the bench lacks an instrument.
    """
    recording = RecordingBench(bench_file)
    bench = Bench(
        bench_file,
        None if bench_file.pulse_generator is None else recording.generator,
        None if bench_file.magnet is None else recording.magnet,
        recording.meter,
        recording.clock,
        switch=None if bench_file.switch is None else recording.switch,
        temperature_controller=(
            None if bench_file.temperature_controller is None else recording.temperature_controller
        ),
    )
    procedure.check(bench)


@dataclass(frozen=True, slots=True)
class _Extent:
    """The size of a run in points, and how many of them are run to know the rest."""

    cycles: int
    points: int
    points_per_cycle: int
    points_before_gaps: int | None

    @classmethod
    def of(cls, procedure: BenchProcedure, first_cycle: int) -> "_Extent":
        cycles = procedure.expected_cycles() - first_cycle
        points = procedure.expected_points(first_cycle)
        if cycles < 1 or points < 1:
            raise ProtocolError(
                f"{procedure.name} has {procedure.expected_cycles()} cycles, so that nothing is "
                f"left from cycle {first_cycle} on."
            )
        return cls(cycles, points, procedure.points_per_cycle(), procedure.points_before_gaps())

    @property
    def is_complete(self) -> bool:
        return self.points_to_run == self.points

    @property
    def first_cycle_points(self) -> int:
        """Points of the first cycle, in which there may be more than in those that follow."""
        return self.points - self.points_per_cycle * (self.cycles - 1)

    @property
    def points_to_run(self) -> int:
        if self.points_before_gaps is not None:
            return min(self.points, self.points_before_gaps + POINTS_WITH_GAPS)
        two_cycles = self.first_cycle_points + self.points_per_cycle
        if self.points <= MOST_POINTS:
            return self.points
        return (
            two_cycles if two_cycles <= MOST_POINTS else min(self.first_cycle_points, MOST_POINTS)
        )

    def whole_duration_s(self, times_s: list[float], point_cycles: list[int]) -> float:
        """Return the time of the last point of the whole run, from those that were run."""
        end_s, first = times_s[-1], self.first_cycle_points
        if self.is_complete:
            return end_s
        if self.points_before_gaps is not None:
            return self._thinned_duration_s(times_s, point_cycles)
        if len(times_s) > first:
            return end_s + (self.cycles - 2) * (end_s - times_s[first - 1])
        interval_s = end_s - times_s[-2]
        return (end_s + (first - len(times_s)) * interval_s) * self.cycles

    def _thinned_duration_s(self, times_s: list[float], point_cycles: list[int]) -> float:
        """Return the same where each cycle takes a time, and each point one of its own."""
        ends = slice(self.points_per_cycle, None, self.points_per_cycle)  # of cycles, first aside
        cycles, points = np.array(point_cycles[ends]), np.arange(len(times_s))[ends]
        terms = np.column_stack([np.ones(len(points)), cycles, points])
        solution = np.linalg.lstsq(terms, np.array(times_s[ends]), rcond=None)[0]
        last_cycle = point_cycles[0] + self.cycles - 1
        return float(solution @ (1.0, last_cycle, self.points - 1))


def _field_trace(bench: RecordingBench, *, to_its_end: bool) -> FieldTrace:
    """Return the field so far, or to its end at zero; the bench is safe afterwards."""
    corners, until_s = list(bench.magnet.corners), bench.clock.time_s
    bench.make_safe()
    if to_its_end:
        corners, until_s = bench.magnet.corners, bench.clock.time_s
    times_s, fields_T = np.array([*corners, (until_s, corners[-1][1])]).T
    return FieldTrace(times_s, fields_T)


def _described(
    procedure: BenchProcedure,
    extent: _Extent,
    bench: RecordingBench,
    points: list[Point],
    field: FieldTrace,
    duration_s: float,
) -> DryRun:
    set_points = procedure.set_points()
    return DryRun(
        cycles=extent.cycles,
        points=extent.points,
        pulses=procedure.pulses_per_cycle() * extent.cycles,
        duration_s=duration_s,
        wall_time_s=_wall_time_s(bench.file, extent.points, duration_s),
        largest_amplitude_V=max(map(abs, set_points.amplitudes_V), default=0.0),
        largest_field_T=max(map(abs, set_points.fields_T), default=0.0),
        is_complete=extent.is_complete,
        train=_train(bench),
        field=field,
        times_s=np.array(bench.meter.times_s),
        phases=tuple(point.phase for point in points),
        point_cycles=np.array([point.cycle for point in points]),
    )


def _train(bench: RecordingBench) -> PulseTrain:
    rows = [
        (start_s, amplitude_V, shape.width_s, shape.rise_s, shape.fall_s)
        for start_s, amplitude_V, shape in bench.generator.pulses
    ]
    return PulseTrain(*np.array(rows, dtype=float).reshape(-1, 5).T)


def _wall_time_s(bench_file: BenchFile, points: int, duration_s: float) -> float:
    lab = LabAddress.of_library(bench_file.visa_library)
    if lab is None or lab.option("real_time") == "1":
        return duration_s
    return points * VIRTUAL_POINT_S
