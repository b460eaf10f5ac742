"""An MPI probe station that runs SENTIO, as the prober of a wafer.

Commands and replies are those of MPI's own Python bindings (SentioProberControl, 2025), in the
native command set. A reply is "CODE,ID,TEXT", of whose code the lowest ten bits are an error.
Heights are in µm from the zero of the chuck's axis. The wafer map, home, contact height and
separation gap are set at the station, in its project; a site of a die is a subsite of the map, 0
the first.

Stepping leaves the chuck separated, and every position and height is read back. Overtravel, if it
is on, may lie between the contact height and the one that is reached.
"""

from typing import Any, ClassVar, Literal, NamedTuple

from pymeasure.instruments import Instrument

from ..connection import Connection
from ..dialogue import Dialogue, number
from ..errors import BenchError, ExchangeError
from ..faults import shown
from ..guard.plan import Arrive, Step
from ..limits import Limits
from ..roles import WaferSite
from ..sections import ProberSection

NAME = "The prober (SENTIO)"
ERROR_BITS = 1023
LONGEST_MOTION_S = 20.0
SMALLEST_GAP_UM = 50.0  # well beyond the tolerance of heights and a usual overtravel
NO_DIE = "3"  # of map:die:get_status
STATUS = "get_chuck_site_status Wafer"
HEIGHT = "get_chuck_z Z"
SEPARATE = "move_chuck_separation"
HEIGHTS = "get_chuck_site_heights Wafer"
HEIGHT_REPLY = r"0,0,(-?\d+(?:\.\d*)?)"
HEIGHTS_REPLY = HEIGHT_REPLY + ",.*"


class MPISentioSection(ProberSection):
    """A `[prober]`: SENTIO by TCP (port 35555 unless it is set otherwise) or GPIB."""

    driver: Literal["MPISentio"]

    session_defaults: ClassVar[dict[str, str | int]] = {
        "read_termination": "\n",
        "write_termination": "\n",
        "timeout": round(1000 * LONGEST_MOTION_S),
    }


class MPISentio(Instrument):
    """The connection to SENTIO; PyMeasure has no driver of it."""

    def __init__(self, adapter: Any, name: str = "MPI SENTIO", **kwargs: Any) -> None:
        super().__init__(adapter, name, includeSCPI=False, **kwargs)


class Heights(NamedTuple):
    """Contact height, separation gap and overtravel (0 if it is off), in µm."""

    contact_um: float
    gap_um: float
    overtravel_um: float


class SentioProber:
    """Moves between the dies of the station's wafer map."""

    def __init__(self, driver: Any, tolerance_m: float) -> None:
        self._driver = driver
        self._dialogue = Dialogue(NAME, driver)
        self._tolerance_um = 1e6 * tolerance_m
        self._dialogue.send("*RCS 1")  # the native command set, in which all below is

    @property
    def identity(self) -> str:
        return self._dialogue.ask("*IDN?")

    @property
    def separated(self) -> bool:
        heights = self._heights()
        distance_um = abs(self._height_um() - heights.contact_um)
        return distance_um >= heights.gap_um - self._tolerance_um

    def position(self) -> WaferSite:
        _, column, row = self._whole_numbers("map:die:get_current_index", 3)
        (site,) = self._whole_numbers("map:die:get_current_subsite", 1)
        return WaferSite(column, row, site)

    def move_to(self, site: WaferSite) -> None:
        self.separate()
        if self._command(f"map:die:get_status {site.column}, {site.row}") == NO_DIE:
            raise BenchError(
                f"{NAME} has no {site} in its wafer map: correct the dies, or open the project of "
                "the wafer at the station."
            )
        self._command("set_stepping_contact_mode StepToSeparation")
        reached = self._whole_numbers(f"map:step_die {site.column}, {site.row}, {site.site}", 3)
        for found in (WaferSite(*reached), self.position()):
            if found != site:
                raise BenchError(f"{NAME} is at {found} where it was sent to {site}.")
        if not self.separated:
            raise BenchError(f"{NAME} stepped into contact where it was to stay separated.")

    def contact(self) -> None:
        home, contact, _, vacuum = self._whole_numbers(STATUS, 4)
        for found, what in ((home, "home"), (contact, "contact height"), (vacuum, "vacuum")):
            if not found:
                raise BenchError(f"{NAME} has no {what} for its wafer: set it at the station.")
        heights = self._heights()
        if heights.gap_um < SMALLEST_GAP_UM:
            raise BenchError(
                f"{NAME} has a separation gap of {heights.gap_um:g} µm: set at least "
                f"{SMALLEST_GAP_UM:g} µm at the station."
            )
        self._arrive("move_chuck_contact")
        distance_um = abs(self._height_um() - heights.contact_um)
        if distance_um > self._tolerance_um + heights.overtravel_um:
            self.separate()
            raise BenchError(
                f"{NAME} stopped {distance_um:g} µm from its contact height and was separated."
            )

    def separate(self) -> None:
        self._arrive(SEPARATE)
        if not self.separated:
            raise BenchError(
                f"{NAME} is nearer to its contact height than its separation gap after {SEPARATE}: "
                "separate it by hand."
            )

    def check(self) -> None:
        """Raise BenchError unless the status of the chuck's wafer site can be read."""
        self._whole_numbers(STATUS, 4)

    def make_safe(self) -> None:
        self._dialogue.resync()
        self.separate()

    def _arrive(self, command: str) -> None:
        """Carry out a motion in z and confirm the height that it replies."""
        reached_um = number(NAME, self._command(command))
        found_um = self._height_um()
        if not abs(found_um - reached_um) <= self._tolerance_um:
            raise BenchError(
                f"{NAME} is at {found_um:g} µm where {command} ended at {reached_um:g} µm."
            )

    def _heights(self) -> Heights:
        (_, _, overtravel, _) = self._whole_numbers(STATUS, 4)
        texts = self._command(HEIGHTS).split(",")
        if len(texts) < 3:
            raise ExchangeError(f"{NAME} replied {shown(','.join(texts))} as its heights.")
        contact_um, gap_um, overtravel_um = (number(NAME, text) for text in texts[:3])
        return Heights(contact_um, abs(gap_um), abs(overtravel_um) if overtravel else 0.0)

    def _height_um(self) -> float:
        return number(NAME, self._command(HEIGHT))

    def _whole_numbers(self, command: str, count: int) -> list[int]:
        text = self._command(command)
        try:
            found = [int(part) for part in text.split(",")]
        except ValueError:
            found = []
        if len(found) != count:
            raise ExchangeError(f"{NAME} replied {shown(text)} to {command}.")
        return found

    def _command(self, command: str) -> str:
        """Carry out a command and return the text of its reply; raises BenchError if refused."""
        reply = self._dialogue.ask(command)
        code, _, rest = reply.partition(",")
        number_of, comma, text = rest.partition(",")
        if not (code.isdecimal() and number_of.isdecimal() and comma):
            raise ExchangeError(f"{NAME} replied {shown(reply)} to {command}.")
        if error := int(code) & ERROR_BITS:
            raise BenchError(f"{NAME} refused {command}: error {error}, {shown(text)}.")
        return text.strip()


def open_prober(section: MPISentioSection, bench: Connection) -> SentioProber:
    """Open the prober of a bench file."""
    driver = bench.open(MPISentio, section.address, clear=False)
    return SentioProber(driver, section.tolerance_m)


def safe_steps(section: MPISentioSection, _limits: Limits) -> tuple[Step, ...]:
    """Return the message that separates the chuck, whose height is read back."""
    tolerance_um = 1e6 * section.tolerance_m
    return (
        Arrive(
            SEPARATE,
            HEIGHT,
            HEIGHT_REPLY,
            tolerance_um,
            away_query=HEIGHTS,
            away_pattern=HEIGHTS_REPLY,
            least=SMALLEST_GAP_UM - tolerance_um,
            wait_s=LONGEST_MOTION_S,
        ),
    )
