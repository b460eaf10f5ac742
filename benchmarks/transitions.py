"""Do the intervals of transition probabilities hold? Known devices, drawn, counted, compared.

A device has 2 to 6 levels, each left with a switching voltage that is normal from visit to visit,
on a ladder of 1 to 60 amplitudes; a wall that leaves a level passes the next one with a probability
of its own. So the probability of every transition under every pulse is known. Ladders from the
first level are drawn and counted as a calibration does. A transition counts if its level was
visited at that amplitude and `LEAST` moves or more were to be expected in as many visits; what is
as good as impossible is held by every interval. The last column is that of devices drawn as
`draw_device` does: the mean level after the ladder up to an amplitude drawn at random, whose
interval is that of `DRAWS` devices. Ends with 1 where a share is outside 92 to 98 % by more than
chance allows; without a move seen, intervals begin at 0 and may hold more often.
"""

import sys
from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr

from dwmtj.analysis.state_model.model import Prior, Pulses, Source
from dwmtj.analysis.state_model.transitions import cumulated, draw_posterior, probabilities
from dwmtj.arrays import Floats
from dwmtj.benchmarks._coverage import HIGHEST, within_limits

CYCLES = (3, 5, 10, 30, 100, 400)
DEVICES = 150
LEAST = 0.1
DRAWS = 100
SEEN = ("0", "1", "2 to 5", "more")
SOURCE = Source((), "", "", "2025-01-01T00:00:00+00:00", "drawn", "")


@dataclass(frozen=True, slots=True)
class Truth:
    """Amplitudes (V) and M, shape (amplitudes, from level, to level)."""

    amplitudes_V: Floats
    matrices: Floats


def main(devices: int = DEVICES) -> int:
    print("| cycles | " + " | ".join(f"{seen} moves seen" for seen in SEEN) + " | drawn ladder |")
    print("|---|" + "---|" * (len(SEEN) + 1))
    good = True
    for cycles in CYCLES:
        held, ladder = covered(cycles, devices)
        for seen in SEEN:
            highest = 1.0 if seen == "0" else HIGHEST
            good &= within_limits(sum(held[seen]), len(held[seen]), highest=highest)
        good &= within_limits(round(ladder * devices), devices)
        cells = [
            f"{np.mean(held[seen]):.1%} of {len(held[seen])}" if held[seen] else "–"
            for seen in SEEN
        ]
        print(f"| {cycles} | " + " | ".join(cells) + f" | {ladder:.1%} |")
    return int(not good)


def covered(cycles: int, devices: int, draws: int = DRAWS) -> tuple[dict[str, list[bool]], float]:
    """Return for each number of moves seen which intervals hold, and the share of drawn ladders."""
    held: dict[str, list[bool]] = defaultdict(list)
    ladders = []
    for number in range(devices):
        rng = np.random.default_rng([2026, cycles, number])
        truth = draw_truth(rng)
        counts = count(truth, cycles, rng)
        pulses = as_pulses(truth, counts)
        _, low, high = probabilities(pulses, Prior())
        visits = counts.sum(axis=-1, keepdims=True)
        moves = ~np.eye(counts.shape[-1], dtype=bool)
        asked = moves & (visits * truth.matrices >= LEAST)
        inside = (low <= truth.matrices) & (truth.matrices <= high)
        for seen, holds in zip(counts[asked], inside[asked], strict=True):
            held[_class(int(seen))].append(bool(holds))
        ladders.append(_drawn_ladder_holds(truth, pulses, rng, draws))
    return held, float(np.mean(ladders))


def draw_truth(rng: np.random.Generator) -> Truth:
    """Draw a device: thresholds rise from level to level, walls pass the next with 0 to 30 %."""
    levels, rungs = int(rng.integers(2, 7)), int(np.exp(rng.uniform(0, np.log(60))))
    amplitudes_V = np.linspace(1.0, 4.0, rungs) if rungs > 1 else np.array([2.5])
    threshold_V = np.sort(rng.uniform(1.2, 3.8, levels - 1))
    spread_V = np.exp(rng.uniform(np.log(0.03), np.log(0.5), levels - 1))
    passing = rng.uniform(0, 0.3, levels - 1)
    matrices = np.tile(np.eye(levels), (rungs, 1, 1))
    for level in range(levels - 1):
        kept = ndtr((threshold_V[level] - np.r_[0.0, amplitudes_V]) / spread_V[level])
        leaving = 1 - np.divide(kept[1:], kept[:-1], out=np.zeros(rungs), where=kept[:-1] > 1e-12)
        further = passing[level] if level + 2 < levels else 0.0
        matrices[:, level, level] = 1 - leaving
        matrices[:, level, level + 1] = leaving * (1 - further)
        if further:
            matrices[:, level, level + 2] = leaving * further
    return Truth(amplitudes_V, matrices)


def count(truth: Truth, cycles: int, rng: np.random.Generator) -> npt.NDArray[np.int64]:
    """Return the transitions of as many ladders from the first level."""
    counts = np.zeros(truth.matrices.shape, dtype=np.int64)
    state = np.zeros(cycles, dtype=np.intp)
    for rung, matrix in enumerate(truth.matrices):
        after = (rng.random(cycles)[:, None] > matrix[state].cumsum(axis=1)).sum(axis=1)
        after = np.minimum(after, matrix.shape[0] - 1)
        np.add.at(counts[rung], (state, after), 1)
        state = after
    return counts


def as_pulses(truth: Truth, counts: npt.NDArray[np.int64]) -> Pulses:
    nested = tuple(tuple(tuple(row) for row in table) for table in counts.tolist())
    volts = tuple(truth.amplitudes_V.tolist())
    return Pulses("positive", 5e-8, None, None, None, volts, nested, SOURCE)


def _drawn_ladder_holds(truth: Truth, pulses: Pulses, rng: np.random.Generator, draws: int) -> bool:
    """Return whether drawn devices enclose the true mean level after part of the ladder."""
    level = np.arange(truth.matrices.shape[-1])
    true = cumulated(truth.matrices)[:, 0] @ level
    open_ended = np.flatnonzero((true > 0.02) & (true < level[-1] - 0.02))
    rung = int(rng.choice(open_ended if len(open_ended) else np.arange(len(true))))
    drawn = [cumulated(draw_posterior(pulses, Prior(), rng))[rung, 0] @ level for _ in range(draws)]
    low, high = np.quantile(drawn, [0.025, 0.975])
    return bool(low - 0.02 <= true[rung] <= high + 0.02)


def _class(seen: int) -> str:
    return SEEN[0] if seen == 0 else SEEN[1] if seen == 1 else SEEN[2] if seen <= 5 else SEEN[3]


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
