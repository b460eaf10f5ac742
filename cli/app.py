"""The command line `dwmtj`: one thin layer over the rooms below.

Exit codes: 0 all is well; 1 a measurement started and did not finish; 2 what was asked for is
wrong (a parameter, a bench file, an address, a database), said in one sentence, nothing begun.
"""

import io
import logging
import os
import sys

import typer

from ..errors import DwmtjError
from . import bench, models, runs, store
from .calibrate import calibrate
from .console import print_error
from .demo.demo import demo
from .figures import figures
from .infer import app as infer
from .learn import app as learn
from .network import app as network
from .protocols import protocols
from .report import report
from .run import run
from .serve import serve

app = typer.Typer(
    name="dwmtj",
    help="Measure domain-wall MTJ devices, real or simulated, and keep every point.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(demo)
app.command()(run)
app.add_typer(runs.app, name="runs")
app.add_typer(store.app, name="store")
app.command()(figures)
app.command()(report)
app.command()(calibrate)
app.add_typer(models.app, name="models")
app.add_typer(learn.app, name="learn")
app.add_typer(infer.app, name="infer")
app.add_typer(network.app, name="network")
app.command()(protocols)
app.add_typer(bench.app, name="bench")
app.command()(serve)


def main() -> None:
    """Run a command; bad input becomes one sentence on stderr and exit code 2."""
    _speak_plainly()
    try:
        try:
            app()
        finally:
            print(end="", flush=True)  # at the interpreter's end it is too late for an exit code
    except Exception as error:
        if isinstance(error, OSError) and _nobody_listens():
            sys.exit(1)
        if not isinstance(error, DwmtjError):
            raise
        print_error(error)
        sys.exit(2)


def _speak_plainly() -> None:
    """Print whatever a terminal cannot show as an escape, and no traceback of what is handled."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    if logging.lastResort is not None:  # it speaks only where nobody configured logging
        logging.lastResort.addFilter(lambda record: not record.exc_info)


def _nobody_listens() -> bool:
    """Whether stdout takes no more: a full disk, a closed pipe. From then on it goes nowhere."""
    try:
        print(end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return True
    return False
