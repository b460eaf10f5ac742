"""Writes what stored runs show: figures into a folder, or one HTML page to mail.

Either all is written or, where it cannot be, one sentence says why.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

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

    Raises AnalysisError, before anything is written, if there is nothing to draw or a figure is
    there already and `overwrite` is False; or if the folder cannot be written to.
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
            _refuse_to_replace(folder / f"{stem}.{kind}", overwrite)
    return [
        path
        for stem, (run, panel) in panels.items()
        for path in save(panel, folder, stem, note=run.warning, source=run.source)
    ]


def write_report(
    runs: Sequence[ReportedRun], path: Path, *, title: str = "", overwrite: bool = False
) -> None:
    """Write one HTML page about the runs; raises AnalysisError if it cannot be written."""
    _refuse_to_replace(path, overwrite)
    *most, last = dict.fromkeys(run.record.summary.device for run in runs)
    devices = f"{', '.join(most)} and {last}" if most else last
    text = page(runs, title or f"Measurements of {devices}", datetime.now(UTC))
    draft = path.with_name(path.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)
    except OSError as error:
        draft.unlink(missing_ok=True)
        raise AnalysisError(
            f"{path} cannot be written ({error.strerror}): give another place."
        ) from error


def _refuse_to_replace(path: Path, overwrite: bool) -> None:
    if path.exists() and not overwrite:
        raise AnalysisError(f"{path} exists already: choose another place, or add --overwrite.")
