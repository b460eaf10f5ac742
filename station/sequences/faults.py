"""Errors about a key of a sequence, which name its line in the file."""

from pydantic import ValidationError
from pydantic_core import InitErrorDetails, PydanticCustomError


def fault(key: str | tuple[str | int, ...], message: str, given: object) -> ValidationError:
    """Return an error about a key of a section, or about one at a place within it."""
    shown = "" if given == "" else f"is {str(given)[:100]!r}, which "
    place = (key,) if isinstance(key, str) else key
    kind = PydanticCustomError("sequence", "{message}", {"message": f"{shown}{message}"})
    detail = InitErrorDetails(type=kind, loc=place, input=given)
    return ValidationError.from_exception_data("sequence", [detail])
