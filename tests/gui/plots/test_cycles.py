"""Resistance by cycle: what is painted, and in which colours."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtGui import QImage

from dwmtj.gui.plots import LIGHT, PlotsPanel, RunPoints
from dwmtj.gui.plots.colour_bar import cycle_ticks
from dwmtj.gui.plots.cycles import VoltagePlot
from dwmtj.tests.gui.plots.staircase import part, points_of, staircase

Draw = Callable[[PlotsPanel], None]


def names(image: QImage) -> set[str]:
    """Return the colours of an image."""
    data = np.array(image.convertToFormat(QImage.Format.Format_RGB32).constBits(), np.uint8)
    return {
        f"#{red:02x}{green:02x}{blue:02x}"
        for blue, green, red, _ in {*map(tuple, data.reshape(-1, 4).tolist())}
    }


def grabbed(plot: VoltagePlot) -> QImage:
    return plot.grab().toImage()


def test_a_plot_that_grew_is_the_plot_of_the_whole_run(panel: PlotsPanel, draw: Draw) -> None:
    columns = staircase(cycles=6)
    points = points_of(part(columns, 0, 30))
    panel.show_run("Run 1", points, running=True)
    draw(panel)
    for start in range(30, 246, 31):
        points.append(part(columns, start, min(start + 31, 246)))
        draw(panel)
    plot = panel.page.main
    assert isinstance(plot, VoltagePlot)
    view, grown = plot.view, grabbed(plot)
    panel.show_run("Run 1", points_of(columns), running=True)
    assert view
    plot.set_view(view)
    draw(panel)
    assert grabbed(plot) == grown


def test_the_newest_cycle_is_on_top_in_the_colour_of_most_contrast(
    panel: PlotsPanel, draw: Draw
) -> None:
    columns = staircase(cycles=5)
    flat = {**columns, "resistance_ohm": np.full(205, 80.0)}
    flat["resistance_ohm"][:3] = 70.0, 70.0, 90.0
    panel.show_run("Run 1", points_of(flat), running=True)
    draw(panel)
    plot = panel.page.main
    frame = plot.frame()
    assert frame
    image = plot.grab().toImage()
    at = (round(float(frame.px(3.05))), int(float(frame.py(80.0))))
    assert image.pixelColor(*at) == LIGHT.shades()[-1]


def test_a_cycle_of_a_single_point_can_be_seen(panel: PlotsPanel, draw: Draw) -> None:
    panel.show_run("Run 1", points_of(part(staircase(), 1, 2)), running=True)
    draw(panel)
    assert LIGHT.shades()[-1].name() in names(panel.page.main.grab().toImage())


def test_every_trial_of_a_single_pulse_can_be_seen(panel: PlotsPanel, draw: Draw) -> None:
    trials = part(staircase(cycles=1), 1, 41)
    trials["cycle"] = np.arange(40)  # so that no line leads from one to the next
    panel.show_run("Run 1", points_of(trials), running=True)
    draw(panel)
    plot = panel.page.main
    frame = plot.frame()
    assert frame
    image = plot.grab().toImage()
    ground = image.pixelColor(round(float(frame.px(0.35))), round(float(frame.py(85.0))))
    for amplitude_V, resistance_ohm in zip(
        trials["amplitude_V"], trials["resistance_ohm"], strict=True
    ):
        at = (int(float(frame.px(amplitude_V))), int(float(frame.py(resistance_ohm))))
        assert image.pixelColor(*at) != ground


def test_marked_points_are_crosses_and_no_part_of_the_line(panel: PlotsPanel, draw: Draw) -> None:
    columns = staircase()
    columns["resistance_ohm"][60] = 85.0
    columns["mark"][60] = True
    panel.show_run("Run 1", points_of(columns), running=False)
    draw(panel)
    plot = panel.page.main
    frame = plot.frame()
    assert frame
    image = plot.grab().toImage()
    x, y = round(float(frame.px(1.9))), round(float(frame.py(85.0)))
    around = names(image.copy(x - 4, y - 4, 9, 9))
    assert LIGHT.marked in around
    assert LIGHT.shades()[-1].name() not in around


def test_an_overlay_is_drawn_in_its_colour(panel: PlotsPanel, draw: Draw) -> None:
    panel.show_run("Run 42", points_of(staircase()), running=False)
    other = staircase(seed=5)
    other["resistance_ohm"] += 40.0
    panel.add_overlay("Run 41", points_of(other))
    draw(panel)
    assert LIGHT.overlays[0] in names(panel.page.main.grab().toImage())
    panel.clear_overlays()
    draw(panel)
    assert LIGHT.overlays[0] not in names(panel.page.main.grab().toImage())


@pytest.mark.parametrize(
    ("first", "newest", "last", "texts"),
    [
        (0, 8, 8, [str(n) for n in range(1, 10)]),
        (0, 0, 0, ["1"]),
        (3, 4, 4, ["4", "5"]),
        (0, 999, 1198, ["1", "200", "400", "600", "800", "1,000"]),
    ],
)
def test_the_colour_bar_names_the_first_and_the_newest_cycle(
    first: int, newest: int, last: int, texts: list[str]
) -> None:
    ticks = cycle_ticks(first, newest, last)
    assert [text for _, text in ticks] == texts
    assert all(0 <= share <= 1 for share, _ in ticks)


def test_colours_of_a_long_run_change_seldom_and_of_a_short_one_with_each_cycle(
    panel: PlotsPanel,
) -> None:
    plot, points = VoltagePlot(), RunPoints()
    plot.show_points(points)
    tops = []
    for cycle in range(300):
        points.append(
            {
                "point": np.arange(400),
                "cycle": np.full(400, cycle),
                "amplitude_V": np.linspace(0, 1, 400),
                "resistance_ohm": np.full(400, 70.0),
            }
        )
        plot.read(10_000)
        tops.append(plot.cycles[2])
    assert tops[:100] == list(range(100))
    assert len(set(tops[150:])) < 8
    assert plot.cycles[1] == 299
