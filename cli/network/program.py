"""`dwmtj network program`: write a readout layer onto an array and run the network with it."""

import shlex
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated, Any

import typer

from ...instruments import Bench, BenchFile, WallClock
from ...lab_address import LabAddress
from ...protocols import ProtocolError
from ...protocols.write_verify import WriteVerify
from ...simulators.networks import require_learning
from ...storage import RunRecord, Store, check_overwrite
from ..console import err
from ..measure import bench_to_measure_on
from ..options import (
    BenchOption,
    DatabaseOption,
    SeedOption,
    choose_bench,
    login_name,
    use_models_from,
)
from .report import report
from .steps import prepare, read, write

ARRAY_BENCH = "virtual-array"
MONTH_S = 30 * 86400.0


def program(
    weights: Annotated[
        Path, typer.Option("--weights", "-w", metavar="FILE", help="Written by dwmtj learn ann.")
    ],
    model: Annotated[
        str, typer.Option("--model", "-m", metavar="MODEL", help="Calibrated on such devices.")
    ],
    to: Annotated[Path, typer.Option("--out", "-o", metavar="FOLDER", help="For the figures.")],
    bench: BenchOption = None,
    most_pulses: Annotated[int, typer.Option(min=1, help="For each device.")] = 100,
    erase: Annotated[
        bool, typer.Option("--erase/--no-erase", help="Saturate the whole array first.")
    ] = True,
    wait: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Read once more after this time; 0 for not at all.",
            show_default="a month where the bench's time is simulated, else 0",
        ),
    ] = None,
    resume: Annotated[
        int | None, typer.Option(metavar="RUN", help="Go on with a run that was broken off.")
    ] = None,
    database: DatabaseOption = None,
    seed: SeedOption = None,
    operator: Annotated[str, typer.Option(help="Who measures.", show_default="login name")] = "",
    notes: Annotated[str, typer.Option(help="Kept with the run.")] = "",
    overwrite: Annotated[bool, typer.Option(help="Replace figures that are there.")] = False,
) -> None:
    """Write a trained readout layer onto an array, read it back, and run the network with it.

    Every weight is a pair of devices. Each device is connected by the switch, read, and fired at
    until it reads as its level; then the whole array is read, at once and after a wait. Images come
    from $DWMTJ_DATA, or are downloaded once. On a virtual bench the array lies in FOLDER and
    outlives the command, as real devices do.

    \b
    Examples:
      dwmtj network program -w network/mnist-0.safetensors -m straight -o written
      dwmtj network program -w network/mnist-0.safetensors -m straight -o written --resume 12
    """
    require_learning()
    check_overwrite(to / "array.png", overwrite=overwrite)
    from ...simulators.networks.neuron_network.file import load_ann

    trained = load_ann(weights)
    with err.status("Planning the pulses"):
        prepared = prepare(trained, model, database, most_pulses, erase=erase)
    with err.status(f"Loading {trained.data_set}"):
        from ...simulators.networks.data.images import load_images
        from ...simulators.networks.neuron_network.training import samples_of

        test = samples_of(load_images(trained.data_set))[1]
    about: dict[str, Any] = {"operator": operator or login_name(), "notes": notes}
    with ExitStack() as opened:
        attempt, begun = 1, None
        if resume is not None:
            store = opened.enter_context(Store.open(database, create=False))
            begun = store.run(resume)
            seed, attempt = _taken_up(begun, seed), len(begun.attempts) + 1
        bench_file = _with_lasting_array(choose_bench(bench, seed, attempt, ARRAY_BENCH), to)
        bench_file = use_models_from(database, bench_file)
        instruments = opened.enter_context(bench_to_measure_on(bench_file))
        prepared.procedure.check(instruments)
        if resume is None:
            store = opened.enter_context(Store.open(database))
        again = _command(weights, model, to, bench, database)
        written = write(prepared, instruments, store, begun, again, seed=seed, **about)
        wait_s = _default_wait_s(instruments) if wait is None else wait
        readings = [read(prepared, instruments, store, 0.0, written, again, **about)]
        if wait_s:
            readings.append(read(prepared, instruments, store, wait_s, written, again, **about))
        report(store, prepared, test, written, readings, bench_file, to)


def _taken_up(begun: RunRecord, seed: int | None) -> int | None:
    """Return the seed of a run that is to go on; raises ProtocolError if it wrote no array."""
    number, first = begun.summary.id, begun.attempts[0].seed
    if begun.summary.protocol != WriteVerify.name:
        raise ProtocolError(
            f"Run {number} is a {begun.summary.protocol}, not a {WriteVerify.name}: give --resume "
            "the number of a run that dwmtj network program has begun."
        )
    if seed not in (None, first):
        raise ProtocolError(
            f"Run {number} was begun with {'no seed' if first is None else f'seed {first}'}, not "
            f"{seed}: leave --seed out to go on with it."
        )
    return first


def _with_lasting_array(bench_file: BenchFile, folder: Path) -> BenchFile:
    """Return the bench with a virtual array kept in the folder, unless its file names another."""
    address = LabAddress.of_library(bench_file.visa_library)
    if address is None or bench_file.switch is None or address.option("state"):
        return bench_file
    library = address.with_options(state=(folder / "array.state").absolute()).library
    return bench_file.model_copy(update={"visa_library": library})


def _default_wait_s(bench: Bench) -> float:
    return 0.0 if isinstance(bench.clock, WallClock) else MONTH_S


def _command(weights: Path, model: str, to: Path, bench: str | None, database: str | None) -> str:
    given = {
        "--weights": str(weights),
        "--model": model,
        "--out": str(to),
        "--bench": bench,
        "--database": database,
    }
    options = [word for name, value in given.items() if value for word in (name, value)]
    return shlex.join(["dwmtj", "network", "program", *options])
