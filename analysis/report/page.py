"""The report's HTML: one page that needs nothing else, on a screen, on paper or in the mail.

Everything from a store is escaped; the page has no scripts and loads nothing.
"""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from html import escape
from typing import Any

from ...storage import AttemptRecord
from ..figures import png_of
from .numbers import Table, numbers_of
from .run import ReportedRun

STYLE = """
:root { color-scheme: light; }
body { font: 15px/1.45 system-ui, sans-serif; color: #1a1a1a; background: #fff;
  max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2.5rem;
  border-top: 2px solid #1a1a1a; padding-top: .8rem; } h3 { font-size: 1rem; margin-bottom: .3rem; }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; }
figure { margin: 0; width: 29rem; max-width: 100%; break-inside: avoid; }
figure img { width: 100%; } figcaption { font-size: .85rem; color: #444; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .88rem; }
th, td { text-align: left; padding: .2rem .9rem .2rem 0; border-bottom: 1px solid #ccc;
  vertical-align: top; }
thead th { border-bottom-color: #666; } th { white-space: nowrap; }
.pairs { display: flex; flex-wrap: wrap; column-gap: 3rem; } .pairs > div { flex: 1 1 16rem; }
.pairs td { overflow-wrap: anywhere; }
.remark { font-size: .88rem; color: #444; margin: .25rem 0; }
.banner { background: #fff3d6; border: 2px solid #d55e00; padding: .6rem .9rem; font-weight: 600; }
pre { font-size: .78rem; white-space: pre-wrap; overflow-wrap: anywhere; background: #f5f5f5;
  padding: .6rem; }
@media print { body { font-size: 10pt; margin: 0; max-width: none; } .wide { overflow: visible; }
  table { font-size: .8rem; } th, td { padding-right: .6rem; }
  figure { width: 48%; } tr { break-inside: avoid; } h2, h3 { break-after: avoid; } }
"""
POLICY = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"


def page(runs: Iterable[ReportedRun], title: str, made: datetime) -> str:
    """Return the page of these runs as text."""
    runs = tuple(runs)
    warnings = "".join(
        f'<p class="banner">{escape(run.warning)}.</p>' for run in runs if run.warning
    )
    when = escape(made.astimezone().isoformat(sep=" ", timespec="minutes"))
    return f"""<!DOCTYPE html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<title>{escape(title)}</title><style>{STYLE}</style></head><body>
<h1>{escape(title)}</h1>
<p>Made on {when}. In brackets: 95 % confidence intervals. Levels count from 0, the highest
resistance.</p>
{warnings}{"".join(_section(run) for run in runs)}{_benches(runs)}</body></html>
"""


def _section(run: ReportedRun) -> str:
    figures = "".join(
        f'<figure><img alt="{escape(panel.title)}" src="{_data(png_of(panel, run.warning))}">'
        f"<figcaption>{escape(panel.title)}</figcaption></figure>"
        for panel in run.panels.drawn
    )
    absent = "".join(_remark(f"There is {sentence}") for sentence in run.panels.absent)
    tables = "".join(_table(table) for table in numbers_of(run.points))
    return (
        f"<section><h2>{escape(run.name)}</h2>"
        f'<div class="figures">{figures}</div>{absent}{tables}'
        f'<div class="pairs">{"".join(_provenance(run))}</div></section>'
    )


def _benches(runs: Sequence[ReportedRun]) -> str:
    """Return every bench as it was when its runs started, each once."""
    runs_on: dict[str, list[int]] = {}
    for run in runs:
        bench = json.dumps(run.record.attempts[-1].bench, indent=2, ensure_ascii=False, default=str)
        runs_on.setdefault(bench, []).append(run.id)
    shown = "".join(
        f"<h3>Run {escape(', '.join(map(str, numbers)))}</h3><pre>{escape(bench)}</pre>"
        for bench, numbers in runs_on.items()
    )
    return f"<section><h2>Benches as they were at the start</h2>{shown}</section>"


def _provenance(run: ReportedRun) -> Iterator[str]:
    summary = run.record.summary
    rows = [
        ("run", str(summary.id)),
        ("database", run.database),
        ("status", _told(str(summary.status), summary.message)),
        ("points", str(len(run.points))),
        ("notes", summary.notes),
        *[(name, str(value)) for name, value in run.record.parameters.items()],
    ]
    yield _pairs("Provenance", rows)
    for attempt in run.record.attempts:
        several = len(run.record.attempts) > 1
        yield _pairs(f"Attempt {attempt.attempt}" if several else "Measured", _attempt(attempt))


def _attempt(attempt: AttemptRecord) -> list[tuple[str, str]]:
    return [
        ("status", _told(str(attempt.status), attempt.message)),
        ("started", _when(attempt.started)),
        ("finished", _when(attempt.finished)),
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


def _table(table: Table) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in table.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows
    )
    remarks = "".join(_remark(remark) for remark in table.remarks)
    whole = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    body = f'<div class="wide">{whole}</div>' if rows else ""
    return f"<h3>{escape(table.title)}</h3>{body}{remarks}"


def _pairs(title: str, rows: Iterable[tuple[str, str]]) -> str:
    lines = "".join(
        f"<tr><th>{escape(name)}</th><td>{escape(value)}</td></tr>" for name, value in rows if value
    )
    return f"<div><h3>{escape(title)}</h3><table>{lines}</table></div>"


def _remark(text: str) -> str:
    return f'<p class="remark">{escape(text)}</p>'


def _told(status: str, message: str | None) -> str:
    return f"{status}: {message}" if message else status


def _when(time: datetime | None) -> str:
    return "" if time is None else time.astimezone().isoformat(sep=" ", timespec="seconds")


def _data(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"
