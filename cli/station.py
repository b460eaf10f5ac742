"""`dwmtj station`: start, list and end the processes that own a bench."""

from dataclasses import asdict
from typing import Annotated, Any

import typer

from ..station import Activity, Station, StationError, StationState
from .console import print_json, print_line, print_message, print_table
from .options import DEFAULT_BENCH, BenchOption, DatabaseOption, JsonOption, SeedOption

app = typer.Typer(
    no_args_is_help=True, help="Start, list and end stations, which own a bench and run a queue."
)

SHOWN = ("running", "waiting", "held")
"""Of a sequence that has not ended."""

NameArgument = Annotated[
    str | None,
    typer.Argument(metavar="BENCH", help="Name or file of the bench; needed if several run."),
]


@app.command()
def start(
    bench: BenchOption = None, database: DatabaseOption = None, seed: SeedOption = None
) -> None:
    """Start a station for a bench; it opens the bench and goes on when this command has ended.

    \b
    Examples:
      dwmtj station start
      dwmtj station start --bench bench.toml --database lab.sqlite
    """
    if bench is None:
        print_message(
            f"No --bench given: using the virtual bench {DEFAULT_BENCH}; no instrument is touched."
        )
    with Station.start(bench or DEFAULT_BENCH, database=database, seed=seed) as station:
        state = station.state()
    print_line(
        f"The station of {state.bench.name} runs (PID {state.pid}) and stores into "
        f"{state.database}."
    )


@app.command()
def status(as_json: JsonOption = False) -> None:
    """List the stations that run, and what each of them does.

    \b
    Examples:
      dwmtj station status
      dwmtj station status --json
    """
    found = [(file, _state_of(file.bench)) for file in Station.running()]
    if as_json:
        print_json(
            [
                {
                    "name": file.name,
                    "bench": file.bench,
                    "database": file.database,
                    "pid": file.process.pid,
                    "started": file.started,
                    "state": None if state is None else _without_messages(state),
                }
                for file, state in found
            ]
        )
        return
    if not found:
        print_message("No station is running: start one with dwmtj station start.")
        return
    print_table(
        "Stations",
        ("bench", "PID", "activity", "run", "queue", "database"),
        [
            (file.name, str(file.process.pid), *_described(state), file.database)
            for file, state in found
        ],
    )


@app.command()
def stop(
    bench: NameArgument = None,
    now: Annotated[
        bool, typer.Option("--now", help="Stop the run under way; by default it is finished.")
    ] = False,
) -> None:
    """End a station, its bench safe first; the queue is kept for the next one.

    \b
    Examples:
      dwmtj station stop
      dwmtj station stop bench.toml --now
    """
    with Station.connect(bench) as station:
        state = station.state()
        under_way = state.sequence is not None and state.sequence.status in ("running", "waiting")
        busy = state.activity is Activity.RUNNING or (state.queue and not state.held) or under_way
        station.shut_down(when_idle=bool(busy) and not now)
    if busy and not now:
        print_line(
            f"The station of {state.bench.name} ends when its queue is done; --now stops it."
        )
    else:
        print_line(f"The station of {state.bench.name} has ended.")


@app.command()
def resume(bench: NameArgument = None) -> None:
    """Continue the sequence that is held, and the queue; follow it to its end.

    \b
    Examples:
      dwmtj station resume
    """
    from .unattended.run import resume_sequence

    with Station.connect(bench) as station:
        resume_sequence(station)


@app.command()
def watch(
    bench: NameArgument = None,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port on this computer; 0 for any free one.")
    ] = 8760,
) -> None:
    """Serve a page about a station to this computer: progress, last value, one curve.

    \b
    Examples:
      dwmtj station watch
      dwmtj station watch bench.toml --port 8800
    """
    from .unattended.watch import watch as serve_page

    serve_page(bench, port)


@app.command("give-up")
def give_up(bench: NameArgument = None) -> None:
    """End the sequence where it is; its run under way is stopped, and its report written.

    \b
    Examples:
      dwmtj station give-up
    """
    with Station.connect(bench) as station:
        station.give_up_sequence()
    print_line("The sequence ends; its runs and the steps that have ended are stored.")


def _state_of(bench: str) -> StationState | None:
    try:
        with Station.connect(bench) as station:
            return station.state()
    except StationError:
        return None


def _without_messages(state: StationState) -> dict[str, Any]:
    return {name: value for name, value in asdict(state).items() if name != "messages"}


def _described(state: StationState | None) -> tuple[str, str, str]:
    """Return what a station does, the progress of its run, and the length of its queue."""
    if state is None:
        return "does not answer", "", ""
    run = state.run
    progress = "" if run is None else f"{run.run_id}: {run.done} of {run.expected} points"
    if (sequence := state.sequence) is not None and sequence.status in SHOWN:
        steps = f"{sequence.name}: {sequence.ended} of {sequence.count} steps, {sequence.status}"
        progress = "\n".join(filter(None, (progress, steps)))
    return str(state.activity), progress, f"{len(state.queue)}{' (held)' if state.held else ''}"
