"""Tabs with their tools on the same line."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget, QTabBar, QWidget

from .widgets import Card


class Tabs(Card):
    """A row of tabs, each with its page below and its tools at the right end of the row."""

    opened = Signal(int)

    def __init__(self) -> None:
        super().__init__(margin=8, spacing=4)
        self.bar = QTabBar()
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.bar.setUsesScrollButtons(False)
        self.pages, self._tools = QStackedWidget(), QStackedWidget()
        self._tools.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._names: list[str] = []
        line = QHBoxLayout()
        line.setSpacing(10)
        line.addWidget(self.bar)
        line.addWidget(self._tools, 1)
        self.body.addLayout(line)
        self.body.addWidget(self.pages, 1)
        self.bar.currentChanged.connect(self._open)

    def add(self, name: str, page: QWidget, tools: QWidget) -> None:
        """Add a tab with its page and tools."""
        self._names.append(name)
        self.pages.addWidget(page)
        holder = QWidget()
        line = QHBoxLayout(holder)
        line.setContentsMargins(0, 0, 0, 0)
        line.addStretch(1)
        line.addWidget(tools, 100 if tools.property("wide") else 0)
        self._tools.addWidget(holder)
        self.bar.addTab(name)

    def show_count(self, page: QWidget, count: int) -> None:
        """Show a number beside the name of a tab; 0 shows none."""
        index = self.pages.indexOf(page)
        text = f"{self._names[index]}  {count:,}" if count else self._names[index]
        if self.bar.tabText(index) != text:
            self.bar.setTabText(index, text)

    def open(self, page: QWidget) -> None:
        """Open the tab of a page."""
        self.bar.setCurrentIndex(self.pages.indexOf(page))

    def _open(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
        self._tools.setCurrentIndex(index)
        self.opened.emit(index)
