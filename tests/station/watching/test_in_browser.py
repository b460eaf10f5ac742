"""The watch page in a real browser, as wide as a telephone: it shows, follows and stays here."""

import os
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from dwmtj.station import (
    Station,
    StationState,
)
from dwmtj.station.watching import WatchServer, page
from dwmtj.storage import Point, Store
from dwmtj.tests.command_line import wait_until
from dwmtj.tests.station.watching.browser import Page, browser, program
from dwmtj.tests.station.watching.known_station import KnownStation, working_state

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
    at_first = working_state(
        database,
        "probe station of the magnetics laboratory",
        400,
        ("error", f"A1, hot failed: {'the magnet supply: ' * 6}off"),
        ("info", "A" * 120),
    )
    done = count(410, 10)

    def state() -> StationState:
        assert at_first.run is not None
        return replace(at_first, run=replace(at_first.run, done=next(done)))

    monkeypatch.setattr(Station, "connect", lambda _bench: KnownStation(state))
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
