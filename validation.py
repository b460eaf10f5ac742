"""Sections of TOML files as pydantic models, and errors that name line, key and remedy."""

import codecs
import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    TypeAdapter,
    ValidationError,
    model_validator,
)
from pydantic_core import InitErrorDetails, PydanticCustomError

S = TypeVar("S", bound=BaseModel)

Location = Sequence[str | int]

_TYPES = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "string_type": "a text in quotes",
}

_TRIED = ("float", "int", "str")
_MEANT = {"A": ("µ", 6), "T": ("m", 3), "V": ("m", 3), "s": ("n", 9)}
LONGEST_INPUT = 200


class Section(BaseModel):
    """A table of a TOML file: no unknown keys, no conversions between types, finite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, allow_inf_nan=False)

    @model_validator(mode="before")
    @classmethod
    def _check_keys(cls, table: Any) -> Any:
        check_keys(table, [field.alias or name for name, field in cls.model_fields.items()])
        return table


def section_of(kind: type) -> BeforeValidator:
    """Return a validator of a table as a dataclass whose fields are its keys, as a Section's."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    known = [field.name for field in fields(kind)]

    def validate(table: Any) -> Any:
        check_keys(table, known)
        return adapter.validate_python(table) if isinstance(table, Mapping) else table

    return BeforeValidator(validate)


def check_keys(table: Any, known: Sequence[str]) -> None:
    """Raise ValidationError for every unknown key of a table, with the list of known ones."""
    unknown = [key for key in table if key not in known] if isinstance(table, Mapping) else []
    if unknown:
        kind = PydanticCustomError(
            "unknown_key", "known here: {known}", {"known": ", ".join(known)}
        )
        details = [InitErrorDetails(type=kind, loc=(key,), input=table[key]) for key in unknown]
        raise ValidationError.from_exception_data("table", details)


def parse_toml(
    text: str, schema: type[S], source: str, kind: str, error: Callable[[str], Exception]
) -> S:
    """Return the content of a TOML file as an instance of `schema`.

    Raises `error` with one sentence that names the `source`, the line, the key and the remedy;
    `kind` is what such a file is called, such as "bench file".
    """
    too_deep = f"The {kind} {source} is nested too deeply: write it flat."
    try:
        return schema.model_validate(tomllib.loads(text))
    except ValidationError as problem:
        try:
            sentence = explain(problem, text, source, kind)
        except RecursionError:  # what was read cannot be shown
            sentence = too_deep
        raise error(sentence) from problem
    except RecursionError as problem:
        raise error(too_deep) from problem
    except ValueError as problem:  # TOMLDecodeError, or a number with thousands of digits
        raise error(f"The {kind} {source} is not valid TOML: {problem}.") from problem


def read_toml(path: Path, schema: type[S], kind: str, error: Callable[[str], Exception]) -> S:
    """Return the content of a TOML file as an instance of `schema`, see `parse_toml`.

    Raises `error` if the file cannot be read, too.
    """
    text = read_text(
        path, lambda why: error(f"The {kind} {path} cannot be read ({why}): check the path.")
    )
    return parse_toml(text, schema, str(path), kind, error)


def read_text(path: Path, error: Callable[[str], Exception]) -> str:
    """Return the text of a UTF-8 file, with or without a byte order mark.

    Raises what `error` makes of a reason in a few words.
    """
    try:
        content = path.read_bytes()
        if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in content[:4]:
            raise error("it is UTF-16: save it as UTF-8")
        return content.decode("utf-8-sig")
    except OSError as problem:
        raise error(str(problem.strerror)) from problem
    except UnicodeDecodeError as problem:
        raise error("it is not UTF-8: save it as UTF-8") from problem


def explain(error: ValidationError, text: str, source: str, kind: str) -> str:
    """Return the first problem of a file's text as a sentence, with the number of others."""
    problems = error.errors()
    # A typing error is an unknown key and a missing one; the unknown one shows where it is.
    first = min(problems, key=lambda problem: problem["type"] != "unknown_key")
    line = _line_of(first["loc"], text)
    where = f"{source}, line {line}" if line else source
    others = len({_place(problem["loc"]) for problem in problems}) - 1
    more = f" ({others} more after this one)" if others else ""
    subject = f"{_name(_place(first['loc']))} " if first["loc"] else ""
    sentence = f"{where}: {subject}{_remedy(first, kind)}{more}"
    return sentence if sentence.endswith("?") else f"{sentence}."


def _place(location: Location) -> tuple[str | int, ...]:
    """Return the keys alone: pydantic adds the kind it tried where there are several."""
    ends = next((i for i, part in enumerate(location) if part in _TRIED), len(location))
    return tuple(location[:ends]) if ends else tuple(location)


def _name(location: Location) -> str:
    if len(location) > 1 and isinstance(location[1], int):
        names = [f"[[{location[0]}]] number {location[1] + 1}", ".".join(_keys(location[2:]))]
        return ", ".join(filter(None, names))
    return ".".join(_keys(location))


def _keys(location: Location) -> list[str]:
    return [part for part in location if isinstance(part, str)]


def _remedy(problem: Any, kind: str) -> str:
    context, value = problem.get("ctx", {}), problem["input"]
    shown = value.isoformat() if isinstance(value, date | datetime | time) else repr(value)
    given = _shortened(shown)
    match problem["type"]:
        case "unknown_key":
            return f"is not a key of the {kind}; {problem['msg']}"
        case "missing":
            return "is missing; add it"
        case "literal_error":
            return f"is {given}; choose {context['expected']}"
        case "model_type" | "dataclass_exact_type":
            return f"is {given}; it must be a section, [{_name(problem['loc'])}]"
        case "tuple_type" if isinstance(problem["input"], Mapping):
            return f"is one section; write each as [[{_name(problem['loc'])}]]"
        case "tuple_type":
            return f"is {given}; it must be a list"
        case "string_pattern_mismatch":
            return f"is {given}, which has characters, or a form, that do not belong here"
        case "too_short" | "too_long":
            wanted = context.get("min_length", context.get("max_length"))
            return f"has {context['actual_length']} items; it must have {wanted}"
        case "int_type" | "float_type" | "bool_type" | "string_type":
            return f"is {given}; it must be {_TYPES[problem['type']]}"
        case _ if problem["msg"].startswith("Input should "):
            wanted = problem["msg"].removeprefix("Input should ")
            return f"is {given}; it must {wanted}{_unit_hint(problem)}"
        case _:
            return str(problem["msg"])


def _shortened(text: str) -> str:
    return text if len(text) <= LONGEST_INPUT else f"{text[:LONGEST_INPUT]}…"


def _unit_hint(problem: Any) -> str:
    """Return what a number too large for its unit was probably meant to be."""
    value, unit = problem["input"], str(problem["loc"][-1]).rpartition("_")[2]
    if problem["type"] != "less_than_equal" or unit not in _MEANT:
        return ""
    prefix, power = _MEANT[unit]
    return f" (in {unit}: {value:g} {prefix}{unit} is {value:g}e-{power})"


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
