"""A store in a place of its own, and a run in it; see `engines` for tests on both engines."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dwmtj.storage import Place, RunWriter, Store
from dwmtj.tests.storage.engines import place_on


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "lab.sqlite"


@pytest.fixture
def engine(request: pytest.FixtureRequest) -> str:
    return str(getattr(request, "param", "sqlite"))


@pytest.fixture
def new_place(
    engine: str, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], Place]:
    """Return where a new database is to be, by a name of its own."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return lambda name: place_on(engine, name, tmp_path, request)


@pytest.fixture
def store(new_place: Callable[[str], Place]) -> Iterator[Store]:
    with Store.open(new_place("lab")) as opened:
        yield opened


@pytest.fixture
def begin(store: Store) -> Callable[[], RunWriter]:
    return lambda: store.begin_run(
        "staircase-write",
        "trapezoid-1",
        parameters={"amplitude_stop_V": 4.0, "cycles": 2},
        bench={"identities": {"magnet": "KEPCO"}},
        points_expected=10,
        seed=7,
        operator="Ada",
        notes="first light",
    )
