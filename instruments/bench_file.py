"""The bench file: instruments, addresses, wiring and the limits that must not be exceeded."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, SerializeAsAny
from pydantic_core import PydanticCustomError

from ..lab_address import LabAddress
from ..validation import Section, parse_toml, read_text
from ..wafer_map import device_place
from .errors import BenchError
from .limits import Limits
from .sections import (
    ByDriver,
    GaussmeterSection,
    InstrumentSection,
    MagnetSection,
    Positive,
    ProberSection,
    PulseGeneratorSection,
    ResistanceMeterSection,
    SwitchSection,
    TemperatureControllerSection,
)
from .stop_conditions import StopConditions


def _check_printable(text: str) -> str:
    if not text.isprintable():
        raise PydanticCustomError("printable", "Input should be printable characters")
    return text


Name = Annotated[str, Field(min_length=1), AfterValidator(_check_printable)]


class DeviceUnderTest(Section):
    """`[device]`: what is on the chuck; every run is filed under its name."""

    name: Name
    geometry: str = ""
    junction_area_m2: Positive | None = None
    track_resistance_ohm: Positive | None = None
    notes: str = ""
    sample: Name | None = None
    wafer: Name | None = None
    die_row: int | None = None
    die_column: int | None = None


class Wiring(Section):
    """`[wiring]`: which contacts are bonded to what; stored with every run."""

    pulse: str = "IN-CLK"
    read: str = "4P-OUT"


NotifyEvent = Literal["end", "failure", "guard", "milestone"]


def _check_url(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not (scheme.isalnum() and separator and rest):
        raise PydanticCustomError(
            "url", 'holds no URL of apprise; write one such as "mailto://user:password@lab.org"'
        )
    return url


class Notify(Section):
    """`[notify]`: URLs of apprise, and the events that a station sends to them, by default all.

    The URLs may hold passwords: they are neither stored with runs nor printed.

    "end" of a sequence or of the queue, "failure" of a run or a step, "guard" when the bench is not
    confirmed to be safe or its process has ended unexpectedly, "milestone" when all steps of a
    sequence are done on a device.
    """

    urls: Annotated[
        tuple[Annotated[str, AfterValidator(_check_url)], ...],
        Field(strict=False, min_length=1, repr=False),
    ]
    events: Annotated[tuple[NotifyEvent, ...], Field(strict=False)] = (
        "end",
        "failure",
        "guard",
        "milestone",
    )


class BenchFile(Section):
    """A whole bench file, validated; `visa_library` is PyVISA's, "" for the system's own.

    Without a pulse generator no pulse can be fired, without a magnet no field set.
    """

    name: Name = "bench"
    visa_library: str = ""
    device: DeviceUnderTest
    pulse_generator: Annotated[SerializeAsAny[PulseGeneratorSection] | None, ByDriver] = None
    magnet: Annotated[SerializeAsAny[MagnetSection] | None, ByDriver] = None
    resistance_meter: Annotated[SerializeAsAny[ResistanceMeterSection], ByDriver]
    switch: Annotated[SerializeAsAny[SwitchSection] | None, ByDriver] = None
    temperature_controller: Annotated[
        SerializeAsAny[TemperatureControllerSection] | None, ByDriver
    ] = None
    prober: Annotated[SerializeAsAny[ProberSection] | None, ByDriver] = None
    wiring: Wiring = Wiring()
    limits: Limits
    stop: StopConditions = StopConditions()
    notify: Annotated[Notify | None, Field(exclude=True)] = None  # in no snapshot: it has secrets

    @property
    def virtual(self) -> bool:
        """True if the bench is a virtual lab of `@dwmtj`, which lives in the process."""
        return LabAddress.of_library(self.visa_library) is not None

    @property
    def gaussmeter(self) -> GaussmeterSection | None:
        """The section of the magnet's gaussmeter; None without a magnet or without a gaussmeter."""
        return None if self.magnet is None else self.magnet.gaussmeter

    @property
    def current_source(self) -> InstrumentSection | None:
        """The section of the source beside a voltmeter; None for a meter that is its own source."""
        return getattr(self.resistance_meter, "current_source", None)

    def check_temperature(self, temperature_K: float) -> None:
        """Raise LimitError if the bench would set this temperature and it is beyond the limits."""
        if self.temperature_controller is not None:
            self.limits.check_temperature(temperature_K)

    def with_lab_options(self, **options: object) -> Self:
        """Return the bench with options of its virtual lab set; a real bench as it is."""
        address = LabAddress.of_library(self.visa_library)
        if address is None or not options:
            return self
        return self.model_copy(update={"visa_library": address.with_options(**options).library})

    def filed_under(self, device: str, site: tuple[int, int] | None = None) -> Self:
        """Return the bench with the name of another device, perhaps at a row and column."""
        wiring = self.wiring
        if site is not None:
            row, column = site
            read = f"{wiring.read}, row {row}, column {column}"
            wiring = wiring.model_copy(update={"read": read})
        renamed = self.device.model_copy(update={"name": device, **self._place_of(device)})
        return self.model_copy(update={"device": renamed, "wiring": wiring})

    def _place_of(self, device: str) -> dict[str, object]:
        """Return what a device's name says of its place, or that its die is not this one's."""
        place = device_place(device)
        if place is not None:
            row, column = place.die.row, place.die.column
            return {"wafer": place.wafer, "die_row": row, "die_column": column}
        return {} if device == self.device.name else {"die_row": None, "die_column": None}

    def instruments(self) -> dict[str, tuple[str, InstrumentSection]]:
        """Return name → (role in the registry, section) of every instrument of the bench."""
        sections: dict[str, tuple[str, InstrumentSection | None]] = {
            "pulse generator": ("pulse_generator", self.pulse_generator),
            "magnet supply": ("magnet", self.magnet),
            "gaussmeter": ("gaussmeter", self.gaussmeter),
            "resistance meter": ("resistance_meter", self.resistance_meter),
            "current source": ("current_source", self.current_source),
            "switch": ("switch", self.switch),
            "temperature controller": ("temperature_controller", self.temperature_controller),
            "prober": ("prober", self.prober),
        }
        return {
            name: (role, section)
            for name, (role, section) in sections.items()
            if section is not None
        }


def built_in_benches() -> dict[str, Path]:
    """Return the built-in bench files, by name."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "benches").glob("*.toml"))}


def load_bench_file(path: Path | str) -> BenchFile:
    """Read and validate a bench file, or a built-in one by its name.

    Raises BenchError that names file, line, key and remedy.
    """
    built_in = built_in_benches()
    path = built_in.get(str(path), Path(path))
    text = read_text(
        path,
        lambda why: BenchError(
            f"The bench file {path} cannot be read ({why}); give the path of a TOML bench file "
            f"or one of {', '.join(built_in)}."
        ),
    )
    return _beside(path.parent, parse_bench_file(text, source=str(path)))


def _beside(folder: Path, bench_file: BenchFile) -> BenchFile:
    """Return the bench file with the path of a lab file that lies beside it made absolute."""
    address = LabAddress.of_library(bench_file.visa_library)
    if address is None or not address.lab or not (folder / address.lab).is_file():
        return bench_file
    library = replace(address, lab=str((folder / address.lab).absolute())).library
    return bench_file.model_copy(update={"visa_library": library})


def parse_bench_file(text: str, source: str) -> BenchFile:
    """Validate the text of a bench file; `source` names it in error messages."""
    return parse_toml(text, BenchFile, source, "bench file", BenchError)
