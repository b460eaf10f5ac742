"""Inference with a model: a trained network on such devices, programmed again and again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import mean, stdev

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt

from ...simulators.networks.inference.progress import (
    KIND,
    StudyProgress,
    WatchedStudy,
    progress_of,
)
from ...storage import CalibrationRecord, Place, Store
from ...wording import counted
from ..link.archive import Archive
from ..look.number_field import NumberField
from ..look.theme import Theme
from .places import file_stem
from .study import StudyPage

NOTCHES, IMAGES, PROGRAMMINGS = 16, 1000, 10
MOST_NOTCHES, ALL_IMAGES = 1024, 10_000
TRAINED, ON_LEVELS = "as trained, float32", "on the levels, no error"
PROGRAMMED, MEAN = "as programmed", "mean so far"


@dataclass(frozen=True, slots=True)
class _Found:
    study: WatchedStudy
    progress: StudyProgress


class InferencePage(StudyPage):
    """`dwmtj infer cifar100` on the bundled ResNet-20, with its curves from the store."""

    name = "Inference"
    abscissa = "Programming of all devices"

    def __init__(self, archive: Archive) -> None:
        self.notches = NumberField(NOTCHES, 2, MOST_NOTCHES, "Levels of a device")
        self.notches.setToolTip(
            f"From 2 to {MOST_NOTCHES:,}. As many as the model has are its levels as measured; "
            "other numbers are spaced evenly over the measured range, with the measured spreads"
        )
        self.images = NumberField(IMAGES, 2, ALL_IMAGES, "Test images")
        self.programmings = NumberField(PROGRAMMINGS, 2, 100, "Programmings")
        self.curves: dict[str, pg.PlotDataItem] = {}
        super().__init__(
            archive,
            ("Levels", self.notches),
            ("Test images", self.images),
            ("Programmings", self.programmings),
        )
        for name in (PROGRAMMED, MEAN, ON_LEVELS, TRAINED):
            self.curves[name] = self.plot.add_curve()
        for number in (self.notches, self.images, self.programmings):
            number.changed.connect(self.show_settings)

    def open_model(self, record: CalibrationRecord, database: Place, folder: Path) -> None:
        """Show the page of a model, with as many levels as it has unless it is shown again."""
        is_another = (record.name, record.version) != self.model
        super().open_model(record, database, folder / "inference" / file_stem(record))
        if is_another and not self.is_running:
            self.notches.set_value(len(record.data["levels"]))

    @property
    def study(self) -> WatchedStudy:
        """The study that is set."""
        notches, images = self.notches.value(), self.images.value()
        return WatchedStudy(*self.model, notches=notches, images=images)

    def command(self) -> list[str]:
        study, programmings = self.study, str(self.programmings.value())
        return [
            *("-m", "dwmtj", "infer", "cifar100", "--out", str(self.folder), "--overwrite"),
            *("--model", self.reference, "--database", str(self.database)),
            *("--notches", str(study.notches), "--images", str(study.images)),
            *("--noise", "0", "--noise", f"{study.noise:g}", "--seed", str(study.seed)),
            *("--programmings", programmings, "--max-programmings", programmings, "--jobs", "1"),
        ]

    def preparation(self) -> str:
        return "Reading CIFAR-100, which is downloaded once if it is not on this computer …"

    def reader(self) -> Callable[[Store], object]:
        study = self.study
        return lambda store: _Found(study, progress_of(study, store.results(KIND)))

    def show_progress(self, found: object) -> None:
        assert isinstance(found, _Found)
        study, progress = found.study, found.progress
        if study != self.study:
            return  # of the settings before
        count = self.programmings.value()
        shown = {trial: 100 * a for trial, a in progress.programmed.items() if trial < count}
        numbers, percent = [trial + 1 for trial in shown], list(shown.values())
        means = np.cumsum(percent) / np.arange(1, len(percent) + 1)
        self.curves[PROGRAMMED].setData(numbers, percent)
        self.curves[MEAN].setData(numbers, means)
        for name, accuracy in ((TRAINED, progress.trained), (ON_LEVELS, progress.on_levels)):
            known = [] if accuracy is None else [100 * accuracy] * 2
            self.curves[name].setData([0.5, count + 0.5][: len(known)], known)
        self.plot.show_numbers(count, empty=not percent and progress.trained is None)
        self.outcome.setText(outcome_text(study, progress, percent))
        self.progress.setRange(0, count)
        self.progress.setValue(len(percent))
        if self.is_running and progress.trained is not None:
            self.state.setText("Programming and reading …")

    def restyle(self, theme: Theme) -> None:
        dots = self.curves[PROGRAMMED]
        dots.setPen(None)
        dots.setSymbol("o")
        dots.setSymbolSize(6)
        dots.setSymbolPen(None)
        dots.setSymbolBrush(theme.accent)
        self.curves[MEAN].setPen(pg.mkPen(theme.accent, width=2))
        for name, colour in ((ON_LEVELS, theme.attention), (TRAINED, theme.muted)):
            self.curves[name].setPen(pg.mkPen(colour, width=2, style=Qt.PenStyle.DashLine))
        self.plot.show_legend(
            [
                (theme.accent, "●", PROGRAMMED),
                (theme.accent, "—", MEAN),
                (theme.attention, "- -", ON_LEVELS),
                (theme.muted, "- -", TRAINED),
            ]
        )


def outcome_text(study: WatchedStudy, progress: StudyProgress, percent: list[float]) -> str:
    """Return the accuracies so far in one sentence; `percent` are those by programming."""
    parts = []
    if percent:
        spread = f" ± {stdev(percent):.1f}" if len(percent) > 1 else ""
        parts.append(f"{mean(percent):.1f}{spread} % over {counted(len(percent), 'programming')}")
    if progress.on_levels is not None:
        parts.append(f"{100 * progress.on_levels:.1f} % on the levels without error")
    if progress.trained is not None:
        parts.append(f"{100 * progress.trained:.1f} % as trained")
    if not parts:
        return ""
    images = counted(study.images, "test image")
    return f"{'; '.join(parts)}. ResNet-20 on {images} of CIFAR-100, {study.notches} levels."
