"""The thresholds of a notch."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    MicromagneticsError,
    Notch,
    Search,
    SpinOrbitTorque,
    Track,
    demagnetisation_of,
    energies_J,
    film_of,
    notch_thresholds,
    slopes_A_per_m3,
    straight_wall,
)
from dwmtj.simulators.micromagnetics.thresholds.bracket import bisect, bisections, climb
from dwmtj.simulators.micromagnetics.thresholds.ends_field import (
    cancelling_flux_density_T,
    ends_field_A_per_m,
)
from dwmtj.simulators.micromagnetics.thresholds.notch import NotchStudy, left_beyond_m
from dwmtj.simulators.micromagnetics.thresholds.outcome import Outcome
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL

TRACK = Track(400e-9, 50e-9, 2e-9, (Notch(200e-9, 5e-9, 10e-9),))
SEARCH = Search(
    between_A_per_m2=(0.2e12, 1e12),
    tolerance=0.09,
    run_up_m=120e-9,
    pulse_s=2e-9,
    rest_s=1e-9,
    longest_s=8e-9,
    static_step=0.2,
    accuracy=Accuracy(stray_interval_s=2e-12, window_m=250e-9),
)


def quiet(_what: str, _runs: int) -> None: ...


def film(track: Track = TRACK) -> Film:
    return film_of(track, MATERIAL, 5e-9, SpinOrbitTorque(0.3))


def outcome(current: float, threshold: float) -> Outcome:
    ending = "held" if current < threshold else "left"
    return Outcome(current, ending, 1e-9, 0.0, 0.0, 0.0, np.zeros((3, 1, 1)))  # type: ignore[arg-type]


@pytest.mark.parametrize("threshold", [0.51, 0.7654, 1.9])
def test_a_bisection_encloses_the_threshold_as_closely_as_asked(threshold: float) -> None:
    runs: list[float] = []

    def run(current: float) -> Outcome:
        runs.append(current)
        return outcome(current, threshold)

    bracket = bisect(run, (0.5, 2.0), 0.002)
    assert bracket.held.current_A_per_m2 < threshold <= bracket.lost.current_A_per_m2
    assert bracket.half_width_A_per_m2 <= 0.002 * bracket.middle_A_per_m2 * 1.001
    assert len(runs) <= bisections((0.5, 2.0), 0.002) + 1


def test_a_threshold_outside_the_search_is_refused() -> None:
    with pytest.raises(MicromagneticsError, match="search from a lower"):
        bisect(lambda current: outcome(current, 0.1), (0.5, 2.0), 0.01)
    with pytest.raises(MicromagneticsError, match="search up to a higher"):
        bisect(lambda current: outcome(current, 5.0), (0.5, 2.0), 0.01)


def test_a_staircase_ends_with_a_small_step_even_if_large_ones_kick_the_wall_out() -> None:
    """Here the wall goes at 1, and from a step of over 0.04 at 0.9."""

    def run(held: Outcome, current: float) -> Outcome:
        kicked = current - held.current_A_per_m2 > 0.04
        return outcome(current, 0.9 if kicked else 1.0)

    bracket = climb(run, outcome(0.5, 1.0), 0.1, 0.002)
    assert bracket.held.current_A_per_m2 < 1.0 <= bracket.lost.current_A_per_m2
    assert bracket.half_width_A_per_m2 < 0.003


def test_a_wall_has_left_halfway_to_the_next_notch_or_one_width_away() -> None:
    notches = tuple(Notch(x, 10e-9, 10e-9) for x in (100e-9, 180e-9, 400e-9))
    track = Track(400e-9, 50e-9, 2e-9, notches)
    beyond_m = [left_beyond_m(track, number) for number in (1, 2, 3)]
    assert beyond_m == pytest.approx([140e-9, 230e-9, 399.6e-9])
    taper = Track(400e-9, 40e-9, 2e-9, (Notch(100e-9, 10e-9, 10e-9),), 160e-9)
    assert left_beyond_m(taper, 1) == pytest.approx(170e-9)


def test_the_ends_push_a_wall_to_the_middle() -> None:
    fields = [ends_field_A_per_m(TRACK, MATERIAL, 5e-9, x) for x in (60e-9, 200e-9, 340e-9)]
    assert fields[0] > 1000
    assert fields[1] == pytest.approx(0, abs=1)
    assert fields[2] == pytest.approx(-fields[0])


def test_the_cancelling_field_leaves_the_energy_of_a_wall_flat() -> None:
    x_m, half_m = 120e-9, 20e-9  # where the end cuts off none of the wall
    field = ends_field_A_per_m(TRACK, MATERIAL, 5e-9, x_m)
    flux_density_T = (0.0, 0.0, cancelling_flux_density_T(field))
    plain = film_of(replace(TRACK, notches=()), MATERIAL, 5e-9, flux_density_T=flux_density_T)
    demagnetisation = demagnetisation_of(plain)
    ends = [
        energies_J(straight_wall(plain, x), plain, demagnetisation)
        for x in (x_m - half_m, x_m + half_m)
    ]
    without_J, with_J = (
        sum(ends[1][name] - ends[0][name] for name in names)
        for names in ([each for each in ends[0] if each != "Zeeman"], ends[0])
    )
    assert without_J < 0
    assert abs(with_J) < 0.02 * abs(without_J)


def test_the_larger_domain_of_a_taper_pushes_the_wall_to_the_wide_end() -> None:
    """M_S t w′/(π w) in a plane: its dipoles farther than half a width away, up to the edges."""
    for widths_m in ((60e-9, 180e-9), (180e-9, 60e-9)):
        taper = Track(900e-9, widths_m[0], 2e-9, (), widths_m[1])
        slope = (widths_m[1] - widths_m[0]) / 900e-9
        plane = 1.1e6 * 2e-9 * slope / (np.pi * 120e-9)
        assert ends_field_A_per_m(taper, MATERIAL, 5e-9, 450e-9) == pytest.approx(plane, rel=0.25)


def test_a_notch_has_three_thresholds_and_a_repeated_study_computes_nothing() -> None:
    memory = ProcessMemory()
    found = notch_thresholds(film(), TRACK, 1, SEARCH, memory, quiet)
    brackets = (found.run_up, found.static, found.pulse)
    for bracket in brackets:
        assert bracket.held.ending == "held" and bracket.lost.ending == "left"
        assert bracket.half_width_A_per_m2 <= 0.091 * bracket.middle_A_per_m2
        assert abs(bracket.held.position_m - 200e-9) < 60e-9
    assert found.run_up.middle_A_per_m2 < found.pulse.middle_A_per_m2
    assert found.held_pulse.after_rest.position_m == pytest.approx(200e-9, abs=2e-9)
    assert found.lost_pulse.at_end.position_m > 300e-9

    class Full(ProcessMemory):
        def keep(self, part: str, content: Any) -> None:
            raise AssertionError(part)

    again = notch_thresholds(film(), TRACK, 1, SEARCH, Full(memory), quiet)
    assert again.pulse.middle_A_per_m2 == found.pulse.middle_A_per_m2


def test_a_deeper_notch_holds_a_wall_against_larger_pulses() -> None:
    endings = []
    for depth_m in (5e-9, 15e-9):
        track = Track(400e-9, 50e-9, 2e-9, (Notch(200e-9, depth_m, 10e-9),))
        study = NotchStudy(film(track), track, 1, SEARCH, ProcessMemory(), quiet)
        endings.append(study.pulse(0.8e12).ending)
    assert endings == ["left", "held"]


def test_a_slope_is_that_of_its_neighbours_with_the_error_of_their_brackets() -> None:
    depths, thresholds = np.array([2.0, 4.0, 5.0]), np.array([1.0, 3.0, 7.0])
    slopes, errors = slopes_A_per_m3(depths, thresholds, np.array([0.1, 0.3, 0.1]))
    assert slopes == pytest.approx([1.0, 2.5, 4.0])
    assert errors == pytest.approx([0.2, 0.3, 0.4])


def test_a_wall_that_never_arrives_at_the_notch_counts_as_neither_held_nor_gone() -> None:
    """A spin-Hall angle of the other sign drives it back to the end of the track."""
    backwards = film_of(TRACK, MATERIAL, 5e-9, SpinOrbitTorque(-0.3))
    study = NotchStudy(backwards, TRACK, 1, SEARCH, ProcessMemory(), quiet)
    with pytest.raises(MicromagneticsError, match="before notch 1: search from a higher"):
        study.run_up(0.5e12)


def test_what_cannot_be_studied_is_refused() -> None:
    with pytest.raises(MicromagneticsError, match="no notch 2: the track has 1"):
        NotchStudy(film(), TRACK, 2, SEARCH, ProcessMemory(), quiet)
    with pytest.raises(MicromagneticsError, match="must rise"):
        Search(between_A_per_m2=(2e12, 1e12))
    with pytest.raises(MicromagneticsError, match="tolerance"):
        Search(tolerance=0.0)
    near = Track(400e-9, 50e-9, 2e-9, (Notch(20e-9, 10e-9, 10e-9),))
    with pytest.raises(MicromagneticsError, match="too near the end"):
        NotchStudy(film(near), near, 1, SEARCH, ProcessMemory(), quiet).run_up(1e12)
