"""A bench whose array answers as the digital twin does: nothing is sent to any instrument.

    bench = twin_bench(bench_file, model, seed=1)
    run(procedure, bench, store)

The roles are those of a dry run (`recording_bench`), so that limits and cold switching are checked
as on a real bench and the clock advances by what instruments on GPIB would take. Pulses, fields and
readings go to `simulators.device.Twin`, each device with a random stream of its own.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ....analysis.state_model.file import model_document
from ....analysis.state_model.model import StateModel
from ....instruments import Bench, BenchFile, Reading
from ....protocols.dry_run.recording_bench import (
    RecordingBench,
    RecordingGenerator,
    RecordingMagnet,
    RecordingMeter,
    RecordingSwitch,
)
from ...device import Twin, twin_parameters

if TYPE_CHECKING:
    import pandas as pd


def twin_bench(
    bench_file: BenchFile,
    model: StateModel,
    *,
    seed: tuple[int, ...] = (1,),
    points: "pd.DataFrame | None" = None,
) -> Bench:
    """Return the bench of a file with the model's twins in place of the array.

    The bench is named as the twin; limits and wiring are those of the file. With the `points` of a
    run that is to be resumed, the twins are as these left them. Raises BenchError if the file has
    no switch.
    """
    named = f"the digital twin of {model.name}:{model.version}"
    base = RecordingBench(bench_file)
    rows, columns = base.switch.rows, base.switch.columns
    number = int(np.random.SeedSequence(seed).generate_state(1)[0])
    twins = Twin(twin_parameters(model_document(model)), number, max(1, rows * columns))
    if points is not None:
        _restore(twins, points, columns)
    clock, array = base.clock, _Connected(twins, columns)
    device = bench_file.device.model_copy(update={"name": f"twin of {model.name}"})
    bench_file = bench_file.model_copy(update={"name": named, "device": device})
    return Bench(
        bench_file,
        _TwinGenerator(clock, named, array=array),
        _TwinMagnet(
            clock,
            named,
            rate_T_per_s=base.magnet.rate_T_per_s,
            has_gaussmeter=base.magnet.has_gaussmeter,
            gaussmeter_identity=named,
            array=array,
        ),
        _TwinMeter(clock, named, nplc=base.meter.nplc, array=array),
        clock,
        switch=(_TwinSwitch(clock, named, rows, columns, array=array) if base.has_switch else None),
    )


def _restore(twins: Twin, points: "pd.DataFrame", columns: int) -> None:
    """Bring the twins to where the points of a run left them."""
    for row, column, ohm, amplitude_V in zip(
        points["row"],
        points["column"],
        points["resistance_ohm"],
        points["amplitude_V"],
        strict=True,
    ):
        place = int(row) * columns + int(column)
        twins.part(place, place + 1).restore(float(ohm), float(amplitude_V))


@dataclass(slots=True)
class _Connected:
    """The devices, and the one that the switch connects."""

    devices: Twin
    columns: int
    field_T: float = 0.0
    one: Twin | None = None


@dataclass(slots=True)
class _TwinSwitch(RecordingSwitch):
    array: _Connected = field(kw_only=True)

    def _move_to(self, device: tuple[int, int] | None) -> None:
        RecordingSwitch._move_to(self, device)
        place = None if device is None else device[0] * self.array.columns + device[1]
        self.array.one = None if place is None else self.array.devices.part(place, place + 1)


@dataclass(slots=True)
class _TwinGenerator(RecordingGenerator):
    array: _Connected = field(kw_only=True)

    def fire(self, amplitude_V: float) -> None:
        RecordingGenerator.fire(self, amplitude_V)
        self.pulses.clear()
        if self.array.one is not None:
            shape = self.shape
            self.array.one.drive(
                amplitude_V, shape.width_s, self.array.field_T, shape.rise_s, shape.fall_s
            )


@dataclass(slots=True)
class _TwinMagnet(RecordingMagnet):
    array: _Connected = field(kw_only=True)

    def set_field(self, field_T: float) -> float:
        self.array.field_T = RecordingMagnet.set_field(self, field_T)
        self.array.devices.drive(0.0, 1.0, self.array.field_T)
        return self.array.field_T


@dataclass(slots=True)
class _TwinMeter(RecordingMeter):
    array: _Connected = field(kw_only=True)

    def read(self) -> Reading:
        RecordingMeter.read(self)
        self.times_s.clear()
        assert self.array.one is not None, "a device is connected before it is read"
        voltage_V = self.array.one.junction_voltage_V(self.current_A, self.nplc / 50.0)
        return Reading(float(voltage_V[0]), self.current_A)
