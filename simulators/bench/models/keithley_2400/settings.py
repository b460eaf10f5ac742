"""The settings of a source-meter and their ranges; the defaults are those after `*RST`.

Ranges are those of the Keithley 2400 data sheet.
"""

from dataclasses import dataclass, field

from ...errors import ScpiError
from .sweeps import Spacing, Sweep

VOLTAGE_RANGES_V = (0.2, 2.0, 20.0, 200.0)
CURRENT_RANGES_A = (1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0)
RESISTANCE_RANGES_OHM = (20.0, 200.0, 2e3, 2e4, 2e5, 2e6, 2e7, 2e8)
TEST_CURRENTS_A = (0.1, 0.01, 1e-3, 1e-4, 1e-5, 1e-6, 1e-6, 1e-7)  # auto-ohms, one per range
OVER_RANGE = 1.055
SHOWN_RANGE = 1.05  # a range is set and shown as the largest level it sources
PROTECTIONS_V = (20.0, 40.0, 60.0, 80.0, 100.0, 120.0, 160.0, 210.0)  # the last is no limit
LARGEST_READINGS = 2500
AUTO_DELAY_S = 1e-3
_SMALLEST_COMPLIANCE = 1e-3  # of the present measuring range
_SOURCE_STEPS = 20_000


@dataclass(slots=True)
class Quantity:
    """The source and measurement settings of volts, amps or ohms."""

    ranges: tuple[float, ...]
    counts: float  # in a measuring range
    protection: float = 0.0
    source_range: float = 0.0
    range: float = 0.0
    level: float = 0.0
    source_auto: bool = True
    auto: bool = True
    sweep: Sweep = field(default_factory=Sweep)

    def choose(self, value: float) -> float:
        """Return the most sensitive range that covers `value`; raises -222 if none does."""
        for candidate in self.ranges:
            if abs(value) <= candidate * OVER_RANGE:
                return candidate
        raise ScpiError(-222, "Parameter data out of range", f"{value:g}")

    def set_level(self, level: float) -> None:
        """Program the source's level; raises -222 outside its range."""
        source_range = self.choose(level) if self.source_auto else self.source_range
        if abs(level) > source_range * OVER_RANGE:
            raise ScpiError(-222, "Parameter data out of range", f"{level:g}")
        self.level, self.source_range = level, source_range

    def set_source_range(self, value: float) -> None:
        """Fix the source range; the level follows it down."""
        self.source_range, self.source_auto = self.choose(value), False
        largest = self.source_range * OVER_RANGE
        self.level = max(-largest, min(largest, self.level))

    def set_range(self, value: float) -> None:
        """Fix the measuring range."""
        self.range, self.auto = self.choose(value), False

    def set_protection(self, value: float) -> None:
        """Set the compliance; +822 and the old one below 0.1 % of the measuring range."""
        if abs(value) < self.range * _SMALLEST_COMPLIANCE:
            raise ScpiError(822, "Too small for sense range")
        self.protection = value

    def sourced_level(self) -> float:
        """Return the level in the steps of its range."""
        step = self.source_range / _SOURCE_STEPS
        return round(self.level / step) * step

    def limit(self) -> float:
        """Return the compliance in force: the programmed one, or 105.5 % of a fixed range."""
        if self.auto:
            return abs(self.protection)
        return min(abs(self.protection), self.range * OVER_RANGE)


@dataclass(slots=True)
class MeterSettings:
    """The programmable state."""

    voltage: Quantity = field(
        default_factory=lambda: Quantity(VOLTAGE_RANGES_V, 2e5, 21.0, 20.0, 20.0)
    )
    current: Quantity = field(
        default_factory=lambda: Quantity(CURRENT_RANGES_A, 1e5, 105e-6, 1e-4, 1e-4)
    )
    resistance: Quantity = field(
        default_factory=lambda: Quantity(RESISTANCE_RANGES_OHM, 2e5, 0.0, 2e5, 2e5)
    )
    source: str = "VOLT"
    output_off_mode: str = "NORM"
    clear_auto: bool = False
    functions: tuple[str, ...] = ("CURR",)
    concurrent: bool = True
    resistance_mode: str = "AUTO"
    nplc: float = 1.0
    autozero: bool = True
    source_delay_s: float = AUTO_DELAY_S
    source_protection_V: float = PROTECTIONS_V[-1]
    source_delay_auto: bool = True
    four_wire: bool = False
    terminals: str = "FRON"
    spacing: Spacing = field(default_factory=Spacing)
    filtered: bool = False
    filter_kind: str = "REP"
    filter_count: int = 10
    arm_count: int = 1
    trigger_count: int = 1
    arm_source: str = "IMM"
    trigger_source: str = "IMM"
    arm_timer_s: float = 0.1
    trigger_delay_s: float = 0.0
    arm_output: str = "NONE"
    trigger_output: str = "NONE"
    lines: dict[str, int] = field(
        default_factory=lambda: {"arm:I": 1, "arm:O": 2, "trigger:I": 1, "trigger:O": 2}
    )
    elements: tuple[str, ...] = ("VOLT", "CURR", "RES", "TIME", "STAT")
    statistic: str = "MEAN"
    display: bool = True

    def quantity(self, function: str) -> Quantity:
        """Return the settings of VOLT, CURR or RES."""
        return {"VOLT": self.voltage, "CURR": self.current, "RES": self.resistance}[function]

    def set_measuring_range(self, function: str, value: float) -> None:
        """Fix a measuring range: +823 for that of the source, +824 above the compliance's."""
        quantity = self.quantity(function)
        if function == self.source:
            raise ScpiError(823, "Invalid with source read-back on")
        if function != "RES" and quantity.choose(value) > quantity.choose(quantity.protection):
            raise ScpiError(824, "Cannot exceed compliance range")
        quantity.set_range(value)

    def set_counts(self, *, arm: int, trigger: int) -> None:
        """Set how many readings are taken at a time; raises -222 beyond 2500."""
        if arm * trigger > LARGEST_READINGS:
            raise ScpiError(-222, "Parameter data out of range", f"{arm} x {trigger} readings")
        self.arm_count, self.trigger_count = arm, trigger

    @property
    def sourced(self) -> Quantity:
        """The settings of what is sourced, volts or amps."""
        return self.quantity(self.source)

    def voltage_limit_V(self) -> float:
        """Return the limit of a sourced current's voltage: compliance or source protection."""
        return min(self.voltage.limit(), self.source_protection_V)

    def sourced_voltage_V(self) -> float:
        """Return the voltage of the voltage source, held back by the source protection."""
        limit_V = self.source_protection_V
        return max(-limit_V, min(limit_V, self.voltage.sourced_level()))

    def is_protected(self, *, limited: bool) -> bool:
        """Return True if the source protection holds the source back."""
        if self.auto_ohms or self.source_protection_V == PROTECTIONS_V[-1]:
            return False
        if self.source == "CURR":
            return limited and self.voltage.limit() > self.source_protection_V
        return abs(self.voltage.sourced_level()) > self.source_protection_V

    @property
    def auto_ohms(self) -> bool:
        """True if the ohms range sets the source."""
        return "RES" in self.functions and self.resistance_mode == "AUTO"

    @property
    def sources_current(self) -> bool:
        return self.source == "CURR" or self.auto_ohms
