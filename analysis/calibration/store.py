"""Calibration of runs in a store: the model is kept there as the next version of its name."""

from collections.abc import Sequence
from typing import Any

from ...storage import Store
from ..errors import AnalysisError
from ..levels.grouping.given import Wanted
from ..state_model.file import model_document
from ..state_model.model import StateModel
from ..state_model.store import model_of
from .model import calibrate
from .runs import calibration_runs

PROVENANCE = {"version", "date", "code_version", "database"}


def calibrate_stored(
    store: Store,
    runs: Sequence[int],
    name: str,
    *,
    several_devices: bool = False,
    wanted: Wanted | None = None,
    reuse: bool = False,
) -> StateModel:
    """Calibrate a model from runs of a store and keep it there under the name's next version.

    `wanted` gives the number of levels, or their resistances (ohm), by hand. With `reuse`, the
    latest version is returned if it has the same numbers from the same runs. Raises AnalysisError
    and StoreError; then nothing is kept.
    """
    check_model_name(name)
    loaded = calibration_runs(store, runs)
    model = calibrate(loaded, name, several_devices=several_devices, wanted=wanted)
    found = model_document(model)
    earlier = [entry for entry in store.calibrations() if entry.name == name] if reuse else []
    if earlier and without_provenance(earlier[-1].data) == without_provenance(found):
        return model_of(earlier[-1])
    return model_of(store.add_calibration(name, loaded[0].device, runs, found))


def check_model_name(name: str) -> None:
    """Raise AnalysisError for a name that cannot be told from a version or a file."""
    if not name.strip() or ":" in name or name.endswith(".json"):
        raise AnalysisError(
            f"{name!r} cannot name a model; choose a name without a colon that does not end in "
            ".json, such as trapezoid-A3."
        )


def without_provenance(document: Any) -> Any:
    """Return plain data of a model without versions, dates and databases: its numbers and runs."""
    if isinstance(document, dict):
        return {
            key: without_provenance(value)
            for key, value in document.items()
            if key not in PROVENANCE
        }
    if isinstance(document, list):
        return [without_provenance(value) for value in document]
    return document
