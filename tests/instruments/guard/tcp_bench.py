"""A virtual bench behind TCP ports, as a bench of real instruments reaches it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from dwmtj.instruments import BenchFile, parse_bench_file
from dwmtj.simulators.bench import LabServer, open_lab

_numbers = count()

OFF = {"81160A": ":OUTP1?", "2400": ":OUTP?", "BOP 36-12": "OUTP?"}


class TcpBench:
    """A served lab, the text of a bench file for it, and what its instruments are doing."""

    def __init__(self, server: LabServer) -> None:
        self.addresses = dict(server.addresses)

    @property
    def text(self) -> str:
        at = self.addresses
        return f"""
name = "tcp"
visa_library = "@py"
device = {{ name = "tcp" }}
wiring = {{}}
[pulse_generator]
driver = "Keysight81160A"
address = "{at["81160A"]}"
amplifier_gain = 2.0
[resistance_meter]
driver = "Keithley2400"
address = "{at["2400"]}"
nplc = 0.01
[limits]
pulse_amplitude_V = 6.0
pulse_width_s = 1e-6
read_current_A = 200e-6
read_voltage_V = 0.5
field_T = 0.13
field_rate_T_per_s = 0.5
[magnet]
driver = "KepcoBOP3612"
address = "{at["BOP 36-12"]}"
coil_T_per_A = 0.0125
[magnet.gaussmeter]
driver = "LakeShore425"
address = "{at["425"]}"
"""

    @property
    def file(self) -> BenchFile:
        return parse_bench_file(self.text, "bench.toml")

    def write(self, folder: Path) -> Path:
        path = folder / "bench.toml"
        path.write_text(self.text)
        return path

    def ask(self, model: str, query: str) -> str:
        _, host, port, _ = self.addresses[model].split("::")
        with socket.create_connection((host, int(port))) as connection:
            connection.sendall(f"{query}\n".encode())
            return connection.makefile().readline().strip()

    def send(self, model: str, *messages: str) -> None:
        for message in messages:
            self.ask(model, f"{message};*OPC?")

    def switch_on(self) -> None:
        """Switch everything on: the outputs, and 4 A in the coil."""
        self.send("81160A", ":OUTP1 ON")
        self.send("2400", ":OUTP ON")
        self.send("BOP 36-12", "FUNC:MODE CURR", "VOLT 36", "CURR 4", "OUTP 1")

    def outputs(self) -> list[str]:
        """Return the states of generator, meter and supply, 1 or 0."""
        return [self.ask(model, query) for model, query in OFF.items()]


@contextmanager
def served_bench() -> Iterator[TcpBench]:
    lab = open_lab(f"trapezoid?real_time=1&name=guard-{next(_numbers)}")
    with LabServer(lab, first_port=0) as server:
        yield TcpBench(server)


def off(bench: TcpBench) -> Callable[[], bool]:
    return lambda: bench.outputs() == ["0", "0", "0"]
