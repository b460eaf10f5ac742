"""The run under way as it is seen by its listener: progress, and the latest reading."""

import threading
from datetime import UTC, datetime

from ...protocols import Event, PointMeasured, RunControl, RunEnded, RunStarted
from ...storage import Point
from ..messages import HandReading, RunProgress


class LiveRun:
    """A listener of one run; what it has seen may be asked for from any thread."""

    def __init__(self, job: int, cycles: int) -> None:
        self.control = RunControl()
        self.ended: RunEnded | None = None
        self._job = job
        self._cycles = cycles
        self._lock = threading.Lock()
        self._started: RunStarted | None = None
        self._latest: PointMeasured | None = None
        self._measured = datetime.now(UTC)

    def __call__(self, event: Event) -> None:
        with self._lock:
            match event:
                case RunStarted():
                    self._started = event
                case PointMeasured():
                    self._latest, self._measured = event, datetime.now(UTC)
                case RunEnded():
                    self.ended = event

    @property
    def run_id(self) -> int | None:
        """The number of the run, None until it has begun."""
        return None if self._started is None else self._started.run_id

    def progress(self) -> RunProgress | None:
        with self._lock:
            started, latest = self._started, self._latest
        if started is None:
            return None
        return RunProgress(
            run_id=started.run_id,
            job=self._job,
            protocol=started.protocol,
            device=started.device,
            done=started.done if latest is None else latest.done,
            expected=started.expected if latest is None else latest.expected,
            remaining_s=None if latest is None else latest.remaining_s,
            paused=self.control.paused,
            cycle=0 if latest is None else latest.point.cycle,
            cycles=self._cycles,
        )

    def reading(self) -> HandReading | None:
        with self._lock:
            return None if self._latest is None else _shown(self._latest.point, self._measured)


def _shown(point: Point, time: datetime) -> HandReading:
    return HandReading(
        time=time,
        resistance_ohm=point.resistance_ohm,
        field_T=point.field_T,
        amplitude_V=point.amplitude_V,
        cycle=point.cycle,
        mark=point.mark,
    )
