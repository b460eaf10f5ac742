"""A state model as steps: how far one write moves the conductance, up and down, from each level.

A step is a ladder of rising amplitude that ends as soon as the device has left its level: what one
update is to programs that know one kind of pulse. A level that a polarity never left goes where the
nearest one behind it goes; at the end that it moves towards the step is 0.
"""

from dataclasses import dataclass

import numpy as np

from ...arrays import Floats
from ..errors import AnalysisError
from ..state_model.model import Pulses, StateModel
from ..state_model.transitions import leaving_voltage


@dataclass(frozen=True, slots=True)
class Steps:
    """The steps of one direction; index: level, from the lowest conductance up.

    `size_S` is the mean change, `variance_S2` its variance over the levels that were arrived at,
    `path` the levels that the most frequent steps lead along, `pulses` what makes the steps.
    """

    size_S: Floats
    variance_S2: Floats
    path: tuple[int, ...]
    pulses: Pulses


def steps_of(model: StateModel) -> tuple[Floats, Steps, Steps]:
    """Return the levels' conductances (S, rising) and the steps up and down.

    Raises AnalysisError if the model does not hold both.
    """
    conductance_S = np.array([level.conductance_S for level in model.levels])
    steps = [_steps(pulses, conductance_S) for pulses in model.pulses]
    found = {bool(one.size_S.sum() > 0): one for one in steps if one.size_S.any()}
    if len(found) < 2:
        raise AnalysisError(
            f"The model {model.name} only holds steps in one direction; calibrate it from "
            "write-reset-cycling runs, or reset runs beside the others, for this format."
        )
    return conductance_S, found[True], found[False]


def mean_leaving_V(pulses: Pulses) -> float:
    """Return the largest of the mean amplitudes at which levels are left, V."""
    levels = range(len(pulses.counts[0]))
    return max(left[0].value for level in levels if (left := leaving_voltage(pulses, level)))


def _steps(pulses: Pulses, conductance_S: Floats) -> Steps:
    moves = np.array(pulses.counts).sum(axis=0).astype(float)
    np.fill_diagonal(moves, 0.0)
    rises = float((moves * (conductance_S - conductance_S[:, None])).sum()) > 0
    shares = _shares(moves, rises)
    change_S = conductance_S - conductance_S[:, None]
    size_S = (shares * change_S).sum(axis=1)
    variance_S2 = (shares * change_S**2).sum(axis=1) - size_S**2
    return Steps(size_S, variance_S2.clip(0), _path(shares, rises), pulses)


def _shares(moves: Floats, rises: bool) -> Floats:
    """Return where each level goes, shape (levels, levels); a row of zeros where it cannot go on.

    A level without data goes where the nearest one behind it goes, as far as that lies ahead.
    """
    levels = len(moves)
    order = range(levels) if rises else range(levels - 1, -1, -1)
    shares = np.zeros_like(moves)
    latest = np.zeros(levels)
    for level in order:
        ahead = np.arange(levels) > level if rises else np.arange(levels) < level
        latest = moves[level] if moves[level].any() else latest * ahead
        if latest.any() and ahead.any():
            shares[level] = latest / latest.sum()
    return shares


def _path(shares: Floats, rises: bool) -> tuple[int, ...]:
    """Return the levels along the most frequent steps from one end until none leads on."""
    path = [0 if rises else len(shares) - 1]
    while shares[path[-1]].any() and (after := int(shares[path[-1]].argmax())) not in path:
        path.append(after)
    return tuple(path)
