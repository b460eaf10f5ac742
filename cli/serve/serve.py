"""`dwmtj serve`: the virtual bench over TCP, for any language that can open a socket."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from ...lab_address import LabAddress
from ...storage import atomic_write, check_overwrite, database_place
from ..console import print_line, print_message
from ..options import DatabaseOption
from .bench_file import bench_file_text
from .record import Record

_RECORD_EVERY_S = 0.2
_NO_BENCH = (
    "No bench file is made for a lab without a resistance meter: write one with these addresses."
)


def serve(
    lab: Annotated[
        str, typer.Argument(help="Virtual lab: trapezoid, straight, …, a lab file, or model:NAME.")
    ] = "trapezoid",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the first instrument; the others follow.")
    ] = 5025,
    full_speed: Annotated[
        bool,
        typer.Option(
            "--full-speed", help="Wait for no instrument: its work takes simulated time only."
        ),
    ] = False,
    bench_file: Annotated[
        Path | None,
        typer.Option("--bench-file", metavar="FILE", help="Write the bench file here instead."),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record",
            metavar="FILE",
            help="Keep the largest set points, levels, currents and fields in this JSON file.",
        ),
    ] = None,
    database: DatabaseOption = None,
) -> None:
    """Serve the virtual instruments over TCP until Ctrl-C, in real time.

    Each answers on a port of its own. Prints a bench file for them, ready to use.

    \b
    Examples:
      dwmtj serve
      dwmtj serve straight --port 6000 --bench-file served.toml
      dwmtj serve model:trapezoid-A3 --database lab.sqlite
    """
    from pyvisa_dwmtj import StoreModels

    from ...simulators.bench import LabServer, open_lab  # compiles; nobody else waits

    for path in filter(None, (bench_file, record)):
        check_overwrite(path, overwrite=False)
    served = open_lab(_address(lab, database, full_speed), resolve_model=StoreModels())
    with LabServer(served, host=host, first_port=port) as server:
        for model, resource in server.addresses.items():
            print_line(f"{model}: {resource}")
        text = bench_file_text(served, server.addresses)
        if bench_file is None:
            print_line(f"\n{text}" if text else "")
        elif text:
            with atomic_write(bench_file) as draft:
                draft.write_text(text, encoding="utf-8")
        for warning in filter(None, (server.warning, "" if text else _NO_BENCH)):
            print_message(warning)
        print_message("Serving; Ctrl-C stops.")
        largest = Record(served, record) if record else None
        with _until_stopped() as stopped:
            while not stopped.wait(_RECORD_EVERY_S if largest else None):
                if largest:
                    largest.update()
        if largest:
            largest.update()
        print_message("Stopped.")


def _address(lab: str, database: str | None, full_speed: bool) -> LabAddress:
    address = LabAddress.parse(lab)
    if database is not None and address.may_hold_twin:
        address = address.with_options(database=database_place(database))
    if address.option("real_time") is None:
        address = address.with_options(real_time=0 if full_speed else 1)
    return address


@contextmanager
def _until_stopped() -> Iterator[threading.Event]:
    """Yield an event that SIGTERM sets, as Ctrl-C does."""
    stopped = threading.Event()
    before = signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    try:
        yield stopped
    except KeyboardInterrupt:
        stopped.set()
    finally:
        signal.signal(signal.SIGTERM, before)
