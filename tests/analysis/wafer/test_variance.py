"""Variance components and yields hold their intervals on simulated wafers.

Coverages are of 500 draws from fixed seeds: a true one of 95 % is below 91.5 % once in some 5000
draws of a seed.
"""

from collections.abc import Sequence

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.wafer.variance import tilt, variance_components
from dwmtj.analysis.wafer.yields import clustered_share

DRAWS = 500
LEAST = 0.915


def wafer(
    rng: np.random.Generator, die_std: float, device_std: float, counts: Sequence[int]
) -> list[np.ndarray]:
    return [
        10 + die_std * rng.standard_normal() + device_std * rng.standard_normal(count)
        for count in counts
    ]


@pytest.mark.parametrize("counts", [[4] * 37, [3] * 6, [1, 2, 3, 4, 4, 2, 3, 1, 4, 4]])
@pytest.mark.parametrize("die_std", [0.0, 1.0, 3.0])
def test_the_intervals_cover_the_truth(die_std: float, counts: list[int]) -> None:
    rng = np.random.default_rng(7)
    covered = np.zeros(3)
    for _ in range(DRAWS):
        found = variance_components(wafer(rng, die_std, 1.0, counts))
        covered += [10 in found.mean, die_std in found.die_std, 1.0 in found.device_std]
    assert (covered / DRAWS >= LEAST).all(), covered / DRAWS


def test_balanced_components_are_those_of_the_analysis_of_variance() -> None:
    values = [np.array([1.0, 3.0]), np.array([4.0, 8.0]), np.array([2.0, 6.0])]
    found = variance_components(values)
    # Mean squares: (2 + 8 + 8)/3 = 6 within, 2 · var(2, 6, 4) = 8 between; (8 − 6)/2 = 1.
    assert found.mean.value == pytest.approx(4.0)
    assert found.device_std.value == pytest.approx(np.sqrt(6))
    assert found.die_std.value == pytest.approx(1.0)
    assert found.die_share == pytest.approx(1 / 7)
    assert (found.dies, found.devices) == (3, 6)


@pytest.mark.parametrize(
    "values", [[np.array([1.0, 2.0])], [np.array([1.0]), np.array([2.0]), np.array([4.0])]]
)
def test_what_is_not_determined_has_no_value_and_an_unbounded_interval(
    values: list[np.ndarray],
) -> None:
    found = variance_components(values)
    assert np.isnan(found.die_std.value)
    assert (found.die_std.low, found.die_std.high) == (0.0, np.inf)


def test_devices_that_are_all_alike_do_not_vary() -> None:
    found = variance_components([np.full(3, 4.0)] * 5)
    assert found.mean.low == found.mean.high == 4.0
    assert found.die_std.high == found.device_std.high == 0.0


def test_without_a_value_there_are_no_components() -> None:
    with pytest.raises(AnalysisError, match="No device"):
        variance_components([np.array([])])


def test_a_tilt_is_told_from_what_the_dies_scatter() -> None:
    rng = np.random.default_rng(8)
    positions_m = np.array([(x, y) for x in range(6) for y in range(6)]) / 100
    covered = np.zeros(3)
    for _ in range(DRAWS):
        flat = wafer(rng, 0.5, 1.0, [int(n) for n in rng.integers(1, 5, len(positions_m))])
        tilted = [v + 30 * x - 10 * y for v, (x, y) in zip(flat, positions_m, strict=True)]
        found = tilt(tilted, positions_m)
        covered += [30 in found.along_x, -10 in found.along_y, 0.5 in found.die_std]
    assert (covered / DRAWS >= LEAST).all(), covered / DRAWS


@pytest.mark.parametrize("positions_m", [[(0, 0), (1, 0), (0, 1)], [(k, k) for k in range(6)]])
def test_dies_on_a_line_have_no_tilt(positions_m: list[tuple[int, int]]) -> None:
    values = [np.array([1.0, 2.0])] * len(positions_m)
    with pytest.raises(AnalysisError, match="four dies"):
        tilt(values, np.array(positions_m, dtype=float))


@pytest.mark.parametrize(("share", "alike"), [(0.5, 0.0), (0.8, 0.2), (0.8, 0.6)])
def test_a_yield_covers_the_truth_where_devices_of_a_die_share_a_fate(
    share: float, alike: float
) -> None:
    rng = np.random.default_rng(9)
    covered = 0
    for _ in range(DRAWS):
        of_die = np.full(20, share)
        if alike:
            size = (1 - alike) / alike
            of_die = rng.beta(share * size, (1 - share) * size, 20)
        good = rng.binomial(4, of_die)
        covered += share in clustered_share([int(k) for k in good], [4] * 20)
    assert covered / DRAWS >= LEAST


def test_a_yield_of_all_or_none_counts_dies_not_devices() -> None:
    all_good = clustered_share([4] * 10, [4] * 10)
    assert all_good.value == all_good.high == 1.0
    assert all_good.low == pytest.approx(0.025 ** (1 / 10))  # Clopper and Pearson, 10 of 10
    none = clustered_share([0, 0, 0], [4, 0, 4])
    assert (none.value, none.low) == (0.0, 0.0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 2))
    with pytest.raises(AnalysisError, match="No device"):
        clustered_share([0], [0])
