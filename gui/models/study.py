"""A study with a model in a process of its own, and its accuracy as it grows."""

import contextlib
import sys
from abc import abstractmethod
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import psutil
from PySide6.QtCore import QProcess, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QProgressBar, QWidget

from ...storage import CalibrationRecord, Place, Store
from ..link.archive import Archive
from ..look.theme import LIGHT, Theme
from ..look.widgets import Card, button, label, row
from .accuracy_plot import AccuracyPlot

PERIOD_MS = 1000
END_MS = 3000
NICENESS = 10  # runs come first


class StudyPage(Card):
    """The page of one study: its settings, its curves, and the process that computes."""

    closed = Signal()
    said = Signal(str, str)

    name: ClassVar[str]
    """What is done, as the title begins: "Stream learning"."""
    abscissa: ClassVar[str]

    def __init__(self, archive: Archive, *fields: tuple[str, QWidget]) -> None:
        super().__init__()
        self._archive, self._theme = archive, LIGHT
        self._asked = self._again = self._stopped = False
        self.folder = Path()
        self.database: Place = Path()
        self.model: tuple[str, int] = ("", 0)
        self.process = QProcess(self)
        self.process.setProcessChannelMode(QProcess.ProcessChannelMode.MergedChannels)
        self.process.started.connect(self._started)
        self.process.finished.connect(self._finished)
        self.process.errorOccurred.connect(self._failed_to_start)
        self.fields = [field for _, field in fields]
        self.title = label("", "page")
        self.begin = button("Start", self.start, kind="main")
        self.halt = button("Stop", self.stop, "What is done is kept: Start continues")
        self.back = button("← Plots", self.closed.emit, "Esc; the study goes on")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setMaximumWidth(160)
        self.outcome, self.state = label("", wrap=True), label("", "muted", wrap=True)
        self.plot = AccuracyPlot(self.abscissa)
        self._timer = QTimer(self)
        self._timer.setInterval(PERIOD_MS)
        self._timer.timeout.connect(self.look)
        named = [part for text, field in fields for part in (label(text), field)]
        self.body.addLayout(row(self.title, 1, self.back))
        self.body.addLayout(row(*named, self.begin, self.halt, self.progress, 1))
        self.body.addWidget(self.plot, 1)
        self.body.addWidget(self.outcome)
        self.body.addWidget(self.state)
        self._allow()

    @abstractmethod
    def command(self) -> list[str]:
        """Return the command that is run, after the interpreter."""

    @abstractmethod
    def reader(self) -> Callable[[Store], object]:
        """Return what reads the progress, in a worker, with the settings as they are."""

    @abstractmethod
    def show_progress(self, found: object) -> None:
        """Show what the reader found."""

    @abstractmethod
    def restyle(self, theme: Theme) -> None:
        """Draw the curves in the colours of a theme."""

    @abstractmethod
    def preparation(self) -> str:
        """Return what is done before the first result."""

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        self.plot.set_theme(theme)
        self.restyle(theme)

    def open_model(self, record: CalibrationRecord, database: Place, folder: Path) -> None:
        """Show the page of a model; a study under way goes on."""
        model = record.name, record.version
        if self.is_running:
            if model != self.model:
                self.said.emit("warning", f"{self.name} with {self.reference} is still under way.")
            return
        self.model, self.database, self.folder = model, database, folder
        self.title.setText(f"{self.name} with {record.name}, version {record.version}")
        self.show_settings()

    def show_settings(self) -> None:
        """Show what is known already of the study that is set."""
        if not self.is_running:
            self.outcome.setText("")
            self.state.setText("Results go into the database; runs on the bench come first.")
            self.progress.setVisible(False)
            self.look()

    @property
    def reference(self) -> str:
        """The model as the command line takes it."""
        return f"{self.model[0]}:{self.model[1]}"

    @property
    def is_running(self) -> bool:
        return self.process.state() is not QProcess.ProcessState.NotRunning

    def start(self) -> None:
        """Start the study, or continue it."""
        self._stopped = False
        self.process.start(sys.executable, ["-P", *self.command()])
        self.state.setText(self.preparation())
        self.progress.setRange(0, 0)
        self.progress.setVisible(True)
        self._timer.start()
        self._allow()

    def stop(self) -> None:
        """End the process; what it has done is kept."""
        self._stopped = True
        self.process.terminate()
        QTimer.singleShot(END_MS, self, self._kill_if_stopped)

    def end(self) -> None:
        """End the process before the window closes."""
        if self.is_running:
            self.process.finished.disconnect(self._finished)
            self.process.terminate()
            if not self.process.waitForFinished(END_MS):
                self.process.kill()
                self.process.waitForFinished(END_MS)

    def look(self) -> None:
        """Read the progress in the worker; once more after that if it is under way."""
        self._again = self._asked
        if self._asked:
            return
        self._asked = True
        self._archive.ask(self.reader(), self._read, lambda _error: self._read(None), owner=self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _read(self, found: object) -> None:
        self._asked = False
        if found is not None:  # else it is read again soon
            self.show_progress(found)
        if self._again:
            self.look()

    def _started(self) -> None:
        lower = getattr(psutil, "BELOW_NORMAL_PRIORITY_CLASS", NICENESS)
        with contextlib.suppress(psutil.Error, OSError):
            psutil.Process(self.process.processId()).nice(lower)

    def _kill_if_stopped(self) -> None:
        if self._stopped and self.is_running:
            self.process.kill()

    def _failed_to_start(self, error: QProcess.ProcessError) -> None:
        if error is QProcess.ProcessError.FailedToStart:
            self._end_with(f"The process cannot be started: {self.process.errorString()}.")

    def _finished(self, code: int, status: QProcess.ExitStatus) -> None:
        output = bytes(self.process.readAll().data()).decode(errors="replace").strip()
        if code == 0 and status is QProcess.ExitStatus.NormalExit:
            self._end_with(f"Done; figure and numbers are in {self.folder}.")
            self.said.emit("info", f"{self.name} with {self.reference} is done.")
        elif self._stopped:
            self._end_with("Stopped; what is done is kept: Start continues.")
        else:
            ended = f"{self.name} ended unexpectedly (exit code {code})."
            problem = output.splitlines()[-1].removeprefix("error: ") if output else ended
            self._end_with(problem)
            self.said.emit("error", problem)

    def _end_with(self, sentence: str) -> None:
        self._timer.stop()
        self.look()
        self.progress.setVisible(False)
        self.state.setText(sentence)
        self._allow()

    def _allow(self) -> None:
        self.begin.setEnabled(not self.is_running)
        self.halt.setEnabled(self.is_running)
        for field in self.fields:
            field.setEnabled(not self.is_running)
