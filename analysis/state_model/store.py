"""State models in a store, as calibrations, in JSON files, or published (`presets`)."""

from pathlib import Path

from ...storage import CalibrationRecord, Store
from ..errors import AnalysisError
from .file import parse_model, read_model
from .model import StateModel
from .presets import PREFIX, find_preset


def model_of(record: CalibrationRecord) -> StateModel:
    """Return the model of a stored calibration; raises AnalysisError if it is invalid."""
    return parse_model(record.data, f"The stored model {record.name}, version {record.version},")


def find_model(reference: str, database: str | None = None) -> StateModel:
    """Return the model of `NAME`, `NAME:VERSION`, `preset:NAME` or a path ending in `.json`.

    Raises AnalysisError and StoreError.
    """
    if reference.startswith(PREFIX):
        return find_preset(reference)
    if reference.endswith(".json"):
        return read_model(Path(reference).expanduser())
    name, colon, version = reference.partition(":")
    if not name.strip() or (colon and not version.isdecimal()):
        raise AnalysisError(
            f"{reference!r} is no model; write NAME, NAME:VERSION, preset:NAME or a .json file."
        )
    with Store.open(database, create=False, read_only=True) as store:
        return model_of(store.calibration(name, int(version) if colon else None))
