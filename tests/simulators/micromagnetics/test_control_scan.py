"""Tracks that differ in their controls, and which of them share one film."""

from dataclasses import replace

import pytest

from dwmtj.simulators.micromagnetics import (
    Accuracy,
    Film,
    MicromagneticsError,
    Notch,
    Simulation,
    SpinOrbitTorque,
    Track,
    film_of,
    straight_wall,
    variants_of,
)
from dwmtj.simulators.micromagnetics.thresholds.control_scan import film_name
from dwmtj.simulators.micromagnetics.thresholds.controls import Value
from dwmtj.tests.simulators.micromagnetics.films import MATERIAL

TRACK = Track(400e-9, 30e-9, 2e-9, (Notch(200e-9, 5e-9, 10e-9), Notch(300e-9, 8e-9, 10e-9)))


def film(torque: SpinOrbitTorque) -> Film:
    return film_of(TRACK, MATERIAL, 5e-9, torque)


def test_a_control_changes_what_it_names_and_other_notches_are_left_out() -> None:
    axes: dict[str, tuple[Value, ...]] = {
        "width_m": (30e-9, 50e-9), "form": ("v",), "dmi_J_per_m2": (2e-3,), "cell_m": (2.5e-9,)
    }  # fmt: skip
    narrow, wide = variants_of(film(SpinOrbitTorque(0.3)), TRACK, "area", axes)
    assert [one.film.width_m for one in (narrow, wide)] == [30e-9, 50e-9]
    assert wide.film.cells.shape == (160, 20)
    assert wide.film.material == replace(MATERIAL, dmi_J_per_m2=2e-3)
    assert wide.track.notches == (replace(TRACK.notches[0], form="v"),)
    assert wide.label == "width_m = 50 nm, form = v, dmi_J_per_m2 = 2 mJ/m², cell_m = 2.5 nm"


def test_a_pitch_puts_an_equal_notch_on_either_side() -> None:
    (variant,) = variants_of(film(SpinOrbitTorque(0.3)), TRACK, "area", {"pitch_m": (60e-9,)})
    first = TRACK.notches[0]
    places_m = [notch.position_m for notch in variant.track.notches]
    assert places_m == pytest.approx([200e-9, 140e-9, 260e-9])
    assert {notch.depth_m for notch in variant.track.notches} == {first.depth_m}


@pytest.mark.parametrize("asymmetry", [1.0, 2.0])
def test_a_wall_moves_alike_where_the_product_of_angle_and_current_is_the_same(
    asymmetry: float,
) -> None:
    """What scaling thresholds as 1/θ rests on."""
    ends_m = []
    for angle, current in ((0.3, 0.5e12), (0.15, 1e12)):
        own = film(SpinOrbitTorque(angle, asymmetry))
        simulation = Simulation(own, straight_wall(own, 120e-9), Accuracy())
        simulation.run(0.2e-9, current)
        ends_m.append(simulation.wall.position_m)
    assert ends_m[0] > 125e-9
    assert ends_m[1] == pytest.approx(ends_m[0], rel=1e-9)


def test_spin_hall_angles_share_a_film_unless_the_torque_has_a_field_like_part() -> None:
    axes = {"spin_hall_angle": (0.3, 0.1), "width_m": (30e-9,)}
    for torque, films in ((SpinOrbitTorque(0.3), 1), (SpinOrbitTorque(0.3, 1.0, 0.1), 2)):
        variants = variants_of(film(torque), TRACK, "area", axes)
        assert len({film_name(variant) for variant in variants}) == films
        assert [one.per_drawn_current for one in variants] == pytest.approx(
            [1.0, 3.0 if films == 1 else 1.0]
        )


def test_a_track_that_cannot_be_made_is_named_by_its_values() -> None:
    with pytest.raises(MicromagneticsError, match=r"^width_m = 31 nm: Cells of 5 nm do not"):
        variants_of(film(SpinOrbitTorque(0.3)), TRACK, "area", {"width_m": (31e-9,)})
    plain = replace(TRACK, notches=())
    with pytest.raises(MicromagneticsError, match="no notch that could be studied"):
        variants_of(film(SpinOrbitTorque(0.3)), plain, "area", {"width_m": (30e-9,)})
