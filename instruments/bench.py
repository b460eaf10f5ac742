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

from ..lab_address import LabAddress
from .adapters.absent import NoMagnet, NoPulseGenerator
from .bench_file import BenchFile
from .clock import Clock, clock_of
from .cold_switch import ColdSwitch, OneDeviceSwitch
from .connection import Connection, open_visa
from .drivers import (
    open_magnet,
    open_pulse_generator,
    open_resistance_meter,
    open_switch,
    open_temperature_controller,
)
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
from .roles import Magnet, PulseGenerator, ResistanceMeter, Switch, TemperatureController
from .stop_conditions import StopConditions
from .tracing import step, traced

if TYPE_CHECKING:
    from .guard.owner import Owner

log = logging.getLogger(__name__)

S = TypeVar("S")
T = TypeVar("T")

CHECK_CURRENT_A = 10e-6
RAMP_MARGIN = 2.0  # a ramp takes longer than its steps: each is read back


class Bench:
    """Instruments wired to one device, or by a switch to those of an array; see its bench file.

    `has_generator` and `has_magnet` are False on a bench without one: what needs it is refused.

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
        owner: "Owner | None" = None,
        set_points: Mapping[str, float] = MappingProxyType({}),
        lock_key: str | None = None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.file = bench_file
        name = bench_file.name
        self.has_generator, self.has_magnet = generator is not None, magnet is not None
        self.generator = LimitedPulseGenerator(generator or NoPulseGenerator(name), self.limits)
        self.magnet = LimitedMagnet(magnet or NoMagnet(name), self.limits)
        self.meter = LimitedResistanceMeter(meter, self.limits)
        self._switch = None if switch is None else ColdSwitch(switch, self.generator, self.meter)
        self._temperature_controller = (
            None
            if temperature_controller is None
            else LimitedTemperatureController(temperature_controller, self.limits)
        )
        self.clock = clock
        self._owner = owner
        self._set_points = set_points
        self._lock_key = lock_key
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
        return self._of_present(
            {
                "pulse generator": lambda: self.generator.identity.strip(),
                "magnet supply": lambda: self.magnet.identity.strip(),
                "gaussmeter": lambda: self.magnet.gaussmeter_identity.strip(),
                "resistance meter": lambda: self.meter.identity.strip(),
                "switch": lambda: self.switch.identity.strip(),
                "temperature controller": lambda: self.temperature_controller.identity.strip(),
            }
        )

    def read_once(self) -> dict[str, str]:
        """Read every instrument once, as text: no pulse, no field, and little current.

        Outputs left on by another program are made safe first. Of an array, one device is read.
        """
        self.make_safe()
        if self._switch is not None:
            self._switch.close(0, 0)
        self.generator.check()
        self.magnet.check()
        current_A = min(CHECK_CURRENT_A, self.limits.read_current_A)
        try:
            self.meter.arm(current_A)
            resistance_ohm = self.meter.read().resistance_ohm
        finally:
            self.make_safe()
        return self._of_present(
            {
                "pulse generator": lambda: "no errors",
                "magnet supply": lambda: "no errors",
                "gaussmeter": lambda: f"{self.magnet.read_field() * 1e3:.3f} mT",
                "resistance meter": lambda: f"{resistance_ohm:.2f} Ω at {current_A * 1e6:g} µA",
                "switch": lambda: f"{self.switch.rows} × {self.switch.columns} devices",
                "temperature controller": lambda: f"{self.read_temperature_K():.3f} K",
            }
        )

    def _of_present(self, items: Mapping[str, Callable[[], T]]) -> dict[str, T]:
        """Return the items of the instruments that the bench has, by their names."""
        lacking = {
            "pulse generator": not self.has_generator,
            "magnet supply": not self.has_magnet,
            "gaussmeter": not self.has_magnet or self.file.gaussmeter is None,
            "switch": not self.has_switch,
            "temperature controller": not self.has_temperature_controller,
        }
        return {name: item() for name, item in items.items() if not lacking.get(name, False)}

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
        """Outputs off, then the switch open, the magnet ramped to zero; from any thread.

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
            self._of_present(
                {
                    "pulse generator": lambda: self.generator.make_safe,
                    "resistance meter": lambda: self.meter.make_safe,
                    "switch": lambda: self.switch.make_safe,
                    "temperature controller": lambda: self.temperature_controller.make_safe,
                    "magnet supply": lambda: self.magnet.make_safe,
                }
            ),
            deadlines_s={"magnet supply": DEADLINE_S + self.longest_ramp_s},
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


def open_bench(bench_file: BenchFile) -> Bench:
    """Open every instrument of a bench file and confirm its identity; raises BenchError.

    Real instruments belong to this process until the bench is closed, and are guarded. If another
    one has them, nothing is touched. Instruments opened before a failure are made safe and closed.
    """
    clock = clock_of(open_visa(bench_file.visa_library).visalib)
    opening = step(
        "open bench", logging.INFO, bench=bench_file.name, visa_library=bench_file.visa_library
    )
    with Interrupts(), opening, ExitStack() as exits:
        owner = _own(bench_file)
        if owner is not None:
            exits.callback(owner.release)
        set_points: dict[str, float] = {}

        def report(address: str, value: float) -> None:
            set_points[address] = value
            if owner is not None:
                owner.report_set_point(address, value)

        connection = Connection(
            bench_file.visa_library,
            bench_file.limits,
            clock,
            exits,
            report=report,
            shared=owner is not None,
        )
        generator = _optional(open_pulse_generator, bench_file.pulse_generator, connection)
        meter = open_resistance_meter(bench_file.resistance_meter, connection)
        magnet = _optional(open_magnet, bench_file.magnet, connection)
        switch = _optional(open_switch, bench_file.switch, connection)
        controller = _optional(
            open_temperature_controller, bench_file.temperature_controller, connection
        )
        close = exits.pop_all().close
    return Bench(
        bench_file,
        generator,
        magnet,
        meter,
        clock,
        switch=switch,
        temperature_controller=controller,
        owner=owner,
        set_points=set_points,
        lock_key=connection.lock_key,
        close=close,
    )


def _optional(open_: Callable[[S, Connection], T], section: S | None, to: Connection) -> T | None:
    return None if section is None else open_(section, to)


def _own(bench_file: BenchFile) -> "Owner | None":
    """Become the owner of a real bench; a virtual one lives and dies with its process."""
    if LabAddress.of_library(bench_file.visa_library) is not None:
        return None
    from .guard.owner import Owner  # a virtual bench does not wait for it

    return Owner(bench_file)
