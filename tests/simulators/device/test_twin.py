"""A twin repeats the transitions of its model's document."""

from typing import Any

import numpy as np
import pytest

from dwmtj.simulators.device import DeviceError, Twin, twin_parameters

COUNT = 4000
UNSTATED: dict[str, float | None] = {"pulse_width_s": None, "field_T": None}


def quantity(value: float) -> dict[str, float | None]:
    return {"value": value, "low": None, "high": None}


def document(**changes: Any) -> dict[str, Any]:
    """A model with three levels; positive pulses lead down the levels, −2 V leads back."""
    levels = [
        {"resistance_ohm": quantity(mean), "cycle_std_ohm": quantity(1.0), "wander_std_ohm": 0.5}
        for mean in (100.0, 80.0, 60.0)
    ]
    up = [
        [[8, 2, 0], [0, 0, 0], [0, 0, 0]],
        [[2, 3, 3], [0, 2, 0], [0, 0, 0]],
        [[0, 0, 2], [0, 1, 4], [0, 0, 3]],
    ]
    down = [[[0, 0, 0], [0, 0, 0], [6, 0, 0]]]
    return {
        "schema": "dwmtj-state-model",
        "schema_version": 1,
        "name": "A3",
        "levels": levels,
        "read_noise": {"relative_std": quantity(1e-3)},
        "saturated_level": 0,
        "saturation_field_T": 0.05,
        "pulses": [
            {"polarity": "positive", "amplitudes_V": [1.0, 2.0, 3.0], "counts": up, **UNSTATED},
            {"polarity": "negative", "amplitudes_V": [2.0], "counts": down, **UNSTATED},
        ],
        **changes,
    }


def a_twin(count: int = COUNT, seed: int = 1) -> Twin:
    return Twin(twin_parameters(document()), seed, count)


def close(twin: Twin, wanted: list[float]) -> bool:
    """Within 5 standard errors of 4,000 devices: false alarms below 1e-6 for each level."""
    shares = np.bincount(twin.site, minlength=3) / twin.count
    sigma = np.sqrt(np.array(wanted) * (1 - np.array(wanted)) / twin.count)
    return bool((np.abs(shares - wanted) <= 5 * sigma + 1e-12).all())


def test_a_ladder_leads_along_the_counted_transitions() -> None:
    twin = a_twin()
    twin.drive(1.0, 50e-9)
    assert close(twin, [0.8, 0.2, 0.0])
    twin.drive(2.0, 50e-9)
    assert close(twin, [0.2, 0.5, 0.3])


def test_a_pulse_out_of_the_blue_does_what_the_ladder_does() -> None:
    twin = a_twin()
    twin.drive(2.0, 50e-9)
    assert close(twin, [0.2, 0.5, 0.3])


def test_what_a_wall_has_withstood_does_not_move_it() -> None:
    twin = a_twin()
    twin.drive(2.0, 50e-9)
    before = twin.site
    for amplitude_V in (2.0, 1.0):
        twin.drive(amplitude_V, 50e-9)
    assert (twin.site == before).all()


def test_the_other_polarity_and_saturation_make_the_wall_new() -> None:
    twin = a_twin()
    for back in ((-2.0, 50e-9, -0.042), (0.0, 1.0, 0.0495)):
        twin.drive(3.0, 50e-9)
        twin.drive(np.where(twin.site == 2, back[0], 0.0), back[1], back[2])
        arrived = twin.site == 0
        assert arrived.any()
        twin.drive(np.where(arrived, 2.0, 0.0), 50e-9)
        moved = (twin.site[arrived] > 0).mean()
        assert moved == pytest.approx(0.8, abs=5 * 0.4 / np.sqrt(arrived.sum()))


def test_neither_rest_nor_a_smaller_field_moves_it() -> None:
    twin = a_twin()
    twin.drive(3.0, 50e-9)
    before = twin.site
    twin.drive(0.0, 10.0, field_T=0.04)
    twin.drive(0.0, 10.0, field_T=-0.05)
    assert (twin.site == before).all()


def test_a_visit_keeps_its_resistance_about_which_pulses_scatter_it() -> None:
    """5 standard errors of 4,000 devices."""
    twin = a_twin()
    first = twin.resistance_ohm()
    twin.drive(0.5, 50e-9)
    second = twin.resistance_ohm()
    assert first.std() == pytest.approx(np.hypot(1.0, 0.5), rel=5 / np.sqrt(2 * COUNT))
    assert (second - first).std() == pytest.approx(0.5 * np.sqrt(2), rel=5 / np.sqrt(2 * COUNT))
    twin.drive(0.0, 1.0)
    assert (twin.resistance_ohm() == second).all()


def test_readings_have_the_models_noise_both_ways() -> None:
    """5 standard errors of 4,000 devices."""
    twin = a_twin()
    resistance = twin.resistance_ohm()
    for reading in (
        twin.junction_voltage_V(1e-4, 0.02) / 1e-4,
        0.1 / twin.junction_current_A(0.1, 0.02),
    ):
        relative = reading / resistance - 1
        assert relative.std() == pytest.approx(1e-3, rel=5 / np.sqrt(2 * COUNT))


def test_a_seed_repeats_a_twin_and_another_does_not() -> None:
    first, again, other = (a_twin(10, seed).resistance_ohm() for seed in (3, 3, 4))
    assert (first == again).all()
    assert not (first == other).any()


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"schema": "other"}, "schema version 1"),
        ({"schema_version": 2}, "schema version 1"),
        ({"levels": None}, r"not complete \(levels: Input should be a valid list"),
        ({"pulses": [{"polarity": "positive"}]}, r"not complete \(pulses\.0\.amplitudes_V: "),
    ],
)
def test_another_document_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(DeviceError, match=message):
        twin_parameters(document(**changes))


@pytest.mark.parametrize(
    ("pulse", "message"),
    [
        ((1.0, 60e-9, -0.004), "pulses of 5e-08 s, not of 6e-08 s"),
        ((1.0, 50e-9, -0.006), "at -0.004 T, not at -0.006 T"),
        ((3.5, 50e-9, -0.004), "up to 3 V, not of 3.5 V"),
        ((-1.0, 50e-9, -0.004), "without negative pulses"),
        ((0.2, 10.0, -0.004), "pulses of 5e-08 s, not of 10 s"),
    ],
    ids=["width", "field", "amplitude", "polarity", "left on"],
)
def test_a_pulse_that_was_not_measured_is_refused_and_does_nothing(
    pulse: tuple[float, float, float], message: str
) -> None:
    (ladder, _) = document()["pulses"]
    measured = {**ladder, "pulse_width_s": 50e-9, "field_T": -0.004}
    twin = Twin(twin_parameters(document(pulses=[measured])), 1, 3)
    before = twin.resistance_ohm()
    with pytest.raises(DeviceError, match=message):
        twin.drive(np.array([0.0, pulse[0], 0.0]), *pulse[1:])
    assert (twin.resistance_ohm() == before).all()
    twin.drive(3.0, 50.2e-9, -0.0045)
    twin.drive(-3.0, 1.0, 0.05)  # the saturating field keeps the wall where it is, pulse or not


def test_what_a_device_cannot_be_asked_is_refused() -> None:
    twin = a_twin(3)
    with pytest.raises(DeviceError, match="no time negative"):
        twin.drive(1.0, -1.0)
    with pytest.raises(DeviceError, match="3 devices but values of shape"):
        twin.drive(np.ones(2), 50e-9)
    with pytest.raises(DeviceError, match="make it positive"):
        twin.junction_voltage_V(1e-4, 0.0)
    with pytest.raises(DeviceError, match="count ≥ 1"):
        a_twin(0)


def test_a_twin_restored_from_readings_does_what_the_one_that_was_read_does() -> None:
    """A wall that withstood 2 V does not leave under 2 V again, nor does the restored one."""
    one = a_twin(200)
    one.drive(0.0, 1.0, 0.05)
    one.drive(2.0, 50e-9)
    restored = a_twin(200, seed=2)
    for place, ohm in enumerate(one.resistance_ohm()):
        restored.part(place, place + 1).restore(float(ohm), 2.0)
    assert (restored.site == one.site).all()
    assert 0 < (one.site == 0).sum() < 200
    stayed = restored.site == 0
    restored.drive(2.0, 50e-9)
    assert (restored.site[stayed] == 0).all()
    restored.part(0, 1).restore(float("nan"), float("nan"))  # an open junction
    assert restored.resistance_ohm()[0] > 0
