"""The bench file: which instruments, where, how they are wired, and what must not be exceeded."""

import re
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from .channel_list import channels_of
from .errors import BenchError
from .limits import Limits

Positive = Annotated[float, Field(gt=0)]


def _not_zero(value: float) -> float:
    if not abs(value) > 1e-6:
        raise PydanticCustomError("too_small", "Input should be more than 1e-6 T/A, of either sign")
    return value


CoilConstant = Annotated[float, AfterValidator(_not_zero)]


class Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)


class DeviceUnderTest(Section):
    """`[device]`: what is on the chuck; every run is filed under its name."""

    name: Annotated[str, Field(min_length=1)]
    geometry: str = ""
    junction_area_m2: Positive | None = None
    track_resistance_ohm: Positive | None = None
    notes: str = ""


class PulseGeneratorSection(Section):
    """`[pulse_generator]`: gain = volts at the device / volts the generator shows into 50 Ω."""

    driver: Literal["Keysight81160A"]
    address: str
    channel: Literal[1, 2] = 1
    amplifier_gain: Positive = 1.0


class GaussmeterSection(Section):
    """`[magnet.gaussmeter]`: reads the field back."""

    driver: Literal["LakeShore425"]
    address: str


class MagnetSection(Section):
    """`[magnet]`: a negative coil constant means the coil is wired the other way round."""

    driver: Literal["KepcoBOP3612"]
    address: str
    coil_T_per_A: CoilConstant
    compliance_V: Annotated[float, Field(gt=0, le=36)] = 36.0
    tolerance_T: Positive = 1e-4
    largest_trim_T: Positive = 5e-3
    gaussmeter: GaussmeterSection


class ResistanceMeterSection(Section):
    """`[resistance_meter]`: nplc = integration time in power line cycles."""

    driver: Literal["Keithley2400"]
    address: str
    nplc: Annotated[float, Field(ge=0.01, le=10)] = 1.0
    four_wire: bool = True


def _channels(text: str) -> str:
    if channels_of(text) is None:
        raise PydanticCustomError(
            "channels", 'Input should be a list of channels such as "101:140,201:208", each once'
        )
    return text


ChannelList = Annotated[str, AfterValidator(_channels)]


class SwitchSection(Section):
    """`[switch]`: the channels that select rows and columns of an array, in order."""

    driver: Literal["Keithley2750"]
    address: str
    row_channels: ChannelList
    column_channels: ChannelList


class Wiring(Section):
    """`[wiring]`: which contacts are bonded to what; stored with every run."""

    pulse: str = "IN-CLK"
    read: str = "4P-OUT"


class BenchFile(Section):
    """A whole bench file, validated; `visa_library` is PyVISA's, "" for the system's own."""

    name: str = "bench"
    visa_library: str = ""
    device: DeviceUnderTest
    pulse_generator: PulseGeneratorSection
    magnet: MagnetSection
    resistance_meter: ResistanceMeterSection
    switch: SwitchSection | None = None
    wiring: Wiring = Wiring()
    limits: Limits


def built_in_benches() -> dict[str, Path]:
    """Return the bench files that come with the package, by name."""
    return {path.stem: path for path in sorted((Path(__file__).parent / "benches").glob("*.toml"))}


def load_bench_file(path: Path | str) -> BenchFile:
    """Read and validate a bench file, or a built-in one by its name.

    Raises BenchError that names file, line, key and remedy.
    """
    built_in = built_in_benches()
    path = built_in.get(str(path), Path(path))
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = getattr(error, "strerror", None) or "not a text file"
        raise BenchError(
            f"The bench file {path} cannot be read ({reason}); give the path of a TOML bench file "
            f"or one of {', '.join(built_in)}."
        ) from error
    return _beside(path.parent, parse_bench_file(text, source=str(path)))


def _beside(folder: Path, bench_file: BenchFile) -> BenchFile:
    """Let a file that `visa_library` names be found beside the bench file, wherever one is."""
    named, at, back_end = bench_file.visa_library.rpartition("@")
    file, question, options = named.partition("?")
    if not file or not (folder / file).is_file():
        return bench_file
    library = f"{(folder / file).absolute()}{question}{options}{at}{back_end}"
    return bench_file.model_copy(update={"visa_library": library})


def parse_bench_file(text: str, source: str) -> BenchFile:
    """Validate the text of a bench file; `source` names it in error messages."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BenchError(f"The bench file {source} is not valid TOML: {error}.") from error
    try:
        return BenchFile.model_validate(content)
    except ValidationError as error:
        raise BenchError(_explain(error, text, source)) from error


def _explain(error: ValidationError, text: str, source: str) -> str:
    problems = error.errors()
    # A typo is both an unknown key and a missing one; the unknown one tells where it is.
    first = min(problems, key=lambda problem: problem["type"] != "extra_forbidden")
    keys = [str(part) for part in first["loc"]]
    line = _line_of(keys, text)
    where = f"{source}, line {line}" if line else source
    more = f" ({len(problems) - 1} more after this one)" if len(problems) > 1 else ""
    return f"{where}: {'.'.join(keys)} {_remedy(first['type'], first, keys)}{more}."


def _remedy(kind: str, problem: Any, keys: list[str]) -> str:
    match kind:
        case "extra_forbidden":
            known = ", ".join(_known_keys(keys[:-1]))
            return f"is not a key of the bench file; known here: {known}"
        case "missing":
            return "is missing; add it"
        case "literal_error":
            return f"is {problem['input']!r}; choose {problem['ctx']['expected']}"
        case "model_type":
            return f"is {problem['input']!r}; it must be a section, [{'.'.join(keys)}]"
        case _:
            asked = problem["msg"].removeprefix("Input should be ")
            return f"is {problem['input']!r}; it must be {asked}"


def _known_keys(section: list[str]) -> list[str]:
    model: type[BaseModel] = BenchFile
    for key in section:
        annotation = model.model_fields[key].annotation
        for inner in (annotation, *get_args(annotation)):  # a section, or one that may be left out
            if isinstance(inner, type) and issubclass(inner, BaseModel):
                model = inner
    return list(model.model_fields)


def _line_of(keys: list[str], text: str) -> int | None:
    """Find the line of the key, or of the innermost section above it that the text has."""
    found, section = None, ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*\[+\s*([^\]]+?)\s*\]", line):
            section = header.group(1)
            if section == ".".join(keys[: section.count(".") + 1]):
                found = number
        elif assignment := re.match(r"\s*([\w.\"-]+)\s*=", line):
            here = [*filter(None, section.split(".")), *assignment.group(1).strip('"').split(".")]
            if here == keys[: len(here)] and len(here) >= 1:
                found = number
                if here == keys:
                    return number
    return found
