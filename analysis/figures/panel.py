"""Panels, drawings on axes with the numbers behind them, and their files.

One house style: a journal column wide, the colours and units of `house`, the same bytes for the
same data.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import matplotlib as mpl
import matplotlib.style
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from ...storage import atomic_write
from ..errors import AnalysisError

COLUMN_WIDTH_IN = 3.5
HEIGHT_IN = 2.6
LINE_IN = 0.14  # of a legend below the axes
STYLE = Path(__file__).parent / "house.mplstyle"


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel: `name` for files, `title` for people, `data` with units in the columns' names.

    `lines_below` are those of a legend below the axes, for which the panel is made higher.
    """

    name: str
    title: str
    data: pd.DataFrame = field(repr=False)
    paint: Callable[[Axes], None] = field(repr=False)
    lines_below: int = 0

    def _repr_png_(self) -> bytes:
        """Show itself in a notebook."""
        return png_of(self)

    def __call__(self, axes: Axes) -> None:
        self.paint(axes)


def draw(path: Path, panels: Sequence[Callable[[Axes], None]], titles: Sequence[str] = ()) -> Path:
    """Draw the panels side by side into an image at `path` (by its suffix) and return it.

    Raises OutputFileError if it cannot be written.
    """
    with mpl.style.context(STYLE), atomic_write(path) as draft:
        _figure(panels, titles).savefig(draft, format=path.suffix[1:] or "png")
    return path


def save(panel: Panel, folder: Path, stem: str, *, note: str = "", source: str = "") -> list[Path]:
    """Write `stem`.png, .svg and .csv into the folder, and return the paths.

    `note` stands above the panel; `source` goes into the images' own description. Raises
    AnalysisError if the folder cannot be made, OutputFileError if a file cannot be written.
    """
    png, svg, csv = (folder / f"{stem}.{kind}" for kind in ("png", "svg", "csv"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with mpl.style.context(STYLE):
            figure = _figure([panel], [note] if note else [])
            about = {"Title": panel.title, "Description": source}
            with atomic_write(png) as draft:
                figure.savefig(draft, format="png", metadata={**about, "Software": None})
            with atomic_write(svg) as draft:
                metadata = {**about, "Date": None, "Creator": None}
                figure.savefig(draft, format="svg", metadata=metadata)
        with atomic_write(csv) as draft:
            panel.data.to_csv(draft, index=False, lineterminator="\n")
    except OSError as error:
        raise AnalysisError(
            f"The figures cannot be written into {folder} ({error.strerror}): give another folder."
        ) from error
    return [png, svg, csv]


def png_of(panel: Panel, note: str = "") -> bytes:
    """Return the panel as a PNG image."""
    image = BytesIO()
    with mpl.style.context(STYLE):
        _figure([panel], [note] if note else []).savefig(image, metadata={"Software": None})
    return image.getvalue()


def _figure(panels: Sequence[Callable[[Axes], None]], titles: Sequence[str]) -> Figure:
    lines = max(getattr(panel, "lines_below", 0) for panel in panels)
    height_in = HEIGHT_IN + LINE_IN * lines
    figure = Figure(figsize=(COLUMN_WIDTH_IN * len(panels), height_in))
    FigureCanvasAgg(figure)
    for number, panel in enumerate(panels, start=1):
        axes = figure.add_subplot(1, len(panels), number)
        panel(axes)
        if titles:
            axes.set_title(titles[number - 1], pad=_title_pad(axes))
    return figure


def _title_pad(axes: Axes) -> float:
    """Return the distance of a title from the axes (points), beyond a legend that stands above."""
    usual, legend = float(mpl.rcParams["axes.titlepad"]), axes.get_legend()
    if legend is None:
        return usual
    extent = legend.get_window_extent()
    top = float(axes.bbox.y1)
    if extent.y0 < top - 1:
        return usual
    return usual + (float(extent.y1) - top) * 72 / axes.figure.dpi
