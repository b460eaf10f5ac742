"""`dwmtj micromag thresholds`: numbers, states, an interruption, and what is refused."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from typer.testing import Result

from dwmtj.simulators.micromagnetics import MicromagneticsError, read_ovf
from dwmtj.tests.cli.micromag_command import TRACK, Interrupted, micromag_in

DEPTHS, NEURON = (
    {f"{stem}.{kind}" for stem in stems for kind in ("csv", "png", "svg")}
    for stems in (("depths", "barriers"), ("neuron",))
)
THRESHOLDS = ("micromag", "thresholds", "track.toml", "-o", "out")


@pytest.fixture
def micromag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    return micromag_in(tmp_path, monkeypatch)


def test_an_interrupted_study_resumes_and_ends_with_numbers_and_states(
    micromag: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted = Interrupted(monkeypatch, stops_after=3)
    done = interrupted.done
    stopped = micromag(*THRESHOLDS)
    assert stopped.exit_code == 1
    assert "repeat the same call or command to resume" in stopped.stderr.replace("\n", " ")
    assert not (tmp_path / "out" / "thresholds.json").exists()

    interrupted.stops_after = 1000
    (tmp_path / "out" / "thresholds.json").write_text("of the interrupted study")
    result = micromag(*THRESHOLDS)
    assert result.exit_code == 0, result.output
    assert "Resuming after 3 finished parts" in result.stderr
    assert done[3] not in done[:3]  # continues with the next current
    assert "run-up" in result.output and "static" in result.output and "pulse" in result.output

    (notch,) = json.loads((tmp_path / "out" / "thresholds.json").read_text())["notches"]
    for name in ("run_up", "static", "pulse"):
        held, lost = (notch[name][end]["current_A_per_m2"] for end in ("held", "not_held"))
        assert held < notch[name]["threshold_A_per_m2"] < lost
        assert notch[name]["held"]["ending"] == "held"
    assert notch["pulse_below"]["after_rest"]["position_m"] == pytest.approx(200e-9, abs=5e-9)
    states = sorted(path.name for path in (tmp_path / "out").glob("*.ovf"))
    assert len(states) == 6
    assert read_ovf(tmp_path / "out" / states[0]).shape == (3, 80, 6)
    assert len(list((tmp_path / "out").glob("*.png"))) == 6
    assert not (tmp_path / "out" / "thresholds.checkpoint").exists()


@pytest.mark.parametrize(
    ("before", "after", "arguments", "problem"),
    [
        ("", "", ("--notch", "2"), "There is no notch 2: the track has 1 notches"),
        ("width_m = 30e-9", "width_m = 31e-9", (), "do not divide the width of 31 nm"),
        ("damping = 0.3", "dampin = 0.3", (), "material.dampin is not a key of the track file"),
        ("[[notch]]\nposition_m = 200e-9", "[[notch]]\nposition_m = 1e-3", (), "not on the track"),
        ("[0.3e12, 3e12]", "[3e12, 0.3e12]", (), "must rise from above 0"),
    ],
)
def test_what_cannot_be_simulated_is_refused_and_nothing_is_written(
    micromag: Callable[..., Result],
    tmp_path: Path,
    before: str,
    after: str,
    arguments: tuple[str, ...],
    problem: str,
) -> None:
    (tmp_path / "track.toml").write_text(TRACK.replace(before, after) if before else TRACK)
    result = micromag(*THRESHOLDS, *arguments)
    assert isinstance(result.exception, MicromagneticsError)
    assert problem in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_a_neuron_s_curve_is_printed_stored_and_drawn(
    micromag: Callable[..., Result], tmp_path: Path
) -> None:
    notch = TRACK.partition("[[notch]]")[2].partition("[material]")[0]
    (tmp_path / "track.toml").write_text(TRACK.replace("[[notch]]" + notch, ""))
    neuron = ("micromag", "neuron", "track.toml", "-o", "out", "--start", "60", "--pulse", "1")
    currents = (part for j in (0.1, 0.2, 0.3, 0.4, 0.5) for part in ("--current", str(j)))
    result = micromag(*neuron, *currents, "--detector", "70", "390")
    assert result.exit_code == 0, result.output
    assert "G_norm = " in result.output
    stored = pd.read_csv(tmp_path / "out" / "neuron.csv")
    assert stored["current_A_per_m2"].tolist() == pytest.approx([1e11, 2e11, 3e11, 4e11, 5e11])
    assert np.all(np.diff(stored["position_m"]) > 0)
    assert stored["G_norm"].tolist()[:: len(stored) - 1] == [0, 1]
    assert stored["fit"].tolist() == pytest.approx(stored["G_norm"].tolist(), abs=0.01)
    assert {path.name for path in (tmp_path / "out").iterdir()} == NEURON
    refused = micromag(*neuron, "--overwrite", "--start", "500")
    assert "outside the track" in str(refused.exception)


def test_a_result_is_not_overwritten_unless_asked(
    micromag: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    for name in ("thresholds.json", "notch-1-pulse-lost.png"):
        mine = tmp_path / "out" / name
        mine.write_text("mine")
        result = micromag(*THRESHOLDS)
        assert f"{name} already exists" in str(result.exception).replace("\n", " ")
        assert mine.read_text() == "mine"
        mine.unlink()


def test_a_neuron_with_too_few_currents_is_refused_before_anything_is_made(
    micromag: Callable[..., Result], tmp_path: Path
) -> None:
    result = micromag("micromag", "neuron", "track.toml", "-o", "out", "--current", "0.1")
    assert "needs at least 5 currents" in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_a_deeper_notch_has_a_higher_threshold_and_a_table_and_a_figure_show_it(
    micromag: Callable[..., Result], tmp_path: Path
) -> None:
    depths = ("--depth", "6", "--depth", "3", "--depth-tolerance", "1")
    design = ("micromag", "design", "track.toml", "-o", "out", *depths, "--wanted-voltage")
    refused = micromag(*design, "600m", "--wanted-voltage", "2.5")
    assert "2.5 V is outside of what was scanned" in str(refused.exception)
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["design.checkpoint"]
    result = micromag(*design, "600m", "--wanted-voltage", "0.9 V")
    assert result.exit_code == 0, result.output
    assert "Resuming after" in result.stderr
    table = pd.read_csv(tmp_path / "out" / "depths.csv")
    assert table["depth_m"].tolist() == [3e-9, 6e-9]
    shallow, deep = table["pulse_A_per_m2"]
    assert deep > 1.2 * shallow
    assert table["pulse_slope_A_per_m3"].tolist() == pytest.approx(
        [(deep - shallow) / 3e-9] * 2, rel=1e-3
    )
    assert table["pulse_spread_A_per_m2"][0] == pytest.approx((deep - shallow) / 3, rel=1e-3)
    assert (table["run_up_A_per_m2"] < table["pulse_A_per_m2"]).all()
    assert table["barrier_J"][1] == pytest.approx(2 * table["barrier_J"][0], rel=0.2)
    assert table["dwell_time_s"][1] > 100 * table["dwell_time_s"][0]
    assert {path.name for path in (tmp_path / "out").iterdir()} == DEPTHS | {"levels.csv"}

    levels = pd.read_csv(tmp_path / "out" / "levels.csv")
    assert levels["wanted_V"].tolist() == [0.6, 0.9]
    sheet_ohm, squares = 2e-6 / 5e-9, 400 / 30
    current_A = np.interp(levels["depth_m"], table["depth_m"], table["pulse_A_per_m2"]) * 150e-18
    assert (current_A * sheet_ohm * squares).tolist() == pytest.approx([0.6, 0.9])
    assert (levels["shallowest_m"] < levels["depth_m"]).all()
    assert levels["depth_tolerance_m"].tolist() == pytest.approx(
        [(levels["depth_m"][1] - levels["depth_m"][0]) / 2] * 2
    )
    assert (levels["run_up_V"] < levels["wanted_V"]).all()
    assert "Levels 1 and 2 differ by" in result.output and "swap them in" in result.output
    assert "scan a depth between them" in result.output
    assert "3, 6 nm are no whole numbers of cells of 5 nm" in result.output


@pytest.mark.parametrize(
    ("depths", "problem"),
    [(("--depth", "5"), "two different depths"), (("--depth", "5", "--depth", "15"), "through")],
)
def test_depths_without_a_slope_or_a_track_are_refused(
    micromag: Callable[..., Result], tmp_path: Path, depths: tuple[str, ...], problem: str
) -> None:
    result = micromag("micromag", "design", "track.toml", "-o", "out", *depths)
    assert isinstance(result.exception, MicromagneticsError)
    assert problem in str(result.exception)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "voltages", "problem"),
    [
        (("[heavy_metal]\nthickness_m = 5e-9\nresistivity_ohm_m = 2e-6", ""), "1", "no [heavy_m"),
        (("cell_m =", "end_width_m = 60e-9\ncell_m ="), "1", "straight tracks only"),
        (None, "1 A", "'1 A' is no voltage, a current and not a voltage"),
        (None, "-1", "no voltage above zero"),
        (None, "1.5,2.0", "commas and points are ambiguous"),
    ],
)
def test_voltages_that_belong_to_no_depth_are_refused_before_anything_is_computed(
    micromag: Callable[..., Result],
    tmp_path: Path,
    change: tuple[str, str] | None,
    voltages: str,
    problem: str,
) -> None:
    (tmp_path / "track.toml").write_text(TRACK.replace(*change) if change else TRACK)
    depths = ("--depth", "5", "--depth", "10", f"--wanted-voltage={voltages}")
    refused = micromag("micromag", "design", "track.toml", "-o", "out", *depths)
    assert refused.exit_code != 0
    message = f"{refused.exception} {refused.stderr}".replace("│", " ")
    assert problem in " ".join(message.split())
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("change", "arguments", "message"),
    [
        (("spin_hall_angle = 0.3", "spin_hall_angle = 0.3\nasymmetry = 2.0"), (), "asymmetry"),
        (("", ""), ("--notch", "3"), "no notch 3"),
        (("", ""), ("--pulse", "-1"), "--pulse is -1 ns"),
        (("", ""), ("--temperature", "nan"), "--temperature is nan K"),
        (("", ""), ("--temperature", "0"), "--temperature is 0 K"),
    ],
)
def test_a_reduced_model_that_cannot_be_made_is_refused_before_anything_is_written(
    micromag: Callable[..., Result],
    tmp_path: Path,
    change: tuple[str, str],
    arguments: tuple[str, ...],
    message: str,
) -> None:
    (tmp_path / "track.toml").write_text(TRACK.replace(*change) if change[0] else TRACK)
    refused = micromag("micromag", "reduced", "track.toml", "-o", "out", *arguments)
    assert isinstance(refused.exception, MicromagneticsError)
    assert message in str(refused.exception)
    assert not (tmp_path / "out").exists()
