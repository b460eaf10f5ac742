"""The guard's own process: waits for the end of its owner, then makes the bench safe."""

import queue
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import BinaryIO

import psutil

from ..errors import BenchError
from ..ownership import GUARD, Holder, InstrumentLock, InUseError
from .plan import BenchPlan, InstrumentPlan, Message, RunUnderWay, decode
from .records import record
from .shutdown import Outcome, make_safe

POLL_S = 0.5  # in case that a child of the owner keeps the pipe open
POLL_AFTER_END_S = 0.02
LEFT_BEHIND_S = 1.0  # how long a lock of the dead owner is respected


class Watch:
    """What the owner has said, and what is done when it is gone."""

    def __init__(self, owner_pid: int) -> None:
        self.released = False
        self._owner = _process(owner_pid)
        self._owner_pid = owner_pid
        self._plan: BenchPlan | None = None
        self._token = ""
        self._run: RunUnderWay | None = None
        self._set_points: dict[str, float] = {}

    def listen(self, stream: BinaryIO) -> None:
        """Follow the owner's messages until it releases the guard or is gone."""
        lines: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        threading.Thread(target=_read_lines, args=(stream, lines), daemon=True).start()
        poll_s = POLL_S
        while not self.released:
            try:
                line = lines.get(timeout=poll_s)
            except queue.Empty:
                if self._owner_is_gone():
                    return
                poll_s = min(POLL_S, 1.2 * poll_s)
                continue
            if line:
                with suppress(ValueError):  # the owner ended in the middle of a line
                    self._follow(decode(line))
            else:
                poll_s = POLL_AFTER_END_S  # the pipe closes shortly before the process ends

    def act(self) -> None:
        """Make safe what nobody else has taken, and write down what was done."""
        if self._plan is None:
            return
        started = time.monotonic()
        locks, ours, others = self._take_locks(self._plan.instruments)
        try:
            outcomes = make_safe(ours, self._set_points)
            duration_s = time.monotonic() - started
            record(self._account(self._plan.bench, outcomes, others, duration_s), self._run)
        finally:
            for lock in locks:
                lock.release()

    def _account(
        self,
        bench: str,
        outcomes: Sequence[Outcome],
        others: Sequence[InstrumentPlan],
        duration_s: float,
    ) -> str:
        parts = [f"The process of the bench {bench} (PID {self._owner_pid}) ended unexpectedly."]
        if outcomes:
            parts.append(
                f"Its guard made it safe in {duration_s:.1f} s:"
                if all(outcome.problem is None for outcome in outcomes)
                else "Its guard could not make everything safe; switch it off by hand:"
            )
            parts.append("; ".join(map(str, outcomes)) + ".")
        if others:
            names = ", ".join(other.name for other in others)
            parts.append(f"Another owner has the {names}; nothing was done there.")
        return " ".join(parts)

    def _follow(self, message: Message) -> None:
        if message.plan is not None:
            self._plan = message.plan
            self._token = message.token or ""
        if message.run is not None:
            self._run = message.run
        if message.run_ended:
            self._run = None
        if message.set_point is not None:
            address, value = message.set_point
            self._set_points[address] = value
        self.released = message.released

    def _owner_is_gone(self) -> bool:
        try:
            return (
                self._owner is None
                or not self._owner.is_running()
                or self._owner.status() == psutil.STATUS_ZOMBIE
            )
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False

    def _take_locks(
        self, instruments: Sequence[InstrumentPlan]
    ) -> tuple[list[InstrumentLock], list[InstrumentPlan], list[InstrumentPlan]]:
        """Return the locks taken, the instruments to make safe, and those of new owners."""
        locks: list[InstrumentLock] = []
        ours: list[InstrumentPlan] = []
        others: list[InstrumentPlan] = []
        deadline = time.monotonic() + LEFT_BEHIND_S
        for instrument in instruments:
            try:
                locks.append(self._lock(instrument, deadline))
                ours.append(instrument)
            except InUseError as error:  # a child of the dead owner may hold its lock
                left_behind = error.holder is not None and error.holder.token == self._token
                (ours if left_behind else others).append(instrument)
            except BenchError:  # a lock file that cannot be used protects nobody
                ours.append(instrument)
        return locks, ours, others

    def _lock(self, instrument: InstrumentPlan, deadline: float) -> InstrumentLock:
        assert instrument.lock is not None, "real instruments have locks"
        assert self._plan is not None, "the instrument is of the plan"
        holder = Holder.of_this_process(self._token, self._plan.bench, GUARD)
        while True:
            try:
                return InstrumentLock(instrument.lock, holder)
            except InUseError:
                if time.monotonic() >= deadline:
                    raise
            time.sleep(POLL_AFTER_END_S)


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _read_lines(stream: BinaryIO, lines: "queue.SimpleQueue[bytes]") -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")
