"""Probabilities are counted from trials with exact intervals; a sigmoid is given where one fits."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from dwmtj.analysis import (
    AnalysisError,
    SwitchingProbability,
    find_levels,
    fit_sigmoid,
    measure_levels,
    switching_probability,
    threshold_between,
)
from dwmtj.analysis.figures import (
    panels_of,
    png_of,
    probability_against_amplitude,
    resistance_against_pulse,
)
from dwmtj.analysis.intervals import proportion_ci
from dwmtj.analysis.switching import probability
from dwmtj.analysis.switching.probability import _fitted
from dwmtj.instruments import BenchFile, open_bench
from dwmtj.protocols import make_protocol

VOLTS = np.round(np.arange(2.0, 3.01, 0.1), 2)


def counted(
    switched: Sequence[int] | np.ndarray, trials: int, volts: np.ndarray = VOLTS
) -> list[SwitchingProbability]:
    return [
        SwitchingProbability(V, 50e-9, 1, trials, int(k), 0, proportion_ci(int(k), trials))
        for V, k in zip(volts.tolist(), switched, strict=True)
    ]


def trial(cycle: int, amplitude_V: float, *readings_ohm: float) -> pd.DataFrame:
    before, *after = readings_ohm
    count = len(after)
    return pd.DataFrame(
        {
            "cycle": cycle,
            "phase": ["bias", *count * ["write"]],
            "amplitude_V": [np.nan, *count * [amplitude_V]],
            "pulse_width_s": [np.nan, *count * [50e-9]],
            "resistance_ohm": [before, *after],
        }
    )


def test_a_reading_repeated_after_the_pulses_is_not_the_state_before_them() -> None:
    repeated = trial(0, 2.0, 100, 93)
    repeated = pd.concat([repeated, trial(0, 2.0, 93).assign(phase="read")])
    found = switching_probability(pd.concat([repeated, trial(1, 2.0, 100, 100)]), 96.0)
    assert (found[0].switched, found[0].trials, found[0].unprepared) == (1, 2, 0)


def test_trials_are_counted_by_amplitude_and_only_from_the_state_they_should_begin_at() -> None:
    points = pd.concat(
        [
            trial(0, 2.0, 100, 100, 93),
            trial(1, 3.0, 100, 93, 93),
            trial(2, 2.0, 100, 93, 93),
            trial(3, 3.0, 93, 93, 93),
        ]
    )
    first, second = switching_probability(points, 96.0)
    assert (first.amplitude_V, first.switched, first.trials, first.unprepared) == (2.0, 1, 2, 0)
    assert (second.amplitude_V, second.switched, second.trials, second.unprepared) == (3.0, 1, 1, 1)
    assert switching_probability(points, 96.0, pulses=2)[0].switched == 2


def test_a_marked_reading_is_no_trial() -> None:
    points = pd.concat([trial(0, 2.0, 100, 93), trial(1, 2.0, 100, 100), trial(2, 2.0, 100, 100)])
    marks = pd.Series([None, "open contact", None, None, None, None], dtype=object)
    marked = points.assign(mark=marks.to_numpy())
    (found,) = switching_probability(marked, 96.0)
    assert (found.switched, found.trials) == (0, 2)


def test_a_staircase_has_no_trials() -> None:
    staircase = pd.concat([trial(0, 2.0, 100, 100), trial(0, 3.0, 100, 93)])
    with pytest.raises(AnalysisError, match="The pulses of a trial differ"):
        switching_probability(staircase, 96.0)


def test_the_intervals_of_the_sigmoid_hold_the_truth(monkeypatch: pytest.MonkeyPatch) -> None:
    """220 runs a coverage of 95 %: outside of 91 to 98.5 % once in a hundred times."""
    monkeypatch.setattr(probability, "SIMULATED", 1)  # whether it fits is not the question
    rng = np.random.default_rng(5)
    held = []
    for _ in range(220):
        middle_V, sigma_V = rng.uniform(2.4, 2.6), rng.uniform(0.1, 0.2)
        found = fit_sigmoid(counted(rng.binomial(20, ndtr((VOLTS - middle_V) / sigma_V)), 20))
        held.append(
            (
                found.voltage_V.low <= middle_V <= found.voltage_V.high,
                found.sigma_V.low <= sigma_V <= found.sigma_V.high,
            )
        )
    shares = np.mean(held, axis=0)
    assert ((shares > 0.91) & (shares < 0.985)).all()


def test_a_probability_with_a_shelf_is_said_not_to_be_a_sigmoid() -> None:
    shelf = [0, 0, 1, 20, 21, 19, 20, 21, 40, 40, 40]
    assert not fit_sigmoid(counted(shelf, 40)).fits
    assert fit_sigmoid(counted([0, 0, 1, 4, 11, 20, 29, 36, 39, 40, 40], 40)).fits


@pytest.mark.parametrize(
    ("switched", "reason"),
    [
        (11 * [0], "No trial switched"),
        (11 * [10], "Every trial switched"),
        ([*6 * [0], *5 * [10]], "with no amplitude in between"),
        ([*5 * [0], 4, *5 * [10]], "with one amplitude in between, near 2.5 V"),
        (11 * [5], "does not surely rise"),
        ([10, 9, 9, 8, 6, 5, 4, 2, 1, 1, 0], "does not surely rise"),
    ],
)
def test_where_the_trials_determine_no_sigmoid_the_reason_is_given(
    switched: list[int], reason: str
) -> None:
    with pytest.raises(AnalysisError, match=reason):
        fit_sigmoid(counted(switched, 10))


@pytest.fixture
def measured(virtual: Callable[..., BenchFile]) -> pd.DataFrame:
    parameters: dict[str, float | str] = {"amplitude_step_V": 0.05, "reset_V": 4}
    with open_bench(virtual()) as bench:
        points = list(make_protocol("switching-probability", parameters).steps(bench))
    names = ("cycle", "phase", "amplitude_V", "pulse_width_s", "resistance_ohm")
    return pd.DataFrame([{name: getattr(point, name) for name in names} for point in points])


def test_a_run_of_the_virtual_bench_gives_the_threshold_of_its_first_notch(
    measured: pd.DataFrame,
) -> None:
    levels = find_levels(measured[measured["phase"] == "write"])
    found = switching_probability(measured, threshold_between(levels))
    assert {each.trials for each in found} == {10}
    sigmoid = fit_sigmoid(found)
    assert sigmoid.fits
    assert 1.1 < sigmoid.voltage_V.low < sigmoid.voltage_V.high < 1.35
    panels = {panel.name: panel for panel in panels_of(measured).drawn}
    assert len(panels["switching-probability"].data) == len(found)


def test_no_trial_of_a_finished_run_is_called_incomplete(measured: pd.DataFrame) -> None:
    assert measure_levels(measured).incomplete_cycles == ()
    assert measure_levels(measured[:-1]).incomplete_cycles == (129,)


def test_the_figure_says_where_no_sigmoid_is_drawn() -> None:
    points = pd.concat([trial(n, V, 100, 100 if V < 2.5 else 93) for n, V in enumerate(VOLTS)])
    panel = probability_against_amplitude(points, 96.0)
    assert panel.data[["amplitude_V", "trials"]].to_numpy().tolist() == [[V, 1] for V in VOLTS]


def test_trains_are_drawn_against_the_number_of_the_pulse() -> None:
    trains = [trial(0, 2.0, 100, 100, 100, 93), trial(1, 3.0, 100, 93, 93, 76)]
    panel = resistance_against_pulse(pd.concat(trains))
    assert panel.data["pulse"].tolist() == 2 * [1, 2, 3]
    assert "pulse-train" in {panel.name for panel in panels_of(pd.concat(trains)).drawn}
    assert png_of(panel).startswith(b"\x89PNG")
    with pytest.raises(AnalysisError, match="no trains of equal pulses"):
        resistance_against_pulse(trains[0])


def test_fits_that_end_early_wait_for_the_others_without_a_warning() -> None:
    hits = np.array([[4.0, 4.0, 4.0], [1.0, 2.0, 7.0]])
    beta, _ = _fitted(np.array([-1.0, 0.0, 1.0]), hits, np.full(3, 8.0))
    assert np.abs(beta[0]).max() < 1e-6 and beta[1, 1] > 1
