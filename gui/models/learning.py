"""Stream learning with a model in a process of its own, and its accuracy as it grows."""

import contextlib
import sys
from pathlib import Path

import pyqtgraph as pg
from PySide6.QtCore import QProcess, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtWidgets import QSpinBox

from ...storage import CalibrationRecord
from ..look.theme import LIGHT, Theme
from ..look.widgets import Card, button, label, row

PERIOD_MS = 2000
SUBSETS, EPOCHS = 60, 5


class LearningPage(Card):
    """One study: a network of devices like the model learns subset after subset."""

    closed = Signal()
    said = Signal(str, str)

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._folder = Path()
        self._reference, self._database = "", Path()
        self.process = QProcess(self)
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self.process.finished.connect(self._finished)
        self.title = label("", "page")
        self.subsets, self.epochs = _number(SUBSETS, 1, 60), _number(EPOCHS, 1, 100)
        self.begin = button("Start", self.start, kind="main")
        self.halt = button("Stop", self.stop, "Continues where it stopped, when started again")
        self.back = button("← Plots", self.closed.emit, "Esc")
        self.state = label("", "muted", wrap=True)
        self.plot = pg.PlotWidget()
        self.plot.setMouseEnabled(x=False, y=False)
        self.plot.setLabel("bottom", "Subset of 1,000 images")
        self.plot.setLabel("left", "Test accuracy (%)")
        self.plot.getPlotItem().hideButtons()
        self.legend = self.plot.addLegend(offset=(-10, -10))
        self.curves: dict[str, pg.PlotDataItem] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self._look)
        self.body.addLayout(row(self.title, 1, self.back))
        self.body.addLayout(
            row(
                label("Subsets"),
                self.subsets,
                label("Epochs"),
                self.epochs,
                self.begin,
                self.halt,
                1,
            )
        )
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.state)
        self._allow()

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.setBackground(theme.card)
        self.legend.setLabelTextColor(theme.text)
        for side in ("bottom", "left"):
            axis = self.plot.getPlotItem().getAxis(side)
            axis.setPen(theme.border)
            axis.setTextPen(theme.muted)

    def open_model(self, record: CalibrationRecord, database: Path, folder: Path) -> None:
        """Show the page of a model; a study under way goes on."""
        if self._running():
            return
        self._reference, self._database = f"{record.name}:{record.version}", database
        self._folder = folder / "learning" / f"{record.name}-{record.version}"
        self.title.setText(f"Stream learning with {record.name}, version {record.version}")
        self.state.setText(f"Results go to {self._folder} and into the database.")
        self.plot.clear()
        self.curves.clear()
        self._look()
        self._allow()

    def command(self) -> list[str]:
        """Return the command that is run, after the interpreter."""
        return [
            *("-m", "dwmtj", "learn", "stream", "--out", str(self._folder)),
            *("--model", self._reference, "--database", str(self._database)),
            *("--seeds", "1", "--no-at-once", "--overwrite"),
            *("--subsets", str(self.subsets.value()), "--epochs", str(self.epochs.value())),
        ]

    def start(self) -> None:
        """Start the study, or continue it."""
        self.process.start(sys.executable, self.command())
        self.state.setText("Learning …")
        self._timer.start()
        self._allow()

    def stop(self) -> None:
        """End the process; its checkpoint stays."""
        self.process.terminate()

    def end(self) -> None:
        """End the process before the window closes."""
        if self._running():
            self.process.finished.disconnect(self._finished)
            self.process.terminate()
            self.process.waitForFinished(3000)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _look(self) -> None:
        for name, accuracies in accuracies_in(self._folder / "checkpoints").items():
            if name not in self.curves:
                colours = (self._theme.accent, self._theme.attention, self._theme.good)
                pen = pg.mkPen(colours[len(self.curves) % len(colours)], width=2)
                self.curves[name] = self.plot.plot(name=name, pen=pen)
            subsets, percent = range(1, len(accuracies) + 1), [100 * each for each in accuracies]
            self.curves[name].setData(subsets, percent)
            self.state.setText(f"{name}: {percent[-1]:.1f} % after {len(accuracies)} subsets.")

    def _finished(self, code: int, _status: QProcess.ExitStatus) -> None:
        self._timer.stop()
        self._look()
        self._allow()
        output = bytes(self.process.readAll().data()).decode(errors="replace").strip()
        if code == 0:
            self.state.setText(f"Done; figure and numbers are in {self._folder}.")
            self.said.emit("info", f"Stream learning with {self._reference} is done.")
        elif output:
            self.state.setText(output.splitlines()[-1])

    def _running(self) -> bool:
        return self.process.state() is not QProcess.ProcessState.NotRunning

    def _allow(self) -> None:
        self.begin.setEnabled(not self._running())
        self.halt.setEnabled(self._running())


def accuracies_in(folder: Path) -> dict[str, list[float]]:
    """Return the accuracies so far of every network that has a checkpoint, by its name."""
    from ...simulators.sweeps.checkpoint import kept_parts
    from ...simulators.sweeps.errors import SweepError

    found: dict[str, list[float]] = {}
    for path in sorted(folder.glob("*.checkpoint")):
        with contextlib.suppress(SweepError):
            progress = kept_parts(path).get("progress")
            if progress is not None and progress["accuracies"]:
                found[path.stem] = list(progress["accuracies"])
    return found


class _Number(QSpinBox):
    """A number that the wheel changes only where it has the focus."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


def _number(value: int, low: int, high: int) -> QSpinBox:
    made = _Number()
    made.setRange(low, high)
    made.setValue(value)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    made.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
    made.setFixedWidth(56)
    return made
