"""The page of one run: parameters, attempts, instruments, warnings, figures and notes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextOption
from PySide6.QtWidgets import (
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ...storage import RunRecord
from ..durations import clock, duration
from ..link.archive import Archive
from ..link.worker import sentence_of
from ..look import html
from ..look.theme import LIGHT, Theme
from ..look.widgets import Card, button, label, row
from ..parameters import declared, protocol_names
from .figures import FIGURE_WIDTH, FigureFlow, RunFigures, draw_figures

FIGURE_MARGIN = 36  # around a figure, and for the scroll bar


class NotesEdit(QPlainTextEdit):
    """Notes that are kept when the focus leaves them, or with Ctrl+Return."""

    kept = Signal(str)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.kept.emit(self.toPlainText().strip())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.kept.emit(self.toPlainText().strip())
        else:
            super().keyPressEvent(event)


class RunPage(Card):
    """A run of the store; its figures are drawn in the worker, never in the Qt thread."""

    closed = Signal()
    notes_kept = Signal(int, str)

    def __init__(self, archive: Archive) -> None:
        super().__init__()
        self._archive, self._theme = archive, LIGHT
        self.record: RunRecord | None = None
        self._run_id: int | None = None
        self.title = label("", "page")
        self.back = button("← Plots", self.closed.emit, "Esc")
        self.text = QTextBrowser()
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setOpenLinks(False)
        self.notes = NotesEdit()
        self.notes.setPlaceholderText("Notes, kept with the run")
        self.notes.setAccessibleName("Notes of this run")
        self.notes.setFixedHeight(64)
        self.notes.kept.connect(self._keep_notes)
        self.figures = FigureFlow()
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(FIGURE_WIDTH + FIGURE_MARGIN)
        scroll.setWidget(self.figures)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text, 1)
        column.addWidget(self.notes)
        self.split = QSplitter(Qt.Orientation.Horizontal)
        self.split.addWidget(left)
        self.split.addWidget(scroll)
        self.split.setSizes([420, 420])
        self.split.setStretchFactor(0, 0)
        self.split.setStretchFactor(1, 1)
        self.body.addLayout(row(self.title, 1, self.back))
        self.body.addWidget(self.split, 1)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.record is not None:
            self.text.setHtml(record_html(self.record, theme))
        if self._run_id is not None and self.isVisible():
            self._draw(self._run_id)

    def open_run(self, run_id: int) -> None:
        """Load a run and show it."""
        self.title.setText(f"Run {run_id}")
        self.text.setHtml(html.page(self._theme, html.paragraph("Loading …")))
        self.figures.show_figures((), ["Drawing the figures …"])
        self._archive.ask(lambda store: store.run(run_id), self._show_record, owner=self)
        self._draw(run_id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _draw(self, run_id: int) -> None:
        """Draw the figures of a run for the theme on the screen."""
        self._run_id, theme = run_id, self._theme
        self._archive.ask(
            lambda store: draw_figures(store, run_id, theme),
            lambda found: self._show_figures(run_id, theme, found),
            lambda error: self.figures.show_figures((), [sentence_of(error)[0]]),
            owner=self,
        )

    def _show_record(self, record: RunRecord) -> None:
        self.record = record
        summary = record.summary
        self.title.setText(f"Run {summary.id} · {summary.protocol} on {summary.device}")
        self.text.setHtml(record_html(record, self._theme))
        self.notes.setPlainText(summary.notes)

    def _show_figures(self, run_id: int, theme: Theme, found: RunFigures) -> None:
        if run_id == self._run_id and theme == self._theme:
            absent = [f"This run has {sentence}" for sentence in found.absent]
            self.figures.show_figures(found.images, absent)

    def _keep_notes(self, text: str) -> None:
        if self.record is not None and text != self.record.summary.notes:
            summary = self.record.summary._replace(notes=text)
            self.record = replace(self.record, summary=summary)
            self.notes_kept.emit(summary.id, text)


def record_html(record: RunRecord, theme: Theme) -> str:
    """Return everything about a run except its points and notes."""
    parts = [html.pairs(theme, _facts(record))]
    parts += [html.heading(theme, "Parameters"), html.pairs(theme, _parameters(record))]
    for attempt in reversed(record.attempts):
        one = f" {attempt.attempt}" if len(record.attempts) > 1 else ""
        parts.append(html.heading(theme, f"Attempt{one}"))
        parts.append(html.pairs(theme, _attempt(attempt)))
    parts.append(html.heading(theme, "Instruments"))
    parts.append(html.pairs(theme, _identities(record.attempts[-1].bench)))
    if record.warnings:
        parts.append(html.heading(theme, f"Warnings ({len(record.warnings)})"))
        parts += [
            html.paragraph(f"{clock(each.time)}  {each.message}", theme.attention)
            for each in record.warnings[-50:]
        ]
    return html.page(theme, *parts)


def _facts(record: RunRecord) -> Iterator[tuple[str, str]]:
    run = record.summary
    yield "status", f"{run.status}: {run.message}" if run.message else str(run.status)
    expected = "" if run.points_expected is None else f" of {run.points_expected:,}"
    yield "points", f"{run.points:,}{expected}"
    if record.marked:
        yield "marked", record.marked
    yield "started", f"{run.started.astimezone():%Y-%m-%d %H:%M:%S}"
    if run.finished is not None:
        yield "took", duration((run.finished - run.started).total_seconds())
    if run.operator:
        yield "operator", run.operator
    if run.tags:
        yield "tags", ", ".join(run.tags)


def _parameters(record: RunRecord) -> Iterator[tuple[str, str]]:
    name = record.summary.protocol
    known = {each.name: each for each in declared(name)} if name in protocol_names() else {}
    for key in [*(key for key in known if key in record.parameters), *record.parameters]:
        value, declaration = record.parameters[key], known.pop(key, None)
        if declaration is not None and isinstance(value, int | float):
            yield declaration.label, declaration.show(value).replace("-", "−")
        elif not (name in protocol_names() and key in _declared_names(name)):
            yield key, str(value)


def _declared_names(protocol: str) -> set[str]:
    return {each.name for each in declared(protocol)}


def _attempt(attempt: Any) -> Iterator[tuple[str, str]]:
    yield "status", f"{attempt.status}: {attempt.message}" if attempt.message else attempt.status
    yield "started", f"{attempt.started.astimezone():%Y-%m-%d %H:%M:%S} on {attempt.host}"
    yield "bench", str(attempt.bench.get("name", ""))
    if attempt.seed is not None:
        yield "seed", str(attempt.seed)
    yield "code version", attempt.code_version


def _identities(bench: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    for role, identity in bench.get("identities", {}).items():
        yield role, str(identity)
