"""`dwmtj micromag design`: scans of controls, and what makes up for the ends of a track."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import Result

from dwmtj.cli.micromag.design.ends import ends_table
from dwmtj.simulators.micromagnetics import load_track
from dwmtj.simulators.micromagnetics.constants import MU0_T_m_per_A
from dwmtj.tests.cli.micromag_command import TRACK, Interrupted, micromag_in

SCAN = ("micromag", "design", "track.toml", "-o", "out", "--scan")
FILES = {f"{stem}.{kind}" for stem in ("scan", "scan-barriers") for kind in ("csv", "png", "svg")}


@pytest.fixture
def micromag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    return micromag_in(tmp_path, monkeypatch)


def test_an_interrupted_scan_resumes_and_spin_hall_angles_are_scaled(
    micromag: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    interrupted = Interrupted(monkeypatch, stops_after=3)
    done = interrupted.done
    scans = (*SCAN, "form=half-disc,square", "--scan", "spin_hall_angle=0.15,0.3")
    stopped = micromag(*scans)
    assert stopped.exit_code == 1
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["scan.checkpoint"]
    interrupted.stops_after = 1000
    result = micromag(*scans)
    assert result.exit_code == 0, result.output
    assert "Resuming after 3 finished parts" in result.stderr
    assert len(set(done)) == len(done) or done[3] not in done[:3]
    assert "scaled as 1/θ" in result.output and "half-disc" in result.output
    assert {path.name for path in (tmp_path / "out").iterdir()} == FILES

    table = pd.read_csv(tmp_path / "out" / "scan.csv")
    assert table["form"].tolist() == ["half-disc"] * 2 + ["square"] * 2
    assert table["spin_hall_angle"].tolist() == [0.15, 0.3] * 2
    assert table["scaled_by_theta"].tolist() == [True, False] * 2
    for name in ("pulse", "run_up"):
        halved, drawn = (table[f"{name}_A_per_m2"][k::2].to_numpy() for k in (0, 1))
        assert halved == pytest.approx(2 * drawn)
    assert table["barrier_J"][0] == table["barrier_J"][1]
    assert (table["barrier_J"] > 5e-20).all()
    assert table["pulse_A_per_m2"][0] != table["pulse_A_per_m2"][2]


def test_a_variant_without_a_threshold_is_a_gap_with_its_reason(
    micromag: Callable[..., Result], tmp_path: Path
) -> None:
    narrow = TRACK.replace("between_A_per_m2 = [0.3e12, 3e12]", "between_A_per_m2 = [0.3e12, 2e12]")
    (tmp_path / "track.toml").write_text(narrow)
    result = micromag(*SCAN, "width_m=30nm,40nm", "--depth", "10")
    assert result.exit_code == 0, result.output
    table = pd.read_csv(tmp_path / "out" / "scan.csv")
    assert table["depth_m"].tolist() == [1e-8, 1e-8]
    assert table["pulse_A_per_m2"].isna().tolist() == [True, False]
    assert "search up to a higher current density" in table["not_found"][0]
    assert (table["barrier_J"] > 1e-19).all()
    assert "depth_m = 10 nm, width_m = 30 nm: 2e+12 A/m² still holds the wall" in result.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("width_m=31nm",), "width_m = 31 nm: Cells of 5 nm do not divide the width"),
        (("width_nm=100",), "'width_nm' is nothing to scan: give one of length_m"),
        (("width_m=100,150",), "100 is 100 m, more than 1 mm: write nanometres as 100nm"),
        (("width_m",), "write --scan NAME=v1,v2,…, such as --scan width_m=100nm,150nm"),
        (("width_m=30nm,30nm",), "width_m has a value twice"),
        (("depth_m=5nm", "--depth", "5"), "depth_m is scanned twice by --depth, too"),
        (("damping=nan",), "damping: 'nan' is no value"),
        (("dmi_J_per_m2=1mT",), "a magnetic field and not a quantity in J/m2"),
        (("form=round",), "form cannot be 'round': give half-disc, v, square"),
        (("damping=-1",), "damping = -1: The damping must be above 0"),
        (("spin_hall_angle=-0.1",), "the drawn spin-Hall angle is 0.3"),
        (("pitch_m=300nm",), "pitch_m = 300 nm: Notch 2"),
        (("pitch_m=15nm",), "pitch_m = 15 nm: Notches 2 and 1 touch"),
        (("depth_m=20nm",), "depth_m = 20 nm: A notch cuts the track through"),
        (("width_m=40nm", "--wanted-voltage", "1"), "proposes depths for one track: omit --scan"),
    ],
)
def test_what_cannot_be_scanned_is_refused_before_anything_is_computed(
    micromag: Callable[..., Result], tmp_path: Path, arguments: tuple[str, ...], problem: str
) -> None:
    refused = micromag(*SCAN, *arguments)
    assert refused.exit_code != 0
    message = f"{refused.exception} {refused.stderr}".replace("│", " ")
    assert problem in " ".join(message.split())
    assert not (tmp_path / "out").exists()


def test_each_notch_gets_the_field_and_the_depth_that_make_up_for_the_ends(tmp_path: Path) -> None:
    """Notches 1 and 2 mirror each other: notch 2 wants to be shallower by twice its worth."""
    second = "[[notch]]\nposition_m = 300e-9\ndepth_m = 5e-9\nhalf_width_m = 10e-9\n\n[material]"
    drawn = TRACK.replace("position_m = 200e-9", "position_m = 100e-9")
    (tmp_path / "track.toml").write_text(drawn.replace("[material]", second))
    slope = 0.2e12 / 1e-9
    depths = pd.DataFrame({"depth_m": [5e-9, 1e-8], "pulse_slope_A_per_m3": [slope, slope]})
    table = ends_table(load_track(tmp_path / "track.toml"), depths)
    push = table["ends_field_A_per_m"].to_numpy()
    assert push[0] > 100 and push[1] == pytest.approx(-push[0], rel=1e-3)
    assert table["cancelling_T"].tolist() == pytest.approx((MU0_T_m_per_A * push).tolist())
    worth = table["worth_A_per_m2"].to_numpy()
    assert worth[0] > 0
    shallower_m = table["deeper_by_m"].to_numpy()
    assert shallower_m[0] == 0
    assert shallower_m[1] == pytest.approx(-2 * worth[0] / slope, rel=1e-3)
