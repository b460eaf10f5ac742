"""What a pulse does to walls that have withstood others."""

from dataclasses import replace
from typing import Literal

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.state_model.model import Pulses
from dwmtj.analysis.state_model.sampling import most_likely
from dwmtj.analysis.writing.transitions import (
    MAX_AMPLITUDES,
    PulseHistory,
    TransitionTables,
    saturated_level,
    transition_tables,
    transition_tables_of,
)
from dwmtj.tests.analysis.test_write_policy import DOWN, SOURCE, UP, a_model

Counts = list[list[list[int]]]


def pulses(
    polarity: Literal["positive", "negative"], amplitudes_V: tuple[float, ...], counts: Counts
) -> Pulses:
    nested = tuple(tuple(tuple(row) for row in one) for one in counts)
    return Pulses(polarity, 5e-8, None, None, None, amplitudes_V, nested, SOURCE)


def positive_table(amplitudes_V: tuple[float, ...], counts: Counts) -> TransitionTables:
    model = a_model()
    tables = (pulses("positive", amplitudes_V, counts), model.pulses[1])
    return transition_tables(replace(model, pulses=tables))[0]


LADDER: Counts = [
    [[2, 2, 0], [0, 0, 0], [0, 0, 0]],
    [[4, 0, 0], [0, 4, 0], [0, 0, 0]],  # moves nothing
    [[0, 1, 1], [0, 1, 3], [0, 0, 0]],
]
FIRST = np.array([[0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]])
LAST = np.array([[0, 0.5, 0.5], [0, 0.25, 0.75], [0, 0, 1]])


def test_a_pulse_acts_as_the_ladder_from_what_was_withstood_up_to_it() -> None:
    found = positive_table((1.0, 1.5, 2.0), LADDER)
    assert found.amplitudes_V.tolist() == [1.0, 2.0]  # 1.5 V does nothing of its own
    assert found.probabilities.shape == (3, 2, 3, 3)
    assert found.probabilities[0, 0] == pytest.approx(FIRST)
    assert found.probabilities[0, 1] == pytest.approx(FIRST @ LAST)
    assert found.probabilities[1, 1] == pytest.approx(LAST)
    for withstood, pulse in ((1, 0), (2, 0), (2, 1)):
        assert found.probabilities[withstood, pulse].tolist() == np.eye(3).tolist()


def test_a_ladder_that_ended_early_goes_on_as_its_last_walls_did() -> None:
    cut = [LADDER[0], [[1, 2, 1], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 0, 4], [0, 0, 0]]]
    last = positive_table((1.0, 1.5, 2.0), cut).probabilities[2, 2]
    assert last[0].tolist() == pytest.approx([0, 2 / 3, 1 / 3])
    assert last[1].tolist() == [0, 0, 1]
    assert last[2].tolist() == [0, 0, 1]  # never seen to move: stays


def test_walls_seen_to_withstand_the_largest_pulse_stay() -> None:
    withstood = [LADDER[0], LADDER[1], [[3, 0, 0], [0, 1, 3], [0, 0, 0]]]
    assert positive_table((1.0, 1.5, 2.0), withstood).probabilities[1, 1][0].tolist() == [1, 0, 0]


def test_of_many_amplitudes_an_even_selection_is_offered_with_the_largest() -> None:
    count = 3 * MAX_AMPLITUDES
    moving: Counts = [[[9, 1, 0], [0, 9, 1], [0, 0, 10]]] * count
    amplitudes_V = tuple(0.01 * (number + 1) for number in range(count))
    found = positive_table(amplitudes_V, moving)
    assert len(found.amplitudes_V) == MAX_AMPLITUDES
    assert found.amplitudes_V[[0, -1]].tolist() == [amplitudes_V[0], amplitudes_V[-1]]
    assert np.diff(found.amplitudes_V) == pytest.approx(0.03, abs=0.0101)
    step = np.array([[0.9, 0.1, 0], [0, 0.9, 0.1], [0, 0, 1]])
    assert found.probabilities[0, -1] == pytest.approx(np.linalg.matrix_power(step, count))
    exact = positive_table(amplitudes_V[:MAX_AMPLITUDES], moving[:MAX_AMPLITUDES])
    assert len(exact.amplitudes_V) == MAX_AMPLITUDES


def test_the_largest_amplitude_is_offered_though_it_moves_nothing() -> None:
    found = positive_table((1.0, 1.5), LADDER[:2])
    assert found.amplitudes_V.tolist() == [1.0, 1.5]


def test_the_rung_of_a_wall_is_the_number_of_amplitudes_it_has_withstood() -> None:
    found = TransitionTables(np.array([1.0, 2.0, 3.0]), np.empty(0))
    withstood_V = [0.0, 0.9, 1.0, 2.0 - 1e-12, 2.5, 3.0, 9.0]
    assert found.rung(withstood_V).tolist() == [0, 0, 1, 2, 2, 3, 3]


def test_the_device_that_was_measured_has_the_tables_of_its_model() -> None:
    model = a_model()
    offered = transition_tables(model)
    found = transition_tables_of(most_likely(model), offered, "A3")
    for one, other in zip(found, offered, strict=True):
        assert one.amplitudes_V.tolist() == other.amplitudes_V.tolist()
        assert one.probabilities.shape == other.probabilities.shape
        assert one.probabilities[0, 0] == pytest.approx(other.probabilities[0, 0])


def test_a_history_keeps_the_largest_pulse_of_each_polarity_until_the_wall_moves() -> None:
    history = PulseHistory.empty(4)
    assert history.positive_V.shape == history.negative_V.shape == (4,)
    stayed = np.zeros(4, dtype=bool)
    history = history.after([2.0, -2.0, 0.0, 1.0], stayed)
    history = history.after([1.0, -3.0, -1.0, 4.0], stayed)
    assert history.positive_V.tolist() == [2, 0, 0, 4]
    assert history.negative_V.tolist() == [0, 3, 1, 0]
    history = history.after([-1.0, 2.0, -0.5, 0.0], [True, True, False, True])
    assert history.positive_V.tolist() == [0, 2, 0, 0]
    assert history.negative_V.tolist() == [1, 0, 1, 0]
    alone = PulseHistory.empty().after(1.5, False)
    assert (float(alone.positive_V), float(alone.negative_V)) == (1.5, 0.0)


def test_a_model_without_saturation_or_a_polarity_cannot_be_written() -> None:
    assert saturated_level(a_model()) == 0
    with pytest.raises(AnalysisError, match="A3 has no level after saturation"):
        saturated_level(replace(a_model(), saturated_level=None))
    with pytest.raises(AnalysisError, match="A3 has no positive pulses"):
        transition_tables(a_model(None, DOWN))
    with pytest.raises(AnalysisError, match="A3 has no negative pulses"):
        transition_tables(a_model(UP, None))
