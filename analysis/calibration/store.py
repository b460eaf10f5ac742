"""Calibration of runs in a store: the model is kept there as the next version of its name."""

from collections.abc import Sequence

from ...storage import Store
from ..errors import AnalysisError
from ..levels.grouping.given import Wanted
from ..state_model.file import model_document
from ..state_model.model import StateModel
from ..state_model.store import model_of
from .model import calibrate
from .runs import calibration_runs


def calibrate_stored(
    store: Store,
    runs: Sequence[int],
    name: str,
    *,
    several_devices: bool = False,
    wanted: Wanted | None = None,
) -> StateModel:
    """Calibrate a model from runs of a store and keep it there under the name's next version.

    `wanted` gives the number of levels, or their resistances (ohm), by hand. Raises AnalysisError
    and StoreError; then nothing is kept.
    """
    if not name.strip() or ":" in name or name.endswith(".json"):
        raise AnalysisError(
            f"{name!r} cannot name a model; choose a name without a colon that does not end in "
            ".json, such as trapezoid-A3."
        )
    loaded = calibration_runs(store, runs)
    model = calibrate(loaded, name, several_devices=several_devices, wanted=wanted)
    record = store.add_calibration(name, loaded[0].device, runs, model_document(model))
    return model_of(record)
