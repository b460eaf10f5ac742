"""What a worker leaves behind is destroyed in Qt's thread, however much the worker allocates."""

import gc
import threading

from pytestqt.qtbot import QtBot

from dwmtj.gui.link.collection import CollectionInQtThread
from dwmtj.gui.link.worker import Worker
from dwmtj.tests.gui.conftest import PATIENCE_MS

CYCLES = 3000


class Cycle:
    destroyed_in: list[threading.Thread] = []  # noqa: RUF012

    def __init__(self) -> None:
        self.itself = self

    def __del__(self) -> None:
        self.destroyed_in.append(threading.current_thread())


def test_cycles_of_a_worker_are_destroyed_in_the_qt_thread(qtbot: QtBot) -> None:
    gc.enable()  # as in a program that has just begun
    collection = CollectionInQtThread()
    worker = Worker("cycles")

    def destroyed() -> bool:
        worker.ask(lambda: [Cycle() for _ in range(CYCLES)].clear())
        return len(Cycle.destroyed_in) >= CYCLES

    qtbot.waitUntil(destroyed, timeout=PATIENCE_MS)
    assert set(Cycle.destroyed_in) == {threading.main_thread()}
    worker.close()
    worker.wait(timeout_s=60)
    collection.deleteLater()
