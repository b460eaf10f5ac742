"""The state of the window, read from its widgets and given back to them."""

import base64

from PySide6.QtCore import QByteArray
from PySide6.QtWidgets import QWidget

from .panels import Panels
from .window_state import WindowState


def remember(state: WindowState, window: QWidget, panels: Panels) -> None:
    """Take over sizes, columns and the tab; the form keeps its own part as it is typed."""
    state.geometry = base64.b64encode(window.saveGeometry().data()).decode()
    state.splitters = {name: each.sizes() for name, each in panels.splitters.items()}
    state.columns = {name: tab.table.widths() for name, tab in panels.named_tabs().items()}
    state.tab = panels.tabs.bar.currentIndex()


def recall(state: WindowState, window: QWidget, panels: Panels) -> None:
    """Give sizes, columns and the tab back to the widgets; what does not fit is left out."""
    if state.geometry:
        window.restoreGeometry(QByteArray(base64.b64decode(state.geometry)))
    for name, sizes in state.splitters.items():
        if name in panels.splitters and len(sizes) == panels.splitters[name].count():
            panels.splitters[name].setSizes(sizes)
    for name, tab in panels.named_tabs().items():
        if len(state.columns.get(name, [])) == tab.table.model().columnCount():
            tab.table.set_widths(state.columns[name])
    panels.tabs.bar.setCurrentIndex(state.tab)
