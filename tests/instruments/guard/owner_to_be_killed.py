"""Opens the bench of a file, switches everything on, begins run 12 and waits to be killed."""

import sys
import time
from pathlib import Path

from dwmtj.instruments import PulseShape, load_bench_file, open_bench

bench_file, notes = sys.argv[1:]
with open_bench(load_bench_file(bench_file)) as bench:
    bench.run_begins(Path(notes), 12, 1)
    bench.generator.arm(PulseShape(width_s=50e-9, rise_s=10e-9, fall_s=10e-9))
    bench.meter.arm(100e-6)
    bench.magnet.set_field(0.05)
    print("armed", flush=True)
    time.sleep(3600)
