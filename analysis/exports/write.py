"""Writes a state model in the form of another program to a file."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ...storage import atomic_write, check_overwrite
from ..errors import AnalysisError
from ..state_model.file import model_json
from ..state_model.model import StateModel
from .aihwkit import aihwkit_json, aihwkit_preset
from .crosssim import crosssim_device
from .neurosim import neurosim_parameters
from .tables import levels_csv, transitions_csv

FORMATS: Mapping[str, Callable[[StateModel], str]] = {
    "json": model_json,
    "csv": transitions_csv,
    "crosssim": crosssim_device,
    "aihwkit": aihwkit_preset,
    "neurosim": neurosim_parameters,
}


def write_export(model: StateModel, form: str, to: Path, *, overwrite: bool = False) -> None:
    """Write a model in one of FORMATS to a file.

    csv writes the levels beside it, into NAME-levels.csv; aihwkit writes code, or parameters where
    the file ends in .json. Raises AnalysisError for an unknown form and a model that it cannot
    hold, OutputFileError for a file that exists or cannot be written.
    """
    if form not in FORMATS:
        raise AnalysisError(f"There is no format {form!r}; choose one of {', '.join(FORMATS)}.")
    write = aihwkit_json if form == "aihwkit" and to.suffix == ".json" else FORMATS[form]
    files = {to: write(model)}
    if form == "csv":
        files[to.with_name(f"{to.stem}-levels{to.suffix}")] = levels_csv(model)
    for path in files:
        check_overwrite(path, overwrite=overwrite)
    for path, text in files.items():
        with atomic_write(path) as draft:
            draft.write_text(text, encoding="utf-8")
