"""What a trace amounts to, instrument by instrument."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median

from .reader import Event

READING = frozenset({"read", "buffer_read", "usb_control_in"})


@dataclass(slots=True)
class InstrumentSummary:
    """The exchanges with one instrument; the longest gap is between two of one process."""

    instrument: str
    bytes_sent: int = 0
    bytes_received: int = 0
    errors: int = 0
    longest_gap_s: float = 0.0
    gap_ended: datetime | None = None
    durations_s: list[float] = field(default_factory=list)
    ended_at_s: dict[int, float] = field(default_factory=dict)

    @property
    def exchanges(self) -> int:
        return len(self.durations_s)

    @property
    def total_s(self) -> float:
        return sum(self.durations_s)

    @property
    def median_s(self) -> float:
        return median(self.durations_s)

    @property
    def longest_s(self) -> float:
        return max(self.durations_s)

    def add(self, event: Event) -> None:
        took_s = event.took_s or 0.0
        before_s = self.ended_at_s.get(event.pid, event.at_s)
        if event.at_s - before_s > self.longest_gap_s:
            self.longest_gap_s, self.gap_ended = event.at_s - before_s, event.time
        self.ended_at_s[event.pid] = event.at_s + took_s
        self.durations_s.append(took_s)
        self.errors += event.failed
        if event.operation in READING:
            self.bytes_received += event.bytes or 0
        else:
            self.bytes_sent += event.bytes or 0


def summarise(events: Iterable[Event]) -> list[InstrumentSummary]:
    """Return a summary for each instrument, in the order in which they first appear."""
    summaries: dict[str, InstrumentSummary] = {}
    for event in events:
        if event.operation == "start":
            for summary in summaries.values():  # a number may come again for another process
                summary.ended_at_s.pop(event.pid, None)
        elif event.instrument:
            name = event.instrument
            summaries.setdefault(name, InstrumentSummary(name)).add(event)
    return list(summaries.values())
