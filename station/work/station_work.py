"""The work of a station: one thing at a time in the main thread, whatever clients ask meanwhile."""

import logging
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

from ...errors import DwmtjError
from ...instruments import Bench, BenchError, BenchFile, LimitError
from ...instruments.interrupts import Interrupts
from ...storage import Store
from ..errors import StationError
from ..messages import Activity, Job, NewJob
from ..sequences.executor import SequenceExecutor
from .by_hand import ByHand
from .clients import Clients
from .inbox import Action, Inbox
from .instrument_states import InstrumentStates
from .job_check import job_of, prepare
from .job_queue import JobQueue
from .message_log import MessageLog
from .notifier import Notifier
from .own_bench import OwnBench
from .queued_runs import QueuedRuns
from .signals import Signals
from .stopping import Stop

log = logging.getLogger(__name__)

POLL_S = 0.2  # for signals
_OPENING = "The bench is being opened: wait until it is."
_RUNNING = "A run is under way: stop it before doing anything by hand."
_STOPPED = "This was stopped."


class StationWork:
    """Owns the bench, runs the queue, and carries out what is asked by hand.

    `work` is called in the main thread; everything else is safe to use from any thread.
    `replace` puts another process in the place of this one; `bench` is the name of a built-in
    bench, or the path of its file, by which a sequence finds its bench again.
    """

    def __init__(
        self,
        bench_file: BenchFile,
        seed: int | None,
        store: Store,
        queue: JobQueue,
        clients: Clients,
        replace: Callable[[], None],
        bench: str = "",
    ) -> None:
        self.clients = clients
        self.messages = MessageLog()
        self.notifier = Notifier(bench_file.name, bench_file.notify, self._warn)
        self.messages.note = self.notifier.note
        self.signals = Signals()
        self.inbox = Inbox()
        self.queue = queue
        self.store = store
        self.hand = ByHand()
        self.stop = Stop(
            lambda: self.own.bench, lambda: self.own.making_safe, self.signals.interrupt, replace
        )
        self.instruments = InstrumentStates(bench_file, lambda: self.stop.pending)
        self.own = OwnBench(bench_file, seed, self.instruments, self._tell_of_bench)
        self.runs = QueuedRuns(self.own, store, queue, self.messages, lambda: self.stop.pending)
        self.sequences = SequenceExecutor(self, bench)
        self.runs.when_ended = self.sequences.jobs.note
        self.ends_when_idle = False
        self._opening = True
        self.inbox.close(_OPENING)

    @property
    def activity(self) -> Activity:
        return self.activity_with(self.queue.under_way)

    def activity_with(self, job_under_way: Job | None) -> Activity:
        """Return what the station does, given the job that is under way."""
        if self.stop.pending:
            return Activity.STOPPING
        if self._opening:
            return Activity.OPENING
        if job_under_way is not None:
            return Activity.RUNNING
        if self.own.bench is None or self.own.problem is not None:
            return Activity.NOT_OPEN
        return Activity.BY_HAND if self.hand.on else Activity.IDLE

    def work(self, *, replacing: bool = False) -> None:
        """Open the bench and work until the station is to end; the bench is safe then.

        `replacing` a process that may have left anything on, it first makes safe what answers.
        """
        with self.signals:
            try:
                if replacing and not self.own.file.virtual:
                    self._uninterrupted(self.own.make_safe)
                self._uninterrupted(self.own.open)
                self._opening = False
                self.inbox.open()
                while not self._ends():
                    self._do_next()
            finally:
                self.inbox.close("The station ends.")
                self.own.close()
                self.notifier.close()

    def begin_stop(self) -> None:
        """Hold the queue and stop whatever is under way, at once; again: replace the process."""
        self.queue.hold(True)
        self.runs.stop()
        self.inbox.close(_STOPPED)
        self.stop.request()
        self.inbox.wake()

    def end(self, *, when_idle: bool) -> None:
        """End the station; a run under way is stopped, unless the station ends when it is idle."""
        if when_idle:
            self.ends_when_idle = True
        else:
            self.signals.ending = True
            if self.activity not in (Activity.IDLE, Activity.NOT_OPEN, Activity.STOPPING):
                self.begin_stop()
        self.inbox.wake()

    def leave(self, client: str, *, has_stopped: bool = False) -> None:
        """Take note that a client has gone, perhaps after it `has_stopped` all work."""
        jobs, under_way, _ = self.queue.snapshot()
        has_work = bool(jobs) or under_way is not None or self.sequences.active
        self.clients.note_leaving(client, has_work=has_work and not has_stopped)
        self.inbox.wake()

    def checked(self, new: NewJob) -> Job:
        """Return a job as it is queued; raises DwmtjError if it cannot be run."""
        if new.resume is not None:  # it may have ended on a disk that has room again
            self.runs.store_ends(now=True)
        prepared = prepare(new, self.own.file, self.own.bench, self.store)
        return job_of(new, prepared, self.own.file)

    def by_hand(self, action: Callable[[Bench], Any]) -> Any:
        """Have the main thread do something with the bench that nothing else uses."""
        self.refuse_if_busy()
        return self.inbox.ask(lambda: self._by_hand(action))

    def make_safe(self) -> None:
        """Have the bench made safe, unless a run is under way; raises StationError, BenchError."""
        self.refuse_if_busy()
        self.inbox.ask(self._make_safe_by_hand)

    def check(self) -> None:
        """Have the instruments asked for their identities, the bench opened again if need be."""
        self.refuse_if_busy()
        self.inbox.ask(self._check)

    def refuse_if_busy(self) -> None:
        """Raise StationError while a run or a stop is under way, or the bench is being opened."""
        activity = self.activity
        if activity is Activity.STOPPING:
            raise StationError("The bench is being made safe: wait until it is.")
        if activity is Activity.OPENING:
            raise StationError(_OPENING)
        if activity is Activity.RUNNING:
            raise StationError(_RUNNING)

    def _warn(self, text: str) -> None:
        self.messages.add("warning", text)

    def _tell_of_bench(self, level: str, text: str) -> None:
        self.messages.add(level, text, event="guard")

    def _ends(self) -> bool:
        if self.stop.pending:
            return False
        jobs, held = self.queue.jobs, self.queue.held
        nothing_starts = held or not jobs  # a held queue is stored, for the next station
        if self.signals.ending:
            return True
        if self.sequences.active:
            return False
        if self.clients.are_gone and nothing_starts:
            return True
        may_end = self.ends_when_idle or self.clients.have_dismissed
        return may_end and nothing_starts and not self.hand.on

    def _do_next(self) -> None:
        if self.stop.pending:
            self._finish_stop()
        elif (asked := self.inbox.take()) is not None:
            self._answer(*asked)
        elif self._may_run and self.runs.take():
            self._run()
        else:
            self.runs.store_ends()
            self.inbox.wait(POLL_S)

    @property
    def _may_run(self) -> bool:
        return self.own.bench is not None and self.own.problem is None

    def _uninterrupted(self, action: Callable[[], None]) -> None:
        """Go on after an action that was interrupted; the loop does what the signal asks for."""
        try:
            action()
        except (KeyboardInterrupt, SystemExit) as error:
            self.signals.account_for(error)

    def _finish_stop(self) -> None:
        """Make safe what was on without a run, which leaves the bench safe itself."""
        try:
            self._uninterrupted(self._make_safe)
            if self.own.problem is None:
                self.messages.add("info", "Stopped: every output is off.")
        finally:
            self._stop_ended()

    def _stop_ended(self) -> None:
        self.stop.end()
        self.inbox.open()

    def _answer(self, action: Action, future: "Future[Any]") -> None:
        try:
            with Interrupts():
                result = action()
        except (KeyboardInterrupt, SystemExit) as error:
            self.signals.account_for(error)
            future.set_exception(StationError("This was stopped, and the bench made safe."))
        except DwmtjError as error:
            future.set_exception(error)
        except Exception as error:
            log.exception("An action by hand failed")
            future.set_exception(error)
        else:
            future.set_result(result)

    def _by_hand(self, action: Callable[[Bench], Any]) -> Any:
        bench = self.own.bench
        if bench is None or self.own.problem is not None:
            raise StationError(f"The bench is not open: {self.own.problem}")
        self.instruments.acknowledge()
        try:
            return action(bench)
        except LimitError:
            raise
        except BaseException:
            self._make_safe()  # nobody knows what was reached
            raise

    def _make_safe_by_hand(self) -> None:
        self._make_safe()
        if self.own.problem is not None:
            raise BenchError(self.own.problem)

    def _make_safe(self) -> None:
        self.own.make_safe()
        self.hand.made_safe()

    def _check(self) -> None:
        self._opening = True
        try:
            self.own.check()
            self.hand.made_safe()
        finally:
            self._opening = False

    def _run(self) -> None:
        """Carry out the run that was taken; the bench is safe afterwards."""
        self.inbox.close(_RUNNING)
        if self.hand.on:
            self._make_safe()
        self.instruments.acknowledge()
        try:
            begun = self.runs.run()
        except (KeyboardInterrupt, SystemExit) as error:
            self.signals.account_for(error)
            begun = self.runs.note_interruption()
        self.clients.note_use()
        if begun and self.stop.pending:  # a run leaves the bench safe itself
            self.stop.end()
        self.inbox.open()  # before it can be seen that the bench is to be checked
        if unsafe := self.instruments.not_safe():
            self.own.problem = f"Not confirmed as off: {', '.join(unsafe)}; check the bench."
            self.messages.add("error", self.own.problem, event="guard")
