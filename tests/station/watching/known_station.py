"""A station in the middle of a sequence, of which only the answer is not a station's."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from dwmtj.station import (
    Activity,
    BenchDescription,
    HandReading,
    RunProgress,
    SequenceProgress,
    StationMessage,
    StationState,
)


def working_state(
    database: Path, bench: str, done: int, *messages: tuple[str, str]
) -> StationState:
    """Return the state with run 1 of `database` under way; messages are a level and a text."""
    now = datetime.now(UTC)
    return StationState(
        activity=Activity.RUNNING,
        bench=BenchDescription(bench, "A1", virtual=True, limits={}),
        database=str(database),
        pid=1,
        run=RunProgress(1, 1, "staircase-write", "A1", done, 4000, 61.0, False, 2, 8),
        reading=HandReading(now, 1059.0, -0.004, 2.5, 2, None),
        queue=(),
        held=False,
        instruments=(),
        stop=None,
        messages=tuple(
            StationMessage(number, now, level, text)
            for number, (level, text) in enumerate(messages, start=1)
        ),
        sequence=SequenceProgress("W7", "W7 2026", "running", "", "A1, cycling", 3, 12, 1),
    )


class KnownStation:
    """A connection to a station that answers with what `state` returns."""

    def __init__(self, state: Callable[[], StationState]) -> None:
        self.state = state

    def __enter__(self) -> "KnownStation":
        return self

    def __exit__(self, *_: object) -> None: ...
