"""Updates whose pulses are read and put right by the write policy.

The computer may know of a device its state model, and its level from a reading after each pulse.
An update that is to take the wall from level l to its neighbour t fires a pulse of amplitude
min(V, V_t). V is drawn uniformly from the model's ladder, so that a level is left the more rarely
the higher its threshold is: metaplasticity stays the device's own. V_t is what the write policy
fires at l to reach t, and more would only take the wall too far. Then the level is read. A wall
that has stayed is left there; one that went elsewhere than to t is written to t by the policy, with
a reading after each pulse and up to `MAX_PULSES` of them. At the end of the track nothing is fired.

A pulse back takes the wall past a stop, in many devices to the narrow end; it is then brought up
again to the stop that was wanted. `dwmtj.analysis.writing` has the policy and what it assumes: a
device drawn from the posterior is written by the policy of the measured one.
"""

from dataclasses import dataclass

import numpy as np

from ....analysis.errors import AnalysisError
from ....analysis.state_model.draws import Ladders
from ....analysis.state_model.model import StateModel
from ....analysis.state_model.sampling import SampledDevice, draw_device, most_likely
from ....analysis.state_model.transitions import cumulated
from ....analysis.writing.policy import WritePolicy, write_verify_policy
from ....analysis.writing.transitions import (
    TransitionTables,
    transition_tables,
    transition_tables_of,
)
from ....arrays import Floats
from ..errors import NetworkError
from .transitions import Transitions, both_ladders, spanning

MAX_PULSES = 16


@dataclass(frozen=True, slots=True)
class Verification:
    """The write policy of a model, and the updates of its devices that the policy puts right."""

    model: StateModel
    policy: WritePolicy
    offered: tuple[TransitionTables, TransitionTables]

    @classmethod
    def of(cls, model: StateModel) -> "Verification":
        """Raises NetworkError for a model whose levels cannot all be written with certainty."""
        both_ladders(most_likely(model), model.name)
        try:
            return cls(model, write_verify_policy(model), transition_tables(model))
        except AnalysisError as error:
            raise NetworkError(
                f"{error} Pulses that are not read do without: --pulses unverified."
            ) from error

    def likeliest(self) -> "VerifiedDevice":
        """Return the device that was measured."""
        return self._device(most_likely(self.model), self.offered)

    def drawn(self, rng: np.random.Generator) -> "VerifiedDevice":
        """Return a device drawn from the posterior, written by the policy of the measured one."""
        device = draw_device(self.model, rng)
        tables = transition_tables_of(device, self.offered, self.model.name)
        return self._device(device, tables)

    def _device(
        self, device: SampledDevice, tables: tuple[TransitionTables, TransitionTables]
    ) -> "VerifiedDevice":
        return VerifiedDevice(self.model.name, device, tables, self.policy)


@dataclass(frozen=True, slots=True)
class VerifiedDevice:
    """A device of a model, what pulses do to walls that withstood others, and the policy."""

    name: str
    device: SampledDevice
    tables: tuple[TransitionTables, TransitionTables]
    policy: WritePolicy

    def transitions(self) -> Transitions:
        """Return what updates do; raises NetworkError where they do not span the levels."""
        found = Transitions(self._steps(1)[0], self._steps(-1)[0], verified=True)
        return spanning(self.device, self.name, found)

    def pulses(self) -> tuple[Floats, Floats]:
        """Return the mean pulses, each read, of an update onward and back from each level."""
        order = slice(None, None, -1 if self._reversed else 1)
        return self._steps(1)[1][order], self._steps(-1)[1][order]

    @property
    def _reversed(self) -> bool:
        return self.device.saturated_level == self.device.levels - 1

    def _steps(self, sign: int) -> tuple[Floats, Floats]:
        """Return the levels after updates by pulses of this sign, (levels, levels), and pulses."""
        ladders = self.device.positive if sign > 0 else self.device.negative
        assert ladders is not None
        count, towards = self.device.levels, -sign if self._reversed else sign
        reached, pulses = np.eye(count), np.zeros(count)
        for level in range(count):
            if 0 <= level + towards < count:
                reached[level], pulses[level] = self._step(ladders, sign, level, level + towards)
        return reached, pulses

    def _step(self, ladders: Ladders, sign: int, level: int, target: int) -> tuple[Floats, float]:
        """Return the levels after one update, and its mean number of pulses."""
        walls = self._after_first(ladders, sign, level, target)
        stayed = walls[level].sum()
        walls[level] = 0.0
        reached, pulses = self._written(walls, target)
        reached[level] += stayed
        return reached, 1.0 + pulses

    def _after_first(self, ladders: Ladders, sign: int, level: int, target: int) -> Floats:
        """Return the probabilities of levels and of pulses withstood, as `WritePolicy.choice`."""
        wanted_V = sign * float(self.policy.first_V[target, level])
        rungs = len(ladders.amplitudes_V)
        most = int(ladders.rung(np.array([wanted_V]))[0]) if wanted_V > 0 else rungs - 1
        fired = np.minimum(np.arange(rungs), most)
        moved = cumulated(ladders.matrices)[fired, level] / rungs
        walls = np.zeros(self.policy.choice.shape[1:])
        own = self.tables[0] if sign > 0 else self.tables[1]
        withstood = own.rung(ladders.amplitudes_V[fired])
        for end in range(len(walls)):
            into = walls[end, :, 0] if sign > 0 else walls[end, 0, :]
            np.add.at(into, withstood, moved[:, end])
        return walls

    def _written(self, walls: Floats, target: int) -> tuple[Floats, float]:
        """Return the levels after writing, and its mean number of pulses."""
        choice = self.policy.choice[target]
        pulses = 0.0
        for _ in range(MAX_PULSES):
            under_way = np.argwhere((walls > 0) & (choice != 0))
            if not len(under_way):
                break
            after = walls.copy()
            after[tuple(under_way.T)] = 0.0
            for level, above, below in under_way.tolist():
                share = walls[level, above, below]
                pulses += share
                self._fire(after, share, int(choice[level, above, below]), (level, above, below))
            walls = after
        return walls.sum(axis=(1, 2)), pulses

    def _fire(self, after: Floats, share: float, chosen: int, wall: tuple[int, int, int]) -> None:
        """Add walls of one state, pulsed, to those of the states that they may go to."""
        level, above, below = wall
        if chosen > 0:
            moves = self.tables[0].probabilities[above, chosen - 1, level]
            after[:, chosen, 0] += share * _elsewhere(moves, level)
            after[level, chosen, below] += share * moves[level]
        else:
            moves = self.tables[1].probabilities[below, -chosen - 1, level]
            after[:, 0, -chosen] += share * _elsewhere(moves, level)
            after[level, above, -chosen] += share * moves[level]


def _elsewhere(moves: Floats, level: int) -> Floats:
    return np.where(np.arange(len(moves)) == level, 0.0, moves)


def pulses_remark(device: VerifiedDevice) -> str:
    """Return a sentence on the pulses, each read, that updates of a device take."""
    onward, back = device.pulses()
    return (
        "Measured transitions, read and put right after each pulse: an update takes "
        f"{_listed(onward[:-1])} pulses onward from levels 0 to {len(onward) - 2}, and "
        f"{_listed(back[1:])} back from levels 1 to {len(back) - 1}, on average."
    )


def _listed(pulses: Floats) -> str:
    return ", ".join(f"{one:.2f}" for one in pulses)
