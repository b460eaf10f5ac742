"""Runs that plots tend to break on."""

import numpy as np
import pytest

from dwmtj.gui.plots import PlotsPanel
from dwmtj.tests.gui.plots.by_hand import TABS, Draw, wheel
from dwmtj.tests.gui.plots.staircase import Columns, part, points_of, staircase


def hostile() -> dict[str, Columns]:
    """Return runs that plots tend to break on."""
    one = part(staircase(), 1, 2)
    constant = {**staircase(), "resistance_ohm": np.full(123, 100.0), "field_T": np.zeros(123)}
    constant["amplitude_V"][:] = 1.0
    constant["time_s"][:] = 3.0
    gone = {**staircase(), "resistance_ohm": np.full(123, np.nan)}
    infinite = staircase()
    infinite["resistance_ohm"][::2] = np.inf
    infinite["amplitude_V"][::3] = -np.inf
    infinite["time_s"][::5] = np.nan
    back = {**staircase(), "cycle": staircase()["cycle"][::-1].copy()}
    huge = staircase()
    huge["resistance_ohm"][[10, 20]] = 9.9e37, -9.9e37
    tiny = {**staircase(), "resistance_ohm": staircase()["resistance_ohm"] * 1e-30}
    marked = {**staircase(), "mark": np.ones(123, bool)}
    close = {**staircase(), "resistance_ohm": 100.0 + 1e-14 * np.arange(123)}
    return {
        "one point": one,
        "constant": constant,
        "nothing read": gone,
        "infinite": infinite,
        "cycles backwards": back,
        "an open contact": huge,
        "tiny": tiny,
        "all marked": marked,
        "differences of one bit": close,
        "only point numbers": {"point": np.arange(5)},
    }


@pytest.mark.parametrize("kind", hostile())
def test_any_run_can_be_shown_zoomed_and_pointed_at(
    panel: PlotsPanel, draw: Draw, kind: str
) -> None:
    panel.show_run("Run 1", points_of(hostile()[kind]), running=False)
    panel.add_overlay("Run 0", points_of(hostile()[kind]))
    for log in (False, True):
        panel.toolbar.log.setChecked(log)
        panel.toolbar.log_set.emit(log)
        for number in TABS:
            panel.tabs.setCurrentIndex(number)
            draw(panel)
            plot = panel.page.main
            plot.pointer = plot.data_rect().center()
            wheel(plot, plot.pointer, 4)
            draw(panel)
            wheel(plot, plot.pointer, -300)
            draw(panel)
