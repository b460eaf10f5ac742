"""`dwmtj trace`: read what `--trace` wrote."""

from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from pathlib import Path
from typing import Annotated

import typer

from ..errors import DwmtjError
from ..instruments.tracing import Event, InstrumentSummary, read_trace, summarise
from .console import print_message, print_table, visible

app = typer.Typer(no_args_is_help=True, help="Read traces of the exchanges with instruments.")

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="Written by --trace.")]
MomentOption = Annotated[str | None, typer.Option(metavar="TIME", help="Date and time, or time.")]


@app.callback()
def trace() -> None:
    """Read traces of the exchanges with instruments, which `dwmtj --trace FILE …` writes."""


@app.command()
def show(
    file: FileArgument,
    instrument: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this resource, or part of its name.")
    ] = None,
    step: Annotated[
        str | None,
        typer.Option(metavar="STEP", help='Only in a step: "fire", "run 3/point 17".'),
    ] = None,
    errors: Annotated[bool, typer.Option("--errors", help="Only what failed.")] = False,
    since: MomentOption = None,
    until: MomentOption = None,
    summary: Annotated[bool, typer.Option("--summary", help="Totals for each instrument.")] = False,
) -> None:
    """Show the exchanges and steps of a trace, a line each, or a summary for each instrument.

    Times are local; without a date, the first such time in the trace or after it. A line has the
    time, the duration in milliseconds, the instrument, the operation, its text, and how it ended
    if not well.

    \b
    Examples:
      dwmtj trace show night.jsonl --errors
      dwmtj trace show night.jsonl --step "run 3/point 17"
      dwmtj trace show night.jsonl --instrument GPIB0::24 --since 23:00 --until 02:30 --summary
    """
    found = read_trace(file)
    began = next((event.time for event in found), None)
    earliest, latest = (_moment(text, began) for text in (since, until))
    events = (
        event
        for event in found
        if (instrument is None or instrument.lower() in event.instrument.lower())
        and (step is None or event.belongs_to(step))
        and (event.failed or not errors)
        and (earliest is None or event.time >= earliest)
        and (latest is None or event.time <= latest)
    )
    if summary:
        _print_summary(file, summarise(events))
    else:
        for line in _lines(events):
            print(visible(line))
    if found.unreadable:
        print_message(
            f"{found.unreadable} lines of {file} cannot be read: a process was killed in them, or "
            "another program wrote them."
        )


def _moment(text: str | None, began: datetime | None) -> datetime | None:
    """Read a moment; a time of day is the first one not before the beginning of the trace."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text).astimezone()
    except ValueError:
        pass
    try:
        clock = time.fromisoformat(text)
    except ValueError as error:
        raise DwmtjError(
            f'{text!r} is no time: write 23:00, 23:00:05 or "2026-07-01 23:00".'
        ) from error
    began = (began or datetime.now().astimezone()).astimezone()
    moment = datetime.combine(began.date(), clock).astimezone()
    precise = began.replace(second=0, microsecond=0)  # 23:00 means all of that minute
    return moment if moment >= precise else moment + timedelta(days=1)


def _lines(events: Iterable[Event]) -> Iterator[str]:
    day = None
    for event in events:
        date, clock = event.time.astimezone().isoformat(" ", "microseconds")[:26].split()
        if date != day:
            day = date
            yield f"— {day} —"
        took = "" if event.took_s is None else f"{event.took_s * 1e3:.3f}"
        failure = f"  ! {event.outcome}" if event.failed else ""
        yield f"{clock} {took:>10}  {_told(event)}{failure}"


def _told(event: Event) -> str:
    match event.operation:
        case "start":
            return f"process {event.pid}: {event.text}"
        case "begin":
            given = ", ".join(f"{name}={value}" for name, value in event.arguments.items())
            return f"▶ {event.step}{given and f': {given}'}"
        case "end":
            result = event.result if not isinstance(event.result, dict) else _short(event.result)
            return f"◀ {event.step}{'' if result is None else f': {result}'}"
        case _:
            more = "" if event.bytes in (None, len(event.text)) else f"… ({event.bytes} bytes)"
            text = event.text.encode("unicode_escape").decode()
            return f"  {event.instrument:<18} {event.operation:<8} {text}{more}"


def _short(result: dict[str, object]) -> str:
    return ", ".join(f"{name}={value}" for name, value in result.items() if value != {})


def _print_summary(file: Path, summaries: list[InstrumentSummary]) -> None:
    print_table(
        f"Exchanges in {file}",
        (
            "instrument",
            "exchanges",
            "errors",
            "bytes sent / received",
            "total, s",
            "median / longest, ms",
            "longest gap, s",
        ),
        [
            (
                each.instrument,
                str(each.exchanges),
                str(each.errors),
                f"{each.bytes_sent} / {each.bytes_received}",
                f"{each.total_s:.3f}",
                f"{each.median_s * 1e3:.3f} / {each.longest_s * 1e3:.3f}",
                f"{each.longest_gap_s:.3f}"
                + (f" until {each.gap_ended.astimezone():%H:%M:%S}" if each.gap_ended else ""),
            )
            for each in summaries
        ],
    )
