"""The figures of a run: drawn for the theme on the screen, and as many side by side as fit.

Files keep the house style on white; only what the window shows is drawn anew on its ground.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from ...storage import Store
from ..look.theme import Theme, contrast
from ..look.widgets import label

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...analysis.figures import Panel

FIGURE_WIDTH = 370  # logical pixels
SPACING = 14
READABLE = 3.0  # contrast of lines and marks with their ground (WCAG 2.2)
BLEND_STEPS = 20


@dataclass(frozen=True, slots=True)
class RunFigures:
    """The figures of a run as PNG, each with its title, and why others are missing."""

    images: tuple[tuple[str, bytes], ...]
    absent: tuple[str, ...]


def draw_figures(store: Store, run_id: int, theme: Theme) -> RunFigures:
    """Return the figures of a run in the colours of a theme."""
    from ...analysis.figures import panels_of
    from ...analysis.report.track import track_of

    found = panels_of(store.points(run_id), track=track_of(store.run(run_id)))
    return RunFigures(
        tuple((each.title, png_on(each, theme)) for each in found.drawn), found.absent
    )


def png_on(panel: "Panel", theme: Theme) -> bytes:
    """Return a panel as a PNG image on the ground of a theme."""
    import matplotlib as mpl
    import matplotlib.style
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    from ...analysis.figures.panel import COLUMN_WIDTH_IN, HEIGHT_IN, STYLE

    image = BytesIO()
    with mpl.style.context([STYLE, _colours(theme)]):
        figure = Figure(figsize=(COLUMN_WIDTH_IN, HEIGHT_IN))
        FigureCanvasAgg(figure)
        panel(figure.add_subplot())
        if theme.dark:
            _make_readable(figure, theme.card)
        figure.savefig(image)
    return image.getvalue()


def readable(colour: str, ground: str) -> str:
    """Return a colour, blended with white as far as it takes to stand out from a dark ground."""
    channels = [int(colour[start : start + 2], 16) for start in (1, 3, 5)]
    for step in range(BLEND_STEPS + 1):
        share = step / BLEND_STEPS
        blended = "#" + "".join(f"{round(c + share * (255 - c)):02x}" for c in channels)
        if contrast(blended, ground) >= READABLE:
            return blended
    return "#ffffff"


def _colours(theme: Theme) -> dict[str, Any]:
    """Return the part of a style sheet that a theme decides."""
    grounds = ("figure.facecolor", "axes.facecolor", "savefig.facecolor")
    texts = ("text.color", "axes.labelcolor", "xtick.color", "ytick.color")
    return {
        **dict.fromkeys(grounds, theme.card),
        **dict.fromkeys(texts, theme.text),
        "axes.edgecolor": theme.muted,
    }


def _make_readable(figure: "Figure", ground: str) -> None:
    """Change the colours that a panel gives its lines, marks and areas for white paper."""
    from matplotlib.collections import Collection
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    for line in figure.findobj(Line2D):
        line.set_color(_on(line.get_color(), ground))
        line.set_markerfacecolor(_on(line.get_markerfacecolor(), ground))
        line.set_markeredgecolor(_on(line.get_markeredgecolor(), ground))
    for patch in figure.findobj(Patch):
        patch.set_edgecolor(_on(patch.get_edgecolor(), ground))
        patch.set_facecolor(_on(patch.get_facecolor(), ground))
    for collection in figure.findobj(Collection):
        if collection.get_array() is None:  # else a map of values has the colours of its scale
            collection.set_edgecolor([_on(each, ground) for each in collection.get_edgecolor()])
            collection.set_facecolor([_on(each, ground) for each in collection.get_facecolor()])


def _on(colour: Any, ground: str) -> Any:
    """Return a colour of matplotlib for a dark ground; white is the paper, and becomes it."""
    from matplotlib.colors import to_hex, to_rgba

    if isinstance(colour, str) and colour in ("none", "auto"):
        return colour
    alpha, opaque = to_rgba(colour)[3], to_hex(colour)
    if opaque in ("#ffffff", ground):
        return (*to_rgba(ground)[:3], alpha)
    return (*to_rgba(readable(opaque, ground))[:3], alpha)


class FigureFlow(QWidget):
    """Figures with their titles in as many columns as fit, and sentences below them."""

    def __init__(self) -> None:
        super().__init__()
        self.cells: list[QWidget] = []
        self.columns = 1
        self._notes = QVBoxLayout()
        self._grid = QGridLayout()
        self._grid.setSpacing(SPACING)
        self._grid.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.addLayout(self._grid)
        layout.addLayout(self._notes)
        layout.addStretch(1)

    def show_figures(self, images: Sequence[tuple[str, bytes]], sentences: Sequence[str]) -> None:
        """Show PNG images with their titles, and sentences."""
        for layout in (self._grid, self._notes):
            while (item := layout.takeAt(0)) is not None:
                if (widget := item.widget()) is not None:
                    widget.deleteLater()
        self.cells = [_cell(title, png) for title, png in images]
        for sentence in sentences:
            self._notes.addWidget(label(sentence, "muted", wrap=True))
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        margins = self.contentsMargins()
        inside = self.width() - margins.left() - margins.right() - 2 * SPACING
        columns = max(1, (inside + SPACING) // (FIGURE_WIDTH + SPACING))
        if columns != self.columns:
            self.columns = columns
            self._place()

    def _place(self) -> None:
        for number, cell in enumerate(self.cells):
            self._grid.addWidget(cell, *divmod(number, self.columns), Qt.AlignmentFlag.AlignTop)


def _cell(title: str, png: bytes) -> QWidget:
    cell, picture = QWidget(), QLabel()
    pixmap = QPixmap.fromImage(QImage.fromData(png))
    pixmap.setDevicePixelRatio(pixmap.width() / FIGURE_WIDTH)
    picture.setPixmap(pixmap)
    picture.setAccessibleName(title)
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(label(title, "title"))
    column.addWidget(picture)
    return cell
