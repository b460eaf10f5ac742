"""`dwmtj micromag` on a small track, and its interruption between two simulations."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from dwmtj.cli import app as command_line
from dwmtj.simulators.micromagnetics.thresholds.outcome import follow

FOLLOW = "dwmtj.simulators.micromagnetics.thresholds.notch.follow"

STACK = """
[material]
saturation_magnetization_A_per_m = 1.1e6
exchange_stiffness_J_per_m = 2e-11
anisotropy_J_per_m3 = 1e6
dmi_J_per_m2 = 1e-3
damping = 0.3

[torque]
spin_hall_angle = 0.3

[heavy_metal]
thickness_m = 5e-9
resistivity_ohm_m = 2e-6
"""
TRACK = (
    """\
[track]
length_m = 400e-9
width_m = 30e-9
thickness_m = 2e-9
cell_m = 5e-9

[[notch]]
position_m = 200e-9
depth_m = 5e-9
half_width_m = 10e-9

[search]
between_A_per_m2 = [0.3e12, 3e12]
tolerance = 0.09
run_up_m = 60e-9
pulse_s = 2e-9
rest_s = 1e-9
longest_s = 5e-9
window_m = 200e-9
"""
    + STACK
)


def micromag_in(
    folder: Path, monkeypatch: pytest.MonkeyPatch, track: str = TRACK
) -> Callable[..., Result]:
    """Return the command, run in a folder that holds `track` as track.toml."""
    (folder / "track.toml").write_text(track)
    monkeypatch.chdir(folder)
    monkeypatch.delenv("DWMTJ_DATABASE", raising=False)
    monkeypatch.setattr("dwmtj.cli.console.out.width", 160)
    return lambda *arguments: CliRunner().invoke(command_line.app, list(arguments))


class Interrupted:
    """Ctrl-C instead of the simulation after `stops_after`; `done` are the currents of all."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, stops_after: int) -> None:
        self.done: list[float] = []
        self.stops_after = stops_after
        monkeypatch.setattr(FOLLOW, self._follow)

    def _follow(self, simulation: Any, current: float, *arguments: Any, **options: Any) -> Any:
        if len(self.done) == self.stops_after:
            raise KeyboardInterrupt
        self.done.append(current)
        return follow(simulation, current, *arguments, **options)
