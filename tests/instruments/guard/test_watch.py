"""The guard acts when its owner is gone, and only then, on what nobody else has taken."""

import io
import os
import subprocess
import threading
from pathlib import Path

import pytest

from dwmtj.instruments.guard import records
from dwmtj.instruments.guard.plan import Message, RunUnderWay, encode
from dwmtj.instruments.guard.planning import plan_of
from dwmtj.instruments.guard.watch import Watch
from dwmtj.instruments.ownership import Holder, InstrumentLock
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench, off

TOKEN = "0123456789abcdef"

Process = subprocess.Popen[bytes]


@pytest.fixture(autouse=True)
def log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "guard.log"
    monkeypatch.setattr(records, "log_file", lambda: path)
    return path


def plan(bench: TcpBench) -> bytes:
    return encode(Message(plan=plan_of(bench.file), token=TOKEN))


def test_a_guard_that_is_released_touches_nothing(
    tcp_bench: TcpBench, other_process: Process
) -> None:
    watch = Watch(other_process.pid)
    watch.listen(io.BytesIO(plan(tcp_bench) + encode(Message(released=True))))
    assert watch.released


def test_a_guard_waits_while_its_owner_lives_though_the_pipe_is_closed(
    tcp_bench: TcpBench, other_process: Process, log: Path
) -> None:
    tcp_bench.switch_on()
    watch = Watch(other_process.pid)
    thread = threading.Thread(target=watch.listen, args=(io.BytesIO(plan(tcp_bench)),))
    thread.start()
    thread.join(1.0)
    assert thread.is_alive()
    other_process.kill()
    thread.join()
    watch.act()
    assert off(tcp_bench)()
    assert "ramped from 4 to 0" in log.read_text()


def test_a_dead_owner_is_noticed_though_a_child_of_it_holds_the_pipe_open(
    tcp_bench: TcpBench, other_process: Process
) -> None:
    tcp_bench.switch_on()
    reading, writing = os.pipe()
    os.write(writing, plan(tcp_bench))
    watch = Watch(other_process.pid)
    with os.fdopen(reading, "rb") as stream:
        thread = threading.Thread(target=watch.listen, args=(stream,))
        thread.start()
        other_process.kill()
        thread.join()
        os.close(writing)
    watch.act()
    assert off(tcp_bench)()


def test_a_line_cut_off_by_the_death_of_the_owner_is_ignored(
    tcp_bench: TcpBench, other_process: Process
) -> None:
    tcp_bench.switch_on()
    other_process.kill()
    watch = Watch(other_process.pid)
    watch.listen(io.BytesIO(plan(tcp_bench) + encode(Message(set_point=("a", 1.0)))[:9]))
    watch.act()
    assert off(tcp_bench)()


def test_what_another_owner_has_taken_is_left_alone_and_the_rest_made_safe(
    tcp_bench: TcpBench, other_process: Process, log: Path
) -> None:
    tcp_bench.switch_on()
    other_process.kill()
    watch = Watch(other_process.pid)
    watch.listen(io.BytesIO(plan(tcp_bench)))
    meter = next(p for p in plan_of(tcp_bench.file).instruments if p.name == "resistance meter")
    assert meter.lock is not None
    lock = InstrumentLock(meter.lock, Holder("another", "other", os.getpid(), "now"))
    try:
        watch.act()
    finally:
        lock.release()
    assert tcp_bench.outputs() == ["0", "1", "0"]
    assert "Another owner has the resistance meter; nothing was done there." in log.read_text()


def test_a_lock_that_a_child_of_the_dead_owner_holds_does_not_keep_the_guard_away(
    tcp_bench: TcpBench, other_process: Process
) -> None:
    tcp_bench.switch_on()
    other_process.kill()
    watch = Watch(other_process.pid)
    watch.listen(io.BytesIO(plan(tcp_bench)))
    holder = Holder(TOKEN, "tcp", other_process.pid, "now")
    locks = [InstrumentLock(p.lock, holder) for p in plan_of(tcp_bench.file).instruments if p.lock]
    try:
        watch.act()
    finally:
        for lock in locks:
            lock.release()
    assert off(tcp_bench)()


def test_notes_about_the_run_go_where_the_owner_said_until_the_run_ends(
    tcp_bench: TcpBench, other_process: Process, tmp_path: Path
) -> None:
    other_process.kill()
    notes, ended = tmp_path / "notes", tmp_path / "ended"
    for path, end in ((notes, b""), (ended, encode(Message(run_ended=True)))):
        watch = Watch(other_process.pid)
        run = encode(Message(run=RunUnderWay(path, 12, 3)))
        watch.listen(io.BytesIO(plan(tcp_bench) + run + end))
        watch.act()
    assert '"run": 12, "attempt": 3' in notes.read_text()
    assert not ended.exists()


def test_a_link_in_the_place_of_the_notes_is_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "target"
    target.touch()
    (tmp_path / "notes").symlink_to(target)
    (tmp_path / "other-notes").hardlink_to(target)
    for name in ("notes", "other-notes"):
        records.record("message", RunUnderWay(tmp_path / name, 1, 1))
    assert target.read_bytes() == b""
