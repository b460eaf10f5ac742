"""The cost of a training: each part by hand, and pulses that are those of the training."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dwmtj.cli import app as command_line
from dwmtj.errors import DwmtjError
from dwmtj.simulators.networks.cost.assumptions import SCALED
from dwmtj.simulators.networks.cost.counted_training import pulse_energies_of
from dwmtj.simulators.networks.cost.training_cost import TrainingCost, TrainingCounts

COST = TrainingCost(TrainingCounts("sgd", 100, 1, 500, 20))
WEIGHTS = 784 * 128 + 128 * 10


def test_reading_is_v_squared_g_t_of_every_device_and_reference() -> None:
    forward = 784 * (128 + 1) + 128 * (10 + 1)  # a reference column for each array
    backward = (128 + 1) * 10
    one_J = 0.1**2 * 100e-9 * 1.02e-3
    assert COST.reading_J == pytest.approx(100 * 8 * 0.5 * one_J * (forward + backward))
    assert COST.reading_s == pytest.approx(100 * 8 * 3 * 100e-9)


def test_conversions_products_and_memory_are_counted() -> None:
    conversions = 128 * 7 + 10 * 1 + 128 * 1  # 784 rows are seven arrays of 128
    assert COST.converters_J == pytest.approx(100 * 8 * conversions * 16e-3 / 8 / 1.2e9)
    assert COST.gradient_J == pytest.approx(100 * WEIGHTS * 0.23e-12)
    assert COST.memory_J == 0
    adam = TrainingCost(TrainingCounts("metaplastic", 100, 1, 500, 20))
    assert adam.memory_J == pytest.approx(2 * 2 * WEIGHTS * 50e-12)
    assert COST.writing_s(50e-9) == pytest.approx((1e-6, 128e-6))
    tracks_m2, _ = COST.area_m2(SCALED)
    assert tracks_m2 == pytest.approx((WEIGHTS + 8 * 128) * SCALED.area_m2)


def test_a_fast_array_adds_devices_and_readings_of_its_columns() -> None:
    twice = TrainingCost(TrainingCounts("tiki-taka", 100, 4, 500, 20, 2))
    columns = 4 * (79 * 128 + 13 * 10)
    assert twice.converters_J - COST.converters_J == pytest.approx(columns * 16e-3 / 8 / 1.2e9)
    assert twice.area_m2(SCALED)[0] == pytest.approx(2 * COST.area_m2(SCALED)[0])


def test_a_pulse_has_the_printed_energy_and_those_of_the_published_voltages() -> None:
    found = pulse_energies_of(None, None)
    assert next(iter(found.values())) == 0.124e-12
    assert found["pulses at 3.7 V"] / found["pulses at 1.5 V"] == pytest.approx((3.7 / 1.5) ** 2)


def test_the_command_counts_the_pulses_of_its_training(
    official_images: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWMTJ_DATA", str(official_images))
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dwmtj.cli.console.out.width", 200)
    command = ["learn", "cost", "-o", "cost", "--rate", "1"]
    result = CliRunner().invoke(command_line.app, command)
    assert result.exit_code == 0, result.output
    assert "updates of 101,632 weights" in result.output
    table = (tmp_path / "cost" / "training-energy.csv").read_text().splitlines()
    energies = dict(line.split(",")[0::2] for line in table[1:])
    pulses = float(energies["pulses at 3 V"]) / pulse_energies_of(None, None)["pulses at 3 V"]
    assert pulses > 0
    assert pulses == pytest.approx(round(pulses))
    assert f"{round(pulses):,} pulses" in result.output
    model = CliRunner().invoke(
        command_line.app, [*command, "--overwrite", "--track-resistance", "9"]
    )
    assert isinstance(model.exception, DwmtjError)
    assert "name one, too" in str(model.exception)
