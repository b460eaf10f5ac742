"""Groups of readings: those of plateaus, or of single readings where pulses outpace plateaus.

A plateau is cut where readings jump by much more than their neighbours do. Where every few pulses
move the wall there is no such quiet to compare with; single readings are then grouped as if each
were a plateau. They are tried where `BUSY` of the steps are at least `LEAST_STEP` of the
range, or where plateaus show one group only, and taken if they show several, between which at least
`OFTEN` of the pulses move, or if plateaus show one. Chance makes groups of a few readings of one
level, too: among fewer than `FEW_READINGS`, groups between which pulses of one sign move the wall
to and fro are none.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from ....arrays import Floats, Ints
from ..visits import goes_by_amplitude, label_readings
from .given import given_groups
from .halving import has_few_sequences
from .merging import Grouping, merge_split_levels
from .mixture import centres, find_groups
from .plateaus import Plateaus, find_plateaus

BUSY = 0.2
LEAST_STEP = 0.01
OFTEN = 0.15
MIN_READINGS = 4
FEW_READINGS = 60
TO_AND_FRO = 0.25
FEWEST_EACH = 2


def group_readings(readings: pd.DataFrame, rounding: float) -> Grouping:
    """Return the groups of readings (`resistance_ohm`, `sequence`), highest first.

    `rounding` is the standard deviation that the meter's step adds to a reading.
    """
    value, sequence = readings["resistance_ohm"].to_numpy(), readings["sequence"].to_numpy()
    halved = has_few_sequences(sequence) and not goes_by_amplitude(readings)
    groups = find_groups(find_plateaus(value, sequence), rounding, halved=halved)
    found = merge_split_levels(groups, readings)
    is_clear = len(found.groups) > 1 and not _is_busy(value, sequence)
    if is_clear or len(value) < MIN_READINGS:
        return found
    single = Plateaus(value, np.zeros_like(value), np.ones(len(value), dtype=np.intp))
    others = merge_split_levels(find_groups(single, rounding), readings)
    if len(others.groups) < 2:
        return found
    label = label_readings(readings, *centres(others.groups))
    if len(value) < FEW_READINGS and _to_and_fro(readings, label):
        return found
    moves = (np.diff(label) != 0)[np.diff(sequence) == 0]
    often = len(moves) > 0 and float(moves.mean()) >= OFTEN
    return others if len(found.groups) < 2 or often else found


def group_as_given(readings: pd.DataFrame, wanted: int | Floats) -> Grouping:
    """Return as many groups of readings as wanted, or those around the positions; highest first."""
    value, sequence = readings["resistance_ohm"].to_numpy(), readings["sequence"].to_numpy()
    median = find_plateaus(value, sequence).median_ohm
    few = isinstance(wanted, int) and len(median) < FEWEST_EACH * wanted
    values = value if few or not isinstance(wanted, int) or _is_busy(value, sequence) else median
    groups = given_groups(values, wanted)
    return Grouping(groups, {len(groups): 1.0})


def _to_and_fro(readings: pd.DataFrame, label: Ints) -> bool:
    """Return True if pulses of one sign move the wall both ways between the groups."""
    sign = np.sign(readings["amplitude_V"].to_numpy(dtype=float))
    alike = (np.diff(readings["sequence"].to_numpy()) == 0) & (np.diff(sign) == 0)
    step = np.diff(label)[alike]
    up, down = int((step > 0).sum()), int((step < 0).sum())
    return min(up, down) > TO_AND_FRO * max(1, up + down)


def _is_busy(value: Floats, sequence: npt.NDArray[np.int64]) -> bool:
    step = np.abs(np.diff(value))[np.diff(sequence) == 0]
    if len(step) == 0:
        return False
    return float(np.quantile(step, 1 - BUSY)) > LEAST_STEP * float(np.ptp(value))
