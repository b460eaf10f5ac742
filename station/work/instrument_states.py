"""The state of each instrument of a bench, seen as it is reached."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from time import monotonic

from ...instruments import Bench, BenchFile
from ...instruments.guard.safe_state import Stage
from ...instruments.guard.shutdown import Outcome
from ..messages import InstrumentState

OFF = "output off, confirmed"
_STATES: Mapping[Stage, tuple[str, str]] = {
    Stage.STARTED: ("making safe", "being switched off"),
    Stage.RETRIED: ("making safe", "tried again over a connection of its own"),
    Stage.SAFE: ("safe", OFF),
    Stage.FAILED: ("not safe", ""),
    Stage.NO_ANSWER: ("no answer", ""),
}


@dataclass(slots=True)
class _Seen:
    state: str
    detail: str
    since_s: float


class InstrumentStates:
    """Safe to use from any thread; `observe` is the observer of a bench's safe state.

    `stopping` tells whether a safe state that is reached now is that of a stop.
    """

    def __init__(self, bench_file: BenchFile, stopping: Callable[[], bool]) -> None:
        self._sections = {name: section for name, (_, section) in bench_file.instruments().items()}
        self._stopping = stopping
        self._lock = threading.Lock()
        self._identities: dict[str, str] = {}
        self._seen: dict[str, _Seen] = {}
        self.all_are("no answer", "not opened yet")

    def all_are(self, state: str, detail: str) -> None:
        """Set the state of every instrument."""
        for name in self._sections:
            self._set(name, state, detail)

    def opened(self, identities: Mapping[str, str]) -> None:
        """Take note of what the instruments of a bench that is open and safe are."""
        with self._lock:
            self._identities.update(identities)
        for name in self._sections:
            self._set(name, "ready", _off(name))

    def observe(self, name: str, stage: Stage, problem: str) -> None:
        state, detail = _STATES[stage]
        if stage is Stage.SAFE and not self._stopping():
            state = "ready"
        self._set(name, state, problem or (_off(name) if stage is Stage.SAFE else detail))

    def outcome(self, outcome: Outcome) -> None:
        """Take note of what was done with an instrument over a connection of its own."""
        if outcome.problem is None:
            self._set(outcome.instrument, "safe", _off(outcome.instrument))
        else:
            self._set(outcome.instrument, "not safe", outcome.problem)

    def not_safe(self) -> list[str]:
        """Return the names of the instruments that may drive something and nobody knows."""
        with self._lock:
            return [n for n, s in self._seen.items() if s.state in ("not safe", "no answer")]

    def acknowledge(self) -> None:
        """Show as ready what was made safe in a stop."""
        with self._lock:
            safe = [name for name, seen in self._seen.items() if seen.state == "safe"]
        for name in safe:
            self._set(name, "ready", _off(name))

    def shown(self, bench: Bench | None) -> tuple[InstrumentState, ...]:
        """Return the states as they are now; what is armed since is on."""
        if bench is not None:
            self._note_armed(bench)
        with self._lock:
            return tuple(
                InstrumentState(
                    name=name,
                    driver=section.driver,
                    address=section.address,
                    identity=self._identities.get(name, ""),
                    state=self._seen[name].state,
                    detail=self._seen[name].detail,
                    seconds=monotonic() - self._seen[name].since_s,
                )
                for name, section in self._sections.items()
            )

    def _note_armed(self, bench: Bench) -> None:
        armed = {
            "pulse generator": (bench.generator.armed, "armed, idles at 0 V"),
            "resistance meter": (bench.meter.armed, "read current on"),
            "magnet supply": (bench.magnet.armed, "coil current on"),
        }
        if "current source" in self._sections:
            armed["current source"] = armed["resistance meter"]
        if bench.has_temperature_controller:
            heating = bench.temperature_controller.armed
            armed["temperature controller"] = (heating, "heater on")
        for name, (on, detail) in armed.items():
            if on and self._seen[name].state in ("ready", "safe"):
                self._set(name, "on", detail)

    def _set(self, name: str, state: str, detail: str) -> None:
        with self._lock:
            seen = self._seen.get(name)
            if seen is None or seen.state != state:
                self._seen[name] = _Seen(state, detail, monotonic())
            else:
                seen.detail = detail


def _off(name: str) -> str:
    return {"gaussmeter": "", "prober": "separated, confirmed"}.get(name, OFF)
