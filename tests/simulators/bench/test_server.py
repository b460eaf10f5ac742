"""A lab over TCP, through plain sockets."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from dwmtj.simulators.bench import LabError, LabServer, forget_labs, open_lab, serve
from dwmtj.simulators.bench import server as server_module


def connected(server: LabServer, model: str) -> socket.socket:
    _, host, port, _ = server.addresses[model].split("::")
    return socket.create_connection((host, int(port)), timeout=10.0)


def asked(client: socket.socket, message: str) -> str:
    client.sendall(message.encode() + b"\n")
    with client.makefile("rb") as replies:
        return replies.readline().decode().strip()


def test_every_instrument_answers_at_its_own_port() -> None:
    with LabServer(open_lab("trapezoid?name=tcp"), first_port=0) as server:
        assert list(server.addresses) == ["81160A", "2400", "BOP 36-12", "425"]
        assert all(a.startswith("TCPIP::127.0.0.1::") for a in server.addresses.values())
        identities = []
        for model in server.addresses:
            with connected(server, model) as client:
                identities.append(asked(client, "*IDN?").split(",")[1])
        assert identities == ["81160A", "MODEL 2400", "BIT 4886 36-12 03/08/2012", "MODEL425"]
    assert dict(server.addresses) == {}


def test_a_pulse_through_one_port_changes_the_reading_at_another() -> None:
    lab = open_lab("trapezoid?name=tcp-pulse")
    with (
        LabServer(lab, first_port=0) as server,
        connected(server, "81160A") as generator,
        connected(server, "2400") as meter,
    ):
        asked(meter, ":SYST:RSEN 1;:SOUR:FUNC CURR;:SOUR:CURR 1E-4;:OUTP ON;*OPC?")
        asked(meter, ":SENS:FUNC 'RES';:SENS:RES:MODE MAN;:FORM:ELEM RES;*OPC?")
        before = float(asked(meter, ":READ?"))
        asked(generator, ":FUNC1 PULS;:PULS:PER1 1MS;WIDT1 50NS;:VOLT1:HIGH 1.9;LOW 0;*OPC?")
        asked(generator, ":ARM:SOUR1 MAN;:OUTP1 ON;*TRG;*TRG;*TRG;*TRG;*OPC?")
        assert before - float(asked(meter, ":READ?")) > 20.0
        assert asked(generator, "SYST:ERR?") == '+0,"No error"'


def test_many_clients_never_swap_replies() -> None:
    wrong: list[str] = []
    with LabServer(open_lab("trapezoid?name=tcp-many"), first_port=0) as server:
        with connected(server, "81160A") as client:
            asked(client, ":VOLT1:HIGH 1;LOW -1;:VOLT2:HIGH 2;LOW -2;*OPC?")

        def ask(channel: int) -> None:
            with connected(server, "81160A") as client:
                wrong.extend(
                    reply
                    for reply in (asked(client, f":VOLT{channel}:HIGH?") for _ in range(300))
                    if float(reply) != channel
                )

        threads = [threading.Thread(target=ask, args=(1 + k % 2,)) for k in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_stopping_ends_the_connections_of_clients() -> None:
    server = serve(open_lab("trapezoid?name=tcp-stop"), first_port=0)
    client = connected(server, "2400")
    assert asked(client, "*OPC?") == "1"
    server.stop()
    server.stop()
    assert client.recv(1) == b""
    client.close()


def test_a_busy_port_is_one_sentence_and_leaves_nothing_open() -> None:
    with socket.socket() as occupant:
        occupant.bind(("127.0.0.1", 0))
        occupant.listen()
        busy = occupant.getsockname()[1]
        server = LabServer(open_lab("trapezoid?name=tcp-busy"), first_port=busy)
        with pytest.raises(LabError, match=f"Port {busy} of 127.0.0.1 cannot be opened"):
            server.start()
    assert dict(server.addresses) == {}


def test_serving_the_network_is_warned_about() -> None:
    lab = open_lab("trapezoid?name=tcp-warn")
    assert LabServer(lab).warning == LabServer(lab, "localhost").warning == ""
    assert "without a password" in LabServer(lab, "0.0.0.0").warning


@pytest.fixture
def paced() -> Iterator[LabServer]:
    forget_labs()
    with LabServer(open_lab("trapezoid?real_time=1"), first_port=0) as server:
        yield server
    forget_labs()


LONG = b":SOUR:FUNC CURR;:SOUR:CURR 1E-4;:TRIG:COUN 2500;:OUTP ON;:READ?\n"  # 150 s


def test_a_long_measurement_keeps_no_other_instrument_from_answering(paced: LabServer) -> None:
    with connected(paced, "2400") as busy, connected(paced, "BOP 36-12") as supply:
        busy.sendall(LONG)
        assert asked(supply, "FUNC:MODE CURR;:OUTP 1;:CURR 1;:CURR?") == "1.00002E0"
        with connected(paced, "81160A") as generator:
            assert asked(generator, ":OUTP1?;:SYST:ERR:CODE?") == "0;+0"
        busy.setblocking(False)
        with pytest.raises(BlockingIOError):
            busy.recv(1)


def test_a_client_that_dies_frees_its_instrument(
    paced: LabServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_module, "_PATIENCE_S", 0.0)
    with connected(paced, "2400") as busy:
        assert asked(busy, ":OUTP ON;*OPC?") == "1"
        busy.sendall(LONG)
    with connected(paced, "2400") as next_client:
        assert asked(next_client, ":OUTP?;:OUTP OFF;:OUTP?;:SYST:ERR:CODE?") == "1;0;0"


def test_a_client_that_has_said_all_it_wanted_gets_its_replies(paced: LabServer) -> None:
    with connected(paced, "2400") as client:
        client.sendall(b"*IDN?\n:OUTP?\n:SOUR:FUNC?\n")
        client.shutdown(socket.SHUT_WR)
        with client.makefile("rb") as replies:
            lines = replies.read().splitlines()
    assert lines[1:] == [b"0", b"VOLT"]
    assert lines[0].startswith(b"KEITHLEY")


def test_three_hundred_clients_at_once_are_answered() -> None:
    with (
        LabServer(open_lab("trapezoid?name=tcp-crowd"), first_port=0) as server,
        ExitStack() as stack,
    ):
        clients = [stack.enter_context(connected(server, "425")) for _ in range(300)]
        for client in clients:
            client.sendall(b"UNIT?\n")
        assert {client.recv(10) for client in clients} == {b"1\r\n"}


def test_a_flood_without_a_newline_is_an_error_and_the_connection_lives_on() -> None:
    with (
        LabServer(open_lab("trapezoid?name=tcp-flood"), first_port=0) as server,
        connected(server, "2400") as client,
    ):
        client.sendall(b"x" * 3_000_000 + b"\n")
        assert asked(client, ":SYST:ERR?") == '-363,"Input buffer overrun"'
        assert asked(client, ":SYST:ERR?;*OPC?") == '0,"No error";1'
