"""The report's HTML: one page that needs no other file, on a screen, on paper or by mail.

`report.html.jinja` is its template. Every value is escaped, and the page has no scripts.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...storage import AttemptRecord
from ..criteria import Comparison
from ..criteria.display import COLUMNS, html_row, summary
from ..figures import png_of
from .numbers import result_tables
from .run import ReportedRun
from .table import Table

TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
)

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Section:
    """One run: titles and images of its figures, its tables, and titled pairs of provenance."""

    run: ReportedRun
    figures: Pairs
    tables: tuple[Table, ...]
    provenance: list[tuple[str, Pairs]]


def page(
    runs: Iterable[ReportedRun], title: str, made: datetime, against: Comparison | None = None
) -> str:
    """Return the page of these runs as text, with their comparison `against` criteria on top."""
    sections = [_section(run) for run in runs]
    return TEMPLATES.get_template("report.html.jinja").render(
        title=title,
        made=made.astimezone().isoformat(sep=" ", timespec="minutes"),
        sections=sections,
        comparison=None if against is None else _comparison(against),
        benches=_benches([section.run for section in sections]),
    )


def _comparison(against: Comparison) -> dict[str, Any]:
    return {
        "title": f"{against.title}: {summary(against.findings)}",
        "source": against.source,
        "columns": (*COLUMNS, "source"),
        "rows": [html_row(finding) for finding in against.findings],
    }


def _section(run: ReportedRun) -> Section:
    return Section(
        run,
        figures=[(panel.title, data_url(png_of(panel, run.warning))) for panel in run.panels.drawn],
        tables=result_tables(run.points, run.wanted, run.track, run.record.parameters),
        provenance=list(_provenance(run)),
    )


def _benches(runs: Sequence[ReportedRun]) -> dict[str, list[int]]:
    """Return every bench as it was at the start of its runs, with the numbers of those runs."""
    runs_on: dict[str, list[int]] = {}
    for run in runs:
        bench = json.dumps(run.record.attempts[-1].bench, indent=2, ensure_ascii=False, default=str)
        runs_on.setdefault(bench, []).append(run.id)
    return runs_on


def _provenance(run: ReportedRun) -> Iterator[tuple[str, Pairs]]:
    summary = run.record.summary
    yield (
        "Provenance",
        [
            ("run", str(summary.id)),
            ("database", run.database),
            ("status", _status(str(summary.status), summary.message)),
            ("points", str(len(run.points))),
            ("notes", summary.notes),
            ("conditions", run.record.stated),
            *[(name, str(value)) for name, value in run.record.parameters.items()],
        ],
    )
    for attempt in run.record.attempts:
        several = len(run.record.attempts) > 1
        yield f"Attempt {attempt.attempt}" if several else "Measured", _attempt(attempt)


def _attempt(attempt: AttemptRecord) -> Pairs:
    return [
        ("status", _status(str(attempt.status), attempt.message)),
        ("started", _time(attempt.started)),
        ("finished", _time(attempt.finished)),
        ("operator", " on ".join(filter(None, (attempt.operator, attempt.host)))),
        ("code version", attempt.code_version),
        ("seed", "none" if attempt.seed is None else str(attempt.seed)),
        ("bench", str(attempt.bench.get("name", ""))),
        *_identities(attempt.bench),
    ]


def _identities(bench: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    identities = bench.get("identities")
    if isinstance(identities, Mapping):
        yield from ((str(role), str(identity)) for role, identity in identities.items())


def _status(status: str, message: str | None) -> str:
    return f"{status}: {message}" if message else status


def _time(time: datetime | None) -> str:
    return "" if time is None else time.astimezone().isoformat(sep=" ", timespec="seconds")


def data_url(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"
