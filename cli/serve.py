"""`dwmtj serve`: the virtual bench over TCP, for any language that can open a socket."""

import time
from typing import Annotated

import typer

from ..lab_address import LabAddress
from ..storage import database_path
from .console import print_line, print_message
from .options import DatabaseOption


def serve(
    lab: Annotated[
        str, typer.Argument(help="Virtual lab: trapezoid, straight, …, a lab file, or model:NAME.")
    ] = "trapezoid",
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of the first instrument; the others follow.")
    ] = 5025,
    database: DatabaseOption = None,
) -> None:
    """Serve the virtual instruments over TCP until Ctrl-C.

    Each answers on a port of its own.

    \b
    Examples:
      dwmtj serve
      dwmtj serve straight --port 6000
      dwmtj serve model:trapezoid-A3 --database lab.sqlite
    """
    from pyvisa_dwmtj import StoreModels

    from ..simulators.bench import LabServer, open_lab  # compiles; nobody else waits

    address = LabAddress.parse(lab)
    if database is not None and address.may_hold_twin:
        address = address.with_options(database=database_path(database))
    served = open_lab(address, resolve_model=StoreModels())
    with LabServer(served, host=host, first_port=port) as server:
        for model, resource in server.addresses.items():
            print_line(f"{model}: {resource}")
        if server.warning:
            print_message(server.warning)
        print_message("Serving; Ctrl-C stops.")
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            print_message("Stopped.")
