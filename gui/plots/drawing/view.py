"""Where data lie on a plot: ranges of the axes, and pixels.

Ranges are kept in the data's units. A logarithmic resistance axis is linear in log10 of the
resistance; what is zero or below lies far under it.
"""

from dataclasses import dataclass, replace

import numpy as np
from PySide6.QtCore import QRectF

from ....arrays import Floats

MARGIN = 0.04  # of the range of the data, left free at either end
SLACK = 0.08  # the same where a growing range is widened, so that it need not be at every frame
FARTHEST = 1e6  # pixels; Qt's rasteriser wants no more
SMALLEST_SPAN = 1e-9  # of the numbers shown: below it doubles have no more steps to show
DECADES = 60.0  # from 1 up and down: beyond, sums and squares overflow
LEAST = 10.0**-DECADES


@dataclass(frozen=True, slots=True)
class View:
    """The ranges of both axes, each low < high."""

    x: tuple[float, float]
    y: tuple[float, float]
    log: bool = False

    def y_scale(self) -> tuple[float, float]:
        """Return the range of y as it is laid out: in log10 where the axis is logarithmic."""
        if not self.log:
            return self.y
        low, high = np.log10(np.maximum(self.y, LEAST))
        return float(low), float(high)

    def zoomed(self, factor: float, x: float | None, y: float | None) -> "View":
        """Return the view with ranges `factor` times as wide, x or y staying in place."""
        new_x = self.x if x is None else _scaled(self.x, factor, x)
        if y is None:
            return replace(self, x=valid(*new_x))
        if self.log:
            low, high = _scaled(self.y_scale(), factor, float(np.log10(max(y, LEAST))))
            new_y = (10.0 ** max(low, -DECADES), 10.0 ** min(high, DECADES))
        else:
            new_y = _scaled(self.y, factor, y)
        return replace(self, x=valid(*new_x), y=valid(*new_y))

    def moved(self, x_share: float, y_share: float) -> "View":
        """Return the view moved by shares of its ranges."""
        dx = x_share * (self.x[1] - self.x[0])
        low, high = self.y_scale()
        dy = y_share * (high - low)
        y = (low + dy, high + dy)
        if self.log:
            y = (10.0 ** max(y[0], -DECADES), 10.0 ** min(y[1], DECADES))
        return replace(self, x=valid(self.x[0] + dx, self.x[1] + dx), y=valid(*y))


@dataclass(frozen=True, slots=True)
class Frame:
    """A view laid out on a rectangle of `ratio` device pixels a logical one."""

    view: View
    rect: QRectF
    ratio: float = 1.0

    def px(self, x: Floats | float) -> Floats:
        """Return horizontal places in logical pixels of the widget."""
        low, high = self.view.x
        with np.errstate(over="ignore"):
            at = (np.asarray(x, float) - low) * (self.rect.width() / (high - low))
        return np.clip(at + self.rect.left(), -FARTHEST, FARTHEST)

    def py(self, y: Floats | float) -> Floats:
        """Return vertical places in logical pixels of the widget."""
        low, high = self.view.y_scale()
        value = np.asarray(y, float)
        if self.view.log:
            value = np.log10(np.maximum(value, LEAST))
        with np.errstate(over="ignore"):
            at = (high - value) * (self.rect.height() / (high - low))
        return np.clip(at + self.rect.top(), -FARTHEST, FARTHEST)

    def x_at(self, px: float) -> float:
        low, high = self.view.x
        return low + (px - self.rect.left()) / self.rect.width() * (high - low)

    def y_at(self, py: float) -> float:
        low, high = self.view.y_scale()
        value = high - (py - self.rect.top()) / self.rect.height() * (high - low)
        return float(10.0 ** np.clip(value, -DECADES, DECADES)) if self.view.log else value

    def at_origin(self) -> "Frame":
        """Return the frame in device pixels of an image of the rectangle alone."""
        size = self.rect.size() * self.ratio
        whole = QRectF(0, 0, max(1, round(size.width())), max(1, round(size.height())))
        return Frame(self.view, whole)


def valid(low: float, high: float) -> tuple[float, float]:
    """Return a range that can be shown: finite, and wide enough for doubles to resolve."""
    low, high = (float(np.clip(end, -(10.0**DECADES), 10.0**DECADES)) for end in (low, high))
    least = max(SMALLEST_SPAN * max(abs(low), abs(high)), LEAST)
    if high - low >= least:
        return low, high
    middle = (low + high) / 2
    return middle - least, middle + least


def fitted(
    low: float, high: float, *, log: bool = False, margin: float = MARGIN
) -> tuple[float, float]:
    """Return the range that shows data from `low` to `high` with a margin, also if both are one."""
    if log:
        first, last = np.log10(max(low, LEAST)), np.log10(max(high, LEAST))
        free = margin * (last - first) or 0.02
        return valid(10.0 ** max(first - free, -DECADES), 10.0 ** min(last + free, DECADES))
    free = margin * (high - low) or max(0.02 * abs(low), 1e-3)
    return valid(low - free, high + free)


def followed(
    shown: tuple[float, float] | None, low: float, high: float, *, log: bool = False
) -> tuple[float, float]:
    """Return the range to show for data that grew: `shown` while they fit into it."""
    if shown is None:
        return fitted(low, high, log=log)
    if shown[0] <= low and high <= shown[1]:
        return shown
    wide = fitted(low, high, log=log, margin=SLACK)
    exact = fitted(low, high, log=log)
    grows_down, grows_up = low < shown[0], high > shown[1]
    return (wide if grows_down else exact)[0], (wide if grows_up else exact)[1]


def _scaled(span: tuple[float, float], factor: float, fixed: float) -> tuple[float, float]:
    return fixed + (span[0] - fixed) * factor, fixed + (span[1] - fixed) * factor
