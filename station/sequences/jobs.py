"""The station's queue as a sequence uses it: one run at a time, waited for."""

import shutil
import threading
from typing import TYPE_CHECKING

from ...errors import DwmtjError
from ...storage import Status
from ..errors import StationError
from ..messages import Activity, NewJob
from ..work.queued_runs import Ended

if TYPE_CHECKING:
    from ..work.station_work import StationWork

POLL_S = 0.2
LEAST_FREE_BYTES = 2**20
FULL = "the disk is full, free some space"


class Jobs:
    """Queues runs before all others and waits for their ends; used by one thread."""

    def __init__(self, work: "StationWork") -> None:
        self._work = work
        self._changed = threading.Condition()
        self._ended: dict[int, Ended] = {}
        self._waited_for: int | None = None
        self._has_failed = False

    def note(self, ended: Ended) -> None:
        """Take note of a job that has ended; called in the main thread."""
        with self._changed:
            if ended.job == self._waited_for:
                self._ended[ended.job] = ended
            self._changed.notify_all()

    def wake(self) -> None:
        """Have the waiting thread look around."""
        with self._changed:
            self._changed.notify_all()

    def sleep(self, seconds: float) -> None:
        """Wait until something may have changed, for at most POLL_S."""
        with self._changed:
            self._changed.wait(min(seconds, POLL_S))

    @property
    def held(self) -> bool:
        """True while no run may begin."""
        return self._work.queue.held or self._work.stop.pending

    def hold_if_full(self) -> bool:
        """Hold the queue if its disk is full, which is no fault of a run; return whether it is."""
        is_full = shutil.disk_usage(self._work.queue.folder).free < LEAST_FREE_BYTES
        if is_full:
            self._work.queue.hold(True)
        return is_full

    def run(self, new: NewJob) -> Ended:
        """Have a run carried out; return its end, without a run number if it could not begin.

        After one that failed, or if the bench is not open, it is checked first: opened anew if an
        instrument does not answer.
        """
        if self._has_failed:
            self._check_bench()
        ended = self._carried_out(new)
        self._has_failed = ended.status is not Status.FINISHED
        return ended

    def _carried_out(self, new: NewJob) -> Ended:
        work = self._work
        try:
            job = work.checked(new)
            with self._changed:  # its end waits for the number
                number = self._waited_for = work.queue.add(job, 0)
        except DwmtjError as error:
            return Ended(0, None, None, str(error))
        work.inbox.wake()
        may_open = True
        while True:
            jobs, under_way, _ = work.queue.snapshot()
            is_next = any(job.number == number for job in jobs)
            is_under_way = under_way is not None and under_way.number == number
            with self._changed:
                if (ended := self._ended.pop(number, None)) is not None:
                    return ended
                if not is_next and not is_under_way:
                    return Ended(number, None, None, "It was taken out of the queue.")
                if not is_next or work.activity is not Activity.NOT_OPEN:
                    self._changed.wait(POLL_S)
                    continue
            if not may_open:
                return self._withdrawn(number)
            may_open = False
            self._check_bench()

    def _check_bench(self) -> None:
        """Have the main thread check the bench once it has ended the run before."""
        while not self.held:
            try:
                self._work.check()
            except StationError:
                self.sleep(POLL_S)
            except DwmtjError:  # it is told, and why no run can begin
                return
            else:
                return

    def remove_those_of(self, tag: str) -> None:
        """Take runs of a sequence out of the queue that a process before this one has left."""
        for job in self._work.queue.jobs:
            if tag in job.new.tags:
                self._work.queue.remove(job.number)

    def stop_run_of(self, tag: str) -> None:
        """Stop the run under way if it belongs to the sequence."""
        under_way = self._work.queue.under_way
        if under_way is not None and tag in under_way.new.tags:
            self._work.runs.stop()

    def _withdrawn(self, number: int) -> Ended:
        try:
            self._work.queue.remove(number)
        except StationError:  # it has begun meanwhile
            return Ended(number, None, Status.INTERRUPTED, "The bench is not open.")
        return Ended(number, None, None, f"The bench is not open: {self._work.own.problem}")
