"""The watch page in a real browser, as wide as a telephone: it shows, follows and stays here."""

import os
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from dwmtj.station import (
    Activity,
    BenchDescription,
    HandReading,
    RunProgress,
    SequenceProgress,
    Station,
    StationMessage,
    StationState,
)
from dwmtj.station.watching import WatchServer, page
from dwmtj.storage import Point, Store
from dwmtj.tests.command_line import wait_until
from dwmtj.tests.station.watching.browser import Page, browser, program

WIDTH, HEIGHT = 390, 844

pytestmark = pytest.mark.skipif(
    program() is None or os.name == "nt", reason="Chromium is not installed: apt install chromium"
)


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The page about a run with ten points more each time that it is asked for."""
    database = tmp_path / "lab.sqlite"
    with Store.open(database) as store:
        writer = store.begin_run("staircase-write", "A1", parameters={}, bench={})
        for index in range(400):
            writer.add(Point("write", 0.1 * index, 0, resistance_ohm=60.0 + index % 40))
    now = datetime.now(UTC)
    state = StationState(
        activity=Activity.RUNNING,
        bench=BenchDescription("probe station of the magnetics laboratory", "A1", True, {}),
        database=str(database),
        pid=1,
        run=RunProgress(1, 1, "staircase-write", "A1", 400, 4000, 61.0, False, 2, 8),
        reading=HandReading(now, 1059.0, -0.004, 2.5, 2, None),
        queue=(),
        held=False,
        instruments=(),
        stop=None,
        messages=(
            StationMessage(1, now, "error", f"A1, hot failed: {'the magnet supply: ' * 6}off"),
            StationMessage(2, now, "info", "A" * 120),
        ),
        sequence=SequenceProgress("W7", "W7 2026", "running", "", "A1, cycling", 3, 12, 1),
    )

    class Working:
        done = 400

        def __enter__(self) -> "Working":
            return self

        def __exit__(self, *_: object) -> None: ...

        def state(self) -> StationState:
            Working.done += 10
            assert state.run is not None
            return replace(state, run=replace(state.run, done=Working.done))

    monkeypatch.setattr(Station, "connect", lambda _bench: Working())
    monkeypatch.setattr(page, "REFRESH_S", 1)
    server = WatchServer("probe")
    yield server.url
    server.close()


def text(page: Page) -> str:
    return str(page.evaluate("document.body && document.body.innerText") or "")


def test_a_telephone_shows_progress_follows_it_and_asks_nobody_else(
    url: str, tmp_path: Path
) -> None:
    with browser(tmp_path / "profile") as page:
        page.resize(WIDTH, HEIGHT)
        page.open(url)
        wait_until(lambda: "410 of 4000" in text(page))
        assert page.evaluate("document.title")
        assert page.evaluate("document.querySelectorAll('svg').length") == 1
        assert page.evaluate("window.innerWidth") == WIDTH
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDTH
        if (folder := os.environ.get("DWMTJ_SCREENSHOTS")) is not None:
            page.take_screenshot(Path(folder) / "watch.png")
        wait_until(lambda: "430 of 4000" in text(page))
        assert set(page.requests) == {url}
