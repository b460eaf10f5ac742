"""Runs a protocol: every point committed and published, the bench safe on every exit path."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeVar

from ...instruments import StopConditions
from ...instruments.interrupts import Interrupts
from ...instruments.tracing import Step, step
from ...storage import RunWriter, Status, Store, store_warnings
from ..measurement_sequence import counted_retries
from .measuring import Measurement, RunUnderWay
from .resuming import check_conditions, check_resumable
from .run_control import RunControl
from .run_events import EventDispatcher, Listener, RunEnded, RunStarted
from .stopping import PointWatch

log = logging.getLogger(__name__)


class SafeBench(Protocol):
    """The part of a bench that the runner uses."""

    @property
    def device_name(self) -> str: ...

    @property
    def stop_conditions(self) -> StopConditions: ...

    @property
    def extra_quantities(self) -> tuple[str, ...]:
        """What is measured with every point by the bench itself, such as temperature_K."""
        ...

    def check_conditions(self, conditions: Mapping[str, float]) -> None:
        """Raise LimitError if the bench would set conditions that it must not."""
        ...

    def set_conditions(self, conditions: Mapping[str, float]) -> None:
        """Bring about the conditions of a run, as far as the bench regulates them."""
        ...

    def run_begins(self, notes_file: Path, run_id: int, attempt: int) -> None:
        """Take note of the run; who makes the bench safe in its place logs that in the file."""
        ...

    def run_ends(self) -> None:
        """Take note that no run uses the bench."""
        ...

    def snapshot(self) -> Mapping[str, Any]:
        """Return identities, settings, limits and wiring, as JSON data."""
        ...

    def make_safe(self) -> None:
        """Bring every instrument into its safe state; repeatable; raises if one is not safe."""
        ...


Bench = TypeVar("Bench", bound=SafeBench)


@dataclass(frozen=True, slots=True)
class RunOutcome:
    """The end of a run that did not fail.

    `points` counts the points of a repeated cycle once; `listener_errors` has a sentence for every
    listener that failed or was too slow; `retries` counts readings that succeeded at the second
    attempt.
    """

    run_id: int
    status: Status
    points: int
    listener_errors: tuple[str, ...] = ()
    retries: int = 0


def run(
    procedure: Measurement[Bench],
    bench: Bench,
    store: Store,
    *,
    listeners: Iterable[Listener] = (),
    control: RunControl | None = None,
    should_stop: Callable[[], bool] = lambda: False,
    stop: StopConditions | None = None,
    operator: str = "",
    notes: str = "",
    tags: Sequence[str] = (),
    conditions: Mapping[str, float] | None = None,
    seed: int | None = None,
    resume: int | None = None,
) -> RunOutcome:
    """Run a protocol on a bench and store every point; return the finished or aborted run.

    `listeners` receive a RunStarted, a PointMeasured for every point, a RunPaused and a RunResumed
    for every pause, and a RunEnded, in threads of their own. `control` stops, pauses and resumes
    the run; it is also aborted after the point at which `should_stop()` returns True. `stop`
    replaces the stop conditions of the bench. `operator` and `notes` are stored with the run, as
    are `tags` and `conditions`, if it is a new one, and `seed`, the seed of a virtual bench.
    `conditions` are stated: {"temperature_K": 358.0}. A bench with a temperature controller is
    brought to that temperature before the first point; it is measured with each.

    `resume` is the number of a run to continue from its first incomplete cycle. Raises
    ProtocolError if its protocol, parameters, device or bench differ, or if a stop condition names
    an unknown quantity, LimitError before anything is touched if the bench does not allow a set
    point, and StoreError if a point cannot be stored.

    An error during the run is re-raised once the bench is safe and the status is stored: aborted
    after Ctrl-C or a request to terminate, else failed. A stop condition that is met makes the run
    failed with StopConditionError. An error while the bench is made safe also makes the run failed;
    it is raised, or added as a note to the first error.
    """
    procedure.check(bench)
    wanted = dict(conditions or (store.run(resume).conditions if resume is not None else {}))
    bench.check_conditions(wanted)
    control = control or RunControl()
    snapshot = dict(bench.snapshot())
    if stop is not None:
        snapshot["stop"] = stop.model_dump(mode="json")
    extra_quantities = (*getattr(procedure, "extra_quantities", ()), *bench.extra_quantities)
    watch = PointWatch(stop or bench.stop_conditions, procedure.name, extra_quantities)
    with Interrupts() as interrupts, ExitStack() as stack:
        interrupts.hold()  # the end of a run that has started must be stored
        metadata = {"seed": seed, "operator": operator, "notes": notes}
        if resume is None:
            new = {**metadata, "tags": tags, "conditions": conditions}
            writer = _start(procedure, bench, store, snapshot, new)
        else:
            check_conditions(store.run(resume), conditions)
            writer = _resume(procedure, bench, store, resume, snapshot, metadata)
        stack.enter_context(store_warnings(writer))
        retries = stack.enter_context(counted_retries())
        dispatcher = EventDispatcher(listeners)
        expected = writer.points + procedure.expected_points(writer.first_cycle)
        running = stack.enter_context(_step_of(procedure, bench, writer, expected))
        dispatcher.publish(
            RunStarted(writer.run_id, procedure.name, bench.device_name, writer.points, expected)
        )
        status, failure = Status.FAILED, None
        under_way = RunUnderWay(
            procedure,
            bench,
            writer,
            dispatcher,
            watch,
            control,
            lambda: control.stopped or interrupts.received is not None or should_stop(),
            expected,
        )
        # Two layers: a signal may arrive after an error, before signals are deferred.
        try:
            try:
                _tell_of_run(bench, writer)
                writer.when_moved = partial(_tell_of_run, bench, writer)
                interrupts.release()
                bench.set_conditions(wanted)
                status = under_way.measure()
            finally:
                interrupts.hold()
        except BaseException as error:
            failure = error
        status, failure = _end(bench, writer, dispatcher, status, failure)
        errors = dispatcher.close()
        running.result(f"{status}, {writer.points} points")
        if failure is not None:
            raise failure
    return RunOutcome(writer.run_id, status, writer.points, errors, retries.count)


def _tell_of_run(bench: SafeBench, writer: RunWriter) -> None:
    bench.run_begins(writer.notes_file, writer.run_id, writer.attempt)


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
    procedure: Measurement[Bench],
    bench: Bench,
    store: Store,
    snapshot: Mapping[str, Any],
    metadata: Mapping[str, Any],
) -> RunWriter:
    return store.begin_run(
        procedure.name,
        bench.device_name,
        parameters=procedure.parameter_values(),
        bench=snapshot,
        points_expected=procedure.expected_points(),
        **metadata,
    )


def _resume(
    procedure: Measurement[Bench],
    bench: Bench,
    store: Store,
    run_id: int,
    snapshot: Mapping[str, Any],
    metadata: Mapping[str, Any],
) -> RunWriter:
    parameters = procedure.parameter_values()
    check_resumable(store.run(run_id), procedure.name, bench.device_name, parameters, snapshot)
    writer = store.resume_run(
        run_id, bench=snapshot, points_from=procedure.expected_points, **metadata
    )
    recall = getattr(procedure, "recall", None)
    if recall is not None:  # the protocol chooses its pulses from what it has read
        points = store.points(run_id)
        recall(points[points["cycle"] < writer.first_cycle])
    return writer


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
        status = Status.INTERRUPTED  # which is what the store makes of a run without an end
    try:
        bench.run_ends()
    except Exception as error:
        log.exception("The bench could not be told of the end of the run")
        failure = failure or error
    dispatcher.publish(RunEnded(writer.run_id, status, message))
    return status, failure


def _chain_errors(first: BaseException | None, later: Exception) -> BaseException:
    if first is None:
        return later
    if str(later) != str(first):  # a full disk prevents storing the status, too
        first.add_note(str(later))
    return first
