"""State models in the forms of other programs: CrossSim, aihwkit, NeuroSim, CSV and plain JSON.

Each module writes one form as text and says what of the model that program can take up.
`write_export` writes the files.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from analysis.errors import AnalysisError
from analysis.exports.aihwkit import aihwkit_json, aihwkit_preset
from analysis.exports.crosssim import crosssim_device
from analysis.exports.neurosim import neurosim_parameters
from analysis.exports.tables import levels_csv, transitions_csv
from analysis.state_model import StateModel
from analysis.state_model_file import model_json

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


__all__ = [
    "FORMATS",
    "aihwkit_json",
    "aihwkit_preset",
    "crosssim_device",
    "levels_csv",
    "neurosim_parameters",
    "transitions_csv",
    "write_export",
]
