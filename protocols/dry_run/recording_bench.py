"""A bench without instruments: it notes pulses, fields and readings, on a clock of its own.

The clock advances by what a bench of real instruments takes, on average: a ramp of the field at
the bench's rate, pulse widths, waiting times, and for the rest the times below. They are
assumptions: instruments on GPIB, 50 Hz mains, a meter that zeroes itself at every reading.
"""

import math
from dataclasses import dataclass, field

from ...instruments import BenchFile, Limits, PulseShape, Reading, StopConditions
from ...instruments.channel_list import channels_of

EXCHANGE_S = 5e-3  # a question and its answer
POWER_LINE_HZ = 50.0
CONVERSIONS = 3  # of a reading: signal, zero and reference
SETUP_EXCHANGES = 8  # to arm a source
SAFE_EXCHANGES = 3  # to switch an output off and confirm it
PULSE_EXCHANGES = 2  # to set an amplitude and confirm it, then to fire
RELAYS_S = 10e-3
RAMP_STEP_S = 50e-3  # each step of a ramp is read back
SETTLING_S = 0.2  # of the supply and of the field
GAUSSMETER_S = 60e-3  # two readings that agree
RECORDED_OHM = 100.0  # of every reading; nothing depends on it


@dataclass(slots=True)
class RecordingClock:
    """Time on the bench in s, since its beginning."""

    time_s: float = 0.0

    def now_s(self) -> float:
        return self.time_s

    def sleep(self, duration_s: float) -> None:
        self.time_s += duration_s

    def exchange(self, count: int = 1) -> None:
        """Let the time of some questions and answers pass."""
        self.time_s += count * EXCHANGE_S


@dataclass(slots=True)
class _Recorder:
    """What all recording instruments have in common; their ranges have no ends."""

    clock: RecordingClock
    identity: str = "none: a dry run"

    def check(self) -> None: ...

    def make_safe(self) -> None:
        self.clock.exchange(SAFE_EXCHANGES)


@dataclass(slots=True)
class RecordingGenerator(_Recorder):
    """Notes the start of every pulse in s, its amplitude in V and its shape."""

    minimum_amplitude_V: float = 0.0
    maximum_amplitude_V: float = float("inf")
    shape: PulseShape = field(default_factory=lambda: PulseShape(0.0, 0.0, 0.0))
    pulses: list[tuple[float, float, PulseShape]] = field(default_factory=list)

    def arm(self, shape: PulseShape) -> None:
        self.shape = shape
        self.clock.exchange(SETUP_EXCHANGES)

    def fire(self, amplitude_V: float) -> None:
        self.clock.exchange(PULSE_EXCHANGES)
        self.pulses.append((self.clock.time_s, amplitude_V, self.shape))
        self.clock.sleep(self.shape.width_s)


@dataclass(slots=True)
class RecordingMagnet(_Recorder):
    """Notes the corners of the field against time, in s and T."""

    rate_T_per_s: float = 1.0
    has_gaussmeter: bool = True
    maximum_field_T: float = float("inf")
    gaussmeter_identity: str = "none: a dry run"
    corners: list[tuple[float, float]] = field(default_factory=lambda: [(0.0, 0.0)])

    def set_field(self, field_T: float) -> float:
        ramp_s = abs(field_T - self.read_field()) / self.rate_T_per_s
        ramp_steps = max(1, math.ceil(ramp_s / RAMP_STEP_S - 1e-9))
        self.corners.append((self.clock.time_s, self.read_field()))
        self.clock.sleep(ramp_steps * (RAMP_STEP_S + EXCHANGE_S))
        self.corners.append((self.clock.time_s, field_T))
        self.clock.sleep(SETTLING_S + (GAUSSMETER_S if self.has_gaussmeter else 0.0))
        return field_T

    def interrupt(self) -> None: ...

    def read_field(self) -> float:
        return self.corners[-1][1]

    def make_safe(self) -> None:
        if self.read_field():
            self.set_field(0.0)
        self.clock.exchange(SAFE_EXCHANGES)


@dataclass(slots=True)
class RecordingMeter(_Recorder):
    """Notes the time of every reading, in s."""

    nplc: float = 1.0
    minimum_current_A: float = 0.0
    current_A: float = 0.0
    times_s: list[float] = field(default_factory=list)

    def arm(self, current_A: float) -> None:
        self.current_A = current_A
        self.clock.exchange(SETUP_EXCHANGES)

    def read(self) -> Reading:
        self.clock.sleep(CONVERSIONS * self.nplc / POWER_LINE_HZ + EXCHANGE_S)
        self.times_s.append(self.clock.time_s)
        return Reading(RECORDED_OHM * self.current_A, self.current_A)


@dataclass(slots=True)
class RecordingSwitch(_Recorder):
    """A stand-in for the switch of an array."""

    rows: int = 0
    columns: int = 0
    closed: tuple[int, int] | None = None

    def close(self, row: int, column: int) -> None:
        self._move_to((row, column))

    def open(self) -> None:
        self._move_to(None)

    def _move_to(self, device: tuple[int, int] | None) -> None:
        self.closed = device
        self.clock.sleep(RELAYS_S)
        self.clock.exchange()


@dataclass(slots=True)
class RecordingTemperatureController(_Recorder):
    """A stand-in for a temperature controller; heating takes no time, which nobody knows."""

    temperature_K: float = 0.0

    def set_temperature(self, temperature_K: float) -> float:
        self.temperature_K = temperature_K
        return temperature_K

    def interrupt(self) -> None: ...

    def read_temperature(self) -> float:
        self.clock.exchange(2)
        return self.temperature_K


class RecordingBench:
    """What protocols use of a `Bench`, with recording instruments in all roles."""

    def __init__(self, bench_file: BenchFile) -> None:
        clock = RecordingClock()
        switch = bench_file.switch
        self.file = bench_file
        self.clock = clock
        self.generator = RecordingGenerator(clock)
        self.magnet = RecordingMagnet(
            clock,
            rate_T_per_s=self.limits.field_rate_T_per_s,
            has_gaussmeter=bench_file.gaussmeter is not None,
        )
        self.meter = RecordingMeter(clock, nplc=bench_file.resistance_meter.nplc)
        self.switch = RecordingSwitch(clock)
        self.temperature_controller = RecordingTemperatureController(clock)
        if switch is not None:
            self.switch.rows = len(channels_of(switch.row_channels) or ())
            self.switch.columns = len(channels_of(switch.column_channels) or ())

    @property
    def has_magnet(self) -> bool:
        return self.file.magnet is not None

    @property
    def has_switch(self) -> bool:
        return self.file.switch is not None

    @property
    def limits(self) -> Limits:
        return self.file.limits

    @property
    def device_name(self) -> str:
        return self.file.device.name

    @property
    def stop_conditions(self) -> StopConditions:
        return self.file.stop

    def read_temperature_K(self) -> float | None:
        """Let the time of a reading pass on a bench with a temperature controller."""
        if self.file.temperature_controller is not None:
            self.temperature_controller.read_temperature()
        return None

    def make_safe(self) -> None:
        """Let the time pass that the outputs and the field need to go to zero."""
        for instrument in (self.generator, self.meter, self.switch, self.magnet):
            instrument.make_safe()
