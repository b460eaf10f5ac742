"""Both synapses of the paper, measured on the virtual bench, drawn and compared with it."""

from collections.abc import Mapping
from pathlib import Path

from ...analysis.criteria import Comparison, RunResults, compare, load_criteria
from ...analysis.figures import distribution_map, draw, minor_loop, resistance_against_amplitude
from ...instruments import Bench
from ...protocols.catalogue import make_protocol
from ...storage import Store
from ..measure import measure, open_measurement_bench
from ..options import choose_bench

Parameters = Mapping[str, float | str]


def measure_trapezoid(store: Store, to: Path, seed: int | None) -> Comparison:
    bench_file = choose_bench("virtual-trapezoid", seed)
    with open_measurement_bench(bench_file) as bench:
        sweep = {"largest_field_T": 0.07, "step_T": 0.001}
        loop = _measure(store, bench, seed, "minor-loop", sweep)
        write = _measure(store, bench, seed, "staircase-write", {"cycles": 40})
        cycling = _measure(store, bench, seed, "write-reset-cycling", {"cycles": 10})
    draw(
        to / "trapezoid.png",
        [
            minor_loop(loop.points),
            resistance_against_amplitude(write.points),
            resistance_against_amplitude(cycling.points),
        ],
        ["Minor loop", "Write, from saturation", "Write and reset"],
    )
    return compare((loop, write, cycling), load_criteria("published-trapezoid"))


def measure_straight(store: Store, to: Path, seed: int | None) -> Comparison:
    bench_file = choose_bench("virtual-straight", seed)
    with open_measurement_bench(bench_file) as bench:
        sweep = {"largest_field_T": 0.1, "step_T": 0.001, "read_current_A": 20e-6}
        loop = _measure(store, bench, seed, "minor-loop", sweep)
        ramp = _measure(store, bench, seed, "repeated-ramp", {"cycles": 15})
    draw(
        to / "straight.png",
        [
            minor_loop(loop.points),
            resistance_against_amplitude(ramp.points),
            distribution_map(ramp.points, ramp.levels),
        ],
        ["Minor loop", "Ramps, from saturation", "State distribution"],
    )
    return compare((loop, ramp), load_criteria("published-straight"))


def _measure(
    store: Store, bench: Bench, seed: int | None, protocol: str, parameters: Parameters
) -> RunResults:
    procedure = make_protocol(protocol, parameters)
    outcome = measure(procedure, bench, store, f"{bench.device_name}: {protocol}", seed=seed)
    return RunResults(store.run(outcome.run_id), store.points(outcome.run_id))
