"""Every figure shows the points it was given, has its axes named, and is never empty."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from PIL import Image

from dwmtj.analysis import AnalysisError, find_levels
from dwmtj.analysis.figures import (
    Panel,
    conductance_histogram,
    distribution_map,
    draw,
    metaplastic_function,
    minor_loop,
    panels_of,
    png_of,
    resistance_against_amplitude,
    save,
)
from dwmtj.analysis.switching.metaplasticity import wall_position
from dwmtj.analysis.switching.width_ratio import depinning_voltages

from .kinds import endurance

WRITE_V = np.round(np.arange(0.1, 4.0, 0.05), 2)
LEVELS_OHM = np.array([100.0, 93.3, 76.1, 67.1])


def ladder(phase: str, amplitudes: np.ndarray, level: np.ndarray, cycle: int) -> pd.DataFrame:
    rng = np.random.default_rng(cycle)
    noise = rng.normal(0, 0.05, len(amplitudes)) + rng.normal(0, 0.3, 4)[level]
    return pd.DataFrame(
        {
            "cycle": cycle,
            "phase": phase,
            "amplitude_V": amplitudes,
            "field_T": -0.004,
            "resistance_ohm": LEVELS_OHM[level] + noise,
        }
    )


def written(cycles: int = 5, thresholds_V: tuple[float, ...] = (1.2, 2.6, 3.5)) -> pd.DataFrame:
    rng = np.random.default_rng(7)
    parts = []
    for cycle in range(cycles):
        at = np.array(thresholds_V) + rng.normal(0, 0.05, 3)
        parts.append(ladder("write", WRITE_V, (WRITE_V[:, None] >= at).sum(axis=1), cycle))
    return pd.concat(parts, ignore_index=True)


def cycled() -> pd.DataFrame:
    write = written(3)
    level = np.where(WRITE_V >= 3.7, 0, 3)
    resets = [ladder("reset", -WRITE_V, level, cycle) for cycle in range(3)]
    parts = [part for c in range(3) for part in (write[write["cycle"] == c], resets[c])]
    return pd.concat(parts, ignore_index=True)


def loop() -> pd.DataFrame:
    down = np.linspace(0.07, -0.07, 71)
    field = np.r_[down, down[::-1][1:]]
    high = np.r_[down > -0.045, down[::-1][1:] > 0.037]
    return pd.DataFrame(
        {
            "cycle": 0,
            "phase": "loop",
            "amplitude_V": np.nan,
            "field_T": field,
            "resistance_ohm": np.where(high, 100.0, 65.0),
        }
    )


MAKERS: dict[str, Callable[[], Panel]] = {
    "minor-loop": lambda: minor_loop(loop()),
    "write": lambda: resistance_against_amplitude(written()),
    "write-and-reset": lambda: resistance_against_amplitude(cycled()),
    "ramps": lambda: resistance_against_amplitude(written().assign(phase="ramp")),
    "state-distribution-write": lambda: distribution_map(written(), find_levels(written())),
    "state-distribution-reset": lambda: distribution_map(cycled(), find_levels(cycled()), "reset"),
    "f-meta": lambda: metaplastic_function(written(), find_levels(written())),
    "conductance": lambda: conductance_histogram(written(), find_levels(written())),
}


def painted(panel: Panel) -> Axes:
    figure = Figure()
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    panel(axes)
    return axes


@pytest.mark.parametrize("name", MAKERS)
def test_a_panel_has_a_unit_on_every_axis_and_numbers_behind_it(name: str, tmp_path: Path) -> None:
    panel = MAKERS[name]()
    assert panel.name == name
    axes = painted(panel)
    assert axes.has_data()
    assert "(" in axes.get_xlabel()
    assert axes.get_ylabel()
    assert name == "conductance" or "(" in axes.get_ylabel()
    png, svg, csv = save(panel, tmp_path / "new", name, source="run 7 of lab.sqlite")
    with Image.open(png) as image:
        assert image.width == pytest.approx(3.5 * 300, abs=1)
        assert len(np.unique(np.asarray(image.convert("RGB")).reshape(-1, 3), axis=0)) > 20
    assert "run 7 of lab.sqlite" in svg.read_text(encoding="utf-8")
    table = pd.read_csv(csv)
    assert len(table) == len(panel.data) > 0
    assert list(table.columns) == list(panel.data.columns)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_resistance_is_drawn_from_its_pulse_to_the_next(sign: int) -> None:
    amplitudes = [sign * volt for volt in (1.0, 2.0, 3.0)]
    columns = {"cycle": 0, "phase": "write", "amplitude_V": amplitudes}
    points = pd.DataFrame({**columns, "resistance_ohm": [100.0, 90.0, 80.0]})
    (lines,) = painted(resistance_against_amplitude(points)).collections
    assert isinstance(lines, LineCollection)
    ((first, second, third), (high, middle, low)) = (amplitudes, (100, 90, 80))
    corners = [(first, high), (second, high), (second, middle), (third, middle), (third, low)]
    assert np.asarray(lines.get_segments()[0]).tolist() == [list(corner) for corner in corners]


def test_the_same_points_give_the_same_bytes(tmp_path: Path) -> None:
    first, second = (
        [path.read_bytes() for path in save(MAKERS["write"](), tmp_path / name, "write")]
        for name in ("first", "second")
    )
    assert first == second


def test_the_map_at_each_amplitude_sums_to_one_within_its_intervals() -> None:
    data = MAKERS["state-distribution-write"]().data
    sums = data.groupby("amplitude_V")["probability"].sum()
    assert sums.to_numpy() == pytest.approx(1.0)
    assert (data["low_95"] <= data["probability"]).all()
    assert (data["probability"] <= data["high_95"]).all()
    assert data["pulses"].unique().tolist() == [5]


def test_the_histogram_counts_every_reading_once() -> None:
    data = MAKERS["conductance"]().data
    assert data.filter(like="readings").to_numpy().sum() == len(written())


def test_states_decades_apart_have_bins_of_equal_ratio() -> None:
    run = endurance(np.random.default_rng(61), 40, (2e5, 0.2))
    panel = conductance_histogram(run, find_levels(run))
    ratio = panel.data["conductance_to_S"] / panel.data["conductance_from_S"]
    assert ratio.to_numpy() == pytest.approx(ratio[0])
    axes = painted(panel)
    assert axes.get_xscale() == "log"


def test_the_taper_is_recovered_from_voltages_that_follow_it() -> None:
    """Scatter 0.05 V of 5 cycles and half a step of 0.05 V: w1/w2 within 0.1 is 3 deviations."""
    truth = 0.4
    share = (1 / LEVELS_OHM - 0.01) / (1 / LEVELS_OHM[-1] - 0.01)
    position = [wall_position(value, truth) for value in share[:3]]
    thresholds = tuple(4.0 * (truth + (1 - truth) * x) for x in position)
    points = written(thresholds_V=thresholds)
    found = depinning_voltages(points, find_levels(points))
    assert found.position == pytest.approx(position, abs=0.05)
    assert found.fit.width_ratio.value == pytest.approx(truth, abs=0.1)


@pytest.mark.parametrize(
    ("points", "names", "absent"),
    [
        (loop(), ["minor-loop"], 1),
        (
            written(),
            [
                "write",
                "update",
                "state-distribution-write",
                "f-meta",
                "f-meta-weight",
                "conductance",
            ],
            1,
        ),
        (
            cycled(),
            [
                "write-and-reset",
                "update",
                "state-distribution-write",
                "state-distribution-reset",
                "f-meta",
                "f-meta-weight",
                "conductance",
            ],
            1,
        ),
        (written(1), ["write", "update", "conductance"], 3),
        (written().iloc[:20], ["write"], 3),
        (loop().iloc[:40], ["minor-loop"], 1),
        (loop().iloc[:1], [], 2),
        (loop().assign(phase="saturate"), [], 2),
        (written().assign(resistance_ohm=np.nan), [], 2),
        (written().assign(resistance_ohm=100.0), ["write"], 3),
        (written().iloc[:0], [], 2),
    ],
    ids=[
        "loop",
        "write",
        "cycling",
        "one cycle",
        "aborted write",
        "half a loop",
        "a point",
        "saturation",
        "no readings",
        "never changes",
        "nothing",
    ],
)
def test_a_run_gets_the_panels_it_has_points_for_and_reasons_for_the_others(
    points: pd.DataFrame, names: list[str], absent: int
) -> None:
    panels = panels_of(points)
    assert [panel.name for panel in panels.drawn] == names
    assert len(panels.absent) == absent
    for sentence in panels.absent:
        assert sentence.startswith("no ")
        assert "\n" not in sentence
    for panel in panels.drawn:
        assert painted(panel).has_data()


def test_a_phase_that_is_not_there_is_refused() -> None:
    with pytest.raises(AnalysisError, match="no phase 'reset'; it has write"):
        distribution_map(written(), find_levels(written()), "reset")


def test_panels_side_by_side_are_as_wide_as_their_columns(tmp_path: Path) -> None:
    panels = [MAKERS["minor-loop"](), MAKERS["write"]()]
    path = draw(tmp_path / "two.png", panels, ["Loop", "Write"])
    with Image.open(path) as image:
        assert image.width == pytest.approx(7 * 300, abs=1)


def test_a_note_is_painted_above_the_panel() -> None:
    panel = MAKERS["write"]()
    assert png_of(panel) != png_of(panel, "Run 3 is aborted: 7 of 20 points")


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    with pytest.raises(AnalysisError, match="give another folder"):
        save(MAKERS["write"](), tmp_path / "taken", "write")


def test_a_reading_that_stands_alone_is_still_seen() -> None:
    alone: dict[str, Any] = {"cycle": [0, 1], "amplitude_V": [1.0, 2.0]}
    points = pd.DataFrame({**alone, "phase": "write", "resistance_ohm": [100.0, 90.0]})
    assert len(painted(resistance_against_amplitude(points)).lines) == 2


def test_pulses_of_alternating_sign_have_the_colour_of_their_cycle() -> None:
    points = endurance(np.random.default_rng(1), 30, (5e4, 0.1))
    (lines,) = painted(resistance_against_amplitude(points)).collections
    assert isinstance(lines, LineCollection)
    assert len(np.unique(lines.get_edgecolor(), axis=0)) == len(lines.get_segments()) == 30


def test_a_level_of_one_visit_has_four_digits() -> None:
    points = written(cycles=1)
    legend = painted(conductance_histogram(points, find_levels(points))).get_legend()
    assert legend is not None
    labels = [text.get_text() for text in legend.get_texts()]
    assert labels and all(len(one.removesuffix(", one visit")) <= 5 for one in labels)


def test_no_branch_of_a_loop_crosses_its_legend() -> None:
    axes = painted(MAKERS["minor-loop"]())
    legend = axes.get_legend()
    assert legend is not None
    assert not legend.get_window_extent().overlaps(axes.get_window_extent())
