"""A virtual wafer: its map, and how its devices differ from die to die and on a die."""

import numpy as np
import pytest

from dwmtj.simulators.bench import open_lab
from dwmtj.simulators.bench.circuit.wafer import Variation, WaferDevices, WaferSection
from dwmtj.simulators.bench.errors import LabError
from dwmtj.simulators.bench.lab_file import read_lab_file
from dwmtj.simulators.device import load_device
from dwmtj.wafer_map import DevicePlace, Die, WaferMap, device_name, device_place

FINE = WaferMap(diameter_m=0.1, die_width_m=2e-3, die_height_m=2e-3, edge_m=0.0)
VARIED = WaferSection(
    map=FINE,
    sites=4,
    resistance=Variation(gradient=0.1, die=0.03, device=0.02),
    no_contact=0.1,
)


@pytest.fixture
def devices() -> WaferDevices:
    return WaferDevices(load_device("trapezoid"), VARIED, seed=1)


def test_all_corners_of_a_die_are_inside_the_edge_exclusion() -> None:
    wafer = WaferMap(diameter_m=0.1, die_width_m=0.012, die_height_m=0.012, edge_m=3e-3)
    assert len(wafer.dies) == 37
    assert Die(3, 1) in wafer.dies
    assert Die(3, 2) not in wafer.dies
    assert WaferMap(diameter_m=0.1, die_width_m=0.2, die_height_m=0.01).dies == ()


def test_a_name_stands_for_the_place_that_it_was_made_of() -> None:
    place = DevicePlace("W7", Die(2, -1), "A3")
    assert device_name(place) == "W7/d(2,-1)/A3"
    assert device_place(device_name(place)) == place
    assert device_place("trapezoid-A3") is None
    assert device_place("W7/d(2,x)/A3") is None


def test_gradient_and_spreads_of_the_devices_are_those_declared(devices: WaferDevices) -> None:
    dies = devices.dies
    found = np.array([[devices.factors((die, k))[0] for k in range(4)] for die in dies])
    x = np.array([FINE.centre_m(die)[0] for die in dies]) / 0.05
    # 1876 dies: five standard errors, one false alarm in some million draws.
    slope, mean = np.polyfit(x, found.mean(axis=1), 1)
    assert mean == pytest.approx(1.0, abs=5 * 0.032 / np.sqrt(len(dies)))
    assert slope == pytest.approx(0.1, abs=5 * 0.032 / np.sqrt(np.sum(x**2)))
    device = np.sqrt(found.var(axis=1, ddof=1).mean())
    assert device == pytest.approx(0.02, rel=5 / np.sqrt(2 * 3 * len(dies)))
    of_dies = np.var(found.mean(axis=1) - slope * x) - device**2 / 4
    assert np.sqrt(of_dies) == pytest.approx(0.03, rel=7 / np.sqrt(2 * len(dies)))


def test_the_share_without_contact_is_that_declared(devices: WaferDevices) -> None:
    places = [(die, site) for die in devices.dies for site in range(4)]
    missing = sum(not devices.has_contact(place) for place in places) / len(places)
    assert missing == pytest.approx(0.1, abs=5 * np.sqrt(0.09 / len(places)))


def test_equal_seeds_give_equal_wafers(devices: WaferDevices) -> None:
    place = (Die(3, -2), 1)
    again = WaferDevices(load_device("trapezoid"), VARIED, seed=1)
    other = WaferDevices(load_device("trapezoid"), VARIED, seed=2)
    assert again.factors(place) == devices.factors(place) != other.factors(place)


def test_a_wafer_needs_a_prober_and_a_prober_a_wafer() -> None:
    declared = read_lab_file("wafer").sections
    assert declared.wafer is not None
    for lacking in ({"wafer": None}, {"instrument": declared.instrument[:-1]}):
        content = {**declared.model_dump(), **lacking}
        content["instrument"] = [
            one if isinstance(one, dict) else one.model_dump() for one in content["instrument"]
        ]
        with pytest.raises(ValueError, match="need each other"):
            type(declared).model_validate(content)


def test_without_a_touchdown_no_device_is_there() -> None:
    lab = open_lab("wafer?name=untouched")
    with pytest.raises(LabError, match="touch no device"):
        _ = lab.device
    assert np.isinf(lab.circuit.seen_resistance_ohm(four_wire=True, terminals="FRON"))
