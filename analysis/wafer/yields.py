"""Yield: the share of devices that fulfil a requirement, where those of one die share a fate.

Devices of a die are not independent, so that the binomial interval of all devices is too narrow.
The interval is Clopper and Pearson's of an effective number of devices (Korn & Graubard, Survey
Methodology 24, 193 (1998)):

    n_eff = p (1 − p)/v · (t_{N−1}/t_{a−1})²,   v = a/(a − 1) · Σ_i (k_i − p n_i)² / N²

with k_i good ones of n_i on die i, a dies and N devices, at most N. If all devices are good, or
none is, v says nothing; then the dies are counted, as if those of one die were all alike.
"""

from collections.abc import Sequence

import numpy as np
from scipy.special import betaincinv

from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import TAIL, t_quantile


def clustered_share(good: Sequence[int], devices: Sequence[int]) -> Estimate:
    """Return the share of good devices of all, of `good` among `devices` on each die, with its
    95 % interval; dies without devices are left out.

    Raises AnalysisError without any device.
    """
    counted = [(k, n) for k, n in zip(good, devices, strict=True) if n]
    if not counted:
        raise AnalysisError("No device of the wafer was measured.")
    k, n = np.array(counted, dtype=float).T
    dies, total = len(n), float(n.sum())
    share = float(k.sum()) / total
    effective = min(total, _effective(k, n, share, dies, total))
    hits = share * effective
    low = float(betaincinv(hits, effective - hits + 1, TAIL)) if hits > 0 else 0.0
    missed = effective - hits
    high = float(betaincinv(hits + 1, missed, 1 - TAIL)) if missed > 0 else 1.0
    return Estimate(share, low, high)


def _effective(
    k: np.typing.NDArray[np.float64],
    n: np.typing.NDArray[np.float64],
    share: float,
    dies: int,
    total: float,
) -> float:
    if share in (0.0, 1.0) or dies < 2:
        return float(dies)
    variance = dies / (dies - 1) * float(np.sum((k - share * n) ** 2)) / total**2
    if variance == 0:
        return total
    narrowing = (t_quantile(total - 1) / t_quantile(dies - 1)) ** 2
    return share * (1 - share) / variance * narrowing
