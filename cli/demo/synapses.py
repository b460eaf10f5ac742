"""Both synapses of the paper, measured on the virtual bench, drawn and compared with it."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from ...analysis import find_levels
from ...analysis.figures import distribution_map, draw, minor_loop, resistance_against_amplitude
from ...instruments import Bench
from ...protocols.catalogue import make_protocol
from ...storage import Store
from ..measure import measure, open_measurement_bench
from ..options import choose_bench
from .comparison import Row
from .paper import straight_rows, trapezoid_rows

Parameters = Mapping[str, float | str]


def measure_trapezoid(store: Store, to: Path, seed: int | None) -> list[Row]:
    bench_file = choose_bench("virtual-trapezoid", seed)
    with open_measurement_bench(bench_file) as bench:
        sweep = {"largest_field_T": 0.07, "step_T": 0.001}
        loop = _measure(store, bench, seed, "minor-loop", sweep)
        write = _measure(store, bench, seed, "staircase-write", {"cycles": 13})
        cycling = _measure(store, bench, seed, "write-reset-cycling", {"cycles": 3})
    draw(
        to / "trapezoid.png",
        [
            minor_loop(loop),
            resistance_against_amplitude(write),
            resistance_against_amplitude(cycling),
        ],
        ["Minor loop", "Write, from saturation", "Write and reset"],
    )
    return trapezoid_rows(loop, write, cycling, bench_file.device.junction_area_m2 or 0.0)


def measure_straight(store: Store, to: Path, seed: int | None) -> list[Row]:
    bench_file = choose_bench("virtual-straight", seed)
    with open_measurement_bench(bench_file) as bench:
        sweep = {"largest_field_T": 0.1, "step_T": 0.001, "read_current_A": 20e-6}
        loop = _measure(store, bench, seed, "minor-loop", sweep)
        ramp = _measure(store, bench, seed, "repeated-ramp", {"cycles": 10})
    draw(
        to / "straight.png",
        [
            minor_loop(loop),
            resistance_against_amplitude(ramp),
            distribution_map(ramp, find_levels(ramp)),
        ],
        ["Minor loop", "Ramps, from saturation", "State distribution"],
    )
    return straight_rows(loop, ramp, bench_file.device.junction_area_m2 or 0.0)


def _measure(
    store: Store, bench: Bench, seed: int | None, protocol: str, parameters: Parameters
) -> pd.DataFrame:
    procedure = make_protocol(protocol, parameters)
    outcome = measure(procedure, bench, store, f"{bench.device_name}: {protocol}", seed=seed)
    return store.points(outcome.run_id)
