"""The neuron paper's notched tracks: which current stops the wall at which notch, and how fast.

python benchmarks/neuron_paper_tracks.py run FOLDER [--processes 2] [--seconds S] [--first N]
python benchmarks/neuron_paper_tracks.py [table FOLDER]

`run` computes 119 items in the order of their weight, about two hours on two cores, and appends
to FOLDER/runs.jsonl; the same command resumes with the items that are not finished. `table` prints
what docs/explanation/micromagnetics.md has.
"""

import argparse
import json
import multiprocessing
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from dwmtj.benchmarks._notch_runs import Item, NotchItem, Setting, StaircaseItem
from dwmtj.benchmarks._notch_table import print_tables
from dwmtj.simulators.micromagnetics import MicromagneticsError

FIVE, TEN = Setting(), Setting(notches=10)
FINE = replace(FIVE, cell_nm=3.0)
DAMPINGS = (0.03, 0.05, 0.2, 0.3)
TORQUES: tuple[dict[str, Any], ...] = (
    {"asymmetry": 2.0},
    {"dmi_mJ_per_m2": 2.0},
    {"asymmetry": 2.0, "dmi_mJ_per_m2": 2.0},
)
WIDE = tuple(0.45e12 * 1.18**k for k in range(7))


def items() -> Iterator[Item]:
    """Yield all items, the most important first."""
    for notch in range(1, 6):
        yield NotchItem(FINE, notch, False, 0.92e12)
    yield StaircaseItem(FINE, 60, (0.900e12, 0.923e12))
    yield StaircaseItem(FINE, 60, (0.923e12, 0.950e12))
    yield StaircaseItem(FINE, 60, (0.55e12, 0.714e12, 0.82e12, 1.0e12), is_refined=False)
    for notch in range(1, 6):
        yield from _notch(FIVE, notch)
    yield StaircaseItem(FIVE, 60, WIDE)
    yield StaircaseItem(TEN, 60, WIDE)
    yield NotchItem(FINE, 1, True, 1.34e12)
    for notch in range(1, 11):
        yield NotchItem(TEN, notch, False, 0.87e12)
    yield StaircaseItem(replace(FINE, notches=10), 60, (0.86e12, 0.91e12))
    yield StaircaseItem(replace(FINE, notches=10), 60, (0.91e12, 0.96e12))
    for damping in DAMPINGS:
        yield StaircaseItem(replace(FIVE, damping=damping), 60, WIDE)
    for notch in (2, 3, 4, 5):
        yield NotchItem(FINE, notch, True, 1.34e12)
    for change in TORQUES:
        yield StaircaseItem(replace(FIVE, **change), 60, WIDE)
    for notch in (1, 4, 2, 3):
        for damping in DAMPINGS:
            yield from _notch(replace(FIVE, damping=damping), notch)
        for change in TORQUES:
            yield from _notch(replace(FIVE, **change), notch)
    for start_nm in (100, 150, 200):
        yield StaircaseItem(FIVE, start_nm, WIDE)
    for damping in DAMPINGS:
        yield StaircaseItem(replace(TEN, damping=damping), 60, WIDE)
    for change in TORQUES:
        yield StaircaseItem(replace(TEN, **change), 60, WIDE)
    for notch in range(1, 5):
        yield NotchItem(replace(FINE, mask="area"), notch, False, 0.93e12)
    for notch in (1, 2, 5, 9, 10):
        yield NotchItem(TEN, notch, True, 1.3e12)


def _notch(setting: Setting, notch: int) -> Iterator[Item]:
    yield NotchItem(setting, notch, False, 0.87e12)
    yield NotchItem(setting, notch, True, 1.3e12)


def compute(item: Item, path: Path) -> None:
    """Compute one item; each line of the file is one write, so processes may share it."""
    start_s = time.process_time()

    def report(content: dict[str, Any]) -> None:
        line = json.dumps({"item": item.name, **content}) + "\n"
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)

    try:
        item.compute(report)
    except MicromagneticsError as error:
        report({"kind": "refused", "reason": str(error)})
    except Exception as error:  # the other items go on; not finished, so it is tried again
        report({"kind": "failed", "reason": repr(error)})
        return
    report({"kind": "finished", "cpu_s": round(time.process_time() - start_s, 1)})


def records(path: Path) -> list[dict[str, Any]]:
    """Return what the file holds, without a line that was cut off."""
    found = []
    for line in path.read_text(encoding="utf-8").splitlines() if path.exists() else []:
        try:
            found.append(json.loads(line))
        except json.JSONDecodeError:
            continue
    return found


def run(folder: Path, processes: int, seconds: float, first: int | None) -> None:
    """Compute what is missing, until time is up."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "runs.jsonl"
    finished = {one["item"] for one in records(path) if one["kind"] == "finished"}
    missing = [item for item in [*items()][:first] if item.name not in finished]
    start_s = time.monotonic()
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        results = [pool.apply_async(compute, (item, path)) for item in missing]
        for number, (item, result) in enumerate(zip(missing, results, strict=True), start=1):
            left_s = seconds - (time.monotonic() - start_s)
            try:
                result.get(max(0.0, left_s))
            except multiprocessing.TimeoutError:
                done = sum(one.ready() for one in results)
                print(f"time is up: {done} of {len(missing)} items are finished", flush=True)
                return
            print(
                f"{time.monotonic() - start_s:6.0f} s {number}/{len(missing)} {item.name}",
                flush=True,
            )


def main() -> None:
    """Run or print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("what", choices=("run", "table"), nargs="?", default="table")
    parser.add_argument("folder", type=Path, nargs="?", default=Path("neuron-paper-tracks"))
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1e7)
    parser.add_argument("--first", type=int)
    given = parser.parse_args()
    if given.what == "run":
        run(given.folder, given.processes, given.seconds, given.first)
    elif found := records(given.folder / "runs.jsonl"):
        print_tables(found)
    else:
        print(f"{given.folder} holds no runs: compute them with `run {given.folder}`.")


if __name__ == "__main__":
    main()
