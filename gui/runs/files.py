"""Runs as files: a report to mail, or the runs themselves."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget

from ...storage import OutputFileError, Store
from ...wording import counted

RUN_FILES = "CSV (*.csv);;Parquet (*.parquet);;HDF5 (*.h5);;netCDF (*.nc)"


def ask_for_file(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Ask where to save a file; Qt's own dialog, in which F12 works."""
    chosen, _ = QFileDialog.getSaveFileName(
        parent, title, name, kinds, options=QFileDialog.Option.DontUseNativeDialog
    )
    return Path(chosen) if chosen else None


def ask_for_folder(parent: QWidget, title: str) -> Path | None:
    """Ask for a folder."""
    chosen = QFileDialog.getExistingDirectory(
        parent,
        title,
        options=QFileDialog.Option.DontUseNativeDialog | QFileDialog.Option.ShowDirsOnly,
    )
    return Path(chosen) if chosen else None


def write_runs_report(store: Store, runs: Sequence[int], path: Path) -> str:
    """Write one page about the runs; return what was done, in a sentence."""
    from ...analysis.report.write import load_runs, write_report

    write_report(load_runs(store, runs), path, overwrite=True)
    return f"The report of {_runs(runs)} is written to {path}."


def export_runs(store: Store, runs: Sequence[int], to: Path) -> str:
    """Write one run to a file, which the dialog asked to replace, or several.

    The end of the name is the format, .csv where it has none. Several runs go into a folder as CSV;
    if one of its files exists already, nothing is written.
    """
    if len(runs) == 1 and to.suffix:
        store.export_run(runs[0], to, overwrite=True)
    elif len(runs) == 1:
        to = to.with_name(f"{to.name}.csv")  # not the name that the dialog asked to replace
        store.export_run(runs[0], to)
    else:
        paths = {run: to / f"run-{run}.csv" for run in runs}
        for path in filter(Path.exists, paths.values()):
            raise OutputFileError(f"{path} exists already: remove it, or choose another folder.")
        for run, path in paths.items():
            store.export_run(run, path)
    return f"The points of {_runs(runs)} are written to {to}."


def _runs(runs: Sequence[int]) -> str:
    return f"run {runs[0]}" if len(runs) == 1 else counted(len(runs), "run")
