"""Runs a protocol: every point committed and published, the bench safe on every exit path."""

import logging
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass
from time import monotonic
from typing import Any, Protocol, TypeVar

from ..instruments.interrupts import Interrupts
from ..instruments.tracing import Step, step, step_of_each
from ..storage import Point, RunWriter, Status, Store, store_warnings
from .errors import ProtocolError
from .resuming import check_resumable
from .run_events import EventDispatcher, Listener, PointMeasured, RunEnded, RunStarted

log = logging.getLogger(__name__)


class SafeBench(Protocol):
    """The part of a bench that the runner uses."""

    @property
    def device_name(self) -> str: ...

    def snapshot(self) -> Mapping[str, Any]:
        """Return identities, settings, limits and wiring, as JSON data."""
        ...

    def make_safe(self) -> None:
        """Bring every instrument into its safe state; repeatable; raises if one is not safe."""
        ...


Bench = TypeVar("Bench", bound=SafeBench)
BenchUsed = TypeVar("BenchUsed", contravariant=True)


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


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The end of a run that did not fail.

    `points` counts the points of a repeated cycle once; `listener_errors` has a sentence for every
    listener that failed or was too slow.
    """

    run_id: int
    status: Status
    points: int
    listener_errors: tuple[str, ...] = ()


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
    """Run a protocol on a bench and store every point; return the finished or aborted run.

    `listeners` receive a RunStarted, a PointMeasured for every point and a RunEnded, in threads of
    their own. The run is aborted after the point at which `should_stop()` returns True. `operator`
    and `notes` are stored with the run, as is `seed`, the seed of a virtual bench.

    `resume` is the number of a run to continue from its first incomplete cycle. Raises
    ProtocolError if its protocol, parameters, device or bench differ, LimitError before anything
    is touched if the bench does not allow a set point, and StoreError if a point cannot be stored.

    An error during the run is re-raised once the bench is safe and the status is stored: aborted
    after Ctrl-C or a request to terminate, else failed. An error while the bench is made safe also
    makes the run failed; it is raised, or added as a note to the first error.
    """
    procedure.check(bench)
    with Interrupts() as interrupts, ExitStack() as stack:
        interrupts.hold()  # the end of a run that has started must be stored
        metadata = {"seed": seed, "operator": operator, "notes": notes}
        if resume is None:
            writer = _start(procedure, bench, store, metadata)
        else:
            writer = _resume(procedure, bench, store, resume, metadata)
        stack.enter_context(store_warnings(writer))
        dispatcher = EventDispatcher(listeners)
        expected = writer.points + procedure.expected_points(writer.first_cycle)
        running = stack.enter_context(_step_of(procedure, bench, writer, expected))
        dispatcher.publish(
            RunStarted(writer.run_id, procedure.name, bench.device_name, writer.points, expected)
        )
        status, failure = Status.FAILED, None
        # Two layers: a signal may arrive after an error, before signals are deferred.
        try:
            try:
                interrupts.release()
                status = _measure(
                    procedure,
                    bench,
                    writer,
                    dispatcher,
                    expected,
                    lambda: interrupts.received is not None or should_stop(),
                )
            finally:
                interrupts.hold()
        except BaseException as error:
            failure = error
        status, failure = _end(bench, writer, dispatcher, status, failure)
        errors = dispatcher.close()
        running.result(f"{status}, {writer.points} points")
        if failure is not None:
            raise failure
    return RunOutcome(writer.run_id, status, writer.points, errors)


def _step_of(procedure: Measurement[Bench], bench: Bench, writer: RunWriter, expected: int) -> Step:
    return step(
        f"run {writer.run_id}",
        logging.INFO,
        protocol=procedure.name,
        device=bench.device_name,
        attempt=writer.attempt,
        first_cycle=writer.first_cycle,
        points=writer.points,
        expected=expected,
    )


def _start(
    procedure: Measurement[Bench], bench: Bench, store: Store, metadata: Mapping[str, Any]
) -> RunWriter:
    return store.begin_run(
        procedure.name,
        bench.device_name,
        parameters=procedure.parameter_values(),
        bench=bench.snapshot(),
        points_expected=procedure.expected_points(),
        **metadata,
    )


def _resume(
    procedure: Measurement[Bench],
    bench: Bench,
    store: Store,
    run_id: int,
    metadata: Mapping[str, Any],
) -> RunWriter:
    snapshot = bench.snapshot()
    parameters = procedure.parameter_values()
    check_resumable(store.run(run_id), procedure.name, bench.device_name, parameters, snapshot)
    return store.resume_run(
        run_id, bench=snapshot, points_from=procedure.expected_points, **metadata
    )


def _measure(
    procedure: Measurement[Bench],
    bench: Bench,
    writer: RunWriter,
    dispatcher: EventDispatcher,
    expected: int,
    should_stop: Callable[[], bool],
) -> Status:
    run_id, cycle = writer.run_id, writer.first_cycle
    started_s = monotonic()
    with closing(_points(procedure, bench, cycle)) as points:
        steps = step_of_each("point", points, writer.next_point)
        for measured, point in enumerate(steps, start=1):
            if point.cycle < cycle:
                raise ProtocolError(
                    f"The protocol {procedure.name} went back from cycle {cycle} to "
                    f"{point.cycle}: cycles must be in order, or a run cannot be resumed."
                )
            cycle = point.cycle
            index = writer.add(point)
            done = writer.points
            remaining_s = (monotonic() - started_s) / measured * max(0, expected - done)
            dispatcher.publish(PointMeasured(run_id, index, point, done, expected, remaining_s))
            if should_stop():
                return Status.ABORTED
    return Status.FINISHED


def _points(
    procedure: Measurement[Bench], bench: Bench, first_cycle: int
) -> Generator[Point, None, None]:
    """Yield the steps from a generator, which can be closed whatever iterator they come from."""
    yield from procedure.steps(bench, first_cycle)


def _end(
    bench: Bench,
    writer: RunWriter,
    dispatcher: EventDispatcher,
    status: Status,
    failure: BaseException | None,
) -> tuple[Status, BaseException | None]:
    """Make the bench safe, then store and publish the status, with signals deferred."""
    interrupted = isinstance(failure, KeyboardInterrupt | SystemExit)
    if failure is not None:
        status = Status.ABORTED if interrupted else Status.FAILED
    messages = [] if failure is None or interrupted else [str(failure) or repr(failure)]
    try:
        bench.make_safe()
    except Exception as error:
        log.exception("The bench could not be made safe")
        status, failure = Status.FAILED, _chain_errors(failure, error)
        messages.append(str(error))
    message = " ".join(messages) or None
    try:
        writer.finish(status, message)
    except Exception as error:
        log.exception("The status of run %s could not be stored", writer.run_id)
        failure = _chain_errors(failure, error)
    dispatcher.publish(RunEnded(writer.run_id, status, message))
    return status, failure


def _chain_errors(first: BaseException | None, later: Exception) -> BaseException:
    if first is None:
        return later
    if str(later) != str(first):  # a full disk prevents storing the status, too
        first.add_note(str(later))
    return first
