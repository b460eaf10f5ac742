"""The measurement of a device from micromagnetics on its virtual bench, and its calibration."""

from pathlib import Path

from ...analysis.calibration import calibrate, calibration_runs
from ...analysis.state_model.file import model_document
from ...analysis.state_model.model import StateModel
from ...analysis.state_model.store import model_of
from ...instruments import load_bench_file
from ...simulators.device import DeviceParameters
from ...simulators.micromagnetics import Synapse, TrackFile
from ...storage import Place, Store
from ..console import print_message
from ..measure import measure, open_measurement_bench
from .synapse_bench import Amplitudes, cycling
from .synapse_model import marked, unseen_notches


def measured_model(
    name: str,
    bench_file: Path,
    parameters: DeviceParameters,
    amplitudes: Amplitudes,
    found: Synapse,
    file: TrackFile,
    track_file: Path,
    database: str | None,
    seed: int,
) -> tuple[StateModel, Place]:
    """Measure, calibrate and store; return the model and the place of the database.

    Raises ProtocolError for pulses that no generator makes, AnalysisError where the readings show
    no levels, and StoreError.
    """
    procedures = [
        cycling(parameters, amplitudes, stop_V, file.search.pulse_s)
        for stop_V in amplitudes.stops_V
    ]
    with Store.open(database) as store:
        with open_measurement_bench(load_bench_file(bench_file)) as bench:
            numbers = [
                measure(
                    procedure, bench, store, f"{name}: write up to {stop_V:g} V, reset", seed=seed
                ).run_id
                for procedure, stop_V in zip(procedures, amplitudes.stops_V, strict=True)
            ]
        runs = calibration_runs(store, numbers)
        model = marked(calibrate(runs, name), parameters, found, track_file.name)
        record = store.add_calibration(name, runs[0].device, numbers, model_document(model))
        for notch in unseen_notches(model, parameters, found):
            print_message(
                f"Notch {notch} has no level of its own: its resistance is too near to another "
                "one. Move it, or the junction."
            )
        return model_of(record), store.place
