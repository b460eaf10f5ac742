"""The page of one run: parameters, attempts, instruments, warnings, figures and notes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent, QImage, QKeyEvent, QPixmap
from PySide6.QtWidgets import (
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QTextBrowser,
    QVBoxLayout,
    QWidget,
)

from ...storage import RunRecord, Store
from ..durations import clock, duration
from ..link.archive import Archive
from ..link.worker import sentence_of
from ..look import html
from ..look.theme import LIGHT, Theme
from ..look.widgets import Card, button, label, row
from ..parameters import declared, protocol_names

FIGURE_WIDTH = 370  # logical pixels
FIGURE_MARGIN = 36  # around a figure, and for the scroll bar


@dataclass(frozen=True, slots=True)
class RunFigures:
    """The figures of a run as PNG, each with its title, and why others are missing."""

    images: tuple[tuple[str, bytes], ...]
    absent: tuple[str, ...]


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
        self.title = label("", "page")
        self.back = button("← Plots", self.closed.emit, "Esc")
        self.text = QTextBrowser()
        self.text.setOpenLinks(False)
        self.notes = NotesEdit()
        self.notes.setPlaceholderText("Notes, kept with the run")
        self.notes.setAccessibleName("Notes of this run")
        self.notes.setFixedHeight(64)
        self.notes.kept.connect(self._keep_notes)
        self.figures = QWidget()
        self._figures = QVBoxLayout(self.figures)
        self._figures.setAlignment(Qt.AlignmentFlag.AlignTop)
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
        self.body.addLayout(row(self.title, 1, self.back))
        self.body.addWidget(self.split, 1)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        if self.record is not None:
            self.text.setHtml(record_html(self.record, theme))

    def open_run(self, run_id: int) -> None:
        """Load a run and show it."""
        self.title.setText(f"Run {run_id}")
        self.text.setHtml(html.page(self._theme, html.paragraph("Loading …")))
        self._clear_figures("Drawing the figures …")
        self._archive.ask(lambda store: store.run(run_id), self._show_record, owner=self)
        self._archive.ask(
            lambda store: (run_id, draw_figures(store, run_id)),
            lambda found: self._show_figures(*found),
            lambda error: self._clear_figures(sentence_of(error)[0]),
            owner=self,
        )

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        else:
            super().keyPressEvent(event)

    def _show_record(self, record: RunRecord) -> None:
        self.record = record
        summary = record.summary
        self.title.setText(f"Run {summary.id} · {summary.protocol} on {summary.device}")
        self.text.setHtml(record_html(record, self._theme))
        self.notes.setPlainText(summary.notes)

    def _show_figures(self, run_id: int, found: RunFigures) -> None:
        if self.record is None or self.record.summary.id != run_id:
            return
        self._clear_figures("")
        for title, png in found.images:
            picture = QLabel()
            pixmap = QPixmap.fromImage(QImage.fromData(png))
            pixmap.setDevicePixelRatio(pixmap.width() / FIGURE_WIDTH)
            picture.setPixmap(pixmap)
            picture.setAccessibleName(title)
            self._figures.addWidget(label(title, "title"))
            self._figures.addWidget(picture)
        for sentence in found.absent:
            self._figures.addWidget(label(f"This run has {sentence}", "muted", wrap=True))

    def _clear_figures(self, sentence: str) -> None:
        while (item := self._figures.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        if sentence:
            self._figures.addWidget(label(sentence, "muted"))

    def _keep_notes(self, text: str) -> None:
        if self.record is not None and text != self.record.summary.notes:
            summary = replace(self.record.summary, notes=text)
            self.record = replace(self.record, summary=summary)
            self.notes_kept.emit(summary.id, text)


def draw_figures(store: Store, run_id: int) -> RunFigures:
    """Return the figures of a run."""
    from ...analysis.figures import panels_of
    from ...analysis.figures.panel import png_of

    found = panels_of(store.points(run_id))
    return RunFigures(tuple((each.title, png_of(each)) for each in found.drawn), found.absent)


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
