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
from .shutdown import make_safe

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
        finally:
            for lock in locks:
                lock.release()
        safe = all(outcome.problem is None for outcome in outcomes)
        parts = [
            f"The process of the bench {self._plan.bench} (PID {self._owner_pid}) ended without "
            "making it safe."
        ]
        if outcomes:
            duration_s = time.monotonic() - started
            parts.append(
                f"The guard made it safe in {duration_s:.1f} s:"
                if safe
                else "The guard could not make everything safe; switch it off by hand:"
            )
            parts.append("; ".join(map(str, outcomes)) + ".")
        if others:
            parts.append(f"Left to its new owner: {', '.join(others)}.")
        record(" ".join(parts), self._run)

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
    ) -> tuple[list[InstrumentLock], list[InstrumentPlan], list[str]]:
        """Return the locks taken, the instruments to make safe, and the names of the others."""
        locks, ours, others = [], [], []
        holder = Holder.of_this_process(self._token, GUARD)
        deadline = time.monotonic() + LEFT_BEHIND_S
        for instrument in instruments:
            assert instrument.lock is not None, "real instruments have locks"
            while True:
                try:
                    locks.append(InstrumentLock(instrument.lock, holder))
                    ours.append(instrument)
                except InUseError as error:
                    if time.monotonic() < deadline:
                        time.sleep(POLL_AFTER_END_S)
                        continue
                    left_behind = error.holder is not None and error.holder.token == self._token
                    (ours if left_behind else others).append(
                        instrument if left_behind else instrument.name
                    )
                except BenchError:  # a lock file that cannot be used protects nobody
                    ours.append(instrument)
                break
        return locks, ours, others


def _process(pid: int) -> psutil.Process | None:
    try:
        return psutil.Process(pid)
    except psutil.NoSuchProcess:
        return None


def _read_lines(stream: BinaryIO, lines: "queue.SimpleQueue[bytes]") -> None:
    for line in stream:
        lines.put(line)
    lines.put(b"")
