"""Sockets, serial ports and Prologix adapters work without a vendor's VISA, and never hang."""

import gc
import os
import socket
import socketserver
import threading
import tty
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import pyvisa
from pymeasure.instruments.keithley import Keithley2400
from pyvisa.ctwrapper.highlevel import IVIVisaLibrary

from dwmtj.instruments import (
    BenchError,
    Limits,
    WallClock,
    built_in_benches,
    open_bench,
    parse_bench_file,
)
from dwmtj.instruments.adapters.keithley2400 import Keithley2400Section
from dwmtj.instruments.adapters.supplies.danfysik8500 import Danfysik8500Section
from dwmtj.instruments.connection import Connection, discard_input
from dwmtj.instruments.guard.sessions import opened
from dwmtj.simulators.bench import LabServer, open_lab

GOOD = built_in_benches()["virtual-trapezoid"].read_text()
ON_PYVISA_PY = GOOD.replace('"trapezoid@dwmtj"', '"@py"')
LIMITS = Limits(
    pulse_amplitude_V=6,
    pulse_width_s=1e-6,
    read_current_A=1e-3,
    read_voltage_V=1,
    field_T=0.1,
    field_rate_T_per_s=0.1,
)


@contextmanager
def connected(section: Keithley2400Section, library: str = "@py") -> Iterator[Connection]:
    with ExitStack() as exits:
        yield Connection(
            library, LIMITS, WallClock(), exits, report=lambda *_: None, shared=True
        ).to(section)


def meter(address: str, **keys: object) -> Keithley2400Section:
    return Keithley2400Section.model_validate({"driver": "Keithley2400", "address": address} | keys)


def test_a_bench_file_with_the_addresses_that_are_served_needs_nothing_else() -> None:
    with LabServer(open_lab("trapezoid?name=served"), first_port=0) as server:
        text = ON_PYVISA_PY
        for model, address in (
            ("81160A", "GPIB0::10::INSTR"),
            ("BOP 36-12", "GPIB0::6::INSTR"),
            ("425", "ASRL1::INSTR"),
            ("2400", "GPIB0::24::INSTR"),
        ):
            text = text.replace(address, server.addresses[model])
        with open_bench(parse_bench_file(text, "bench.toml")) as bench:
            assert bench.read_once()["gaussmeter"].endswith(" mT")


@contextmanager
def serial_meter() -> Iterator[str]:
    """The address of a serial port with a virtual 2400 behind it, which ends lines with CR."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    stream = open_lab("trapezoid?name=serial").stream("GPIB0::24::INSTR")

    def answer() -> None:
        with os.fdopen(ours, "rb", buffering=0, closefd=False) as port:
            line = b""
            while not line.endswith(b"quit"):
                line += port.read(1)
                if line.endswith(b"\r"):
                    stream.write(line[:-1] + b"\n")
                    reply, _ = stream.read(1 << 20, None)
                    os.write(ours, reply.replace(b"\n", b"\r"))
                    line = b""

    thread = threading.Thread(target=answer)
    thread.start()
    try:
        yield f"ASRL{os.ttyname(theirs)}::INSTR"
    finally:
        os.write(theirs, b"quit")
        thread.join()
        os.close(ours)
        os.close(theirs)


def test_a_serial_instrument_is_opened_with_the_settings_of_its_section() -> None:
    with serial_meter() as address:
        section = meter(
            address,
            baud_rate=19200,
            data_bits=8,
            stop_bits=2.0,
            flow_control="xon_xoff",
            timeout_s=7.5,
            read_termination="\r",
            write_termination="\r",
        )
        with connected(section) as connection:
            driver = connection.open(Keithley2400, address)
            session = driver.adapter.connection
            assert (session.baud_rate, session.data_bits) == (19200, 8)
            assert session.stop_bits is pyvisa.constants.StopBits.two
            assert session.flow_control is pyvisa.constants.ControlFlow.xon_xoff
            assert session.timeout == 7500
            assert "MODEL 2400" in driver.id
            discard_input(driver)
            assert "MODEL 2400" in driver.id


class PrologixAdapter(socketserver.ThreadingTCPServer):
    """A Prologix GPIB-ETHERNET adapter in front of a lab's instruments."""

    daemon_threads = True

    def __init__(self) -> None:
        self.lab = open_lab("trapezoid?name=prologix")
        self.commands: list[str] = []
        super().__init__(("127.0.0.1", 0), PrologixClient)


class PrologixClient(socketserver.StreamRequestHandler):
    server: PrologixAdapter

    def handle(self) -> None:
        streams = {n: self.server.lab.stream(f"GPIB0::{n}::INSTR") for n in ("6", "10", "24")}
        number = ""
        for line in self.rfile:
            command, *arguments = line.decode().split()
            self.server.commands.append(line.decode().strip())
            if command == "++addr":
                (number,) = arguments
            elif command == "++read":
                self.wfile.write(streams[number].read(1 << 20, None)[0])
            elif not command.startswith("++"):
                streams[number].write(line.replace(b"\x1b", b""))


def test_instruments_behind_a_prologix_adapter_share_it() -> None:
    with PrologixAdapter() as adapter:
        thread = threading.Thread(target=adapter.serve_forever, args=(0.02,))
        thread.start()
        prologix = f"TCPIP::127.0.0.1::{adapter.server_address[1]}::SOCKET"
        text = ON_PYVISA_PY.replace('::INSTR"\n', f'::INSTR"\nprologix = "{prologix}"\n').replace(
            'ASRL1::INSTR"\nprologix', 'GPIB0::7::INSTR"\nprologix'
        )
        gaussmeter = text[text.index("[magnet.gaussmeter]") : text.index("[resistance_meter]")]
        with open_bench(parse_bench_file(text.replace(gaussmeter, ""), "bench.toml")) as bench:
            assert list(bench.identities()) == [
                "pulse generator",
                "magnet supply",
                "resistance meter",
            ]
            bench.meter.arm(100e-6)
            assert bench.meter.read().resistance_ohm == pytest.approx(100, abs=5)
        adapter.shutdown()
        thread.join()
    assert "++read_tmo_ms 2000" in adapter.commands


@pytest.mark.parametrize(
    ("keys", "end"), [({}, "\r"), ({"read_termination": "\n", "write_termination": "\n"}, "\n")]
)
def test_lines_on_a_socket_end_as_those_of_the_driver_unless_the_bench_file_differs(
    keys: dict[str, str], end: str
) -> None:
    address = "TCPIP::192.168.0.20::4001::SOCKET"
    supply = Danfysik8500Section.model_validate(
        {"driver": "Danfysik8500", "address": address, "rated_A": 160.0, "coil_T_per_A": 0.01}
        | keys
    )
    for section, expected in ((supply, end), (meter(address), "\n")):
        settings = section.session_settings
        assert settings == {"read_termination": expected, "write_termination": expected}


def test_an_adapter_that_is_not_there_is_named() -> None:
    section = meter("GPIB0::24::INSTR", prologix="TCPIP::127.0.0.1::9::SOCKET")
    with (
        connected(section) as connection,
        pytest.raises(BenchError, match=r"Prologix adapter TCPIP::127.*refused.*is \"@py\"\.$"),
    ):
        connection.open(Keithley2400, section.address)


@contextmanager
def peer() -> Iterator[tuple[str, Callable[[], socket.socket]]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"TCPIP::127.0.0.1::{server.getsockname()[1]}::SOCKET"
        yield address, lambda: server.accept()[0]


def test_discarding_the_input_of_a_peer_that_has_closed_comes_to_an_end() -> None:
    with peer() as (address, accept), connected(meter(address)) as connection:
        driver = connection.open(Keithley2400, address)
        accept().close()
        discard_input(driver)
        with pytest.raises(pyvisa.errors.VisaIOError, match="CONN_LOST"):
            driver.adapter.connection.clear()


def test_reading_from_a_peer_that_has_closed_does_not_wait_for_the_time_out() -> None:
    with (
        peer() as (address, accept),
        connected(meter(address, timeout_s=600.0)) as connection,
    ):
        driver = connection.open(Keithley2400, address)
        with accept() as instrument:
            instrument.sendall(b"half a rep")
        with pytest.raises(ConnectionError, match=r"peer has closed|reset"):
            driver.read()


def test_unread_replies_are_discarded_and_the_next_one_is_the_answer() -> None:
    with peer() as (address, accept), connected(meter(address)) as connection:
        driver = connection.open(Keithley2400, address)
        with accept() as instrument:
            instrument.sendall(b"late\nlater\n")
            assert driver.read() == "late"
            discard_input(driver)
            instrument.sendall(b"now\n")
            assert driver.read() == "now"


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("TCPIP::127.0.0.1::9::SOCKET", r"Nothing answers at .*SOCKET \(.*refused\); check cable"),
        ("ASRL/dev/no-such-port::INSTR", r"Nothing answers at .*could not open port"),
        ("nonsense", r"Nothing answers at nonsense \(VI_ERROR_INV_RSRC_NAME"),
        ("GPIB0::24::INSTR", r"needs a driver of its interface.*NI-VISA.*linux-gpib"),
    ],
)
def test_an_address_that_cannot_be_opened_gets_one_sentence(address: str, message: str) -> None:
    with connected(meter(address)) as connection, pytest.raises(BenchError, match=message):
        connection.open(Keithley2400, address)
    gc.collect()  # in this test, which ignores what it finds


def test_a_lock_that_is_asked_for_must_be_had() -> None:
    with (
        peer() as (address, _),
        connected(meter(address, exclusive_lock=True)) as connection,
        pytest.raises(BenchError, match=r"cannot be locked .*; take exclusive_lock out"),
    ):
        connection.open(Keithley2400, address)


def test_where_the_library_has_locks_another_program_is_kept_out() -> None:
    library = "trapezoid?name=locks@dwmtj"
    section = meter("GPIB0::24::INSTR")
    with (
        connected(section, library) as connection,
        connected(section, library) as other,
        connected(meter("GPIB0::24::INSTR", exclusive_lock=False), library) as third,
    ):
        connection.open(Keithley2400, section.address)
        with pytest.raises(BenchError, match=r"locked by another program|VI_ERROR_RSRC_LOCKED"):
            other.open(Keithley2400, section.address)
        with pytest.raises(BenchError, match="VI_ERROR_RSRC_LOCKED"):
            third.open(Keithley2400, section.address)


def test_the_bench_itself_may_open_a_second_connection_beside_its_lock() -> None:
    library = "trapezoid?name=second-connection@dwmtj"
    manager = pyvisa.ResourceManager(library)
    section = meter("GPIB0::24::INSTR")
    with connected(section, library) as connection:
        connection.open(Keithley2400, section.address)
        with opened(manager, section.address, {}, None, 1000, connection.lock_key) as second:
            assert second.query(":OUTP?").strip() == "0"
        with (
            opened(manager, section.address, {}, None, 1000, "another key") as stranger,
            pytest.raises(pyvisa.VisaIOError, match="RSRC_LOCKED"),
        ):
            stranger.query(":OUTP?")


def test_without_a_vendors_visa_the_empty_library_is_pyvisa_py() -> None:
    if IVIVisaLibrary.get_library_paths():
        pytest.skip("this computer has a vendor's VISA")
    assert pyvisa.ResourceManager("").visalib.library_path == "py"


@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (
            "baud_rate = 9600",
            r"meter has baud_rate, but 'GPIB0::24::INSTR' is no serial",
        ),
        ("stop_bits = 3", r"stop_bits is 3; it must be 1, 1\.5 or 2"),
        ('parity = "some"', r"parity is 'some'; choose 'none', 'odd'"),
        ("timeout_s = 0", r"timeout_s is 0; it must be greater than or equal to 0\.01"),
    ],
)
def test_settings_that_do_not_fit_are_named(keys: str, message: str) -> None:
    text = GOOD.replace('24::INSTR"\n', f'24::INSTR"\n{keys}\n')
    with pytest.raises(BenchError, match=message):
        parse_bench_file(text, "bench.toml")


def test_a_prologix_adapter_needs_a_gpib_address(tmp_path: Path) -> None:
    text = GOOD.replace('"ASRL1::INSTR"\n', '"ASRL1::INSTR"\nprologix = "ASRL2::INSTR"\n')
    with pytest.raises(BenchError, match=r"gaussmeter has prologix, but 'ASRL1::INSTR' is no GPIB"):
        parse_bench_file(text, "bench.toml")
