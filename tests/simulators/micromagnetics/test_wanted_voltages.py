"""Depths for wanted voltages: an inversion of thresholds that never leaves what was scanned."""

from math import inf

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    DepthPoint,
    MicromagneticsError,
    depth_tolerances_m,
    proposed_levels,
    swap_probability,
)
from dwmtj.simulators.micromagnetics.barriers.notch_barriers import Barrier, NotchBarriers
from dwmtj.simulators.micromagnetics.thresholds.bracket import Bracket
from dwmtj.simulators.micromagnetics.thresholds.outcome import Outcome
from dwmtj.simulators.micromagnetics.thresholds.wanted_voltages import (
    depths_between_cells_m,
    largest_deviation_V,
)

V_per_A_per_m2 = 0.8e-12
DEPTHS_nm = (4.0, 8.0, 12.0, 20.0)
HELD, LOST = (0.50, 0.90, 1.35, 1.80), (0.54, 0.97, 1.38, 1.90)


def bracket(held: float, lost: float) -> Bracket:
    m = np.zeros((3, 1, 1))
    return Bracket(
        Outcome(held * 1e12, "held", 1e-9, 0.0, 0.0, 0.0, m),
        Outcome(lost * 1e12, "left", 1e-9, 0.0, 0.0, 0.0, m),
    )


def series(
    held: tuple[float, ...] = HELD, lost: tuple[float, ...] = LOST, run_up: float = 0.7
) -> list[DepthPoint]:
    """Return points whose barriers are 1e-20 J a nanometre forward, twice that backward."""
    return [
        DepthPoint(
            depth * 1e-9,
            bracket(run_up * low, run_up * high),
            bracket(low, high),
            NotchBarriers(
                1, 2e-7, Barrier(1e-20 * depth, 0.0, 2.2e-7), Barrier(2e-20 * depth, 0.0, 1.8e-7)
            ),
        )
        for depth, low, high in zip(DEPTHS_nm, held, lost, strict=True)
    ]


@pytest.mark.parametrize("wanted_V", np.linspace(0.416, 1.48, 30).tolist())
def test_a_proposed_depth_has_the_wanted_voltage_between_the_ends_of_the_brackets(
    wanted_V: float,
) -> None:
    (level,) = proposed_levels(series(), [wanted_V], V_per_A_per_m2)
    ends_V = [
        V_per_A_per_m2 * 1e12 * float(np.interp(level.depth_m * 1e9, DEPTHS_nm, ends))
        for ends in (HELD, LOST)
    ]
    assert ends_V[0] < wanted_V < ends_V[1]
    assert np.mean(ends_V) == pytest.approx(wanted_V, rel=1e-12)


def test_the_interval_holds_the_depth_of_every_line_within_the_brackets() -> None:
    rng = np.random.default_rng(3)
    low, high = np.array(HELD), np.array(LOST)
    for wanted_V in (0.5, 0.8, 1.2):
        (level,) = proposed_levels(series(), [wanted_V], V_per_A_per_m2)
        assert level.shallowest_m is not None and level.deepest_m is not None
        assert level.shallowest_m < level.depth_m < level.deepest_m
        for _ in range(100):
            possible = low + (high - low) * rng.random(4)
            found_m = np.interp(wanted_V, 0.8 * possible, DEPTHS_nm) * 1e-9
            assert level.shallowest_m <= found_m <= level.deepest_m
        for ends, depth_m in ((LOST, level.shallowest_m), (HELD, level.deepest_m)):
            assert 0.8 * np.interp(depth_m * 1e9, DEPTHS_nm, ends) == pytest.approx(wanted_V)


def test_an_interval_that_reaches_beyond_the_scan_has_no_end_there() -> None:
    first, last = proposed_levels(series(), [0.418, 1.478], V_per_A_per_m2)
    assert first.shallowest_m is None and first.deepest_m is not None
    assert last.deepest_m is None and last.shallowest_m is not None


def test_the_ends_of_the_scan_belong_to_it() -> None:
    exact = (0.5, 1.0, 1.25, 1.75)
    shallow, deep = proposed_levels(series(exact, exact), [1.75, 0.5], 1e-12)
    assert (shallow.depth_m, deep.depth_m) == (4e-9, 20e-9)
    assert (shallow.shallowest_m, deep.deepest_m) == (4e-9, 20e-9)


def test_run_up_and_barriers_are_those_at_the_proposed_depth() -> None:
    (level,) = proposed_levels(series(), [0.9], V_per_A_per_m2)
    assert (level.run_up_held_V + level.run_up_lost_V) / 2 == pytest.approx(0.7 * 0.9)
    depth_nm = level.depth_m * 1e9
    assert level.barriers.lowest_J == pytest.approx(1e-20 * depth_nm)
    alone = NotchBarriers(
        1, 0.0, Barrier(1e-20 * depth_nm, 0.0, 0.0), Barrier(2e-20 * depth_nm, 0.0, 0.0)
    )
    assert level.barriers.dwell_time_s(300, 1e9) == pytest.approx(alone.dwell_time_s(300, 1e9))


def test_voltages_outside_of_the_scan_are_named_and_refused() -> None:
    with pytest.raises(MicromagneticsError, match=r"0\.3 V, 1\.6 V are outside .* 0\.416 to 1\.48"):
        proposed_levels(series(), [1.6, 0.9, 0.3], V_per_A_per_m2)


def test_a_threshold_that_falls_with_depth_is_refused() -> None:
    with pytest.raises(MicromagneticsError, match=r"does not rise from 8 nm .* to 12 nm"):
        proposed_levels(series((0.5, 1.4, 1.3, 1.8), (0.54, 1.5, 1.38, 1.9)), [0.9], V_per_A_per_m2)


def test_levels_keep_their_order_within_half_the_distance_to_the_nearer_neighbour() -> None:
    levels = proposed_levels(series(), [1.2, 0.5, 0.9], V_per_A_per_m2)
    depths_m = [level.depth_m for level in levels]
    assert depths_m == sorted(depths_m)
    gaps_m = np.diff(depths_m)
    expected_m = np.array([gaps_m[0], min(gaps_m), gaps_m[1]]) / 2
    assert depth_tolerances_m(levels) == pytest.approx(expected_m)
    assert depth_tolerances_m(levels[:1]) == [inf]


def test_depths_are_swapped_as_often_as_drawn_ones() -> None:
    """Chance of a false alarm: 6 in 10⁵ (4 σ of a binomial)."""
    rng = np.random.default_rng(1)
    shallow, deep = rng.normal(5, 0.5, 100_000), rng.normal(5.6, 0.5, 100_000)
    expected = swap_probability(0.6e-9, 0.5e-9)
    scatter = (expected * (1 - expected) / 100_000) ** 0.5
    assert np.mean(shallow > deep) == pytest.approx(expected, abs=4 * scatter)
    assert swap_probability(0.6e-9, 0.0) == 0


def test_a_bent_threshold_shows_in_its_deviation_from_a_line() -> None:
    straight = (0.5, 0.75, 1.0, 1.5)
    assert largest_deviation_V(series(straight, straight), 1e-12) == pytest.approx(0)
    bent = (0.5, 0.85, 1.0, 1.5)
    assert largest_deviation_V(series(bent, bent), 1e-12) == pytest.approx(0.1)
    assert largest_deviation_V(series()[:2], 1e-12) is None


def test_depths_of_partly_filled_cells_are_found() -> None:
    assert depths_between_cells_m([5e-9, 7.5e-9, 15e-9], 5e-9) == [7.5e-9]
    assert depths_between_cells_m([2.5e-9, 7.5e-9], 2.5e-9) == []
