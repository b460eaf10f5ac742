"""What -v, -vv and DWMTJ_LOG show and write."""

import io
import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress

from dwmtj import DwmtjError
from dwmtj.cli import console
from dwmtj.cli.log import ConsoleHandler, configure_logging, log_setting
from dwmtj.tests.command_line import command, dwmtj

FIRE = "point 2/fire begins: amplitude_V="
STAIRCASE = ("run", "staircase-write", "-p", "amplitude_step_V=1")


def run(folder: Path, *options: str, setting: str = "") -> "subprocess.CompletedProcess[str]":
    return dwmtj(folder, *options, *STAIRCASE, DWMTJ_LOG=setting)


@pytest.fixture(autouse=True)
def quiet_afterwards(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.delenv("DWMTJ_LOG", raising=False)
    configure_logging()


@pytest.mark.parametrize(
    ("options", "setting", "shows", "hides"),
    [
        ((), "", (), ("open bench", FIRE)),
        (("-v",), "", ("Keysight81160A at GPIB0::10::INSTR", "set field", "make safe"), (FIRE,)),
        (("-vv",), "", (FIRE, "read resistance ended after"), ()),
        ((), "info", ("run 1 ended after", "finished, 7 points"), (FIRE,)),
        (("-v",), "DEBUG", ("open bench",), (FIRE,)),
    ],
)
def test_a_run_logs_what_is_asked_for_on_stderr(
    tmp_path: Path,
    options: tuple[str, ...],
    setting: str,
    shows: tuple[str, ...],
    hides: tuple[str, ...],
) -> None:
    ran = run(tmp_path, *options, setting=setting)
    assert ran.returncode == 0, ran.stderr
    assert all(text in ran.stderr for text in shows)
    assert not any(text in ran.stderr for text in hides)
    assert ran.stdout == f"run 1: finished, 7 points in {tmp_path / 'dwmtj.sqlite'}\n"


def test_a_file_gets_everything_and_is_continued_while_the_terminal_stays_quiet(
    tmp_path: Path,
) -> None:
    for _ in range(2):
        ran = run(tmp_path, setting="dwmtj.log")
        assert "open bench" not in ran.stderr
    written = (tmp_path / "dwmtj.log").read_text(encoding="utf-8")
    assert written.count(FIRE) == 2
    assert "MainThread DEBUG" in written


def test_a_file_gets_the_level_it_is_given_with(tmp_path: Path) -> None:
    run(tmp_path, setting="INFO:dwmtj.log")
    written = (tmp_path / "dwmtj.log").read_text(encoding="utf-8")
    assert "open bench" in written
    assert FIRE not in written


@pytest.mark.parametrize(
    ("text", "level", "file"),
    [
        ("", None, None),
        ("debug", logging.DEBUG, None),
        ("INFO:", logging.INFO, None),
        ("WARNING:a.log", logging.WARNING, "a.log"),
        ("./log", None, "./log"),
        (r"C:\lab\dwmtj.log", None, r"C:\lab\dwmtj.log"),
    ],
)
def test_a_setting_is_a_level_a_file_or_both(
    text: str, level: int | None, file: str | None
) -> None:
    assert log_setting(text) == (level, None if file is None else Path(file))


def test_a_setting_that_is_neither_is_one_sentence(tmp_path: Path) -> None:
    ran = run(tmp_path, setting="verbose")
    assert ran.returncode == 2
    assert "error: DWMTJ_LOG is 'verbose': write a level" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_written_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWMTJ_LOG", str(tmp_path / "no" / "folder.log"))
    with pytest.raises(DwmtjError, match="cannot be written"):
        configure_logging()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
def test_a_disk_that_fills_up_ends_the_log_with_one_sentence(
    tmp_path: Path,
) -> None:
    ran = subprocess.run(  # to its very end, where the log is closed
        command(*STAIRCASE),
        cwd=tmp_path,
        env={**os.environ, "DWMTJ_LOG": "/dev/full", "DWMTJ_DATABASE": "lab.sqlite"},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert ran.returncode == 0
    assert ran.stderr.count("ends here") == 1
    assert "Traceback" not in ran.stderr


def test_a_run_can_store_its_warnings_even_where_only_errors_are_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DWMTJ_LOG", "CRITICAL")
    configure_logging()
    assert logging.getLogger("dwmtj.storage").isEnabledFor(logging.WARNING)


def test_warnings_and_no_tracebacks_are_shown_by_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(console, "err", Console(file=shown))
    configure_logging()
    logger = logging.getLogger("dwmtj.protocols.running.runner")
    logger.warning("A listener [was] slow.")
    logger.info("A detail.")
    logger.error("Told elsewhere.", exc_info=ValueError("why"))
    assert shown.getvalue() == "A listener [was] slow.\n"


@pytest.mark.parametrize(("verbose", "traceback"), [(1, False), (2, True)])
def test_tracebacks_are_shown_with_vv_only(
    monkeypatch: pytest.MonkeyPatch, verbose: int, traceback: bool
) -> None:
    shown = io.StringIO()
    monkeypatch.setattr(console, "err", Console(file=shown, width=200))
    configure_logging(verbose)
    logging.getLogger("dwmtj.protocols.running.runner").error(
        "It failed.", exc_info=ValueError("why")
    )
    assert "It failed." in shown.getvalue()
    assert ("ValueError: why" in shown.getvalue()) is traceback


def test_a_record_goes_above_the_progress_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = io.StringIO()
    terminal = Console(file=shown, force_terminal=True, width=80)
    monkeypatch.setattr(console, "err", terminal)
    with Progress(console=terminal, auto_refresh=False) as bar:
        bar.add_task("staircase", total=10)
        bar.refresh()
        ConsoleHandler(logging.INFO).emit(
            logging.LogRecord("a", logging.INFO, "", 0, "A record.", None, None)
        )
    erased_and_printed = shown.getvalue().rpartition("A record.\n")
    assert "\x1b[2K" in erased_and_printed[0]  # the bar is cleared, the record printed,
    assert "staircase" in erased_and_printed[2]  # and the bar drawn again below
