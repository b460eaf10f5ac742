"""A StateModel as JSON: written, read back exactly, and refused where it is not understood.

The schema is published beside this module as `state_model.schema.json`.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from ..errors import AnalysisError
from .model import SCHEMA, SCHEMA_VERSION, StateModel

_ADAPTER = TypeAdapter(StateModel)


def model_json(model: StateModel) -> str:
    """Return the model's JSON text; `parse_model` gives back an equal model, digit by digit."""
    return _ADAPTER.dump_json(model).decode()


def model_document(model: StateModel) -> dict[str, Any]:
    """Return the model as plain dictionaries, lists, texts and numbers."""
    document: dict[str, Any] = json.loads(model_json(model))
    return document


def parse_model(
    source: str | bytes | Mapping[str, Any], where: str = "The state model"
) -> StateModel:
    """Return the model of a JSON text or of a document read from one.

    Raises AnalysisError, naming `where` and the key, for anything that is not understood: no JSON,
    another kind of document, a newer schema, unknown or missing keys, wrong types or values.
    """
    try:
        document = json.loads(source) if isinstance(source, str | bytes) else source
    except (ValueError, RecursionError) as error:
        raise AnalysisError(f"{where} is not JSON ({error}); export the model again.") from error
    _check_kind(document, where)
    try:
        return _ADAPTER.validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        raise AnalysisError(f"{where} cannot be used: {_first(error)}; export it again.") from error
    except RecursionError as error:
        raise AnalysisError(f"{where} nests too deeply: export it again.") from error


def read_model(path: Path) -> StateModel:
    """Return the model in a JSON file; raises AnalysisError."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise AnalysisError(
            f"The state model {path} cannot be read ({error.strerror}): check the path."
        ) from error
    except UnicodeDecodeError as error:
        raise AnalysisError(f"The state model {path} is no text; export it again.") from error
    return parse_model(text, f"The state model {path}")


def model_schema() -> dict[str, Any]:
    """Return the JSON schema of the file."""
    schema = _ADAPTER.json_schema()
    schema["required"] = sorted({*schema["required"], "schema", "schema_version"})
    return schema


def _check_kind(document: object, where: str) -> None:
    if not isinstance(document, Mapping) or document.get("schema") != SCHEMA:
        raise AnalysisError(f'{where} is no state model: it lacks "schema": "{SCHEMA}".')
    version = document.get("schema_version")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise AnalysisError(f"{where} has the schema version {version!r}; it must be 1 or more.")
    if version > SCHEMA_VERSION:
        raise AnalysisError(
            f"{where} was made by a newer dwmtj (schema version {version}, this one reads up to "
            f"{SCHEMA_VERSION}): update dwmtj."
        )


def _first(error: ValidationError) -> str:
    what = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(part) for part in what["loc"])
    message = what["msg"].removeprefix("Value error, ")
    message = message[:1].lower() + message[1:]
    return f"{place}: {message}" if place else message
