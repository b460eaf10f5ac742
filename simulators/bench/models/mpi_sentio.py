"""MPI SENTIO, the software of a probe station, over the wafer of its lab.

Replies are "CODE,ID,TEXT", as those of its native command set; every command has one. The chuck
steps with its separation gap below the contact height, unless the stepping mode is BackToContact.
A step takes 0.6 s and a motion of the chuck in z 0.3 s, assumed. Only the commands that a prober
needs are simulated; all others of SENTIO get no reply.
"""

from ....wafer_map import Die
from ..circuit.circuit import Circuit
from ..circuit.wafer import WaferDevices
from ..scpi.commands import Command, event, query
from ..scpi.instrument import Model
from ..scpi.parser import CommandSet
from ..scpi.values import Integer, Raw

IDENTITY = "MPI Corporation,Sentio - Probe System Software Suite,0,25.2"
CONTACT_UM, GAP_UM, OVERTRAVEL_UM = 12_000.0, 300.0, 30.0
STEP_S, RISE_S = 0.6, 0.3
EXECUTION_ERROR, OUT_OF_BOUNDS, INVALID_OPERATION = 2, 8, 12
MODES = ("BackToContact", "StepToSeparation", "LockContact")
_WHOLE = Integer(-(2**15), 2**15)


class MPISentio:
    """The chuck: its die, its site and its height; the heights are those of the project."""

    def __init__(self, circuit: Circuit) -> None:
        self._circuit = circuit
        self.die, self.site = Die(0, 0), 0
        self.height_um = CONTACT_UM - GAP_UM
        self.mode = MODES[0]
        self.overtravel = False
        self.home, self.contact_set, self.vacuum = True, True, True

    @property
    def _wafer(self) -> WaferDevices:
        device = self._circuit.device
        assert isinstance(device, WaferDevices), "the lab file was checked"
        return device

    def set_mode(self, mode: str) -> str:
        """Set what a step does to the height of the chuck."""
        if mode not in MODES:
            return _error(6, f"unknown stepping contact mode {mode}")
        self.mode = mode
        return _done("OK")

    def step(self, column: int, row: int, site: int = 0) -> str:
        """Step to a site of a die; the needles are lifted first, unless the mode forbids it."""
        if Die(column, row) not in self._wafer.dies or not 0 <= site < self._wafer.section.sites:
            return _error(OUT_OF_BOUNDS, "die or subsite does not exist")
        up = self.height_um > CONTACT_UM - GAP_UM
        if up and self.mode == MODES[2]:
            return _error(INVALID_OPERATION, "chuck is locked in contact")
        self._rise_to(CONTACT_UM - GAP_UM)
        self.die, self.site = Die(column, row), site
        self._circuit.clock.sleep(STEP_S)
        if self.mode == MODES[0]:
            self.contact()
        return _done(f"{column},{row},{site}")

    def status_of(self, column: int, row: int) -> str:
        """Return 1 for a die of the map, 3 for none."""
        return _done("1" if Die(column, row) in self._wafer.dies else "3")

    def index(self) -> str:
        """Return the number of the die in the route, its column and its row."""
        return _done(f"{self._wafer.dies.index(self.die)},{self.die.column},{self.die.row}")

    def site_status(self, _site: str) -> str:
        """Return home, contact, overtravel and vacuum, 1 or 0 each."""
        states = (self.home, self.contact_set, self.overtravel, self.vacuum)
        return _done(",".join(str(int(state)) for state in states))

    def contact(self) -> str:
        """Raise the chuck until the needles touch."""
        if not self.contact_set:
            return _error(EXECUTION_ERROR, "contact height is not set")
        self._rise_to(CONTACT_UM + (OVERTRAVEL_UM if self.overtravel else 0.0))
        return _done(f"{self.height_um:.1f}")

    def separate(self) -> str:
        """Lower the chuck by the separation gap."""
        self._rise_to(CONTACT_UM - GAP_UM)
        return _done(f"{self.height_um:.1f}")

    def _rise_to(self, height_um: float) -> None:
        if height_um == self.height_um:
            return
        self._circuit.clock.sleep(RISE_S)
        self.height_um = height_um
        touching = height_um >= CONTACT_UM
        self._circuit.touch((self.die, self.site) if touching else None)


def _done(text: str) -> str:
    return f"0,0,{text}"


def _error(code: int, text: str) -> str:
    return f"{code},0,{text}"


COMMANDS = CommandSet(
    (
        query("*IDN", Raw(), lambda _: IDENTITY),
        event("*RCS", lambda _prober, _number: None, Integer(1, 1)),
        Command(
            "SET_STEPPING_CONTACT_MODE", execute=MPISentio.set_mode, command_parameters=(Raw(),)
        ),
        Command(
            "GET_CHUCK_SITE_STATUS", execute=MPISentio.site_status, command_parameters=(Raw(),)
        ),
        Command(
            "GET_CHUCK_SITE_HEIGHTS",
            execute=lambda _prober, _site: _done(f"{CONTACT_UM},{GAP_UM},{OVERTRAVEL_UM},50.0"),
            command_parameters=(Raw(),),
        ),
        Command(
            "GET_CHUCK_Z",
            execute=lambda prober, _reference: _done(f"{prober.height_um:.1f}"),
            command_parameters=(Raw(),),
        ),
        Command("MOVE_CHUCK_CONTACT", execute=MPISentio.contact),
        Command("MOVE_CHUCK_SEPARATION", execute=MPISentio.separate),
        Command(
            "MAP:STEP_DIE",
            execute=MPISentio.step,
            command_parameters=(_WHOLE, _WHOLE, _WHOLE),
            command_optional=1,
        ),
        Command(
            "MAP:DIE:GET_STATUS", execute=MPISentio.status_of, command_parameters=(_WHOLE, _WHOLE)
        ),
        Command("MAP:DIE:GET_CURRENT_INDEX", execute=MPISentio.index),
        Command("MAP:DIE:GET_CURRENT_SUBSITE", execute=lambda prober: _done(str(prober.site))),
    )
)

MODEL = Model(
    name="SENTIO",
    identity=IDENTITY,
    commands=COMMANDS,
    build=MPISentio,
)
