"""What was measured of each device of a wafer, one quantity at a time, and whether it passes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite, nan

import numpy as np
import pandas as pd

from ...arrays import Floats
from ...storage import Store
from ...wafer_map import DevicePlace, Die, device_name
from ..criteria import Criterion, RunResults
from ..criteria.catalogue import QUANTITIES
from ..criteria.measured import OtherKindError
from ..errors import AnalysisError
from .study import WaferStudy

SHOWN_UNITS = {"ratio": "%", "T": "mT", "ohm": "Ω", "ohm m2": "Ω µm²", "J": "pJ"}
"""The unit in which a quantity without a criterion is shown, by its SI unit."""


@dataclass(frozen=True, slots=True)
class WaferQuantity:
    """A quantity of the devices in its SI unit; `reasons` says why a finished run has none.

    Of several runs of a device, the last one that measures the quantity counts.
    """

    criterion: Criterion
    values: Mapping[DevicePlace, float]
    reasons: Mapping[DevicePlace, str]

    @property
    def label(self) -> str:
        return self.criterion.label

    @property
    def unit(self) -> str:
        """The SI unit, as `quantities` knows it."""
        return QUANTITIES[self.criterion.quantity].unit

    def by_die(self, dies: Sequence[Die]) -> list[Floats]:
        """Return the values of each die."""
        return [
            np.array([value for place, value in self.values.items() if place.die == die])
            for die in dies
        ]

    def is_about(self, place: DevicePlace) -> bool:
        """Return whether the criterion is about a device, or about another one of each die."""
        return self.criterion.device in ("", place.device)

    def passes(self, place: DevicePlace) -> bool:
        """Return whether the value of a device lies in the required range; False without one."""
        value = self.values.get(place, nan)
        return self.criterion.minimum <= value <= self.criterion.maximum


def measure_quantities(
    store: Store, study: WaferStudy, criteria: Sequence[Criterion] = ()
) -> list[WaferQuantity]:
    """Return what the criteria are about, or every quantity without a level that a run measures.

    A criterion with a `device` is about that device of each die. Runs that failed give no value.
    """
    wanted = criteria or _all_without_level()
    found = [_Collected(criterion) for criterion in wanted]
    for place in study.contacted:
        ended = study.runs.get(place, ())
        runs = [RunResults(store.run(run.id), store.points(run.id)) for run in ended]
        for run in runs:
            run.take_levels_from(runs)
        for each in found:
            if each.criterion.device in ("", place.device):
                each.add(place, runs)
    quantities = [WaferQuantity(each.criterion, each.values, each.reasons) for each in found]
    return [quantity for quantity in quantities if criteria or quantity.values]


def passing(
    study: WaferStudy, quantities: Sequence[WaferQuantity], place: DevicePlace
) -> bool | None:
    """Return whether a device fulfils all criteria about it, None if it was not run, or if none is
    about it.
    """
    about = [quantity for quantity in quantities if quantity.is_about(place)]
    if not about or (place not in study.runs and place not in study.failed):
        return None
    return all(quantity.passes(place) for quantity in about)


def table(study: WaferStudy, quantities: Sequence[WaferQuantity]) -> pd.DataFrame:
    """Return a row for each device: its place, what became of it, and its values in SI units."""
    rows = []
    for place in study.places:
        x_m, y_m = study.map.centre_m(place.die)
        row: dict[str, object] = {
            "device": device_name(place),
            "column": place.die.column,
            "row": place.die.row,
            "x_m": x_m,
            "y_m": y_m,
            "state": state_of(study, place),
        }
        for quantity in quantities:
            name = quantity.label + (f" ({quantity.unit})" if quantity.unit else "")
            row[name] = quantity.values.get(place, nan)
        rows.append(row)
    return pd.DataFrame(rows)


def state_of(study: WaferStudy, place: DevicePlace) -> str:
    """Return "measured", "failed" (a run that did not finish), "no contact" or "not measured"."""
    if place in study.runs:
        return "measured"
    if place in study.failed:
        return "failed"
    return "no contact" if place in study.no_contact else "not measured"


class _Collected:
    """The values of one quantity as they are found."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        self.values: dict[DevicePlace, float] = {}
        self.reasons: dict[DevicePlace, str] = {}

    def add(self, place: DevicePlace, runs: Sequence[RunResults]) -> None:
        """Add the value of a device from the last of its runs that has one."""
        measure = QUANTITIES[self.criterion.quantity].measure
        for run in runs:
            if self.criterion.protocol not in ("", run.protocol):
                continue
            try:
                value = measure(run, self.criterion).estimate.value
            except OtherKindError:
                continue
            except AnalysisError as error:
                self.reasons[place] = str(error)
                continue
            if isfinite(value):
                self.values[place] = float(value)
            else:
                self.reasons[place] = "the run does not determine it"


def _all_without_level() -> list[Criterion]:
    """Return every quantity that needs no level, without a required range."""
    return [
        Criterion(name, -inf, inf, "", SHOWN_UNITS.get(quantity.unit, quantity.unit))
        for name, quantity in QUANTITIES.items()
        if not quantity.has_level and not quantity.optional
    ]
