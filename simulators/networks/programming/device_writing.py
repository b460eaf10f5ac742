"""Very many devices written at once, every pulse drawn from what a state model's pulses do.

Devices begin saturated. Single shots fire one pulse each without reading; write-verify fires what
the policy says for the level that was read, until the target is read or the maximum number of
pulses is reached. Readings are taken to identify the level correctly. With a device drawn from the
model's posterior the policy is the same, the device another: writing does not know it in advance.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ....analysis.state_model.draws import choose
from ....analysis.state_model.model import StateModel
from ....analysis.state_model.sampling import SampledDevice, draw_device
from ....analysis.state_model.transitions import cumulated
from ....analysis.writing.policy import SingleShot, WritePolicy
from ....analysis.writing.transitions import (
    TransitionTables,
    transition_tables,
    transition_tables_of,
)
from ....arrays import Floats

Levels = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class WrittenDevices:
    """Where devices ended, after how many pulses, and the sum of those pulses' V²; (n,) each."""

    level: Levels
    pulses: npt.NDArray[np.int32]
    squares_V2: Floats


@dataclass(frozen=True, slots=True)
class WritableDevice:
    """One kind of device as writing finds it: what pulses do, and where single shots lead.

    `reached` (targets, levels) has the probabilities of the levels after each target's shot.
    """

    positive: TransitionTables
    negative: TransitionTables
    reached: Floats


def measured_writable(model: StateModel, shot: SingleShot) -> WritableDevice:
    """Return the device that was measured.

    Raises AnalysisError; see `dwmtj.analysis.writing.transitions`.
    """
    return WritableDevice(*transition_tables(model), shot.reached)


def drawn_writable(model: StateModel, shot: SingleShot, rng: np.random.Generator) -> WritableDevice:
    """Return a device that the measurement leaves possible, pulsed as the measured one would be."""
    device = draw_device(model, rng)
    offered = transition_tables(model)
    return WritableDevice(
        *transition_tables_of(device, offered, model.name), _reached(device, shot)
    )


def single_shots(
    shot: SingleShot, device: WritableDevice, targets: Levels, rng: np.random.Generator
) -> WrittenDevices:
    """Fire every device's one pulse; targets (n,) are levels of the model."""
    fired_V = shot.amplitude_V[targets]
    return WrittenDevices(
        choose(device.reached, targets, rng), (fired_V != 0).astype(np.int32), np.square(fired_V)
    )


def write_verify(
    policy: WritePolicy,
    max_pulses: int,
    device: WritableDevice,
    targets: Levels,
    rng: np.random.Generator,
) -> WrittenDevices:
    """Pulse and read every device until it is at its target or took `max_pulses` pulses."""
    rows, row_of = _rows(device)
    level = np.full(len(targets), policy.start, dtype=np.int8)
    pulses, squares = np.zeros(len(targets), dtype=np.int32), np.zeros(len(targets))
    active = np.flatnonzero(targets != policy.start)
    above, below = (np.zeros(len(active), dtype=np.int16) for _ in range(2))
    for _ in range(max_pulses):
        if not len(active):
            break
        before = level[active]
        chosen = policy.choice[targets[active], before, above, below].astype(np.intp)
        up = chosen > 0
        after = choose(rows, row_of(chosen, before, above, below), rng)
        level[active] = after
        pulses[active] += 1
        squares[active] += np.square(policy.signed_V[chosen])
        moved = after != before
        above = np.where(up, chosen, np.where(moved, 0, above)).astype(np.int16)
        below = np.where(up, np.where(moved, 0, below), -chosen).astype(np.int16)
        more = after != targets[active]
        active, above, below = active[more], above[more], below[more]
    return WrittenDevices(level, pulses, squares)


def _rows(device: WritableDevice) -> tuple[Floats, Callable[..., npt.NDArray[np.intp]]]:
    """Return all rows of transition probabilities, and what finds a pulse's row among them."""
    above, below = device.positive.probabilities, device.negative.probabilities
    levels, first_below = above.shape[-1], above[..., 0].size

    def row_of(chosen: Any, level: Any, withstood_above: Any, withstood_below: Any) -> Any:
        positive = withstood_above.astype(np.intp) * above.shape[1] + chosen - 1
        negative = withstood_below.astype(np.intp) * below.shape[1] - chosen - 1
        place = np.where(chosen > 0, positive * levels, first_below + negative * levels)
        return place + level

    return np.concatenate([above.reshape(-1, levels), below.reshape(-1, levels)]), row_of


def _reached(device: SampledDevice, shot: SingleShot) -> Floats:
    """Return where the shots lead on another device of the model."""
    reached: Floats = np.eye(device.levels)[np.full(len(shot.amplitude_V), shot.start)]
    for sign, ladders in ((1, device.positive), (-1, device.negative)):
        if ladders is not None:
            fired = sign * shot.amplitude_V > 0
            rungs = ladders.rung(np.abs(shot.amplitude_V[fired]))
            reached[fired] = cumulated(ladders.matrices)[rungs, shot.start]
    return reached
