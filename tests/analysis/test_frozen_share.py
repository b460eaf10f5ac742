"""The frozen share comes back from trains of equal pulses, or is said to be open.

Trains are drawn from the law itself or measured on the virtual bench, seeds fixed. Of 20 intervals
at 95 %, 15 or fewer hold the truth by chance in 3 · 10⁻³ of the cases.
"""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr

from dwmtj.analysis import AnalysisError, Trains, measure_frozen_share
from dwmtj.analysis.calibration.model import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.state_model.file import model_document
from dwmtj.analysis.switching.frozen_share import fit_frozen_share, survival
from dwmtj.simulators.device import Device, Twin, load_device, twin_parameters
from dwmtj.simulators.device.depinning import BOLTZMANN_J_per_K, site_table, thermal_threshold
from dwmtj.simulators.device.track import track_resistance_ohm


def drawn(share: float, gaps: tuple[float, ...], trains: int, seed: int) -> list[Trains]:
    rng, pulses = np.random.default_rng(seed), 20
    found = []
    for gap in gaps:
        frozen = np.sqrt(share) * rng.normal(size=(trains, 1))
        threshold = frozen + np.sqrt(1 - share) * rng.normal(size=(trains, pulses))
        moved = threshold < gap
        first = np.where(moved.any(axis=1), moved.argmax(axis=1) + 1, pulses + 1)
        found.append(Trains.counted(gap, pulses, first))
    return found


def train_points(
    share: float, volts: tuple[float, ...], trains: int, pulses: int = 20, seed: int = 1
) -> pd.DataFrame:
    """Trains from 100 Ω to 80 Ω, thresholds of 3 V ± 0.3 V, as a pulse-train run stores them."""
    rng, rows = np.random.default_rng(seed), []
    for cycle in range(trains * len(volts)):
        volt, u, level = volts[cycle % len(volts)], rng.normal(), 100.0
        rows.append((cycle, "bias", np.nan, level))
        for _ in range(pulses):
            x = np.sqrt(share) * u + np.sqrt(1 - share) * rng.normal()
            level = 80.0 if volt > 3 + 0.3 * x else level
            rows.append((cycle, "write", volt, level + 0.1 * rng.normal()))
    columns = ["cycle", "phase", "amplitude_V", "resistance_ohm"]
    return pd.DataFrame(rows, columns=columns).assign(pulse_width_s=50e-9, field_T=-4e-3)


@pytest.mark.parametrize("share", [0.2, 0.9])
def test_the_interval_holds_the_share_that_the_trains_were_drawn_with(share: float) -> None:
    found = [fit_frozen_share(drawn(share, (-1.0, 0.5), 40, seed)) for seed in range(20)]
    assert sum(share in one.share for one in found) >= 16
    assert np.mean([one.share.value for one in found]) == pytest.approx(share, abs=0.06)
    assert sum(one.fits for one in found) >= 17


@pytest.mark.parametrize("frozen_share", [1.0, 0.5])
def test_trains_on_a_device_give_the_part_that_is_neither_renewed_nor_thermal(
    frozen_share: float,
) -> None:
    """f s²/(s² + thermal²): thermal escape is drawn at every pulse. 6,000 trains of 3, within 0.07:
    three standard errors, and 0.03 to 0.05 as thermal thresholds are skew and the law is normal."""
    spread, straight = 0.01, load_device("straight")
    parameters = replace(
        straight,
        free_layer=replace(straight.free_layer, frozen_share=frozen_share),
        notches=tuple(replace(notch, spread=spread) for notch in straight.notches),
        heating=replace(straight.heating, thermal_resistance_K_per_W=0.0),
    )
    site = site_table(parameters)[2]
    barrier = site["barrier_to_CLK_J"] / (BOLTZMANN_J_per_K * 300)
    mean, thermal = thermal_threshold(barrier, straight.free_layer.attempt_rate_Hz * 50e-9)
    center_V = mean * site["depinning_current_to_CLK_A"] * track_resistance_ohm(parameters.track)
    trains = []
    for share in (0.993, 1.003):
        device = Device(parameters, seed=6, count=3000)
        device.place(2)
        first = np.full(device.count, 4)
        for pulse in (1, 2, 3):
            device.drive(share * center_V, 50e-9, -4e-3)
            first = np.where((first > 3) & (device.site != 2), pulse, first)
        trains.append(Trains.counted(share, 3, first))
    drawn_std = spread * mean
    expected = frozen_share * drawn_std**2 / (drawn_std**2 + thermal**2)
    assert expected == pytest.approx(0.68 * frozen_share, abs=0.01)
    assert fit_frozen_share(trains).share.value == pytest.approx(expected, abs=0.07)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999, 1.0])
def test_the_survival_of_many_pulses_is_that_of_draws(share: float) -> None:
    gap, rng, draws = -1.2, np.random.default_rng(5), 200_000
    with np.errstate(divide="ignore"):
        z = (gap - np.sqrt(share) * rng.normal(size=draws)) / np.sqrt(1 - share)
    expected = [float(np.mean((1 - ndtr(z)) ** pulses)) for pulses in (1, 10, 1000)]
    found = survival(np.array([gap]), np.array([share]), (1, 10, 1000))[0]
    assert found == pytest.approx(expected, abs=5 * 0.5 / np.sqrt(draws))


def test_trains_in_which_only_first_pulses_move_walls_are_frozen() -> None:
    found = fit_frozen_share([Trains.counted(3.0, 20, np.r_[np.ones(20, int), np.full(20, 21)])])
    assert found.share.value == found.share.high == 1.0
    assert 0.97 < found.share.low < 1.0


def test_points_are_counted_by_the_first_pulse_that_moved_the_wall() -> None:
    points = train_points(1.0, (3.0,), 8)
    (trains,) = measure_frozen_share(points, 90.0).trains
    assert trains.trains == 8 and trains.first_moves[0] + trains.first_moves[-1] == 8
    late = points.copy()
    at = late.index[late["cycle"] == 0]
    late.loc[at, "resistance_ohm"] = np.where(np.arange(21) < 4, 100.0, 80.0)  # moves at pulse 4
    (trains,) = measure_frozen_share(late, 90.0).trains
    assert trains.ends == (1, 2, 4, 8, 16, 20) and trains.first_moves[2] == 1


def test_what_determines_no_share_is_refused() -> None:
    with pytest.raises(AnalysisError, match="leave the frozen share open"):
        fit_frozen_share([Trains.counted(3.0, 20, np.ones(30, int))])
    with pytest.raises(AnalysisError, match="no trains of two or more equal pulses"):
        measure_frozen_share(train_points(0.5, (3.0,), 5, pulses=1), 90.0)
    with pytest.raises(AnalysisError, match="begins above 200 ohm"):
        measure_frozen_share(train_points(0.5, (3.0,), 5), 200.0)


def test_a_device_that_drifts_does_not_follow_the_law() -> None:
    """Half of the trains move at once and half in the last pulses: no share does that."""
    first = np.r_[np.ones(40, int), np.full(40, 18), np.full(20, 21)]
    assert not fit_frozen_share([Trains.counted(3.0, 20, first)]).fits


def staircase_points(share: float, cycles: int = 30, seed: int = 2) -> pd.DataFrame:
    rng, rows = np.random.default_rng(seed), []
    for cycle in range(cycles):
        u, level = rng.normal(), 100.0
        rows.append((cycle, "bias", np.nan, level + 0.1 * rng.normal()))
        for volt in np.arange(1.5, 4.5, 0.05):
            x = np.sqrt(share) * u + np.sqrt(1 - share) * rng.normal()
            level = 80.0 if volt > 3 + 0.3 * x else level
            rows.append((cycle, "write", volt, level + 0.1 * rng.normal()))
    columns = ["cycle", "phase", "amplitude_V", "resistance_ohm"]
    return pd.DataFrame(rows, columns=columns).assign(pulse_width_s=50e-9, field_T=-4e-3)


def test_a_model_carries_the_share_and_its_twin_repeats_single_and_repeated_pulses() -> None:
    share, volts = 0.6, (2.8, 3.0)
    ladder = CalibrationRun(staircase_points(share, 60), "A3", 1, "staircase-write")
    trains = CalibrationRun(train_points(share, volts, 40), "A3", 2, "pulse-train")
    model = calibrate([ladder, trains], "A3")
    alone = calibrate([ladder], "A3")
    assert alone.frozen_share is None and model.pulses[0].counts == alone.pulses[0].counts
    assert model.frozen_share is not None and model.frozen_share.source.runs == (2,)
    found = model.frozen_share.share
    assert found.low is not None and found.high is not None
    assert found.low < share < found.high
    twin = Twin(twin_parameters(model_document(model)), seed=4, count=4000)
    moved = []
    for _ in range(20):
        twin.drive(2.8, 50e-9, -4e-3)
        moved.append(float(np.mean(twin.site > 0)))
    gap = np.array([(2.8 - 3) / 0.3])
    wanted = 1 - survival(gap, np.array([share]), (1, 20))[0]
    assert [moved[0], moved[-1]] == pytest.approx(wanted.tolist(), abs=0.12)
    frozen = Twin(twin_parameters(model_document(replace(model, frozen_share=None))), 4, 500)
    for _ in range(3):
        frozen.drive(2.8, 50e-9, -4e-3)
        before = frozen.site
    frozen.drive(2.8, 50e-9, -4e-3)
    assert (frozen.site == before).all()


def test_trains_that_determine_nothing_stop_a_calibration_by_name() -> None:
    ladder = CalibrationRun(staircase_points(0.6), "A3", 1, "staircase-write")
    trains = CalibrationRun(train_points(0.6, (4.4,), 10), "A3", 7, "pulse-train")
    with pytest.raises(AnalysisError, match=r"Run 7 \(pulse-train, A3\): .*open"):
        calibrate([ladder, trains], "A3")
    wider = replace(trains, points=trains.points.assign(pulse_width_s=100e-9))
    with pytest.raises(AnalysisError, match="pulse width"):
        calibrate([ladder, wider], "A3")
