"""Many devices beside each other: each quantity by device, devices that fall out, and positions.

A device falls out if its median lies more than `FENCES` interquartile ranges outside the quartiles
of all devices' medians (Tukey), which of five devices or more can be told. A position is that of
the columns `row` and `column` of an array's run, or of a name such as "W3 R12C7" or "r3_c4".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..errors import AnalysisError
from ..estimate import Estimate
from ..intervals import mean_ci, symmetric_interval
from .quantities import Quantity, quantities_of
from .run import ComparedRun

FENCES = 1.5
FEWEST = 5  # devices whose quartiles say something
PLACE = re.compile(r"(?<![a-z])r(?:ow)?[ _-]?(\d+)[ _,;-]*c(?:ol(?:umn)?)?[ _-]?(\d+)(?!\d)", re.I)

Position = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ByDevice:
    """One quantity of several devices: the values of each, and the names of those that fall out.

    Values are known to within the largest `step` of the runs.
    """

    name: str
    unit: str
    values: Mapping[str, tuple[float, ...]]
    step: float = 0.0

    @property
    def medians(self) -> Mapping[str, float]:
        return {device: float(np.median(values)) for device, values in self.values.items()}

    @property
    def sigma(self) -> float:
        """The standard deviation of the devices' medians."""
        return float(np.std(list(self.medians.values()), ddof=1))

    @property
    def mean(self) -> Estimate:
        """Mean of the medians: Student's interval, but where they scatter by less than half a step
        at least half a step to either side, as they may all be rounded alike."""
        mean = mean_ci(np.array(list(self.medians.values())))
        if self.sigma >= self.step / 2:
            return mean
        return symmetric_interval(mean.value, max(mean.high - mean.value, self.step / 2))

    @property
    def outliers(self) -> tuple[str, ...]:
        medians = self.medians
        if len(medians) < FEWEST:
            return ()
        low, high = np.quantile(list(medians.values()), [0.25, 0.75])
        far = FENCES * (high - low)
        return tuple(
            device for device, median in medians.items() if not low - far <= median <= high + far
        )


@dataclass(frozen=True, slots=True)
class Devices:
    """Quantities by device, positions of the devices that have one, and why runs were left out."""

    quantities: tuple[ByDevice, ...]
    positions: Mapping[str, Position]
    left_out: tuple[str, ...]


def compare_devices(runs: Sequence[ComparedRun]) -> Devices:
    """Return all quantities of the runs by device; several runs of a device are taken together.

    Raises AnalysisError if fewer than two devices have one in common.
    """
    found: dict[tuple[str, str], dict[str, tuple[float, ...]]] = {}
    steps: dict[str, float] = {}
    positions: dict[str, Position] = {}
    left_out = []
    for run in runs:
        try:
            each_device = _of_run(run, positions)
        except AnalysisError as error:
            left_out.append(f"Run {run.run} ({run.device}) is left out: {error}")
            continue
        for device, quantities in each_device.items():
            for quantity in quantities:
                values = found.setdefault((quantity.name, quantity.unit), {})
                steps[quantity.name] = max(steps.get(quantity.name, 0.0), quantity.step)
                values[device] = (*values.get(device, ()), *quantity.values)
    shared = tuple(
        ByDevice(name, unit, values, steps[name])
        for (name, unit), values in found.items()
        if len(values) > 1
    )
    if not shared:
        reasons = " ".join(left_out)
        raise AnalysisError(
            f"Fewer than two devices have a quantity in common. {reasons}".strip()
            + (" Give runs on several devices." if not reasons else "")
        )
    return Devices(shared, positions, tuple(left_out))


def position_of(device: str) -> Position | None:
    """Return row and column of a name such as "A3 r4c12", None if it has none."""
    found = PLACE.search(device)
    return None if found is None else (int(found[1]), int(found[2]))


def _of_run(run: ComparedRun, positions: dict[str, Position]) -> dict[str, tuple[Quantity, ...]]:
    if {"row", "column"} <= set(run.points.columns):
        return _of_array(run, positions)
    if (position := position_of(run.device)) is not None:
        positions[run.device] = position
    return {run.device: tuple(each for each in quantities_of(run) if each.values)}


def _of_array(run: ComparedRun, positions: dict[str, Position]) -> dict[str, tuple[Quantity, ...]]:
    """Return the last resistance of every device of an array, by the level it was written to."""
    last = run.points.groupby("cycle", sort=True).tail(1)
    last = last[np.isfinite(last["resistance_ohm"]) & (last["resistance_ohm"] > 0)]
    targets = last["target"] if "target" in last else last["row"] * np.nan
    found: dict[str, tuple[Quantity, ...]] = {}
    columns = (last["row"], last["column"], targets, last["resistance_ohm"])
    for row, column, target, R in zip(*columns, strict=True):
        device = f"{run.device} R{int(row)}C{int(column)}"
        positions[device] = (int(row), int(column))
        of = "" if target != target else f"written to level {int(target)}"
        estimate = Estimate(float(R), -np.inf, np.inf)
        found[device] = (Quantity("Resistance", of, "Ω", estimate, (float(R),)),)
    return found
