"""A run with everything that a file format may lose."""

import math

from dwmtj.storage import Point, Status, Store

TEXTS = ["plain", "", 'a, "b"\nc', "a\rb\r\n", "NaN", "\0", "Ω ", "null", "1"]


def measure_nasty_run(store: Store) -> int:
    """Store a run that was resumed twice, with marks, gaps and quantities of every type."""
    writer = store.begin_run(
        "write-reset-cycling",
        "B1",
        parameters={"amplitude_V": 0.1 + 0.2, "levels": [1, 2], "limit": math.inf},
        bench={"identities": {"magnet": "KEPCO"}, "device": {"geometry": "bar", "notes": "cut"}},
        points_expected=40,
        seed=7,
        operator="Ada",
        notes="first\nlight",
        tags=["good"],
        conditions={"temperature_K": 358.0},
    )
    run_id = writer.run_id
    for attempt in range(3):
        for cycle in range(writer.first_cycle, writer.first_cycle + 3):
            for point in _cycle(cycle, attempt):
                writer.add(point)
        writer.warn("pyvisa", f"slow in attempt {attempt}, ± 0.1 s")
        writer.finish(Status.FAILED if attempt < 2 else Status.FINISHED, "no answer")
        if attempt < 2:
            writer = store.resume_run(run_id, bench={"identities": {}}, operator="Eve")
    return run_id


def _cycle(cycle: int, attempt: int) -> list[Point]:
    texts = {f"text_{number}": text for number, text in enumerate(TEXTS) if cycle % 2 == 0}
    return [
        Point("saturate", 1 / 3, cycle, field_T=-0.0, resistance_ohm=5e-324),
        Point("write", 1e-9, cycle, 1e308, 5e-8, -4e-3, 0.01, 1e-7, math.inf, texts),
        Point("write", 2.0, cycle, mark=f"below {cycle} Ω", extra={"count": 3, "lock_in_V": 2 / 3}),
        Point("read", 3.0, cycle, extra={"ok": True, "mixed": cycle if cycle % 2 else "odd"}),
        Point("read", 4.0, cycle, temperature_K=300.0, extra={"big": 2**70, "none": None}),
        Point("", 5.0, cycle, extra={"odd_V": math.nan, "remark": TEXTS[(cycle + attempt) % 9]}),
    ]
