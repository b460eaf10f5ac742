"""A database as a lab has it after a day, measured on the virtual bench."""

from collections.abc import Mapping
from pathlib import Path

from dwmtj.analysis.calibration import calibrate_stored
from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Store

LIVE_RUN = 7
"""The number of the run that a stand-in pretends to be under way."""


def measure_lab(path: Path) -> Path:
    """Measure seven runs and calibrate a model; return the path."""
    with Store.open(path) as store:
        _measure(store, "minor-loop", {}, "fresh device")
        _measure(store, "staircase-write", {"cycles": 12, "amplitude_step_V": 0.05}, "reference")
        cycling = {"cycles": 6, "amplitude_step_V": 0.05}
        _measure(store, "write-reset-cycling", cycling, "wrong bias field; see 4", stop_after=402)
        _measure(store, "write-reset-cycling", cycling, "for the model")
        _measure(store, "repeated-ramp", {"cycles": 3, "amplitude_step_V": 0.1}, "", lab="straight")
        _measure(store, "read-series", {"readings": 300, "interval_s": 0.0}, "read noise")
        calibrate_stored(store, [2, 4], "trapezoid-A3")
        live = {"cycles": 9, "amplitude_step_V": 0.02}
        _measure(store, "staircase-write", live, "fresh tip, read delay 0", stop_after=1161)
        store.annotate(2, tags=("reference",), starred=True)
        store.annotate(3, tags=("bias",))
    return path


def _measure(
    store: Store,
    protocol: str,
    parameters: Mapping[str, float],
    notes: str,
    *,
    lab: str = "trapezoid",
    stop_after: int | None = None,
) -> None:
    library = f"{lab}?seed=7@dwmtj"
    bench_file = load_bench_file(f"virtual-{lab}").model_copy(update={"visa_library": library})
    measured = iter(range(1, 1_000_000))
    with open_bench(bench_file) as bench:
        run(
            make_protocol(protocol, parameters),
            bench,
            store,
            should_stop=lambda: next(measured) == stop_after,
            operator="A. Physicist",
            notes=notes,
            seed=7,
        )
