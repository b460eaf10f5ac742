"""A track on its grid."""

from dataclasses import replace

import numpy as np
import pytest

from dwmtj.simulators.micromagnetics import (
    Material,
    MicromagneticsError,
    Notch,
    Roughness,
    Track,
    cells_of,
    film_of,
)
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL

PLAIN = Track(200e-9, 100e-9, 2e-9)


def area_m2(track: Track, cell_m: float = 5e-9) -> float:
    return float(cells_of(track, cell_m).volume.sum()) * cell_m**2


@pytest.mark.parametrize(
    ("notch", "removed_m2"),
    [
        (Notch(100e-9, 20e-9, 20e-9, "half-disc", "upper"), np.pi * 20e-9**2 / 2),
        (Notch(100e-9, 20e-9, 20e-9, "half-disc", "both"), np.pi * 20e-9**2),
        (Notch(100e-9, 30e-9, 20e-9, "v", "lower"), 20e-9 * 30e-9),
        (Notch(100e-9, 30e-9, 20e-9, "square", "lower"), 2 * 20e-9 * 30e-9),
    ],
)
def test_a_notch_removes_its_area(notch: Notch, removed_m2: float) -> None:
    """To 2 % with cells of 2.5 nm, of which those with less than 30 % material are left out."""
    removed = area_m2(PLAIN, 2.5e-9) - area_m2(replace(PLAIN, notches=(notch,)), 2.5e-9)
    assert removed == pytest.approx(removed_m2, rel=0.02)


def test_a_notch_on_one_side_leaves_the_other_edge_whole() -> None:
    notched = replace(PLAIN, notches=(Notch(100e-9, 20e-9, 20e-9, "v", "upper"),))
    volume = cells_of(notched, 5e-9).volume
    assert volume[20, 0] == pytest.approx(1)
    assert volume[20, -1] == 0


def test_area_weights_follow_a_notch_more_finely_than_whole_cells() -> None:
    depths_m = np.array([10.0, 11.0, 12.0]) * 1e-9
    tracks = [replace(PLAIN, notches=(Notch(100e-9, d, d),)) for d in depths_m]
    weighted = [float(cells_of(track, 5e-9).volume.sum()) for track in tracks]
    whole = [float(cells_of(track, 5e-9, "centre").volume.sum()) for track in tracks]
    assert weighted[0] > weighted[1] > weighted[2]
    assert len(set(whole)) < 3
    assert set(np.unique(cells_of(tracks[0], 5e-9, "centre").volume)) == {0.0, 1.0}


def test_a_taper_widens_the_cells_along_x() -> None:
    widths_m = cells_of(replace(PLAIN, width_m=40e-9, end_width_m=100e-9), 5e-9).column_width_m
    np.testing.assert_allclose(widths_m, 40e-9 + 60e-9 * (np.arange(40) + 0.5) / 40)


def test_no_face_is_larger_than_its_cells_and_the_border_is_closed() -> None:
    cells = cells_of(replace(PLAIN, notches=(Notch(100e-9, 22e-9, 17e-9),)), 5e-9)
    assert (cells.face_x[1:-1] <= np.minimum(cells.volume[1:], cells.volume[:-1])).all()
    assert (cells.face_y[:, 1:-1] <= np.minimum(cells.volume[:, 1:], cells.volume[:, :-1])).all()
    assert not cells.face_x[[0, -1]].any() and not cells.face_y[:, [0, -1]].any()
    assert 0 < cells.volume[cells.volume > 0].min() < 1


def test_a_rough_edge_has_its_amplitude_and_is_the_same_on_any_grid() -> None:
    rough = replace(PLAIN, length_m=4e-6, roughness=Roughness(2e-9, 20e-9, seed=3))
    x_m = np.linspace(0, 4e-6, 4001)
    lower, upper = rough.edges_m(x_m)
    assert np.std(upper) == pytest.approx(2e-9, rel=0.2)
    assert upper.mean() == pytest.approx(50e-9, abs=0.05e-9)
    assert abs(np.corrcoef(lower, upper)[0, 1]) < 0.3
    shifted = upper - upper.mean()
    at_one_length = np.mean(shifted[20:] * shifted[:-20]) / np.mean(shifted**2)
    assert at_one_length == pytest.approx(np.exp(-0.5), abs=0.15)
    coarse, fine = cells_of(rough, 5e-9), cells_of(rough, 2.5e-9)
    assert coarse.shape[1] > 20  # the grid holds what lies outside the drawn edge
    assert coarse.volume.sum() * 4 == pytest.approx(fine.volume.sum(), rel=5e-3)
    other = replace(rough, roughness=Roughness(2e-9, 20e-9, seed=4))
    assert np.abs(other.edges_m(x_m)[1] - upper).max() > 1e-9


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"notches": (Notch(50e-9, 10e-9, 30e-9), Notch(105e-9, 9e-9, 30e-9))}, "1 and 2 touch"),
        ({"notches": (Notch(250e-9, 10e-9, 10e-9),)}, "Notch 1 at 2.5e-07 m is not on the track"),
        ({"notches": (Notch(50e-9, 0.0, 10e-9),)}, "Notch 1 has no size"),
        ({"notches": (Notch(50e-9, 50e-9, 10e-9),)}, "cuts the track through"),
        ({"width_m": 0.0}, "must be above 0"),
        ({"end_width_m": float("nan")}, "must be above 0"),
    ],
)
def test_a_track_that_cannot_be_is_refused(changes: dict[str, object], problem: str) -> None:
    with pytest.raises(MicromagneticsError, match=problem):
        replace(PLAIN, **changes)  # type: ignore[arg-type]


def test_notches_on_opposite_edges_may_face_each_other() -> None:
    replace(
        PLAIN,
        notches=(
            Notch(50e-9, 10e-9, 30e-9, side="upper"),
            Notch(60e-9, 10e-9, 30e-9, side="lower"),
        ),
    )


@pytest.mark.parametrize(
    ("cell_m", "problem"),
    [(3e-9, "do not divide the length"), (8e-9, "do not divide the width"), (0.0, "divide")],
)
def test_cells_that_do_not_divide_the_track_are_refused(cell_m: float, problem: str) -> None:
    with pytest.raises(MicromagneticsError, match=problem):
        cells_of(PLAIN, cell_m)


def test_cells_too_large_for_the_wall_are_refused() -> None:
    with pytest.raises(MicromagneticsError, match=r"Δ = 9\.13 nm.*6\.09 nm or less"):
        film_of(PLAIN, MATERIAL, 10e-9)


def test_a_film_that_no_computer_holds_is_refused() -> None:
    with pytest.raises(MicromagneticsError, match="200000 × 200000 cells are more than"):
        cells_of(Track(1e-3, 1e-3, 2e-9), 5e-9)


def test_a_film_whose_walls_have_no_energy_is_refused() -> None:
    """D_c = 4 √(A K_eff)/π is 2.79 mJ/m² here."""
    film_of(PLAIN, replace(MATERIAL, dmi_J_per_m2=-2.78e-3), 5e-9)
    with pytest.raises(MicromagneticsError, match=r"D = -2\.8 mJ/m².*breaks up"):
        film_of(PLAIN, replace(MATERIAL, dmi_J_per_m2=-2.8e-3), 5e-9)


@pytest.mark.parametrize(
    "name", ["saturation_magnetization_A_per_m", "dmi_J_per_m2", "anisotropy_J_per_m3", "damping"]
)
def test_a_material_of_no_number_is_refused(name: str) -> None:
    with pytest.raises(MicromagneticsError, match="finite"):
        replace(MATERIAL, **{name: float("nan")})


def test_a_film_magnetized_in_its_plane_is_refused() -> None:
    with pytest.raises(MicromagneticsError, match="in its plane"):
        film_of(PLAIN, Material(1.1e6, 2e-11, 0.5e6), 5e-9)
