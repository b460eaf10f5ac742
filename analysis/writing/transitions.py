"""What single pulses of either polarity do to walls that have withstood others: tables for writing.

A wall at level i that has withstood pulses up to V_w of one polarity, hit by one of V_a of the same
polarity, does what the rungs of the ladder in between do, one after the other:

    B[w, a] = M_{w+1} · … · M_a,   the identity for a ≤ w

(`state_model_transitions`, and its assumption: every visit has a threshold of its own, so a pulse
that failed fails again, and no pulse knows of those of the other polarity). A wall that moves has
withstood the pulse that moved it, and nothing of the other polarity. The wall of a device may
depart from this where its thresholds are sharp and heat decides whether it escapes: repeated pulses
then succeed where this says that they cannot, and writing takes fewer pulses than expected.

Where the ladders that were measured from level i broke off before the largest amplitude of all, the
walls still there are taken to leave at that amplitude, to where the last ones seen to leave i went
(Efron's tail: Proc. 5th Berkeley Symp. 4, 831 (1967)). Walls that were seen to withstand it do so.
Amplitudes at which nothing moves do what the next smaller ones do, and are not offered.
"""

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

from ..errors import AnalysisError
from ..state_model.draws import Ladders
from ..state_model.model import Pulses, StateModel
from ..state_model.sampling import SampledDevice
from ..state_model.transitions import likeliest

Floats = npt.NDArray[np.float64]

MOST_AMPLITUDES = 64
"""Of one polarity; of more, so many are offered that lie evenly among them."""
_TOLERANCE_V = 1e-9


@dataclass(frozen=True, slots=True)
class Withstood:
    """The largest magnitudes (V) of either polarity that walls have withstood since they arrived.

    Arrays of one shape, that of the devices; 0 for a wall that has withstood none.
    """

    positive_V: Floats
    negative_V: Floats

    @classmethod
    def nothing(cls, shape: int | tuple[int, ...] = ()) -> Self:
        """Return that of walls that have just been saturated, or of which nothing is known."""
        return cls(np.zeros(shape), np.zeros(shape))

    def after(self, amplitude_V: npt.ArrayLike, moved: npt.ArrayLike) -> Self:
        """Return that after a pulse each (signed, 0 for none) that moved the walls or did not."""
        amplitude = np.asarray(amplitude_V, dtype=float)
        fired_V, left = np.abs(amplitude), np.asarray(moved, dtype=bool)
        sides = []
        for sign, before_V in ((1, self.positive_V), (-1, self.negative_V)):
            kept_V = np.where(left, 0.0, before_V)
            sides.append(np.where(sign * amplitude > 0, np.maximum(kept_V, fired_V), kept_V))
        return type(self)(*sides)


@dataclass(frozen=True, slots=True)
class Moves:
    """What pulses of one polarity do: `amplitudes_V` (n,), magnitudes rising; `between`.

    `between` has the shape (n + 1, n, levels, levels): [w, a] is B of the module for a wall that
    has withstood the first w amplitudes, hit by amplitude number a.
    """

    amplitudes_V: Floats
    between: Floats

    def rung(self, withstood_V: npt.ArrayLike) -> npt.NDArray[np.intp]:
        """Return how many of the amplitudes are withstood."""
        withstood = np.asarray(withstood_V, dtype=float) + _TOLERANCE_V
        return np.asarray(np.searchsorted(self.amplitudes_V, withstood, side="right"))


def moves(model: StateModel) -> tuple[Moves, Moves]:
    """Return what positive and negative pulses do to the device that was measured.

    Raises AnalysisError where a polarity was not measured, or never moved the wall.
    """
    return _moves(model, "positive"), _moves(model, "negative")


def moves_at(device: SampledDevice, offered: tuple[Moves, Moves], name: str) -> tuple[Moves, Moves]:
    """Return what the amplitudes that are offered do to another device of the same model."""
    found = []
    for ladders, polarity, like in zip(
        (device.positive, device.negative), ("positive", "negative"), offered, strict=True
    ):
        assert ladders is not None, f"{name} has {polarity} pulses"
        found.append(_between(ladders, ladders.rung(like.amplitudes_V)))
    return found[0], found[1]


def saturated_level(model: StateModel) -> int:
    """Return where writing begins; raises AnalysisError if no run of the model saturated."""
    if model.saturated_level is None:
        raise AnalysisError(
            f"The model {model.name} does not know where saturation leaves the device: calibrate "
            "it from a staircase-write, repeated-ramp or write-reset-cycling run, too."
        )
    return model.saturated_level


def _moves(model: StateModel, polarity: str) -> Moves:
    measured = next((one for one in model.pulses if one.polarity == polarity), None)
    ladders = None if measured is None else _with_tails(measured)
    if ladders is None or not len(offered := _offered(ladders)):
        what = "has no" if ladders is None else "knows of no wall moved by"
        raise AnalysisError(
            f"The model {model.name} {what} {polarity} pulses, and writing needs both polarities, "
            "to bring back a wall that went too far: calibrate it from write-reset-cycling runs "
            "that stop at every level."
        )
    return _between(ladders, offered)


def _with_tails(pulses: Pulses) -> Ladders:
    """Return the likeliest ladders, and what walls do at their largest amplitude (see module)."""
    counts, matrices = np.array(pulses.counts), likeliest(pulses)
    for level in range(counts.shape[-1]):
        moved = counts[:, level].copy()
        moved[:, level] = 0
        seen = np.flatnonzero(moved.sum(axis=1))
        if len(seen) and not counts[-1, level].any():
            matrices[-1, level] = moved[seen[-1]] / moved[seen[-1]].sum()
    return Ladders(np.array(pulses.amplitudes_V), matrices)


def _offered(ladders: Ladders) -> npt.NDArray[np.intp]:
    """Return the rungs at which anything moves, or `MOST_AMPLITUDES` of them, and the largest."""
    stays = np.eye(ladders.matrices.shape[-1])
    found = np.flatnonzero((ladders.matrices != stays).any(axis=(1, 2)))
    if len(found) > MOST_AMPLITUDES:
        found = found[np.linspace(0, len(found) - 1, MOST_AMPLITUDES).round().astype(int)]
    return np.union1d(found, len(ladders.matrices) - 1) if len(found) else found


def _between(ladders: Ladders, rungs: npt.NDArray[np.intp]) -> Moves:
    """Return the moves of these rungs alone; those between them act with the next one."""
    levels, count = ladders.matrices.shape[-1], len(rungs)
    steps = np.empty((count, levels, levels))
    first = 0
    for number, rung in enumerate(rungs):
        product = np.eye(levels)
        for matrix in ladders.matrices[first : rung + 1]:
            product = product @ matrix
        steps[number], first = product, int(rung) + 1
    between = np.tile(np.eye(levels), (count + 1, count, 1, 1))
    for withstood in range(count):
        product = np.eye(levels)
        for number in range(withstood, count):
            product = product @ steps[number]
            between[withstood, number] = product
    return Moves(ladders.amplitudes_V[rungs], between)
