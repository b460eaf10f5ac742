"""Studies from the window: in a process of their own, stopped and continued, one sentence each."""

from pathlib import Path
from statistics import mean

import psutil
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from dwmtj.gui.look.theme import DARK
from dwmtj.gui.models.inference import MEAN, ON_LEVELS, PROGRAMMED, TRAINED, InferencePage
from dwmtj.gui.models.learning import LearningPage, accuracies_in
from dwmtj.gui.models.study import StudyPage
from dwmtj.gui.models.tab import ModelsTab
from dwmtj.gui.window import BenchWindow
from dwmtj.simulators.sweeps.checkpoint import Checkpoint
from dwmtj.storage import Store
from dwmtj.tests.command_line import wait_until
from dwmtj.tests.gui.conftest import PATIENCE_MS
from dwmtj.tests.official_images import write_official_images
from dwmtj.tests.station.conftest import has_ended

LONG_MS = 240_000  # a process that imports torch, on a busy machine
LEFT = Qt.MouseButton.LeftButton
Models = tuple[BenchWindow, ModelsTab]


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_official_images(tmp_path_factory.mktemp("images"), train=2, test=40)


@pytest.fixture
def inference(
    models: Models, images: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> InferencePage:
    """The page of inference with the model, set to 3 programmings and 40 images."""
    monkeypatch.setenv("DWMTJ_DATA", str(images))
    page = opened(models, qtbot, Qt.Key.Key_I)
    assert isinstance(page, InferencePage)
    page.images.set_value(40)
    page.programmings.set_value(3)
    return page


def opened(models: Models, qtbot: QtBot, key: Qt.Key) -> StudyPage:
    """Select the first model, press a key, and return the page that opens."""
    window, tab = models
    tab.table.selectRow(0)
    qtbot.keyClick(tab.table, key)
    page = window.panels.centre.currentWidget()
    assert isinstance(page, StudyPage)
    return page


def run_to_its_end(page: StudyPage, qtbot: QtBot) -> str:
    qtbot.mouseClick(page.begin, LEFT)
    qtbot.waitUntil(lambda: not page.is_running and page.begin.isEnabled(), timeout=LONG_MS)
    return page.state.text()


def values(page: InferencePage, name: str) -> list[float]:
    found = page.curves[name].getData()[1]
    return [] if found is None else [float(each) for each in found]


def test_inference_is_stopped_continued_and_shown_beside_the_digital_network(
    models: Models, inference: InferencePage, qtbot: QtBot, tmp_path: Path
) -> None:
    (model,) = models[1].model.records
    assert inference.notches.value() == len(model.data["levels"])
    inference.programmings.set_value(100)
    qtbot.mouseClick(inference.begin, LEFT)
    qtbot.waitUntil(lambda: len(values(inference, PROGRAMMED)) >= 2, timeout=LONG_MS)
    assert not inference.programmings.isEnabled()
    assert psutil.Process(inference.process.processId()).nice() > psutil.Process().nice()
    qtbot.mouseClick(inference.halt, LEFT)
    qtbot.waitUntil(inference.begin.isEnabled, timeout=PATIENCE_MS)
    assert inference.state.text() == "Stopped; what is done is kept: Start continues."
    before = values(inference, PROGRAMMED)
    inference.programmings.set_value(3)
    assert run_to_its_end(inference, qtbot).startswith("Done")
    qtbot.waitUntil(lambda: len(values(inference, PROGRAMMED)) == 3, timeout=PATIENCE_MS)
    assert values(inference, PROGRAMMED)[:2] == before[:2]
    with Store.open(tmp_path / "sample.sqlite", read_only=True) as store:
        (result,) = store.results("infer-cifar100")
    exact, programmed = result.data["cells"]
    assert values(inference, PROGRAMMED) == [100 * each for each in programmed["accuracies"]]
    assert values(inference, MEAN)[-1] == pytest.approx(100 * mean(programmed["accuracies"]))
    assert values(inference, TRAINED) == [100 * result.data["accuracy_trained"]] * 2
    assert values(inference, ON_LEVELS) == [100 * each for each in exact["accuracies"]] * 2
    assert "over 3 programmings" in inference.outcome.text()
    assert "is done" in models[0].panels.messages.model.messages[0].text
    inference.set_theme(DARK)
    assert inference.curves[MEAN].opts["pen"].color().name() == DARK.accent
    inference.notches.set_value(5)
    qtbot.waitUntil(lambda: not values(inference, PROGRAMMED), timeout=PATIENCE_MS)
    assert values(inference, TRAINED), "the digital network has no levels"


def test_missing_images_and_a_process_that_is_killed_are_one_sentence(
    models: Models,
    inference: InferencePage,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = models[0].panels.status.error
    with monkeypatch.context() as patched:
        patched.setenv("DWMTJ_DATA", str(tmp_path))
        sentence = run_to_its_end(inference, qtbot)
    assert "is missing: put the official file there" in sentence
    assert error.full_text() == sentence
    inference.start()
    qtbot.waitUntil(lambda: inference.process.processId() > 0, timeout=PATIENCE_MS)
    psutil.Process(inference.process.processId()).kill()
    qtbot.waitUntil(inference.begin.isEnabled, timeout=PATIENCE_MS)
    assert "ended unexpectedly" in inference.state.text()


def test_a_study_ends_with_its_window(
    models: Models, inference: InferencePage, qtbot: QtBot
) -> None:
    inference.start()
    qtbot.waitUntil(lambda: inference.process.processId() > 0, timeout=PATIENCE_MS)
    pid = inference.process.processId()
    models[0].close()
    wait_until(lambda: has_ended(pid))


def test_the_accuracy_of_learning_under_way_is_read_from_its_checkpoint(
    models: Models, qtbot: QtBot
) -> None:
    page = opened(models, qtbot, Qt.Key.Key_L)
    assert isinstance(page, LearningPage)
    assert "trapezoid-1:1" in page.command()
    folder = page.folder / "checkpoints"
    checkpoint = Checkpoint(folder / "one.checkpoint", {"seed": 1})
    checkpoint.keep("progress", {"epochs": 10, "accuracies": [0.5, 0.625], "network": None})
    assert accuracies_in(folder) == {"one": [0.5, 0.625]}
    page.look()
    qtbot.waitUntil(lambda: "one" in page.curves, timeout=PATIENCE_MS)
    assert list(page.curves["one"].getData()[1]) == [50.0, 62.5]
    assert page.outcome.text() == "one: 62.5 % after 2 subsets"
    (folder / "one.checkpoint").write_bytes(b"half")
    assert accuracies_in(folder) == {}
    qtbot.keyClick(page, Qt.Key.Key_Escape)
    assert models[0].panels.centre.currentWidget() is models[0].panels.plots
