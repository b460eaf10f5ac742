"""Proposed notches that would not work, and what they take for granted, are said in words."""

from dataclasses import replace
from pathlib import Path

import pytest

from dwmtj.cli.micromag.design.proposal import Proposal
from dwmtj.cli.micromag.design.proposal_remarks import warnings
from dwmtj.simulators.film_device.track_voltage import notches_share
from dwmtj.simulators.micromagnetics import Notch, ProposedLevel, Track, load_track
from dwmtj.simulators.micromagnetics.barriers.notch_barriers import Barrier, NotchBarriers
from dwmtj.simulators.micromagnetics.geometry.track import Side
from dwmtj.tests.cli.micromag_command import TRACK

BARRIER = Barrier(2e-19, 0.0, 2.2e-7)  # 48 k_B T at 300 K
FIRST = ProposedLevel(
    1.0, 5e-9, 4.9e-9, 5.1e-9, 0.7, 0.72, NotchBarriers(1, 2e-7, BARRIER, BARRIER)
)
SECOND = replace(FIRST, voltage_V=1.6, depth_m=8e-9, run_up_held_V=1.1, run_up_lost_V=1.14)


def said(tmp_path: Path, *levels: ProposedLevel, spread_m: float = 0.5e-9) -> str:
    (tmp_path / "track.toml").write_text(TRACK)
    file = load_track(tmp_path / "track.toml")
    return "\n".join(warnings(Proposal(list(levels), file, [], 1e3), spread_m))


def test_levels_that_work_need_no_warning(tmp_path: Path) -> None:
    assert not said(tmp_path, FIRST, SECOND)


@pytest.mark.parametrize(
    ("held_V", "lost_V", "words"),
    [
        (0.8, 0.9, "1 V that frees the wall from level 1 drives it"),
        (0.9, 1.1, "may drive it through the notch of level 2"),
    ],
)
def test_a_wall_that_would_run_through_the_next_notch_is_named(
    tmp_path: Path, held_V: float, lost_V: float, words: str
) -> None:
    weak = replace(SECOND, run_up_held_V=held_V, run_up_lost_V=lost_V)
    assert words in said(tmp_path, FIRST, weak)


def test_neighbours_too_near_for_the_etching_are_named_with_their_chance(tmp_path: Path) -> None:
    near = replace(SECOND, depth_m=6.5e-9)
    assert "differ by 1.50 nm" in said(tmp_path, FIRST, near)
    assert "swap them in 1.7 % of devices" in said(tmp_path, FIRST, near)
    assert not said(tmp_path, FIRST, near, spread_m=0.1e-9)


def test_a_level_that_does_not_stay_is_named(tmp_path: Path) -> None:
    low = replace(BARRIER, barrier_J=5e-20)
    leaky = replace(FIRST, barriers=replace(FIRST.barriers, backward=low))
    assert "Level 1 does not stay: its barrier is 12.1 k_BT" in said(tmp_path, leaky, SECOND)


@pytest.mark.parametrize(("side", "left_m"), [("both", 20e-9), ("upper", 25e-9)])
def test_square_notches_add_the_resistance_of_the_narrow_pieces(side: Side, left_m: float) -> None:
    notch = Notch(200e-9, 5e-9, 10e-9, "square", side)
    added = 2 * (30e-9 / left_m - 1) * 20e-9 / 400e-9
    assert notches_share(Track(400e-9, 30e-9, 2e-9), (notch, notch)) == pytest.approx(
        added, rel=2e-3
    )
