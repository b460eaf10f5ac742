"""Stored runs whose truth is known, and criteria files about them."""

from pathlib import Path
from typing import Any

import numpy as np

from dwmtj.analysis.criteria import Comparison, RunResults, compare, load_criteria
from dwmtj.storage import Point, Status, Store

LEVELS_OHM = (100.0, 93.0, 76.0, 67.0)
THRESHOLDS_V = (1.2, 2.6, 3.5)


def staircase(
    store: Store, cycles: int, *, stuck: tuple[int, ...] = (), device: str = "A3", **bench: Any
) -> int:
    """Store rising pulses of 50 ns through four levels, σ = 0.3 Ω from visit to visit.

    The thresholds scatter by 0.04 V. In `stuck` cycles the wall stays in level 1.
    """
    writer = store.begin_run(
        "staircase-write",
        device,
        parameters={"rise_s": 10e-9, "fall_s": 10e-9},
        bench={"device": {"name": device, **bench}},
    )
    rng = np.random.default_rng(1)
    for cycle in range(cycles):
        seat = np.array(LEVELS_OHM) + rng.normal(0, 0.3, 4) * (cycle not in stuck)
        thresholds = np.sort(np.array(THRESHOLDS_V) + rng.normal(0, 0.04, 3))
        for number in range(1, 201):
            amplitude_V = number / 50
            level = 1 if cycle in stuck else int((amplitude_V > thresholds).sum())
            resistance = float(seat[level] + rng.normal(0, 0.05))
            writer.add(
                Point(
                    "write",
                    0.1 * number,
                    cycle,
                    amplitude_V=amplitude_V,
                    pulse_width_s=50e-9,
                    resistance_ohm=resistance,
                )
            )
    writer.finish(Status.FINISHED)
    return writer.run_id


def loop(store: Store, *, device: str = "A3", **bench: Any) -> int:
    """Store a loop of ±80 mT that switches at +40 and −50 mT between 65 and 100 Ω."""
    writer = store.begin_run(
        "minor-loop", device, parameters={}, bench={"device": {"name": device, **bench}}
    )
    rng = np.random.default_rng(2)
    down = np.arange(80, -81, -1)
    for field_mT, limit in [(f, -50) for f in down] + [(f, 40) for f in down[::-1]]:
        resistance = 100.0 if field_mT > limit else 65.0
        writer.add(
            Point(
                "loop",
                0.0,
                0,
                field_T=field_mT / 1e3,
                resistance_ohm=resistance + float(rng.normal(0, 0.02)),
            )
        )
    writer.finish(Status.FINISHED)
    return writer.run_id


def at_rest(store: Store, level: int, *, device: str = "A3", then_ohm: float | None = None) -> int:
    """Store 400 readings of one level, one a second, with a noise of 100 ppm.

    The second half has the resistance `then_ohm`, where it is given.
    """
    writer = store.begin_run("read-series", device, parameters={}, bench={})
    noise = np.random.default_rng(3).normal(0, 1e-4, 400)
    for number in range(400):
        moved = then_ohm is not None and number >= 200
        seat_ohm = then_ohm if moved and then_ohm is not None else LEVELS_OHM[level]
        resistance = seat_ohm * (1 + float(noise[number]))
        writer.add(Point("read", float(number), 0, resistance_ohm=resistance))
    writer.finish(Status.FINISHED)
    return writer.run_id


def results(store: Store) -> list[RunResults]:
    """Return the results of all runs."""
    return [RunResults(store.run(run.id), store.points(run.id)) for run in store.runs()]


def against(runs: list[RunResults], folder: Path, text: str) -> Comparison:
    """Return runs compared with a criteria file of this text."""
    file = folder / "criteria.toml"
    file.write_text(text, encoding="utf-8")
    return compare(runs, load_criteria(file))
