"""Keithley 2750 switch system with five 7702 cards: 200 relays that select rows and columns.

Relays are numbered by slot and channel, 101 to 540. Latching relays take 3 ms a command to move
(the card's data sheet). A system channel (`ROUT:CLOS`) is one channel and its card's isolation
relay; multiple channels (`ROUT:MULT:CLOS`) are closed beside those that are. The relays are
wired by the lab, to the select lines of an array. The multimeter of the mainframe is not simulated.
"""

from ..circuit.circuit import Circuit
from ..errors import ScpiError
from ..scpi.channel_list import ChannelList
from ..scpi.commands import event, query
from ..scpi.instrument import Model, common_commands, system_commands
from ..scpi.parser import CommandSet
from ..scpi.values import Raw

SLOTS, MEASURING = 5, 40
CHANNELS = frozenset(
    100 * slot + channel for slot in range(1, SLOTS + 1) for channel in range(1, 46)
)
_ISOLATION = 45
_ACTUATION_S = 3e-3


class Keithley2750:
    """The relays: closed ones stay closed until they are opened or the instrument is reset."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self.closed: frozenset[int] = frozenset()

    def reset(self) -> None:
        """Open every relay."""
        self.open_all()

    def open_all(self) -> None:
        """Open every relay."""
        self._move(frozenset())

    def close_one(self, channels: tuple[int, ...]) -> None:
        """Close a system channel, and open every other."""
        if len(channels) != 1 or not is_measuring(channels[0]):
            raise ScpiError(-222, "Parameter data out of range")
        (channel,) = channels
        self._move(frozenset((channel, channel // 100 * 100 + _ISOLATION)))

    def close(self, channels: tuple[int, ...]) -> None:
        """Close channels beside those that are closed."""
        self._move(self.closed.union(channels))

    def open(self, channels: tuple[int, ...]) -> None:
        """Open channels."""
        self._move(self.closed.difference(channels))

    def measuring(self) -> tuple[int, ...]:
        """Return the closed channels that are no card's configuration or isolation relays."""
        return tuple(channel for channel in self.closed if is_measuring(channel))

    def states(self, channels: tuple[int, ...]) -> str:
        """Return 1 for each channel that is closed and 0 for each that is open."""
        return ",".join("1" if channel in self.closed else "0" for channel in channels)

    def _move(self, closed: frozenset[int]) -> None:
        if closed != self.closed:
            self.closed = closed
            self._circuit.clock.sleep(_ACTUATION_S)
            self._circuit.switch(closed)


def is_measuring(channel: int) -> bool:
    """Return True if a channel leads to a measuring terminal of its card."""
    return channel % 100 <= MEASURING


_LIST = ChannelList(CHANNELS)

COMMANDS = CommandSet(
    (
        query("*OPT", Raw(), lambda _: ",".join(["7702"] * SLOTS)),
        *common_commands(),
        *system_commands(),
        event("ROUTe:CLOSe", Keithley2750.close_one, _LIST),
        query("ROUTe:CLOSe", _LIST, Keithley2750.measuring),
        query("ROUTe:CLOSe:STATe", Raw(), Keithley2750.states, _LIST),
        event("ROUTe:OPEN:ALL", Keithley2750.open_all),
        event("ROUTe:MULTiple:CLOSe", Keithley2750.close, _LIST),
        query("ROUTe:MULTiple:CLOSe", _LIST, lambda switch: tuple(switch.closed)),
        query("ROUTe:MULTiple:CLOSe:STATe", Raw(), Keithley2750.states, _LIST),
        event("ROUTe:MULTiple:OPEN", Keithley2750.open, _LIST),
    )
)

MODEL = Model(
    name="2750",
    identity="KEITHLEY INSTRUMENTS INC.,MODEL 2750,1180724,A09  /A02",
    commands=COMMANDS,
    build=Keithley2750,
)
