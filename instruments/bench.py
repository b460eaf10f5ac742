"""A bench: its instruments behind their limits, one clock, and the safe state."""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from . import overview
from .adapters.absent import NoMagnet, NoPulseGenerator
from .bench_file import BenchFile
from .clock import Clock
from .errors import BenchError
from .guard.safe_state import DEADLINE_S, Observer, SafeState, nobody
from .interrupts import Interrupts
from .limits import (
    LimitedMagnet,
    LimitedPulseGenerator,
    LimitedResistanceMeter,
    LimitedTemperatureController,
    Limits,
    SetPoints,
)
from .reaching.prober import ColdProber
from .reaching.sources import Sources
from .reaching.switch import ColdSwitch, OneDeviceSwitch
from .reaching.touchdown import touch
from .roles import (
    Magnet,
    Prober,
    PulseGenerator,
    ResistanceMeter,
    Switch,
    TemperatureController,
    WaferSite,
)
from .stop_conditions import StopConditions
from .tracing import traced

if TYPE_CHECKING:
    from .guard.owner import Owner

T = TypeVar("T")

SEPARATION_S = 20.0  # of the slowest chuck
RAMP_MARGIN = 2.0  # a ramp takes longer than its steps: each is read back


class Bench:
    """Instruments wired to one device, or by a switch to those of an array; see its bench file.

    `has_generator` and `has_magnet` are False on a bench without one: what needs it is refused.

    `confirm_identities` raises BenchError if a reply to `*IDN?`, by name of its instrument, is not
    that of the driver; a bench whose instruments are no drivers' takes any.

    `safe_state_observer` sees every instrument on its way into the safe state; `making_safe` is
    True meanwhile.
    """

    def __init__(
        self,
        bench_file: BenchFile,
        generator: PulseGenerator | None,
        magnet: Magnet | None,
        meter: ResistanceMeter,
        clock: Clock,
        *,
        switch: Switch | None = None,
        temperature_controller: TemperatureController | None = None,
        prober: Prober | None = None,
        owner: "Owner | None" = None,
        set_points: Mapping[str, float] = MappingProxyType({}),
        lock_key: str | None = None,
        confirm_identities: Callable[[Mapping[str, str]], None] = lambda _: None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.file = bench_file
        name = bench_file.name
        self.has_generator, self.has_magnet = generator is not None, magnet is not None
        self.generator = LimitedPulseGenerator(generator or NoPulseGenerator(name), self.limits)
        self.magnet = LimitedMagnet(magnet or NoMagnet(name), self.limits)
        self.meter = LimitedResistanceMeter(meter, self.limits)
        sources: Sources = {"pulse generator": self.generator, "resistance meter": self.meter}
        self._switch = None if switch is None else ColdSwitch(switch, sources)
        self._prober = None if prober is None else ColdProber(prober, sources)
        self._temperature_controller = (
            None
            if temperature_controller is None
            else LimitedTemperatureController(temperature_controller, self.limits)
        )
        self.clock = clock
        self._owner = owner
        self._set_points = set_points
        self._lock_key = lock_key
        self.confirm_identities = confirm_identities
        self._close = close
        self._closed_safely = False
        self._making_safe = threading.RLock()
        self.making_safe = False
        self.safe_state_observer: Observer = nobody

    @property
    def limits(self) -> Limits:
        return self.file.limits

    @property
    def switch(self) -> ColdSwitch:
        """The switch of a bench with an array; raises BenchError if the bench has none."""
        if self._switch is None:
            raise BenchError(
                f"The bench {self.file.name} has no switch, so it reaches one device only: add a "
                "section [switch] to its file, or use virtual-array."
            )
        return self._switch

    @property
    def has_switch(self) -> bool:
        """True if the bench reaches an array of devices."""
        return self._switch is not None

    @property
    def temperature_controller(self) -> LimitedTemperatureController:
        """The temperature controller; raises BenchError if the bench has none."""
        if self._temperature_controller is None:
            raise BenchError(
                f"The bench {self.file.name} has no temperature controller: add a section "
                "[temperature_controller] to its file."
            )
        return self._temperature_controller

    @property
    def prober(self) -> ColdProber:
        """The prober; raises BenchError if the bench has none."""
        if self._prober is None:
            raise BenchError(
                f"The bench {self.file.name} has no prober: add a section [prober] to its file."
            )
        return self._prober

    @property
    def has_prober(self) -> bool:
        """True if the bench moves a wafer under needles."""
        return self._prober is not None

    def touch(self, site: WaferSite) -> float:
        """Touch down on a site of the wafer; return the resistance that confirms the contact, in Ω.

        The chuck stays in contact until the bench is made safe. Raises ContactError, with the chuck
        separated, if no current flows, and BenchError if the prober is not where it was sent.
        """
        return touch(self, self.prober, site)

    @property
    def has_temperature_controller(self) -> bool:
        """True if the bench regulates and reads a temperature."""
        return self._temperature_controller is not None

    @property
    def extra_quantities(self) -> tuple[str, ...]:
        """What is measured with every point besides the reading and the field."""
        return ("temperature_K",) if self.has_temperature_controller else ()

    def check_conditions(self, conditions: Mapping[str, float]) -> None:
        """Raise LimitError if a run's temperature is to be set and is beyond the limits."""
        if self.has_temperature_controller and "temperature_K" in conditions:
            self.temperature_controller.check_temperature(conditions["temperature_K"])

    def set_conditions(self, conditions: Mapping[str, float]) -> None:
        """Set the temperature of a run and wait for it; without a controller it is only stated."""
        if self.has_temperature_controller and "temperature_K" in conditions:
            self.temperature_controller.set_temperature(conditions["temperature_K"])

    def read_temperature_K(self) -> float | None:
        """Return the temperature of the sample stage in K, None without a controller."""
        controller = self._temperature_controller
        return None if controller is None else controller.read_temperature()

    @property
    def longest_ramp_s(self) -> float:
        """A bound on the duration of the magnet's ramp to zero, each step read back."""
        return RAMP_MARGIN * self.limits.field_T / self.limits.field_rate_T_per_s

    @property
    def device_name(self) -> str:
        return self.file.device.name

    @property
    def stop_conditions(self) -> StopConditions:
        return self.file.stop

    def seen_from(self, device: str, site: tuple[int, int] | None = None) -> "Bench":
        """Return the bench as another device has it, to check a protocol against.

        `site` is its row and column in an array: the switch then reaches this device alone, as row
        0 and column 0. Raises BenchError without a switch, or beyond its channels.
        """
        seen = copy(self)
        if site is not None:
            row, column = site
            if not (0 <= row < self.switch.rows and 0 <= column < self.switch.columns):
                raise BenchError(
                    f"{device} is at row {row}, column {column}, and the switch reaches "
                    f"{self.switch.rows} × {self.switch.columns} devices, counted from 0."
                )
            seen._switch = OneDeviceSwitch(self.switch, row, column)
        seen.file = self.file.filed_under(device, site)
        return seen

    @contextmanager
    def measuring(self, device: str, site: tuple[int, int] | None = None) -> Iterator[None]:
        """Measure, and file runs under, another device within the block; see `seen_from`."""
        file, switch, seen = self.file, self._switch, self.seen_from(device, site)
        self.file, self._switch = seen.file, seen._switch
        try:
            yield
        finally:
            self.file, self._switch = file, switch

    def identities(self) -> dict[str, str]:
        """Ask every instrument for its `*IDN?`."""
        return overview.identities(self)

    def read_once(self) -> dict[str, str]:
        """Read every instrument once, as text: no pulse, no field, and little current.

        Outputs left on by another program are made safe first. Of an array, one device is read; on
        a bench with a prober none is, as its chuck is separated.
        """
        self.make_safe()
        return overview.read_once(self)

    def run_begins(self, notes_file: Path, run_id: int, attempt: int) -> None:
        """Name the run to the bench's guard, which writes notes about it into `notes_file`."""
        if self._owner is not None:
            self._owner.run_begins(notes_file, run_id, attempt)

    def run_ends(self) -> None:
        """Tell the bench's guard that no run is under way."""
        if self._owner is not None:
            self._owner.run_ends()

    def snapshot(self) -> dict[str, Any]:
        """Return the record of the bench for a run: its file and the identities, as JSON data."""
        return {**self.file.model_dump(mode="json"), "identities": self.identities()}

    def check(self, set_points: SetPoints) -> None:
        """Raise LimitError if a set point is beyond the limits."""
        if set_points.shape is not None:
            self.limits.check_shape(set_points.shape)
        self.generator.check_amplitudes(set_points.amplitudes_V)
        self.magnet.check_fields(set_points.fields_T)
        self.meter.check_currents(set_points.currents_A)

    @traced("make safe", logging.INFO)
    def make_safe(self) -> None:
        """Outputs off, then switch open and chuck separated, the magnet ramped to zero.

        It may be called from any thread.

        Every instrument is tried even if another is dead, each with a deadline of its own. Raises
        BenchError, after all were tried, naming those that could not be made safe. Ctrl-C is raised
        afterwards; a third one skips what hangs.
        """
        with self._making_safe:
            if self._closed_safely:
                return
            self.making_safe = True
            try:
                self._safe_state().reach()
            finally:
                self.making_safe = False

    def _safe_state(self) -> SafeState:
        return SafeState(
            overview.of_present(
                self,
                {
                    "pulse generator": lambda: self.generator.make_safe,
                    "resistance meter": lambda: self.meter.make_safe,
                    "current source": lambda: self.meter.make_safe,
                    "switch": lambda: self.switch.make_safe,
                    "prober": lambda: self.prober.make_safe,
                    "temperature controller": lambda: self.temperature_controller.make_safe,
                    "magnet supply": lambda: self.magnet.make_safe,
                },
            ),
            deadlines_s={
                "magnet supply": DEADLINE_S + self.longest_ramp_s,
                "prober": DEADLINE_S + SEPARATION_S,
            },
            second_try=self._make_safe_anew,
            observer=self.safe_state_observer,
        )

    def _make_safe_anew(self, instrument: str) -> None:
        """Make one instrument safe over a connection of its own; raises BenchError."""
        from .guard.planning import plan_of  # nobody waits for them who does not need them
        from .guard.shutdown import make_safe

        plans = [
            replace(plan, lock_key=self._lock_key)
            for plan in plan_of(self.file).instruments
            if plan.name == instrument
        ]
        for outcome in make_safe(plans, self._set_points):
            if outcome.problem is not None:
                raise BenchError(f"{outcome}.")

    def close(self) -> None:
        """Make the bench safe and close every session; set points are refused from now on."""
        for instrument in (self.generator, self.magnet, self.meter):
            instrument.closed = True
        if self._temperature_controller is not None:
            self._temperature_controller.closed = True
        if self._prober is not None:
            self._prober.closed = True
        with self._making_safe:
            try:
                self.make_safe()
                self._closed_safely = True
            finally:
                self._close()

    def __enter__(self) -> Self:
        """From here on, a signal that would end the process (Ctrl-C, SIGTERM) makes safe first."""
        with ExitStack() as exits:
            interrupts = exits.enter_context(Interrupts())
            exits.callback(self.close)
            exits.callback(interrupts.hold)
            self._exits = exits.pop_all()
        return self

    def __exit__(self, *exception: Any) -> None:
        self._exits.__exit__(*exception)
