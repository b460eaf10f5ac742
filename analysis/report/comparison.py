"""Comparisons of stored runs as panels, tables and one HTML page: `--compare KIND`."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ...storage import RunRecord, Store, atomic_write, check_overwrite
from ..compared.run import ComparedRun
from ..figures import Panel, png_of, save
from ..levels.grouping.given import Wanted
from .comparison_kinds import COMPARISONS
from .page import TEMPLATES, data_url
from .table import Table
from .write import KINDS


@dataclass(frozen=True, slots=True)
class Comparison:
    """What several runs show together: panels, tables, and sentences on what is missing."""

    kind: str
    title: str
    records: tuple[RunRecord, ...]
    database: str
    panels: tuple[Panel, ...]
    tables: tuple[Table, ...]
    remarks: tuple[str, ...] = ()

    @property
    def source(self) -> str:
        runs = ", ".join(str(record.summary.id) for record in self.records)
        return f"Runs {runs}; {self.database}"


def compare(
    store: Store, runs: Sequence[int], kind: str, wanted: Wanted | None = None
) -> Comparison:
    """Compare stored runs, each named once; `kind` is one of `COMPARISONS`.

    Raises StoreError, and AnalysisError for runs that cannot be compared so.
    """
    records = tuple(store.run(run) for run in dict.fromkeys(runs))
    given = [
        ComparedRun(
            store.points(record.summary.id),
            record.summary.device,
            record.summary.id,
            record.summary.protocol,
            record.parameters,
            wanted,
        )
        for record in records
    ]
    title, panels, tables, remarks = COMPARISONS[kind](given)
    unfinished = [
        f"Run {record.summary.id} is {record.summary.status}."
        for record in records
        if record.summary.status != "finished"
    ]
    remarks = (*unfinished, *remarks)
    return Comparison(kind, title, records, store.place.name, panels, tables, remarks)


def save_comparison(found: Comparison, folder: Path, *, overwrite: bool = False) -> list[Path]:
    """Write every panel as PNG, SVG and CSV; raises OutputFileError and AnalysisError."""
    stems = [f"{found.kind}-{panel.name}" for panel in found.panels]
    for stem in stems:
        for kind in KINDS:
            check_overwrite(folder / f"{stem}.{kind}", overwrite=overwrite)
    return [
        path
        for stem, panel in zip(stems, found.panels, strict=True)
        for path in save(panel, folder, stem, source=found.source)
    ]


def write_comparison(
    found: Comparison, path: Path, *, title: str = "", overwrite: bool = False
) -> None:
    """Write one HTML page; raises OutputFileError if it cannot be written."""
    check_overwrite(path, overwrite=overwrite)
    text = TEMPLATES.get_template("comparison.html.jinja").render(
        title=title or found.title,
        made=datetime.now(UTC).astimezone().isoformat(sep=" ", timespec="minutes"),
        comparison=found,
        figures=[(panel.title, data_url(png_of(panel))) for panel in found.panels],
    )
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8")
