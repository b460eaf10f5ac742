"""Steps within a level, visit after visit the way of the pulses, are told from creep."""

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis.levels.hidden_steps import resolved_components

SIGMA = np.array([1.0])


def stays(
    rng: np.random.Generator, step: float, visits: int = 12, readings: int = 30
) -> pd.DataFrame:
    """Visits with seats and creep of their own that go down by a step half way; σ is about 1."""
    parts = []
    for sequence in range(visits):
        moved = np.arange(readings) >= rng.integers(readings // 4, 3 * readings // 4)
        value = 100 - step * moved + rng.normal(0, 0.5) + rng.normal(0, 0.7, readings)
        parts.append(pd.DataFrame({"sequence": sequence, "resistance_ohm": value}))
        tail = pd.DataFrame({"sequence": sequence, "resistance_ohm": [50.0]})
        parts.append(tail)
    return pd.concat(parts, ignore_index=True).assign(cycle=0, phase="write")


def components(run: pd.DataFrame, known: int) -> int:
    label = (run["resistance_ohm"].to_numpy() < 75).astype(np.intp)
    return resolved_components(run, label, np.array([1.0, 1.0]), [known, 1])[0]


def test_steps_of_two_sigma_are_found_and_creep_is_none() -> None:
    """40 runs each; a chance of 2 % gives more than 4 false alarms with probability 1e-3."""
    stepping = [components(stays(np.random.default_rng(seed), 2.0), 1) for seed in range(40)]
    creeping = [components(stays(np.random.default_rng(seed), 0.0), 1) for seed in range(40)]
    assert sum(number > 1 for number in stepping) >= 38
    assert sum(number > 1 for number in creeping) <= 4


def test_components_of_a_mixture_stand_unless_nothing_speaks_for_them() -> None:
    """Half of 60 runs that only creep lose them: fewer than 15 or more than 45: 1e-4."""
    left = [components(stays(np.random.default_rng(seed), 0.0), 3) for seed in range(60)]
    assert set(left) == {1, 3}
    assert 15 <= left.count(1) <= 45
    assert components(stays(np.random.default_rng(1), 2.0), 3) == 3


@pytest.mark.parametrize(("visits", "readings"), [(3, 30), (12, 3)])
def test_too_few_visits_or_readings_change_nothing(visits: int, readings: int) -> None:
    run = stays(np.random.default_rng(1), 2.0, visits, readings)
    assert [components(run, known) for known in (1, 2)] == [1, 2]
