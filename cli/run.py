"""`dwmtj run`: take one protocol to the bench and into the store."""

import getpass
from contextlib import ExitStack
from typing import Annotated

import typer

from cli.console import out
from cli.measure import measure
from cli.options import BenchOption, DatabaseOption, SeedOption, choose_bench
from instruments import open_bench
from protocols import ProtocolError
from protocols.catalogue import make_protocol
from storage import Store


def run(
    protocol: Annotated[str, typer.Argument(help="Its name; `dwmtj protocols` lists them.")],
    bench: BenchOption = None,
    parameter: Annotated[
        list[str] | None,
        typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="May be repeated."),
    ] = None,
    resume: Annotated[
        int | None, typer.Option(metavar="RUN", help="Go on with a run that was broken off.")
    ] = None,
    database: DatabaseOption = None,
    seed: SeedOption = None,
    operator: Annotated[str, typer.Option(help="Who measures.", show_default="login name")] = "",
    notes: Annotated[str, typer.Option(help="Kept with the run.")] = "",
) -> None:
    """Measure: run PROTOCOL on a bench and store every point.

    \b
    Examples:
      dwmtj run staircase-write -p cycles=13
      dwmtj run repeated-ramp --bench virtual-straight --seed 7
      dwmtj run write-reset-cycling --bench bench.toml -p amplitude_stop_V=3.8 -p cycles=100
      dwmtj run staircase-write --bench bench.toml --resume 12
    """
    given = _parse(parameter or [])
    procedure = make_protocol(protocol, given)
    bench_file = choose_bench(bench, seed)
    with ExitStack() as opened:
        if resume is not None:
            store = opened.enter_context(Store.open(database, create=False))
            procedure = make_protocol(protocol, {**store.run(resume).parameters, **given})
        instruments = opened.enter_context(open_bench(bench_file))
        procedure.check(instruments)
        if resume is None:  # a database is made only once everything else is known to be right
            store = opened.enter_context(Store.open(database))
        outcome = measure(
            procedure,
            instruments,
            store,
            protocol,
            operator=operator or _login_name(),
            notes=notes,
            seed=seed,
            resume=resume,
        )
        out.print(
            f"run {outcome.run_id}: {outcome.status}, {outcome.points} points in {store.path}",
            markup=False,
            soft_wrap=True,
        )


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


def _login_name() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""
