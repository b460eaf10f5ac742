"""A whole staircase point (set, pulse, read, store, publish) against its bare driver calls."""

import statistics
import sys
import tempfile
import time
from pathlib import Path

from pymeasure.instruments.keithley import Keithley2400
from pymeasure.instruments.keysight import Keysight81160A

from dwmtj.instruments import Bench, load_bench_file, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.runner import run
from dwmtj.storage import Store

TARGET_US = 400
TARGET_SHARE_US = 150
POINTS = 1000
ROUNDS = 5


def main() -> int:
    bench_file = load_bench_file("virtual-trapezoid")
    whole_us, bare_us = [], []
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
            bare_us.append(bare_calls_us(bench, generator, meter))
    whole, bare = statistics.median(whole_us), statistics.median(bare_us)
    share = statistics.median(w - b for w, b in zip(whole_us, bare_us, strict=True))
    print(
        f"staircase point: {whole:.0f} µs (target ≤ {TARGET_US}), bare driver calls {bare:.0f} µs, "
        f"own share {share:.0f} µs (target ≤ {TARGET_SHARE_US}), ratio {whole / bare:.2f}"
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
