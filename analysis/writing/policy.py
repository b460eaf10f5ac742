"""Policies for writing a level: the pulse to fire at each level, so that the target costs least.

    policy = write_verify_policy(model)
    history = PulseHistory.empty()
    while level != target:                       # read after every pulse
        amplitude_V = policy.amplitude_V(target, level, history)
        level, before = fire_and_read(amplitude_V), level
        history = history.after(amplitude_V, level != before)

Levels are states, signed amplitudes are actions, and a reading gives the level. The pulses that a
wall has withstood since it arrived belong to its state: a threshold that a pulse did not overcome
is not overcome by the same pulse again (`transitions` has the assumption, `value_iteration` the
equation). `single_shot_policy` is the alternative without reading: one pulse from saturation.

The amplitudes are those of the model's ladders, at the model's width and fields: positive and
negative pulses may need different bias fields (`Pulses.field_T`), so fire all devices of one
polarity at one field. A level of a model may hold several positions of the wall with equal
resistance.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ...arrays import Floats
from ..errors import AnalysisError
from ..state_model.model import StateModel
from ..state_model.sampling import most_likely
from ..state_model.transitions import cumulated
from .transitions import PulseHistory, TransitionTables, saturated_level, transition_tables

Cost = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class WritePolicy:
    """The pulse to fire at every level for every target, and the expected cost of writing so.

    `first_V`, `pulses` and `squares_V2` have the shape (targets, levels) and are for walls without
    history: the signed amplitude to fire (V, 0 at the target), the expected number
    of pulses until the target is read, and the expected sum of their V², which is the energy times
    R/T. They are NaN and infinite for levels from which the target cannot be reached with
    certainty; no such level is met on the way from `start`, the level after saturation. `choice`
    (targets, levels, n + 1, m + 1), by how many of `positive_V` (n,) and `negative_V` (m,) a wall
    has withstood, is a + 1 for positive_V[a], −(b + 1) for −negative_V[b]. Walls that have
    withstood more than was ever observed are given the largest pulses, negative ones first.
    """

    positive_V: Floats
    negative_V: Floats
    choice: npt.NDArray[np.int16]
    first_V: Floats
    pulses: Floats
    squares_V2: Floats
    start: int

    @property
    def levels(self) -> int:
        return len(self.first_V)

    @property
    def signed_V(self) -> Floats:
        """Return the amplitudes as choices index them, negative ones from the end."""
        return _signed_V(self.positive_V, self.negative_V)

    def amplitude_V(
        self, target: npt.ArrayLike, level: npt.ArrayLike, history: PulseHistory
    ) -> Floats:
        """Return the signed amplitude of the next pulse of each device, 0 where it is written."""
        targets, levels = np.broadcast_arrays(np.asarray(target), np.asarray(level))
        above = _rung(self.positive_V, history.positive_V)
        below = _rung(self.negative_V, history.negative_V)
        chosen = self.choice[targets, levels, above, below]
        return np.asarray(self.signed_V[chosen])


@dataclass(frozen=True, slots=True)
class SingleShot:
    """One pulse from saturation for every target, and the levels it reaches.

    `amplitude_V` (targets,) is signed, 0 for the level after saturation; `reached` (targets,
    levels) has the probabilities of the levels after the pulse.
    """

    amplitude_V: Floats
    reached: Floats
    start: int


def write_verify_policy(model: StateModel, cost: Cost | None = None) -> WritePolicy:
    """Return the policy that writes every level of a model at the least expected cost.

    `cost` maps signed amplitudes (n,) to the cost of a pulse and its reading, each above 0. None
    counts pulses, which is time if all take equally long; `lambda V: c + k * V**2` is energy.
    Raises AnalysisError, naming the level and what to measure, where a level cannot be written with
    certainty.
    """
    from .value_iteration import expected_cost, optimal_policy  # numba imports slowly

    start = saturated_level(model)
    positive, negative = transition_tables(model)
    up, down = positive.probabilities, negative.probabilities
    costs = _costs(cost or np.ones_like, positive, negative)
    ones = _costs(np.ones_like, positive, negative)
    squares = _costs(np.square, positive, negative)
    choices, pulses, squares_V2 = [], [], []
    for target in range(up.shape[-1]):
        value, choice = optimal_policy(up, down, costs, target)
        if not np.isfinite(value[start, 0, 0]):
            raise AnalysisError(_unreachable(model, target, start, positive, negative))
        pulses.append(expected_cost(up, down, ones, target, choice)[:, 0, 0])
        squares_V2.append(expected_cost(up, down, squares, target, choice)[:, 0, 0])
        choices.append(_with_largest(choice, target))
    choice = np.array(choices)
    signed_V = _signed_V(positive.amplitudes_V, negative.amplitudes_V)[choice[:, :, 0, 0]]
    return WritePolicy(
        positive_V=positive.amplitudes_V,
        negative_V=negative.amplitudes_V,
        choice=choice,
        first_V=np.where(np.isfinite(pulses), signed_V, np.nan),
        pulses=np.array(pulses),
        squares_V2=np.array(squares_V2),
        start=start,
    )


def single_shot_policy(model: StateModel) -> SingleShot:
    """Return the one pulse from saturation that most likely arrives at each level.

    Raises AnalysisError, naming the level and what to measure, if no single pulse was observed to.
    """
    start, device = saturated_level(model), most_likely(model)
    amplitudes, outcomes = [np.zeros(1)], [np.eye(device.levels)[[start]]]
    for sign, ladders in ((1, device.positive), (-1, device.negative)):
        if ladders is not None:
            amplitudes.append(sign * ladders.amplitudes_V)
            outcomes.append(cumulated(ladders.matrices)[:, start])
    signed_V, reached = np.concatenate(amplitudes), np.concatenate(outcomes)
    best = reached.argmax(axis=0)
    never = np.flatnonzero(reached.max(axis=0) == 0)
    if len(never):
        raise AnalysisError(
            f"No single pulse of model {model.name} takes a saturated wall to {_named(never)}: "
            "calibrate it from ladders with smaller steps and more cycles, or write with "
            "verification."
        )
    return SingleShot(signed_V[best], reached[best], start)


def _signed_V(positive_V: Floats, negative_V: Floats) -> Floats:
    return np.concatenate([[0.0], positive_V, -negative_V[::-1]])


def _with_largest(choice: npt.NDArray[np.int16], target: int) -> npt.NDArray[np.int16]:
    """Return choices with the largest pulses where no pulse is known to move the wall."""
    _, above, below = choice.shape
    largest = np.full((above, below), 1 - below, dtype=np.int16)
    largest[: above - 1, below - 1] = above - 1
    filled = np.where(choice == 0, largest, choice)
    filled[target] = 0
    return filled


def _costs(
    cost: Cost, positive: TransitionTables, negative: TransitionTables
) -> tuple[Floats, Floats]:
    found = (
        np.asarray(cost(positive.amplitudes_V), dtype=float),
        np.asarray(cost(-negative.amplitudes_V), dtype=float),
    )
    for costs, pulses in zip(found, (positive, negative), strict=True):
        if costs.shape != pulses.amplitudes_V.shape or not (costs > 0).all():
            raise AnalysisError("The cost of a pulse must be a number above 0 at every amplitude.")
    return found


def _rung(amplitudes_V: Floats, withstood_V: Floats) -> npt.NDArray[np.intp]:
    return TransitionTables(amplitudes_V, np.empty(0)).rung(withstood_V)


def _unreachable(
    model: StateModel,
    target: int,
    start: int,
    positive: TransitionTables,
    negative: TransitionTables,
) -> str:
    """Return the error message, which names the levels that no pulse takes every wall out of."""
    stays = [np.diagonal(pulses.probabilities[0, -1]) > 0 for pulses in (positive, negative)]
    ends = np.setdiff1d(np.flatnonzero(stays[0] & stays[1]), [target])
    where = _named(ends if len(ends) else np.array([start]))
    limits = f"+{positive.amplitudes_V[-1]:g} V and −{negative.amplitudes_V[-1]:g} V"
    return (
        f"Level {target} of model {model.name} cannot be written with certainty: no pulse, up to "
        f"{limits}, is known to move every wall on from {where}. Calibrate it from "
        f"write-reset-cycling runs that stop at {where}, too, and go to larger amplitudes "
        "(-p amplitude_stop_V=…, -p reset_stop_V=…)."
    )


def _named(levels: npt.NDArray[np.intp]) -> str:
    names = [str(level) for level in levels]
    if len(names) == 1:
        return f"level {names[0]}"
    return f"levels {', '.join(names[:-1])} and {names[-1]}"
