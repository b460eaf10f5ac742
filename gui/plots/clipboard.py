"""Copies of a plot for the clipboard: a picture, and a table of what is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from .data.trace import Trace
from .drawing.axes import Axis
from .drawing.view import View


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: header with unit, and numbers."""

    header: str
    values: npt.NDArray[Any]


def copy_picture(picture: QImage) -> None:
    """Put a picture on the clipboard."""
    QGuiApplication.clipboard().setImage(picture)


def copy_table(columns: Sequence[Column]) -> None:
    """Put a table on the clipboard: tab-separated, a header line with units first."""
    data = QMimeData()
    data.setText(tab_separated(columns))
    QGuiApplication.clipboard().setMimeData(data)


def tab_separated(columns: Sequence[Column]) -> str:
    """Return a table as lines of tab-separated values, numbers at full precision."""
    lines = ["\t".join(column.header for column in columns)]
    rows = zip(*(column.values.tolist() for column in columns), strict=True)
    lines += ["\t".join(map(repr, row)) for row in rows]
    return "\n".join(lines) + "\n"


def columns_of(trace: Trace, view: View, x_axis: Axis, y_axis: Axis) -> list[Column]:
    """Return the points of a trace within a view, in the units of the data."""
    inside = (trace.x >= view.x[0]) & (trace.x <= view.x[1])
    inside &= (trace.y >= view.y[0]) & (trace.y <= view.y[1])
    rows = np.flatnonzero(inside)
    at = trace.index[rows]
    return [
        Column("Point", trace.points.point[at]),
        Column("Cycle", trace.points.cycle[at] + 1),
        Column(x_axis.label_in(x_axis.units[0]), trace.x[rows]),
        Column(y_axis.label_in(y_axis.units[0]), trace.y[rows]),
    ]
