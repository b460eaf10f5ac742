"""A real bench has one owner, and its guard makes it safe when the owner is killed."""

import json
import logging
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from dwmtj.instruments import BenchError, open_bench
from dwmtj.instruments.guard import process
from dwmtj.instruments.guard.by_hand import make_safe
from dwmtj.instruments.guard.planning import lock_files
from dwmtj.tests.command_line import dwmtj, wait_until
from dwmtj.tests.instruments.guard.tcp_bench import TcpBench, off

OWNER = Path(__file__).with_name("owner_to_be_killed.py")


def guards() -> list[psutil.Process]:
    """Return the guards of this process."""
    return [child for child in psutil.Process().children() if guards_this_process(child)]


def guards_this_process(child: psutil.Process) -> bool:
    """Return whether a child is a guard that lives; it may end at any moment."""
    try:
        return child.status() != psutil.STATUS_ZOMBIE and str(os.getpid()) in child.cmdline()
    except psutil.NoSuchProcess:  # ZombieProcess is one
        return False


def test_after_sigkill_everything_is_off_and_while_the_owner_lives_nobody_else_gets_in(
    tcp_bench: TcpBench, tmp_path: Path
) -> None:
    path, notes = tcp_bench.write(tmp_path), tmp_path / "lab.sqlite-notes"
    command = [sys.executable, str(OWNER), str(path), str(notes)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, start_new_session=True) as owner:
        assert owner.stdout is not None and owner.stdout.readline() == b"armed\n"
        with pytest.raises(
            BenchError, match=rf"The bench tcp is in use by run 12 of PID {owner.pid}, since 2"
        ):
            open_bench(tcp_bench.file)
        with pytest.raises(BenchError, match=rf"in use by run 12 of PID {owner.pid}"):
            make_safe(tcp_bench.file)
        assert tcp_bench.outputs() == ["1", "1", "1"]
        os.killpg(owner.pid, signal.SIGKILL)
    wait_until(off(tcp_bench))
    wait_until(lambda: notes.exists() and notes.read_text().endswith("\n"))
    note = json.loads(notes.read_text())
    assert (note["run"], note["attempt"], note["status"]) == (12, 1, None)
    assert note["source"] == "dwmtj.instruments.guard"
    assert "resistance meter off" in note["message"]
    with open_bench(tcp_bench.file):
        pass


def test_a_bench_that_is_closed_leaves_neither_guard_nor_locks(tcp_bench: TcpBench) -> None:
    with open_bench(tcp_bench.file):
        assert all(path.exists() for path in lock_files(tcp_bench.file))
        assert len(guards()) == 1
    assert not guards()
    assert not any(path.exists() for path in lock_files(tcp_bench.file))


def test_a_process_opens_a_bench_only_once_at_a_time(tcp_bench: TcpBench) -> None:
    with (
        open_bench(tcp_bench.file),
        pytest.raises(BenchError, match=r"bench tcp is open in this process already, since 2.*;"),
    ):
        open_bench(tcp_bench.file)


def test_benches_that_share_one_instrument_exclude_each_other(tcp_bench: TcpBench) -> None:
    bench_file = tcp_bench.file
    assert bench_file.pulse_generator is not None
    moved = bench_file.pulse_generator.model_copy(update={"address": "TCPIP::127.0.0.2::9::SOCKET"})
    other = bench_file.model_copy(update={"name": "other", "pulse_generator": moved})
    with open_bench(bench_file), pytest.raises(BenchError, match="The bench other is open in this"):
        open_bench(other)
    assert not any(path.exists() for path in lock_files(other))


def test_a_bench_that_cannot_be_opened_leaves_neither_guard_nor_locks(tcp_bench: TcpBench) -> None:
    tcp_bench.addresses["BOP 36-12"] = "TCPIP::127.0.0.1::9::SOCKET"
    with pytest.raises(BenchError, match=r"refused"):
        open_bench(tcp_bench.file)
    assert not guards()
    assert not any(path.exists() for path in lock_files(tcp_bench.file))


def test_a_guard_that_dies_is_replaced_with_a_warning_and_the_new_one_knows_the_run(
    tcp_bench: TcpBench,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(process, "SHORTEST_LIFE_S", 0.0)
    with open_bench(tcp_bench.file) as bench, caplog.at_level(logging.WARNING):
        bench.run_begins(tmp_path / "notes", 12, 1)
        (first,) = guards()
        first.kill()
        wait_until(lambda: [guard.pid for guard in guards()] not in ([], [first.pid]))
        bench.run_ends()
    assert f"guard of the bench (PID {first.pid}) ended; starting another one" in caplog.text
    assert not guards()


def test_a_guard_that_cannot_live_is_given_up_with_a_warning(
    tcp_bench: TcpBench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(process, "__package__", "dwmtj.no_such_package")
    with open_bench(tcp_bench.file) as bench, caplog.at_level(logging.WARNING):
        wait_until(lambda: "is not started again" in caplog.text)
        assert bench.identities()


def test_safe_by_hand_switches_off_what_a_program_left_on(
    tcp_bench: TcpBench, tmp_path: Path
) -> None:
    tcp_bench.switch_on()
    generator = tcp_bench.addresses["81160A"]
    tcp_bench.addresses["81160A"] = "TCPIP::127.0.0.1::9::SOCKET"
    done = dwmtj(tmp_path, "bench", "safe", "--bench", str(tcp_bench.write(tmp_path)))
    tcp_bench.addresses["81160A"] = generator
    assert done.returncode == 1
    assert "ramped" in done.stdout
    assert "Not safe: pulse generator; switch it off by hand." in done.stderr
    assert tcp_bench.outputs() == ["1", "0", "0"]
    assert [outcome.state for outcome in make_safe(tcp_bench.file)] == ["off"] * 3
    assert off(tcp_bench)()
