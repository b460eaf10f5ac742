"""A level that is two shows it in the readings of walls that count as held; one level does not."""

import numpy as np
import pytest

from dwmtj.thresholds.one_level import second_level
from dwmtj.thresholds.trials import Trial


def trials(after_ohm: np.ndarray, seed: int, noise_ohm: float = 0.2) -> list[Trial]:
    """Trials of walls at 100 ohm that count as held and then read `after_ohm` but for noise."""
    rng = np.random.default_rng(seed)
    before = 100 + noise_ohm * rng.standard_normal(len(after_ohm))
    after = after_ohm + noise_ohm * rng.standard_normal(len(after_ohm))
    return [Trial(1.0, False, *pair) for pair in zip(before, after, strict=True)]


@pytest.mark.parametrize("apart_sigma", [4.0, 8.0, 100.0])
def test_a_second_level_is_found_where_it_is(apart_sigma: float) -> None:
    """A third of 80 readings, at 4 σ: missed in fewer than 1 of 100 draws; the seed is fixed."""
    lower_ohm = 100 - 0.2 * apart_sigma
    after = np.where(np.arange(80) % 3 == 0, lower_ohm, 100.0)
    found = second_level(trials(after, seed=1))
    assert found is not None
    assert found.lower_ohm == pytest.approx(lower_ohm, abs=0.15)
    assert found.share == pytest.approx(1 / 3, abs=0.12)


def test_one_level_is_one_also_if_it_shifts_drifts_or_widens() -> None:
    """Each of four kinds in 50 draws of 100 readings, none may be taken for two."""
    for seed in range(50):
        rng = np.random.default_rng([7, seed])
        for after in (
            np.full(100, 100.0),
            np.full(100, 99.8),  # every pulse lowers the reading a little
            100 + 0.2 * rng.standard_normal(100),  # the wall settles anew
            100 + 0.6 * (rng.random(100) - 0.5),  # in a flat well
        ):
            assert second_level(trials(after, seed)) is None


def test_walls_that_all_read_the_second_level_are_found() -> None:
    """Pulses far above the threshold of the first level leave no wall there."""
    gone = [Trial(1.0, True, 100.0, 90.0)] * 20
    found = second_level([*trials(np.full(40, 98.0), seed=2), *gone])
    assert found is not None and found.share == 1
    assert found.lower_ohm == pytest.approx(98.0, abs=0.15)
    assert second_level([*trials(np.full(40, 99.85), seed=2), *gone]) is None


def test_few_readings_and_readings_without_noise_say_nothing_and_fail_nowhere() -> None:
    assert second_level(trials(np.full(5, 90.0), seed=1)) is None
    assert second_level([Trial(1.0, False, 100.0, 100.0)] * 30) is None
    assert second_level([Trial(1.0, None), Trial(None, None)] * 30) is None
