"""Findings as rows of text, CSV and JSON."""

import csv
import io
from collections.abc import Sequence
from math import inf, isfinite, isinf, isnan
from typing import Any

from ...quantities import format_duration, parse_quantity
from ..estimate import Estimate
from ..formatting import format_interval
from .catalogue import QUANTITIES
from .check import Finding
from .criterion import Criterion
from .verdict import Answer

COLUMNS = ("run", "quantity", "published or required", "measured", "within?")


def summary(findings: Sequence[Finding]) -> str:
    """Return how many findings have each answer, such as "14 of 16 within, 2 not decided"."""
    counts = {answer: sum(one.answer is answer for one in findings) for answer in Answer}
    others = {
        "outside": counts[Answer.NO],
        "not decided": counts[Answer.NOT_DECIDED],
        "not measured": counts[Answer.NOT_MEASURED],
    }
    rest = "".join(f", {count} {what}" for what, count in others.items() if count)
    return f"{counts[Answer.YES]} of {len(findings)} within{rest}"


def text_row(finding: Finding) -> tuple[str, str, str, str, str]:
    """Return the cells of a finding under `COLUMNS`."""
    criterion = finding.criterion
    source = f" ({criterion.source})" if criterion.source else ""
    return (
        _run(finding),
        criterion.label,
        f"{criterion.required}{source}",
        measured_text(finding),
        within_text(finding),
    )


def html_row(finding: Finding) -> tuple[str, tuple[str, ...]]:
    """Return the class of a row and its cells: those under `COLUMNS`, and the source."""
    criterion = finding.criterion
    cells = (
        _run(finding),
        criterion.label,
        criterion.required,
        measured_text(finding),
        within_text(finding),
        criterion.source,
    )
    return finding.answer.replace(" ", "-"), cells


def within_text(finding: Finding) -> str:
    remark = finding.verdict.remark
    return f"{finding.answer}: {remark}" if remark else str(finding.answer)


def measured_text(finding: Finding) -> str:
    """Return the value with its interval, in the unit of the criterion; "–" without one."""
    if finding.measured is None or isnan(finding.measured.estimate.value):
        return "–"
    estimate, criterion = finding.measured.estimate, finding.criterion
    scale = 1 / _size(criterion)
    unit = f" {criterion.shown_unit}" if criterion.shown_unit else ""
    if isinf(estimate.value):  # a lifetime without an escape
        return f"at least {format_duration(estimate.low)}"
    if estimate.low == estimate.high:
        return f"{estimate.value * scale:.4g}{unit}".replace("-", "−")
    if QUANTITIES[criterion.quantity].whole:
        return f"{estimate.value:g} ({estimate.low:g} to {estimate.high:g})"
    return f"{format_interval(estimate.value, estimate.low, estimate.high, scale)}{unit}"


def as_dict(finding: Finding) -> dict[str, Any]:
    """Return a finding as JSON has it: numbers in SI units, None where unbounded or missing."""
    criterion, run = finding.criterion, finding.run
    estimate = finding.measured.estimate if finding.measured else Estimate(inf, -inf, inf)
    return {
        "quantity": criterion.quantity,
        "name": criterion.name,
        "level": criterion.level,
        "level_ohm": criterion.level_ohm,
        "phase": criterion.phase,
        "unit": QUANTITIES[criterion.quantity].unit,
        "required": criterion.required,
        "minimum": _finite(criterion.minimum),
        "maximum": _finite(criterion.maximum),
        "value": _finite(estimate.value),
        "low": _finite(estimate.low),
        "high": _finite(estimate.high),
        "within": str(finding.answer),
        "remark": finding.verdict.remark,
        "run": None if run is None else run.id,
        "device": criterion.device if run is None else run.device,
        "protocol": criterion.protocol if run is None else run.protocol,
        "source": criterion.source,
    }


def as_csv(findings: Sequence[Finding]) -> str:
    """Return a table with a header, a line a finding, and empty cells for None."""
    rows = [as_dict(finding) for finding in findings]
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _run(finding: Finding) -> str:
    return "–" if finding.run is None else str(finding.run.id)


def _size(criterion: Criterion) -> float:
    """Return the shown unit in the SI unit of the quantity."""
    unit = QUANTITIES[criterion.quantity].unit
    return parse_quantity("1", unit, criterion.shown_unit) if criterion.shown_unit else 1.0


def _finite(value: float) -> float | None:
    return float(value) if isfinite(value) else None
