"""A virtual bench behind TCP ports, as a bench of real instruments reaches it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from dwmtj.cli.serve.bench_file import bench_file_text
from dwmtj.instruments import BenchFile, parse_bench_file
from dwmtj.simulators.bench import LabServer, open_lab

_numbers = count()

OFF = {"81160A": ":OUTP1?", "2400": ":OUTP?", "BOP 36-12": "OUTP?"}


class TcpBench:
    """A served lab, the text of a bench file for it, and what its instruments are doing."""

    def __init__(self, server: LabServer) -> None:
        self._lab = server.lab
        self.addresses = dict(server.addresses)

    @property
    def text(self) -> str:
        text = bench_file_text(self._lab, self.addresses)
        return text.replace("served-trapezoid", "tcp").replace("_per_s = 0.1", "_per_s = 0.5")

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
