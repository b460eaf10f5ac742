"""Dataclasses as plain data for the store, under the keys that results have always had.

A field that was renamed keeps its key: `field(metadata=stored_as("most"))`.
"""

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

_KEY = "stored_as"


def stored_as(key: str) -> dict[str, str]:
    """Return the metadata of a field whose key in documents is not its name."""
    return {_KEY: key}


def document(value: Any) -> Any:
    """Return plain data: a dictionary of a dataclass's fields, nested ones too, lists, values."""
    if is_dataclass(value) and not isinstance(value, type):
        return {
            entry.metadata.get(_KEY, entry.name): document(getattr(value, entry.name))
            for entry in fields(value)
        }
    if isinstance(value, Mapping):
        return {key: document(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [document(entry) for entry in value]
    return value
