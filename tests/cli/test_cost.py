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
