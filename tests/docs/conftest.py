"""Where the pages' readers are: folders as their pages assume them, with a few images."""

import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import cache, partial
from pathlib import Path

import pytest

from dwmtj.analysis.state_model import StateModel, model_document
from dwmtj.instruments import built_in_benches, load_bench_file, open_bench
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.running.runner import run
from dwmtj.storage import Store
from dwmtj.tests.docs.page_session import PageSession
from dwmtj.tests.docs.pages import AFTER, ROOT
from dwmtj.tests.official_images import write_official_images

FROM_AN_EMPTY_FOLDER = ("README.md", "tutorials")


@pytest.fixture(scope="session")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for DWMTJ_DATA with a few synthetic images of each data set."""
    folder = tmp_path_factory.mktemp("images")
    write_official_images(folder, train=2000, test=100)
    return folder


@pytest.fixture(scope="session")
def measured(tmp_path_factory: pytest.TempPathFactory, straight_model: StateModel) -> Path:
    """A folder as the how-to pages assume it: a bench and a lab file, four runs, a state model.

    The first two runs are finished, the third was aborted, and the fourth was on another computer
    that is gone. The model is `straight-B1`, as the tutorial calibrates it.
    """
    folder = tmp_path_factory.mktemp("measured")
    shutil.copy(built_in_benches()["virtual-trapezoid"], folder / "bench.toml")
    shutil.copy(ROOT / "simulators" / "bench" / "labs" / "trapezoid.toml", folder / "lab.toml")
    procedure = make_protocol("staircase-write", {"cycles": 2, "amplitude_step_V": 0.1})
    bench_file = load_bench_file(folder / "bench.toml")
    with open_bench(bench_file) as bench, Store.open(folder / "lab.sqlite") as store:
        for stopped in (False, False, True, True):
            run(procedure, bench, store, should_stop=partial(bool, stopped))
        device = store.run(1).summary.device
        store.add_calibration("straight-B1", device, [1], model_document(straight_model))
    with closing(sqlite3.connect(folder / "lab.sqlite")) as database, database:
        database.execute("UPDATE runs SET status = 'running', host = 'far-away' WHERE id = 4")
    shutil.copy(folder / "lab.sqlite", folder / "dwmtj.sqlite")
    return folder


@pytest.fixture(scope="session")
def session(
    measured: Path,
    images: Path,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Callable[[Path], PageSession]]:
    """The session of a page; it lasts as long as the tests do."""
    opened: list[PageSession] = []

    def new_database() -> str:
        return str(request.getfixturevalue("postgresql").new_database())

    @cache
    def open_page(page: Path) -> PageSession:
        folder = tmp_path_factory.mktemp(page.stem)
        before = AFTER.get(page.name)
        if before is not None:
            shutil.copytree(open_page(before).finish(), folder, dirs_exist_ok=True)
        elif page.name not in FROM_AN_EMPTY_FOLDER and page.parent.name not in FROM_AN_EMPTY_FOLDER:
            shutil.copytree(measured, folder, dirs_exist_ok=True)
        opened.append(PageSession(page, folder, images, new_database))
        return opened[-1]

    yield open_page
    for one in opened:
        one.close()
