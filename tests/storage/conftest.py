"""A store in a folder of its own, and a run in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dwmtj.storage import RunWriter, Store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "lab.sqlite"


@pytest.fixture
def store(database: Path) -> Iterator[Store]:
    with Store.open(database) as opened:
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
