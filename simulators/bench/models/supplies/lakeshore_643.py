"""Lake Shore 643 supply of the electromagnet: it ramps its current by itself, at its own rate.

It has no switch of its output, and here no limit of its voltage.
"""

from ...circuit.circuit import Circuit
from ...scpi.commands import event, query, setting
from ...scpi.instrument import Model, common_commands
from ...scpi.parser import CommandSet
from ...scpi.values import Integer, Raw, Real

RATED_A = 70.0
_AMPS = Real("", -RATED_A, RATED_A, 0.0, style="+.4f")


class LakeShore643:
    """A bipolar current source across the coil."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self.rate_A_per_s = 1.0
        self.set_point_A = 0.0
        self.external = 0
        self.segments = 0

    def reset(self) -> None:
        """Keep what flows: the instrument returns to its power-up settings only by its switch."""

    def set_current(self, current_A: float) -> None:
        """Ramp to another current from what flows now."""
        self._circuit.largest.see("supply_current_set_A", current_A)
        self._go_to(current_A)

    def set_rate(self, rate_A_per_s: float) -> None:
        """Go on at another rate."""
        self.rate_A_per_s = rate_A_per_s
        self._go_to(self.set_point_A)

    def stop(self) -> None:
        """Hold what flows now."""
        self._go_to(self.read_current())

    def read_current(self) -> float:
        """Return what flows through the coil, in A."""
        return self._circuit.magnet.current_A(self._circuit.clock.now_s())

    def _go_to(self, set_point_A: float) -> None:
        self.set_point_A = set_point_A
        self._circuit.ramp_magnet(set_point_A, self.rate_A_per_s)


def _set_external(supply: LakeShore643, mode: int) -> None:
    supply.external = mode


def _set_segments(supply: LakeShore643, on: int) -> None:
    supply.segments = on


COMMANDS = CommandSet(
    (
        *common_commands(),
        setting("SETI", _AMPS, lambda s: s.set_point_A, LakeShore643.set_current),
        setting(
            "RATE",
            Real("", 1e-4, 50.0, 1.0, style="+.4f"),
            lambda s: s.rate_A_per_s,
            LakeShore643.set_rate,
        ),
        query("RDGI", _AMPS, LakeShore643.read_current),
        event("STOP", LakeShore643.stop),
        setting("XPGM", Integer(0, 2), lambda s: s.external, _set_external),
        setting("RSEG", Integer(0, 1), lambda s: s.segments, _set_segments),
        query("ERST", Raw(), lambda _: "0,0"),
    )
)

MODEL = Model(
    name="643",
    identity="LSCI,MODEL643,LSA78GH,1.0/1.0",
    commands=COMMANDS,
    build=LakeShore643,
    reply_end=b"\r\n",
)
