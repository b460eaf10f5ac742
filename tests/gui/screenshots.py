"""Pictures of every panel and state of the window, in both themes and several sizes.

    python -m dwmtj.tests.gui.screenshots [FOLDER]

writes all of them into FOLDER; without one, the few of the documentation into docs/images/window.
The runs are real ones on the virtual bench; the station is a stand-in, so that also a hung meter
and a real bench can be shown.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QWidget

from dwmtj.gui.keys import KeysPage
from dwmtj.gui.link.station_link import StationLink
from dwmtj.gui.look.appearance import Appearance
from dwmtj.gui.look.dialogs import Question
from dwmtj.gui.look.theme import ThemeChoice
from dwmtj.gui.models.inference import InferencePage
from dwmtj.gui.window import CANCEL, KEEP, STOP, BenchWindow
from dwmtj.gui.window_state import RunTemplate, WindowState
from dwmtj.instruments import BenchFile, load_bench_file
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.dry_run import dry_run
from dwmtj.station.messages import Activity, HandReading, NewJob
from dwmtj.storage import Store
from dwmtj.tests.gui.lab import LIVE_RUN, measure_lab
from dwmtj.tests.gui.stand_in import StandIn, instruments

PAGES = Path(__file__).parents[2] / "docs" / "images" / "window"
SIZES = {"1280x720": (1280, 720), "1366x768": (1366, 768), "4k": (3840, 2160)}
IN_PAGES = {
    "light-1366x768-running": "running",
    "dark-1366x768-running": "running-dark",
    "light-1366x768-wrong-value": "wrong-value",
    "dark-1366x768-real-stopping": "stopping",
    "light-1366x768-queue": "queue",
    "light-1366x768-run-page": "run-page",
    "light-1366x768-model": "model",
    "light-1366x768-inference": "inference",
    "dark-1366x768-keys": "keys",
}
PATIENCE_S = 900.0  # for a study, on a busy machine


class Studio:
    """A window on a stand-in, and the pictures that are taken of it."""

    def __init__(
        self, window: BenchWindow, station: StandIn, name: str, bench: BenchFile, database: Path
    ) -> None:
        self.window, self.station, self._name = window, station, name
        self.bench, self.database = bench, database
        self.pictures: dict[str, QImage] = {}

    def take(self, state: str, widget: QWidget | None = None) -> None:
        """Take a picture once everything has been drawn."""
        self.settle()
        shown = widget or self.window
        self.pictures[f"{self._name}-{state}"] = shown.grab().toImage()

    def until(self, condition: Callable[[], bool]) -> None:
        deadline_s = time.monotonic() + PATIENCE_S
        while not condition():
            if time.monotonic() > deadline_s:
                raise TimeoutError(f"{self._name}: the state to show is not reached.")
            self.settle(0.02)

    def settle(self, seconds: float = 0.35) -> None:
        end_s = time.monotonic() + seconds
        while time.monotonic() < end_s:
            QApplication.processEvents()
            time.sleep(0.005)


def main(arguments: list[str]) -> int:
    folder = Path(arguments[0]) if arguments else None
    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    with tempfile.TemporaryDirectory() as scratch:
        database = measure_lab(Path(scratch) / "dwmtj.sqlite")
        for theme in (ThemeChoice.LIGHT, ThemeChoice.DARK):
            for size in SIZES if folder else ("1366x768",):
                with studio(application, database, theme, size) as made:
                    take_all(made)
                write(made.pictures, folder)
    return 0


def write(pictures: dict[str, QImage], folder: Path | None) -> None:
    """Write all pictures into a folder, or those of the documentation into its own."""
    target = folder or PAGES
    target.mkdir(parents=True, exist_ok=True)
    for name, image in pictures.items():
        if folder is None and name not in IN_PAGES:
            continue
        path = target / f"{name if folder else IN_PAGES[name]}.png"
        image.save(str(path))
        if folder is None:
            make_small(path)
        print(f"{path} ({path.stat().st_size / 1e3:.0f} kB)")


def make_small(path: Path) -> None:
    """Reduce a picture to 256 colours, chosen to keep the few of a line or a bar."""
    with Image.open(path) as picture:
        reduced = picture.convert("RGB").quantize(
            256, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE
        )
    reduced.save(path, optimize=True)


def take_all(studio: Studio) -> None:
    """Take every state of the window."""
    window, station, panels = studio.window, studio.station, studio.window.panels
    studio.take("ready")
    for which in ("pulse", "field"):
        panels.bench.by_hand.toggle(which)
        studio.take(f"by-hand-{which}")
    panels.bench.by_hand.close_forms()
    running(studio)
    take_tabs(studio)
    window.view.open_run(2)
    studio.until(lambda: bool(panels.run_page.figures.cells))
    studio.take("run-page")
    window.view.compare(1, 2)
    studio.until(lambda: panels.centre.currentWidget() is panels.text_page)
    studio.take("compare")
    window.view.show_plots()
    take_dialogs(studio)
    station.pretend_real()
    studio.take("real-running")
    station.pretend_stopping()
    studio.take("real-stopping")
    ready = instruments("ready", "output off, confirmed")
    station.pretend(activity=Activity.IDLE, run=None, stop=None, queue=(), instruments=ready)
    panels.new_run.form.fields["amplitude_stop_V"].edit.setText("6.5")
    panels.new_run.form.fields["amplitude_stop_V"].edit.setFocus()
    studio.take("wrong-value")
    panels.status.show_error("The resistance meter at GPIB0::24::INSTR does not answer (time-out).")
    studio.take("error")
    problem = "The magnet supply does not answer (GPIB0::6::INSTR): is it switched on?"
    station.pretend(activity=Activity.NOT_OPEN, problem=problem)
    studio.take("not-open")


def running(studio: Studio) -> None:
    """Bring the window into the state of a run under way."""
    panels = studio.window.panels
    panels.new_run.form.fields["amplitude_step_V"].edit.setText("20")
    panels.new_run.form.fields["cycles"].edit.setText("9")
    pretend_running(studio)
    studio.until(lambda: panels.plots.run_id == LIVE_RUN)
    studio.until(lambda: len(panels.plots._points) > 1000)
    panels.plots.overlay([2])
    for cycles, hold in ((9, False), (50, True), (3, False)):
        parameters = {"cycles": cycles, "amplitude_step_V": 0.02}
        studio.station.add(NewJob("staircase-write", parameters, hold_after=hold))
    studio.station.add(NewJob("read-series", {"readings": 5000}, notes="overnight retention"))
    studio.until(lambda: len(panels.queue.model.jobs) == 4)
    studio.take("running")


def pretend_running(studio: Studio) -> None:
    """Have the station show the last of the runs at the point at which it was stopped."""
    with Store.open(studio.database, read_only=True) as store:
        record, points = store.run(LIVE_RUN), store.points(LIVE_RUN)
    last, done = points.iloc[-1], len(points)
    whole = dry_run(make_protocol("staircase-write", record.parameters), studio.bench)
    reading = HandReading(
        datetime.now(UTC),
        last["resistance_ohm"],
        last["field_T"],
        last["amplitude_V"],
        int(last["cycle"]),
        None,
    )
    left = 1 - done / whole.points
    studio.station.pretend_running(LIVE_RUN, done, whole.points, whole.duration_s * left, reading)


def take_tabs(studio: Studio) -> None:
    """Take the other tabs."""
    panels, view = studio.window.panels, studio.window.view
    view.show_queue()
    studio.take("queue")
    studio.station.say("warning", "A reading was repeated: the meter answered with an overflow.")
    studio.station.say("info", "Run 4 was resumed at cycle 3.")
    view.show_messages()
    studio.take("messages")
    view.show_models()
    studio.until(lambda: len(panels.models.model.records) > 0)
    panels.models.table.selectRow(0)
    panels.models.show_selected()
    studio.until(lambda: panels.centre.currentWidget() is panels.text_page)
    studio.take("model")
    take_inference(studio)
    view.show_plots()
    view.show_runs()


def take_inference(studio: Studio) -> None:
    """Take a study at its end, computed once for all pictures; it needs CIFAR-100."""
    models, studies = studio.window.panels.models, studio.window.panels.studies
    models.infer()
    page = studies.page("inference")
    assert isinstance(page, InferencePage)
    page.images.set_value(500)
    page.start()
    studio.until(lambda: not page.is_running)
    studio.take("inference")


def take_dialogs(studio: Studio) -> None:
    """Take the list of keys, and the question at the end."""
    for name, dialog in (
        ("keys", KeysPage(studio.window)),
        (
            "closing",
            Question(
                studio.window,
                f"Run {LIVE_RUN} is under way",
                "It has a process of its own: with the window closed it goes on, and a window "
                "opened later shows it. Stop ends it now and makes the bench safe.",
                (CANCEL, STOP, KEEP),
                KEEP,
            ),
        ),
    ):
        dialog.show()
        studio.take(name, dialog)
        dialog.close()


@contextmanager
def studio(
    application: QApplication, database: Path, theme: ThemeChoice, size: str
) -> Iterator[Studio]:
    """Open a window of one theme and size."""
    bench = load_bench_file("virtual-trapezoid").with_lab_options(real_time=1)
    station = StandIn(bench, database)
    link = StationLink(lambda: station)
    template = RunTemplate(name="9 cycles to 4 V", protocol="staircase-write", values={"cycles": 9})
    memory = WindowState(theme=theme, operator="A. Physicist", templates=[template])
    with tempfile.TemporaryDirectory() as folder:
        appearance = Appearance(application, theme)
        window = BenchWindow(bench, link, appearance, memory, Path(folder))
        window.resize(*SIZES[size])
        window.show()
        link.start()
        made = Studio(window, station, f"{theme}-{size}", bench, database)
        made.until(lambda: window.panels.runs.model.total >= LIVE_RUN)
        made.until(window.panels.new_run.add.isEnabled)
        yield made
        window.close_quietly()
        window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
