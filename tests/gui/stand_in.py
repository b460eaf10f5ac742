"""A station without a bench: it keeps a queue, and shows the state that a test gives it."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dwmtj.instruments import BenchFile
from dwmtj.protocols.catalogue import make_protocol
from dwmtj.protocols.dry_run import dry_run
from dwmtj.station.errors import StationError
from dwmtj.station.messages import (
    Activity,
    BenchDescription,
    HandReading,
    InstrumentState,
    Job,
    NewJob,
    RunProgress,
    StationMessage,
    StationState,
    StopProgress,
)

INSTRUMENTS = (
    ("pulse generator", "Keysight81160A", "Keysight Technologies,81160A,MY51350000,1.0"),
    ("magnet supply", "KepcoBOP3612", "KEPCO,BIT 4886 36-12,1.0"),
    ("gaussmeter", "LakeShore425", "LSCI,MODEL425,1.0"),
    ("resistance meter", "Keithley2400", "KEITHLEY INSTRUMENTS INC.,MODEL 2400,1234567,C33"),
)


class StandIn:
    """Implements StationClient; `calls` holds what was asked, `refusal` is raised if it is set."""

    def __init__(self, bench: BenchFile, database: Path) -> None:
        self._lock = threading.RLock()
        self._bench = bench
        self.calls: list[tuple[Any, ...]] = []
        self.refusal: str | None = None
        self.hang = threading.Event()
        self.hang.set()
        self._numbers = iter(range(1, 1000))
        self._state = StationState(
            activity=Activity.IDLE,
            bench=BenchDescription(
                bench.name,
                bench.device.name,
                True,
                bench.limits.model_dump(exclude_none=True),
                100e-6,
            ),
            database=str(database),
            pid=4711,
            run=None,
            reading=None,
            queue=(),
            held=False,
            instruments=instruments("ready", "output off, confirmed"),
            stop=None,
            messages=(),
        )

    def pretend(self, **changes: Any) -> None:
        """Show another state from now on."""
        with self._lock:
            self._state = replace(self._state, **changes)

    def pretend_real(self) -> None:
        """Show a bench of real instruments."""
        bench = BenchDescription(
            "probe-station-2", "W7-B4-straight", False, dict(self._state.bench.limits), 100e-6
        )
        self.pretend(bench=bench)

    def pretend_running(
        self,
        run_id: int,
        done: int = 1161,
        expected: int = 1782,
        remaining_s: float = 240.0,
        reading: HandReading | None = None,
    ) -> None:
        """Show a run under way."""
        reading = reading or HandReading(datetime.now(UTC), 92.9, -0.004, 2.62, 5, None)
        run = RunProgress(
            run_id,
            job=1,
            protocol="staircase-write",
            device="W7",
            done=done,
            expected=expected,
            remaining_s=remaining_s,
            paused=False,
            cycle=reading.cycle or 0,
            cycles=9,
        )
        generator, supply, gaussmeter, meter = instruments("on", "armed, idles at 0 V")
        supply = replace(supply, detail="coil current on")
        meter = replace(meter, detail="read current on")
        self.pretend(
            activity=Activity.RUNNING,
            run=run,
            reading=reading,
            instruments=(generator, supply, gaussmeter, meter),
        )

    def pretend_stopping(self) -> None:
        """Show a stop of the run under way, in which the meter hangs."""
        generator, supply, gaussmeter, meter = instruments("safe", "output off, confirmed")
        waiting = replace(meter, state="no answer", detail="does not answer", seconds=3.0)
        ramping = replace(supply, state="making safe", detail="ramping to zero, 3.1 mT")
        self.pretend(
            activity=Activity.STOPPING,
            stop=StopProgress(2.6, 7.4),
            instruments=(generator, ramping, gaussmeter, waiting),
        )

    def say(self, level: str, text: str, details: str = "") -> None:
        """Add a message."""
        with self._lock:
            number = len(self._state.messages) + 1
            message = StationMessage(number, datetime.now(UTC), level, text, details)
            self.pretend(messages=(*self._state.messages, message))

    def state(self, messages_after: int = 0) -> StationState:
        with self._lock:
            new = tuple(each for each in self._state.messages if each.number > messages_after)
            return replace(self._state, messages=new)

    def add(self, job: NewJob, position: int | None = None) -> int:
        with self._asked("add", job):
            number = next(self._numbers)
            foretold = dry_run(make_protocol(job.protocol, job.parameters), self._bench)
            queued = Job(number, job, foretold.points, foretold.duration_s)
            self._queue([*self._state.queue, queued])
            return number

    def edit(self, number: int, job: NewJob) -> None:
        with self._asked("edit", number, job):
            self._queue(
                [replace(each, new=job) if each.number == number else each for each in self.jobs]
            )

    def move(self, number: int, position: int) -> None:
        with self._asked("move", number, position):
            rest = [each for each in self.jobs if each.number != number]
            rest.insert(position, next(each for each in self.jobs if each.number == number))
            self._queue(rest)

    def duplicate(self, number: int) -> int:
        with self._asked("duplicate", number):
            place = [each.number for each in self.jobs].index(number)
            copy = replace(self.jobs[place], number=next(self._numbers))
            self._queue([*self.jobs[: place + 1], copy, *self.jobs[place + 1 :]])
            return copy.number

    def remove(self, number: int) -> None:
        with self._asked("remove", number):
            self._queue([each for each in self.jobs if each.number != number])

    def hold(self, held: bool) -> None:
        with self._asked("hold", held):
            self.pretend(held=held)

    def pause(self) -> None:
        with self._asked("pause"):
            assert self._state.run is not None
            self.pretend(run=replace(self._state.run, paused=True))

    def resume(self) -> None:
        with self._asked("resume"):
            assert self._state.run is not None
            self.pretend(run=replace(self._state.run, paused=False))

    def stop(self) -> None:
        self.calls.append(("stop",))  # at once, whatever else hangs

    def replace(self) -> None:
        self.calls.append(("replace",))

    def pulse(self, amplitude_V: float, width_s: float, rise_s: float, fall_s: float) -> None:
        with self._asked("pulse", amplitude_V, width_s, rise_s, fall_s):
            self.pretend(activity=Activity.BY_HAND)

    def read(self, current_A: float) -> HandReading:
        with self._asked("read", current_A):
            return HandReading(datetime.now(UTC), 99.97, 0.0, None, None, None)

    def go_to_field(self, field_T: float) -> float:
        with self._asked("go_to_field", field_T):
            return field_T

    def make_safe(self) -> None:
        with self._asked("make_safe"):
            self.pretend(activity=Activity.IDLE)

    def check(self) -> None:
        with self._asked("check"):
            pass

    def close(self) -> None:
        pass

    def leave(self, *, has_stopped: bool = False) -> None:
        self.calls.append(("leave", has_stopped))

    @property
    def jobs(self) -> list[Job]:
        return list(self._state.queue)

    def _queue(self, jobs: list[Job]) -> None:
        self.pretend(queue=tuple(jobs))

    @contextmanager
    def _asked(self, *call: Any) -> Iterator[None]:
        self.calls.append(call)
        self.hang.wait()
        if self.refusal is not None:
            raise StationError(self.refusal)
        with self._lock:
            yield


def instruments(state: str, detail: str) -> tuple[InstrumentState, ...]:
    """Return the four instruments of a bench, all in one state but the gaussmeter, which reads."""
    made = [
        InstrumentState(name, driver, f"GPIB0::{index}::INSTR", identity, state, detail, 0.1)
        for index, (name, driver, identity) in enumerate(INSTRUMENTS, start=10)
    ]
    made[2] = replace(made[2], state="ready", detail="reads the field")
    return tuple(made)
