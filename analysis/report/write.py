"""Reports of stored runs: figures in a folder, or one HTML page to mail."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ...storage import atomic_write, check_overwrite
from ..criteria import Comparison
from ..errors import AnalysisError
from ..figures import save
from .page import page
from .run import ReportedRun, load_runs

__all__ = ["ReportedRun", "load_runs", "save_figures", "write_report"]

KINDS = ("png", "svg", "csv")


def save_figures(
    runs: Sequence[ReportedRun], folder: Path, *, overwrite: bool = False
) -> list[Path]:
    """Write every panel of the runs as PNG, SVG and CSV, and return the paths.

    Raises AnalysisError if there is nothing to draw, and OutputFileError if a figure exists, before
    anything is written; or if one cannot be written.
    """
    panels = {
        f"run-{run.id}-{panel.name}": (run, panel) for run in runs for panel in run.panels.drawn
    }
    if not panels:
        numbers = ", ".join(str(run.id) for run in runs)
        reasons = dict.fromkeys(why.rstrip(".") for run in runs for why in run.panels.absent)
        raise AnalysisError(f"There is nothing to draw in run {numbers}: {'; '.join(reasons)}.")
    for stem in panels:
        for kind in KINDS:
            check_overwrite(folder / f"{stem}.{kind}", overwrite=overwrite)
    return [
        path
        for stem, (run, panel) in panels.items()
        for path in save(panel, folder, stem, note=run.warning, source=run.source)
    ]


def write_report(
    runs: Sequence[ReportedRun],
    path: Path,
    *,
    title: str = "",
    overwrite: bool = False,
    against: Comparison | None = None,
) -> None:
    """Write one HTML page about the runs, perhaps with their comparison `against` criteria.

    Raises OutputFileError if it cannot be written.
    """
    check_overwrite(path, overwrite=overwrite)
    *most, last = dict.fromkeys(run.record.summary.device for run in runs)
    devices = f"{', '.join(most)} and {last}" if most else last
    text = page(runs, title or f"Measurements of {devices}", datetime.now(UTC), against)
    with atomic_write(path) as draft:
        draft.write_text(text, encoding="utf-8")
