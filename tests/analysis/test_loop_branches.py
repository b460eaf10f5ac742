"""Loops are read by the order of their fields, wherever the sweep starts and however it goes on."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, branches_of, measure_minor_loop

UP_mT = np.arange(-80.0, 81.0, 2.0)
DOWN_mT = UP_mT[::-1]
SWEEPS = {
    "from the negative end": np.r_[UP_mT, DOWN_mT],
    "from the positive end": np.r_[DOWN_mT, UP_mT],
    "three loops in one": np.tile(np.r_[DOWN_mT, UP_mT], 3),
    "from zero, up first": np.r_[UP_mT[UP_mT >= 0], DOWN_mT, UP_mT],
    "from zero, down first": np.r_[DOWN_mT[DOWN_mT <= 0], UP_mT, DOWN_mT],
}


def hysteresis(
    field_mT: np.ndarray, *, low_ohm: float = 65.0, high_ohm: float = 100.0, noise_ohm: float = 0.05
) -> pd.DataFrame:
    """A loop that switches at −53.3 mT on the way down and at 43.1 mT on the way up."""
    rng, state, readings = np.random.default_rng(1), field_mT[0] > 0, []
    for field in field_mT:
        state = field > 43.1 or (state and field >= -53.3)
        readings.append((high_ohm if state else low_ohm) + rng.normal(0, noise_ohm))
    return pd.DataFrame({"phase": "loop", "field_T": field_mT / 1e3, "resistance_ohm": readings})


@pytest.mark.parametrize("sweep", SWEEPS.values(), ids=SWEEPS)
@pytest.mark.parametrize("noise_ohm", [0.05, 4.0])
def test_the_fields_do_not_depend_on_where_the_sweep_starts(
    sweep: np.ndarray, noise_ohm: float
) -> None:
    found = measure_minor_loop(hysteresis(sweep, noise_ohm=noise_ohm))
    assert (-0.0533 in found.down_T, 0.0431 in found.up_T) == (True, True)
    assert found.coercive_field_T == pytest.approx(0.048, abs=1e-3)
    assert found.offset_T == pytest.approx(-0.005, abs=1e-3)
    assert found.reference_layer_stays


def test_one_branch_alone_has_one_field() -> None:
    found = measure_minor_loop(hysteresis(UP_mT))
    assert 0.0431 in found.up_T
    assert np.isnan([found.down_T.value, found.coercive_field_T, found.offset_T]).all()


def test_noise_of_the_field_makes_no_branches() -> None:
    noisy = SWEEPS["three loops in one"] + np.random.default_rng(2).normal(0, 2, 6 * len(UP_mT))
    assert [branch.way for branch in branches_of(hysteresis(noisy))] == ["down", "up"] * 3


def test_hall_resistances_below_zero_have_fields_and_no_ratio() -> None:
    found = measure_minor_loop(
        hysteresis(np.r_[UP_mT, DOWN_mT], low_ohm=-17.4, high_ohm=-7.1, noise_ohm=0.02)
    )
    assert found.coercive_field_T == pytest.approx(0.048, abs=1e-3)
    assert (found.parallel_ohm, found.antiparallel_ohm) == pytest.approx((-17.4, -7.1), abs=0.01)
    assert np.isnan(found.tmr)


def test_a_major_loop_gives_the_fields_of_the_free_layer() -> None:
    field_mT = np.r_[np.arange(200.0, -201.0, -4.0), np.arange(-200.0, 201.0, 4.0)]
    free = reference = True
    readings = []
    for field in field_mT:
        free = field > 30 or (free and field >= -30)
        reference = field > 150 or (reference and field >= -150)
        readings.append(65.0 if free == reference else 100.0)
    loop = pd.DataFrame({"phase": "loop", "field_T": field_mT / 1e3, "resistance_ohm": readings})
    found = measure_minor_loop(loop)
    assert found.is_major
    assert (found.down_T.value, found.up_T.value) == pytest.approx((-0.030, 0.030), abs=2.1e-3)
    assert found.tmr == pytest.approx(35 / 65)


def test_steps_on_the_way_widen_the_interval() -> None:
    loop = hysteresis(np.r_[UP_mT, DOWN_mT], noise_ohm=0.0)
    before = measure_minor_loop(loop).up_T
    at = int(np.flatnonzero(loop["resistance_ohm"] > 99)[0])
    loop.loc[at + 2 : at + 5, "resistance_ohm"] = 66.0
    after = measure_minor_loop(loop).up_T
    assert after.high - after.low > 3 * (before.high - before.low)


def test_a_spike_is_no_part_of_the_loop() -> None:
    loop = hysteresis(np.r_[UP_mT, DOWN_mT])
    loop.loc[[20, 100], "resistance_ohm"] = [1e6, 0.01]
    found = measure_minor_loop(loop)
    assert (found.parallel_ohm, found.antiparallel_ohm) == pytest.approx((65, 100), abs=0.1)


def test_noise_alone_is_no_loop() -> None:
    flat = hysteresis(np.r_[UP_mT, DOWN_mT], high_ohm=65.0)
    with pytest.raises(AnalysisError, match="does not switch"):
        measure_minor_loop(flat)
