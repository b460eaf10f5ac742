"""Lake Shore 336 temperature controller with a sample stage of its own on input A, output 1.

The stage relaxes with a time constant towards its end temperature, which is the set point while
the loop is closed and the heater on, within what the heater's range can hold, and the surroundings
otherwise: dT/dt = (T_end − T)/τ. It cannot cool below the surroundings. PID values act on nothing.
The device of the lab does not follow the stage: it stays at the temperature of its lab.
"""

import math

import numpy as np

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.commands import Command, query
from ..scpi.instrument import Model, common_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Integer, Raw, Real, choice

SURROUNDINGS_K = 295.0
TIME_CONSTANT_S = 20.0
REACHED_K = (0.0, 20.0, 60.0, 200.0)  # above the surroundings, by range of the heater
_NOISE_K = 2e-3
_INPUTS = choice("A", "B", "C", "D")
_OUTPUT = Integer(1, 2)


class LakeShore336:
    """The controller; only input A has a sensor, and only output 1 a heater."""

    def __init__(self, circuit: Circuit, random: np.random.Generator) -> None:
        self._clock = circuit.clock
        self._random = random
        self._stage_K = SURROUNDINGS_K
        self._since_s = self._clock.now_s()
        self.limits_K = dict.fromkeys("ABCD", 0.0)
        self.ranges = {1: 0, 2: 0}
        self.set_points_K = {1: 0.0, 2: 0.0}
        self.modes = {1: (0, 1, 0), 2: (0, 2, 0)}
        self.ramps = {1: (0, 1.0), 2: (0, 1.0)}
        self.unit = 1
        self.heater_fault = 0

    def reset(self) -> None:
        """Switch the heaters off (*RST); the other settings stay."""
        self._advance()
        self.ranges = {1: 0, 2: 0}

    def temperature_K(self, channel: str) -> float:
        """Return the temperature at an input, 0 where no sensor is."""
        if channel != "A":
            return 0.0
        self._advance()
        return self._stage_K + _NOISE_K * float(self._random.standard_normal())

    def sensor_status(self, channel: str) -> int:
        """Return 0 for a good reading, 64 (units zero) without a sensor."""
        return 0 if channel == "A" else 64

    def set_range(self, output: int, number: int) -> None:
        """Set the range of a heater, 0 for off."""
        self._advance()
        self.ranges[output] = number

    def set_point(self, output: int, temperature_K: float) -> None:
        """Set the set point, in K."""
        self._advance()
        self.set_points_K[output] = temperature_K

    def set_mode(self, output: int, mode: int, channel: int, power_up: int) -> None:
        """Set the mode of an output (0 off, 1 closed loop), its input, and power-up enable."""
        self._advance()
        self.modes[output] = (mode, channel, power_up)

    def set_limit(self, channel: str, temperature_K: float) -> None:
        """Set the temperature above which all heaters are switched off; 0 for none."""
        self._advance()
        self.limits_K[channel] = temperature_K

    def set_ramp(self, output: int, on: int, rate_K_per_min: float) -> None:
        """Set the ramp of the set point; ramps are not simulated."""
        if on:
            raise ScpiError(-241, "Hardware missing", "ramps are not simulated")
        self.ramps[output] = (on, rate_K_per_min)

    def _end_K(self) -> float:
        reached_K = SURROUNDINGS_K + REACHED_K[self.ranges[1]]
        closed = self.modes[1][:2] == (1, 1) and self.ranges[1] > 0
        if not closed:
            return SURROUNDINGS_K
        return max(SURROUNDINGS_K, min(reached_K, self.set_points_K[1]))

    def _advance(self) -> None:
        now_s = self._clock.now_s()
        share = math.exp(-(now_s - self._since_s) / TIME_CONSTANT_S)
        self._stage_K = self._end_K() + (self._stage_K - self._end_K()) * share
        self._since_s = now_s
        limit_K = self.limits_K["A"]
        if limit_K and self._stage_K > limit_K:
            self.ranges = {1: 0, 2: 0}


def _kelvin(value: float) -> str:
    return f"{value:+.3f}"


COMMANDS = CommandSet(
    (
        *common_commands(),
        query("KRDG", Real(style="+.3f"), LakeShore336.temperature_K, _INPUTS),
        query("RDGST", Integer(), LakeShore336.sensor_status, _INPUTS),
        query("INTYPE", Raw(), lambda m, _input: f"1,0,0,0,{m.unit}", _INPUTS),
        query("HTRST", Integer(), lambda m, _output: m.heater_fault, _OUTPUT),
        Command(
            "RANGE",
            lambda m, output: str(m.ranges[output]),
            LakeShore336.set_range,
            (_OUTPUT,),
            (_OUTPUT, Integer(0, 3)),
        ),
        Command(
            "SETP",
            lambda m, output: _kelvin(m.set_points_K[output]),
            LakeShore336.set_point,
            (_OUTPUT,),
            (_OUTPUT, Real("", 0.0, 1500.0)),
        ),
        Command(
            "TLIMIT",
            lambda m, channel: _kelvin(m.limits_K[channel]),
            LakeShore336.set_limit,
            (_INPUTS,),
            (_INPUTS, Real("", 0.0, 1500.0)),
        ),
        Command(
            "OUTMODE",
            lambda m, output: ",".join(map(str, m.modes[output])),
            LakeShore336.set_mode,
            (_OUTPUT,),
            (_OUTPUT, Integer(0, 5), Integer(0, 8), Integer(0, 1)),
        ),
        Command(
            "RAMP",
            lambda m, output: f"{m.ramps[output][0]},{m.ramps[output][1]:+.1f}",
            LakeShore336.set_ramp,
            (_OUTPUT,),
            (_OUTPUT, Integer(0, 1), Real("", 0.0, 100.0)),
        ),
    )
)

MODEL = Model(
    name="336",
    identity="LSCI,MODEL336,LSA56EF/#######,2.9",
    commands=COMMANDS,
    build=lambda circuit: LakeShore336(circuit, circuit.random_for("336")),
    reply_end=b"\r\n",
)
