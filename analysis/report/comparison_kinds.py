"""The kinds of comparison, `--compare KIND`: panels, tables and remarks of several runs."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ..compared.before_after import SCALES, UNITS, compare_before_after
from ..compared.devices import FEWEST, ByDevice, compare_devices
from ..compared.quantities import Quantity
from ..compared.run import ComparedRun, joined
from ..compared.states import measure_bias_dependence
from ..errors import AnalysisError
from ..figures import Panel, probability_with_law
from ..figures.compared.before_after import both_runs, differences
from ..figures.compared.devices import boxes, device_map
from ..figures.compared.states import states_against_bias, tmr_against_bias
from ..figures.house import prefix_for
from ..formatting import format_interval
from ..levels.find import find_levels
from ..switching.probability import threshold_between
from .table import Table, format_estimate

Parts = tuple[str, tuple[Panel, ...], tuple[Table, ...], tuple[str, ...]]


def _before_after(runs: Sequence[ComparedRun]) -> Parts:
    if len(runs) != 2:
        raise AnalysisError(f"{len(runs)} runs: before and after are two, in this order.")
    found = compare_before_after(*runs)
    rows = tuple(
        (change.name, _value(change.before), _value(change.after), change.verdict)
        for change in found.changes
    )
    columns = ("quantity", "before", "after", "after − before")
    title = f"Before and after: runs {runs[0].run} and {runs[1].run}"
    table = Table("Changes", columns, rows, found.remarks)
    return title, (differences(found), both_runs(found)), (table,), ()


def _value(quantity: Quantity) -> str:
    text = format_estimate(quantity.estimate, SCALES[quantity.unit])
    return f"{text} {UNITS[quantity.unit]}"


def _devices(runs: Sequence[ComparedRun]) -> Parts:
    found = compare_devices(runs)
    panels, missing = [boxes(each) for each in found.quantities], []
    for each in found.quantities:
        try:
            panels.append(device_map(each, found.positions))
        except AnalysisError as error:
            missing.append(str(error))
    rows = tuple(_device_row(each) for each in found.quantities)
    columns = ("quantity", "devices", "mean of medians", "σ of medians", "devices that fall out")
    count = len({device for each in found.quantities for device in each.values})
    table = Table("Device to device", columns, rows)
    return f"{count} devices", tuple(panels), (table,), (*found.left_out, *dict.fromkeys(missing))


def _device_row(found: ByDevice) -> tuple[str, ...]:
    medians = np.array(list(found.medians.values()))
    power, prefix = prefix_for(medians) if found.unit else (0, "")
    scale = 10.0**-power
    resolved = found.sigma >= found.step / 2
    few = "–" if len(medians) >= FEWEST else "too few devices to tell"
    return (
        f"{found.name} ({prefix}{found.unit or '1'})",
        str(len(medians)),
        format_estimate(found.mean, scale),
        f"{found.sigma * scale:.3g}" if resolved else f"below {found.step * scale:.3g} (step)",
        ", ".join(found.outliers) or few,
    )


def _states(runs: Sequence[ComparedRun]) -> Parts:
    found = measure_bias_dependence(runs)
    half = [
        (f"V_half, {side} bias (V)", format_interval(each.value, each.low, each.high))
        for side, each in zip(("negative", "positive"), found.half_V, strict=True)
        if each.value == each.value
    ]
    rows = (("TMR at zero bias (%)", format_estimate(found.zero_bias, 100)), *half)
    largest = max(abs(found.voltage_V.min()), found.voltage_V.max())
    remarks = [f"TMR is above half of it up to {largest:.3g} V."] if len(half) < 2 else []
    remarks += [
        f"Cycle {sweep.cycle + 1} of run {sweep.run} is left out: the junction switched in it."
        for sweep in found.switched
    ]
    panels = (states_against_bias(found), tmr_against_bias(found))
    table = Table("TMR against bias", ("quantity", "value"), rows, tuple(remarks))
    return f"Both states of {runs[0].device} against bias", panels, (table,), ()


def _widths(runs: Sequence[ComparedRun]) -> Parts:
    points = joined(runs)
    panel = probability_with_law(points, threshold_between(find_levels(points, runs[0].wanted)))
    return f"Switching probability of {runs[0].device}", (panel,), (), ()


COMPARISONS: Mapping[str, Callable[[Sequence[ComparedRun]], Parts]] = {
    "before-after": _before_after,
    "devices": _devices,
    "states": _states,
    "widths": _widths,
}
