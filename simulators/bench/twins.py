"""Digital twins of measured devices: `model:NAME` becomes a twin's parameters.

The bench knows no store: whoever opens a lab passes a function that returns the document of a state
model. A path that ends in `.json` needs none.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ...lab_address import MODEL_PREFIX
from ..device import TwinParameters, twin_parameters
from .errors import LabError

ResolveModel = Callable[[str, str | None], Mapping[str, Any]]
"""Returns the document of a state model, from its name and the database that the lab's address
names, None if it names none; raises LabError. Two that are equal return the same models."""


FindModel = Callable[[str], Mapping[str, Any]]


def no_models(name: str, _database: str | None = None) -> Mapping[str, Any]:
    """Find no model; raises LabError."""
    raise LabError(
        f"No store of models is connected to find {name!r} in: give the path of a .json file."
    )


def load_twin(device: str, folder: Path, find: FindModel) -> TwinParameters:
    """Return the parameters of `model:NAME`, or of `model:FILE.json` seen from a folder.

    Raises LabError, or DeviceError for a document that is no state model.
    """
    name = device.removeprefix(MODEL_PREFIX)
    if not name:
        raise LabError(
            f"{device!r} names no model: write {MODEL_PREFIX}NAME or {MODEL_PREFIX}FILE.json."
        )
    return twin_parameters(_document(folder / name) if name.endswith(".json") else find(name))


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
