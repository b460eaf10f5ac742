"""`dwmtj gui` where no window can be opened: one sentence, and nothing is started."""

import pytest
from typer.testing import CliRunner, Result

from dwmtj.cli import gui
from dwmtj.cli.app import app
from dwmtj.gui import application


def opened() -> Result:
    return CliRunner().invoke(app, ["gui"])


def test_without_qt_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gui, "find_spec", lambda _name: None)
    error = opened().exception
    assert isinstance(error, gui.WindowError)
    assert "pip install 'dwmtj[gui]'" in str(error)


def test_without_a_display_the_way_out_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.platform", "linux")
    error = opened().exception
    assert isinstance(error, gui.WindowError)
    assert "no display" in str(error)


def test_without_qts_libraries_of_the_display_they_are_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("DISPLAY", ":0")
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setattr(application, "find_library", lambda name: None if "cursor" in name else "")
    error = opened().exception
    assert isinstance(error, gui.WindowError)
    assert "sudo apt-get install libxcb-cursor0," in str(error)
