"""Exports hold the model's numbers and load as the programs they are for read them."""

import csv
import json
import re
import sys
from dataclasses import dataclass, fields, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest

from dwmtj.analysis import AnalysisError
from dwmtj.analysis.exports import write_export
from dwmtj.analysis.exports.neurosim import nonlinearity_comment
from dwmtj.analysis.state_model.file import read_model
from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.storage import OutputFileError

SOURCE = Source((1, 4), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "counted", "ladders")
MEANS = (100.0, 90.0, 75.0)
UP = (
    ((9, 1, 0), (0, 0, 0), (0, 0, 0)),
    ((0, 7, 2), (0, 1, 0), (0, 0, 0)),
    ((0, 0, 0), (0, 0, 8), (0, 0, 2)),
)
DOWN = (((0, 0, 0), (0, 0, 0), (10, 0, 0)),)


@pytest.fixture
def model() -> StateModel:
    levels = tuple(
        LevelState(Quantity(mean, mean - 1, mean + 1), Quantity(0.5, 0.3, 0.9), 0.1, None, 10)
        for mean in MEANS
    )
    up = Pulses("positive", 5e-8, 1e-8, 1e-8, -4e-3, (1.0, 2.0, 3.0), UP, SOURCE)
    down = Pulses("negative", 5e-8, 1e-8, 1e-8, -42e-3, (3.5,), DOWN, SOURCE)
    return StateModel(
        "trapezoid-A3", 1, ("A3",), levels, SOURCE, (up, down), Prior(), 0.05, 0, None
    )


def loaded(path: Path) -> dict[str, Any]:
    """Run an exported module and return its names."""
    names: dict[str, Any] = {"__name__": path.stem}
    exec(compile(path.read_text(encoding="utf-8"), path, "exec"), names)
    return names


def test_json_is_the_model(model: StateModel, tmp_path: Path) -> None:
    write_export(model, "json", tmp_path / "model.json")
    assert read_model(tmp_path / "model.json") == model


def test_csv_tables_hold_levels_and_every_pair_that_was_pulsed_at(
    model: StateModel, tmp_path: Path
) -> None:
    write_export(model, "csv", tmp_path / "model.csv")
    with (tmp_path / "model-levels.csv").open(encoding="utf-8") as file:
        levels = list(csv.DictReader(file))
    assert [float(level["resistance_ohm"]) for level in levels] == list(MEANS)
    assert [level["device_std_ohm"] for level in levels] == ["", "", ""]
    with (tmp_path / "model.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert sum(int(row["count"]) for row in rows) == 40
    assert {float(row["amplitude_V"]) for row in rows} == {1.0, 2.0, 3.0, -3.5}
    row = next(
        row for row in rows if (row["level"], row["next_level"], row["count"]) == ("0", "1", "7")
    )
    low, probability, high = (float(row[key]) for key in ("low", "probability", "high"))
    assert low < probability < high
    assert probability == pytest.approx(7 / 9, abs=0.1)


@pytest.fixture
def crosssim(monkeypatch: pytest.MonkeyPatch) -> None:
    """CrossSim's two names that a device uses, as its documentation describes them."""

    class EmptyDevice:
        pass

    backend, device = ModuleType("simulator.backend"), ModuleType("simulator.devices.idevice")
    rng = np.random.default_rng(1)
    numpy_like = SimpleNamespace(asarray=np.asarray, abs=np.abs, random=rng)
    backend.__dict__["ComputeBackend"] = lambda: numpy_like
    device.__dict__["EmptyDevice"] = EmptyDevice
    for name in ("simulator", "simulator.devices"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "simulator.backend", backend)
    monkeypatch.setitem(sys.modules, "simulator.devices.idevice", device)


@pytest.mark.usefixtures("crosssim")
def test_the_crosssim_device_programs_the_nearest_level_with_its_scatter(
    model: StateModel, tmp_path: Path
) -> None:
    """5 standard errors of 20,000 draws."""
    write_export(model, "crosssim", tmp_path / "device.py")
    names = loaded(tmp_path / "device.py")
    device = names["TrapezoidA3"]()
    target = np.full(20_000, 0.84, dtype=np.float32)  # of 1/75 S; the middle level has 0.8333
    programmed = device.programming_error(target) / 75.0
    sigma_S = 0.5 / 90**2
    assert programmed.mean() == pytest.approx(1 / 90, abs=5 * sigma_S / np.sqrt(20_000))
    assert programmed.std() == pytest.approx(sigma_S, rel=0.03)
    assert programmed.dtype == np.float32
    errors = {name: SimpleNamespace() for name in ("programming_error", "read_noise")}
    params = SimpleNamespace(xbar=SimpleNamespace(device=SimpleNamespace(**errors)))
    names["configure"](params)
    configured = params.xbar.device
    assert (configured.Rmin, configured.Rmax) == pytest.approx((75.0, 100.0))
    assert configured.programming_error.model == "TrapezoidA3"
    assert configured.read_noise.enable is False


@dataclass
class PiecewiseStepDevice:
    """The fields of aihwkit 1.2.0's class that an export sets."""

    w_min: float = -0.6
    w_max: float = 0.6
    w_min_dtod: float = 0.3
    w_max_dtod: float = 0.3
    dw_min: float = 0.001
    dw_min_dtod: float = 0.3
    dw_min_std: float = 0.3
    up_down: float = 0.0
    up_down_dtod: float = 0.01
    write_noise_std: float = 0.0
    piecewise_up: tuple[float, ...] = (1,)
    piecewise_down: tuple[float, ...] = (1,)


def test_the_aihwkit_device_steps_as_the_measured_one(
    model: StateModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("aihwkit", "aihwkit.simulator", "aihwkit.simulator.configs"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    devices = ModuleType("aihwkit.simulator.configs.devices")
    devices.__dict__["PiecewiseStepDevice"] = PiecewiseStepDevice
    monkeypatch.setitem(sys.modules, devices.__name__, devices)
    write_export(model, "aihwkit", tmp_path / "preset.py")
    write_export(model, "aihwkit", tmp_path / "preset.json")
    preset = loaded(tmp_path / "preset.py")["TrapezoidA3PresetDevice"]()
    document = json.loads((tmp_path / "preset.json").read_text(encoding="utf-8"))
    assert document["class"] == "PiecewiseStepDevice"
    assert preset == type(preset)(**document["parameters"])
    assert set(document["parameters"]) == {field.name for field in fields(PiecewiseStepDevice)}
    conductance = 1 / np.array(MEANS)
    weights = 2 * (conductance - conductance[0]) / np.ptp(conductance) - 1
    up, down = (
        preset.dw_min * np.interp(weights, np.linspace(-1, 1, 33), values)
        for values in (preset.piecewise_up, preset.piecewise_down)
    )
    first = 0.8 * (weights[1] - weights[0]) + 0.2 * (weights[2] - weights[0])
    assert up == pytest.approx([first, weights[2] - weights[1], 0.0])
    assert down == pytest.approx([0.0, weights[1] - weights[0], 2.0])


def test_the_neurosim_arrays_obey_its_rules(model: StateModel, tmp_path: Path) -> None:
    write_export(model, "neurosim", tmp_path / "cell.cpp")
    text = (tmp_path / "cell.cpp").read_text(encoding="utf-8")
    arrays = dict(re.findall(r"^double (\w+)\[\] = \{(.*)\};$", text, re.MULTILINE))
    ltp, ltd = (
        [float(value) for value in arrays[f"rawDataConductance{kind}"].split(",")]
        for kind in ("LTP", "LTD")
    )
    assert ltp == sorted(ltp) == [1 / mean for mean in MEANS]
    assert ltd == sorted(ltd, reverse=True)
    assert (ltp[0], ltp[-1]) == (ltd[-1], ltd[0])
    assert "writePulseWidthLTP = 5e-08;" in text


def test_a_nonlinearity_that_misses_the_levels_is_not_exported() -> None:
    even, halves = np.linspace(1e-3, 2e-3, 9), np.array([1.0, 1.01, 1.02, 1.03, 1.8, 1.81, 1.82])
    assert nonlinearity_comment("NL_LTP", even) == ["// NL_LTP = 0.00"]
    (line,) = nonlinearity_comment("NL_LTD", halves * 1e-3)
    assert line.startswith("// NL_LTD: none")
    assert "misses the levels by" in line


def test_what_cannot_be_exported_is_said(model: StateModel, tmp_path: Path) -> None:
    one_way = replace(model, pulses=model.pulses[:1])
    for form in ("aihwkit", "neurosim"):
        with pytest.raises(AnalysisError, match="only holds steps in one direction"):
            write_export(one_way, form, tmp_path / "x")
    blank = (replace(model.levels[0], cycle_std_ohm=None), *model.levels[1:])
    with pytest.raises(AnalysisError, match="was visited once"):
        write_export(replace(model, levels=blank), "crosssim", tmp_path / "x")
    with pytest.raises(AnalysisError, match="no format 'pickle'"):
        write_export(model, "pickle", tmp_path / "x")
    with pytest.raises(OutputFileError, match="cannot be written"):
        write_export(model, "json", tmp_path / "none" / "x")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "x").write_text("mine")
    with pytest.raises(OutputFileError, match="already exists"):
        write_export(model, "json", tmp_path / "x")
    assert (tmp_path / "x").read_text() == "mine"
