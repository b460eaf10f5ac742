"""`dwmtj demo`: both synapses of the paper, measured on the virtual bench and compared with it."""

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from analysis import find_levels
from analysis.figures import distribution_map, draw, minor_loop, resistance_against_amplitude
from cli.console import out, print_table
from cli.measure import measure
from cli.options import DatabaseOption, OutOption, SeedOption, choose_bench
from cli.paper import Row, straight_rows, trapezoid_rows
from instruments import Bench, open_bench
from protocols.catalogue import make_protocol
from storage import Store

Parameters = Mapping[str, float | str]


def demo(
    to: OutOption = Path("demo"), database: DatabaseOption = None, seed: SeedOption = 1
) -> None:
    """Measure a trapezoidal and a straight synapse; print the paper's numbers beside these.

    Nothing is plugged in: PyMeasure's drivers speak SCPI through PyVISA to virtual instruments.
    Writes two figures and, unless --database says otherwise, demo.sqlite into the folder --out.
    """
    to.mkdir(parents=True, exist_ok=True)
    with Store.open(database or str(to / "demo.sqlite")) as store:
        trapezoid = _trapezoid(store, to, seed)
        straight = _straight(store, to, seed)
        place = store.path
    for title, rows in (("Trapezoidal synapse", trapezoid), ("Straight synapse", straight)):
        _print_comparison(title, rows)
    out.print(f"figures: {to / 'trapezoid.png'}, {to / 'straight.png'}", markup=False)
    out.print(f"points:  {place}  (dwmtj runs list --database {place})", markup=False)


def _trapezoid(store: Store, to: Path, seed: int | None) -> list[Row]:
    bench_file = choose_bench("virtual-trapezoid", seed)
    with open_bench(bench_file) as bench:
        loop = _measure(store, bench, seed, "minor-loop", {"largest_field_T": 0.07})
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


def _straight(store: Store, to: Path, seed: int | None) -> list[Row]:
    bench_file = choose_bench("virtual-straight", seed)
    with open_bench(bench_file) as bench:
        loop = _measure(
            store, bench, seed, "minor-loop", {"largest_field_T": 0.1, "read_current_A": 20e-6}
        )
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


def _print_comparison(title: str, rows: list[Row]) -> None:
    agree = sum(row.within for row in rows)
    print_table(
        f"{title}: {agree} of {len(rows)} within the paper's spread",
        ("quantity", "paper", "here", "within its spread?"),
        [(row.quantity, row.paper, row.here, "yes" if row.within else "no") for row in rows],
    )
