"""A state model is made from ladders whose truth is known, and refused where there is none."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.calibration.model import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.state_model.model import Quantity
from dwmtj.analysis.state_model.transitions import leaving_voltage

MEANS = np.array([100.0, 93.0, 76.0, 67.0])
CYCLE_STD = np.array([0.02, 0.8, 0.35, 0.28])
SWITCHING_V = np.array([1.2, 3.0, 3.5])
SPREAD_V = np.array([0.06, 0.03, 0.03])


def a_run(
    seed: int,
    cycles: int = 13,
    step_V: float = 0.02,
    device: str = "A3",
    shift_ohm: float = 0.0,
    field_T: float = -0.004,
) -> CalibrationRun:
    """A staircase-write run: saturate, bias, then pulses from 0.02 V to 4 V."""
    rng = np.random.default_rng(seed)
    amplitudes = np.round(np.arange(1, round(4 / step_V) + 1) * step_V, 6)
    rows = []
    for cycle in range(cycles):
        thresholds = np.sort(rng.normal(SWITCHING_V, SPREAD_V))
        settled = MEANS + shift_ohm + CYCLE_STD * rng.normal(size=4)
        rows += [
            (cycle, "saturate", np.nan, 0.05, settled[0]),
            (cycle, "bias", np.nan, field_T, settled[0]),
        ]
        for amplitude in amplitudes:
            level = int((amplitude >= thresholds).sum())
            reading = settled[level] * (1 + 3e-4 * rng.normal())
            rows.append((cycle, "write", amplitude, field_T, reading))
    columns = ["cycle", "phase", "amplitude_V", "field_T", "resistance_ohm"]
    points = pd.DataFrame(rows, columns=columns)
    points["pulse_width_s"] = np.where(points["amplitude_V"].isna(), np.nan, 50e-9)
    return CalibrationRun(points, device, seed, "staircase-write", "lab.sqlite", "1.0", PARAMETERS)


PARAMETERS = {"rise_s": 1e-8, "fall_s": 1e-8, "read_current_A": 1e-4}


def test_intervals_of_means_and_spreads_cover_the_truth() -> None:
    """At 95 % coverage, fewer than 83 % of 36 devices have a probability below 3e-3."""
    hits = []
    for seed in range(40):
        model = calibrate([a_run(seed, step_V=0.1)], "A3")
        if len(model.levels) != 4:
            continue
        for level, mean, std in zip(model.levels, MEANS, CYCLE_STD, strict=True):
            spread = level.cycle_std_ohm
            assert spread is not None
            hits.append((covers(level.resistance_ohm, mean), covers(spread, std)))
    assert len(hits) >= 4 * 36
    shares = np.reshape(hits, (-1, 4, 2)).mean(axis=0)
    assert (shares >= 0.83).all(), shares


def covers(found: Quantity, truth: float) -> bool:
    assert found.low is not None
    assert found.high is not None
    return found.low <= truth <= found.high


def test_a_model_knows_where_it_comes_from_and_what_it_holds_for() -> None:
    model = calibrate([a_run(1), a_run(2)], "trapezoid-A3")
    assert model.levels_source.runs == (1, 2)
    assert model.levels_source.database == "lab.sqlite"
    assert model.levels_source.code_version == "1.0"
    (pulses,) = model.pulses
    shape = (pulses.polarity, pulses.pulse_width_s, pulses.rise_s, pulses.field_T)
    assert shape == ("positive", 50e-9, 1e-8, -0.004)
    assert (model.saturation_field_T, model.saturated_level) == (0.05, 0)
    assert model.read_noise is not None
    assert model.read_noise.relative_std.value == pytest.approx(3e-4, rel=0.1)
    assert model.read_noise.read_current_A == 1e-4
    assert [level.visits for level in model.levels] == [26, 26, 26, 26]


def test_every_cycle_leaves_every_level_once_and_at_its_threshold() -> None:
    model = calibrate([a_run(3, cycles=40)], "A3")
    counts = np.array(model.pulses[0].counts)
    moves = counts.sum(axis=0) - np.diag(np.diag(counts.sum(axis=0)))
    assert moves.tolist() == [[0, 40, 0, 0], [0, 0, 40, 0], [0, 0, 0, 40], [0, 0, 0, 0]]
    for level, threshold in enumerate(SWITCHING_V):
        found = leaving_voltage(model.pulses[0], level)
        assert found is not None
        assert found[0].value == pytest.approx(threshold, abs=4.5 * SPREAD_V[level] / np.sqrt(40))


def test_ladders_of_different_steps_count_as_the_coarser_one() -> None:
    model = calibrate([a_run(4, step_V=0.02), a_run(5, step_V=0.1)], "A3")
    (pulses,) = model.pulses
    assert pulses.amplitudes_V == pytest.approx(np.arange(1, 41) * 0.1)
    assert np.array(pulses.counts)[0].sum() == 26


def test_ladders_between_one_another_are_refused_with_where_they_begin() -> None:
    runs = [a_run(seed, cycles=3, step_V=0.1) for seed in (4, 5)]
    runs[1].points["amplitude_V"] += 0.05
    with pytest.raises(AnalysisError, match=r"steps of 0\.1 V .* begin at 0\.1 and 0\.15 V"):
        calibrate(runs, "A3")


def test_a_reset_that_a_file_does_not_hold_is_no_move_of_the_next_pulse() -> None:
    run = a_run(1)
    pulses = run.points[run.points["phase"] == "write"].reset_index(drop=True)
    model = calibrate([replace(run, points=pulses)], "A3")
    last = len(model.levels) - 1
    assert leaving_voltage(model.pulses[0], last) is None
    assert np.array(model.pulses[0].counts).sum() == len(pulses) - 13  # each ladder's first


def test_a_model_says_what_was_left_out_and_what_drifts() -> None:
    run, burnt = a_run(2), a_run(3)
    assert calibrate([run], "A3").remarks == ()
    points = burnt.points
    points.loc[points["cycle"] >= 8, "resistance_ohm"] = 5.0 + 0.01 * points["amplitude_V"]
    (remark,) = calibrate([replace(burnt, points=points)], "A3").remarks
    assert "burnt junction" in remark
    run.points["resistance_ohm"] *= 1.01 ** run.points["cycle"]
    (remark,) = calibrate([run], "A3").remarks
    assert "drift" in remark


def test_runs_to_different_amplitudes_are_complete() -> None:
    longer, shorter = a_run(2), a_run(3)
    points = shorter.points[~(shorter.points["amplitude_V"] > 3.8)]
    assert calibrate([longer, replace(shorter, points=points)], "A3").remarks == ()


def test_a_glitch_is_no_move_and_spoils_no_spread() -> None:
    run = a_run(6)
    points = run.points.copy()
    glitches = points.index[points["phase"] == "write"][50::2000]
    points.loc[glitches, "resistance_ohm"] = [180.0, 260.0]
    clean, spoilt = calibrate([run], "A3"), calibrate([replace(run, points=points)], "A3")
    assert spoilt.pulses[0].counts == clean.pulses[0].counts
    for one, other in zip(clean.levels, spoilt.levels, strict=True):
        assert other.resistance_ohm.value == pytest.approx(one.resistance_ohm.value, abs=0.1)
        assert other.wander_std_ohm < 0.1


def test_devices_together_tell_how_much_they_differ() -> None:
    shifts = (-2.0, 0.0, 2.0)
    runs = [a_run(n, device=f"A{n}", shift_ohm=shift) for n, shift in enumerate(shifts)]
    model = calibrate(runs, "A", several_devices=True)
    assert model.devices == ("A0", "A1", "A2")
    spread = model.levels[3].device_std_ohm
    assert spread is not None
    assert spread.value == pytest.approx(2.0, abs=0.3)
    assert model.levels[3].visits == 39
    single = model.levels[3].cycle_std_ohm
    assert single is not None
    assert single.value == pytest.approx(0.28, rel=0.4)


def without_pulses() -> CalibrationRun:
    run = a_run(1)
    return replace(run, points=run.points.assign(amplitude_V=np.nan))


def flat() -> CalibrationRun:
    run = a_run(1)
    return replace(run, points=run.points.assign(resistance_ohm=100.0))


def unread() -> CalibrationRun:
    run = a_run(1)
    return replace(run, points=run.points.assign(resistance_ohm=np.nan))


def falling() -> CalibrationRun:
    run = a_run(1)
    return replace(
        run, points=run.points.assign(amplitude_V=-run.points["amplitude_V"].iloc[::-1].to_numpy())
    )


def lacking_a_column() -> CalibrationRun:
    run = a_run(1)
    return replace(run, points=run.points.drop(columns="cycle"))


def wider_pulses() -> CalibrationRun:
    run = a_run(2)
    return replace(run, points=run.points.assign(pulse_width_s=100e-9))


@pytest.mark.parametrize(
    ("runs", "told"),
    [
        ([], "No run was given"),
        ([without_pulses()], "has no readings after pulses"),
        ([lacking_a_column()], "has no column cycle"),
        ([falling()], "do not rise"),
        ([flat()], "never changes|one level|no levels"),
        ([unread()], "has no readings after pulses"),
        ([a_run(1, cycles=1)], "single ladder"),
        ([a_run(1), a_run(2, device="B1")], "several devices \\(A3, B1\\)"),
        ([a_run(1), wider_pulses()], "pulse width of the pulses goes from 5e-08 s to 1e-07 s"),
        ([a_run(1), a_run(2, field_T=-0.042)], "field during the pulses goes from -0.042 T"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_runs_that_make_no_model_are_refused_in_one_sentence(
    runs: Sequence[CalibrationRun], told: str
) -> None:
    with pytest.raises(AnalysisError, match=told) as refused:
        calibrate(runs, "A3")
    assert "\n" not in str(refused.value)


def test_a_coarse_meter_shows_no_less_noise_than_its_step() -> None:
    run = a_run(2)
    run.points["resistance_ohm"] = run.points["resistance_ohm"].round()
    model = calibrate([run], "A3")
    assert model.read_noise is not None
    assert model.read_noise.relative_std.value >= 1 / np.sqrt(12) / 100
    assert float(model.levels_source.quality.split()[1]) < 100
