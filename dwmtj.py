"""The command line `dwmtj`: one thin layer over the rooms below.

Exit codes: 0 all is well; 1 a measurement started and did not finish; 2 what was asked for is
wrong (a parameter, a bench file, an address, a database), said in one sentence, nothing begun.
"""

import sys

import typer

from cli import bench, runs
from cli.console import print_error
from cli.demo import demo
from cli.protocols import protocols
from cli.run import run
from cli.serve import serve

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
app.command()(protocols)
app.add_typer(bench.app, name="bench")
app.command()(serve)


def main() -> None:
    """Run a command; bad input becomes one sentence on stderr and exit code 2."""
    try:
        app()
    except Exception as error:
        from cli.errors import EXPECTED  # imports every room; only needed here

        if not isinstance(error, EXPECTED):
            raise
        print_error(error)
        sys.exit(2)


if __name__ == "__main__":
    main()
