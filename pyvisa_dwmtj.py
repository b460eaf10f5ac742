"""Lets PyVISA find the virtual bench as the back end `@dwmtj`, with the models of the store."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from dwmtj.simulators.bench import LabError, VirtualBenchLibrary, use_models


def model_of_the_store(reference: str, database: str | None = None) -> Mapping[str, Any]:
    """Return the state model `NAME` or `NAME:VERSION` of the store, as its document.

    It is looked for in the database given, if that has it, else in that of DWMTJ_DATABASE, else in
    dwmtj.sqlite in this folder. Raises LabError.
    """
    from dwmtj.analysis import AnalysisError  # only a lab with a twin needs the rooms below
    from dwmtj.analysis.state_model.file import model_document
    from dwmtj.analysis.state_model.store import find_model
    from dwmtj.storage import StoreError, database_path

    errors: list[Exception] = []
    try:
        places = dict.fromkeys(map(database_path, (database, None)))
        for place in sorted(places, key=lambda path: not path.exists()):
            try:
                return model_document(find_model(reference, str(place)))
            except (AnalysisError, StoreError) as error:
                errors.append(error)
    except StoreError as error:
        errors.append(error)
    raise LabError(str(errors[0])) from errors[0]


def use_models_of(database: str | None) -> None:
    """Let twins be looked for in a database first."""
    use_models(partial(model_of_the_store, database=database))


use_models_of(None)

WRAPPER_CLASS = VirtualBenchLibrary
