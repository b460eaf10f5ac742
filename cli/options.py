"""Options that several commands share, and the opening of what they name.

A command that reads a database does not wait for the drivers of instruments, nor one that checks a
bench for the database: each room is imported where it is used.
"""

import getpass
from contextlib import suppress
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ..errors import DwmtjError
from ..lab_address import LabAddress
from .console import print_message

if TYPE_CHECKING:
    from ..analysis.levels.grouping.given import Wanted
    from ..instruments import BenchFile
    from ..storage import Store

DEFAULT_BENCH = "virtual-trapezoid"

BenchOption = Annotated[
    str | None,
    typer.Option(
        "--bench",
        "-b",
        metavar="FILE",
        help="Bench file, or the name of a built-in one: virtual-trapezoid, virtual-straight, "
        "virtual-trapezoid-five-state, virtual-array, virtual-wafer.",
        show_default=DEFAULT_BENCH,
    ),
]
DatabaseOption = Annotated[
    str | None,
    typer.Option(
        "--database",
        "-d",
        metavar="FILE|URL",
        help="Database: SQLite file or SQLAlchemy URL.",
        show_default="$DWMTJ_DATABASE, else ./dwmtj.sqlite",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON instead of a table.")]
SeedOption = Annotated[
    int | None,
    typer.Option(
        "--seed",
        min=0,
        max=2**32 - 1,
        help="Random seed of the virtual device; makes the run repeatable.",
    ),
]
OutOption = Annotated[
    Path, typer.Option("--out", "-o", metavar="FOLDER", help="Folder of the files to write.")
]
TemperatureOption = Annotated[
    str | None,
    typer.Option(
        "--temperature",
        metavar="K|°C",
        help="Temperature of the device, such as 358K or 85C: set if the bench has a controller, "
        "else stated and not measured. A virtual device is simulated at it.",
        show_default="not stated",
    ),
]
LevelsOption = Annotated[
    str | None,
    typer.Option(
        "--levels",
        metavar="N|R,R,…",
        help="Number of levels, or their resistances in ohm.",
        show_default="found from the readings",
    ),
]

TrackOption = Annotated[
    str | None,
    typer.Option(
        "--track-resistance",
        metavar="R",
        help="Resistance of the track, for the energy of pulses, such as 4.1k or '820 ohm'.",
        show_default="that of the bench file",
    ),
]

CompareOption = Annotated[
    Literal["before-after", "devices", "states", "widths"] | None,
    typer.Option(
        help="Show the runs together: before-after (two), devices, states (TMR against bias), "
        "or widths (switching probability).",
        show_default="each run by itself",
    ),
]


def parsed_track(text: str | None) -> float | None:
    """Return the resistance in ohm of `--track-resistance`; raises typer.BadParameter."""
    if text is None:
        return None
    from ..quantities import QuantityError, parse_quantity

    try:
        resistance_ohm = parse_quantity(text, "ohm")
    except QuantityError as error:
        raise typer.BadParameter(
            f"{text!r} is no resistance{error}.", param_hint="--track-resistance"
        ) from error
    if not 0 < resistance_ohm < float("inf"):
        raise typer.BadParameter(
            f"{text!r} is no resistance above zero.", param_hint="--track-resistance"
        )
    return resistance_ohm


def parsed_levels(text: str | None) -> "Wanted | None":
    """Return the levels of `--levels`; raises typer.BadParameter for anything else."""
    if text is None:
        return None
    with suppress(ValueError):
        if text.isdecimal():
            return int(text)
        levels_ohm = [float(part) for part in text.split(",")]
        if all(0 < level_ohm < inf for level_ohm in levels_ohm):
            return levels_ohm
    raise typer.BadParameter(
        f"{text!r} is neither a number of levels nor resistances above zero, such as 100,93,76,67.",
        param_hint="--levels",
    )


def parsed_temperature_K(text: str | None, option: str = "--temperature") -> float | None:
    """Return a temperature in K; raises DwmtjError unless the text is one with its unit."""
    from ..quantities import QuantityError, parse_temperature_K

    if text is None:
        return None
    try:
        return parse_temperature_K(text)
    except QuantityError as error:
        raise DwmtjError(f"{option} {text} {error}.") from error


def open_to_read(database: str | None) -> "Store":
    """Open an existing database, read-only if it is of an older version or cannot be written.

    Raises StoreError.
    """
    from ..storage import Store, StoreError

    try:
        return Store.open(database, create=False, upgrade=False)
    except StoreError:
        return Store.open(database, read_only=True, lock_timeout_s=0)


def choose_bench(
    bench: str | None,
    seed: int | None = None,
    attempt: int = 1,
    default: str = DEFAULT_BENCH,
    temperature_K: float | None = None,
) -> "BenchFile":
    """Load a bench file, by default a virtual bench, which is announced; raises BenchError.

    Later attempts at a run simulate the same device (its seed) with other random numbers. A virtual
    device is simulated at `temperature_K` if it is given.
    """
    from ..instruments import BenchError, load_bench_file

    if bench is None:
        print_message(
            f"No --bench given: using the virtual bench {default}; no instrument is touched."
        )
    bench_file = load_bench_file(bench or default)
    address = LabAddress.of_library(bench_file.visa_library)
    if address is None and seed is not None:
        raise BenchError(
            "--seed applies to a virtual bench only (visa_library ends in @dwmtj); omit it for "
            "real instruments."
        )
    if address is None:
        return bench_file
    if temperature_K is not None:
        address = address.with_options(temperature_K=repr(temperature_K))
    if seed is not None:
        address = address.with_options(seed=seed)
    if attempt > 1:
        address = address.with_options(attempt=attempt)
    return bench_file.model_copy(update={"visa_library": address.library})


def use_models_from(database: str | None, bench_file: "BenchFile") -> "BenchFile":
    """Return the bench; a virtual one looks for the model of its twin in this database first."""
    address = LabAddress.of_library(bench_file.visa_library)
    if address is None or database is None or not address.may_hold_twin:
        return bench_file
    from ..storage import database_place

    library = address.with_options(database=database_place(database)).library
    return bench_file.model_copy(update={"visa_library": library})


def login_name() -> str:
    """Return the name of the user, or an empty text if the system has none."""
    try:
        return getpass.getuser()
    except (ImportError, KeyError, OSError):
        return ""
