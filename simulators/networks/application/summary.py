"""An application in words: a table of accuracies, and what its uncertainty contains."""

import numpy as np

from ....analysis.report.table import Table
from ....analysis.state_model.model import StateModel
from .result import Applied, range_of

FEW_VISITS = 3


def accuracy_table(applied: Applied, model: StateModel) -> Table:
    """Return a row for each kind of network, and the accuracy of one more in a sentence."""
    draws = len(applied.drawn)
    rows = [
        ("as trained, float32", _percent(applied.trained), "", "1"),
        (f"on the {len(model.levels)} levels, no error", _percent(applied.on_levels), "", "1"),
        _row("programmed, likeliest device", applied.likeliest),
        _row("programmed, drawn devices", applied.drawn),
    ]
    if applied.written is not None:
        rows.append(_row("written by ladders, drawn devices", applied.written))
    return Table(
        f"{applied.task} on {model.name}: accuracy in %, {applied.images:,} test inputs, "
        f"{draws} drawn devices",
        ("weights", "accuracy (mean ± σ)", "one more network within", "networks"),
        tuple(rows),
        (_answer(applied, model),),
    )


def contents(applied: Applied, model: StateModel) -> tuple[str, ...]:
    """Return what the uncertainty contains, what it doesn't, and what to know of the model."""
    levels = f"{len(model.levels)} levels"
    devices = (
        "the spread between the devices that were measured"
        if len(model.devices) > 1
        else "other devices than the one measured (calibrate several with --several-devices)"
    )
    several = len(model.devices) > 1
    writing = "" if applied.written is None else "; in the last row, the levels that pulses reach"
    return (
        f"Contained: how well the measurement determines the mean and the scatter of each of the "
        f"{levels} ({100 * applied.from_measurement:.2g} points, 1 σ); the scatter of single "
        f"devices from programming to programming ({100 * applied.from_programming:.2g} points); "
        f"read noise{'' if model.read_noise else ' (none was measured)'}"
        f"{f'; {devices}' if several else ''}{writing}.",
        f"Not contained: {'' if several else f'{devices}; '}the choice of {levels}; pulses that "
        "miss a level, but in the last row; retention, temperature, line resistance, converters; "
        "training with other random numbers.",
        f"Another {applied.images:,} test inputs would move all accuracies together by "
        f"{100 * applied.from_images:.2g} points (1 σ).",
        *_remarks(applied, model),
    )


def _remarks(applied: Applied, model: StateModel) -> list[str]:
    found = list(model.remarks)
    few = [str(n) for n, level in enumerate(model.levels) if level.visits < FEW_VISITS]
    if few:
        found.append(
            f"Visited fewer than {FEW_VISITS} times: level {', '.join(few)}, whose mean and "
            "scatter are hardly known; more cycles narrow the range."
        )
    if applied.written is None:
        found.append("No row for writing by pulses: the model has no transitions.")
    return found


def _answer(applied: Applied, model: StateModel) -> str:
    found = range_of(applied.drawn)
    mean = _percent(float(np.mean(applied.drawn)))
    if not found.probability:
        return f"{mean} % with {model.name}; draw more devices for an interval (--draws 39)."
    return (
        f"A network of devices like {model.name}: {mean} %, between {_percent(found.low)} and "
        f"{_percent(found.high)} % with a probability of {100 * found.probability:.0f} %."
    )


def _row(name: str, accuracies: tuple[float, ...]) -> tuple[str, str, str, str]:
    found = range_of(accuracies)
    std = 100 * float(np.std(accuracies, ddof=1)) if len(accuracies) > 1 else 0.0
    within = (
        f"{_percent(found.low)} … {_percent(found.high)} ({100 * found.probability:.0f} %)"
        if found.probability
        else "–"
    )
    mean = _percent(float(np.mean(accuracies)))
    return name, f"{mean} ± {std:.2f}", within, str(len(accuracies))


def _percent(accuracy: float) -> str:
    return f"{100 * accuracy:.2f}"
