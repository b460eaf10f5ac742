"""A device applied to a task: devices left possible, the levels there are, ranges that hold."""

import pickle
import sys
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import cloudpickle
import numpy as np
import pytest
import torch
from torch import nn

from dwmtj.analysis.state_model.model import Quantity, StateModel
from dwmtj.analysis.state_model.store import find_model
from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.application.apply import ApplicationStudy, apply_device
from dwmtj.simulators.networks.application.classification import Classification
from dwmtj.simulators.networks.application.drawn_device import (
    DrawnDevice,
    drawn_device,
    has_transitions,
    likeliest_device,
)
from dwmtj.simulators.networks.application.foreign import foreign
from dwmtj.simulators.networks.application.result import Applied, range_of
from dwmtj.simulators.networks.application.study import on_levels, programmed
from dwmtj.simulators.networks.progress import Report, no_progress
from dwmtj.storage import Place

MODULE = """
import torch
from torch import nn

class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(6, 3)
    def forward(self, x):
        return self.layer(x)

def test_set():
    generator = torch.Generator().manual_seed(1)
    return torch.randn(60, 6, generator=generator), torch.arange(60) % 3
"""


@pytest.fixture
def module(tmp_path: Path) -> Path:
    path = tmp_path / "my_module.py"
    path.write_text(MODULE)
    return path


@pytest.fixture
def classification() -> Classification:
    torch.manual_seed(3)
    network = nn.Sequential(nn.Linear(20, 16), nn.ReLU(), nn.Linear(16, 4)).eval()
    return Classification("random", network, torch.randn(50, 20), torch.arange(50) % 4)


def without_scatter(device: DrawnDevice) -> DrawnDevice:
    return replace(device, std_S=np.zeros_like(device.std_S))


def test_the_levels_there_are_and_no_others(
    straight_model: StateModel, classification: Classification
) -> None:
    model = replace(straight_model, read_noise=None)  # weights are then parameters
    analog = on_levels(classification, model, seed=0)
    network = programmed(analog, without_scatter(likeliest_device(model)), 0, seed=0)
    ideal = analog.quantised()
    for given, exact in zip(network.parameters(), ideal.parameters(), strict=True):
        assert torch.allclose(given, exact, atol=1e-6)
    for array in analog.arrays:
        shares = array.pairs.weights / array.layer.scale
        assert len(torch.unique(shares.round(decimals=5))) <= 2 * len(straight_model.levels) - 1


def test_scatter_is_that_of_the_model(
    straight_model: StateModel, classification: Classification
) -> None:
    """5 σ: a false alarm in 2 million seeds."""
    model = replace(straight_model, read_noise=None)  # weights are then parameters
    analog = on_levels(classification, model, seed=0)
    device = likeliest_device(model)
    array = analog.arrays[0]
    trials = 60
    errors = torch.stack(
        [
            dict(programmed(analog, device, trial, 0).named_parameters())[array.place.parameter]
            - array.pairs.weights
            for trial in range(trials)
        ]
    )
    positive, negative = (targets.numpy().astype(int) for targets in array.layer.targets())
    expected = np.hypot(device.std_S[positive], device.std_S[negative]) / array.devices.range_S
    ratio = errors.detach().numpy() / (expected * array.layer.scale.numpy())
    assert ratio.var() == pytest.approx(1, abs=5 * np.sqrt(2 / ratio.size))


@pytest.fixture(scope="module")
def published() -> StateModel:
    """The paper's straight synapse: five levels, ten cycles, no transitions."""
    return find_model("preset:dw-mtj-straight")


def test_more_cycles_leave_less_open(published: StateModel) -> None:
    """500 draws know a ratio of standard deviations within 4.5 %, five of them within 20 % but for
    1 seed in 20,000."""

    def spread_S(visits: int) -> np.ndarray:
        levels = tuple(replace(level, visits=visits) for level in published.levels)
        model, rng = replace(published, levels=levels), np.random.default_rng(1)
        means_S = [drawn_device(model, rng).mean_S for _ in range(500)]
        return np.asarray(np.std(means_S, axis=0))

    ratio = spread_S(40) / spread_S(160)
    # Student's t of 39 and of 159 degrees of freedom, over the square root of the visits
    assert ratio == pytest.approx(2 * np.sqrt((39 / 37) / (159 / 157)), rel=0.2)


def test_the_spread_between_devices_scatters_within_an_array(published: StateModel) -> None:
    spread = Quantity(20.0)
    levels = tuple(replace(level, device_std_ohm=spread) for level in published.levels)
    several = replace(published, levels=levels, devices=("A", "B", "C", "D"))
    alone, together = likeliest_device(published), likeliest_device(several)
    added_ohm = np.sqrt(together.std_S**2 - alone.std_S**2) / alone.mean_S**2
    assert added_ohm == pytest.approx(np.full(len(levels), 20.0))
    rng = np.random.default_rng(1)
    means = [1 / drawn_device(several, rng).mean_S for _ in range(300)]
    own = np.array([level.cycle_std_ohm.value for level in levels if level.cycle_std_ohm])
    visits = np.array([level.visits for level in levels])
    expected = np.hypot(20.0 / 2, own / np.sqrt(visits))
    assert np.std(means, axis=0) == pytest.approx(expected, rel=0.2)  # 5 σ


def test_equal_accuracies_have_no_scatter() -> None:
    same = Applied("net", 400, 1.0, 0.905, 3 * (0.905,), (0.91, 0.91, 0.91), None)
    assert (same.from_programming, same.from_measurement) == (0.0, 0.0)
    one_image = replace(same, likeliest=(0.905, 0.905, 0.9075))
    assert one_image.from_programming == pytest.approx(0.0025 / np.sqrt(3))


def test_a_model_without_moves_has_no_transitions(
    straight_model: StateModel, published: StateModel
) -> None:
    assert has_transitions(straight_model)
    assert has_transitions(find_model("preset:dw-mtj-trapezoid"))
    assert not has_transitions(published)


def test_the_range_of_39_networks_holds_one_more_in_95_of_100() -> None:
    """Of 4,000 trials, 95 ± 0.3 %: 5 σ are a false alarm in 2 million seeds."""
    rng = np.random.default_rng(2)
    for draws, expected in ((39, 0.95), (79, 0.95), (9, 0.8)):
        drawn = rng.beta(20, 2, (4_000, draws + 1))
        held = []
        for row in drawn:
            found = range_of(tuple(row[:-1]))
            held.append(found.low <= row[-1] <= found.high)
        assert found.probability == pytest.approx(expected)
        assert np.mean(held) == pytest.approx(expected, abs=5 * 0.4 / np.sqrt(4_000))


def test_a_network_of_one_s_own_is_what_its_file_says(module: Path) -> None:
    found = foreign(f"{module}:Net", 30, seed=4)
    assert (found.name, len(found.inputs), len(found.labels)) == ("my_module-Net", 30, 30)
    again = foreign(f"{module}:Net", 30, seed=4)
    assert found.hashes() == again.hashes()
    assert found.hashes()["network"] != foreign(f"{module}:Net", 30, seed=5).hashes()["network"]


@pytest.mark.parametrize(
    ("reference", "source", "sentence"),
    [
        ("my_module:Net", MODULE, "is no task: give fashion-mnist, cifar100, or FILE.py:NAME"),
        ("other.py:Net", MODULE, "There is no file"),
        ("my_module.py:Nett", MODULE, "defines no Nett: it defines Net."),
        ("my_module.py:test_set", MODULE, "is tuple, no torch.nn.Module"),
        ("my_module.py:Net", MODULE.replace("def test_set", "def tests"), "has no test_set()"),
        ("my_module.py:Net", MODULE.replace("% 3", "/ 3"), "labels (n,), whole numbers"),
        ("my_module.py:Net", MODULE.replace("% 3", "% 3 + 1"), "labels from 1 to 3, and Net has"),
        ("my_module.py:Net", MODULE.replace("% 3", "% 3 - 1"), "labels from -1 to 1"),
        ("my_module.py:Net", MODULE.replace("(6, 3)", "(6, 1)"), "each of two or more classes"),
        ("my_module.py:Net", MODULE.replace("layer(x)", "layer(x) / 0 * 0"), "(NaN)"),
        (
            "my_module.py:Net",
            MODULE.replace("generator=generator)", "generator=generator).byte()"),
            "inputs as bytes",
        ),
        ("my_module.py:Net", "raise SystemExit(3)", "cannot be run: SystemExit: 3"),
        ("my_module.py:Net", "import nothing_of_this_name", "ModuleNotFoundError: No module"),
        ("my_module.py:Net", MODULE.replace("(self):", "(self, a):"), "It is called without arg"),
    ],
)
def test_what_is_no_network_is_refused_in_a_sentence(
    reference: str, source: str, sentence: str, tmp_path: Path
) -> None:
    (tmp_path / "my_module.py").write_text(source)
    with pytest.raises(NetworkError) as refused:
        foreign(str(tmp_path / reference), None, seed=0)
    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_network_of_one_s_own_reaches_processes_that_lack_its_file(
    module: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = foreign(f"{module}:Net", None, seed=4)
    sent = cloudpickle.dumps(found)
    monkeypatch.delitem(sys.modules, "dwmtj_applied_my_module")
    module.unlink()
    received = pickle.loads(sent)
    assert received.accuracy(received.network) == found.accuracy(found.network)


def test_an_application_resumes_with_the_same_numbers(
    module: Path, published: StateModel, tmp_path: Path
) -> None:
    module.write_text(MODULE.replace("self.layer =", "self.layer = self.other ="))
    study = ApplicationStudy(model=published, task=f"{module}:Net", draws=3)
    reported: list[int] = []

    def watched(
        total: int, resumed: int, kept_in: Place, unit: str
    ) -> AbstractContextManager[Report]:
        reported.append(resumed)
        return no_progress(total, resumed, kept_in, unit)

    outcomes = [
        apply_device(
            tmp_path / name, study, database=tmp_path / "a.sqlite", jobs=1, progress=watched
        ).outcome
        for name in "ab"
    ]
    assert reported == [0, 2 + 2 * 3]
    assert outcomes[0] == outcomes[1]
    page = (tmp_path / "a" / "apply.html").read_text()
    assert "What the uncertainty contains" in page
    assert "<script" not in page
    assert "<td>tied: also other</td>" in page
