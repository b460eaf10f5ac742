"""Lets PyVISA find the virtual bench as the back end `@dwmtj`, with the models of the store."""

from collections.abc import Mapping
from typing import Any

from simulators.bench import LabError, VirtualBenchLibrary, use_models


def model_of_the_store(reference: str) -> Mapping[str, Any]:
    """Return the state model `NAME` or `NAME:VERSION` of the store, as its document.

    The store is that of DWMTJ_DATABASE, else dwmtj.sqlite in this folder. Raises LabError.
    """
    from analysis import AnalysisError  # only a lab with a twin needs the rooms below
    from analysis.state_model_file import model_document
    from analysis.state_model_store import find_model
    from storage import StoreError

    try:
        return model_document(find_model(reference))
    except (AnalysisError, StoreError) as error:
        raise LabError(str(error)) from error


use_models(model_of_the_store)

WRAPPER_CLASS = VirtualBenchLibrary
