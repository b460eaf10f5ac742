"""Measured devices on the bench: `model:NAME` becomes a twin's parameters.

The bench knows no store. Whoever sets it up says with `use_models` how a model's name becomes its
document; a path that ends in `.json` needs nobody.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..device import TwinParameters, twin_parameters
from .errors import LabError

PREFIX = "model:"

FindModel = Callable[[str], Mapping[str, Any]]


def _none(name: str) -> Mapping[str, Any]:
    raise LabError(
        f"No store of models is connected to find {name!r} in: give the path of a .json file."
    )


_find: FindModel = _none


def use_models(find: FindModel) -> None:
    """Let `find` give the document of a state model by its name; it may raise LabError."""
    global _find
    _find = find


def load_twin(device: str, folder: Path) -> TwinParameters:
    """Return the parameters of `model:NAME`, or of `model:FILE.json` seen from a folder.

    Raises LabError, or DeviceError for a document that is no state model.
    """
    name = device.removeprefix(PREFIX)
    if not name:
        raise LabError(f"{device!r} names no model: write {PREFIX}NAME or {PREFIX}FILE.json.")
    return twin_parameters(_document(folder / name) if name.endswith(".json") else _find(name))


def _document(path: Path) -> Mapping[str, Any]:
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise LabError(f"Model file {path} cannot be read ({error.strerror}).") from error
    except ValueError as error:
        raise LabError(f"Model file {path} is not JSON: {error}.") from error
    if not isinstance(document, dict):
        raise LabError(f"Model file {path} is no state model: export it again.")
    return document
