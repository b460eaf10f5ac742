"""Rooms a reader can overlook at one glance."""

from pathlib import Path

import pytest

from dwmtj.tests.test_package import ROOT, rooms

MODULES = 18
LARGER = {
    Path("cli"): 20,  # a module for each command that stands alone, and what they share
    Path("protocols"): 24,  # a module for each protocol, and what runs them
}


@pytest.mark.parametrize("room", rooms(), ids=str)
def test_a_room_holds_no_more_modules_than_it_may(room: Path) -> None:
    modules = [path.name for path in (ROOT / room).glob("*.py") if path.name != "__init__.py"]
    assert len(modules) <= LARGER.get(room, MODULES), sorted(modules)


@pytest.mark.parametrize("room", LARGER, ids=str)
def test_a_room_that_may_be_larger_needs_to_be(room: Path) -> None:
    modules = [path for path in (ROOT / room).glob("*.py") if path.name != "__init__.py"]
    assert len(modules) >= MODULES
