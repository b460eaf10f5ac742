"""Stream learning with a model: a network of such devices learns subset after subset."""

import contextlib
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path

import pyqtgraph as pg

from ...storage import CalibrationRecord, Place, Store
from ...wording import counted
from ..link.archive import Archive
from ..look.number_field import NumberField
from ..look.theme import Theme
from .places import file_stem
from .study import StudyPage

SUBSETS, EPOCHS = 60, 5


class LearningPage(StudyPage):
    """`dwmtj learn stream`, with its curves from the checkpoints."""

    name = "Stream learning"
    abscissa = "Subset of 1,000 images"

    def __init__(self, archive: Archive) -> None:
        self.subsets = NumberField(SUBSETS, 1, 60, "Subsets")
        self.epochs = NumberField(EPOCHS, 1, 100, "Epochs")
        self.curves: dict[str, pg.PlotDataItem] = {}
        super().__init__(archive, ("Subsets", self.subsets), ("Epochs", self.epochs))

    def open_model(self, record: CalibrationRecord, database: Place, folder: Path) -> None:
        place = folder / "learning" / file_stem(record)
        if not self.is_running and place != self.folder:
            self.plot.clear()
            self.curves.clear()
        super().open_model(record, database, place)

    def command(self) -> list[str]:
        return [
            *("-m", "dwmtj", "learn", "stream", "--out", str(self.folder)),
            *("--model", self.reference, "--database", str(self.database)),
            *("--seeds", "1", "--no-at-once", "--overwrite"),
            *("--subsets", str(self.subsets.value()), "--epochs", str(self.epochs.value())),
        ]

    def preparation(self) -> str:
        return "Reading the images, which are downloaded once if they are not on this computer …"

    def reader(self) -> Callable[[Store], object]:
        place = self.folder / "checkpoints"
        return lambda _store: accuracies_in(place)

    def show_progress(self, found: object) -> None:
        assert isinstance(found, Mapping)
        for name, accuracies in found.items():
            if name not in self.curves:
                self.curves[name] = self.plot.add_curve()
                self.restyle(self._theme)
            percent = [100 * each for each in accuracies]
            self.curves[name].setData(range(1, len(percent) + 1), percent)

        self.plot.show_numbers(self.subsets.value(), empty=not found)
        if found:
            self.outcome.setText(outcome_text(found))
            self.progress.setRange(0, len(found) * self.subsets.value())
            self.progress.setValue(sum(map(len, found.values())))
            if self.is_running:
                self.state.setText("Learning …")

    def restyle(self, theme: Theme) -> None:
        colours = (theme.accent, theme.attention, theme.good)
        coloured = list(zip(self.curves.items(), cycle(colours), strict=False))
        for (_, curve), colour in coloured:
            curve.setPen(pg.mkPen(colour, width=2))
        self.plot.show_legend([(colour, "—", name) for (name, _), colour in coloured])


def outcome_text(accuracies: Mapping[str, Sequence[float]]) -> str:
    """Return the latest accuracy of each network."""
    return "; ".join(
        f"{name}: {100 * found[-1]:.1f} % after {counted(len(found), 'subset')}"
        for name, found in accuracies.items()
    )


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
