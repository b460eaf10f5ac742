"""`dwmtj gui`: the bench window."""

from enum import StrEnum
from importlib.util import find_spec
from typing import Annotated

import typer

from ..errors import DwmtjError
from .options import DEFAULT_BENCH, BenchOption, DatabaseOption, SeedOption


class WindowError(DwmtjError):
    """The window cannot be opened here."""


class Theme(StrEnum):
    """The colours of the window."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


def gui(
    bench: BenchOption = None,
    database: DatabaseOption = None,
    seed: SeedOption = None,
    theme: Annotated[
        Theme | None,
        typer.Option(
            help="Colours of the window.", show_default="as last time", case_sensitive=False
        ),
    ] = None,
) -> None:
    """Open the bench window: start runs, watch them, stop them, find them again.

    The runs are measured by a station, a process of its own that outlives the window.

    \b
    Examples:
      dwmtj gui
      dwmtj gui --bench bench.toml --database lab.sqlite
    """
    if find_spec("PySide6") is None or find_spec("pyqtgraph") is None:
        raise WindowError("The window needs PySide6 and pyqtgraph: pip install 'dwmtj[gui]'.")
    from ..gui.application import has_display, missing_system_packages, run_window

    if not has_display():
        raise WindowError(
            "There is no display to open a window on (DISPLAY and WAYLAND_DISPLAY are not set): "
            "start it on a desktop, or measure with dwmtj run."
        )
    if missing := missing_system_packages():
        raise WindowError(
            f"Qt lacks libraries of the X display: sudo apt-get install {' '.join(missing)}, or "
            "what they are called on this system."
        )
    raise typer.Exit(run_window(bench or DEFAULT_BENCH, database, seed, theme))
