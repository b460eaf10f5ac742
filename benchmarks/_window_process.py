"""The whole window: its start, a list of many runs, the run beside it, and its memory."""

import gc
import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import psutil
from PySide6.QtCore import QCoreApplication, QEvent, QEventLoop, QTimer
from PySide6.QtWidgets import QApplication

from dwmtj.gui.link.station_link import StationLink
from dwmtj.gui.look.appearance import Appearance
from dwmtj.gui.look.theme import ThemeChoice
from dwmtj.gui.window import BenchWindow
from dwmtj.gui.window_state import WindowState
from dwmtj.instruments import load_bench_file, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.station import Activity, NewJob, Station, StationError
from dwmtj.storage import Status, Store

BENCH = "virtual-trapezoid"
PATIENCE_S = 300.0
STARTS = 5
TARGET_START_S = 2.0
LISTS = {10_000: 0.5, 100_000: None}
SEARCHES = ("w", "w7 tip", "since:2026-11-01", "status:failed", "")
TARGET_SEARCH_MS = 100
ROUNDS = 3
ROUND_S = 5.0
TARGET_SHARE = 0.95
OPENED_RUNS = 50
WARM_UP_RUNS = 5
POINTS_OF_OPENED = 2_000
TARGET_GROWTH = 0.10

PAINTED = "painted"
TIMED_WINDOW = f"""
import sys
from dwmtj.gui import application, window

class TimedWindow(window.BenchWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        print("{PAINTED}", flush=True)

application.BenchWindow = TimedWindow
from dwmtj.cli.app import main
sys.argv[0] = "dwmtj"
main()
"""


def start() -> None:
    """Print how long it takes from the start of Python to the first paint, the station starting."""
    taken_s, cpu_s = [], []
    with private_folder() as folder:
        for _ in range(STARTS):
            began_s = time.perf_counter()
            with window_process(folder, "-c", TIMED_WINDOW) as process:
                assert process.stdout is not None and process.stdout.readline().strip() == PAINTED
                taken_s.append(time.perf_counter() - began_s)
                cpu_s.append(_cpu_s(process.pid))
                until(lambda: Station.running() != [])
                with suppress(StationError):  # it may end with the window that started it
                    Station.connect().shut_down()
    print(
        f"start of the window to its first paint: median {median(taken_s):.2f} s, least "
        f"{min(taken_s):.2f} s (target ≤ {TARGET_START_S:.0f} s), {min(cpu_s):.2f} s of CPU",
        flush=True,
    )


def lists(application: QApplication) -> None:
    """Print how long a window takes to list many runs, and to search them."""
    for count, target_s in LISTS.items():
        with private_folder() as folder:
            write_runs(folder / "lab.sqlite", count)
            with open_window(application, folder) as window:
                listed_s, cpu_s = _listed_s(window, count)
                searched_ms = {text: _search_ms(window, text) for text in SEARCHES}
        target = "" if target_s is None else f" (target < {target_s:g} s)"
        slowest = max(searched_ms, key=lambda text: searched_ms[text])
        print(
            f"{count:,} runs listed: {listed_s:.2f} s, {cpu_s:.2f} s of CPU{target}; slowest "
            f"search, {slowest!r}: {searched_ms[slowest]:.0f} ms of the Qt thread "
            f"(target < {TARGET_SEARCH_MS} ms)",
            flush=True,
        )


def run_speed() -> None:
    """Print the speed of a run with the window open against alone, in turns."""
    alone, beside, busy = [], [], []
    with private_folder() as folder:
        station = Station.start(BENCH, database=str(folder / "lab.sqlite"))
        station.add(NewJob("staircase-write", {"amplitude_step_V": 0.001, "cycles": 100_000}))
        until(lambda: station.state().run is not None)
        for _ in range(ROUNDS):
            alone.append(_speed(station))
            with window_process(folder, "-m", "dwmtj") as process:
                until(partial(_reads, process, folder / "lab.sqlite"))
                time.sleep(2.0)
                before_s = _cpu_s(process.pid)
                beside.append(_speed(station))
                busy.append((_cpu_s(process.pid) - before_s) / ROUND_S)
        station.shut_down()
    share = sum(each.per_s for each in beside) / sum(each.per_s for each in alone)
    own = sum(each.per_cpu_s for each in beside) / sum(each.per_cpu_s for each in alone)
    print(
        f"a run beside the window: {median(each.per_s for each in beside):,.0f} points/s, alone "
        f"{median(each.per_s for each in alone):,.0f}: "
        f"{share:.0%} (target ≥ {TARGET_SHARE:.0%} on two free cores), "
        f"{own:.0%} a second of CPU that the station gets; the window uses "
        f"{median(busy):.0%} of a core; load "
        f"{os.getloadavg()[0]:.1f} on {os.cpu_count()} cores",
        flush=True,
    )


def memory(application: QApplication) -> None:
    """Print how much the window grows while fifty runs are opened, page and figures included."""
    with private_folder() as folder:
        write_measured_runs(folder / "lab.sqlite", OPENED_RUNS)
        with open_window(application, folder) as window:
            pump(lambda: window.panels.runs.model.total == OPENED_RUNS)
            for run_id in range(1, WARM_UP_RUNS + 1):
                open_run(window, run_id)
            before = resident_MB()
            for run_id in range(1, OPENED_RUNS + 1):
                open_run(window, run_id)
            after = resident_MB()
    print(
        f"{OPENED_RUNS} runs of {POINTS_OF_OPENED:,} points opened and closed: {before:.0f} → "
        f"{after:.0f} MB, {after / before - 1:+.1%} (target within {TARGET_GROWTH:.0%})",
        flush=True,
    )


def open_run(window: BenchWindow, run_id: int) -> None:
    """Show a run in the plots, open its page with all figures, and leave it."""
    panels = window.panels
    panels.runs.select(run_id)
    pump(lambda: panels.plots.run_id == run_id and len(panels.plots._points) > 0)
    window.view.open_run(run_id)
    page = panels.run_page
    pump(lambda: page.record is not None and page.record.summary.id == run_id)
    pump(lambda: bool(page.figures.cells))
    window.view.show_plots()


def resident_MB() -> float:
    """Return the memory of this process once everything unused is freed."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    gc.collect()
    return psutil.Process().memory_info().rss / 1e6


def write_runs(database: Path, count: int) -> None:
    """Write runs without points, copies of one with notes and devices of their own."""
    with Store.open(database) as store:
        store.begin_run("staircase-write", "W7", parameters={}, bench={}, notes="tip").finish(
            Status.FINISHED
        )
    with closing(sqlite3.connect(database)) as connection, connection:
        _copy(connection, "runs", "id", {"notes": "'tip ' || n"}, count)


def write_measured_runs(database: Path, count: int) -> None:
    """Measure one run on the virtual bench, and write copies of it."""
    cycles = POINTS_OF_OPENED // 200
    protocol = make_protocol("staircase-write", {"amplitude_step_V": 0.02, "cycles": cycles})
    with Store.open(database) as store, open_bench(load_bench_file(BENCH)) as bench:
        run(protocol, bench, store)
    with closing(sqlite3.connect(database)) as connection, connection:
        _copy(connection, "runs", "id", {}, count)
        _copy(connection, "points", "run_id", {}, count)


def _copy(
    connection: sqlite3.Connection, table: str, key: str, changed: dict[str, str], count: int
) -> None:
    """Copy the rows of run 1 as those of the runs 2 to `count`."""
    names = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    values = [changed.get(name, "n" if name == key else f"{table}.{name}") for name in names]
    connection.execute(
        "WITH RECURSIVE counter(n) AS (SELECT 2 UNION ALL SELECT n + 1 FROM counter WHERE n < ?) "
        f"INSERT INTO {table} ({', '.join(names)}) SELECT {', '.join(values)} "
        f"FROM counter, {table} WHERE {table}.{key} = 1",
        (count,),
    )


def _listed_s(window: BenchWindow, count: int) -> tuple[float, float]:
    tab = window.panels.runs
    pump(lambda: tab.model.total == count)
    tab.model.replace_all([])
    began_s, cpu_began_s = time.perf_counter(), time.process_time()
    tab.reload()
    pump(lambda: tab.model.total == count)
    QApplication.processEvents()
    return time.perf_counter() - began_s, time.process_time() - cpu_began_s


def _search_ms(window: BenchWindow, text: str) -> float:
    began_s = time.thread_time()
    window.panels.runs.search.setText(text)
    QApplication.processEvents()
    return 1e3 * (time.thread_time() - began_s)


@dataclass(frozen=True, slots=True)
class Speed:
    """Points of a run a second, and a second of CPU of the station."""

    per_s: float
    per_cpu_s: float


def _speed(station: Station) -> Speed:
    pid = station.state().pid
    began_s, cpu_began_s, first = time.perf_counter(), _cpu_s(pid), _done(station)
    time.sleep(ROUND_S)
    points = _done(station) - first
    return Speed(points / (time.perf_counter() - began_s), points / (_cpu_s(pid) - cpu_began_s))


def _done(station: Station) -> int:
    state = station.state()
    assert state.run is not None, state.activity
    return state.run.done


def _cpu_s(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return used.user + used.system


def _reads(process: "subprocess.Popen[str]", database: Path) -> bool:
    return str(database) in [each.path for each in psutil.Process(process.pid).open_files()]


@contextmanager
def private_folder() -> Iterator[Path]:
    """A folder for stations, states and databases, so that nothing of the user is touched."""
    before = dict(os.environ)
    with tempfile.TemporaryDirectory() as name:
        os.environ |= {"XDG_RUNTIME_DIR": name, "XDG_STATE_HOME": name}
        try:
            yield Path(name)
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def window_process(folder: Path, *python: str) -> Iterator["subprocess.Popen[str]"]:
    """A window in a process of its own, on the virtual bench."""
    arguments = [*python, "gui", "--database", str(folder / "lab.sqlite")]
    command = [sys.executable, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.send_signal(signal.SIGTERM)


@contextmanager
def open_window(application: QApplication, folder: Path) -> Iterator[BenchWindow]:
    """A window in this process whose station is ready; both are ended afterwards."""
    station = Station.start(BENCH, database=str(folder / "lab.sqlite"))
    link = StationLink(lambda: station)
    appearance = Appearance(application, ThemeChoice.LIGHT)
    window = BenchWindow(load_bench_file(BENCH), link, appearance, WindowState(), folder)
    window.show()
    link.start()
    pump(lambda: window.station is not None and window.station.activity is Activity.IDLE)
    try:
        yield window
    finally:
        window.close_quietly()
        window.deleteLater()
        with suppress(StationError):  # it ends with the window that started it
            Station.connect().shut_down()


def pump(reached: Callable[[], bool]) -> None:
    """Run the window's event loop until something is reached; deferred deletions happen in it."""
    loop, timer = QEventLoop(), QTimer()

    def look() -> None:
        if reached():
            loop.quit()

    timer.timeout.connect(look)
    timer.start(2)
    loop.exec()


def until(reached: Callable[[], bool]) -> None:
    """Wait until something is reached."""
    deadline_s = time.monotonic() + PATIENCE_S
    while not reached():
        if time.monotonic() > deadline_s:
            raise TimeoutError("The window did not get there in five minutes.")
        time.sleep(0.002)
