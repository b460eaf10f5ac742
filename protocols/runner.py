"""Carries out a protocol: every point committed and told, the bench made safe on every way out."""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol, TypeVar

from ..instruments.interrupts import Interrupts
from ..storage import Point, RunWriter, Status, Store, store_warnings
from .errors import ProtocolError
from .resuming import check_resumable
from .run_events import Announcer, Listener, PointMeasured, RunEnded, RunStarted

log = logging.getLogger(__name__)


class SafeBench(Protocol):
    """What the runner needs of a bench."""

    @property
    def device_name(self) -> str: ...

    def snapshot(self) -> Mapping[str, Any]:
        """Return identities, settings, limits and wiring, as JSON data."""
        ...

    def make_safe(self) -> None:
        """Leave every instrument safe; may be called again; raises if one is not."""
        ...


Bench = TypeVar("Bench", bound=SafeBench)
BenchUsed = TypeVar("BenchUsed", contravariant=True)


class Measurement(Protocol[BenchUsed]):
    """What the runner needs of a protocol."""

    @property
    def name(self) -> str: ...

    def check(self, bench: BenchUsed) -> None:
        """Raise if the bench must not or cannot do what is asked; touch nothing."""
        ...

    def steps(self, bench: BenchUsed, first_cycle: int = 0) -> Iterator[Point]:
        """Measure from `first_cycle` on; the cycles of the points never go back."""
        ...

    def expected_points(self, first_cycle: int = 0) -> int:
        """Return how many points `steps` yields."""
        ...

    def parameter_values(self) -> Mapping[str, Any]: ...


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """How a run ended that did not fail; `points` counts those of repeated cycles once."""

    run_id: int
    status: Status
    points: int
    listener_problems: tuple[str, ...] = ()


def run(
    procedure: Measurement[Bench],
    bench: Bench,
    store: Store,
    *,
    listeners: Iterable[Listener] = (),
    should_stop: Callable[[], bool] = lambda: False,
    operator: str = "",
    notes: str = "",
    seed: int | None = None,
    resume: int | None = None,
) -> RunOutcome:
    """Measure, and return how the run ended: finished, or aborted because `should_stop` said so.

    `resume` is the number of a run to go on with, from its first incomplete cycle, with the same
    protocol and parameters on the same device and bench; else ProtocolError is raised. Whatever is
    raised on the way is raised again once the bench is safe and the status is stored: aborted
    after Ctrl-C or a request to terminate, else failed. What goes wrong on the way out makes the
    run failed, too, and is raised, or noted on what was raised before.
    """
    procedure.check(bench)
    with Interrupts() as interrupts, ExitStack() as stack:
        interrupts.hold()  # a run that has begun must come to an end that is stored
        about = {"seed": seed, "operator": operator, "notes": notes}
        if resume is None:
            writer = _begin(procedure, bench, store, about)
        else:
            writer = _take_up(procedure, bench, store, resume, about)
        stack.enter_context(store_warnings(writer))
        announcer = Announcer(listeners)
        expected = writer.points + procedure.expected_points(writer.first_cycle)
        announcer.publish(
            RunStarted(writer.run_id, procedure.name, bench.device_name, writer.points, expected)
        )
        status, failure = Status.FAILED, None
        # Two layers: a signal may come even after an error, before the signals are held back.
        try:
            try:
                interrupts.release()
                status = _measure(
                    procedure,
                    bench,
                    writer,
                    announcer,
                    expected,
                    lambda: interrupts.received is not None or should_stop(),
                )
            finally:
                interrupts.hold()
        except BaseException as error:
            failure = error
        status, failure = _end(bench, writer, announcer, status, failure)
        problems = announcer.close()
        if failure is not None:
            raise failure
    return RunOutcome(writer.run_id, status, writer.points, problems)


def _begin(
    procedure: Measurement[Bench], bench: Bench, store: Store, about: Mapping[str, Any]
) -> RunWriter:
    return store.begin_run(
        procedure.name,
        bench.device_name,
        parameters=procedure.parameter_values(),
        bench=bench.snapshot(),
        points_expected=procedure.expected_points(),
        **about,
    )


def _take_up(
    procedure: Measurement[Bench],
    bench: Bench,
    store: Store,
    run_id: int,
    about: Mapping[str, Any],
) -> RunWriter:
    snapshot = bench.snapshot()
    parameters = procedure.parameter_values()
    check_resumable(store.run(run_id), procedure.name, bench.device_name, parameters, snapshot)
    return store.resume_run(run_id, bench=snapshot, points_from=procedure.expected_points, **about)


def _measure(
    procedure: Measurement[Bench],
    bench: Bench,
    writer: RunWriter,
    announcer: Announcer,
    expected: int,
    should_stop: Callable[[], bool],
) -> Status:
    run_id, cycle = writer.run_id, writer.first_cycle
    started_s = monotonic()
    with closing(_points(procedure, bench, cycle)) as points:
        for measured, point in enumerate(points, start=1):
            if point.cycle < cycle:
                raise ProtocolError(
                    f"The protocol {procedure.name} went back from cycle {cycle} to "
                    f"{point.cycle}: cycles must follow one another, or a run cannot be resumed."
                )
            cycle = point.cycle
            index = writer.add(point)
            done = writer.points
            remaining_s = (monotonic() - started_s) / measured * max(0, expected - done)
            announcer.publish(PointMeasured(run_id, index, point, done, expected, remaining_s))
            if should_stop():
                return Status.ABORTED
    return Status.FINISHED


def _points(
    procedure: Measurement[Bench], bench: Bench, first_cycle: int
) -> Generator[Point, None, None]:
    """Yield the steps; whatever kind of iterator they are, this one can be closed."""
    yield from procedure.steps(bench, first_cycle)


def _end(
    bench: Bench,
    writer: RunWriter,
    announcer: Announcer,
    status: Status,
    failure: BaseException | None,
) -> tuple[Status, BaseException | None]:
    """Make the bench safe, then store and tell the status; signals are held back meanwhile."""
    interrupted = isinstance(failure, KeyboardInterrupt | SystemExit)
    if failure is not None:
        status = Status.ABORTED if interrupted else Status.FAILED
    messages = [] if failure is None or interrupted else [str(failure) or repr(failure)]
    try:
        bench.make_safe()
    except Exception as error:
        log.exception("The bench could not be made safe")
        status, failure = Status.FAILED, _joined(failure, error)
        messages.append(str(error))
    message = " ".join(messages) or None
    try:
        writer.finish(status, message)
    except Exception as error:
        log.exception("How run %s ended could not be stored", writer.run_id)
        failure = _joined(failure, error)
    announcer.publish(RunEnded(writer.run_id, status, message))
    return status, failure


def _joined(first: BaseException | None, later: Exception) -> BaseException:
    if first is None:
        return later
    if str(later) != str(first):  # a full disk is in the way of the status, too
        first.add_note(str(later))
    return first
