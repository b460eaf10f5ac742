"""Writing levels: known shortest paths, and what cannot be written."""

from typing import Literal

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.analysis.writing.policy import single_shot_policy, write_verify_policy
from dwmtj.analysis.writing.transitions import PulseHistory

SOURCE = Source((1,), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "counted", "ladders")
UP = [[[2, 2, 0], [0, 0, 0], [0, 0, 0]], [[0, 1, 1], [0, 2, 0], [0, 0, 0]]]
DOWN = [[[0, 0, 0], [3, 0, 0], [1, 0, 0]], [[4, 0, 0], [0, 0, 0], [0, 0, 0]]]
Counts = list[list[list[int]]]


def a_model(up: Counts | None = UP, down: Counts | None = DOWN) -> StateModel:
    """Three levels; pulses of 1 V and 2 V, of either polarity unless None."""

    def table(polarity: Literal["positive", "negative"], counts: Counts) -> Pulses:
        nested = tuple(tuple(tuple(row) for row in one) for one in counts)
        return Pulses(polarity, 5e-8, None, None, None, (1.0, 2.0), nested, SOURCE)

    return StateModel(
        name="A3",
        version=1,
        devices=("A3",),
        levels=tuple(
            LevelState(Quantity(mean), Quantity(1.0), 0.1, None, 4) for mean in (100.0, 80.0, 60.0)
        ),
        levels_source=SOURCE,
        pulses=(
            *([] if up is None else [table("positive", up)]),
            *([] if down is None else [table("negative", down)]),
        ),
        prior=Prior(),
        saturation_field_T=0.05,
        saturated_level=0,
        read_noise=None,
    )


def test_the_fewest_pulses_are_those_of_the_known_shortest_path() -> None:
    """At once with 2 V: N = 1 + ¼(1 + N), the quarter that went too far being brought back."""
    policy = write_verify_policy(a_model())
    assert policy.first_V[1].tolist() == [2, 0, -1]
    assert policy.pulses[1, 0] == pytest.approx(5 / 3)
    assert policy.squares_V2[1, 0] == pytest.approx(4.25 / 0.75)
    assert policy.pulses[1].tolist() == pytest.approx([5 / 3, 0, 1 + 5 / 3])
    assert policy.pulses[0].tolist() == pytest.approx([0, 1, 1])


def test_the_least_energy_tries_the_smaller_pulse_first() -> None:
    """Σ V² = 1 + ½(4 + ½(1 + Σ V²)); what withstood 1 V is not given it again."""
    policy = write_verify_policy(a_model(), np.square)
    assert policy.squares_V2[1, 0] == pytest.approx(13 / 3)
    assert policy.pulses[1, 0] == pytest.approx(7 / 3)
    withstood = PulseHistory.empty(2).after(np.array([1.0, 0.0]), np.array([False, False]))
    assert policy.amplitude_V(1, np.zeros(2, dtype=int), withstood).tolist() == [2, 1]
    arrived = withstood.after(np.array([2.0, 1.0]), np.array([True, True]))
    assert (arrived.positive_V.tolist(), arrived.negative_V.tolist()) == ([2, 1], [0, 0])


def test_what_was_withstood_is_not_what_a_new_arrival_costs() -> None:
    """−1 V brings half of level 2 to 1, −2 V the rest to 0: N₀ = 1 + ¼ N₂, N₂ = 1 + ½ (1 + N₀)."""
    down = [[[0, 0, 0], [4, 0, 0], [0, 2, 2]], [[4, 0, 0], [0, 0, 0], [2, 0, 0]]]
    policy = write_verify_policy(a_model(down=down))
    assert policy.pulses[1].tolist() == pytest.approx([11 / 7, 0, 16 / 7])
    assert write_verify_policy(a_model(), np.square).first_V[1, 0] == 1


def test_ladders_that_broke_off_are_taken_to_end_as_the_last_moves_did() -> None:
    interrupted = [[[2, 1, 1], [0, 0, 0], [0, 0, 0]], [[0, 0, 0], [0, 1, 0], [0, 0, 1]]]
    policy = write_verify_policy(a_model(interrupted))
    assert policy.first_V[1, 0] in (1, 2)
    assert np.isfinite(policy.pulses[:, 0]).all()


@pytest.mark.parametrize(
    ("up", "down", "told"),
    [
        (UP, None, "has no negative pulses"),
        (None, DOWN, "has no positive pulses"),
        ([[[0] * 3] * 3, [[4, 0, 0], [0, 0, 0], [0, 0, 0]]], DOWN, "has no wall moved by pos"),
        (
            UP,
            [[*DOWN[0][:2], [0, 0, 0]], DOWN[1]],
            "from level 2. Calibrate it from write-reset-cy",
        ),
        (
            [UP[0], [[1, 1, 0], [0, 2, 0], [0, 0, 0]]],
            DOWN,
            r"up to \+2 V and −2 V, .* every wall on from level 0",
        ),
    ],
)
def test_what_cannot_be_written_is_named_with_what_to_measure(
    up: Counts | None, down: Counts | None, told: str
) -> None:
    with pytest.raises(AnalysisError, match=told):
        write_verify_policy(a_model(up, down))


def test_a_single_shot_fires_the_pulse_that_most_likely_arrives() -> None:
    shot = single_shot_policy(a_model())
    assert shot.amplitude_V.tolist() == [0, 2, 2]
    assert shot.reached[1].tolist() == [0, 0.75, 0.25]
    with pytest.raises(AnalysisError, match="saturated wall to level 2"):
        single_shot_policy(a_model([UP[0], [[0, 2, 0], [0, 2, 0], [0, 0, 0]]]))


def test_the_cost_of_a_pulse_is_a_number_above_zero_for_every_amplitude() -> None:
    for cost in (lambda v: 0.0 * v, lambda v: v, lambda v: np.ones(1), lambda v: np.nan * v):
        with pytest.raises(AnalysisError, match="a number above 0 at every amplitude"):
            write_verify_policy(a_model(), cost)


def test_the_cost_is_asked_for_signed_amplitudes() -> None:
    asked: list[list[float]] = []

    def cost(amplitude_V: np.ndarray) -> np.ndarray:
        asked.append(amplitude_V.tolist())
        return np.where(amplitude_V < 0, 100.0, 1.0)

    dear_resets = write_verify_policy(a_model(), cost)
    assert sorted(asked) == [[-1.0, -2.0], [1.0, 2.0]]
    plain = write_verify_policy(a_model())
    assert dear_resets.pulses[1, 0] >= plain.pulses[1, 0] - 1e-9


def test_walls_that_withstood_more_than_was_ever_seen_get_the_largest_pulses() -> None:
    policy = write_verify_policy(a_model())
    assert policy.start == 0
    assert policy.levels == 3
    assert policy.signed_V.tolist() == [0, 1, 2, -2, -1]
    history = PulseHistory(np.array([2.0, 2.0, 9.0]), np.array([0.0, 2.0, 9.0]))
    fired_V = policy.amplitude_V(1, np.array([0, 0, 0]), history)
    assert fired_V.tolist() == [-2, -2, -2]
    written = policy.amplitude_V([0, 1, 2], [0, 1, 2], history)
    assert written.tolist() == [0, 0, 0]
    half = PulseHistory(np.array([0.0]), np.array([2.0]))
    assert policy.amplitude_V(0, np.array([2]), half).tolist() == [2]


def test_a_level_that_cannot_be_left_for_sure_has_no_pulse_and_an_infinite_cost() -> None:
    stuck = [UP[0], [[0, 1, 1], [0, 2, 0], [0, 0, 0]]]
    resets = [DOWN[0], [[4, 0, 0], [0, 0, 0], [0, 0, 0]]]
    policy = write_verify_policy(a_model(stuck, resets))
    for target in range(3):
        unknown = np.isnan(policy.first_V[target])
        assert np.array_equal(unknown, np.isinf(policy.pulses[target]))
        assert np.array_equal(unknown, np.isinf(policy.squares_V2[target]))
        assert not unknown[policy.start]


def test_a_single_shot_may_be_of_either_polarity_and_is_none_for_the_saturated_level() -> None:
    up = [[[4, 0, 0], *UP[0][1:]], [[0, 4, 0], *UP[1][1:]]]
    down = [[[2, 0, 2], [0, 4, 0], [0, 0, 4]]] * 2
    shot = single_shot_policy(a_model(up, down))
    assert shot.start == 0
    assert shot.amplitude_V.tolist() == [0, 2, -2]
    assert shot.reached[0].tolist() == [1, 0, 0]
    assert shot.reached[2].tolist() == pytest.approx([0.25, 0, 0.75])
    only_up = single_shot_policy(a_model(down=None))
    assert only_up.amplitude_V.tolist() == [0, 2, 2]


def test_levels_that_no_single_pulse_reaches_are_all_named() -> None:
    with pytest.raises(AnalysisError, match="saturated wall to levels 1 and 2: calibrate"):
        single_shot_policy(a_model([[[4, 0, 0], *UP[0][1:]]] * 2))
