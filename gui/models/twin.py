"""A twin of a model: a bench file that mounts it, and a window of its own on it."""

import sys
import tomllib
from pathlib import Path

import tomli_w
from PySide6.QtCore import QProcess

from ...instruments import built_in_benches
from ...lab_address import MODEL_PREFIX, LabAddress
from ...storage import CalibrationRecord, Place, atomic_write
from .places import file_stem

VIRTUAL_BENCH = "virtual-trapezoid"


def write_twin_bench(record: CalibrationRecord, database: Place, folder: Path) -> Path:
    """Write the bench file of a twin and return its path; raises OutputFileError."""
    name = f"twin-{file_stem(record)}"
    text = tomllib.loads(built_in_benches()[VIRTUAL_BENCH].read_text(encoding="utf-8"))
    lab = LabAddress(f"{MODEL_PREFIX}{record.name}:{record.version}")
    text["name"] = name
    text["visa_library"] = lab.with_options(database=database).library
    text["device"] = {"name": f"{record.device}-twin"}
    path = folder / "twins" / f"{name}.toml"
    with atomic_write(path, make_folder=True) as draft:
        draft.write_text(tomli_w.dumps(text), encoding="utf-8")
    return path


def window_command(bench: Path, database: Place) -> list[str]:
    """Return the command that opens a window on a bench."""
    gui = [sys.executable, "-m", "dwmtj", "gui"]
    return [*gui, "--bench", str(bench), "--database", str(database)]


def open_twin_window(record: CalibrationRecord, database: Place, folder: Path) -> str:
    """Open a window on a twin; return a sentence with the bench file it uses."""
    bench = write_twin_bench(record, database, folder)
    program, *arguments = window_command(bench, database)
    QProcess.startDetached(program, arguments)
    return f"A window opens on the twin of {record.name}, version {record.version}: {bench}."
