"""The tab of the models: calibrate, look, compare, mount."""

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QVBoxLayout, QWidget

from ...storage import CalibrationRecord, Place, Store
from ...wording import counted
from ..link.archive import Archive
from ..link.worker import sentence_of
from ..look.dialogs import TextQuestion
from ..look.tables import Table
from ..look.theme import LIGHT, Theme
from ..look.widgets import button, label, row
from .list import ModelList

WIDTHS = (170, 70, 150, 220, 110, 60)
PLAIN = Qt.KeyboardModifier.NoModifier


class ModelsTab(QWidget):
    """The calibrations of the store; everything that computes does so in the archive's worker."""

    said = Signal(str, str)
    page_asked = Signal(str, bytes, object)
    """A page for the middle of the window, its picture as PNG, and what makes it anew."""
    mount_asked = Signal(object)
    study_asked = Signal(str, object)
    """A study, "learning" or "inference", and the model."""
    counted = Signal(int)

    def __init__(self, archive: Archive) -> None:
        super().__init__()
        self._archive, self._theme = archive, LIGHT
        self._place: Place | None = None
        self.model = ModelList()
        self.table = Table(
            self.model, WIDTHS, "No model yet: select finished runs and press K to calibrate one."
        )
        self.busy = QProgressBar()
        self.busy.setRange(0, 0)
        self.busy.setTextVisible(False)
        self.busy.setMaximumWidth(160)
        self.doing = label("", "muted")
        self.progress = QWidget()
        self.progress.setLayout(row(self.busy, self.doing, 1))
        self.progress.hide()
        self.show_button = button("Show", self.show_selected, "Levels and transitions (Return)")
        self.compare_button = button("Compare", self.compare, "Two selected models (C)")
        self.mount_button = button(
            "Mount as twin", self.mount, "A window with a virtual bench that behaves like it (M)"
        )
        self.learn_button = button(
            "Learn…", self.learn, "Train a network of such devices on a stream of images (L)"
        )
        self.infer_button = button(
            "Infer…", self.infer, "Classify images with a trained network on such devices (I)"
        )
        self.tools = QWidget()
        self.tools.setLayout(
            row(
                self.show_button,
                self.compare_button,
                self.mount_button,
                self.learn_button,
                self.infer_button,
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addWidget(self.progress)
        layout.addWidget(self.table, 1)
        self.table.selectionModel().selectionChanged.connect(lambda *_: self._allow())
        self.table.doubleClicked.connect(lambda *_: self.show_selected())
        self.table.keys |= {
            (Qt.Key.Key_Return, PLAIN): self.show_selected,
            (Qt.Key.Key_Enter, PLAIN): self.show_selected,
            (Qt.Key.Key_C, PLAIN): self.compare,
            (Qt.Key.Key_M, PLAIN): self.mount,
            (Qt.Key.Key_L, PLAIN): self.learn,
            (Qt.Key.Key_I, PLAIN): self.infer,
        }
        self._allow()

    def use(self, place: Place) -> None:
        """Show the models of a database."""
        if place != self._place:
            self._place = place
            self.reload()

    def show_doing(self, text: str, for_ms: int) -> None:
        """Show for a while what is done elsewhere."""
        self.doing.setText(text)
        self.progress.show()
        QTimer.singleShot(for_ms, self.progress, self.progress.hide)

    def reload(self, choose: tuple[str, int] | None = None) -> None:
        """Load the list anew, and show one of it."""

        def show(records: list[CalibrationRecord]) -> None:
            self.model.show_records(records)
            self.counted.emit(len(records))
            place = self.model.row_of(choose) if choose else None
            if place is not None:
                self.table.selectRow(place)
                self.show_selected()

        self._archive.ask(lambda store: store.calibrations(), show, self._failed, owner=self)

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme

    def selected(self) -> list[CalibrationRecord]:
        """Return the selected models."""
        return [self.model.records[each] for each in self.table.selected_rows()]

    def ask_to_calibrate(self, run_ids: list[int]) -> None:
        """Ask for a name, and calibrate a model from runs."""
        if not run_ids:
            self.said.emit("error", "Select the runs to calibrate from, in the tab of the runs.")
            return
        runs = ", ".join(map(str, run_ids))
        text = f"From run{'s' * (len(run_ids) > 1)} {runs}. A name that exists gets a new version."
        question = TextQuestion(self, "Calibrate a model", text, "", "Calibrate")
        question.exec()
        name = question.text
        question.deleteLater()
        if name:
            self.calibrate(run_ids, name)

    def calibrate(self, run_ids: list[int], name: str) -> None:
        """Calibrate a model, with the window free meanwhile, and show it."""

        def work(store: Store) -> tuple[str, int]:
            from ...analysis.calibration import calibrate_stored

            model = calibrate_stored(store, run_ids, name)
            return model.name, model.version

        def done(model: tuple[str, int]) -> None:
            self.progress.hide()
            self.said.emit("info", f"Model {model[0]}, version {model[1]}, is calibrated.")
            self.reload(choose=model)

        self.doing.setText(f"Calibrating {name} from {counted(len(run_ids), 'run')} …")
        self.progress.show()
        self._archive.ask(work, done, self._failed, owner=self)

    def show_selected(self) -> None:
        """Show the levels and transitions of the selected model."""
        if records := self.selected():
            self._show(records[0])

    def compare(self) -> None:
        """Show two models side by side."""
        records = self.selected()
        if len(records) == 2:
            self._show_both(*records)

    def mount(self) -> None:
        """Ask for a window with a twin of the selected model."""
        if len(self.selected()) == 1:
            self.mount_asked.emit(self.selected()[0])

    def learn(self) -> None:
        """Ask for a network to be trained on devices like the selected model."""
        self._ask_for_study("learning")

    def infer(self) -> None:
        """Ask for a trained network to be run on devices like the selected model."""
        self._ask_for_study("inference")

    def _ask_for_study(self, name: str) -> None:
        if len(self.selected()) == 1:
            self.study_asked.emit(name, self.selected()[0])

    def _show(self, record: CalibrationRecord) -> None:
        theme = self._theme

        def work() -> tuple[str, bytes]:
            from ...analysis.state_model.store import model_of
            from .figure import model_png
            from .page import model_html

            model = model_of(record)
            return model_html(model, theme), model_png(model, theme)

        anew = partial(self._show, record)
        self._compute(work, lambda found: self.page_asked.emit(*found, anew))

    def _show_both(self, first: CalibrationRecord, second: CalibrationRecord) -> None:
        theme = self._theme

        def work() -> str:
            from ...analysis.state_model.store import model_of
            from .page import models_html

            return models_html(model_of(first), model_of(second), theme)

        anew = partial(self._show_both, first, second)
        self._compute(work, lambda page: self.page_asked.emit(page, b"", anew))

    def _compute(self, work: Callable[[], object], then: Callable[..., object]) -> None:
        self._archive.ask(lambda _store: work(), then, self._failed, owner=self)

    def _failed(self, error: Exception) -> None:
        self.progress.hide()
        self.said.emit("error", sentence_of(error)[0])

    def _allow(self) -> None:
        count = len(self.selected())
        self.compare_button.setEnabled(count == 2)
        for each in (self.show_button, self.mount_button, self.learn_button, self.infer_button):
            each.setEnabled(count == 1)
