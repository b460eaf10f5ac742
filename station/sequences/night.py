"""What is stored of a sequence that was carried out: its steps, how each ended, and its own end.

Three kinds of results in the store, joined by the tag that all runs of the sequence have, too. They
are added and never changed, so that a process may be killed at any moment.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from ...storage import ResultRecord, RunSummary, Store

BEGUN, STEP, END = "sequence", "sequence step", "sequence end"


@dataclass(frozen=True, slots=True)
class StepOutcome:
    """How a step ended: "finished", "failed", "skipped", "no contact", or "left out" with its
    device.

    `title` is unique in the sequence. `decision` is what follows from it: "stop", "next device"
    (for this round), "skip device" (for good), or nothing. `model` is the model of a calibration.
    """

    title: str
    status: str
    detail: str = ""
    run: int | None = None
    decision: str = ""
    model: str = ""
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Night:
    """A sequence that was begun; `first_run` is the smallest number that a run of it can have,
    `steps` how many there are.

    `end` is "finished" or "failed", None until it has ended; `end_detail` says why.
    """

    tag: str
    name: str
    bench: str
    document: Mapping[str, Any]
    started: datetime
    first_run: int
    steps: int
    outcomes: tuple[StepOutcome, ...] = ()
    end: str | None = None
    end_detail: str = ""

    def runs(self, store: Store) -> list[RunSummary]:
        """Return the runs of the sequence, oldest first."""
        return [run for run in store.runs(first=self.first_run) if self.tag in run.tags]


def begin(store: Store, name: str, document: Mapping[str, Any], bench: str, steps: int) -> Night:
    """Store that a sequence of so many steps begins on a bench."""
    tag = f"{name} {datetime.now():%Y-%m-%d %H:%M:%S.%f}"[:-4]
    first_run = max((run.id for run in store.runs()), default=0) + 1
    begun = store.add_result(
        BEGUN,
        tag,
        configuration={"name": name, "bench": bench, "first_run": first_run, "steps": steps},
        data={"sequence": dict(document)},
        key=tag,
    )
    return _night(begun, (), None)


def add_outcome(store: Store, night: Night, outcome: StepOutcome) -> None:
    """Store how a step ended; of each step, the first outcome holds."""
    store.add_result(
        STEP, night.tag, configuration={}, data=asdict(outcome), key=f"{night.tag}/{outcome.title}"
    )


def add_end(store: Store, night: Night, status: str, detail: str) -> None:
    """Store that a sequence has ended."""
    data = {"status": status, "detail": detail}
    store.add_result(END, night.tag, configuration={}, data=data, key=night.tag)


def nights(store: Store) -> list[Night]:
    """Return the sequences of a database without their outcomes, oldest first."""
    ends = {end.name: end for end in store.results(END)}
    return [_night(begun, (), ends.get(begun.name)) for begun in store.results(BEGUN)]


def with_outcomes(store: Store, night: Night) -> Night:
    """Return a sequence as it is stored now."""
    (begun,) = store.results(BEGUN, name=night.tag)
    outcomes = (StepOutcome(**step.data) for step in store.results(STEP, name=night.tag))
    ends = store.results(END, name=night.tag)
    return _night(begun, tuple(outcomes), ends[0] if ends else None)


def unfinished(store: Store, bench: str) -> Night | None:
    """Return the latest sequence of a bench if it has not ended."""
    of_bench = [night for night in nights(store) if night.bench == bench]
    return of_bench[-1] if of_bench and of_bench[-1].end is None else None


def _night(
    begun: ResultRecord, outcomes: tuple[StepOutcome, ...], end: ResultRecord | None
) -> Night:
    about = begun.configuration
    return Night(
        tag=begun.name,
        name=about["name"],
        bench=about["bench"],
        document=begun.data["sequence"],
        started=begun.created,
        first_run=about["first_run"],
        steps=about["steps"],
        outcomes=outcomes,
        end=None if end is None else end.data["status"],
        end_detail="" if end is None else end.data["detail"],
    )
