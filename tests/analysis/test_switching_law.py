"""Δ and V_c0 come out of trials at several widths, and where the law does not hold is named."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, switching_probability
from dwmtj.analysis.figures import panels_of, probability_with_law
from dwmtj.analysis.switching.law import fit_switching_law

from .gallery import timed, trials

BARRIER, CRITICAL_V, RATE_Hz = 60.0, 2.4, 1e9
WIDTHS_S = (20e-9, 100e-9, 1e-6)
THRESHOLD_OHM = 82.0


def probability(amplitude_V: float, width_s: float) -> float:
    barrier = BARRIER * max(0.0, 1 - amplitude_V / CRITICAL_V) ** 1.5
    return float(-np.expm1(-RATE_Hz * width_s * np.exp(-barrier)))


def thermal(
    rng: np.random.Generator,
    widths_s: tuple[float, ...] = WIDTHS_S,
    of_each: int = 40,
    instead: Mapping[tuple[float, float], float] | None = None,
) -> pd.DataFrame:
    """Trials under the law; `instead` replaces its probability at an amplitude and width."""
    volts = np.round(np.arange(1.5, 2.5, 0.1), 3)
    width_s, volt, _ = (each.ravel() for each in np.meshgrid(widths_s, volts, np.arange(of_each)))
    share = [
        (instead or {}).get((V, t), probability(V, t))
        for V, t in zip(volt.tolist(), width_s.tolist(), strict=True)
    ]
    after = np.where(rng.random(len(volt)) < share, 65.0, 100.0)
    cycle = np.arange(len(volt))
    before = {"phase": "bias", "amplitude_V": np.nan, "resistance_ohm": 100.0}
    pulses = {"phase": "write", "amplitude_V": volt, "resistance_ohm": after}
    both = [
        pd.DataFrame({"cycle": cycle, "pulse_width_s": width_s, **each})
        for each in (before, pulses)
    ]
    points = pd.concat(both).sort_values("cycle", kind="stable", ignore_index=True)
    points["resistance_ohm"] += rng.normal(0, 0.05, len(points))
    return timed(points)


def test_barrier_and_critical_amplitude_are_recovered_and_a_right_law_is_not_blamed() -> None:
    """Of 12 intervals of 95 % more than 4 missed, or of 6 runs more than 1 blamed: 1 in 1000."""
    rng = np.random.default_rng(5)
    hits = blamed = 0
    for _ in range(6):
        law = fit_switching_law(switching_probability(thermal(rng), THRESHOLD_OHM))
        hits += (BARRIER in law.fit.barrier_kT) + (CRITICAL_V in law.fit.critical_V)
        blamed += not law.holds
    assert hits >= 8
    assert blamed <= 1


def test_a_width_at_which_the_law_does_not_hold_is_named() -> None:
    points = thermal(np.random.default_rng(3), instead={(1.9, 1e-6): 0.02})
    law = fit_switching_law(switching_probability(points, THRESHOLD_OHM))
    assert not law.holds
    assert any(str(misfit).startswith("1.9 V, 1000 ns: ") for misfit in law.misfits)
    data = probability_with_law(points, THRESHOLD_OHM).data
    wrong = data[~data["law_holds"]]
    assert len(wrong) == len(law.misfits)
    assert (1.9, 1e-6) in list(zip(wrong["amplitude_V"], wrong["width_s"], strict=True))


def test_one_width_leaves_the_attempt_rate_assumed_and_the_band_covers_the_law() -> None:
    points = thermal(np.random.default_rng(6), (50e-9,), of_each=60)
    law = fit_switching_law(switching_probability(points, THRESHOLD_OHM))
    assert not law.fit.attempt_rate_fitted
    data = probability_with_law(points, THRESHOLD_OHM).data
    truth = np.array([probability(volt, 50e-9) for volt in data["amplitude_V"]])
    inside = (data["fitted_low_95"] <= truth) & (truth <= data["fitted_high_95"])
    assert inside.mean() >= 0.8
    assert "depinning" in [panel.name for panel in panels_of(points).drawn]


def test_trials_that_jump_from_never_to_always_are_drawn_without_a_fit() -> None:
    panel = probability_with_law(trials(4, 3), THRESHOLD_OHM)
    assert panel.data["fitted"].isna().all()


@pytest.mark.parametrize(
    ("points", "pulses", "told"),
    [
        (trials(7, 30, width_s=np.nan), 1, "no width"),
        (trials(7, 30).iloc[:10], 1, "at least 5"),
    ],
)
def test_trials_that_determine_no_law_are_refused(
    points: pd.DataFrame, pulses: int, told: str
) -> None:
    with pytest.raises(AnalysisError, match=told):
        fit_switching_law(switching_probability(points, THRESHOLD_OHM, pulses))
