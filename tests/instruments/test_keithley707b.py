"""Byte for byte, and on a virtual array: the switching matrix that speaks Lua."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from pymeasure.test import expected_protocol

from dwmtj.cli.serve.bench_file import bench_file_text
from dwmtj.instruments import (
    BenchError,
    BenchFile,
    load_bench_file,
    open_bench,
    parse_bench_file,
)
from dwmtj.instruments.adapters.switches.keithley707b import Keithley707BSwitch
from dwmtj.instruments.adapters.tsp import TspInstrument
from dwmtj.instruments.channel_list import channels_of
from dwmtj.instruments.guard import by_hand
from dwmtj.tests.virtual_lab import lab_of

Pair = tuple[bytes, bytes | None]

ROWS, COLUMNS = ("1A01", "1A02"), ("2C03", "2C04", "2C05")
FINE: Pair = (b"print(errorqueue.next())", b"0.00000e+00\tQueue Is Empty\t0.00000e+00")
OPEN: Pair = (b'channel.open("allslots")', None)
CLOSE: Pair = (b'channel.close("1A02,2C05")', None)

ARRAY_LAB = """
[device]
preset = "straight"

[array]
row_channels = "1A01:1A12,1B01:1B04"
column_channels = "2A01:2A04"

[[instrument]]
model = "707B"
address = "GPIB0::16::INSTR"

[[instrument]]
model = "2400"
address = "GPIB0::24::INSTR"
"""
ARRAY_BENCH = """
name = "matrix"
visa_library = "LAB@dwmtj"

[device]
name = "array"

[resistance_meter]
driver = "Keithley2400"
address = "GPIB0::24::INSTR"

[switch]
driver = "Keithley707B"
address = "GPIB0::16::INSTR"
row_channels = "1A01:1A12,1B01:1B04"
column_channels = "2A01:2A04"

[limits]
pulse_amplitude_V = 6.0
pulse_width_s = 1e-6
read_current_A = 200e-6
read_voltage_V = 0.5
field_T = 0.13
field_rate_T_per_s = 0.1
"""


def closed(reply: bytes) -> Pair:
    return (b'print(channel.getclose("allslots"))', reply)


@contextmanager
def driver_of(*exchange: Pair) -> Iterator[TspInstrument]:
    with expected_protocol(TspInstrument, list(exchange)) as driver:
        yield driver


@pytest.mark.parametrize("reply", [b"1A02;2C05", b"1A02,2C05", b"2c05;1a02"])
def test_closing_opens_what_was_closed_and_reads_the_crosspoints_back(reply: bytes) -> None:
    with driver_of(OPEN, CLOSE, FINE, closed(reply)) as driver:
        Keithley707BSwitch(driver, ROWS, COLUMNS).close(1, 2)


def test_opening_opens_all() -> None:
    with driver_of(OPEN, FINE, closed(b"nil")) as driver:
        Keithley707BSwitch(driver, ROWS, COLUMNS).open()


@pytest.mark.parametrize("reply", [b"1A02", b"1A01;1A02;2C05", b"nil", b""])
def test_a_relay_that_did_not_move_is_found_out(reply: bytes) -> None:
    with driver_of(OPEN, CLOSE, FINE, *[closed(reply)] * 2) as driver:
        switch = Keithley707BSwitch(driver, ROWS, COLUMNS)
        with pytest.raises(BenchError, match=r"as its closed channels where \[1A02, 2C05\] should"):
            switch.close(1, 2)


def test_the_error_of_a_crosspoint_that_no_card_has_is_reported() -> None:
    error: Sequence[Pair] = (
        (b"print(errorqueue.next())", b"1.11500e+03\tParameter error\t2.00000e+01"),
        FINE,
    )
    with driver_of(OPEN, CLOSE, *error) as driver:
        switch = Keithley707BSwitch(driver, ROWS, COLUMNS)
        with pytest.raises(BenchError, match="reports an error: 1115 Parameter error"):
            switch.close(1, 2)


@pytest.fixture
def bench_file(tmp_path: Path) -> BenchFile:
    (tmp_path / "lab.toml").write_text(ARRAY_LAB)
    path = tmp_path / "bench.toml"
    path.write_text(ARRAY_BENCH.replace("LAB", str(tmp_path / "lab.toml")))
    return load_bench_file(path)


def test_each_device_of_a_virtual_array_is_connected_alone_and_none_when_safe(
    bench_file: BenchFile,
) -> None:
    lab = lab_of(bench_file)
    devices_ohm = lab.device.resistance_ohm()
    with open_bench(bench_file) as bench:
        for row, column in ((0, 0), (15, 3), (12, 2)):
            bench.switch.close(row, column)
            bench.meter.arm(20e-6)
            found_ohm = bench.meter.read().resistance_ohm
            bench.meter.make_safe()
            assert found_ohm == pytest.approx(devices_ohm[4 * row + column], rel=5e-3)
        outcomes = {each.instrument: each for each in by_hand.make_safe(bench_file)}
        assert outcomes["switch"].problem is None
        assert not lab.instruments["GPIB0::16::INSTR"].core.closed


def test_the_bench_file_of_a_served_matrix_lists_its_crosspoints(bench_file: BenchFile) -> None:
    lab = lab_of(bench_file)
    addresses = {"707B": "TCPIP::127.0.0.1::1::SOCKET", "2400": "TCPIP::127.0.0.1::2::SOCKET"}
    switch = parse_bench_file(bench_file_text(lab, addresses), "printed").switch
    assert switch is not None and bench_file.switch is not None
    for name in ("row_channels", "column_channels"):
        assert channels_of(getattr(switch, name)) == channels_of(getattr(bench_file.switch, name))


@pytest.mark.parametrize("channels", ["101:112", "1A01:1B04", "1J01", "1A01,1A01"])
def test_what_is_no_list_of_crosspoints_is_refused(
    channels: str, bench_file: BenchFile, tmp_path: Path
) -> None:
    text = (tmp_path / "bench.toml").read_text().replace("1A01:1A12,1B01:1B04", channels)
    (tmp_path / "bench.toml").write_text(text)
    with pytest.raises(BenchError, match=r"row_channels.*a list of crosspoints such as"):
        load_bench_file(tmp_path / "bench.toml")
