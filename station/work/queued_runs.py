"""The runs of the queue, carried out in the main thread through the runner of all protocols."""

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from time import monotonic

from ...errors import DwmtjError
from ...instruments import Bench, ContactError
from ...protocols import run
from ...storage import Status, Store, StoreError
from ...wording import with_article
from ..errors import StationError
from ..messages import HandReading, Job, MeasuredDevice
from .job_check import Prepared, prepare
from .job_queue import JobQueue
from .live import LiveRun
from .message_log import MessageLog
from .on_device import OnArrayDevice
from .own_bench import OwnBench

log = logging.getLogger(__name__)

RETRY_S = 2.0
_ENDINGS = {
    Status.FINISHED: ("info", "is finished"),
    Status.ABORTED: ("warning", "was stopped"),
    Status.FAILED: ("error", "failed"),
    Status.INTERRUPTED: ("error", "was interrupted"),
    Status.RUNNING: ("error", "has no stored end"),
}


@dataclass(frozen=True, slots=True)
class Ended:
    """A job that has ended: its run and the run's status, both None if it could not begin.

    `no_contact` is True if that was for the needles, which found no device.
    """

    job: int
    run_id: int | None
    status: Status | None
    problem: str
    no_contact: bool = False


class QueuedRuns:
    """Takes jobs from the queue and runs them; `live` is the one under way, for any thread.

    `stopping` tells whether a stop was requested.
    """

    def __init__(
        self,
        own: OwnBench,
        store: Store,
        queue: JobQueue,
        messages: MessageLog,
        stopping: Callable[[], bool],
    ) -> None:
        self.live: LiveRun | None = None
        self.reading: HandReading | None = None
        self.last_run: int | None = None
        """The last one of the run before."""
        self.when_ended: Callable[[Ended], None] = lambda _: None
        """Called in the main thread with every job that has ended, before the next one begins."""
        self._own = own
        self._store = store
        self._queue = queue
        self._messages = messages
        self._stopping = stopping
        self._without_end: set[int] = set()
        self._tried_s = 0.0

    def stop(self) -> None:
        """End the run under way, if there is one, after its point."""
        live = self.live
        if live is not None:
            live.control.stop()

    def take(self) -> bool:
        """Take the first job of the queue; return False if none may start."""
        try:
            return self._queue.take() is not None
        except DwmtjError as error:  # its file cannot be written
            self._queue.hold(True)
            self._messages.add("error", str(error))
            return False

    def run(self) -> bool:
        """Run the job that was taken, and return True if a run has begun, however it ended.

        An interruption is raised; `note_interruption` is to be called then.
        """
        job = self._queue.under_way
        assert job is not None, "it was taken"
        try:
            prepared = self._prepare(job)
            self.live = LiveRun(job.number, prepared.procedure.expected_cycles())
            with self._messages.telling_of_the_store():
                self._measure(job, prepared, self.live)
        except ContactError as error:
            return self._note_end(str(error), no_contact=True)
        except DwmtjError as error:
            return self._note_end(" ".join([str(error), *getattr(error, "__notes__", ())]))
        except Exception as error:
            log.exception("A run failed")
            return self._note_end(repr(error), traceback.format_exc())
        return self._note_end()

    def store_ends(self, *, now: bool = False) -> None:
        """Store that runs were interrupted whose end could not be stored, such as on a full disk.

        While this process lives, they count as under way otherwise, and cannot be resumed. It is
        tried every RETRY_S, or `now`, from any thread.
        """
        if not self._without_end or (not now and monotonic() - self._tried_s < RETRY_S):
            return
        self._tried_s = monotonic()
        for run_id in tuple(self._without_end):
            with suppress(StoreError):
                self._store.declare_interrupted(run_id, ended_here=True)
                self._without_end.discard(run_id)

    def note_interruption(self) -> bool:
        """Note the end of the run that was interrupted; return True if it had begun."""
        return self._note_end("It was stopped.")

    def _prepare(self, job: Job) -> Prepared:
        """Make the bench what the job needs, and check the job on it."""
        prepared = prepare(job.new, self._own.file, self._own.bench, self._store)
        resumed, temperature_K = job.new.resume is not None, prepared.temperature_K
        if resumed or prepared.seed is not None:
            fresh = not resumed and not job.new.keep_device
            self._own.use_lab(
                prepared.seed, prepared.attempt, fresh=fresh, temperature_K=temperature_K
            )
        elif temperature_K != self._own.stated_temperature_K:
            self._own.use_lab(
                self._own.seed, prepared.attempt, fresh=False, temperature_K=temperature_K
            )
        problem = self._own.problem
        if self._own.bench is None or problem is not None:
            if self._own.stated_temperature_K is not None:  # a digital twin, say, has none
                self._own.use_lab(self._own.seed, attempt=1, fresh=False)
            raise StationError(f"The bench is not open: {problem}")
        return prepared

    def _measure(self, job: Job, prepared: Prepared, live: LiveRun) -> None:
        assert self._own.bench is not None, "the job was prepared"
        if self._stopping():  # since before this run could be told
            raise StationError("It was stopped.")
        procedure, bench, new = prepared.procedure, self._own.bench, job.new
        device = new.device or MeasuredDevice(bench.device_name)
        stated = {} if new.temperature_K is None else {"temperature_K": new.temperature_K}
        with bench.measuring(device.name, device.site), _touched(bench, device):
            run(
                procedure if device.site is None else OnArrayDevice(procedure),
                bench,
                self._store,
                listeners=(live,),
                control=live.control,
                stop=prepared.stop,
                operator=new.operator,
                notes=new.notes,
                tags=new.tags,
                seed=self._own.seed,
                conditions=stated,
                resume=new.resume,
            )

    def _note_end(self, problem: str = "", details: str = "", *, no_contact: bool = False) -> bool:
        """Tell how the job under way has ended; return True if its run had begun."""
        job, live = self._queue.under_way, self.live
        assert job is not None, "it has just ended"
        self.live = None
        if live is None or live.run_id is None:
            told = f"{with_article(job.new.protocol).capitalize()} could not be run. {problem}"
            level = "warning" if no_contact else "error"
            self._messages.add(level, told.strip(), details)
            self.when_ended(Ended(job.number, None, None, problem, no_contact))
            if job.new.hold_if_failed:
                self._queue.give_back(problem)
            else:
                self._queue.done(held=False)
            return False
        self.last_run = live.run_id
        self.reading = live.reading() or self.reading
        status, message = self._end_of(live, live.run_id)
        if status is Status.INTERRUPTED:
            self._without_end.add(live.run_id)
        level, words = _ENDINGS[status]
        reason = problem if problem and status is Status.FAILED else message or ""
        is_last = not self._queue.jobs and job.new.hold_if_failed  # and of no sequence
        event = "end" if is_last and status is Status.FINISHED else ""
        self._messages.add(level, f"Run {live.run_id} {words}. {reason}".strip(), details, event)
        self.when_ended(Ended(job.number, live.run_id, status, reason))
        held_by_end = status is not Status.FINISHED and job.new.hold_if_failed
        self._queue.done(held=held_by_end or job.new.hold_after)
        return True

    def _end_of(self, live: LiveRun, run_id: int) -> tuple[Status, str | None]:
        if live.ended is not None:
            return live.ended.status, live.ended.message
        try:
            summary = self._store.run(run_id).summary  # its listener has not come to the end
        except StoreError as error:
            return Status.INTERRUPTED, str(error)
        return summary.status, summary.message


@contextmanager
def _touched(bench: Bench, device: MeasuredDevice) -> Iterator[None]:
    """Have the needles on a device of a wafer within the block; raises ContactError."""
    if device.on_wafer is None:
        yield
        return
    try:
        bench.touch(device.on_wafer)
        yield
    except BaseException:
        bench.make_safe()  # a run has done it; what fails before one has not
        raise
