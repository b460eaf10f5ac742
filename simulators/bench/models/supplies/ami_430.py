"""American Magnetics 430, the programmer of a superconducting coil's supply, without its switch.

It ramps its current by itself at the rate of the first segment; the voltage limit, quenches and the
persistent switch are not simulated.
"""

from ...circuit.circuit import Circuit
from ...scpi.commands import Command, event, query
from ...scpi.instrument import Model, common_commands, system_commands
from ...scpi.parser import CommandSet
from ...scpi.values import Integer, Real

RATED_A = 100.0
RAMPING, HOLDING, PAUSED, ZEROING, AT_ZERO = 1, 2, 3, 6, 8
_AMPS = Real("", -RATED_A, RATED_A, 0.0, style=".4f")
_RATE = Real("", 1e-4, 100.0, 0.1, style=".4f")


class AMI430:
    """A current source across the coil, which ramps, pauses or goes to zero."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self.target_A = 0.0
        self.rate = 0.1
        self.rate_limit_A = RATED_A
        self.per_minute = 0
        self.segments = 1
        self.mode = PAUSED

    def reset(self) -> None:
        """Hold what flows."""
        self.pause()

    @property
    def rate_A_per_s(self) -> float:
        return self.rate / 60 if self.per_minute else self.rate

    def set_target(self, current_A: float) -> None:
        """Set the target, which a ramp that is under way takes over."""
        self._circuit.largest.see("supply_current_set_A", current_A)
        self.target_A = current_A
        if self.mode == RAMPING:
            self.ramp()

    def set_rate(self, segment: int, rate: float, limit_A: float) -> None:
        """Set the rate of a segment and the current up to which it holds."""
        if segment == 1:
            self.rate, self.rate_limit_A = rate, limit_A
            if self.mode == RAMPING:
                self.ramp()

    def ramp(self) -> None:
        """Ramp to the target."""
        self.mode = RAMPING
        self._circuit.ramp_magnet(self.target_A, self.rate_A_per_s)

    def zero(self) -> None:
        """Ramp to zero."""
        self.mode = ZEROING
        self._circuit.ramp_magnet(0.0, self.rate_A_per_s)

    def pause(self) -> None:
        """Hold what flows now."""
        self.mode = PAUSED
        self._circuit.ramp_magnet(self.read_current(), self.rate_A_per_s)

    def read_current(self) -> float:
        """Return what flows through the coil, in A."""
        return self._circuit.magnet.current_A(self._circuit.clock.now_s())

    def state(self) -> int:
        """Return the number of the state: ramping, holding, paused, zeroing or at zero."""
        if self.mode == RAMPING and self.read_current() == self.target_A:
            return HOLDING
        return AT_ZERO if self.mode == ZEROING and self.read_current() == 0 else self.mode


def _set_units(supply: AMI430, per_minute: int) -> None:
    supply.per_minute = per_minute


def _set_segments(supply: AMI430, count: int) -> None:
    supply.segments = count


COMMANDS = CommandSet(
    (
        *common_commands(),
        *system_commands(),
        event("CONFigure:CURRent:TARGet", AMI430.set_target, _AMPS),
        query("CURRent:TARGet", _AMPS, lambda s: s.target_A),
        query("CURRent:MAGnet", _AMPS, AMI430.read_current),
        query("CURRent:SUPPly", _AMPS, AMI430.read_current),
        event("CONFigure:RAMP:RATE:UNITS", _set_units, Integer(0, 1)),
        query("RAMP:RATE:UNITS", Integer(), lambda s: s.per_minute),
        event("CONFigure:RAMP:RATE:SEGments", _set_segments, Integer(1, 10)),
        query("RAMP:RATE:SEGments", Integer(), lambda s: s.segments),
        event("CONFigure:RAMP:RATE:CURRent", AMI430.set_rate, Integer(1, 10), _RATE, _AMPS),
        Command("RAMP:RATE:CURRent:1", lambda s: f"{s.rate:.4f},{s.rate_limit_A:.4f}"),
        event("RAMP", AMI430.ramp),
        event("PAUSE", AMI430.pause),
        event("ZERO", AMI430.zero),
        query("STATE", Integer(), AMI430.state),
        query("QUench", Integer(), lambda _: 0),
        query("PSwitch:INSTalled", Integer(), lambda _: 0),
    )
)

MODEL = Model(
    name="AMI 430",
    identity="AMERICAN MAGNETICS INC.,MODEL 430,1337,3.11",
    commands=COMMANDS,
    build=AMI430,
    reply_end=b"\r\n",
)
