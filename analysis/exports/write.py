"""Writes a state model in the form of another program to a file."""

from collections.abc import Callable, Mapping
from pathlib import Path

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
    the file ends in .json. Raises AnalysisError for an unknown form, a model that the form cannot
    hold, and a file that is there already.
    """
    if form not in FORMATS:
        raise AnalysisError(f"There is no format {form!r}; choose one of {', '.join(FORMATS)}.")
    write = aihwkit_json if form == "aihwkit" and to.suffix == ".json" else FORMATS[form]
    files = {to: write(model)}
    if form == "csv":
        files[to.with_name(f"{to.stem}-levels{to.suffix}")] = levels_csv(model)
    for path, text in files.items():
        if path.exists() and not overwrite:
            raise AnalysisError(f"{path} is there already; give another name, or --overwrite.")
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise AnalysisError(f"{path} cannot be written ({error.strerror}).") from error
