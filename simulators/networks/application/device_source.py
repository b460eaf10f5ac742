"""The state model of a device, from a file of readings or from stored runs.

What is stored already is used again: the same file read in the same way is the same run, and the
same runs make the same version of a model. `preview_file` and `preview_runs` store nothing, so that
all that follows can be checked before.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from ....analysis.calibration.model import calibrate
from ....analysis.calibration.runs import calibration_runs
from ....analysis.calibration.store import calibrate_stored, check_model_name
from ....analysis.levels.grouping.given import Wanted
from ....analysis.levels.grouping.gradual import GradualDeviceError
from ....analysis.state_model.model import StateModel
from ....storage import Store
from ....storage.importing.run import ImportedRun, store_run
from ..errors import NetworkError


def import_once(store: Store, run: ImportedRun, device: str, operator: str = "") -> int:
    """Store the run of a file and return its number, or that of the run it was stored as earlier.

    Raises ImportFileError and StoreError.
    """
    read = {
        "columns": dict(run.columns),
        "constants": list(run.constants),
        "rows": run.selection.removeprefix(", "),
    }
    for earlier in store.runs(protocol=run.protocol, device=device.strip()):
        if run.source in earlier.notes and earlier.points == len(run.points):
            kept = store.run(earlier.id).parameters.get("imported", {})
            if read == {key: kept.get(key) for key in read}:
                return earlier.id
    return store_run(store, run, device, operator=operator, again=True)


def preview_file(run: ImportedRun, device: str, wanted: Wanted | None = None) -> StateModel:
    """Return the state model that a file's run will have, by a database that is deleted again.

    Raises as `import_once` and `model_of_runs`.
    """
    with (
        TemporaryDirectory(prefix="dwmtj-apply-") as folder,
        Store.open(Path(folder) / "checked.sqlite") as store,
    ):
        return preview_runs(store, store_run(store, run, device), device, wanted)


def preview_runs(store: Store, run: int, name: str, wanted: Wanted | None = None) -> StateModel:
    """Return the state model that `model_of_runs` will keep, which it raises the same for."""
    check_model_name(name)
    with _levels_of_choice():
        return calibrate(calibration_runs(store, [run]), name, wanted=wanted)


def model_of_runs(
    store: Store, runs: Sequence[int], name: str, wanted: Wanted | None = None
) -> StateModel:
    """Return the state model of stored runs, and keep it; raises NetworkError for a gradual device.

    Raises AnalysisError and StoreError, too.
    """
    with _levels_of_choice():
        return calibrate_stored(store, runs, name, wanted=wanted, reuse=True)


@contextmanager
def _levels_of_choice() -> Iterator[None]:
    try:
        yield
    except GradualDeviceError as error:
        raise NetworkError(
            f"{error} A network on such a device needs levels of your choice: --levels 8 takes 8 "
            "groups of its resistances as levels, whose scatter then counts as error; as a device "
            "that learns from pulses, compare it with `dwmtj learn compare`, whose --model "
            "preset:… has gradual ones."
        ) from error
