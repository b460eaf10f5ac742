"""`dwmtj network train`: train a readout layer with the conductances of its own devices."""

import shlex
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from ...instruments import Bench, BenchFile
from ...protocols.adaptive.train_array import TrainArray
from ...protocols.dry_run.estimate import check_against_limits
from ...protocols.procedure import BenchProcedure
from ...protocols.running.runner import RunOutcome
from ...simulators.networks import require_learning
from ...storage import Store, check_overwrite
from ..console import err, print_message, print_pairs
from ..learn.options import FolderOption, OverwriteOption
from ..measure import measure, open_measurement_bench
from ..options import DatabaseOption, SeedOption, choose_bench, login_name, use_models_from
from .program import ARRAY_BENCH, ArrayBenchOption
from .report import print_training
from .resuming import check_options, seed_of, with_lasting_array

if TYPE_CHECKING:
    from ...analysis.state_model.model import StateModel
    from ...simulators.networks.array_training.plan import TrainingPlan
    from ...simulators.networks.programming.array import Measure


def train(
    weights: Annotated[
        Path,
        typer.Option(
            "--weights",
            "-w",
            metavar="FILE",
            help="Network that dwmtj learn ann wrote; its hidden layer is computed.",
        ),
    ],
    model: Annotated[
        str,
        typer.Option(
            "--model", "-m", metavar="MODEL", help="State model, calibrated on such devices."
        ),
    ],
    to: FolderOption,
    on: Annotated[
        Literal["bench", "twin"],
        typer.Option(help="Who answers: the bench, or the digital twin of the model."),
    ] = "bench",
    bench: ArrayBenchOption = None,
    rule: Annotated[
        Literal["write", "pulse"],
        typer.Option(help="Write devices to levels, or fire single pulses at thresholds."),
    ] = "write",
    steps: Annotated[int, typer.Option(min=1, help="Number of steps.")] = 100,
    batch: Annotated[int, typer.Option(min=1, help="Images per step.")] = 2000,
    visits: Annotated[int, typer.Option(min=1, help="Maximum devices visited per step.")] = 200,
    learning_rate: Annotated[
        float, typer.Option(min=0, help="Largest change of a weight per step, in its range.")
    ] = 0.2,
    read_every: Annotated[
        int, typer.Option(min=1, help="Steps between readings of the whole array.")
    ] = 50,
    erase: Annotated[
        bool, typer.Option("--erase/--no-erase", help="Saturate the whole array first.")
    ] = True,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Estimate pulses and time on the twin; store nothing."),
    ] = False,
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
    """Train a readout layer on an array: read conductances, take the gradient, pulse, repeat.

    Each step computes the network with the conductances read from the array, and visits the devices
    whose weights are to change. Every reading is stored. With --on twin the digital twin answers in
    place of the bench, with the same code. Images come from $DWMTJ_DATA, or are downloaded once. On
    a virtual bench the array's state is a file in FOLDER and outlives the command.

    \b
    Examples:
      dwmtj network train -w network/mnist-0.safetensors -m straight -o trained --on twin
      dwmtj network train -w network/mnist-0.safetensors -m straight -o trained
      dwmtj network train -w network/mnist-0.safetensors -m straight -o trained --resume 12
    """
    require_learning()
    from ...analysis.state_model.store import find_model
    from ...simulators.networks import TrainingSettings, plan_training, train_array
    from ...simulators.networks.neuron_network.file import load_ann

    if not dry_run:
        check_overwrite(to / "training.png", overwrite=overwrite)
    trained, found = load_ann(weights), find_model(model, database)
    with ExitStack() as opened:
        attempt, original = 1, None
        if resume is not None:
            store = opened.enter_context(Store.open(database, create=False))
            original = store.run(resume)
            seed = seed_of(original, seed, TrainArray.name, "dwmtj network train")
            attempt = len(original.attempts) + 1
        settings = TrainingSettings(
            rule=rule,
            steps=steps,
            batch=batch,
            visits=visits,
            learning_rate=learning_rate,
            read_every=read_every,
            erase=erase,
            seed=seed or 0,
        )
        bench_file = _bench_file(bench, on, seed, attempt, found, dry_run=dry_run)
        with err.status("Planning the training"):
            plan = plan_training(trained, found, settings)
        if original is not None:
            check_options(original, plan.learner.document(), on)
        check_against_limits(plan.procedure, bench_file)
        if dry_run:
            _print_estimate(plan, bench_file, seed)
            return
        if on == "bench":
            bench_file = use_models_from(database, with_lasting_array(bench_file, to, original))
            instruments = opened.enter_context(open_measurement_bench(bench_file))
        else:
            points = None if resume is None else store.points(resume, all_attempts=True)
            instruments = _twin(plan, bench_file, seed, attempt, points)
        if resume is None:
            store = opened.enter_context(Store.open(database))
        given = {
            "--weights": weights,
            "--model": model,
            "--out": to,
            "--on": on,
            "--bench": bench,
            "--rule": rule,
            "--steps": steps,
            "--batch": batch,
            "--visits": visits,
            "--learning-rate": learning_rate,
            "--read-every": read_every,
            "--database": database,
        }
        output = train_array(
            to,
            plan,
            instruments,
            store,
            resume=resume,
            overwrite=overwrite,
            measure=_with_progress(_command(given, "" if erase else " --no-erase")),
            seed=seed,
            operator=operator or login_name(),
            notes=notes,
        )
    print_training(output, to)


def _bench_file(
    bench: str | None,
    on: str,
    seed: int | None,
    attempt: int,
    model: "StateModel",
    *,
    dry_run: bool,
) -> BenchFile:
    """Load the bench file; for the twin of a model its limits alone count, which is announced."""
    if on == "bench" and not dry_run:
        return choose_bench(bench, seed, attempt, ARRAY_BENCH)
    bench_file = choose_bench(bench or ARRAY_BENCH)
    print_message(
        f"The digital twin of {model.name}:{model.version} answers, within the limits of the bench "
        f"{bench_file.name}; no instrument is touched."
    )
    return bench_file


def _with_progress(command: str) -> "Measure":
    """Return what runs a protocol with a progress bar; `command` repeats the training."""

    def measured(procedure: BenchProcedure, bench: Bench, store: Store, **about: Any) -> RunOutcome:
        cycles = procedure.expected_cycles()
        return measure(procedure, bench, store, "train", command, cycles, **about)

    return measured


def _twin(
    plan: "TrainingPlan", bench_file: BenchFile, seed: int | None, attempt: int, points: Any
) -> Bench:
    from ...simulators.networks import twin_bench

    random = (1 if seed is None else seed, attempt)
    return twin_bench(bench_file, plan.model, seed=random, points=points)


def _print_estimate(plan: "TrainingPlan", bench_file: BenchFile, seed: int | None) -> None:
    """Train on the twin without storing anything, and print what a bench would do."""
    from ...quantities import format_duration, format_quantity

    bench = _twin(plan, bench_file, seed, 1, None)
    cycles, pulses, readings = plan.procedure.expected_cycles(), 0, 0
    with err.status("Training on the digital twin") as status:
        for point in plan.procedure.steps(bench):
            readings += 1
            pulses += point.amplitude_V is not None
            status.update(f"Training on the digital twin: cycle {point.cycle + 1} of {cycles}")
    bench.make_safe()
    largest_V = max(map(abs, plan.procedure.set_points().amplitudes_V))
    print_pairs(
        f"{plan.procedure.name} on {bench_file.name}, as its digital twin does it: nothing is set "
        "and nothing is stored",
        [
            ("steps", str(plan.learner.settings.steps)),
            ("readings", f"about {readings}"),
            ("pulses", f"about {pulses}, up to {format_quantity(largest_V, 'V')}"),
            ("duration", f"about {format_duration(bench.clock.now_s())} with real instruments"),
        ],
    )


def _command(given: Mapping[str, Any], flags: str) -> str:
    options = [word for name, value in given.items() if value for word in (name, str(value))]
    return shlex.join(["dwmtj", "network", "train", *options]) + flags
