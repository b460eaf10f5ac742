"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from cli.console import err
from instruments import BenchError, BenchFile, load_bench_file

DEFAULT_BENCH = "virtual-trapezoid"

BenchOption = Annotated[
    str | None,
    typer.Option(
        "--bench",
        "-b",
        metavar="FILE",
        help="Bench file, or virtual-trapezoid, virtual-straight, virtual-trapezoid-five-state.",
        show_default=DEFAULT_BENCH,
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        "-d",
        metavar="FILE|URL",
        help="SQLite file or SQLAlchemy URL.",
        show_default="$DWMTJ_DATABASE, else ./dwmtj.sqlite",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON, for scripts.")]
SeedOption = Annotated[
    int | None,
    typer.Option("--seed", min=0, help="Seed of the virtual device; makes the run repeatable."),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", metavar="PATH", help="Where to write.")]


def choose_bench(bench: str | None, seed: int | None = None) -> BenchFile:
    """Load the bench asked for, else the virtual one, and say so; raises BenchError."""
    if bench is None:
        err.print(
            f"No --bench given: measuring on the virtual bench ({DEFAULT_BENCH}), "
            "no instrument is touched.",
            soft_wrap=True,
        )
    bench_file = load_bench_file(bench or DEFAULT_BENCH)
    return bench_file if seed is None else _with_seed(bench_file, seed)


def _with_seed(bench_file: BenchFile, seed: int) -> BenchFile:
    lab, at, back_end = bench_file.visa_library.partition("@")
    if back_end != "dwmtj":
        raise BenchError(
            "--seed only means something on a virtual bench (visa_library ends in @dwmtj); "
            "leave it out for real instruments."
        )
    seeded = f"{lab}{'&' if '?' in lab else '?'}seed={seed}{at}{back_end}"
    return bench_file.model_copy(update={"visa_library": seeded})
