"""The PyVISA back end `@dwmtj`: the virtual bench, with the state models of the store."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from typing_extensions import override

from dwmtj.simulators.bench import LabError, ResolveModel, VirtualBenchLibrary

if TYPE_CHECKING:
    from dwmtj.storage import Place


@dataclass(frozen=True, slots=True)
class StoreModels:
    """Finds state models in databases; two that look in the same place are equal.

    That place is the database of DWMTJ_DATABASE, else dwmtj.sqlite in the current folder.
    """

    environment: str = field(default_factory=lambda: os.environ.get("DWMTJ_DATABASE", ""))
    folder: str = field(default_factory=os.getcwd)

    def __call__(self, reference: str, database: str | None = None) -> Mapping[str, Any]:
        """Return the document of `NAME` or `NAME:VERSION`; raises LabError if it is not found.

        It is looked for in the `database` first.
        """
        from dwmtj.analysis import AnalysisError  # only a lab with a twin needs the rooms below
        from dwmtj.analysis.state_model.file import model_document
        from dwmtj.analysis.state_model.store import find_model
        from dwmtj.storage import StoreError, database_place

        errors: list[Exception] = []
        try:
            places = dict.fromkeys(map(database_place, (database, self.environment)))
            for place in sorted(places, key=_is_missing):
                try:
                    return model_document(find_model(reference, str(place)))
                except (AnalysisError, StoreError) as error:
                    errors.append(error)
        except StoreError as error:
            errors.append(error)
        raise LabError(str(errors[0])) from errors[0]


def _is_missing(place: "Place") -> bool:
    """Return whether there is no such file; whether a server answers is seen when it is asked."""
    return isinstance(place, Path) and not place.exists()


class WRAPPER_CLASS(VirtualBenchLibrary):  # noqa: N801 - the name PyVISA looks for
    """The virtual bench as PyVISA opens it."""

    @override
    def models(self) -> ResolveModel:
        return StoreModels()
