"""`dwmtj micromag synapse`: from a drawing to a state model, and what is refused."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import Result

from dwmtj.analysis.state_model import find_model
from dwmtj.simulators.device import Device, load_device
from dwmtj.simulators.device.depinning import barrier_height, site_table
from dwmtj.simulators.device.device_file import device_toml
from dwmtj.simulators.film_device import event_law
from dwmtj.simulators.film_device.drawn_device import device_of
from dwmtj.simulators.film_device.pulsed_notches import pulsed_pairs, with_pulsed
from dwmtj.simulators.micromagnetics import MicromagneticsError, Synapse, Track, load_track
from dwmtj.simulators.micromagnetics.reduced import study
from dwmtj.simulators.micromagnetics.reduced.pinning import Pinning
from dwmtj.simulators.micromagnetics.thresholds.search import ProcessMemory
from dwmtj.tests.cli.micromag_command import STACK, micromag_in
from dwmtj.tests.simulators.micromagnetics.test_synapse import notch
from dwmtj.tests.simulators.micromagnetics.test_thresholds import quiet

TRACK = (
    STACK
    + """
[track]
length_m = 360e-9
width_m = 36e-9
thickness_m = 2e-9
cell_m = 6e-9

[[notch]]
position_m = 120e-9
depth_m = 5e-9
half_width_m = 10e-9

[[notch]]
position_m = 240e-9
depth_m = 10e-9
half_width_m = 10e-9

[search]
between_A_per_m2 = [0.7e12, 3.5e12]
tolerance = 0.09
pulse_s = 2e-9
rest_s = 1e-9
window_m = 240e-9

[junction]
start_m = 60e-9
end_m = 300e-9
resistance_area_ohm_m2 = 20e-12
tmr = 1.0
"""
)
TAPERED = (
    TRACK.replace("width_m = 36e-9\n", "width_m = 36e-9\nend_width_m = 42e-9\n", 1)
    + "[field]\nflux_density_T = [0, 0, 2e-3]\n"
)
SYNAPSE = ("micromag", "synapse", "track.toml", "--name", "tiny", "-o", "out")


@pytest.fixture
def micromag(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    return micromag_in(tmp_path, monkeypatch, TRACK)


def test_a_drawing_becomes_a_device_and_a_state_model(
    micromag: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dwmtj.simulators.micromagnetics.movie.FRAMES", 2)
    monkeypatch.setattr("dwmtj.cli.micromag.synapse_bench.CYCLES", 3)
    result = micromag(*SYNAPSE, "--gif")
    assert result.exit_code == 0, result.output
    assert "5, 10 nm are no whole numbers of cells of 6 nm" in " ".join(result.output.split())
    model = find_model("tiny")
    assert find_model(str(tmp_path / "out" / "tiny.json")) == model
    assert len(model.levels) == 4  # two notches, and no wall
    sources = [model.levels_source, *(one.source for one in model.pulses)]
    assert all(source.method.startswith("micromagnetics: ") for source in sources)
    lifetimes_s = {one.level: one.lifetime_s.value for one in model.retention}
    assert lifetimes_s[2] > 1e3 * lifetimes_s[1] > 0  # the second notch is twice as deep
    parameters = load_device(tmp_path / "out" / "device.toml")
    first, second = parameters.notches
    currents_A = [one.depinning_current_to_CLK_A or 0 for one in (first, second)]
    assert currents_A[1] > 1.3 * currents_A[0] > 0
    assert (tmp_path / "out" / "wall.gif").read_bytes()[:6] == b"GIF89a"
    assert len(list((tmp_path / "out").glob("notch-*-rest.*"))) == 4
    again = micromag(*SYNAPSE)
    assert "already exists" in str(again.exception)
    options = (
        "saturation_field_T=0.12", "bias_field_T=0", "read_current_A=6e-6",
        "amplitude_stop_V=0.2", "amplitude_step_V=0.1",
    )  # fmt: skip
    given = (part for option in options for part in ("-p", option))
    assert micromag("run", "staircase-write", "--bench", "out/bench.toml", *given).exit_code == 0


@pytest.fixture
def dragged(monkeypatch: pytest.MonkeyPatch) -> None:
    """A well of 68 k_BT in place of the drag of a film, and a short table of pulses."""
    x_m = 0.1e-9 * (np.arange(800) + 0.5) - 40e-9

    def tabulate(_film: object, track: Track, number: int, *_rest: object) -> Pinning:
        start_m = track.notches[number - 1].position_m - 40e-9
        return Pinning(start_m, 5e4 * np.sin(2 * np.pi * x_m / 80e-9))

    monkeypatch.setattr(study, "tabulate_pinning", tabulate)
    monkeypatch.setattr(study, "thiele_width_m", lambda *_given: 7.7e-9)
    monkeypatch.setattr(event_law, "WIDTHS_s", (2e-9, 4e-9))
    monkeypatch.setattr(event_law, "RISES_s", (0.0,))
    monkeypatch.setattr(event_law, "_WALLS", 1000)


@pytest.mark.usefixtures("dragged")
def test_constants_for_pulses_have_the_film_s_thresholds_both_ways(
    micromag: Callable[..., Result], tmp_path: Path
) -> None:
    """In the last notch but one, whose kicks are those of a pulse of 2 ns as in the file."""
    file = load_track(tmp_path / "track.toml")
    found = Synapse((notch(1, 120e-9, 0.9e12, 0, 40), notch(2, 240e-9, 1e12, 0, 80)), 1e-10)
    pairs = pulsed_pairs(file, found, ProcessMemory(), quiet)
    parameters = with_pulsed(device_of("tiny", file, found), pairs)
    section_m2 = 36e-9 * 5e-9
    for one, threshold in zip(parameters.notches, (0.9e12, 1e12), strict=True):
        for pulsed in (one.pulsed_to_CLK, one.pulsed_to_IN):
            assert pulsed is not None
            assert pulsed.kick_current_A[0][0] == pytest.approx(threshold * section_m2, rel=2e-3)
            assert pulsed.kick_spread_below_A[0][0] > 0
    (tmp_path / "device.toml").write_text(device_toml(parameters))
    assert load_device(tmp_path / "device.toml") == parameters
    far = Synapse((notch(1, 120e-9, 1.5e12, 0, 40), found.notches[1]), 1e-10)
    with pytest.raises(MicromagneticsError, match="leave out --inertia"):
        pulsed_pairs(file, far, ProcessMemory(), quiet)


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("[junction]", "#", "no [junction]"),
        ("end_m = 300e-9", "end_m = 400e-9", "must start before it ends on the track"),
        ("spin_hall_angle", "spin_hal_angle", "torque.spin_hal_angle is not a key"),
    ],
)
def test_a_file_that_makes_no_device_is_refused_and_nothing_is_written(
    micromag: Callable[..., Result], tmp_path: Path, before: str, after: str, problem: str
) -> None:
    text = TRACK.replace(before, after)
    if after == "#":
        text = TRACK.partition("[junction]")[0]
    (tmp_path / "track.toml").write_text(text)
    result = micromag(*SYNAPSE)
    assert isinstance(result.exception, MicromagneticsError)
    assert problem in str(result.exception)
    assert not (tmp_path / "out").exists()


def test_the_device_lets_the_wall_go_at_the_film_s_thresholds(
    micromag: Callable[..., Result], tmp_path: Path
) -> None:
    """At 1 K, in a tapered track and a field, which act on the wall in both models."""
    (tmp_path / "track.toml").write_text(TAPERED)
    file = load_track(tmp_path / "track.toml")
    found = Synapse((notch(1, 120e-9, 0.9e12, 0, 40), notch(2, 240e-9, 1.8e12, 0, 80)), 1e-10)
    parameters = device_of("tiny", file, found)
    cold = replace(parameters, free_layer=replace(parameters.free_layer, temperature_K=1.0))
    device = Device(cold)
    for site, threshold in ((1, 0.9e12), (2, 1.8e12)):
        for sign in (1, -1):
            stays = []
            for factor in (0.97, 1.01):
                device.place(site)
                current_A = sign * factor * threshold * 36e-9 * 5e-9
                device.drive(current_A * device.track_resistance_ohm, 100e-9)
                stays.append(int(device.site[0]) == site)
            assert stays == [True, False]


def test_the_barrier_without_current_is_that_of_the_film(
    micromag: Callable[..., Result], tmp_path: Path
) -> None:
    """In a tapered track and a field, which the path of the film has in it."""
    (tmp_path / "track.toml").write_text(TAPERED)
    file = load_track(tmp_path / "track.toml")
    found = Synapse((notch(1, 120e-9, 0.9e12, 0, 30), notch(2, 240e-9, 1.8e12, 0, 60)), 1e-10)
    parameters = device_of("tiny", file, found)
    field_T = -parameters.free_layer.stray_field_T  # what favours the parallel state
    for site, one in zip(site_table(parameters)[1:-1], found.notches, strict=True):
        push_A = site["field_A_per_T"] * field_T - site["tension_A"]
        assert abs(push_A) > 0.02 * site["depinning_current_to_CLK_A"]
        for direction, sign in (("CLK", 1), ("IN", -1)):
            strength_A = site[f"depinning_current_to_{direction}_A"]
            height_J = barrier_height(sign * push_A, strength_A, site[f"barrier_to_{direction}_J"])
            assert height_J == pytest.approx(one.barriers.lowest_J, rel=1e-6)
