"""The bench window as a program: from its command line to the end of its event loop."""

import os
import signal
import sys
from ctypes.util import find_library

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from ..instruments import load_bench_file
from ..station import Station
from .link.client import StationClient
from .link.collection import CollectionInQtThread
from .link.station_link import StationLink
from .look.appearance import Appearance
from .look.theme import ThemeChoice
from .window import BenchWindow
from .window_state import load_state, state_folder

END_UNUSED_AFTER_S = 300.0  # a station whose last window was closed during a run
X_LIBRARIES = {
    "xcb-cursor": "libxcb-cursor0",
    "xcb-icccm": "libxcb-icccm4",
    "xcb-keysyms": "libxcb-keysyms1",
    "xkbcommon-x11": "libxkbcommon-x11-0",
}


def run_window(
    bench: str, database: str | None = None, seed: int | None = None, theme: str | None = None
) -> int:
    """Open the window on a bench and return the exit code when it is closed.

    The station is started, or found, while the window is built. Raises BenchError for a bench file
    that cannot be used, and StationError for a running station that cannot be joined, before
    anything is shown: a window without a station could stop nothing.
    """
    bench_file = load_bench_file(bench)
    Station.found(bench, database=database, seed=seed)

    def connect() -> StationClient:
        return Station.start(
            bench, database=database, seed=seed, end_unused_after_s=END_UNUSED_AFTER_S
        )

    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("dwmtj")
    application.setDesktopFileName("dwmtj")
    CollectionInQtThread(application)
    ended = Ending()
    link = StationLink(connect)
    link.start()
    folder = state_folder()
    memory, sentence = load_state(folder)
    appearance = Appearance(application, ThemeChoice(theme) if theme else memory.theme)
    window = BenchWindow(bench_file, link, appearance, memory, folder)
    if sentence:
        window.say_error(sentence)
    window.show()
    ended.closes(window)
    code = application.exec()
    link.say_farewell()
    return code


class Ending:
    """Closes the window when the system or Ctrl-C ends the program, also while it is being built.

    The station that is being started then is not left behind.
    """

    def __init__(self) -> None:
        self._asked = False
        self._window: BenchWindow | None = None
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._ask)

    def closes(self, window: BenchWindow) -> None:
        """Close this window from now on, at once if that was asked for before."""
        self._window = window
        if self._asked:
            QTimer.singleShot(0, window.close_quietly)

    def _ask(self, *_: object) -> None:
        self._asked = True
        if self._window is not None:
            self._window.close_quietly()


def missing_system_packages() -> list[str]:
    """Return the Debian packages of the libraries that Qt needs on an X display and lacks."""
    on_x = sys.platform == "linux" and "DISPLAY" in os.environ
    if not on_x or "WAYLAND_DISPLAY" in os.environ or "QT_QPA_PLATFORM" in os.environ:
        return []
    return [package for name, package in X_LIBRARIES.items() if find_library(name) is None]


def has_display() -> bool:
    """Return False where there is no display to open a window on."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
