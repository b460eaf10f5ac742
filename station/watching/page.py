"""The page itself, from the state of a station and the points of its run."""

from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from ...quantities import format_duration, rounded
from ..client import Station
from ..errors import StationError
from ..messages import HandReading, StationState
from .curve import curve_of

REFRESH_S = 5
MESSAGES = 5
_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def page_of(bench: str | None) -> tuple[bool, str]:
    """Return whether a station answers, and the page about it; `bench` as `Station.connect` has it.

    It only asks for the state, and reads the database.
    """
    try:
        with Station.connect(bench) as station:
            state = station.state()
    except StationError as error:
        return False, _render(None, str(error))
    return True, _render(state, "")


def _render(state: StationState | None, problem: str) -> str:
    curve = number = None
    if state is not None:
        number = state.last_run if state.run is None else state.run.run_id
        curve = None if number is None else curve_of(state.database, number)
    return _TEMPLATES.get_template("watch.html.jinja").render(
        state=state,
        problem=problem or (state.problem if state else ""),
        curve=curve,
        curve_run=number,
        reading=[] if state is None or state.reading is None else _reading(state.reading),
        left="" if state is None else _left(state),
        messages=[] if state is None else list(reversed(state.messages[-MESSAGES:])),
        now=f"{datetime.now():%Y-%m-%d %H:%M:%S}",
        refresh_s=REFRESH_S,
        ohm=lambda value: _shown(value, "ohm"),
        clock=lambda time: f"{time.astimezone():%H:%M:%S}",
    )


def _reading(reading: HandReading) -> list[tuple[str, str]]:
    values = (
        ("resistance", reading.resistance_ohm, "ohm"),
        ("field", reading.field_T, "T"),
        ("last pulse", reading.amplitude_V, "V"),
    )
    shown = [(name, _shown(value, unit)) for name, value, unit in values if value is not None]
    marked = [("marked", reading.mark)] if reading.mark else []
    return [*shown, *marked, ("at", f"{reading.time.astimezone():%H:%M:%S}")]


def _shown(value: float, unit: str) -> str:
    return rounded(value, unit, digits=4).replace("-", "−")


def _left(state: StationState) -> str:
    run = state.run
    if run is None or run.remaining_s is None:
        return ""
    return format_duration(run.remaining_s)
