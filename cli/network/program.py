"""`dwmtj network program`: write a readout layer onto an array and run the network with it."""

import shlex
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

import typer

from ...instruments import Bench, WallClock
from ...protocols.adaptive.write_verify import WriteVerify
from ...protocols.dry_run.estimate import check_against_limits
from ...simulators.networks import require_learning
from ...storage import Status, Store, check_overwrite
from ..console import err, print_line
from ..learn.options import FolderOption, OverwriteOption
from ..measure import open_measurement_bench
from ..options import (
    DatabaseOption,
    SeedOption,
    choose_bench,
    login_name,
    use_models_from,
)
from .report import print_array
from .resuming import seed_of, with_lasting_array
from .steps import ArrayRuns

ARRAY_BENCH = "virtual-array"
ArrayBenchOption = Annotated[
    str | None,
    typer.Option(
        "--bench",
        "-b",
        metavar="FILE",
        help="Bench file with a [switch], or a built-in one.",
        show_default=ARRAY_BENCH,
    ),
]
MONTH_S = 30 * 86400.0


def program(
    weights: Annotated[
        Path,
        typer.Option("--weights", "-w", metavar="FILE", help="Network that dwmtj learn ann wrote."),
    ],
    model: Annotated[
        str,
        typer.Option(
            "--model", "-m", metavar="MODEL", help="State model, calibrated on such devices."
        ),
    ],
    to: FolderOption,
    bench: ArrayBenchOption = None,
    max_pulses: Annotated[int, typer.Option(min=1, help="Maximum pulses per device.")] = 100,
    erase: Annotated[
        bool, typer.Option("--erase/--no-erase", help="Saturate the whole array first.")
    ] = True,
    wait: Annotated[
        float | None,
        typer.Option(
            metavar="SECONDS",
            min=0,
            help="Time before the second reading of the array, in s; 0: no second reading.",
            show_default="a month where the bench's time is simulated, else 0",
        ),
    ] = None,
    resume: Annotated[
        int | None, typer.Option(metavar="RUN", help="Number of an interrupted run to resume.")
    ] = None,
    database: DatabaseOption = None,
    seed: SeedOption = None,
    operator: Annotated[
        str, typer.Option(help="Name of who measures.", show_default="login name")
    ] = "",
    notes: Annotated[str, typer.Option(help="Notes to store with the run.")] = "",
    overwrite: OverwriteOption = False,
) -> None:
    """Write a trained readout layer onto an array, read it back, and run the network with it.

    Every weight is a pair of devices. Each device is connected by the switch, read, and pulsed
    until it reads as its level; then the whole array is read, at once and after a wait. Images come
    from $DWMTJ_DATA, or are downloaded once. On a virtual bench the array's state is a file in
    FOLDER and outlives the command, as real devices do.

    \b
    Examples:
      dwmtj network program -w network/mnist-0.safetensors -m straight -o written
      dwmtj network program -w network/mnist-0.safetensors -m straight -o written --resume 12
    """
    require_learning()
    from ...analysis.state_model.store import find_model
    from ...simulators.networks import plan_array, program_array
    from ...simulators.networks.neuron_network.file import load_ann

    check_overwrite(to / "array.png", overwrite=overwrite)  # before any instrument is opened
    trained = load_ann(weights)
    with err.status("Planning the pulses"):
        plan = plan_array(trained, find_model(model, database), max_pulses=max_pulses, erase=erase)
    with ExitStack() as opened:
        attempt, finished, original = 1, None, None
        if resume is not None:
            store = opened.enter_context(Store.open(database, create=False))
            original = store.run(resume)
            seed = seed_of(original, seed, WriteVerify.name, "dwmtj network program")
            attempt = len(original.attempts) + 1
            finished = resume if original.summary.status is Status.FINISHED else None
        bench_file = choose_bench(bench, seed, attempt, ARRAY_BENCH)
        bench_file = use_models_from(database, with_lasting_array(bench_file, to, original))
        check_against_limits(plan.procedure, bench_file)
        instruments = opened.enter_context(open_measurement_bench(bench_file))
        if resume is None:
            store = opened.enter_context(Store.open(database))
        if finished is not None:
            print_line(f"run {finished}: the array is written")
        output = program_array(
            to,
            plan,
            instruments,
            store,
            wait_s=_default_wait_s(instruments) if wait is None else wait,
            resume=resume,
            overwrite=overwrite,
            measure=ArrayRuns(_command(weights, model, to, bench, database), finished),
            seed=seed,
            operator=operator or login_name(),
            notes=notes,
        )
        print_array(output, to)


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
