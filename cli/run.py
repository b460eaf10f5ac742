"""`dwmtj run`: run one protocol on a bench and store its points."""

import shlex
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import Annotated

import typer

from ..protocols import ProtocolError
from ..protocols.adaptive.write_verify import WriteVerify
from ..protocols.catalogue import make_protocol
from ..protocols.procedure import BenchProcedure
from ..protocols.running.scanning import scanned_runs
from ..storage import RunRecord, Store, StoreError
from ..wording import counted, with_article
from .console import print_outcome
from .dry_run import print_dry_run
from .measure import measure, open_measurement_bench
from .options import (
    BenchOption,
    DatabaseOption,
    SeedOption,
    TemperatureOption,
    choose_bench,
    login_name,
    parsed_temperature_K,
    use_models_from,
)
from .runs.write_verify import print_ending, write_verify
from .scan import RunNotes, print_scan, run_scan


def run(
    protocol: Annotated[
        str,
        typer.Argument(
            help="Name of the protocol, see `dwmtj protocols`; or the file of a sequence, .toml."
        ),
    ],
    bench: BenchOption = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter", "-p", metavar="NAME=VALUE", help="Parameter of the protocol; repeatable."
        ),
    ] = None,
    scan: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=v1,v2,…",
            help="Values of a parameter, one run each; repeatable, for all combinations.",
        ),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="MODEL",
            help="State model that write-verify follows: NAME, NAME:VERSION, or a .json file.",
            show_default=False,
        ),
    ] = None,
    level: Annotated[
        int | None,
        typer.Option(
            metavar="K",
            help="Level that write-verify writes; 0 has the largest resistance.",
            show_default=False,
        ),
    ] = None,
    stop_if: Annotated[
        str | None,
        typer.Option(
            metavar="CONDITION",
            help="Stop the run as failed after a point that fulfils this, such as "
            '"resistance_ohm < 40"; instead of stop_if in the bench file.',
            show_default=False,
        ),
    ] = None,
    resume: Annotated[
        int | None, typer.Option(metavar="RUN", help="Resume an interrupted run.")
    ] = None,
    database: DatabaseOption = None,
    seed: SeedOption = None,
    temperature: TemperatureOption = None,
    operator: Annotated[
        str, typer.Option(help="Name of the operator.", show_default="login name")
    ] = "",
    notes: Annotated[str, typer.Option(help="Notes stored with the run.")] = "",
    dry_run: Annotated[
        bool,
        typer.Option(
            "--dry-run", help="Print points, pulses, field and duration; touch and store nothing."
        ),
    ] = False,
) -> None:
    """Run a protocol on a bench and store every point.

    \b
    Examples:
      dwmtj run staircase-write -p cycles=13
      dwmtj run repeated-ramp --bench virtual-straight --seed 7
      dwmtj run write-reset-cycling --bench bench.toml -p amplitude_stop_V=3.8 -p cycles=100
      dwmtj run staircase-write --bench bench.toml --stop-if "resistance_ohm < 40"
      dwmtj run staircase-write --bench bench.toml --resume 12
      dwmtj run retention --bench bench.toml --temperature 85C
      dwmtj run staircase-write --scan pulse_width_s=20ns,50ns --scan bias_field_T=-4mT,0mT
      dwmtj run staircase-write -p "pulse_width_s=50 ns" -p "bias_field_T=-40 Oe" --dry-run
      dwmtj run write-verify --bench bench.toml --model straight-B1 --level 2
      dwmtj run night.toml --dry-run
    """
    if protocol.endswith(".toml"):
        others = {"-p": parameter, "--scan": scan, "--model": model, "--level": level}
        others |= {"--stop-if": stop_if, "--resume": resume, "--seed": seed}
        others |= {"--temperature": temperature}
        _check_alone(protocol, others, notes, operator)
        from .unattended.run import run_sequence  # the analyses behind conditions take seconds

        operator = operator or login_name()
        run_sequence(protocol, bench, database, dry_run=dry_run, operator=operator, notes=notes)
        return
    writes = protocol == WriteVerify.name
    if not writes and (model is not None or level is not None):
        raise ProtocolError("--model and --level are for write-verify: omit them.")
    if writes and scan:
        raise ProtocolError("write-verify writes one level of one model: omit --scan.")
    given = _parse(parameter or [])
    _check_text(notes, "--notes")
    _check_text(operator, "--operator")
    if dry_run and resume is not None:
        raise ProtocolError("--dry-run describes a new run: omit --resume.")
    attempt, original = 1, None
    temperature_K = parsed_temperature_K(temperature)
    with ExitStack() as opened:
        if resume is not None:
            store = opened.enter_context(Store.open(database, create=False))
            original = store.run(resume)
            seed, attempt = _seed_of(original, protocol, seed), len(original.attempts) + 1
            given = given if writes else {**original.parameters, **given}
            if temperature_K is None:
                temperature_K = original.conditions.get("temperature_K")
        runs = scanned_runs(protocol, given, scan) if scan else ()
        procedure: BenchProcedure
        if writes:
            procedure = write_verify(given, model, level, database, original)
        else:
            procedure = make_protocol(protocol, given) if not runs else runs[0].procedure
        bench_file = choose_bench(
            bench, seed, attempt if not runs else 1, temperature_K=temperature_K
        )
        bench_file = use_models_from(database, bench_file)
        if stop_if is not None:
            stop = bench_file.stop.with_stop_if(stop_if)
            bench_file = bench_file.model_copy(update={"stop": stop})
        operator = operator or login_name()
        conditions = {} if temperature_K is None else {"temperature_K": temperature_K}
        command = _command(protocol, bench, database, scan or [])
        if dry_run:
            print_scan(runs, bench_file) if runs else print_dry_run(procedure, bench_file)
            return
        if runs:
            about = RunNotes(operator, notes, seed, conditions)
            run_scan(runs, bench_file, database, command, original, about)
            return
        instruments = opened.enter_context(open_measurement_bench(bench_file))
        procedure.check(instruments)
        if resume is None:  # create a database only if everything else is valid
            store = opened.enter_context(Store.open(database))
        outcome = measure(
            procedure,
            instruments,
            store,
            protocol,
            resume_command=command,
            operator=operator,
            notes=notes,
            seed=seed,
            conditions=conditions,
            resume=resume,
        )
        repeated = f", {counted(outcome.retries, 'reading')} repeated" if outcome.retries else ""
        print_outcome(
            f"run {outcome.run_id}: {outcome.status}, {counted(outcome.points, 'point')} in "
            f"{store.place}{repeated}"
        )
        if isinstance(procedure, WriteVerify):
            print_ending(procedure, store, outcome.run_id)


def _check_alone(path: str, others: Mapping[str, object], notes: str, operator: str) -> None:
    """Raise ProtocolError if options are given that a sequence has in its file."""
    for option, value in others.items():
        if value is not None:
            raise ProtocolError(f"{option} is for one protocol: write it into {path}.")
    _check_text(notes, "--notes")
    _check_text(operator, "--operator")


def _parse(assignments: list[str]) -> dict[str, float | str]:
    parameters: dict[str, float | str] = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not (name.strip() and equals and value.strip()):
            raise ProtocolError(
                f"-p {assignment} cannot be read; write -p NAME=VALUE, such as -p cycles=13."
            )
        parameters[name.strip()] = value.strip()
    return parameters


def _seed_of(original: RunRecord, protocol: str, seed: int | None) -> int | None:
    """Return the seed of the original run; raises ProtocolError if protocol or seed differ."""
    summary, first = original.summary, original.attempts[0].seed
    number, name = summary.id, summary.protocol
    if protocol != name:
        raise ProtocolError(
            f"Run {number} is {with_article(name)}, not {with_article(protocol)}: dwmtj run "
            f"{name} --resume {number}."
        )
    if seed is not None and seed != first:
        raise ProtocolError(
            f"Run {number} was started with {'no seed' if first is None else f'seed {first}'}, "
            f"not {seed}: omit --seed to resume it."
        )
    return first


def _command(protocol: str, bench: str | None, database: str | None, scans: Sequence[str]) -> str:
    given = [("--bench", bench), ("--database", database), *(("--scan", scan) for scan in scans)]
    options = [word for name, value in given if value for word in (name, value)]
    return shlex.join(["dwmtj", "run", protocol, *options])


def _check_text(text: str, option: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise StoreError(f"{option} is not valid Unicode: write it in UTF-8.") from error
