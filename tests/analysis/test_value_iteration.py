"""The policy of writing is optimal: checked against linear equations over all states."""

from collections.abc import Iterator

import numpy as np
import pytest

from dwmtj.analysis.writing.reachability import reaches_almost_surely
from dwmtj.analysis.writing.value_iteration import expected_cost, optimal_policy

Array = np.ndarray
Action = tuple[int, float, dict[tuple[int, int, int], float]]
LEVELS, ABOVE, BELOW = 3, 2, 2


def table(rng: np.random.Generator, pulses: int, sparse: bool) -> Array:
    """Probabilities [w, a, i, j] of pulses a ≥ w; others leave the wall where it is."""
    found = np.tile(np.eye(LEVELS), (pulses + 1, pulses, 1, 1))
    for withstood in range(pulses):
        for pulse in range(withstood, pulses):
            rows = rng.random((LEVELS, LEVELS)) * (rng.random((LEVELS, LEVELS)) < 0.6)
            if not sparse:
                rows += 0.05
            rows[rows.sum(axis=1) == 0] = np.eye(LEVELS)[rows.sum(axis=1) == 0]
            found[withstood, pulse] = rows / rows.sum(axis=1, keepdims=True)
    return found


def problem(seed: int, *, sparse: bool) -> tuple[Array, Array, tuple[Array, Array]]:
    rng = np.random.default_rng(seed)
    costs = 0.5 + rng.random(ABOVE), 0.5 + rng.random(BELOW)
    return table(rng, ABOVE, sparse), table(rng, BELOW, sparse), costs


def actions(
    onward: Array, back: Array, cost: tuple[Array, Array], state: tuple[int, int, int]
) -> Iterator[Action]:
    """Yield choice, cost and the distribution of states behind each pulse, from the definition."""
    level, w, v = state
    for a in range(w, ABOVE):
        after = {(j, a + 1, v if j == level else 0): onward[w, a, level, j] for j in range(LEVELS)}
        yield a + 1, cost[0][a], after
    for b in range(v, BELOW):
        after = {(j, w if j == level else 0, b + 1): back[v, b, level, j] for j in range(LEVELS)}
        yield -(b + 1), cost[1][b], after


def states() -> list[tuple[int, int, int]]:
    return list(np.ndindex(LEVELS, ABOVE + 1, BELOW + 1))


def largest_probability(onward: Array, back: Array, target: int) -> Array:
    """Return the probability of ever reaching the target under the best choices, by iteration."""
    ones = np.ones(ABOVE), np.ones(BELOW)
    found = np.zeros((LEVELS, ABOVE + 1, BELOW + 1))
    found[target] = 1.0
    for _ in range(3000):
        before = found.copy()
        for state in states():
            if state[0] != target:
                tried = [
                    sum(p * found[after] for after, p in behind.items())
                    for _, _, behind in actions(onward, back, ones, state)
                ]
                found[state] = max(tried, default=0.0)
        if np.allclose(found, before, rtol=0, atol=1e-14):
            break
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_target_is_reached_almost_surely_where_its_largest_probability_is_one(seed: int) -> None:
    onward, back, _ = problem(seed, sparse=True)
    for target in range(LEVELS):
        found = reaches_almost_surely(onward, back, target)
        expected = largest_probability(onward, back, target) > 1 - 1e-9
        assert np.array_equal(found, expected)


def test_among_random_walls_some_reach_the_target_and_some_do_not() -> None:
    shares = [
        reaches_almost_surely(*problem(seed, sparse=True)[:2], target).mean()
        for seed in range(6)
        for target in range(LEVELS)
    ]
    assert 0.34 < np.mean(shares) < 0.9


@pytest.mark.parametrize("seed", range(8))
def test_no_pulse_is_better_than_the_chosen_one_in_any_state(seed: int) -> None:
    onward, back, cost = problem(seed, sparse=seed % 2 == 0)
    for target in range(LEVELS):
        value, choice = optimal_policy(onward, back, cost, target)
        safe = reaches_almost_surely(onward, back, target)
        assert np.array_equal(np.isfinite(value), safe)
        assert (value[target] == 0).all()
        assert (choice[target] == 0).all()
        assert (choice[~safe] == 0).all()
        for state in states():
            if state[0] == target or not safe[state]:
                continue
            tried = {
                chosen: paid + sum(p * value[after] for after, p in behind.items() if p > 0)
                for chosen, paid, behind in actions(onward, back, cost, state)
            }
            assert value[state] == pytest.approx(min(tried.values()), rel=1e-6)
            assert tried[choice[state]] == pytest.approx(value[state], rel=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_the_cost_of_a_policy_solves_its_linear_equations(seed: int) -> None:
    onward, back, cost = problem(seed, sparse=seed % 2 == 0)
    other = 3.0 * cost[0] ** 2, 0.1 + cost[1]
    for target in range(LEVELS):
        value, choice = optimal_policy(onward, back, cost, target)
        assert expected_cost(onward, back, cost, target, choice) == pytest.approx(value, rel=1e-6)
        found = expected_cost(onward, back, other, target, choice)
        known = [state for state in states() if choice[state] != 0]
        number = {state: index for index, state in enumerate(known)}
        matrix, paid = np.eye(len(known)), np.zeros(len(known))
        for state in known:
            for chosen, price, behind in actions(onward, back, other, state):
                if chosen == choice[state]:
                    paid[number[state]] = price
                    for after, probability in behind.items():
                        if after in number:
                            matrix[number[state], number[after]] -= probability
        solved = np.linalg.solve(matrix, paid)
        assert [found[state] for state in known] == pytest.approx(solved.tolist(), rel=1e-6)
        assert (found[target] == 0).all()
        assert np.isinf(found[(choice == 0) & (np.arange(LEVELS) != target)[:, None, None]]).all()
