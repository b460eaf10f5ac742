"""The safe state of a bench, from within the process that owns it.

Every instrument has a thread and a deadline of its own, so that a dead one keeps none of the others
waiting: it is named, and tried once more in another way, such as over a fresh connection.
"""

import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextvars import copy_context
from enum import StrEnum
from functools import partial
from time import monotonic

from ..errors import BenchError
from ..interrupts import signals_received
from ..tracing import step

log = logging.getLogger(__name__)

DEADLINE_S = 10.0  # for one instrument, the ramp of a magnet aside
PATIENCE_S = 0.5  # before the next one begins: sources first, so that relays open without current
POLL_S = 0.05
SIGNALS_TO_SKIP = 3  # Ctrl-C as often as this gives up on what hangs

Action = Callable[[], None]


class Stage(StrEnum):
    """How far an instrument is on its way into the safe state."""

    STARTED = "started"
    RETRIED = "retried"
    SAFE = "safe"
    FAILED = "failed"
    """It reported a problem, or what it replied does not confirm that it is off."""
    NO_ANSWER = "no answer"
    """It has had its time."""


Observer = Callable[[str, Stage, str], None]
"""Called with the name of an instrument, its stage and the problem, if any, from any thread."""


def nobody(_name: str, _stage: Stage, _problem: str) -> None:
    """Observe nothing."""


class SafeState:
    """Makes instruments safe, each by its action.

    They begin in the order of `actions`, each when the one before has ended or has had its time.
    `deadlines_s` are those of instruments that need longer than DEADLINE_S. `second_try` is called
    with the name of an instrument that failed. `observer` sees each stage as it is reached; its
    errors change nothing.
    """

    def __init__(
        self,
        actions: Mapping[str, Action],
        *,
        deadlines_s: Mapping[str, float],
        second_try: Callable[[str], None] | None = None,
        observer: Observer = nobody,
    ) -> None:
        self._actions = actions
        self._deadlines_s = deadlines_s
        self._second_try = second_try
        self._observer = observer
        self._problems: list[str] = []
        self._interrupted = 0
        self._doing = threading.Lock()
        self._done = False

    def reach(self) -> None:
        """Make every instrument safe, as far as it can be.

        Raises BenchError that names those that are not. Ctrl-C is raised when all were tried; a
        third one skips what hangs.
        """
        interruption = self._outlast_interruptions()
        if interruption is not None:
            raise interruption
        if self._problems:
            raise BenchError(
                "Not everything could be made safe; switch it off by hand: "
                + " ".join(self._problems)
            )

    def _outlast_interruptions(self) -> KeyboardInterrupt | None:
        """Have the work done in a thread, whatever interrupts this one; return what did last."""
        interruption = None
        while not self._done:
            try:
                work = threading.Thread(
                    target=copy_context().run, args=(self._do_once,), daemon=True
                )
                work.start()
                while not self._done:
                    work.join(POLL_S)
            except KeyboardInterrupt as error:
                self._interrupted += 1
                interruption = error
        return interruption

    def _do_once(self) -> None:
        with self._doing:
            if self._done:
                return
            try:
                self._do()
            except Exception as error:  # out of threads, out of memory: not safe, and not silent
                log.exception("The safe state was not reached")
                self._problems.append(repr(error))
            finally:
                self._done = True

    def _do(self) -> None:
        attempts: list[_Attempt] = []
        for name, action in self._actions.items():
            attempts.append(self._start(name, action, Stage.STARTED))
            self._wait(attempts[-1:], PATIENCE_S)
        self._wait(attempts)
        self._report_late(attempts)
        self._problems += self._tried_again([attempt for attempt in attempts if attempt.problem])

    def _tried_again(self, failed: list["_Attempt"]) -> list[str]:
        """Try once more what failed; return the first problem of what fails again."""
        second_try = self._second_try
        if second_try is None or self._skipping:
            return [attempt.problem for attempt in failed]
        again = [
            self._start(attempt.name, partial(second_try, attempt.name), Stage.RETRIED)
            for attempt in failed
        ]
        self._wait(again)
        self._report_late(again)
        for attempt, retried in zip(failed, again, strict=True):
            if not retried.problem:
                log.warning("%s It was made safe at the second try.", attempt.problem)
        return [
            attempt.problem
            for attempt, retried in zip(failed, again, strict=True)
            if retried.problem
        ]

    def _start(self, name: str, action: Action, stage: Stage) -> "_Attempt":
        self._report(name, stage)
        return _Attempt(name, action, self._deadlines_s.get(name, DEADLINE_S), self._report)

    def _report(self, name: str, stage: Stage, problem: str = "") -> None:
        try:
            self._observer(name, stage, problem)
        except Exception:
            log.exception("An observer of the safe state failed; the safe state goes on")

    def _report_late(self, attempts: Iterable["_Attempt"]) -> None:
        for attempt in attempts:
            if attempt.thread.is_alive():
                self._report(attempt.name, Stage.NO_ANSWER, attempt.problem)

    def _wait(self, attempts: Iterable["_Attempt"], at_most_s: float | None = None) -> None:
        until_s = None if at_most_s is None else monotonic() + at_most_s
        for attempt in attempts:
            while not attempt.ended_or_late and not self._skipping:
                if until_s is not None and monotonic() > until_s:
                    return
                attempt.thread.join(POLL_S)

    @property
    def _skipping(self) -> bool:
        return signals_received() + self._interrupted >= SIGNALS_TO_SKIP


class _Attempt:
    """One instrument on its way into the safe state."""

    def __init__(self, name: str, action: Action, deadline_s: float, report: Observer) -> None:
        self.name = name
        self._action = action
        self._report = report
        self._error: BaseException | None = None
        self._began_s = monotonic()
        self._deadline_s = deadline_s
        context = copy_context()
        self.thread = threading.Thread(
            target=lambda: context.run(self._make_safe), name=f"make {name} safe", daemon=True
        )
        self.thread.start()

    @property
    def ended_or_late(self) -> bool:
        return not self.thread.is_alive() or monotonic() > self._began_s + self._deadline_s

    @property
    def problem(self) -> str:
        """A sentence about what is not safe; empty if the instrument is."""
        if self.thread.is_alive():
            waited_s = monotonic() - self._began_s
            return f"The {self.name} has not answered for {waited_s:.0f} s."
        return "" if self._error is None else str(self._error) or repr(self._error)

    def _make_safe(self) -> None:
        try:
            with step(f"make {self.name} safe"):
                self._action()
        except BaseException as error:  # whatever it is, the instrument is not safe
            log.info("The %s could not be made safe", self.name, exc_info=True)
            self._error = error
            self._report(self.name, Stage.FAILED, str(error) or repr(error))
        else:
            self._report(self.name, Stage.SAFE, "")
