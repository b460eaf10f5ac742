"""Sections of TOML files as pydantic models, and errors that name line, key and remedy."""

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, model_validator
from pydantic_core import InitErrorDetails, PydanticCustomError

T = TypeVar("T")

Location = Sequence[str | int]


class Section(BaseModel):
    """A table of a TOML file: no unknown keys, no conversions between types, finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _check_keys(cls, table: Any) -> Any:
        """Reject unknown keys with the list of known ones, which pydantic's error lacks."""
        known = [field.alias or name for name, field in cls.model_fields.items()]
        unknown = [key for key in table if key not in known] if isinstance(table, Mapping) else []
        if unknown:
            details: list[InitErrorDetails] = [
                {"type": unknown_key(known), "loc": (key,), "input": table[key]} for key in unknown
            ]
            raise ValidationError.from_exception_data(cls.__name__, details)
        return table


def unknown_key(known: Iterable[str]) -> PydanticCustomError:
    """Return the error of a key that is not among the known ones."""
    return PydanticCustomError("unknown_key", "known here: {known}", {"known": ", ".join(known)})


def parse_toml(
    text: str, schema: type[T] | Any, source: str, kind: str, error: Callable[[str], Exception]
) -> T:
    """Return the content of a TOML file as an instance of `schema`.

    Raises `error` with one sentence that names the `source`, the line, the key and the remedy;
    `kind` is what such a file is called, such as "bench file".
    """
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as problem:
        raise error(f"The {kind} {source} is not valid TOML: {problem}.") from problem
    adapter: TypeAdapter[T] = TypeAdapter(schema)
    try:
        return adapter.validate_python(table)
    except ValidationError as problem:
        raise error(explain(problem, text, source, kind)) from problem


def explain(error: ValidationError, text: str, source: str, kind: str) -> str:
    """Return the first problem of a file's text as a sentence, with the number of others."""
    problems = error.errors()
    # A typing error is an unknown key and a missing one; the unknown one shows where it is.
    first = min(problems, key=lambda problem: problem["type"] != "unknown_key")
    line = _line_of(first["loc"], text)
    where = f"{source}, line {line}" if line else source
    more = f" ({len(problems) - 1} more after this one)" if len(problems) > 1 else ""
    subject = f"{_name(first['loc'])} " if first["loc"] else ""
    return f"{where}: {subject}{_remedy(first, kind)}{more}."


def _name(location: Location) -> str:
    if len(location) > 1 and isinstance(location[1], int):
        names = [f"[[{location[0]}]] number {location[1] + 1}", ".".join(_keys(location[2:]))]
        return ", ".join(filter(None, names))
    return ".".join(_keys(location))


def _keys(location: Location) -> list[str]:
    return [part for part in location if isinstance(part, str)]


def _remedy(problem: Any, kind: str) -> str:
    context, given = problem.get("ctx", {}), repr(problem["input"])
    match problem["type"]:
        case "unknown_key":
            return f"is not a key of the {kind}; {problem['msg']}"
        case "missing":
            return "is missing; add it"
        case "literal_error":
            return f"is {given}; choose {context['expected']}"
        case "model_type" | "dataclass_type" | "model_attributes_type":
            return f"is {given}; it must be a section, [{_name(problem['loc'])}]"
        case "too_short" | "too_long":
            wanted = context.get("min_length", context.get("max_length"))
            return f"has {context['actual_length']} items; it must have {wanted}"
        case _ if problem["msg"].startswith("Input should "):
            return f"is {given}; it must {problem['msg'].removeprefix('Input should ')}"
        case _:
            return str(problem["msg"])


def _line_of(location: Location, text: str) -> int | None:
    """Find the line of the key, or of the innermost section above it that the text has."""
    wanted = list(map(str, location))
    found, section = None, list[str]()
    arrays: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := re.match(r"\s*(\[+)\s*([^\]]+?)\s*\]", line):
            section = header[2].split(".")
            if len(header[1]) > 1:
                arrays[header[2]] = arrays.get(header[2], -1) + 1
                section.append(str(arrays[header[2]]))
            if section == wanted[: len(section)]:
                found = number
        elif assignment := re.match(r"\s*([\w.\"-]+)\s*=", line):
            here = [*section, *assignment[1].strip('"').split(".")]
            if here == wanted[: len(here)]:
                found = number
                if here == wanted:
                    return number
    return found
