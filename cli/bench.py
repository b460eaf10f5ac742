"""`dwmtj bench`: check and inspect instruments."""

import typer

from ..instruments import open_bench
from ..instruments.drivers import describe
from .console import print_table
from .options import BenchOption, choose_bench

app = typer.Typer(no_args_is_help=True, help="Check and inspect instruments.")


@app.command()
def check(bench: BenchOption = None) -> None:
    """Open every instrument, compare its identity with the bench file, and read it once.

    \b
    Examples:
      dwmtj bench check
      dwmtj bench check --bench bench.toml
    """
    bench_file = choose_bench(bench)
    with open_bench(bench_file) as opened:
        readings = opened.read_once()
        identities = opened.identities()
    print_table(
        f"Bench {bench_file.name}: all instruments answer",
        ("role", "driver", "identity", "reading"),
        [
            (role, where, identities[role], readings[role])
            for role, where in describe(bench_file).items()
        ],
    )
