"""Transitions of a synapse that learns, taken from a calibrated state model.

A synapse is one track, whose level l = 0 … n − 1 the model knows, and a latch that holds the sign
of its weight, which is read as the sign. An update of direction s and Adam size |u|/lr is carried
out with probability

    P = min(1, N |u| (δ where s is the weight's sign, else 1)),

0 below the threshold θ lr: as stochastic rounding would to levels 1/N apart. The amplitude of its
pulse is drawn uniformly from those of the model's ladder, so that a level is left with a
probability that falls linearly with its switching voltage: what f_meta states. Positive pulses push
the wall on (s is the weight's sign); negative ones drive it back (it is not). Amplitudes are those
of ladders; a pulse without its ladder does what the ladder up to it does (see
`dwmtj.analysis.state_model.transitions`).

Unverified, nothing is read after the pulse: |W| = l/(n − 1), N = n − 1, and at level 0 the latch
takes the sign of the update and the pulse is a positive one. Verified, the wall is brought to the
neighbouring level where it has left its own (`verified_steps`), and at level 0 the latch alone
turns, without a pulse: |W| = (l + ½)/(n − ½), N = n − ½, the levels of the formula's "polarity".
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ....analysis.state_model.draws import Ladders
from ....analysis.state_model.model import StateModel
from ....analysis.state_model.sampling import SampledDevice, draw_device, most_likely
from ....analysis.state_model.transitions import cumulated
from ....arrays import Flags, Floats
from ..errors import NetworkError


@dataclass(frozen=True, slots=True)
class Transitions:
    """Transition probabilities of one pulse between n levels, a row for each level before it.

    `onward` are updates by positive pulses, `back` by negative ones, both (n, n). `verified` says
    that each is read and put right.
    """

    onward: Floats
    back: Floats
    verified: bool = False

    @property
    def levels(self) -> int:
        return len(self.onward)

    @property
    def steps(self) -> float:
        """Return N, how many steps of the wall lie between a weight of 0 and one of 1."""
        return self.levels - (0.5 if self.verified else 1.0)

    def signed(self) -> npt.NDArray[np.float32]:
        """Return where each state's distribution ends, (2 directions, 2n states, 2n states).

        Direction 0 is −, 1 is +. States 0 … n − 1 are negative weights from level n − 1 down to 0,
        states n … 2n − 1 positive ones from level 0 up.
        """
        n = self.levels
        up = np.zeros((2 * n, 2 * n))
        up[n:, n:] = self.onward
        up[:n, :n] = self.back[::-1, ::-1]
        up[n - 1] = np.eye(2 * n)[n] if self.verified else up[n]
        both = np.array([up[::-1, ::-1], up])
        ends = np.cumsum(both, axis=-1).astype(np.float32)
        ends[..., -1] = 1
        return ends


def likeliest_transitions(model: StateModel) -> Transitions:
    """Return those of the device that was measured; raises NetworkError (see `_transitions`)."""
    return _transitions(most_likely(model), model.name)


def drawn_transitions(model: StateModel, rng: np.random.Generator) -> Transitions:
    """Return those of a device drawn from the model's posterior; raises NetworkError."""
    return _transitions(draw_device(model, rng), model.name)


def both_ladders(device: SampledDevice, name: str) -> tuple[Ladders, Ladders]:
    """Return the ladders of positive and negative pulses; raises NetworkError without either."""
    if device.positive is None or device.negative is None:
        missing = "positive" if device.positive is None else "negative"
        raise NetworkError(
            f"The model {name} has no {missing} pulses, and learning needs both polarities: "
            "calibrate it from write-reset-cycling runs, too."
        )
    return device.positive, device.negative


def _transitions(device: SampledDevice, name: str) -> Transitions:
    positive, negative = both_ladders(device, name)
    return spanning(device, name, Transitions(_dithered(positive), _dithered(negative)))


def spanning(device: SampledDevice, name: str, found: Transitions) -> Transitions:
    """Return transitions between a device's levels, counted from the one after saturation.

    Raises NetworkError unless updates in both directions take the wall to both ends.
    """
    onward, back = found.onward, found.back
    if device.saturated_level == device.levels - 1:
        onward, back = onward[::-1, ::-1], back[::-1, ::-1]
    for matrix, start, end, polarity in (
        (onward, 0, device.levels - 1, "positive"),
        (back, device.levels - 1, 0, "negative"),
    ):
        reached = _reached(matrix, start)
        if not reached[end]:
            moves = (matrix > 0) & ~np.eye(len(matrix), dtype=bool)
            stays = np.flatnonzero(reached & ~moves.any(axis=1))
            raise NetworkError(
                f"The model {name} does not span the range: updates by its {polarity} pulses never "
                f"take the wall from level {start} to level {end}; it stays in level "
                f"{' and '.join(map(str, stays))}. Calibrate it with runs that fire such pulses "
                "there, too (write-reset-cycling that stops in it), and go to larger amplitudes."
            )
    return Transitions(onward, back, found.verified)


def _dithered(ladders: Ladders) -> Floats:
    """Return what a pulse of an amplitude drawn uniformly from the ladder's does, (n, n)."""
    return np.asarray(cumulated(ladders.matrices).mean(axis=0))


def _reached(matrix: Floats, start: int) -> Flags:
    """Return the levels that updates lead to from one, itself among them, shape (levels,)."""
    steps = np.linalg.matrix_power((matrix > 0) | np.eye(len(matrix), dtype=bool), len(matrix))
    return np.asarray(steps[start], dtype=bool)
