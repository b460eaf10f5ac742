"""The same staircase recorded by this project, PyMeasure and QCoDeS, on the virtual bench.

A recorder takes a number of points, a folder for its file and what is to be told after each point:
it measures them all and returns what they took, without opening and closing. PyMeasure and
QCoDeS make the bare calls of PyMeasure's drivers; this project confirms each set point besides.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import numpy as np
from pymeasure.experiment import Procedure, Results, Worker
from pymeasure.instruments.keithley import Keithley2400
from pymeasure.instruments.keysight import Keysight81160A

from dwmtj.instruments import Bench, load_bench_file, open_bench
from dwmtj.protocols import run
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.run_events import Event, PointMeasured
from dwmtj.storage import Store

Told = Callable[[], None]
Recorder = Callable[[int, Path, Told], "Taken"]
START_V, STEP_V = 0.5, 1e-4
BENCH = "virtual-trapezoid"


class Taken(NamedTuple):
    """What a recording took, by the wall clock and of the processors."""

    wall_s: float
    processor_s: float

    @classmethod
    def now(cls) -> "Taken":
        return cls(time.perf_counter(), time.process_time())

    def until_now(self) -> "Taken":
        """Return what it took since this time."""
        now = Taken.now()
        return Taken(now.wall_s - self.wall_s, now.processor_s - self.processor_s)


def amplitudes_V(points: int) -> list[float]:
    """Return the amplitudes of a staircase of so many points."""
    return [float(amplitude) for amplitude in START_V + STEP_V * np.arange(points)]


def _ladder(points: int) -> dict[str, float]:
    return {
        "amplitude_start_V": START_V,
        "amplitude_stop_V": START_V + STEP_V * (points - 1),
        "amplitude_step_V": STEP_V,
    }


@contextmanager
def armed() -> Iterator[tuple[Bench, Callable[[float], float]]]:
    """Open the bench; also a bare pulse and reading of R, in ohm, by PyMeasure's drivers alone."""
    bench_file = load_bench_file(BENCH)
    assert bench_file.pulse_generator is not None
    with open_bench(bench_file) as bench:
        library = bench_file.visa_library
        generator = Keysight81160A(bench_file.pulse_generator.address, visa_library=library)
        meter = Keithley2400(bench_file.resistance_meter.address, visa_library=library)
        bench.meter.arm(100e-6)
        bench.generator.arm(make_protocol("staircase-write").shape)

        def bare(amplitude_V: float) -> float:
            generator.ch_1.voltage_high = amplitude_V / 2
            generator.trigger()
            generator.check_errors()
            return float(meter.values(":READ?")[0])

        yield bench, bare


def bare_calls(points: int, _folder: Path, _told: Told) -> Taken:
    """Make the calls and record nothing."""
    with armed() as (_, bare):
        began = Taken.now()
        for amplitude_V in amplitudes_V(points):
            bare(amplitude_V)
        return began.until_now()


def confirmed_calls(points: int, _folder: Path, _told: Told) -> Taken:
    """Make the calls of this project's run, each set point confirmed, and record nothing.

    A run asks for identities, saturates and makes the bench safe besides, which is no recording.
    """
    staircase = make_protocol("staircase-write", _ladder(points))
    with open_bench(load_bench_file(BENCH)) as bench:
        began = Taken.now()
        bench.identities()
        bench.meter.arm(staircase.read_current_A)
        bench.generator.arm(staircase.shape)
        for field_T in (staircase.saturation_field_T, staircase.bias_field_T):
            bench.magnet.set_field(field_T)
            bench.meter.read()
        for amplitude_V in amplitudes_V(points):
            bench.generator.fire(amplitude_V)
            bench.meter.read()
        bench.make_safe()
        return began.until_now()


def with_dwmtj(points: int, folder: Path, told: Told) -> Taken:
    """Every point confirmed and committed before it is told of."""

    def listen(event: Event) -> None:
        if isinstance(event, PointMeasured):
            told()

    staircase = make_protocol("staircase-write", _ladder(points))
    with open_bench(load_bench_file(BENCH)) as bench, Store.open(folder / "run.sqlite") as store:
        began = Taken.now()
        run(staircase, bench, store, listeners=(listen,))
        return began.until_now()


def with_pymeasure(points: int, folder: Path, told: Told) -> Taken:
    """A Worker that records to CSV."""
    with armed() as (_, bare):

        class Staircase(Procedure):
            DATA_COLUMNS = ("amplitude_V", "resistance_ohm")

            def execute(self) -> None:
                for amplitude_V in amplitudes_V(points):
                    record = {"amplitude_V": amplitude_V, "resistance_ohm": bare(amplitude_V)}
                    self.emit("results", record)
                    told()

        worker = Worker(Results(Staircase(), str(folder / "run.csv")))
        began = Taken.now()
        worker.start()
        worker.join(timeout=3600)
        return began.until_now()


def with_qcodes(points: int, folder: Path, told: Told, write_period_s: float = 5.0) -> Taken:
    """A dataset as it comes: points are kept in memory and written every five seconds."""
    from qcodes.dataset import (
        Measurement,
        initialise_or_create_database_at,
        load_or_create_experiment,
    )
    from qcodes.parameters import ManualParameter, Parameter

    initialise_or_create_database_at(str(folder / "run.db"))
    experiment = load_or_create_experiment("staircase", "device")
    with armed() as (_, bare):
        amplitude = ManualParameter("amplitude", unit="V", initial_value=START_V)
        resistance = Parameter("resistance", unit="Ohm", get_cmd=lambda: bare(amplitude.get()))
        measurement = Measurement(experiment)
        measurement.write_period = write_period_s
        measurement.register_parameter(amplitude)
        measurement.register_parameter(resistance, setpoints=(amplitude,))
        began = Taken.now()
        with measurement.run() as saver:
            for amplitude_V in amplitudes_V(points):
                amplitude.set(amplitude_V)
                saver.add_result((amplitude, amplitude_V), (resistance, resistance.get()))
                told()
        return began.until_now()


def with_qcodes_every_ms(points: int, folder: Path, told: Told) -> Taken:
    """A dataset that is written every millisecond, the shortest period it takes."""
    return with_qcodes(points, folder, told, write_period_s=1e-3)


RECORDERS: dict[str, Recorder] = {
    "the bare driver calls": bare_calls,
    "the same, confirmed": confirmed_calls,
    "dwmtj": with_dwmtj,
    "PyMeasure (Worker, CSV)": with_pymeasure,
    "QCoDeS, as it comes": with_qcodes,
    "QCoDeS, written every millisecond": with_qcodes_every_ms,
}


def surviving(folder: Path) -> int:
    """Return how many points a reader finds in what a recorder wrote."""
    if (file := folder / "run.csv").exists():
        lines = file.read_text().splitlines(keepends=True)
        rows = [line for line in lines if line[0] not in "#a" and line.endswith("\n")]
        return len(rows)
    if (file := folder / "run.sqlite").exists():
        with Store.open(file, create=False) as store:
            return len(store.points(store.runs()[-1].id))
    if (file := folder / "run.db").exists():
        with sqlite3.connect(file) as connection:
            (table,) = connection.execute("SELECT result_table_name FROM runs").fetchone()
            return int(connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])
    return 0
