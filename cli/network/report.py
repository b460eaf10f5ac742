"""What `dwmtj network program` prints, draws and keeps when the array has been written and read."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...instruments import BenchFile
from ...protocols.write_verify import WriteVerify
from ...storage import Store
from ..console import out, print_pairs, print_table
from ..learn.options import print_kept

if TYPE_CHECKING:
    from ...analysis.state_model.model import StateModel
    from ...simulators.networks.neuron_network.file import TrainedAnn
    from ...simulators.networks.neuron_network.training import Samples
    from ...simulators.networks.programming.readout_on_array import ReadoutOnArray
    from ...simulators.networks.programming.readout_result import Stage


@dataclass(frozen=True, slots=True)
class Prepared:
    """What is to be written: the network, its readout on levels, by which model and protocol."""

    trained: "TrainedAnn"
    model: "StateModel"
    readout: "ReadoutOnArray"
    procedure: WriteVerify


@dataclass(frozen=True, slots=True)
class Reading:
    """The whole array, read by a run after a wait: resistances (rows, columns), NaN where open."""

    run_id: int
    wait_s: float
    read_ohm: NDArray[np.float64]

    @property
    def name(self) -> str:
        """What the stage is called."""
        return "as written" if not self.wait_s else f"as written, after {_time(self.wait_s)}"


def report(
    store: Store,
    prepared: Prepared,
    test: "Samples",
    written: int,
    readings: Sequence[Reading],
    bench_file: BenchFile,
    to: Path,
) -> None:
    """Print the numbers, keep them as a result and draw the figures."""
    from ...analysis.figures import array_map, pulses_per_device, save
    from ...analysis.writing.outcome import measure_writing
    from ...simulators.networks.programming.readout_figure import accuracy_panel
    from ...simulators.networks.programming.readout_result import stages, writing_document

    points = store.points(written, all_attempts=True)
    writing = measure_writing(points)
    numbers = writing_document(writing, bench_file.device.track_resistance_ohm)
    reached = stages(
        prepared.trained,
        prepared.readout,
        test,
        {reading.name: reading.read_ohm for reading in readings},
    )
    retention = _retention(prepared, readings)
    result = store.add_result(
        "network-program",
        prepared.trained.data_set,
        configuration=_configuration(prepared, written, readings, bench_file),
        data={
            "writing": numbers,
            "stages": [stage.document() for stage in reached],
            "retention": retention,
        },
        seed=store.run(written).attempts[0].seed,
    )
    results = f"result {result.id}"
    source = f"{results} of {store.path}"
    panels = [array_map(points), accuracy_panel(reached)]
    if writing.pulsed.any():
        panels.append(pulses_per_device(points))
    files = [path for panel in panels for path in save(panel, to, panel.name, source=source)]
    _print_writing(numbers)
    _print_stages(reached)
    for sentence in retention:
        out.print(str(sentence["told"]), markup=False, soft_wrap=True)
    print_kept(results, store.path)
    out.print(f"{len(files)} files of figures: in {to}", markup=False, soft_wrap=True)


def _configuration(
    prepared: Prepared, written: int, readings: Sequence[Reading], bench_file: BenchFile
) -> dict[str, Any]:
    return {
        "network": {
            "data_set": prepared.trained.data_set,
            "neuron": asdict(prepared.trained.neuron),
            "about": dict(prepared.trained.about),
        },
        "model": f"{prepared.model.name}:{prepared.model.version}",
        "scale": float(prepared.readout.layer.scale.max()),
        "bench": bench_file.name,
        "written_by_run": written,
        "read_by_runs": [reading.run_id for reading in readings],
        "waits_s": [reading.wait_s for reading in readings],
        "most_pulses": int(prepared.procedure.most_pulses),
        "erase": bool(prepared.procedure.erase),
    }


def _retention(prepared: Prepared, readings: Sequence[Reading]) -> list[dict[str, Any]]:
    """Say for each wait what the model expected and how many devices changed their level."""
    from ...simulators.networks.programming.readout_result import expected_to_leave, levels_read

    first = levels_read(prepared.procedure.plan, readings[0].read_ohm)
    told = []
    for reading in readings[1:]:
        now = levels_read(prepared.procedure.plan, reading.read_ohm)
        changed = int((now != first).sum())
        expected = expected_to_leave(prepared.model, prepared.readout, reading.wait_s)
        model = (
            f"model {prepared.model.name} says nothing of retention"
            if expected is None
            else f"model {prepared.model.name} expects {expected:.1f}"
        )
        after = _time(reading.wait_s)
        told.append(
            {
                "wait_s": reading.wait_s,
                "changed": changed,
                "expected": expected,
                "told": f"After {after} {changed} of {now.size} devices read as another level; "
                f"{model}.",
            }
        )
    return told


def _print_writing(numbers: dict[str, Any]) -> None:
    energy_J, devices = numbers["energy_J"], numbers["devices"]
    share = " to ".join(f"{100 * numbers[f'yield_{end}']:.2f}" for end in ("low", "high"))
    rows = [
        ("devices with their target", f"{numbers['written']} of {devices} ({share} %)"),
        ("devices fired at", str(numbers["fired_at"])),
        ("pulses for each of these", f"{numbers['pulses_per_device_fired_at']:.2f} on average"),
        ("most pulses for one", str(numbers["most_pulses"])),
        ("time on the bench", _time(numbers["bench_time_s"])),
        ("of these, pulses", f"{1e6 * numbers['pulse_time_s']:.1f} µs"),
    ]
    told = "not known: give track_resistance_ohm in the bench file"
    rows.append(("energy of the pulses", told if energy_J is None else f"{1e9 * energy_J:.1f} nJ"))
    print_pairs("Writing", rows)


def _print_stages(stages: Sequence["Stage"]) -> None:
    rows = [
        (
            stage.name,
            f"{100 * stage.accuracy:.2f}",
            " to ".join(f"{100 * end:.2f}" for end in stage.interval),
            str(stage.changed),
        )
        for stage in stages
    ]
    columns = ("readout layer", "test accuracy (%)", "95 % interval", "images read otherwise")
    print_table(f"Of {stages[0].images} test images", columns, rows)


def _time(seconds: float) -> str:
    """Return a time in the unit that suits it."""
    for unit, length_s in (("days", 86400.0), ("h", 3600.0), ("min", 60.0)):
        if seconds >= 2 * length_s:
            return f"{seconds / length_s:.3g} {unit}"
    return f"{seconds:.3g} s"
