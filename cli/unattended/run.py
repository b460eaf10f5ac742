"""`dwmtj run FILE.toml`: a sequence, handed to the station of its bench and followed."""

import time
from math import isnan
from pathlib import Path

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from ...errors import DwmtjError
from ...instruments import BenchFile, load_bench_file
from ...quantities import format_duration, format_quantity
from ...station import SequenceProgress, Station, StationState
from ...station.sequences import (
    Plan,
    RunSequence,
    StepForecast,
    forecast,
    load_sequence,
    plan_of,
)
from ...storage import StoreError
from ...wording import counted
from ..console import err, print_line, print_message, print_table, visible
from ..options import DEFAULT_BENCH, open_to_read

POLL_S = 0.2
END_UNUSED_AFTER_S = 300.0
ENDINGS = ("finished", "failed")
_LIMITS = (
    ("pulse_amplitude_V", "V", "largest_amplitude_V"),
    ("pulse_width_s", "s", "largest_width_s"),
    ("field_T", "T", "largest_field_T"),
    ("read_current_A", "A", "largest_current_A"),
)


def run_sequence(
    path: str,
    bench: str | None,
    database: str | None,
    *,
    dry_run: bool,
    operator: str = "",
    notes: str = "",
) -> None:
    """Check a sequence file and have it carried out, or print what it will do.

    Raises DwmtjError if nothing has begun, typer.Exit(1) if it did not finish, or continues after
    Ctrl-C.
    """
    sequence = load_sequence(path)
    changes = {"operator": sequence.operator or operator, "notes": sequence.notes or notes}
    sequence = sequence.model_copy(update=changes)
    place = bench or _beside(path, sequence.bench) or DEFAULT_BENCH
    if not (bench or sequence.bench):
        print_message(
            f"No bench given: using the virtual bench {DEFAULT_BENCH}; no instrument is touched."
        )
    if dry_run:
        _print_forecast(sequence, place, database)
        return
    _checked_plan(sequence, load_bench_file(place), database)  # before a station opens the bench
    with Station.start(place, database=database, end_unused_after_s=END_UNUSED_AFTER_S) as station:
        messages = station.state().messages
        tag = station.begin_sequence(sequence)
        print_message(f"Sequence {tag} is carried out by the station of {station.name}.")
        try:
            ended = _follow(station, tag, messages[-1].number if messages else 0)
        except KeyboardInterrupt:
            print_message(
                "The sequence continues: dwmtj station status shows it, and dwmtj station give-up "
                "ends it."
            )
            raise typer.Exit(1) from None
    _print_end(ended)


def resume_sequence(station: Station) -> None:
    """Continue the sequence of a station and follow it to its end, as `run_sequence` does."""
    messages = station.state().messages
    station.resume_sequence()
    shown = station.state().sequence
    if shown is None:
        raise DwmtjError("No sequence is under way.")
    try:
        ended = _follow(station, shown.tag, messages[-1].number if messages else 0)
    except KeyboardInterrupt:
        print_message("The sequence continues: dwmtj station status shows it.")
        raise typer.Exit(1) from None
    _print_end(ended)


def _follow(station: Station, tag: str, last: int) -> SequenceProgress:
    """Show the progress of a sequence until it ends or is held, and messages after `last`.

    Raises DwmtjError if the station loses it.
    """
    bar = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[doing]}", markup=False),
        console=err,
    )
    with bar:
        task = bar.add_task(visible(tag), total=None, doing="")
        while True:
            state = station.state(last)
            for message in state.messages:
                last = message.number
                if message.level != "info":
                    bar.console.print(visible(message.text), markup=False)
            shown = state.sequence
            if shown is None or shown.tag != tag:
                raise DwmtjError(f"The station knows nothing of {tag} any more.")
            bar.update(task, completed=shown.ended, total=shown.count, doing=_doing(state, shown))
            if shown.status in ENDINGS or shown.status == "held":
                return shown
            time.sleep(POLL_S)


def _doing(state: StationState, shown: SequenceProgress) -> str:
    run = state.run
    points = "" if run is None else f"run {run.run_id}, {run.done} of {run.expected} points"
    return visible("  ".join(filter(None, (shown.step, shown.detail, points))))


def _print_end(ended: SequenceProgress) -> None:
    how = "has failed" if ended.status == "failed" else f"is {ended.status}"
    failed = f", {counted(ended.failed, 'step')} failed" if ended.failed else ""
    print_line(
        f"Sequence {ended.tag} {how}: {ended.ended} of {ended.count} steps ended"
        f"{failed}. {ended.detail}".strip()
    )
    if ended.report:
        print_line(f"report: {ended.report}")
    if ended.status != "finished" or ended.failed:
        raise typer.Exit(1)


def _beside(path: str, bench: str) -> str:
    """Return the bench of a sequence file: a path in it is relative to its folder."""
    beside = Path(path).expanduser().parent / bench
    return str(beside) if bench.endswith(".toml") else bench


def _checked_plan(sequence: RunSequence, bench_file: BenchFile, database: str | None) -> Plan:
    try:
        store = open_to_read(database)
    except StoreError:  # nothing was measured yet
        return plan_of(sequence, bench_file, None, database)
    with store:
        return plan_of(sequence, bench_file, store)


def _print_forecast(sequence: RunSequence, place: str, database: str | None) -> None:
    bench_file = load_bench_file(place)
    plan = _checked_plan(sequence, bench_file, database)
    found = forecast(plan, bench_file)
    print_table(
        f"{sequence.name} on {bench_file.name}, a dry run: nothing is set and nothing is stored",
        ("step", "what", "runs", "points", "amplitude", "width", "field", "duration"),
        [_row(step) for step in found.steps],
    )
    for key, unit, largest in _LIMITS:
        value, limit = getattr(found, largest), getattr(bench_file.limits, key)
        shown = "not known beforehand" if isnan(value) else format_quantity(value, unit)
        print_line(f"largest {key}: {shown}, of {format_quantity(limit, unit)} allowed")
    if any(isnan(step.largest_amplitude_V) for step in found.steps):
        print_line(
            "Not in these numbers: pulses, field and time of write-verify. It keeps to the pulses "
            "of the runs of its model, and is checked against the limits when it is queued."
        )
    not_counted = [
        *["the touchdowns of the prober, some seconds a run"] * (sequence.wafer is not None),
        *["the waits for a steady temperature"]
        * (
            bench_file.temperature_controller is not None
            and any(step.temperature is not None for step in sequence.step)
        ),
    ]
    if not_counted:
        print_line(f"Not in the time: {' and '.join(not_counted)}.")
    times = f", {counted(found.times, 'time')} (devices and rounds)" if found.times > 1 else ""
    on_bench = ""
    if bench_file.virtual:
        on_bench = f", {format_duration(found.wall_time_s)} on this virtual bench"
    print_line(
        f"all: {counted(len(plan.items), 'step')}{times}, {counted(found.runs, 'run')}, "
        f"{counted(found.points, 'point')}, about {format_duration(found.duration_s)} with real "
        f"instruments{on_bench}"
    )


def _row(step: StepForecast) -> tuple[str, ...]:
    most = "at most " if step.chooses else ""
    amplitude, width, field = (
        "–" if not value else "as the model" if value != value else format_quantity(value, unit)
        for value, unit in (
            (step.largest_amplitude_V, "V"),
            (step.pulse_width_s, "s"),
            (step.largest_field_T, "T"),
        )
    )
    return (
        step.name,
        step.what,
        str(step.runs or "–"),
        f"{most}{step.points}" if step.points else "–",
        amplitude,
        width,
        field,
        "not known" if step.chooses and not step.duration_s else format_duration(step.duration_s),
    )
