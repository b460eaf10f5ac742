"""Readings by amplitude and resistance."""

import numpy as np
import pytest

from dwmtj.gui.plots.data.state_counts import MOST_AMPLITUDES, StateCounts


def test_every_amplitude_of_a_staircase_is_a_column_of_its_own() -> None:
    counts = StateCounts()
    ladder = np.round(0.1 + 0.02 * np.arange(196), 6)
    random = np.random.default_rng(1)
    for _ in range(9):
        counts.add(ladder, random.normal(90, 5, 196))
    np.testing.assert_allclose(counts.amplitudes_V, ladder)
    assert counts.hits.sum(axis=1).tolist() == [9] * 196


def test_counts_are_those_of_a_two_dimensional_histogram() -> None:
    counts, random = StateCounts(), np.random.default_rng(2)
    amplitude_V, resistance_ohm = random.choice([0.5, 1.0, -2.0], 3000), random.normal(90, 9, 3000)
    for rows in np.array_split(np.arange(3000), 30):
        counts.add(amplitude_V[rows], resistance_ohm[rows])
    assert counts.amplitudes_V.tolist() == [-2.0, 0.5, 1.0]
    edges = np.linspace(counts.low_ohm, counts.high_ohm, counts.hits.shape[1] + 1)
    for column, amplitude in enumerate(counts.amplitudes_V):
        expected = np.histogram(resistance_ohm[amplitude_V == amplitude], edges)[0]
        assert np.abs(counts.hits[column] - expected).sum() <= 2  # at an edge of two bins


def test_too_many_amplitudes_share_columns_and_none_is_lost() -> None:
    counts = StateCounts()
    counts.add(np.linspace(0.1, 4.0, 5000), np.full(5000, 70.0))
    assert len(counts.amplitudes_V) <= MOST_AMPLITUDES
    assert counts.hits.sum() == 5000


@pytest.mark.parametrize("values", [[100.0], [70.0, 70.0], [1e-6, 1e9], [-5.0, 1e15, 0.0]])
def test_every_reading_is_counted_whatever_its_size(values: list[float]) -> None:
    counts = StateCounts()
    for value in values:
        counts.add(np.array([1.0]), np.array([value]))
    assert counts.hits.sum() == len(values)
