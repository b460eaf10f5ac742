"""The same protocols run in PyMeasure's own window."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from pymeasure.experiment import Procedure, Results

from dwmtj.instruments import BenchFile, open_bench
from dwmtj.protocols.pulsed import StaircaseWrite


@pytest.fixture
def offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    if "DISPLAY" not in os.environ:
        monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")


@pytest.mark.usefixtures("offscreen")
@pytest.mark.filterwarnings("ignore")  # what PyMeasure's window and Qt warn of is theirs
def test_a_pymeasure_window_queues_and_finishes_the_protocol(
    virtual: Callable[..., BenchFile], tmp_path: Path
) -> None:
    from pymeasure.display.Qt import QtCore, QtWidgets
    from pymeasure.display.windows import ManagedWindow

    application = QtWidgets.QApplication.instance() or QtWidgets.QApplication([])
    window = ManagedWindow(
        procedure_class=StaircaseWrite,
        inputs=["amplitude_stop_V", "amplitude_step_V", "cycles"],
        x_axis="Pulse amplitude (V)",
        y_axis="Resistance (ohm)",
    )
    procedure = window.make_procedure()
    procedure.amplitude_step_V = 0.1
    procedure.bench = open_bench(virtual())
    window.manager.queue(window.new_experiment(Results(procedure, str(tmp_path / "staircase.csv"))))
    ended = QtCore.QEventLoop()
    for signal in (window.manager.finished, window.manager.failed, window.manager.abort_returned):
        signal.connect(lambda _: ended.quit())
    QtCore.QTimer.singleShot(60_000, ended.quit)
    ended.exec()
    assert procedure.status == Procedure.FINISHED
    assert (tmp_path / "staircase.csv").read_text().count("write,") == 40
    window.close()
    application.processEvents()
