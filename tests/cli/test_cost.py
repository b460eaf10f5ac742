"""`dwmtj infer cost` and `dwmtj models presets`: tables with the source of each number."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from dwmtj.analysis.state_model.presets import PRESETS
from dwmtj.cli import app as command_line
from dwmtj.simulators.networks.synapses.published import PUBLISHED
from dwmtj.storage import OutputFileError


def test_a_network_s_cost_is_printed_with_both_energies_of_a_pulse(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dwmtj.cli.console.out.width", 200)
    result = CliRunner().invoke(command_line.app, ["infer", "cost", "-o", "cost"])
    assert result.exit_code == 0, result.output
    assert "One image: 319 µJ in 7.53 ms; all digital 9.39 µJ" in result.output
    assert "124 fJ" in result.output
    assert "573 pJ" in result.output
    assert result.output.count("Shafiee et al., ISCA 2016") == 4
    assert (tmp_path / "cost" / "track-area.csv").exists()
    again = CliRunner().invoke(command_line.app, ["infer", "cost", "-o", "cost"])
    assert isinstance(again.exception, OutputFileError)


def test_every_published_device_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dwmtj.cli.console.out.width", 300)
    result = CliRunner().invoke(command_line.app, ["models", "presets"])
    assert result.exit_code == 0, result.output
    for name in (*(preset.name for preset in PRESETS), *PUBLISHED):
        assert f" {name} " in result.output


def test_published_devices_are_named_as_they_are_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dwmtj.cli.console.out.width", 60)  # too narrow: a line for each cell
    result = CliRunner().invoke(command_line.app, ["models", "presets"])
    assert "preset:NAME: pcm-joshi" in result.output
    assert "preset::" not in result.output


def test_a_pair_s_weights_are_printed_and_drawn_through_the_circuit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("dwmtj.cli.console.out.width", 200)
    command = ["infer", "circuit", "-o", "circuit", "--readout-resistance", "100"]
    result = CliRunner().invoke(command_line.app, command)
    assert result.exit_code == 0, result.output
    rows = (tmp_path / "circuit" / "differential-circuit.csv").read_text().splitlines()
    assert len(rows) == 1 + 7
    assert (tmp_path / "circuit" / "circuit-readout.svg").exists()
    assert [line.split("│")[-2].strip() for line in result.output.splitlines() if "│" in line] == [
        *(3 * ["< 1e-6"]),
        "50",
        *(3 * ["< 1e-6"]),
    ]
    # 1/(1 + 100 Ω (0.94 + 1.02 mS)) of the weight, at the middle of its levels
    assert "The circuit reads 0.83" in result.output
    again = CliRunner().invoke(command_line.app, command)
    assert isinstance(again.exception, OutputFileError)
