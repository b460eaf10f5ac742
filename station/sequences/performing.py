"""One step carried out: a run with its retries, a calibration or a pause."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from time import monotonic

from ...errors import DwmtjError
from ...protocols.adaptive.write_verify import WriteVerify
from ...storage import RunSummary, Status, Store
from ...wafer_map import NO_CONTACT
from ..messages import LevelOfModel, NewJob
from .conditions import ResultOf, parse_result_condition, result_of
from .jobs import FULL, Jobs
from .night import Night, StepOutcome
from .plan import Item, Plan, level_number
from .progress import Progress
from .wafer import lost_in_a_row, note_no_contact


def end_of_pause(started: datetime, until: time, round_number: int) -> datetime:
    """Return when a pause ends: at the first such local time after the start, a day later a round.

    The clock may be set forward or back in between.
    """
    began = started.astimezone().replace(tzinfo=None)
    end = datetime.combine(began.date(), until) + timedelta(days=round_number - 1)
    if until <= began.time():
        end += timedelta(days=1)
    return end.astimezone()


class GivenUpError(DwmtjError):
    """The sequence is to end here."""


class Performer:
    """Carries out the items of a plan; `hold` waits until the queue is released.

    `tell` adds a message of a level; `show` shows what a pause waits for.
    """

    def __init__(
        self,
        plan: Plan,
        night: Night,
        store: Store,
        jobs: Jobs,
        progress: Progress,
        hold: Callable[[str], None],
        show: Callable[[str], None],
        tell: Callable[[str, str], None],
    ) -> None:
        self._plan = plan
        self._night = night
        self._store = store
        self._jobs = jobs
        self._progress = progress
        self._hold = hold
        self._show = show
        self._tell = tell

    def perform(self, item: Item) -> StepOutcome:
        """Carry out an item and return how it ended; raises GivenUpError."""
        if why := self._left_out(item):
            return StepOutcome(item.title, "left out", why)
        step = item.step
        if step.when:
            holds, values = self._condition(item, step.when, None)
            if not holds:
                return StepOutcome(item.title, "skipped", f"not {step.when} ({values})")
        if step.protocol is not None:
            return self._measured(item)
        if step.calibrate is not None:
            return self._calibrated(item)
        self._pause(item)
        return StepOutcome(item.title, "finished")

    def _left_out(self, item: Item) -> str:
        """Return why the device of an item is left out, nothing if it is not."""
        for outcome in self._progress.decisions:
            other = self._plan.by_title[outcome.title]
            if other.device_name != item.device_name:
                continue
            of_round = outcome.decision == "next device" and other.round == item.round
            if outcome.decision == "skip device" or of_round:
                return f"after {outcome.title}: {outcome.detail}"
        return ""

    def _measured(self, item: Item) -> StepOutcome:
        tries, run = 0, self._progress.begun.get(item.title)
        run_id: int | None
        while True:
            if run is not None and run.status is Status.FINISHED:
                problem = self._unwritten(item, run.id)
                if not problem:
                    return self._judged(item, run.id)
                run_id, run = run.id, None  # written anew
            else:
                try:
                    new = self._job(item, run)
                except DwmtjError as error:
                    if self._has_waited_for_room():
                        continue
                    return self._failed(item, str(error), None)
                ended = self._jobs.run(new)
                if ended.no_contact:
                    return self._without_contact(item, ended.problem)
                run_id = ended.run_id or (run.id if run else None)
                run = None if run_id is None else self._store.run(run_id).summary
                if run is not None and run.status is Status.FINISHED:
                    continue
                if self._jobs.held or (run is not None and run.status is Status.ABORTED):
                    self._hold(f"run {run_id} was stopped" if run_id else ended.problem)
                    continue
                if self._has_waited_for_room():
                    continue
                problem = ended.problem or "the run was interrupted"
            tries += 1
            if tries > self._plan.retries(item.step):
                return self._failed(item, problem, run_id)
            self._tell("warning", f"{item.title}: {problem} It is tried again.")

    def _has_waited_for_room(self) -> bool:
        """Hold the sequence until it is resumed, if the disk is full; return whether it was."""
        is_full = self._jobs.hold_if_full()
        if is_full:
            self._hold(FULL)
        return is_full

    def _job(self, item: Item, run: RunSummary | None) -> NewJob:
        sequence, step, device = self._plan.sequence, item.step, item.device
        assert step.protocol is not None, "it is a run"
        write = None
        if step.protocol == WriteVerify.name and run is None:
            write = self._level(item)
        seed = None if device is None else device.seed
        return NewJob(
            step.protocol,
            {} if run is not None else item.parameters,
            notes="" if run is not None else "; ".join(filter(None, (sequence.notes, item.title))),
            operator=sequence.operator,
            stop_if=step.stop_if,
            seed=seed,
            resume=None if run is None else run.id,
            hold_if_failed=False,
            tags=(self._night.tag, item.title),
            device=item.measured_device,
            write=write,
            keep_device=True,
            temperature_K=None if run is not None else item.temperature_K,
        )

    def _level(self, item: Item) -> LevelOfModel:
        """Return the level to write; raises DwmtjError if there is no model of it."""
        reference = str(item.step.model)
        if any(step.name == reference for step in self._plan.sequence.step):
            outcome = self._latest(item, reference)
            if outcome is None or not outcome.model:
                raise DwmtjError(f"{reference} has no model of this device.")
            reference = outcome.model
        from ...analysis.state_model import find_model  # SciPy, as calibrations: seconds to import

        model = find_model(reference, str(self._store.place))
        return LevelOfModel(reference, level_number(item.step, len(model.levels)))

    def _unwritten(self, item: Item, run_id: int) -> str:
        """Return why a level is not written, nothing if it is or if none was to be."""
        if item.step.protocol != WriteVerify.name:
            return ""
        target, _ = result_of(self._store, run_id, "target")
        level, why = result_of(self._store, run_id, "level")
        if level is not None and level == target:
            return ""
        found = why if level is None else f"the device is at level {level:.0f}"
        return f"level {target or 0:.0f} is not written: {found}."

    def _judged(self, item: Item, run_id: int) -> StepOutcome:
        """Return the outcome of a finished run, with what its conditions decide."""
        step, details, decision = item.step, list[str](), ""
        for text, follows, words in (
            (step.skip_device_when, "skip device", "the device is left out"),
            (step.stop_when, "stop", "the sequence stops"),
        ):
            if not text:
                continue
            holds, values = self._condition(item, text, run_id)
            if holds:
                decision = follows
                values = f"{values}: {words}, since {text}"
            details.append(values)
        return StepOutcome(item.title, "finished", "; ".join(details), run_id, decision)

    def _condition(self, item: Item, text: str, run_id: int | None) -> tuple[bool, str]:
        """Return whether a condition holds, and the values that it was decided on."""
        shown: dict[str, str] = {}

        def value_of(quantity: ResultOf) -> float | None:
            outcome = self._latest(item, quantity.step) if quantity.step else None
            run = outcome.run if outcome is not None else run_id
            if quantity.step and outcome is None:
                run = None
            value, why = (None, "no finished run") if run is None else self._result(run, quantity)
            unknown = f"unknown, {why.rstrip('.')}"
            shown[str(quantity)] = unknown if value is None else f"{value:.4g}"
            return value

        holds = parse_result_condition(text).holds(value_of)
        return holds, ", ".join(f"{name} = {value}" for name, value in shown.items())

    def _result(self, run_id: int, quantity: ResultOf) -> tuple[float | None, str]:
        return result_of(self._store, run_id, quantity.name)

    def _calibrated(self, item: Item) -> StepOutcome:
        sources = [
            outcome.run
            for name in item.step.calibrate or ()
            for outcome in self._of_step(item, name)
            if outcome.run is not None
        ]
        if not sources:
            names = ", ".join(item.step.calibrate or ())
            return self._failed(item, f"there is no finished run of {names}.", None)
        from ...analysis.calibration import calibrate_stored

        self._show("calibrating")
        device = item.device_name or self._store.run(sources[0]).summary.device
        name = f"{device}-{item.step.name}".replace(":", "-")
        try:
            model = calibrate_stored(
                self._store, sources, name, wanted=item.step.levels, reuse=True
            )
        except DwmtjError as error:
            if self._has_waited_for_room():
                return self._calibrated(item)
            return self._failed(item, str(error), None)
        detail = f"model {name}:{model.version} of run {', '.join(map(str, sources))}"
        return StepOutcome(item.title, "finished", detail, model=f"{name}:{model.version}")

    def _failed(self, item: Item, problem: str, run_id: int | None) -> StepOutcome:
        follows = self._plan.on_failure(item.step)
        decision = "" if follows == "next step" else follows
        self._tell("error", f"{item.title} failed: {problem}")
        return StepOutcome(item.title, "failed", problem, run_id, decision)

    def _without_contact(self, item: Item, problem: str) -> StepOutcome:
        """Return that the needles find no device: it is left out of the round, not retried."""
        sequence, decision = self._plan.sequence, "next device"
        note_no_contact(self._store, self._night.tag, item.title, item.device_name, problem)
        lost = 1 + lost_in_a_row(tuple(self._progress.outcomes.values()))
        if sequence.wafer is not None and lost >= sequence.wafer.stop_after:
            decision = "stop"
            problem = f"{problem} {lost} devices in a row have none: check the needles."
        return StepOutcome(item.title, NO_CONTACT, problem, None, decision)

    def _pause(self, item: Item) -> None:
        wait_s, until = item.step.wait_s, item.step.until_time
        if wait_s is not None:
            deadline_s = monotonic() + wait_s
            until_text = f"{datetime.now() + timedelta(seconds=wait_s):%H:%M:%S}"
            self._show(f"waits until {until_text}")
            while (left_s := deadline_s - monotonic()) > 0:
                self._hold("")
                self._jobs.sleep(left_s)
        elif until is not None:
            end = end_of_pause(self._night.started, until, item.round)
            self._show(f"waits until {end:%Y-%m-%d %H:%M:%S}")
            while (left_s := (end - datetime.now().astimezone()).total_seconds()) > 0:
                self._hold("")
                self._jobs.sleep(left_s)

    def _latest(self, item: Item, name: str) -> StepOutcome | None:
        found = self._of_step(item, name)
        return found[-1] if found else None

    def _of_step(self, item: Item, name: str) -> list[StepOutcome]:
        """Return the finished outcomes of a step on this device in this round, in order."""
        outcomes = self._progress.outcomes
        found = (outcomes.get(title) for title in self._plan.titles_of(item, name))
        return [outcome for outcome in found if outcome and outcome.status == "finished"]
