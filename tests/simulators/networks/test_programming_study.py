"""Writing a whole network: what is counted, what it takes, and going on after a break."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from dwmtj.simulators.networks import NetworkError
from dwmtj.simulators.networks.data.image_batches import ImageBytes, on_device
from dwmtj.simulators.networks.programming.figure import programming_table
from dwmtj.simulators.networks.programming.network_writing import Policies
from dwmtj.simulators.networks.programming.result import PUBLISHED_J, Programmed, PulseTimes
from dwmtj.simulators.networks.programming.study import ProgrammingConfiguration, program
from dwmtj.simulators.sweeps.checkpoint import Checkpoint
from dwmtj.tests.analysis.test_write_policy import a_model

TIMES = PulseTimes(pulse_s=60e-9, heating_s=50e-9, read_s=0.02, track_ohm=1000.0)
CONFIGURATION = ProgrammingConfiguration("weights", "model", TIMES, max_pulses=200, programmings=2)


def network() -> nn.Module:
    torch.manual_seed(0)
    return nn.Sequential(nn.Conv2d(3, 4, 3, stride=4), nn.ReLU(), nn.Flatten(), nn.LazyLinear(7))


@pytest.fixture(scope="module")
def data() -> ImageBytes:
    rng = np.random.default_rng(1)
    images = rng.integers(0, 256, (40, 3, 32, 32), np.uint8)
    return on_device(images, rng.integers(0, 7, 40, np.uint8), torch.device("cpu"))


@pytest.fixture(scope="module")
def trained(data: ImageBytes) -> nn.Module:
    found = network()
    found(data.images.float())
    return found.eval()


def run(trained: nn.Module, data: ImageBytes, path: Path) -> Programmed:
    model = a_model()
    checkpoint = Checkpoint(path / "kept", CONFIGURATION.document())
    policies = Policies.of(model, "pulses")
    return program(
        CONFIGURATION, trained, model, policies, data, checkpoint, lambda _name, _more: None
    )


def test_pulses_time_and_energy_are_those_of_the_devices_written(
    trained: nn.Module, data: ImageBytes, tmp_path: Path
) -> None:
    programmed = run(trained, data, tmp_path)
    shot, verified = programmed.writings
    assert verified.share_at_level == 1
    assert shot.share_at_level < 1
    assert verified.pulses == pytest.approx(
        np.mean([np.arange(len(one.devices)) @ one.devices for one in verified.programmings])
    )
    assert verified.serial_s == pytest.approx(verified.pulses * (60e-9 + 0.02))
    assert shot.serial_s == pytest.approx(shot.pulses * 60e-9)
    assert shot.parallel_s == pytest.approx(60e-9)
    squares = np.mean([one.squares_V2 for one in verified.programmings])
    assert verified.joule_energy_J == pytest.approx(squares * 50e-9 / 1000)
    assert verified.published_energy_J == pytest.approx(verified.pulses * PUBLISHED_J)
    table = programming_table(programmed)
    assert table.groupby("writing")["devices"].sum().tolist() == [shot.devices, verified.devices]
    ends = table.groupby("writing")["share_not_at_level"].last()
    assert ends.tolist() == pytest.approx([1 - shot.share_at_level, 0])


def test_a_study_that_was_interrupted_goes_on_to_the_same_numbers(
    trained: nn.Module, data: ImageBytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = run(trained, data, tmp_path / "whole")
    kept = Checkpoint.keep

    def keep_five(self: Checkpoint, part: str, content: object) -> None:
        if len(self) == 5:
            raise KeyboardInterrupt
        kept(self, part, content)

    monkeypatch.setattr(Checkpoint, "keep", keep_five)
    with pytest.raises(KeyboardInterrupt):
        run(trained, data, tmp_path / "broken")
    monkeypatch.setattr(Checkpoint, "keep", kept)
    assert run(trained, data, tmp_path / "broken") == whole


@pytest.mark.parametrize(
    "wrong", [{"max_pulses": 0}, {"programmings": 0}, {"times": PulseTimes(1e-9, 1e-9, 0.0, 0.0)}]
)
def test_writing_that_can_give_nothing_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(NetworkError):
        replace(CONFIGURATION, **wrong)
