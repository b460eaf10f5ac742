"""Only who has the token gets anything, and nothing that is sent ends the server."""

import json
import os
import socket
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dwmtj.station import Station, StationError, station_file
from dwmtj.station.line import LONGEST_REQUEST, NotReachedError, ask, listen
from dwmtj.station.server import Server
from dwmtj.station.station_file import StationFile
from dwmtj.storage.owner import this_process

TOKEN = "the token"


def answer(command: str, arguments: Mapping[str, Any]) -> Any:
    if command == "refuse":
        raise StationError("It is refused.")
    if command == "fail":
        raise ZeroDivisionError
    return [command, arguments]


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    listener, address = listen(tmp_path / "s.sock")
    server = Server(listener, TOKEN, answer)
    yield address
    server.close()


def sent(address: str, data: bytes) -> bytes:
    """Send bytes as they are and return what comes back until the connection ends."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(address.removeprefix("unix:"))
        try:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return connection.makefile("rb").read()
        except (BrokenPipeError, ConnectionResetError):
            return b""


def test_an_answer_a_refusal_and_a_failure_reach_the_client(address: str) -> None:
    assert ask(address, TOKEN, "state", {"after": 3}, 60.0) == ["state", {"after": 3}]
    with pytest.raises(StationError, match=r"^It is refused\.$"):
        ask(address, TOKEN, "refuse", {}, 60.0)
    with pytest.raises(StationError, match="ZeroDivisionError"):
        ask(address, TOKEN, "fail", {}, 60.0)


def test_without_the_token_there_is_no_answer(address: str) -> None:
    for token in ("", "The token", "the token "):
        with pytest.raises(StationError, match="not that of this station"):
            ask(address, token, "state", {}, 60.0)


@pytest.mark.skipif(os.name == "nt", reason="the address is a port there")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\n",
        b"\xff\x00\x80\n",
        b"[" * 100_000 + b"\n",
        b"null\n",
        b'{"token": 1}\n',
        b'{"token": "the token", "command": 7, "arguments": {}}\n',
        b'{"token": "the token", "command": "state", "arguments": []}\n',
        b'"' + b"a" * LONGEST_REQUEST + b'"\n',
        b"a" * (8 * LONGEST_REQUEST),
    ],
    ids=lambda data: f"{data[:20]!r} of {len(data)}",
)
def test_garbage_gets_a_sentence_or_nothing_and_the_server_goes_on(
    address: str, data: bytes
) -> None:
    reply = sent(address, data)
    assert not reply or "error" in json.loads(reply)
    assert ask(address, TOKEN, "state", {}, 60.0) == ["state", {}]


def test_a_server_that_is_gone_is_not_reached(tmp_path: Path) -> None:
    with pytest.raises(NotReachedError, match="did not answer"):
        ask(f"unix:{tmp_path / 'nowhere.sock'}", TOKEN, "state", {}, 60.0)


@pytest.fixture
def written() -> StationFile:
    """The file of a station that is this process."""
    file = StationFile(
        "mine", "/lab/mine.toml", "/lab/x.sqlite", None, "tcp:9", TOKEN, this_process(), "now"
    )
    file.write()
    return file


def test_the_file_of_a_station_is_read_by_its_user_alone(written: StationFile) -> None:
    assert Station.running() == [written]
    assert stat.S_IMODE(written.path.stat().st_mode) & 0o077 == 0
    written.path.unlink()


def test_a_file_that_a_dead_process_left_behind_is_removed(written: StationFile) -> None:
    text = written.path.read_text()
    ticks = json.loads(text)["process"]["process_started_ticks"]
    written.path.write_text(text.replace(str(ticks), str((ticks or 0) + 1)))
    if ticks is not None:
        assert Station.running() == []
    assert written.path.exists() is (ticks is None)
    written.path.unlink(missing_ok=True)


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_links_and_folders_of_others_are_not_followed(
    written: StationFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    moved = written.path.rename(tmp_path / "elsewhere.json")
    written.path.symlink_to(moved)
    assert Station.running() == []
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    (tmp_path / "dwmtj").mkdir(mode=0o755)
    (tmp_path / "dwmtj").chmod(0o755)
    with pytest.raises(StationError, match="not a folder that only you can enter"):
        station_file.folder()
