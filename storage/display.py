"""Runs as a line of text and as HTML for notebooks."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jinja2 import Template

    from .records import RunRecord, RunSummary


def brief(run: "RunSummary") -> str:
    """Return number, protocol, device, status and points of a run in one line."""
    return f"run {run.id}: {run.protocol} on {run.device}, {run.status}, {_points(run)} points"


def summary_html(run: "RunSummary") -> str:
    """Return a run in brief as an HTML table."""
    return _template().render(run=run, rows=_rows(run), record=None)


def record_html(record: "RunRecord") -> str:
    """Return a run with parameters, attempts and warnings as HTML tables."""
    run = record.summary
    more = [
        ("conditions", record.stated),
        ("marked", record.marked),
        ("code version", record.attempts[-1].code_version),
    ]
    return _template().render(run=run, rows=[*_rows(run), *more], record=record)


@cache
def _template() -> "Template":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined  # for notebooks alone

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    environment.filters["time"] = _time
    return environment.get_template("run.html.jinja")


def _rows(run: "RunSummary") -> list[tuple[str, str]]:
    return [
        ("status", f"{run.status}: {run.message}" if run.message else str(run.status)),
        ("points", _points(run)),
        ("started", _time(run.started)),
        ("finished", _time(run.finished)),
        ("operator", run.operator),
        ("notes", run.notes),
    ]


def _points(run: "RunSummary") -> str:
    expected = "" if run.points_expected is None else f" of {run.points_expected}"
    return f"{run.points}{expected}"


def _time(time: datetime | None) -> str:
    return "–" if time is None else time.astimezone().isoformat(sep=" ", timespec="seconds")
