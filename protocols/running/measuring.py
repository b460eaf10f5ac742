"""The measurement of a run, point by point: judged, committed, published, and paused or stopped."""

import logging
from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, Protocol, TypeVar

from ...instruments.tracing import step_of_each
from ...storage import Point, RunWriter, Status
from ..errors import ProtocolError, StopConditionError
from .run_control import RunControl
from .run_events import EventDispatcher, PointMeasured, RunPaused, RunResumed
from .stopping import PointWatch

log = logging.getLogger(__name__)

BenchUsed = TypeVar("BenchUsed", contravariant=True)
Bench = TypeVar("Bench")


class Measurement(Protocol[BenchUsed]):
    """The part of a protocol that the runner uses."""

    @property
    def name(self) -> str: ...

    def check(self, bench: BenchUsed) -> None:
        """Raise if the bench cannot or must not run the protocol; touch nothing."""
        ...

    def steps(self, bench: BenchUsed, first_cycle: int = 0) -> Iterator[Point]:
        """Measure from `first_cycle` on and yield points whose cycles never decrease."""
        ...

    def expected_points(self, first_cycle: int = 0) -> int:
        """Return the number of points that `steps` yields."""
        ...

    def parameter_values(self) -> Mapping[str, Any]:
        """Return the parameters to store, as JSON data."""
        ...


@dataclass(slots=True)
class RunUnderWay(Generic[Bench]):
    """A run from its first point to its last."""

    procedure: Measurement[Bench]
    bench: Bench
    writer: RunWriter
    dispatcher: EventDispatcher
    watch: PointWatch
    control: RunControl
    should_stop: Callable[[], bool]
    expected: int

    def measure(self) -> Status:
        """Measure every point; return FINISHED, or ABORTED if the run was to stop.

        Raises StopConditionError after a point that must be the last, ProtocolError for cycles in
        the wrong order, and what the protocol and the writer raise.
        """
        writer, cycle = self.writer, self.writer.first_cycle
        watch, publish = self.watch, self.dispatcher.publish
        started_s = monotonic()
        with closing(_points(self.procedure, self.bench, cycle)) as points:
            steps = step_of_each("point", points, writer.next_point)
            for measured, each in enumerate(steps, start=1):
                if each.cycle < cycle:
                    raise _cycles_out_of_order(self.procedure.name, cycle, each.cycle)
                cycle = each.cycle
                point = watch.judge(each)
                index = writer.add(point)
                done = writer.points
                remaining_s = (monotonic() - started_s) / measured * max(0, self.expected - done)
                publish(
                    PointMeasured(writer.run_id, index, point, done, self.expected, remaining_s)
                )
                if watch.reason is not None:
                    raise StopConditionError(watch.reason)
                if self.control.paused:
                    started_s += self._pause()
                if self.should_stop():
                    return Status.ABORTED
        watch.end()
        if watch.reason is not None:
            raise StopConditionError(watch.reason)
        return Status.FINISHED

    def _pause(self) -> float:
        """Wait until the run is resumed or is to stop; return the time waited, in s."""
        run_id, done = self.writer.run_id, self.writer.points
        self.dispatcher.publish(RunPaused(run_id, done))
        paused_s = self.control.wait_while_paused(self.should_stop)
        self.dispatcher.publish(RunResumed(run_id, done, paused_s))
        log.warning("Paused for %.1f s after point %s", paused_s, self.writer.next_point - 1)
        return paused_s


def _points(
    procedure: Measurement[Bench], bench: Bench, first_cycle: int
) -> Generator[Point, None, None]:
    """Yield the steps from a generator, which can be closed whatever iterator they come from."""
    yield from procedure.steps(bench, first_cycle)


def _cycles_out_of_order(protocol: str, cycle: int, next_cycle: int) -> ProtocolError:
    return ProtocolError(
        f"The protocol {protocol} went back from cycle {cycle} to {next_cycle}: cycles must be in "
        "order, or a run cannot be resumed."
    )
