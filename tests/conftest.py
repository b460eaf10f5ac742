"""What tests of several rooms need, and what no test may leave behind."""

from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from dwmtj.analysis.calibration.model import calibrate
from dwmtj.analysis.calibration.runs import CalibrationRun
from dwmtj.analysis.state_model.model import StateModel
from dwmtj.instruments import BenchFile, load_bench_file
from dwmtj.simulators.device import Device, load_device
from tests.official_images import write_official_images
from tests.surroundings import unchanged_surroundings

_numbers = count()


@pytest.fixture(autouse=True)
def no_test_changes_its_surroundings() -> Iterator[None]:
    with unchanged_surroundings():
        yield


@pytest.fixture(scope="session")
def official_images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for DWMTJ_DATA: a few synthetic images in the files of the official data sets."""
    return write_official_images(tmp_path_factory.mktemp("official-images"))


@pytest.fixture
def virtual() -> Callable[..., BenchFile]:
    """Return the bench file of a virtual bench of its own, in the state of a cold start."""

    def make(lab: str = "trapezoid", seed: int = 1) -> BenchFile:
        library = f"{lab}?seed={seed}&name=test-{next(_numbers)}@dwmtj"
        return load_bench_file(f"virtual-{lab}").model_copy(update={"visa_library": library})

    return make


@pytest.fixture(scope="session")
def straight_model() -> StateModel:
    """A straight synapse, cycled both ways at −4 mT up to four amplitudes, 15 times each."""
    device = Device(load_device("straight"), seed=1)
    device.drive(0.0, 1.0, -0.12)
    rows: list[tuple[int, str, float, float]] = []

    def read(cycle: int, phase: str, amplitude_V: float = np.nan) -> None:
        resistance_ohm = float(device.junction_voltage_V(20e-6, 20e-3)[0]) / 20e-6
        rows.append((cycle, phase, amplitude_V, resistance_ohm))

    read(0, "saturate")
    for cycle in range(60):
        for sign, stop_V in ((1, (2.9, 3.3, 3.7, 5.5)[cycle % 4]), (-1, 5.0)):
            phase = "write" if sign > 0 else "reset"
            read(cycle, "bias")
            for step in range(1, round(stop_V / 0.05) + 1):
                device.drive(sign * 0.05 * step, 50e-9, -0.004, rise_s=12.5e-9, fall_s=12.5e-9)
                device.drive(0.0, 1e-3, -0.004)
                read(cycle, phase, sign * round(0.05 * step, 9))
    points = pd.DataFrame(rows, columns=["cycle", "phase", "amplitude_V", "resistance_ohm"])
    width_s = points["amplitude_V"].where(points["amplitude_V"].isna(), 50e-9)
    field_T = np.where(points["phase"] == "saturate", -0.12, -0.004)
    parameters = {
        "saturation_field_T": -0.12,
        "write_bias_T": -0.004,
        "reset_bias_T": -0.004,
        "pulse_width_s": 50e-9,
        "rise_s": 10e-9,
        "fall_s": 10e-9,
        "read_current_A": 20e-6,
    }
    run = CalibrationRun(
        points=points.assign(pulse_width_s=width_s, current_A=20e-6, field_T=field_T),
        device="straight",
        run=1,
        protocol="write-reset-cycling",
        database="lab.sqlite",
        code_version="0",
        parameters=parameters,
    )
    return calibrate([run], "straight")
