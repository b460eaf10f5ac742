"""Makes the sample database of the current schema version, with all that it holds as JSON.

    python tests/storage/make_database.py FOLDER

writes vN.sqlite and vN.json. Files of earlier versions stay as they
are: test_samples.py opens each in the current version.
"""

import json
import os
import platform
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from dwmtj.analysis.calibration.store import calibrate_stored
from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Point, Status, Store
from dwmtj.storage.schema import SCHEMA_VERSION

STAIRCASE = {"amplitude_start_V": 1.0, "amplitude_stop_V": 4.0, "amplitude_step_V": 0.2}


def main(folder: Path) -> None:
    path = folder / f"v{SCHEMA_VERSION}.sqlite"
    with Store.open(path) as store:
        _measure(store, cycles=12)
        _measure(store, cycles=3, stop_after=25)
        _measure(store, cycles=3, resume=2)
    subprocess.run([sys.executable, __file__, str(path), "interrupted"], check=False)
    with Store.open(path) as store:
        _write_by_hand(store)
        calibrate_stored(store, [1], "trapezoid-1")
        store.add_result(
            "study", "größe", configuration={"bits": 4}, data={"accuracy": [0.86, 1 / 3]}, seed=1
        )
        store.add_result("study", "once", configuration={}, data={"nothing": None}, key="k1")
        content = content_of(store)
    path.with_suffix(".json").write_text(json.dumps(content, ensure_ascii=False) + "\n")


def content_of(store: Store) -> dict[str, Any]:
    """Return all that the database holds, as a current reader finds it."""
    content: dict[str, Any] = {"runs": [], "points": {}, "warnings": {}}
    for summary in store.runs():
        record = store.run(summary.id)
        content["runs"].append(
            {
                "summary": record.summary._asdict(),
                "parameters": record.parameters,
                "conditions": record.conditions,
                "attempts": [_fields(attempt) for attempt in record.attempts],
            }
        )
        frame = store.points(summary.id, all_attempts=True)
        plain = frame.reset_index().astype(object).where(frame.reset_index().notna(), None)
        content["points"][str(summary.id)] = plain.to_dict(orient="list")
        if record.warnings:
            content["warnings"][str(summary.id)] = [_fields(each) for each in record.warnings]
    content["calibrations"] = [_fields(each) for each in store.calibrations()]
    content["results"] = [_fields(each) for each in store.results()]
    loaded: dict[str, Any] = json.loads(json.dumps(content, default=str))
    return loaded


def _fields(record: Any) -> dict[str, Any]:
    return {name: getattr(record, name) for name in record.__dataclass_fields__}


def _measure(
    store: Store, *, cycles: int, stop_after: int | None = None, resume: int | None = None
) -> None:
    library = f"trapezoid?seed=7{'&attempt=2' if resume else ''}@dwmtj"
    bench_file = load_bench_file("virtual-trapezoid").model_copy(update={"visa_library": library})
    measured: list[int] = []

    def should_stop() -> bool:
        measured.append(1)
        return stop_after is not None and len(measured) >= stop_after

    with open_bench(bench_file) as bench:
        run(
            make_protocol("staircase-write", {**STAIRCASE, "cycles": cycles}),
            bench,
            store,
            should_stop=should_stop,
            operator="Ada",
            notes="second try" if resume else "first light",
            seed=7,
            resume=resume,
        )


def _measure_until_killed(store: Store) -> None:
    measured: list[int] = []

    def kill() -> bool:
        measured.append(1)
        if len(measured) == 12:
            os.kill(os.getpid(), signal.SIGKILL)
        return False

    bench_file = load_bench_file("virtual-trapezoid")
    with open_bench(bench_file) as bench:
        procedure = make_protocol("staircase-write", {**STAIRCASE, "cycles": 1000})
        run(procedure, bench, store, should_stop=kill, operator="Eve")


def _write_by_hand(store: Store) -> None:
    device = {"name": "straight-1", "geometry": "straight", "notes": "cut, 1 µm"}
    stated = {"temperature_K": 358.0}
    writer = store.begin_run(
        "lock-in", "straight-1", parameters={}, bench={"device": device}, conditions=stated
    )
    writer.add(Point("saturate", 0.1, field_T=0.05, resistance_ohm=1 / 3))
    writer.add(Point("write", 1e-9, 0, 0.1 + 0.2, 50e-9, -0.004, 0.01, 1e-7, 1e5))
    writer.add(Point("write", 2.0, 1, -5.5, extra={"remark": 'a, "b"\nc', "level": 3, "ok": True}))
    writer.add(Point("write", 3.0, 1, 5.5, resistance_ohm=20.0, mark="below 40 Ω"))
    writer.add(Point("read", 4.0, 1, resistance_ohm=90.0, temperature_K=357.5))
    writer.warn("pyvisa", "The read timed out after 2 s, ± 0.1 s.")
    writer.finish(Status.FAILED, "The magnet does not answer.")


if __name__ == "__main__":
    platform.node = lambda: "lab"  # samples name no computer
    target = Path(sys.argv[1])
    if sys.argv[2:]:
        with Store.open(target) as opened:
            _measure_until_killed(opened)
    else:
        main(target)
