"""A state model as CSV: one table of levels, one of transitions, full precision, units in names."""

import csv
import io
from collections.abc import Iterable, Sequence

import numpy as np

from ..state_model.model import Quantity, StateModel
from ..state_model.transitions import probabilities


def levels_csv(model: StateModel) -> str:
    """Return a line for each level; an empty field is a number that is not determined."""
    header = (
        "level",
        *_columns("resistance_ohm"),
        *_columns("cycle_std_ohm"),
        *_columns("device_std_ohm"),
        "wander_std_ohm",
        "conductance_S",
        "visits",
    )
    rows = [
        (
            number,
            *_ends(level.resistance_ohm),
            *_ends(level.cycle_std_ohm),
            *_ends(level.device_std_ohm),
            level.wander_std_ohm,
            level.conductance_S,
            level.visits,
        )
        for number, level in enumerate(model.levels)
    ]
    return _csv(header, rows)


def transitions_csv(model: StateModel) -> str:
    """Return a line for each polarity, amplitude and pair of levels that was pulsed at.

    The probability is the posterior's mean, with its 95 % interval.
    """
    header = ("amplitude_V", "level", "next_level", "count", "probability", "low", "high")
    rows = []
    for pulses in model.pulses:
        sign = 1 if pulses.polarity == "positive" else -1
        counts = np.array(pulses.counts)
        mean, low, high = probabilities(pulses, model.prior)
        for rung, level in np.argwhere(counts.sum(axis=-1) > 0).tolist():
            rows += [
                (
                    sign * pulses.amplitudes_V[rung],
                    level,
                    after,
                    int(counts[rung, level, after]),
                    *(float(table[rung, level, after]) for table in (mean, low, high)),
                )
                for after in range(len(model.levels))
            ]
    return _csv(header, rows)


def _columns(name: str) -> tuple[str, str, str]:
    return name, f"{name}_low", f"{name}_high"


def _ends(quantity: Quantity | None) -> tuple[float | None, float | None, float | None]:
    return (quantity.value, quantity.low, quantity.high) if quantity else (None, None, None)


def _csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return text.getvalue()
