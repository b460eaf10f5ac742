"""Where state models are kept: as calibrations in a store, or as JSON files."""

from collections.abc import Sequence
from pathlib import Path

from analysis.calibration import calibrate
from analysis.calibration_runs import calibration_runs
from analysis.errors import AnalysisError
from analysis.state_model import StateModel
from analysis.state_model_file import model_document, parse_model, read_model
from storage import CalibrationRecord, Store


def calibrate_stored(
    store: Store, runs: Sequence[int], name: str, *, several_devices: bool = False
) -> StateModel:
    """Calibrate a model from runs of a store and keep it there under the name's next version.

    Raises AnalysisError and StoreError; then nothing is kept.
    """
    if not name.strip() or ":" in name or name.endswith(".json"):
        raise AnalysisError(
            f"{name!r} cannot name a model; choose a name without a colon that does not end in "
            ".json, such as trapezoid-A3."
        )
    loaded = calibration_runs(store, runs)
    model = calibrate(loaded, name, several_devices=several_devices)
    record = store.add_calibration(name, loaded[0].device, runs, model_document(model))
    return model_of(record)


def model_of(record: CalibrationRecord) -> StateModel:
    """Return the model of a stored calibration; raises AnalysisError if it is not understood."""
    return parse_model(record.data, f"The stored model {record.name}, version {record.version},")


def find_model(reference: str, database: str | None = None) -> StateModel:
    """Return the model that `NAME`, `NAME:VERSION` or a path ending in `.json` refers to.

    Raises AnalysisError and StoreError.
    """
    if reference.endswith(".json"):
        return read_model(Path(reference).expanduser())
    name, colon, version = reference.partition(":")
    if not name.strip() or (colon and not version.isdecimal()):
        raise AnalysisError(f"{reference!r} is no model; write NAME, NAME:VERSION or a .json file.")
    with Store.open(database, create=False, read_only=True) as store:
        return model_of(store.calibration(name, int(version) if colon else None))
