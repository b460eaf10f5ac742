"""Options that several commands share."""

import getpass
from pathlib import Path
from typing import Annotated

import typer

from ..instruments import BenchError, BenchFile, load_bench_file
from ..storage import Store, StoreError
from .console import print_message

DEFAULT_BENCH = "virtual-trapezoid"

BenchOption = Annotated[
    str | None,
    typer.Option(
        "--bench",
        "-b",
        metavar="FILE",
        help="Bench file, or a built-in one: virtual-trapezoid, virtual-straight, "
        "virtual-trapezoid-five-state, virtual-array.",
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
    typer.Option(
        "--seed",
        min=0,
        max=2**32 - 1,
        help="Seed of the virtual device; makes the run repeatable.",
    ),
]
OutOption = Annotated[Path, typer.Option("--out", "-o", metavar="PATH", help="Where to write.")]


def open_to_read(database: str | None) -> Store:
    """Open an existing database, read-only if it is of an older version or cannot be written.

    Raises StoreError.
    """
    try:
        return Store.open(database, create=False, upgrade=False)
    except StoreError:
        return Store.open(database, read_only=True, lock_timeout_s=0)


def choose_bench(
    bench: str | None, seed: int | None = None, attempt: int = 1, default: str = DEFAULT_BENCH
) -> BenchFile:
    """Load the bench asked for, else the virtual one, and say so; raises BenchError.

    A later attempt at a run has a virtual device of the same seed, but not its random numbers.
    """
    if bench is None:
        print_message(
            f"No --bench given: measuring on the virtual bench ({default}), "
            "no instrument is touched."
        )
    bench_file = load_bench_file(bench or default)
    options = [] if seed is None else [f"seed={seed}"]
    lab, _, back_end = bench_file.visa_library.rpartition("@")
    if options and back_end != "dwmtj":
        raise BenchError(
            "--seed only means something on a virtual bench (visa_library ends in @dwmtj); "
            "leave it out for real instruments."
        )
    if attempt > 1 and back_end == "dwmtj":
        options.append(f"attempt={attempt}")
    if not options:
        return bench_file
    library = f"{lab}{'&' if '?' in lab else '?'}{'&'.join(options)}@{back_end}"
    return bench_file.model_copy(update={"visa_library": library})


def look_for_twins_in(database: str | None, bench_file: BenchFile) -> None:
    """Let a virtual bench find the model of its twin in the database of the run, too."""
    if bench_file.visa_library.endswith("@dwmtj"):
        from pyvisa_dwmtj import use_models_of  # compiles; PyVISA is about to import it anyway

        use_models_of(database)


def login_name() -> str:
    """Return who is logged in, or nothing where the system does not tell."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""
