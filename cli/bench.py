"""`dwmtj bench`: check instruments, and make them safe."""

import typer

from ..instruments import open_bench
from ..instruments.drivers import describe
from .console import print_message, print_table
from .options import BenchOption, choose_bench

app = typer.Typer(no_args_is_help=True, help="Check instruments and make them safe.")


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


@app.command()
def safe(bench: BenchOption = None) -> None:
    """Ramp the magnet to zero and switch everything off, whatever state the bench is in.

    Every instrument is tried, also if others do not answer. Exit code 1 if one did not obey.

    \b
    Examples:
      dwmtj bench safe
      dwmtj bench safe --bench bench.toml
    """
    from ..instruments.guard.by_hand import make_safe

    bench_file = choose_bench(bench)
    outcomes = make_safe(bench_file)
    print_table(
        f"Bench {bench_file.name}",
        ("role", "driver", "state"),
        [
            (outcome.instrument, describe(bench_file)[outcome.instrument], outcome.state)
            for outcome in outcomes
        ],
    )
    if failed := [outcome.instrument for outcome in outcomes if outcome.problem is not None]:
        print_message(f"Not safe: {', '.join(failed)}; switch it off by hand.")
        raise typer.Exit(1)
