"""The command line `dwmtj`: one thin layer over the rooms below.

Exit codes: 0 success; 1 a measurement started and did not finish, or a replay differs; 2 invalid
input (a parameter, a bench file, an address, a database), named in one sentence, and nothing was
started.
"""

import io
import logging
import sys
from pathlib import Path
from typing import Annotated

import typer

from ..errors import DwmtjError
from .console import StdoutClosedError, discard_stdout, print_error
from .lazy_group import LazyGroup, add_lazily
from .log import configure_logging

COMMANDS = {
    "demo": ("demo.demo:demo", "Measure both virtual synapses and compare them with the paper."),
    "gui": ("gui:gui", "Open the bench window (needs dwmtj[gui])."),
    "run": ("run:run", "Run a protocol on a bench and store every point."),
    "runs": ("runs.app:app", "List, show, import, export and replay stored runs."),
    "store": ("store:app", "Maintain the database file."),
    "figures": ("figures:figures", "Draw the paper's figures for runs: PNG, SVG and CSV."),
    "report": ("report:report", "Write figures, numbers and provenance of runs into one page."),
    "wafer": (
        "unattended.wafer:wafer",
        "How devices vary over a wafer, and their yield.",
    ),
    "retention": ("runs.retention:retention", "Lifetimes of written states, and their barrier."),
    "calibrate": ("calibrate:calibrate", "Calibrate a state model from runs and store it."),
    "models": ("models.app:app", "List, show, compare and export state models."),
    "learn": ("learn.app:app", "Train networks of devices (needs dwmtj[learning])."),
    "infer": ("infer.app:app", "Run trained networks on devices (needs dwmtj[learning])."),
    "apply": ("apply.apply:apply", "From a device's readings to a network (dwmtj[learning])."),
    "network": ("network.app:app", "Write trained networks onto an array (dwmtj[learning])."),
    "micromag": ("micromag.app:app", "Simulate notched tracks micromagnetically."),
    "protocols": ("protocols:protocols", "List the protocols, or the parameters of one."),
    "bench": ("bench:app", "Check and inspect instruments."),
    "serve": ("serve.serve:serve", "Serve the virtual instruments over TCP until Ctrl-C."),
    "station": ("station:app", "Start, list and end stations, each of which owns a bench."),
    "trace": ("trace:app", "Read traces of the exchanges with instruments."),
}
"""Every command: where it is imported from when it is called, and its line in `dwmtj --help`."""

app = typer.Typer(
    cls=LazyGroup,
    name="dwmtj",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
for name, (target, summary) in COMMANDS.items():
    add_lazily(app, name, target, summary)


@app.callback()
def dwmtj(
    context: typer.Context,
    verbose: Annotated[
        int,
        typer.Option(
            "--verbose",
            "-v",
            count=True,
            show_default=False,
            help="Log what is done on stderr; -vv logs each step. See also DWMTJ_LOG.",
        ),
    ] = 0,
    trace_file: Annotated[
        Path | None,
        typer.Option(
            "--trace",
            metavar="FILE",
            envvar="DWMTJ_TRACE",
            help="Append every exchange with every instrument to this file.",
        ),
    ] = None,
) -> None:
    """Measure domain-wall MTJ devices, real or simulated, and keep every point."""
    configure_logging(verbose)
    if trace_file is not None and context.invoked_subcommand != "trace":
        from ..instruments.tracing import trace_to

        context.with_resource(trace_to(trace_file))


def main() -> None:
    """Run a command; invalid input ends in one sentence on stderr and exit code 2."""
    _configure_output()
    try:
        try:
            app()
        finally:
            print(end="", flush=True)  # at the interpreter's end it is too late for an exit code
    except Exception as error:
        if isinstance(error, StdoutClosedError):  # without a buffer, a flush would not tell
            discard_stdout()
            sys.exit(1)
        if isinstance(error, OSError) and _stdout_closed():
            sys.exit(1)
        if not isinstance(error, DwmtjError):
            raise
        print_error(error)
        sys.exit(2)


def _configure_output() -> None:
    """Escape what a terminal cannot show, and print no traceback of an error that is handled."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if logging.lastResort is not None:  # in use only where logging is not configured
        logging.lastResort.addFilter(lambda record: not record.exc_info)


def _stdout_closed() -> bool:
    """Return whether stdout is full or closed, and discard all further output if it is."""
    try:
        print(end="", flush=True)
    except OSError:
        discard_stdout()
        return True
    return False
