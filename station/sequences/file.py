"""A sequence of steps, as a TOML file or as Python objects with the same names.

    RunSequence(name="night", step=[
        SequenceStep(name="cycling", protocol="write-reset-cycling", parameters={"cycles": 6}),
        SequenceStep(name="rest", wait="10 min"),
    ])

All steps are done on one device, then on the next; all of that as many times as there are `rounds`.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import time
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ...instruments import WaferSite
from ...quantities import QuantityError, parse_quantity, parse_temperature_K
from ...validation import Section, parse_toml, read_text
from ..messages import MeasuredDevice
from .conditions import parse_result_condition
from .errors import SequenceError
from .faults import fault
from .step_check import check_step, lacks_readings
from .wafer import SequenceWafer, check_wafer

OnFailure = Literal["stop", "next step", "next device"]
Retries = Annotated[int, Field(ge=0, le=10)]
Value = float | int | str
Values = Annotated[tuple[Value, ...], Field(strict=False, min_length=1)]
LONGEST_WAIT_S = 7 * 86_400.0


def _step_name(name: str) -> str:
    return _named(name, r"[A-Za-z][A-Za-z0-9_]*", "begin with a letter, then letters, digits and _")


def _sequence_name(name: str) -> str:
    return _named(name, r"[\w .,+-]+", "take letters, digits, blanks and _ . , + - alone")


def _named(name: str, pattern: str, remedy: str) -> str:
    if re.fullmatch(pattern, name) is None:
        told = {"given": repr(name)[:100], "remedy": remedy}
        raise PydanticCustomError("name", "is {given}; {remedy}", told)
    return name


class SequenceDevice(Section):
    """A [[device]]: its name in the store, and its place: row and column behind a switch, die and
    site under needles, or the seed of a virtual bench.
    """

    name: Annotated[str, Field(min_length=1, max_length=100)]
    row: Annotated[int, Field(ge=0)] | None = None
    column: Annotated[int, Field(ge=0)] | None = None
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] | None = None
    die: Annotated[tuple[int, int], Field(strict=False)] | None = None
    site: Annotated[int, Field(ge=0)] | None = None

    @property
    def place(self) -> MeasuredDevice:
        """The device as a job names it."""
        on_wafer = None if self.die is None else WaferSite(*self.die, self.site or 0)
        return MeasuredDevice(self.name, self.row, self.column, on_wafer)

    @model_validator(mode="after")
    def _check_place(self) -> Self:
        if (self.row is None) is not (self.column is None):
            missing, given = ("column", "row") if self.column is None else ("row", "column")
            raise fault(given, f"is given without a {missing}; give both", getattr(self, given))
        if not self.name.isprintable():
            raise fault("name", "has characters that cannot be printed", self.name)
        return self


class SequenceStep(Section):
    """A [[step]]: one of `protocol`, `calibrate`, `wait` and `until`, with its conditions."""

    name: Annotated[str, Field(max_length=60), AfterValidator(_step_name)]
    protocol: str | None = None
    parameters: dict[str, Value] = Field(default_factory=dict)
    scan: dict[str, list[Value]] = Field(default_factory=dict)
    temperature: Value | Annotated[tuple[Value, ...], Field(strict=False, min_length=1)] | None = (
        None
    )
    stop_if: str | None = None
    model: str | None = None
    level: int | Literal["first", "middle", "last"] | None = None
    calibrate: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] | None = None
    levels: Annotated[int, Field(ge=2, le=100)] | None = None
    wait: Value | None = None
    until: str | None = None
    when: str = ""
    stop_when: str = ""
    skip_device_when: str = ""
    on_failure: OnFailure | None = None
    retries: Retries | None = None

    @model_validator(mode="after")
    def _check(self) -> Self:
        check_step(self)
        self.temperatures_K  # noqa: B018 - raises
        self.wait_s  # noqa: B018
        self.until_time  # noqa: B018
        return self

    @property
    def temperatures_K(self) -> tuple[float | None, ...]:
        """The temperature of each run, in K, or each temperature of all runs; None if unstated."""
        if self.temperature is None:
            return (None,)
        given = self.temperature if isinstance(self.temperature, tuple) else (self.temperature,)
        found = []
        for each in given:
            try:
                found.append(parse_temperature_K(str(each)))
            except QuantityError as error:
                raise fault("temperature", str(error), each) from error
        return tuple(found)

    @property
    def wait_s(self) -> float | None:
        """The duration of a pause, in s."""
        if self.wait is None:
            return None
        try:
            wait_s = parse_quantity(str(self.wait), "s")
        except QuantityError as error:
            raise fault("wait", f'is no time{error}; write "10 min"', self.wait) from error
        if not 0 < wait_s <= LONGEST_WAIT_S:
            raise fault("wait", "must be above 0 s and at most 7 days", self.wait)
        return wait_s

    @property
    def until_time(self) -> time | None:
        """The clock time at which a pause ends, local."""
        if self.until is None:
            return None
        try:
            found = time.fromisoformat(self.until)
        except ValueError as error:
            raise fault("until", 'is no clock time; write "22:30"', self.until) from error
        if found.tzinfo is not None:
            raise fault("until", 'is the local clock: write "22:30"', self.until)
        return found


class RunSequence(Section):
    """A whole sequence; `bench` is a bench file, or the name of a built-in bench."""

    name: Annotated[str, Field(max_length=60), AfterValidator(_sequence_name)] = "sequence"
    bench: str = ""
    operator: str = ""
    notes: str = ""
    rounds: Annotated[int, Field(ge=1, le=10_000)] = 1
    on_failure: OnFailure = "stop"
    retries: Retries = 0
    wafer: SequenceWafer | None = None
    device: Annotated[tuple[SequenceDevice, ...], Field(strict=False)] = ()
    step: Annotated[tuple[SequenceStep, ...], Field(strict=False, min_length=1)]

    @model_validator(mode="after")
    def _check_names(self) -> Self:
        _check_unique("device", [device.name for device in self.device])
        check_wafer(self.wafer, self.device)
        _check_unique("step", [step.name for step in self.step])
        known: dict[str, SequenceStep] = {}
        for number, step in enumerate(self.step):
            self._check_references(number, step, known)
            known[step.name] = step
        return self

    def _check_references(
        self, number: int, step: SequenceStep, known: Mapping[str, SequenceStep]
    ) -> None:
        """Raise unless every step that this one names is an earlier one of the right kind."""
        for name in step.calibrate or ():
            if name not in known or known[name].protocol is None:
                raise fault(
                    ("step", number, "calibrate"), "is no earlier step with a protocol", name
                )
        model = known.get(step.model or "")
        if model is not None and model.calibrate is None:
            raise fault(("step", number, "model"), "is a step that calibrates nothing", step.model)
        for key in ("when", "stop_when", "skip_device_when"):
            text = getattr(step, key)
            for quantity in parse_result_condition(text).quantities if text else ():
                measured = known.get(quantity.step) if quantity.step else step
                if measured is None or measured.protocol is None:
                    message = f"names {quantity.step}, no earlier step with a protocol"
                    raise fault(("step", number, key), message, "")
                if why := lacks_readings(measured, quantity.name):
                    raise fault(("step", number, key), why, "")

    @cached_property
    def devices(self) -> tuple[SequenceDevice, ...]:
        """The devices that are measured: those listed, or those of every die of the wafer."""
        return self.device if self.wafer is None else tuple(self.wafer.devices(self.device))

    @property
    def device_count(self) -> int:
        """The number of devices, 1 if none is listed."""
        dies = 1 if self.wafer is None else len(self.wafer.measured)
        return max(1, len(self.device)) * dies

    def document(self) -> dict[str, Any]:
        """Return the sequence as JSON data."""
        return self.model_dump(mode="json", exclude_defaults=True)


def load_sequence(path: Path | str) -> RunSequence:
    """Read a sequence file; its name is that of the file unless it has one.

    Raises SequenceError that names file, line, key and remedy.
    """
    path = Path(path)
    text = read_text(
        path,
        lambda why: SequenceError(
            f"The sequence file {path} cannot be read ({why}): check the path."
        ),
    )
    sequence = parse_toml(text, RunSequence, str(path), "sequence file", SequenceError)
    if "name" in sequence.model_fields_set:
        return sequence
    name = "".join(c if c.isalnum() or c in " .,+-_" else "-" for c in path.stem)[:60]
    return sequence.model_copy(update={"name": name or "sequence"})


def _check_unique(key: str, names: Sequence[str]) -> None:
    known = set[str]()
    for number, name in enumerate(names):
        if name in known:
            raise fault((key, number, "name"), "is there twice; name each once", name)
        known.add(name)
