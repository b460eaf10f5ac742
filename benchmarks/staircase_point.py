"""A whole staircase point against its exchanges with the instruments, and against bare calls.

The runner's own share is what a point costs beyond its pulse and its reading, each with whatever
confirms it: store, events, clock, stop conditions.
"""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from pymeasure.instruments.keithley import Keithley2400
from pymeasure.instruments.keysight import Keysight81160A

from dwmtj.instruments import Bench, load_bench_file, open_bench
from dwmtj.protocols import run
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.storage import Store

TARGET_US = 400
TARGET_SHARE_US = 75
POINTS = 1000
ROUNDS = 5


def main() -> int:
    bench_file = load_bench_file("virtual-trapezoid")
    assert bench_file.pulse_generator is not None
    whole_us, exchanges_us, bare_us = [], [], []
    with (
        open_bench(bench_file) as bench,
        tempfile.TemporaryDirectory() as folder,
        Store.open(Path(folder) / "points.sqlite") as store,
    ):
        library = bench_file.visa_library
        generator = Keysight81160A(bench_file.pulse_generator.address, visa_library=library)
        meter = Keithley2400(bench_file.resistance_meter.address, visa_library=library)
        for _ in range(ROUNDS):
            whole_us.append(whole_point_us(bench, store))
            exchanges_us.append(exchanges_of_a_point_us(bench))
            bare_us.append(bare_calls_us(bench, generator, meter))
    whole, exchanges, bare = map(statistics.median, (whole_us, exchanges_us, bare_us))
    share = statistics.median(w - e for w, e in zip(whole_us, exchanges_us, strict=True))
    print(
        f"staircase point: {whole:.0f} µs (target ≤ {TARGET_US}), of which pulse and reading "
        f"{exchanges:.0f} µs ({bare:.0f} µs as bare driver calls) and the runner's own share "
        f"{share:.0f} µs (target ≤ {TARGET_SHARE_US}); whole to bare {whole / bare:.2f}"
    )
    return int(whole > TARGET_US or share > TARGET_SHARE_US)


def whole_point_us(bench: Bench, store: Store) -> float:
    procedure = make_protocol(
        "staircase-write",
        {
            "amplitude_start_V": 0.5,
            "amplitude_stop_V": 0.5 + (POINTS - 1) * 1e-4,
            "amplitude_step_V": 1e-4,
        },
    )
    began = time.perf_counter()
    run(procedure, bench, store, listeners=(lambda _: None,))
    return (time.perf_counter() - began) / POINTS * 1e6


def exchanges_of_a_point_us(bench: Bench) -> float:
    bench.meter.arm(100e-6)
    bench.generator.arm(make_protocol("staircase-write").shape)
    began = time.perf_counter()
    for number in range(POINTS):
        bench.generator.fire(0.5 + number * 1e-4)
        bench.meter.read()
    return (time.perf_counter() - began) / POINTS * 1e6


def bare_calls_us(bench: Bench, generator: Keysight81160A, meter: Keithley2400) -> float:
    bench.meter.arm(100e-6)
    bench.generator.arm(make_protocol("staircase-write").shape)
    channel = generator.ch_1
    began = time.perf_counter()
    for number in range(POINTS):
        channel.voltage_high = 0.25 + number * 5e-5
        generator.trigger()
        generator.check_errors()
        meter.values(":READ?")
    return (time.perf_counter() - began) / POINTS * 1e6


if __name__ == "__main__":
    sys.exit(main())
