"""The report of a sequence of runs: one page with each step, its results and a figure of each run.

Like the report of runs, it needs no other file and has no scripts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

import pandas as pd

from ...errors import DwmtjError
from ...storage import Phase, RunRecord, Store, atomic_write
from ...wording import counted
from ..criteria import Answer, Criterion, RunResults
from ..criteria.catalogue import QUANTITIES
from ..criteria.check import Finding
from ..criteria.display import measured_text
from ..criteria.verdict import Verdict
from ..errors import AnalysisError
from ..figures import Panel, first_panel, png_of
from .page import TEMPLATES, data_url

MOST_FIGURES = 200
SHOWN = (
    "number of levels",
    "window ratio",
    "failed cycles",
    "TMR",
    "coercive field",
    "loop centre",
    "read noise",
)
"""The quantities among the key results of a run, where it measures them."""
_UNITS = {"ratio": "%", "T": "mT", "ohm": "Ω"}


@dataclass(frozen=True, slots=True)
class NightStep:
    """A row of the table: a step, how it ended and why, and its run if it has one."""

    title: str
    status: str
    detail: str
    run: int | None
    ended: str


class NightRun:
    """A run of the night with its key results and its first figure, each found when asked for."""

    def __init__(self, record: RunRecord, points: pd.DataFrame, title: str) -> None:
        self.record = record
        self.points = points
        self.title = title

    @property
    def id(self) -> int:
        return self.record.summary.id

    @cached_property
    def results(self) -> str:
        """The key results in one line, with 95 % confidence intervals in brackets."""
        if self.points.empty:
            return ""
        if self.writes_one_level:
            return _written(self.points)
        run = RunResults(self.record, self.points)
        found = ((name, _text(run, name)) for name in SHOWN)
        return "; ".join(f"{name} {text}" for name, text in found if text)

    @property
    def writes_one_level(self) -> bool:
        return "target" in self.points and self.points["cycle"].nunique() == 1

    @cached_property
    def figure(self) -> Panel | None:
        if self.points.empty or self.writes_one_level:  # a map of one device shows nothing
            return None
        return first_panel(self.points)


def write_night(
    store: Store,
    path: Path,
    title: str,
    summary: Iterable[str],
    steps: Sequence[NightStep],
) -> None:
    """Write the page of a night; raises StoreError if runs cannot be read or it not be written."""
    runs = {step.run: _run(store, step.run, step.title) for step in steps if step.run is not None}
    drawn = list(runs.values())[:MOST_FIGURES]
    text = TEMPLATES.get_template("night.html.jinja").render(
        title=title,
        made=datetime.now().astimezone().isoformat(sep=" ", timespec="minutes"),
        summary=list(summary),
        steps=steps,
        runs=runs,
        figures=[(run, _image(run)) for run in drawn],
        without=len(runs) - len(drawn),
    )
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8")


def _run(store: Store, run_id: int, title: str) -> NightRun:
    return NightRun(store.run(run_id), store.points(run_id), title)


def _image(run: NightRun) -> str:
    """Return the figure of a run as an image in the page, nothing if it has none."""
    try:
        panel = run.figure
        return "" if panel is None else data_url(png_of(panel, run.record.summary.warning))
    except DwmtjError:
        return ""


def _written(points: pd.DataFrame) -> str:
    last, pulses = points.iloc[-1], int((points["phase"] == Phase.WRITE).sum())
    level = "no level" if pd.isna(last["level"]) else f"level {last['level']:.0f}"
    after = f"{last['resistance_ohm']:.4g} Ω after {counted(pulses, 'pulse')}"
    return f"{level} of {last['target']:.0f} wanted, {after}"


def _text(run: RunResults, name: str) -> str:
    quantity = QUANTITIES[name]
    criterion = Criterion(name, 0.0, 0.0, "", _UNITS.get(quantity.unit, quantity.unit))
    try:
        measured = quantity.measure(run, criterion)
    except AnalysisError:
        return ""
    text = measured_text(Finding(criterion, Verdict(Answer.NOT_DECIDED), run, measured))
    return "" if text == "–" else text
