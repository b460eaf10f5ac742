"""How often intervals hold the truth: a table, and limits that allow for a finite sample."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.stats import binom

LOWEST, HIGHEST = 0.92, 0.98
FALSE_ALARM = 0.005
"""Probability that a true share at a limit is called outside of it."""


@dataclass(frozen=True, slots=True)
class Case:
    """One interval: what it is of, under which condition, and whether it holds the truth.

    One that ends at a bound of its quantity (no event seen) is `one_sided`: it may hold more often
    than 98 %.
    """

    quantity: str
    condition: str
    holds: bool
    one_sided: bool = False


def within_limits(holds: int, cases: int, lowest: float = LOWEST, highest: float = HIGHEST) -> bool:
    """Return False if a true share within the limits gives such a number hardly ever."""
    low = float(binom.ppf(FALSE_ALARM, cases, lowest))
    high = float(binom.ppf(1 - FALSE_ALARM, cases, highest))
    return bool(low <= holds <= high)


def print_coverage(cases: Iterable[Case]) -> bool:
    """Print a row for each quantity and condition; return True if all are within the limits."""
    found: dict[tuple[str, str], list[Case]] = defaultdict(list)
    for case in cases:
        found[case.quantity, case.condition].append(case)
    print("| 95 % interval of | condition | cases | contain the true value | |")
    print("|---|---|---|---|---|")
    good = True
    for (quantity, condition), mine in found.items():
        holds = int(np.sum([case.holds for case in mine]))
        highest = 1.0 if all(case.one_sided for case in mine) else HIGHEST
        fine = within_limits(holds, len(mine), highest=highest)
        good &= fine
        share = f"{holds / len(mine):.1%}".replace("%", " %")
        print(f"| {quantity} | {condition} | {len(mine)} | {share} | {'' if fine else '✗'} |")
    return good


def events_seen(events: int) -> str:
    """Return the class of a number of events."""
    return "none seen" if events == 0 else "one seen" if events == 1 else _several(events)


def _several(events: int) -> str:
    return "2 to 5 seen" if events <= 5 else "more seen"
