"""Escape rates, drifts and barriers of waits whose truth is known; bounds where nothing decays."""

from math import exp, inf, log

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError, Estimate
from dwmtj.analysis.figures import panels_of, png_of
from dwmtj.analysis.figures.series.retention import arrhenius_plot
from dwmtj.analysis.lifetime.arrhenius import Arrhenius, BOLTZMANN_eV_per_K, fit_arrhenius
from dwmtj.analysis.lifetime.decay import Decay, measure_decay
from dwmtj.analysis.lifetime.durations import format_duration, format_lifetime, format_share
from dwmtj.analysis.lifetime.waits import waits_of
from dwmtj.analysis.report.numbers import result_tables
from dwmtj.arrays import Floats

TIMES_S = np.geomspace(1, 1e4, 41)
BARRIER_eV, ATTEMPT_Hz = 1.2, 1e9


def waits(
    left_after_s: Floats,
    level_ohm: float = 100.0,
    exponent: float = 0.0,
    times_s: Floats = TIMES_S,
) -> pd.DataFrame:
    """Return points of waits that are left after the times (n,), to a level 7 % lower."""
    rng = np.random.default_rng(len(left_after_s))
    frames = []
    for cycle, left_s in enumerate(left_after_s):
        ratio = np.where(times_s < left_s, times_s**exponent, 0.93)
        noise = 1 + 1e-4 * rng.normal(size=len(times_s))
        frames.append(
            pd.DataFrame(
                {
                    "cycle": cycle,
                    "phase": ["bias", *["read"] * len(times_s)],
                    "time_s": np.r_[0, times_s] + 2e4 * cycle,
                    "amplitude_V": np.nan,
                    "resistance_ohm": level_ohm * np.r_[1.0, ratio * noise],
                }
            )
        )
    return pd.concat(frames, ignore_index=True)


def decay(left_after_s: Floats, exponent: float = 0.0) -> Decay:
    (found,) = waits_of(waits(left_after_s, exponent=exponent))
    return measure_decay(found)


@pytest.mark.parametrize("rate_Hz", [1e-4, 1e-2])
def test_an_escape_rate_lies_in_its_interval_as_often_as_it_should(rate_Hz: float) -> None:
    """60 runs of ten waits; fewer than 51 covered at true 95 %: 7e-4."""
    rng = np.random.default_rng(3)
    covered = [rate_Hz in decay(rng.exponential(1 / rate_Hz, 10)).rate_Hz for _ in range(60)]
    assert sum(covered) >= 51


def test_without_an_escape_there_is_a_bound_and_no_lifetime() -> None:
    found = decay(np.full(4, inf))
    assert found.rate_Hz.value == found.rate_Hz.low == 0
    assert found.rate_Hz.high == pytest.approx(-log(0.025) / 4e4)
    assert found.lifetime_s.value == found.lifetime_s.high == inf
    table = result_tables(waits(np.full(4, inf)))[-1]
    assert table.title == "Retention"
    (row,) = table.rows
    assert "longer than 3 h" in row
    assert any("never left" in said and "longer than 3 h," in said for said in table.remarks)


def test_states_lost_before_the_first_reading_have_an_upper_bound_only() -> None:
    found = decay(np.full(5, 0.5))
    assert found.rate_Hz.value == found.rate_Hz.high == inf
    assert 0 < found.rate_Hz.low < 2


def test_escapes_at_no_constant_rate_are_said_not_to_fit() -> None:
    rng = np.random.default_rng(4)
    assert decay(rng.exponential(500, 40)).fits
    assert not decay(rng.normal(3000, 300, 40)).fits  # wear: none early, all at once
    assert not decay(np.exp(rng.normal(6, 3, 40))).fits  # barriers that differ


def test_a_drift_within_the_level_is_found_and_is_none_of_its_escapes() -> None:
    found = decay(np.full(3, inf), exponent=5e-4)
    assert found.waits.escapes == 0
    assert found.drift_exponent is not None and 5e-4 in found.drift_exponent
    assert 0 not in found.drift_exponent
    changed = found.drifted_in_ten_years
    assert changed is not None and (10 * 365.25 * 86400) ** 5e-4 in changed


def test_waits_of_several_levels_are_told_apart() -> None:
    rng = np.random.default_rng(5)
    low = waits(rng.exponential(100, 6), level_ohm=76.0).assign(cycle=lambda at: at["cycle"] + 10)
    both = waits_of(pd.concat([waits(np.full(4, inf)), low]))
    assert [round(each.level_ohm) for each in both] == [100, 76]
    assert [each.escapes for each in both] == [0, 6]


def test_negative_and_missing_readings_are_refused_or_taken_as_they_are() -> None:
    points = waits(np.full(3, inf))
    with pytest.raises(AnalysisError, match="not numbers"):
        waits_of(points.assign(resistance_ohm=np.nan).assign(phase="read"))
    mirrored = points.assign(resistance_ohm=-points["resistance_ohm"])
    (found,) = waits_of(mirrored)
    assert found.escapes == 0 and found.level_ohm == pytest.approx(-100)
    with pytest.raises(AnalysisError, match="no two readings"):
        waits_of(points.assign(phase="bias"))
    with pytest.raises(AnalysisError, match="no share between"):
        waits_of(points, tolerance=1.5)


def at_temperatures(temperatures_K: tuple[float, ...], seed: int, cycles: int = 10) -> list[Decay]:
    rng = np.random.default_rng(seed)
    rates = [ATTEMPT_Hz * exp(-BARRIER_eV / (BOLTZMANN_eV_per_K * T)) for T in temperatures_K]
    return [decay(rng.exponential(1 / rate, cycles)) for rate in rates]


def test_barrier_attempt_rate_and_extrapolated_lifetime_lie_in_their_intervals() -> None:
    """25 series of runs, three truths each; fewer than 64 of 75 at true 95 %: 1e-3."""
    temperatures_K, covered = (420.0, 440.0, 460.0, 480.0), 0
    lifetime_s = exp(BARRIER_eV / (BOLTZMANN_eV_per_K * 300)) / ATTEMPT_Hz
    for seed in range(25):
        found = fit_arrhenius(temperatures_K, at_temperatures(temperatures_K, seed))
        at_300_K = found.lifetime_at(300)
        covered += BARRIER_eV in found.barrier_eV
        covered += ATTEMPT_Hz in found.attempt_rate_Hz
        covered += lifetime_s in at_300_K
        assert at_300_K.low < at_300_K.value < at_300_K.high
    assert covered >= 64


def test_a_temperature_at_which_nothing_decayed_narrows_the_barrier_all_the_same() -> None:
    hot = (440.0, 460.0, 480.0)
    decays = at_temperatures(hot, 1)
    without = fit_arrhenius(hot, decays)
    found = fit_arrhenius((330.0, *hot), [decay(np.full(10, inf)), *decays])
    assert found.barrier_eV.low > without.barrier_eV.low
    assert BARRIER_eV in found.barrier_eV


def test_two_temperatures_or_no_decay_give_no_barrier_but_a_sentence() -> None:
    with pytest.raises(AnalysisError, match="at 3 temperatures or more; these are at 440 K, 460 K"):
        fit_arrhenius((440.0, 440.2, 460.0), at_temperatures((440.0, 440.2, 460.0), 1))
    held = [decay(np.full(10, inf))] * 3
    with pytest.raises(AnalysisError, match=r"longer than 2\.71e\+04 s at 300 K"):
        fit_arrhenius((300.0, 330.0, 358.0), held)


def test_rates_that_no_single_barrier_gives_are_said_not_to_fit() -> None:
    rng = np.random.default_rng(7)
    rates = (1e-3, 1e-1, 1.1e-1, 1.2e-1)  # another process takes over when it is hot
    decays = [decay(rng.exponential(1 / rate, 20)) for rate in rates]
    assert not fit_arrhenius((400.0, 410.0, 450.0, 500.0), decays).fits


def found_barrier() -> Arrhenius:
    temperatures_K = (440.0, 460.0, 480.0)
    return fit_arrhenius(temperatures_K, at_temperatures(temperatures_K, 2))


def test_figures_of_retention_are_drawn_for_waits_alone() -> None:
    panels = panels_of(waits(np.r_[np.full(3, inf), 500.0]))
    assert [panel.name for panel in panels.drawn] == ["readings", "retention", "retention-survival"]
    for panel in (*panels.drawn, arrhenius_plot(found_barrier(), 300.0)):
        assert png_of(panel).startswith(b"\x89PNG")
    survival = panels.drawn[-1].data
    assert survival["survival"].is_monotonic_decreasing
    assert (survival["low_95"] <= survival["high_95"]).all()


def test_durations_are_told_in_the_unit_one_thinks_of() -> None:
    assert format_duration(3.2e-5) == "32 µs"
    assert format_duration(1.513) == "1.5 s"
    assert format_duration(5400) == "90 min"
    assert format_duration(3.2e8) == "10 years"
    assert format_duration(inf) == "unbounded"
    assert format_lifetime(Estimate(inf, 7200.0, inf)) == "longer than 2 h"
    assert format_share(Estimate(0.0, 0.0, 1e-9)) == "below 0.001 %"
    assert format_share(Estimate(0.5, 1e-9, 0.8)) == "0 to 80 %"
