"""aihwkit itself loads an exported device and moves it as the state model moves.

Skipped where aihwkit is not installed: it comes as source that takes ten minutes to compile.
"""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from dwmtj.analysis.exports import write_export
from dwmtj.analysis.state_model.model import LevelState, Prior, Pulses, Quantity, Source, StateModel
from dwmtj.analysis.state_model.transitions import maximum_likelihood

pytest.importorskip("aihwkit")
torch = pytest.importorskip("torch")
configs = pytest.importorskip("aihwkit.simulator.configs")
tiles = pytest.importorskip("aihwkit.simulator.tiles")

DEVICES = 20_000
SOURCE = Source((1,), "lab.sqlite", "0.1.0", "2025-03-01T22:15:00+00:00", "counted", "ladders")
MEANS = (100.0, 93.0, 76.0, 67.0)
UP = (
    ((9, 1, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)),
    ((0, 7, 2, 0), (0, 1, 0, 0), (0, 0, 0, 0), (0, 0, 0, 0)),
    ((0, 0, 0, 0), (0, 0, 8, 0), (0, 0, 2, 0), (0, 0, 0, 0)),
    ((0, 0, 0, 0), (0, 0, 0, 0), (0, 0, 0, 10), (0, 0, 0, 0)),
)
DOWN = (((0, 0, 0, 0), (5, 0, 0, 0), (3, 2, 0, 0), (6, 0, 4, 0)),)


@pytest.fixture
def model() -> StateModel:
    levels = tuple(
        LevelState(Quantity(mean, mean - 1, mean + 1), Quantity(0.3, 0.2, 0.6), 0.1, None, 10)
        for mean in MEANS
    )
    up = Pulses("positive", 5e-8, 1e-8, 1e-8, -4e-3, (1.0, 2.0, 3.0, 3.5), UP, SOURCE)
    down = Pulses("negative", 5e-8, 1e-8, 1e-8, -42e-3, (3.5,), DOWN, SOURCE)
    return StateModel("A3", 1, ("A3",), levels, SOURCE, (up, down), Prior(), 0.05, 0, None)


def exported(model: StateModel, form: str, folder: Path) -> Any:
    """Return aihwkit's device as the exported file makes it."""
    path = folder / f"preset.{form}"
    write_export(model, "aihwkit", path)
    text = path.read_text(encoding="utf-8")
    if form == "json":
        document = json.loads(text)
        return getattr(configs, document["class"])(**document["parameters"])
    names: dict[str, Any] = {"__name__": "preset"}
    exec(compile(text, path, "exec"), names)
    return names["A3PresetDevice"]()


def pulsed(device: Any, weight: float, direction: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the weights of many devices before and after one pulse."""
    config = configs.SingleRPUConfig(device=device)
    config.update.desired_bl = 1
    config.update.update_bl_management = config.update.update_management = False
    tile = tiles.AnalogTile(100, DEVICES // 100, config)
    tile.set_learning_rate(1.0)
    tile.set_weights(torch.full((100, DEVICES // 100), weight))
    before = tile.get_weights()[0].numpy().copy()
    tile.update(-torch.ones(1, DEVICES // 100), direction * torch.ones(1, 100))
    return before, tile.get_weights()[0].numpy()


def step(model: StateModel, weights: np.ndarray, level: int, polarity: int) -> tuple[float, float]:
    """Return mean and σ of the weight's change when a ladder has moved a device of the model."""
    change, stays = weights - weights[level], 1.0
    mean = square = 0.0
    for matrix in maximum_likelihood(model.pulses[polarity]):
        moved = stays * np.where(np.arange(len(weights)) == level, 0.0, matrix[level])
        mean, square = mean + moved @ change, square + moved @ change**2
        stays *= matrix[level, level]
    return mean, float(np.sqrt(square - mean**2))


@pytest.mark.parametrize("form", ["py", "json"])
@pytest.mark.parametrize("level", range(len(MEANS)))
@pytest.mark.parametrize("polarity", [0, 1], ids=["up", "down"])
def test_a_pulse_moves_it_as_far_as_the_model_moves_on_average(
    model: StateModel, form: str, level: int, polarity: int, tmp_path: Path
) -> None:
    """Within 5 standard errors of 20,000 devices and aihwkit's single precision."""
    device = exported(model, form, tmp_path)
    device.dw_min_std = 0.0  # what scatters beyond the ends of the range is cut off there
    conductance = 1 / np.array(MEANS)
    weights = 2 * (conductance - conductance[0]) / np.ptp(conductance) - 1
    before, after = pulsed(device, float(weights[level]), 1.0 - 2.0 * polarity)
    error = after.std() / np.sqrt(DEVICES)
    wanted, _ = step(model, weights, level, polarity)
    assert before.mean() == pytest.approx(weights[level], abs=5 * error)
    assert after.mean() - weights[level] == pytest.approx(wanted, abs=5 * error + 1e-5)


def test_its_steps_scatter_as_those_of_the_model_do_on_average(
    model: StateModel, tmp_path: Path
) -> None:
    """Root mean squares over all steps; aihwkit knows one relative scatter for all of them."""
    conductance = 1 / np.array(MEANS)
    weights = 2 * (conductance - conductance[0]) / np.ptp(conductance) - 1
    device = exported(model, "py", tmp_path)
    relative = device.dw_min_std
    known = [step(model, weights, level, polarity) for level in range(4) for polarity in (0, 1)]
    moving = np.array([pair for pair in known if pair[0]])
    assert relative == pytest.approx(np.sqrt((moving[:, 1] ** 2).sum() / (moving[:, 0] ** 2).sum()))
    _, after = pulsed(device, -1.0, 1.0)
    first, write_noise = device.dw_min * np.array([device.piecewise_up[0], device.write_noise_std])
    assert after.std() == pytest.approx(np.hypot(relative * first, write_noise), rel=0.05)
