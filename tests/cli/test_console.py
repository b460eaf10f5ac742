"""What is printed fits the terminal, and a terminal that is gone is not worth a traceback."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.text import Text

from dwmtj.cli import console
from dwmtj.errors import DwmtjError
from dwmtj.storage import Status, Store

COLUMNS = ("id", "protocol", "started")
ROWS = [
    ("1", "write-reset-cycling", "2026-01-02 03:04"),
    ("12", "saturate", "2026-01-02 03:05"),
]


def printed(width: int, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paper = Console(width=width, record=True, file=io.StringIO())
    monkeypatch.setattr(console, "out", paper)
    console.print_table("[2] runs", COLUMNS, ROWS)
    return paper.export_text().splitlines()


@pytest.mark.parametrize("width", [200, 80, 46, 42, 40, 37])
def test_a_table_breaks_no_word_and_no_line(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = printed(width, monkeypatch)
    assert lines[0].strip() == "[2] runs"
    assert max(map(len, lines)) <= width
    words = " ".join(lines).split()
    for cell in (COLUMNS, *ROWS):
        assert set(" ".join(cell).split()) <= set(words)


def test_a_terminal_too_narrow_for_words_beside_one_another_gets_lines(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = printed(25, monkeypatch)
    assert lines[1:4] == ["id: 1", "protocol: write-reset-cycling", "started: 2026-01-02 03:04"]


@pytest.mark.parametrize(
    ("stream", "print_one"), [("out", console.print_line), ("err", console.print_message)]
)
def test_a_path_with_brackets_is_printed_on_one_line_however_narrow_the_terminal(
    stream: str, print_one: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    paper = io.StringIO()
    monkeypatch.setattr(console, stream, Console(width=20, file=paper, highlight=False))
    path = "points in /data/[bold]wafer 7[/bold]/lab 3.sqlite"
    print_one(path)
    assert paper.getvalue() == path + "\n"


def test_nothing_printed_controls_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "a\x1b[31mb\x9b\u202ec\u2066"
    paper = io.StringIO()
    for stream in ("out", "err"):
        monkeypatch.setattr(console, stream, Console(width=200, file=paper, highlight=False))
    console.print_line(name)
    console.print_message(Text(name, style="red"))
    console.print_error(DwmtjError(name))
    console.print_table(name, ("name",), [(name,)])
    console.print_pairs(name, [(name, name)])
    console.print_json({name: name})
    printed = paper.getvalue() + capsys.readouterr().out
    assert printed.count("a\\x1b[31mb\\x9b\\u202ec\\u2066") == 8
    assert printed.count("a\\u001b[31mb\\u009b\\u202ec\\u2066") == 2  # in JSON
    assert not set(name[1:]) & set(printed) - set("[31mbc")


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    with Store.open(tmp_path / "dwmtj.sqlite") as store:
        for _ in range(300):
            writer = store.begin_run("write-reset-cycling", "d", parameters={}, bench={})
            writer.finish(Status.FINISHED)
    return tmp_path


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a full device")
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["show", "1"]])
def test_a_full_disk_behind_stdout_ends_quietly_with_1(archive: Path, arguments: list[str]) -> None:
    with Path("/dev/full").open("w") as full:
        result = subprocess.run(
            [sys.executable, "-m", "dwmtj", "runs", *arguments],
            cwd=archive,
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
        )
    assert (result.returncode, result.stderr) == (1, "")


def test_a_reader_that_has_seen_enough_ends_the_list_quietly(archive: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "dwmtj", "runs", "list", "--json"],
        cwd=archive,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    process.stdout.close()
    process.stdout = None
    _, told = process.communicate()
    assert (process.returncode, told) == (1, "")


HOSTILE = "wafer\x1b[2J \x9b31m \u202e7\u2066 \r\x07 tab\there"
SHOWN = "wafer\\x1b[2J \\x9b31m \\u202e7\\u2066 \\x0d\\x07 tab"


@pytest.mark.parametrize(
    "print_one",
    [
        console.print_line,
        console.print_message,
        console.print_outcome,
        lambda text: console.print_error(ValueError(text)),
        lambda text: console.print_table(text, (text,), [(text,)]),
        lambda text: console.print_pairs(text, [(text, text)]),
        lambda text: print(console.visible(text)),
    ],
)
def test_nothing_that_commands_the_terminal_or_turns_a_line_around_is_printed_raw(
    print_one: Callable[[str], None],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    print_one(HOSTILE)
    printed = "".join(capsys.readouterr())
    assert SHOWN in printed
    assert not any(character in printed for character in "\x1b\x9b\u202e\u2066\r\x07")


def test_json_stays_json(capsys: pytest.CaptureFixture[str]) -> None:
    console.print_json({HOSTILE: HOSTILE})
    printed = capsys.readouterr().out
    assert json.loads(printed) == {HOSTILE: HOSTILE}
    assert not any(character in printed for character in "\x1b\x9b\u202e\u2066")


def test_messages_to_a_stderr_that_is_gone_are_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    class Gone(io.StringIO):
        def write(self, _: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr(sys, "stderr", Gone())
    console.print_message("lost")
    console.print_error(ValueError("lost"))


@pytest.mark.skipif(sys.platform == "win32", reason="a closed pipe is another error on Windows")
def test_a_closed_pipe_without_a_buffer_is_not_worth_a_traceback() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [sys.executable, "-u", "-m", "dwmtj", "protocols"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (1, b"")
