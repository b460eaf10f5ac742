"""The report of a sequence from what the store has of it, also of one that has not ended."""

from collections import Counter
from datetime import datetime
from pathlib import Path

from ...analysis.report.night import NightStep, write_night
from ...storage import Store
from ...storage.location import folder_of
from ...wording import counted
from .night import Night


def night_report_path(store: Store, night: Night) -> Path:
    """Return the place of the report: by name and time of the sequence, beside a database file.

    That of a sequence whose runs are on a server is in the current folder.
    """
    name = "".join(c if c.isalnum() or c in "-_" else "-" for c in night.tag)
    return folder_of(store.place) / f"{name}.html"


def write_night_report(store: Store, night: Night, path: Path) -> None:
    """Write the page of a sequence with its outcomes; raises StoreError."""
    steps = [
        NightStep(
            one.title,
            one.status,
            "; ".join(filter(None, (one.detail, _attempts(store, one.run)))),
            one.run,
            _local(one.ended),
        )
        for one in night.outcomes
    ]
    begun = {step.run for step in steps}
    for run in night.runs(store):  # the one that a sequence without an end has left
        if run.id not in begun:
            title = next((tag for tag in run.tags if tag != night.tag), run.protocol)
            steps.append(NightStep(title, str(run.status), run.message or "", run.id, ""))
    counts = Counter(step.status for step in steps)
    how = night.end or "not ended yet"
    summary = [
        f"Begun {night.started.astimezone():%Y-%m-%d %H:%M}, {how}. {night.end_detail}".strip(),
        f"{counted(len(steps), 'step')}: "
        f"{', '.join(f'{count} {status}' for status, count in counts.items()) or 'none yet'}; "
        f"database {store.place.name}, runs tagged {night.tag}.",
    ]
    write_night(store, path, f"Sequence {night.tag}", summary, steps)


def _attempts(store: Store, run_id: int | None) -> str:
    """Return how often a run was begun and resumed, nothing for once."""
    attempts = 0 if run_id is None else len(store.run(run_id).attempts)
    return f"in {attempts} attempts" if attempts > 1 else ""


def _local(time: str) -> str:
    return f"{datetime.fromisoformat(time).astimezone():%Y-%m-%d %H:%M:%S}" if time else ""
