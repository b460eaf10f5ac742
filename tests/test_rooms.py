"""Rooms a reader can overlook at one glance."""

from pathlib import Path

import pytest

from dwmtj.tests.test_package import ROOT, rooms

MODULES = 18


@pytest.mark.parametrize("room", rooms(), ids=str)
def test_a_room_holds_no_more_modules_than_it_may(room: Path) -> None:
    modules = [path.name for path in (ROOT / room).glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= MODULES, sorted(modules)
