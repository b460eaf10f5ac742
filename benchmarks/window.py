"""What the window costs: its start, lists, memory, the run beside it, and the live plots.

Of the plots, CPU time and longest gap of a frame at 10⁶ points.

The peer is pyqtgraph's PlotDataItem with clipping to the view and automatic downsampling, one for
R(t) and one for R(V), given the same points in the same process.
"""

import os
import sys
from collections.abc import Callable
from dataclasses import dataclass
from statistics import mean
from time import perf_counter, process_time

import numpy as np
import numpy.typing as npt

if sys.platform == "linux" and not {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pyqtgraph
from PySide6.QtCore import QPointF
from PySide6.QtWidgets import QApplication, QHBoxLayout, QWidget

from dwmtj.benchmarks._window_process import lists, memory, run_speed, start
from dwmtj.gui.plots import PlotsPanel, RunPoints

POINTS = 1_000_000
NEW_PER_FRAME = 2_000
POINTS_PER_CYCLE = 1_000
FRAMES = 60
PEER_FRAMES = 10
SIZE = (808, 500)  # logical pixels of the panel in a window of 1366 × 768
TARGET_CPU_MS = 15
TARGET_GAP_MS = 100

Columns = dict[str, npt.NDArray[np.generic]]


@dataclass(frozen=True, slots=True)
class Frames:
    """CPU time of the mean frame and of the largest, and the longest gap, in ms."""

    cpu_ms: float
    most_cpu_ms: float
    longest_ms: float


def main() -> None:
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    start()
    lists(application)
    memory(application)
    run_speed()
    plots(application)


def plots(application: QApplication) -> None:
    """Print what a frame costs, tab by tab, and what a zoom does; beside the peer."""
    columns = run_columns(POINTS + FRAMES * 5 * NEW_PER_FRAME + 100 * NEW_PER_FRAME)
    panel, feed = PlotsPanel(), Feed(columns)
    panel.resize(*SIZE)
    panel.show()
    points = RunPoints()
    points.append(feed.next(POINTS))
    shown = _measure(application, lambda: panel.show_run("Run 1", points, running=True), 1)
    print(f"a run of 10⁶ points opened: {_longest(shown)}", flush=True)
    _settle(application, panel)
    for number in range(panel.tabs.count()):
        panel.tabs.setCurrentIndex(number)
        opening = _settle(application, panel)
        frames = _measure(application, lambda: _grow(panel, feed), FRAMES)
        print(
            f"{panel.tabs.tabText(number)} at 10⁶ points, 2,000 new a frame: "
            f"{frames.cpu_ms:.1f} ms of CPU a frame (target ≤ {TARGET_CPU_MS} ms), "
            f"{_longest(frames)}; on opening {_longest(opening)}",
            flush=True,
        )
    panel.tabs.setCurrentIndex(0)
    _settle(application, panel)
    panel.page.main.zoom(0.3)
    zoomed = _settle(application, panel)
    pointed = _measure(application, lambda: _point(panel), FRAMES)
    print(f"zoom of R(V): {_longest(zoomed)}; crosshair {pointed.cpu_ms:.1f} ms of CPU a frame")
    panel.close()
    peer = _peer(application, columns)
    print(
        f"pyqtgraph PlotDataItem, R(V) and R(t), the same points: {peer.cpu_ms:.0f} ms of CPU a "
        f"frame, longest gap {peer.longest_ms:.0f} ms"
    )


def _longest(frames: Frames) -> str:
    return (
        f"longest gap {frames.longest_ms:.0f} ms (target < {TARGET_GAP_MS} ms), "
        f"{frames.most_cpu_ms:.0f} ms of CPU"
    )


def run_columns(count: int) -> Columns:
    """Return points of a long staircase run with three levels and noise, as the store does."""
    random = np.random.default_rng(1)
    point = np.arange(count)
    amplitude_V = 0.1 + 3.9 * (point % POINTS_PER_CYCLE) / POINTS_PER_CYCLE
    cycle = point // POINTS_PER_CYCLE
    threshold_V = random.normal([1.2, 3.0, 3.5], 0.05, (cycle[-1] + 1, 3))
    level = (amplitude_V[:, None] > threshold_V[cycle]).sum(axis=1)
    resistance_ohm = np.array([100.0, 93.0, 76.0, 67.0])[level] + random.normal(0, 0.4, count)
    return {
        "point": point,
        "cycle": cycle,
        "time_s": 0.06 * point,
        "amplitude_V": amplitude_V,
        "field_T": np.where(point % POINTS_PER_CYCLE, -0.004, 0.05),
        "resistance_ohm": resistance_ohm,
        "phase": np.full(count, "write"),
        "mark": point % 10_007 == 0,
    }


class Feed:
    """The points of a run, handed out in order."""

    def __init__(self, columns: Columns) -> None:
        self._columns, self._given = columns, 0

    def next(self, count: int) -> Columns:
        """Return the next points."""
        rows = slice(self._given, self._given + count)
        self._given = rows.stop
        return {name: values[rows] for name, values in self._columns.items()}


def _grow(panel: PlotsPanel, feed: Feed) -> None:
    panel.points.append(feed.next(NEW_PER_FRAME))
    panel.draw_frame()


def _point(panel: PlotsPanel) -> None:
    plot = panel.page.main
    share = (perf_counter() % 1.0) * 0.8 + 0.1
    plot.pointer = QPointF(plot.width() * share, plot.height() * share)
    plot.update()


def _settle(application: QApplication, panel: PlotsPanel) -> Frames:
    """Draw frames until a change of tab or view is complete; the run rests."""
    return _measure(application, panel.draw_frame, 2 * FRAMES)


def _measure(application: QApplication, change: Callable[[], None], frames: int) -> Frames:
    """Change, then paint what that asked for, `frames` times in a row."""
    cpu_ms, gaps_ms = [], []
    for _ in range(frames):
        began, cpu_began = perf_counter(), process_time()
        change()
        application.processEvents()
        cpu_ms.append(1e3 * (process_time() - cpu_began))
        gaps_ms.append(1e3 * (perf_counter() - began))
    return Frames(mean(cpu_ms), max(cpu_ms), max(gaps_ms))


def _peer(application: QApplication, columns: Columns) -> Frames:
    window = QWidget()
    window.resize(*SIZE)
    row = QHBoxLayout(window)
    curves = []
    for _ in range(2):
        plot = pyqtgraph.PlotWidget()
        row.addWidget(plot)
        curve = pyqtgraph.PlotDataItem(pen="b")
        plot.addItem(curve)
        curve.setClipToView(True)
        curve.setDownsampling(auto=True, method="peak")
        curves.append(curve)
    window.show()
    shown = POINTS

    def change() -> None:
        nonlocal shown
        shown += NEW_PER_FRAME
        for curve, x in zip(curves, ("amplitude_V", "time_s"), strict=True):
            curve.setData(columns[x][:shown], columns["resistance_ohm"][:shown])

    frames = _measure(application, change, PEER_FRAMES)
    window.close()
    return frames


if __name__ == "__main__":
    main()
