"""The sequence of a station, carried out in a thread that queues its runs one after another.

What has ended is in the store before the next step begins. After a stop, or in a process that
follows one that was killed, the sequence is held until it is resumed: finished steps are not
repeated, and a run that was interrupted is resumed.
"""

import logging
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ...errors import DwmtjError
from ..errors import StationError
from ..messages import SequenceProgress
from .jobs import FULL, Jobs
from .night import Night, add_end, add_outcome, begin, unfinished, with_outcomes

if TYPE_CHECKING:
    from ..work.station_work import StationWork
    from .plan import Item, Plan
    from .progress import Progress

log = logging.getLogger(__name__)

HELD = "dwmtj station resume continues it."


class SequenceExecutor:
    """At most one sequence; every method but `note` may be called from any thread."""

    def __init__(self, work: "StationWork", bench: str) -> None:
        self.jobs = Jobs(work)
        self._work = work
        self._bench = bench
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._given_up = False
        self._shown: SequenceProgress | None = None
        left = unfinished(work.store, bench)
        if left is not None:
            self._shown = _left_over(with_outcomes(work.store, left))
            work.messages.add(
                "warning", f"Sequence {left.tag} has not ended: dwmtj station resume continues it."
            )

    @property
    def active(self) -> bool:
        """True while a sequence is under way and not held."""
        thread = self._thread
        return thread is not None and thread.is_alive() and not self.jobs.held

    def progress(self) -> SequenceProgress | None:
        """Return the state of the sequence under way, or of the one that ended last."""
        shown = self._shown
        if shown is None or shown.status not in ("running", "waiting"):
            return shown
        return replace(shown, status="held", detail=HELD) if self.jobs.held else shown

    def start(self, document: Mapping[str, Any]) -> str:
        """Check a sequence, begin it and return its tag; raises DwmtjError, nothing touched."""
        from .check import checked_sequence  # the analyses behind conditions: seconds to import

        with self._lock:
            self._refuse_another()
            work = self._work
            plan = checked_sequence(document, work.own.file, work.store)
            if work.queue.held:
                raise StationError("The queue is held: release it, or empty it, first.")
            night = begin(work.store, plan.sequence.name, document, self._bench, len(plan.items))
            work.messages.add("info", f"Sequence {night.tag} begins: {len(plan.items)} steps.")
            self._begin(plan, night)
            return night.tag

    def resume(self) -> None:
        """Release the queue and continue the sequence; raises StationError if there is none."""
        with self._lock:
            work = self._work
            if self._thread is None or not self._thread.is_alive():
                night = unfinished(work.store, self._bench)
                if night is None:
                    raise StationError("No sequence waits to be resumed.")
                from .check import checked_sequence

                night = with_outcomes(work.store, night)
                plan = checked_sequence(night.document, work.own.file, work.store)
                self.jobs.remove_those_of(night.tag)
                work.queue.hold(False)
                self._begin(plan, night)
            work.queue.hold(False)
            work.inbox.wake()
            self.jobs.wake()

    def give_up(self) -> None:
        """End the sequence where it is; raises StationError if there is none."""
        with self._lock:
            thread, night = self._thread, unfinished(self._work.store, self._bench)
            if night is None:
                raise StationError("There is no sequence to give up.")
            self._given_up = True
            self.jobs.stop_run_of(night.tag)
            self.jobs.wake()
            if thread is None or not thread.is_alive():
                self.jobs.remove_those_of(night.tag)
                self._end(with_outcomes(self._work.store, night), "failed", "It was given up.")

    def _refuse_another(self) -> None:
        if self._thread is not None and self._thread.is_alive():
            assert self._shown is not None, "it is under way"
            raise StationError(
                f"Sequence {self._shown.tag} is under way: wait for its end, or give it up with "
                "dwmtj station give-up."
            )
        left = unfinished(self._work.store, self._bench)
        if left is not None:
            raise StationError(
                f"Sequence {left.tag} has not ended: continue it with dwmtj station resume, or "
                "give it up with dwmtj station give-up."
            )

    def _begin(self, plan: "Plan", night: Night) -> None:
        self._given_up = False
        self._shown = SequenceProgress(
            night.name,
            night.tag,
            "running",
            "",
            "",
            len(night.outcomes),
            len(plan.items),
            sum(outcome.status == "failed" for outcome in night.outcomes),
        )
        self._thread = threading.Thread(
            target=self._carry_out, args=(plan, night), name="sequence", daemon=True
        )
        self._thread.start()

    def _carry_out(self, plan: "Plan", night: Night) -> None:
        from .performing import GivenUpError
        from .progress import Progress
        from .wafer import note_wafer

        try:
            if plan.sequence.wafer is not None:  # once, also if the process was killed before it
                names = [device.name for device in plan.sequence.device]
                note_wafer(self._work.store, night.tag, plan.sequence.wafer, names)
            progress = Progress.of(night, self._work.store, plan)
            status, detail = self._all_steps(plan, night, progress)
            if self.jobs.hold_if_full():  # the report would be missing
                self._wait_while_held(FULL)
            self._end(with_outcomes(self._work.store, night), status, detail)
        except GivenUpError:
            self.jobs.remove_those_of(night.tag)
            self._end(with_outcomes(self._work.store, night), "failed", "It was given up.")
        except Exception as error:
            log.exception("A sequence is interrupted")
            told = str(error) if isinstance(error, DwmtjError) else repr(error)
            self._show(status="held", detail=f"{told} {HELD}")
            self._work.messages.add("error", f"Sequence {night.tag} is interrupted: {told}")

    def _all_steps(self, plan: "Plan", night: Night, progress: "Progress") -> tuple[str, str]:
        """Carry out what has no outcome yet; return how the sequence ends, and why."""
        from .performing import Performer

        tell, store = self._work.messages.add, self._work.store
        performer = Performer(
            plan, night, store, self.jobs, progress, self._wait_while_held, self._show_pause, tell
        )
        failed = progress.failed
        for item in plan.items:
            outcome = progress.outcomes.get(item.title)
            if outcome is None:
                self._show(status="running", detail="", step=item.title)
                self._wait_while_held("")
                done = performer.perform(item)
                outcome = replace(
                    done,
                    detail="; ".join(filter(None, (item.varied, done.detail))),
                    ended=datetime.now(UTC).isoformat(timespec="seconds"),
                )
                add_outcome(store, night, outcome)
                progress.add(outcome)
                failed += outcome.status == "failed"
                self._show(ended=len(progress.outcomes), failed=failed)
                self._tell_milestone(plan, item, progress)
            if outcome.decision == "stop":
                status = "finished" if outcome.status == "finished" else "failed"
                return status, f"{outcome.title}: {outcome.detail}"
        return "finished", ""

    def _tell_milestone(self, plan: "Plan", item: "Item", progress: "Progress") -> None:
        """Tell that all steps are done on a device, if this was the last one."""
        if not item.device_name or item.title != plan.last_titles[item.round, item.device_name]:
            return
        counts = Counter(
            outcome.status
            for step in plan.sequence.step
            for title in plan.titles_of(item, step.name)
            if (outcome := progress.outcomes.get(title)) is not None
        )
        done = ", ".join(f"{count} {status}" for status, count in counts.items())
        told = f"Device {item.device_name} is done: {done} ({item.title} was the last step)."
        self._work.messages.add("info", told, event="milestone")

    def _end(self, night: Night, status: str, detail: str) -> None:
        from .report import night_report_path, write_night_report

        store, messages = self._work.store, self._work.messages
        add_end(store, night, status, detail)
        night = with_outcomes(store, night)
        path, written = night_report_path(store, night), ""
        try:
            write_night_report(store, night, path)
            written = str(path)
        except Exception as error:  # the runs and the outcomes are stored
            log.exception("The report could not be written")
            messages.add("warning", f"The report of {night.tag} could not be written: {error}")
        self._show(status=status, detail=detail, step="", report=written)
        level, event = ("info", "end") if status == "finished" else ("error", "failure")
        how = "is finished" if status == "finished" else "has failed"
        messages.add(level, f"Sequence {night.tag} {how}. {detail}".strip(), event=event)

    def _wait_while_held(self, why: str) -> None:
        """Wait until the queue is released; raises GivenUpError if it is not to.

        `why` is why it has been held, if it has.
        """
        from .performing import GivenUpError

        while True:
            if self._given_up:
                raise GivenUpError
            if not self.jobs.held:
                return
            if why:
                self._work.messages.add("warning", f"The sequence is held: {why}.")
                why = ""
            self.jobs.sleep(1.0)

    def _show_pause(self, detail: str) -> None:
        self._show(status="waiting", detail=detail)

    def _show(self, **changes: Any) -> None:
        if self._shown is not None:
            self._shown = replace(self._shown, **changes)


def _left_over(night: Night) -> SequenceProgress:
    failed = sum(outcome.status == "failed" for outcome in night.outcomes)
    return SequenceProgress(
        night.name, night.tag, "held", HELD, "", len(night.outcomes), night.steps, failed
    )
