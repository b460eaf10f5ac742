"""A lock on every instrument, which no link, no leftover and no other user can turn against it."""

import os
from pathlib import Path

import pytest

from dwmtj.instruments import BenchError, BenchFile, load_bench_file
from dwmtj.instruments.guard.planning import instrument_key, lock_files
from dwmtj.instruments.ownership import (
    Holder,
    InstrumentLock,
    InUseError,
    Ownership,
    lock_file,
    read_holder,
)
from dwmtj.instruments.sections import GaussmeterSection

HOLDER = Holder("token", "mine", os.getpid(), "2026-11-26 20:40:02")


def test_the_holder_is_read_while_the_lock_is_held_and_the_file_goes_with_it(
    tmp_path: Path,
) -> None:
    path = tmp_path / "lock"
    lock = InstrumentLock(path, HOLDER)
    lock.describe("run 12")
    assert str(read_holder(path)) == f"run 12 of PID {os.getpid()}, since 2026-11-26 20:40:02"
    with pytest.raises(InUseError):
        InstrumentLock(path, HOLDER)
    lock.release()
    assert not path.exists()
    InstrumentLock(path, HOLDER).release()


@pytest.mark.parametrize("content", [b"", b"\n[[[", b"\n{}", b"\n" + b"9" * 5000, b"\xff\xfe"])
def test_what_a_dead_or_hostile_process_left_in_a_lock_file_does_not_matter(
    content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "lock"
    path.write_bytes(content)
    assert read_holder(path) is None
    lock = InstrumentLock(path, HOLDER)
    assert read_holder(path) == HOLDER
    lock.release()


@pytest.mark.parametrize("kind", ["symbolic link", "hard link", "fifo", "folder"])
def test_a_lock_file_that_is_something_else_is_refused_and_nothing_is_written(
    kind: str, tmp_path: Path
) -> None:
    path, target = tmp_path / "lock", tmp_path / "target"
    target.write_text("precious")
    match kind:
        case "symbolic link":
            path.symlink_to(target)
        case "hard link":
            path.hardlink_to(target)
        case "fifo":
            os.mkfifo(path)
        case "folder":
            path.mkdir()
    with pytest.raises(BenchError, match=r"The lock file .*lock cannot be used"):
        InstrumentLock(path, HOLDER)
    assert target.read_text() == "precious"


def test_a_bench_gets_all_of_its_locks_or_none(tmp_path: Path) -> None:
    held = InstrumentLock(tmp_path / "b", Holder("other", "theirs", 4711, "Monday", "run 7"))
    with pytest.raises(
        BenchError,
        match=r"The bench mine is in use by run 7 of PID 4711, since Monday \(bench theirs\); wait",
    ):
        Ownership([tmp_path / "c", tmp_path / "a", tmp_path / "b"], HOLDER)
    held.release()
    Ownership([tmp_path / "a", tmp_path / "b", tmp_path / "a"], HOLDER).release()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("GPIB::10", "gpib0::10::INSTR"),
        ("GPIB0::5::INSTR", "GPIB0::05::INSTR"),
        ("TCPIP::localhost::5025::SOCKET", "TCPIP0::127.0.0.1::5025::SOCKET"),
        ("TCPIP::meter.lab", "TCPIP0::METER.LAB::inst0::INSTR"),
        ("ASRL/dev/../dev/null::INSTR", "ASRL/dev/null::INSTR"),
    ],
)
def test_one_instrument_has_one_lock_however_its_address_is_written(one: str, other: str) -> None:
    first, second = (GaussmeterSection(driver="any", address=name) for name in (one, other))
    assert instrument_key(first) == instrument_key(second)


def test_the_same_gpib_address_behind_two_adapters_is_two_instruments() -> None:
    here, there = (
        GaussmeterSection(
            driver="any", address="GPIB0::10::INSTR", prologix=f"TCPIP::{host}::SOCKET"
        )
        for host in ("10.0.0.1::1234", "10.0.0.2::1234")
    )
    assert lock_file(instrument_key(here)) != lock_file(instrument_key(there))


def test_two_benches_behind_one_adapter_share_its_lock() -> None:
    adapter = "TCPIP::10.0.0.1::1234::SOCKET"
    bench = load_bench_file("virtual-trapezoid")

    def behind(address: str) -> BenchFile:
        meter = bench.resistance_meter.model_copy(update={"address": address, "prologix": adapter})
        return bench.model_copy(update={"resistance_meter": meter})

    own = set(lock_files(bench))
    assert len(set(lock_files(behind("GPIB0::7"))) & set(lock_files(behind("GPIB0::8"))) - own) == 1
