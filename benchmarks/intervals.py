"""Do the intervals of single estimators hold? Data drawn with known truth, analysed, compared.

Series of readings, minor loops, weight updates, trials, ladders: each is drawn many times, with
parameters of its own, and given to the analysis; the table says in how many cases the 95 %
intervals hold the true value, for few and many data. Rates and probabilities are drawn down to a
hundredth of an event: an interval is counted under the number of events that were seen. Devices
measured through the whole bench are in `recovery.py`. Ends with 1 where a share is outside 92 to
98 % by more than chance allows. Intervals that a step or the bound of a quantity ends may hold more
often. `intervals.py 0.1` draws a tenth.
"""

import sys
from collections.abc import Callable, Iterator, Mapping

import numpy as np

from dwmtj.benchmarks._coverage import Case, print_coverage
from dwmtj.benchmarks._interval_laws import depinning_cases, law_cases, sigmoid_cases
from dwmtj.benchmarks._interval_loops import loop_cases, update_cases
from dwmtj.benchmarks._interval_readings import drift_cases, noise_cases, retention_cases
from dwmtj.benchmarks._interval_spreads import device_cases, network_cases, visit_cases
from dwmtj.benchmarks._interval_switching import (
    endurance_cases,
    hump_cases,
    leaving_cases,
    share_cases,
    voltage_cases,
)

Cases = Callable[[np.random.Generator, int], Iterator[Case]]

DRAWN: Mapping[Cases, int] = {
    share_cases: 12_000,
    retention_cases: 1500,
    drift_cases: 600,
    noise_cases: 900,
    loop_cases: 900,
    update_cases: 450,
    voltage_cases: 1500,
    hump_cases: 600,
    leaving_cases: 900,
    endurance_cases: 600,
    sigmoid_cases: 600,
    depinning_cases: 240,
    law_cases: 900,
    visit_cases: 4000,
    device_cases: 1500,
    network_cases: 2000,
}


def main(part: float = 1.0) -> int:
    cases: list[Case] = []
    for number, (kind, count) in enumerate(DRAWN.items()):
        rng = np.random.default_rng([2026, number])
        cases += kind(rng, round(part * count))
    return int(not print_coverage(cases))


if __name__ == "__main__":
    sys.exit(main(*map(float, sys.argv[1:])))
