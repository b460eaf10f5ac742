"""Lake Shore 425 and 475 gaussmeters: not SCPI, but short headers on a serial line; a Hall probe.

Resolution is one part in 35 000 of the range (4¾ digits); noise is one count rms in the wide band
and a third of it with the DC filter. `ZPROBE` zeroes at the present field, as on the
real one, so the probe belongs in a zero-gauss chamber first. The 475 takes its modes with more
parameters, and reports an overload in its operation status.
"""

import numpy as np

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.commands import Command, event, query, setting
from ..scpi.instrument import Model, common_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Integer, Raw, Real

RANGES_T = (3.5e-3, 35e-3, 350e-3, 3.5)
PER_TESLA = {1: 1e4, 2: 1.0, 3: 1e4, 4: 1e7 / (4.0 * np.pi)}  # G, T, Oe, A/m
_COUNTS = 35_000
_FIRST_READING_S = 1.0 / 30.0


class LakeShore425:
    """The gaussmeter with its probe beside the device."""

    def __init__(self, circuit: Circuit, random: np.random.Generator) -> None:
        self._circuit = circuit
        self._random = random
        self._next_reading_s = 0.0
        self._reading_T = 0.0
        self._zero_T = 2e-5 * random.standard_normal()
        self.reset()

    def reset(self) -> None:
        """Return to gauss, autorange and wide-band DC."""
        self.unit = 1
        self.range = 2
        self.auto = True
        self.mode = (1, 0, 1)

    def field(self) -> float:
        """Return the latest of 30 readings a second, in the unit set."""
        now_s = self._circuit.clock.now_s()
        if now_s >= self._next_reading_s:
            self._next_reading_s = now_s + _FIRST_READING_S
            self._reading_T = self._converted_T(self._circuit.field_T() - self._zero_T)
        return self._reading_T * PER_TESLA[self.unit]

    def zero(self) -> None:
        """Zero the probe at the present field."""
        self._zero_T = self._circuit.field_T()

    def set_range(self, number: int) -> None:
        """Fix the range: 1 (35 G) to 4 (35 kG)."""
        self.range, self.auto = number, False
        self._next_reading_s = 0.0

    def set_mode(self, *given: int) -> None:
        """Set mode (1 DC, 2 RMS), filter and band."""
        if given[0] not in (1, 2):
            raise ScpiError(-222, "Data out of range", str(given[0]))
        self.mode = (given[0], given[1], given[2])

    def _converted_T(self, true_T: float) -> float:
        if self.auto:
            fits = [n for n, full_T in enumerate(RANGES_T, 1) if abs(true_T) <= full_T]
            self.range = fits[0] if fits else len(RANGES_T)
        full_T = RANGES_T[self.range - 1]
        count_T = full_T / _COUNTS
        filtered = self.mode[1] == 1 and self.mode[0] == 1
        noise_T = count_T * self._random.standard_normal() * (0.33 if filtered else 1.0)
        if self.mode[0] == 2:  # RMS of a steady field is its noise
            true_T = 0.0
        seen_T = max(-full_T, min(full_T, true_T + noise_T))
        return round(seen_T / count_T) * count_T


class LakeShore475(LakeShore425):
    """The 475: modes without a filter, and a status of its readings."""

    def reset(self) -> None:
        """Return to gauss, autorange and DC with four digits."""
        super().reset()
        self.settings: tuple[int, ...] = (1, 2, 1, 1, 1)

    def set_settings(self, *given: int) -> None:
        """Set mode (1 DC, 2 RMS), DC resolution, RMS band, peak mode and peak display."""
        self.settings = given
        self.mode = (given[0], 0, 1)

    def status(self) -> int:
        """Return the operation status: bit 1 for a field beyond the range, bit 2 for a reading."""
        overload = abs(self._circuit.field_T()) > RANGES_T[self.range - 1]
        return 4 + (2 if overload else 0)


def _set_unit(meter: LakeShore425, unit: int) -> None:
    meter.unit = unit


def _set_auto(meter: LakeShore425, on: int = 1) -> None:
    meter.auto = bool(on)


_SHARED = (
    *common_commands(),
    query("RDGFIELD", Real(style="+010.5E"), LakeShore425.field),
    setting("UNIT", Integer(1, 4), lambda m: m.unit, _set_unit),
    setting("RANGE", Integer(1, 4), lambda m: m.range, LakeShore425.set_range),
    event("AUTO", _set_auto, Integer(0, 1), optional=1),
    query("AUTO", Integer(), lambda m: int(m.auto)),
    event("ZPROBE", LakeShore425.zero),
    query("TYPE", Raw(), lambda _: "40"),
)
COMMANDS = CommandSet(
    (
        *_SHARED,
        Command(
            "RDGMODE",
            lambda m: ",".join(str(value) for value in m.mode),
            LakeShore425.set_mode,
            command_parameters=(Integer(1, 2), Integer(0, 1), Integer(1, 2)),
        ),
    )
)
COMMANDS_475 = CommandSet(
    (
        *_SHARED,
        Command(
            "RDGMODE",
            lambda m: ",".join(str(value) for value in m.settings),
            LakeShore475.set_settings,
            command_parameters=(
                Integer(1, 2),
                Integer(1, 3),
                Integer(1, 2),
                Integer(1, 2),
                Integer(1, 3),
            ),
        ),
        query("OPST", Integer(), LakeShore475.status),
    )
)


def _build(circuit: Circuit) -> LakeShore425:
    return LakeShore425(circuit, circuit.random_for("425"))


MODEL = Model(
    name="425",
    identity="LSCI,MODEL425,LSA12AB,1.0",
    commands=COMMANDS,
    build=_build,
    reply_end=b"\r\n",
)
MODEL_475 = Model(
    name="475",
    identity="LSCI,MODEL475,LSA34CD,1.0",
    commands=COMMANDS_475,
    build=lambda circuit: LakeShore475(circuit, circuit.random_for("475")),
    reply_end=b"\r\n",
)
