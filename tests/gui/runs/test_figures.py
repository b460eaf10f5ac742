"""The figures on a run's page: in columns, and in the colours of the theme."""

from pathlib import Path

import matplotlib as mpl
import pytest
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from dwmtj.analysis.figures.house import BLUE, GREY, ORANGE, colours
from dwmtj.gui.look.theme import DARK, LIGHT, Theme, ThemeChoice, contrast
from dwmtj.gui.runs.figures import READABLE, FigureFlow, draw_figures, readable
from dwmtj.gui.window import BenchWindow
from dwmtj.storage import Store
from dwmtj.tests.gui.conftest import PATIENCE_MS, Open

SHADES = [mpl.colors.to_hex(each) for each in colours(6)]


def corner(png: bytes) -> str:
    return QImage.fromData(png).pixelColor(1, 1).name()


def shown_corner(flow: FigureFlow) -> str:
    """Return the colour at the edge of the first figure."""
    image = flow.cells[0].grab().toImage()
    return QColor(image.pixelColor(image.width() // 2, image.height() - 2)).name()


@pytest.mark.parametrize("colour", [BLUE, ORANGE, GREY, "#000000", *SHADES])
def test_every_colour_of_the_house_stands_out_from_the_dark_ground(colour: str) -> None:
    changed = readable(colour, DARK.card)
    assert contrast(changed, DARK.card) >= READABLE
    if contrast(colour, DARK.card) >= READABLE:
        assert changed == colour.lower()


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_figures_have_the_ground_of_the_theme_and_leave_the_house_style_alone(
    database: Path, theme: Theme
) -> None:
    before = mpl.rcParams["axes.facecolor"]
    with Store.open(database, read_only=True) as store:
        found = draw_figures(store, 1, theme)
    assert found.images
    assert {corner(png) for _, png in found.images} == {theme.card}
    assert mpl.rcParams["axes.facecolor"] == before == "white"


def test_figures_are_drawn_anew_when_the_theme_changes(window: BenchWindow, qtbot: QtBot) -> None:
    page = window.panels.run_page
    window.view.open_run(1)
    qtbot.waitUntil(lambda: bool(page.figures.cells), timeout=PATIENCE_MS)
    assert shown_corner(page.figures) == LIGHT.card
    window.appearance.choose(ThemeChoice.DARK)
    qtbot.waitUntil(lambda: shown_corner(page.figures) == DARK.card, timeout=PATIENCE_MS)


def test_figures_stand_in_as_many_columns_as_fit(
    open_window: Open, qtbot: QtBot, database: Path
) -> None:
    window = open_window(size=(3840, 2160))
    page = window.panels.run_page
    window.view.open_run(1)
    qtbot.waitUntil(lambda: bool(page.figures.cells), timeout=PATIENCE_MS)
    with Store.open(database, read_only=True) as store:
        drawn = draw_figures(store, 1, LIGHT).images
    page.figures.show_figures(5 * drawn[:1], ["This run has no loop."])
    qtbot.waitUntil(lambda: page.figures.columns > 3, timeout=PATIENCE_MS)
    window.resize(1366, 768)
    qtbot.waitUntil(lambda: page.figures.columns == 1, timeout=PATIENCE_MS)
    cells = page.figures.cells
    qtbot.waitUntil(lambda: cells[0].geometry().bottom() <= cells[1].geometry().top())
    assert all(cell.geometry().right() <= page.figures.width() for cell in cells)


def test_a_page_of_text_has_the_colours_of_the_theme_on_the_screen(
    window: BenchWindow, qtbot: QtBot
) -> None:
    page = window.panels.text_page.text
    window.view.compare(1, 2)
    qtbot.waitUntil(lambda: LIGHT.muted in page.toHtml(), timeout=PATIENCE_MS)
    window.appearance.choose(ThemeChoice.DARK)
    qtbot.waitUntil(lambda: DARK.muted in page.toHtml(), timeout=PATIENCE_MS)
    assert LIGHT.muted not in page.toHtml()
    window.view.show_plots()
    window.appearance.choose(ThemeChoice.LIGHT)
    assert window.panels.centre.currentWidget() is window.panels.plots
