"""How long a query through PyVISA to a virtual instrument takes."""

import statistics
import time
from typing import cast

import pyvisa
from pyvisa.resources import MessageBasedResource

TARGET_us = 25.0
_ROUNDS, _QUERIES = 40, 500


def main() -> None:
    """Print the median time of a query over rounds of 500."""
    manager = pyvisa.ResourceManager("trapezoid?name=benchmark@dwmtj")
    generator = cast("MessageBasedResource", manager.open_resource("GPIB0::10::INSTR"))
    rounds = []
    for _ in range(_ROUNDS):
        start = time.perf_counter()
        for _ in range(_QUERIES):
            generator.query(":VOLT1:HIGH?")
        rounds.append((time.perf_counter() - start) / _QUERIES)
    generator.close()
    median_us = 1e6 * statistics.median(rounds)
    print(f"query through PyVISA: median {median_us:.1f} µs, target ≤ {TARGET_us:.0f} µs")


if __name__ == "__main__":
    main()
