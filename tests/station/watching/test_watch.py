"""The watch page, over real HTTP: it shows what a station does and changes nothing."""

import http.client
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest

from dwmtj.station import (
    Station,
    StationError,
    StationState,
)
from dwmtj.station.watching import WatchServer
from dwmtj.station.watching.curve import HEIGHT, MOST_POINTS, WIDTH, curve_of
from dwmtj.storage import Point, Store
from dwmtj.tests.station.watching.known_station import KnownStation, working_state


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "lab.sqlite"
    with Store.open(path) as store:
        writer = store.begin_run("staircase-write", "A1", parameters={}, bench={})
        for index in range(1000):
            known = index != 700
            writer.add(
                Point("write", 0.1 * index, 0, resistance_ohm=60.0 + index if known else None)
            )
    return path


@pytest.fixture
def state(database: Path) -> StationState:
    message = "error", "A1, hot failed: <script>alert(1)</script>"
    return working_state(database, "probe <station>", 1000, message)


@pytest.fixture
def watched(state: StationState, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The address of the page about a station in this state; only its answer is not a station's."""

    monkeypatch.setattr(Station, "connect", lambda _bench: KnownStation(lambda: state))
    server = WatchServer("probe")
    yield server.url
    server.close()


def answer(
    url: str, method: str = "GET", body: str | None = None, **headers: str
) -> tuple[int, str, Mapping[str, str]]:
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1"
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 0, timeout=30)
    try:
        connection.request(method, parts.path, body, headers)
        response = connection.getresponse()
        return response.status, response.read().decode(), dict(response.headers)
    finally:
        connection.close()


def test_the_page_shows_sequence_run_reading_and_curve_with_every_text_escaped(
    watched: str,
) -> None:
    status, page, headers = answer(watched)
    assert status == 200
    for text in (
        "probe &lt;station&gt;",
        "running: A1, cycling",
        "3 of 12 steps",
        "1 failed",
        "1000 of 4000 points on A1",
        "cycle 3 of 8, 61 s left",
        "1.059 kΩ",
        "−4 mT",
        "2.5 V",
        '<path d="M',
        "&lt;script&gt;",
    ):
        assert text in page, text
    assert "<script" not in page and "<form" not in page
    assert headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "CONNECT", "NIGHT"]
)
def test_no_other_method_is_allowed(watched: str, method: str) -> None:
    status, page, headers = answer(watched, method, "stop=1" if method == "POST" else None)
    assert (status, page, headers["Allow"]) == (405, "", "GET, HEAD")


def test_a_head_has_no_body(watched: str) -> None:
    status, page, headers = answer(watched, "HEAD")
    assert (status, page) == (200, "")
    assert int(headers["Content-Length"]) > 1000


@pytest.mark.parametrize(
    ("change", "headers", "expected"),
    [
        (lambda url: url[:-1], {}, 404),
        (lambda url: url + "x", {}, 404),
        (lambda url: url.rsplit("/", 2)[0] + "/", {}, 404),
        (lambda url: url, {"Host": "evil.example:80"}, 403),
        (lambda url: url, {"Host": "localhost:8760"}, 200),
    ],
)
def test_only_the_secret_path_under_a_name_of_this_computer_is_answered(
    watched: str, change: Callable[[str], str], headers: dict[str, str], expected: int
) -> None:
    status, page, _ = answer(change(watched), "GET", None, **headers)
    assert status == expected
    assert bool(page) is (expected == 200)


def test_without_a_station_the_page_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "runtime").mkdir(mode=0o700)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path / "runtime"))
    server = WatchServer()
    try:
        status, page, _ = answer(server.url)
        with pytest.raises(StationError, match="cannot be used"):
            WatchServer(port=urlsplit(server.url).port or 0)
    finally:
        server.close()
    assert status == 503 and "No station is running" in page


def test_a_state_without_run_reading_or_sequence_is_a_page_too(
    state: StationState, database: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from dwmtj.station.watching.page import _render

    bare: dict[str, Any] = {"run": None, "reading": None, "sequence": None, "messages": ()}
    page = _render(replace(state, **bare, problem="The bench is not open."), "")
    assert "The bench is not open." in page and "Last reading" not in page


def test_the_curve_holds_the_latest_points_and_a_gap_where_one_was_not_read(database: Path) -> None:
    curve = curve_of(str(database), 1)
    assert curve is not None
    assert (curve.first, curve.last) == (1000 - MOST_POINTS, 999)
    assert (curve.lowest_ohm, curve.highest_ohm) == (60.0 + curve.first, 1059.0)
    assert curve.path.count("M") == 2  # the beginning, and after the gap
    assert curve.path.startswith(f"M0.0 {HEIGHT}") and curve.path.endswith(f"L{WIDTH} 0.0")
    assert np.isfinite(curve.lowest_ohm)
    assert curve_of(str(database), 99) is None
