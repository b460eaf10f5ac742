"""The criteria file: TOML with a title and a [[criterion]] for each published or required value."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from ...errors import DwmtjError
from ...validation import Section, read_toml
from .criterion import Criterion
from .reading import criterion_of

PUBLISHED = Path(__file__).parent / "published"


class CriteriaFileError(DwmtjError):
    """A criteria file that cannot be read or understood."""


class CriterionSection(Section):
    """A [[criterion]] of a criteria file; value, tolerance, minimum and maximum are texts with
    units, or numbers for a quantity without a unit."""

    quantity: str
    value: Any = None
    tolerance: Any = None
    minimum: Any = None
    maximum: Any = None
    level: Any = None
    phase: Literal["write", "ramp", "reset"] | None = None
    cycles: Annotated[int, Field(ge=2)] | None = None
    track_resistance: Any = None
    name: str = ""
    source: str = ""
    device: str = ""
    protocol: str = ""

    @model_validator(mode="after")
    def _understand(self) -> Self:
        criterion_of(self)
        return self


class CriteriaFile(Section):
    """A criteria file: its title, the source and the device of all criteria without their own."""

    title: str = ""
    source: str = ""
    device: str = ""
    criterion: Annotated[tuple[CriterionSection, ...], Field(min_length=1, strict=False)]

    @property
    def criteria(self) -> tuple[Criterion, ...]:
        """The criteria in SI units, in the order of the file."""
        found = (criterion_of(section) for section in self.criterion)
        return tuple(replace(one, device=one.device or self.device) for one in found)


def load_criteria(place: str | Path) -> CriteriaFile:
    """Return the criteria of a file, or those that are published under a name.

    Raises CriteriaFileError with one sentence that names line and key.
    """
    built_in = published().get(str(place))
    return read_toml(Path(built_in or place), CriteriaFile, "criteria file", CriteriaFileError)


def published() -> dict[str, Path]:
    """Return the bundled criteria files, by name: those of the published devices."""
    return {f"published-{path.stem}": path for path in sorted(PUBLISHED.glob("*.toml"))}
