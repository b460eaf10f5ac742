"""Potentiation, depression and their energy, from the points of a run."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.figure import Figure

from dwmtj.analysis import AnalysisError, Track, find_levels, measure_update_energy, measure_updates
from dwmtj.analysis.figures import panels_of, png_of
from dwmtj.analysis.figures.weight.curves import update_curves
from dwmtj.analysis.report.numbers import result_tables
from dwmtj.analysis.update import neurosim_label, pulse_energy_J
from dwmtj.analysis.weight.curves import asymmetry_of
from dwmtj.analysis.weight.energy import median_ci
from dwmtj.analysis.weight.ramps import find_ramps

from .gallery import pulses_of, staircase, timed, trains, trials
from .test_cases import case

TRACK = Track(1000.0)


def analogue(
    rng: np.random.Generator, shapes: tuple[float, float], cycles: int = 6, pulses: int = 40
) -> pd.DataFrame:
    """Equal pulses up, then down, along NeuroSim's curves of A = `shapes`, noise 0.5 % of it."""
    frames = []
    p = np.arange(pulses + 1) / pulses
    for cycle in range(cycles):
        frames.append(pulses_of(cycle, "bias", np.array([np.nan]), np.array([1e3])))
        for phase, volt, A in (("write", 1.0, shapes[0]), ("reset", -1.0, shapes[1])):
            g = np.expm1(-p / A) / np.expm1(-1 / A)
            share = (g if volt > 0 else 1 - g)[1:]
            G = 1e-3 + 5e-4 * share + rng.normal(0, 2.5e-6, pulses)
            frames.append(pulses_of(cycle, phase, np.full(pulses, volt), 1 / G))
    return timed(pd.concat(frames, ignore_index=True))


def test_the_labels_of_both_directions_and_their_difference_are_recovered() -> None:
    """Three 95 % intervals a run: of 60, more than 8 misses have a chance of 1 in 200."""
    rng = np.random.default_rng(11)
    truth = neurosim_label(0.3), neurosim_label(0.8)
    hits = 0
    for _ in range(20):
        found = measure_updates(analogue(rng, (0.3, 0.8)))
        assert [each.ramps.direction for each in found] == ["potentiation", "depression"]
        assert all(each.describes for each in found)
        hits += sum(
            value in each.curve.nonlinearity for value, each in zip(truth, found, strict=True)
        )
        difference = asymmetry_of(found)
        assert difference is not None
        hits += truth[0] - truth[1] in difference
    assert hits >= 52


def test_ramps_after_the_junction_burned_are_left_out() -> None:
    points = staircase(6)
    points.loc[points["cycle"] >= 4, "resistance_ohm"] = 5.0
    found = measure_updates(points)
    assert [len(each.ramps.conductance_S) for each in found] == [4] * len(found)


def test_the_reason_for_no_nonlinearity_fits_below_the_figure() -> None:
    axes = Figure().subplots()
    update_curves(staircase(6)).paint(axes)
    legend = axes.get_legend()
    assert legend is not None
    text = "\n".join(each.get_text() for each in legend.get_texts())
    assert "no nonlinearity" in text
    assert max(map(len, text.split("\n"))) <= 55


def test_the_reading_before_the_first_pulse_is_pulse_zero_if_all_ramps_have_one() -> None:
    points = analogue(np.random.default_rng(1), (0.3, 0.8))
    up, down = find_ramps(points)
    assert up.conductance_S.shape == down.conductance_S.shape == (6, 41)
    assert up.conductance_S[:, 0] == pytest.approx(1e-3)
    without, _ = find_ramps(points[points["phase"] != "bias"])
    assert without.conductance_S.shape == (6, 40)
    saturated, _ = find_ramps(points.replace({"phase": {"bias": "saturate"}}))
    assert saturated.conductance_S.shape == (6, 40)


def test_pulses_after_an_open_contact_keep_their_numbers() -> None:
    points = analogue(np.random.default_rng(1), (0.3, 0.8))
    whole = find_ramps(points)[0]
    points.loc[15, "resistance_ohm"] = np.nan
    gap = find_ramps(points)[0]
    assert np.isnan(gap.conductance_S[0, 15])
    assert np.array_equal(gap.conductance_S[0, 16:], whole.conductance_S[0, 16:])


def test_an_aborted_ramp_is_left_out_and_counted() -> None:
    points = analogue(np.random.default_rng(1), (0.3, 0.8))
    up, down = find_ramps(points.iloc[:-30])
    assert (len(up.conductance_S), len(down.conductance_S)) == (6, 5)
    assert (up.of_other_length, down.of_other_length) == (0, 1)


def test_steps_are_not_given_a_nonlinearity() -> None:
    for update in measure_updates(staircase(4)):
        assert not update.describes
        assert "of the range" in update.problem
    (table, *_) = result_tables(staircase(4))
    assert table.title == "Potentiation and depression"
    assert {row[4] for row in table.rows} == {"–"}
    assert not any("Asymmetry" in remark for remark in table.remarks)


def test_ramps_that_are_copies_have_the_interval_of_their_fit() -> None:
    one = analogue(np.random.default_rng(5), (0.3, 0.8), cycles=1)
    copies = pd.concat([one, one.assign(cycle=1, time_s=one["time_s"] + 1e3)], ignore_index=True)
    for update, alone in zip(measure_updates(copies), measure_updates(one), strict=True):
        found, fit = update.curve.nonlinearity, alone.curve.nonlinearity
        assert found.high - found.value == pytest.approx(fit.high - fit.value)


def test_readings_that_scatter_do_not_excuse_a_curve_that_misses_them() -> None:
    """σ of a mean is 4 % of the range, twice that of the curve's largest residual would be 8 %."""
    points = analogue(np.random.default_rng(3), (0.3, 0.8), cycles=1)
    noise = np.random.default_rng(4).normal(0, 3e-5, len(points))
    points["resistance_ohm"] = 1 / (1 / points["resistance_ohm"] + noise)
    residuals = [each.curve.residual for each in measure_updates(points)]
    assert max(residuals) > 0.05
    for update in measure_updates(points):
        assert update.describes == (update.curve.residual <= 0.05)


def test_an_imported_sigmoidal_set_has_a_curve_that_is_said_not_to_fit() -> None:
    (update,) = measure_updates(case("analog-set"))
    assert update.ramps.direction == "potentiation"
    assert (len(update.ramps.conductance_S), update.ramps.of_other_length) == (2, 1)
    assert "misses the conductances by 9.3 % of the range, 5 % at most" in update.problem
    one = case("analog-set").query("cycle == 0")
    assert any("One ramp" in remark for remark in result_tables(one)[0].remarks)
    assert "update" in [panel.name for panel in panels_of(case("analog-set")).drawn]


def test_trains_of_several_amplitudes_have_a_curve_each_and_no_asymmetry() -> None:
    weak = trains().assign(cycle=lambda t: t["cycle"] + 4)
    weak["amplitude_V"] *= 0.9
    both = pd.concat([trains(), weak], ignore_index=True)
    found = measure_updates(both)
    assert [each.ramps.pulses_text for each in found] == ["0.9 V", "1 V", "−1.08 V", "−1.2 V"]
    assert asymmetry_of(found) is None
    assert png_of({panel.name: panel for panel in panels_of(both).drawn}["update"])


@pytest.mark.parametrize(
    ("points", "told"),
    [
        (trials(4, 3), "four|4 pulses"),
        (staircase(3).assign(resistance_ohm=100.0), "no update|ends where it began"),
        (
            analogue(np.random.default_rng(2), (0.3, 0.3)).assign(
                resistance_ohm=lambda t: np.random.default_rng(3).normal(100, 1, len(t))
            ),
            "scatter",
        ),
    ],
    ids=["single pulses", "no change", "noise"],
)
def test_what_is_no_update_is_said(points: pd.DataFrame, told: str) -> None:
    with pytest.raises(AnalysisError, match=told):
        measure_updates(points)


def counted() -> pd.DataFrame:
    """One ladder: two pulses that fail and a third that moves, then one that moves at once."""
    rng = np.random.default_rng(9)
    R = np.array([100.0, 100.0, 100.0, 80.0, 60.0, 60.0, 60.0, 60.0])
    volts = np.array([0.5, 1.0, 1.5, 2.0, 2.5, 3.0, 3.5, 4.0])
    one = [pulses_of(cycle, "write", volts, R + rng.normal(0, 0.1, 8)) for cycle in range(8)]
    return timed(pd.concat(one, ignore_index=True))


def test_a_move_costs_the_pulses_that_failed_before_it() -> None:
    points = counted()
    found = measure_update_energy(points, find_levels(points), TRACK)
    one_V = 50e-9 / 1000
    assert found.pulse_J[:3] == pytest.approx([0.25 * one_V, one_V, 2.25 * one_V])
    assert found.moves.pulses.tolist() == [4, 1] * 8
    squares = 0.25 + 1 + 2.25 + 4
    assert found.moves.energy_J[:2] == pytest.approx([squares * one_V, 6.25 * one_V])
    assert found.moves.before.tolist() == [0, 1] * 8
    assert found.moves.after.tolist() == [1, 2] * 8


def test_a_pulse_without_a_reading_has_heated_the_track() -> None:
    points = counted()
    points.loc[1, "resistance_ohm"] = np.nan
    found = measure_update_energy(points, find_levels(points), TRACK)
    assert found.moves.pulses[0] == 4


def test_the_energy_is_that_of_a_trapezoid_with_the_edges_of_the_generator() -> None:
    track = Track(1000.0, rise_s=8e-9, fall_s=16e-9)
    energy_J = track.energies_J(np.array([3.0, -2.0]), np.array([50e-9, 100e-9]))
    assert energy_J[0] == pytest.approx(pulse_energy_J(3.0, 50e-9, 1000.0, 10e-9, 20e-9))
    assert energy_J[1] == pytest.approx(pulse_energy_J(-2.0, 100e-9, 1000.0, 10e-9, 20e-9))
    with pytest.raises(AnalysisError, match="half the edges"):
        track.energies_J(np.array([1.0]), np.array([10e-9]))


def test_pulses_without_a_width_have_no_energy() -> None:
    points = counted().drop(columns="pulse_width_s")
    table = result_tables(points, track=TRACK)[3]
    assert table.title == "Update energy"
    assert "no width" in table.remarks[0]


def test_the_median_is_covered() -> None:
    """Exact for any continuous distribution: misses of 400 above 33 have a chance below 1 %."""
    rng = np.random.default_rng(4)
    missed = sum(np.log(2) not in median_ci(rng.exponential(size=15)) for _ in range(400))
    assert 2 < missed <= 33
    assert median_ci(np.arange(5.0)).high == np.inf
    assert median_ci(np.arange(6.0)).low == 0.0


def test_a_report_of_moves_has_a_row_of_each_direction() -> None:
    tables = {table.title: table for table in result_tables(staircase(8), track=TRACK)}
    assert [row[0] for row in tables["Update energy"].rows] == [
        "pulse, positive",
        "pulse, negative",
        "move to a lower resistance",
        "move to a higher resistance",
    ]
    assert [row[1] for row in tables["Update energy"].rows] == ["480", "480", "24", "8"]
    assert "energy" in [panel.name for panel in panels_of(staircase(8), track=TRACK).drawn]


def test_the_drawn_curve_is_the_fitted_one_whose_ends_are_free() -> None:
    """A last reading far off moves the curve's end by its share of the readings only."""
    points = analogue(np.random.default_rng(5), (0.3, 0.8), cycles=1)
    last = points.index[points["phase"] == "write"][-1]
    G = 1 / points.loc[last, "resistance_ohm"]
    points.loc[last, "resistance_ohm"] = 1 / (G + 5e-5)
    (up, _) = measure_updates(points)
    mean_S, fitted_S = up.ramps.mean_S, up.fitted_S()
    assert mean_S[-1] - fitted_S[-1] > 3e-5
    assert abs(float((mean_S - fitted_S).mean())) < 1e-9
    shown = update_curves(points).data
    up_rows = shown[shown["direction"] == "potentiation"]
    assert up_rows["fitted_S"].to_numpy() == pytest.approx(fitted_S)
