"""Devices sampled from a StateModel: program, pulse and read as many at once as memory holds.

    device = most_likely(model)      or      device = draw_device(model, rng)
    level = device.program(target, rng)
    level = device.pulse(level, 3.1, rng)
    resistance_ohm = device.read(level, rng)

`most_likely` has the estimated values; `draw_device` draws every estimate from its posterior:
levels from Student's t and χ², transitions from a hierarchical posterior (see `transitions`), and
the device's own levels from the spread between devices.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ...arrays import Floats
from ..errors import AnalysisError
from .draws import Indices, Ladders, choose, choose_each
from .model import LevelState, StateModel
from .transitions import draw_posterior, first_arrivals, maximum_likelihood


@dataclass(frozen=True, slots=True)
class SampledDevice:
    """One device, or one kind of them: means and spreads per level in ohm, ladders by polarity."""

    mean_ohm: Floats
    cycle_std_ohm: Floats
    wander_std_ohm: Floats
    read_noise: float
    saturated_level: int
    positive: Ladders | None
    negative: Ladders | None

    @property
    def levels(self) -> int:
        return len(self.mean_ohm)

    def program(self, target: npt.ArrayLike, rng: np.random.Generator) -> Indices:
        """Return the levels reached when every device is written to its target; shape of `target`.

        Writing saturates, then fires pulses of rising amplitude and reads after each, until the
        target is reached or passed, as a wall that crosses several levels at once may do.
        """
        wanted = _level_indices(target, self.levels)
        ladders = self.positive or self.negative
        assert ladders is not None
        towards = 1 if self.saturated_level < self.levels / 2 else -1
        reached = first_arrivals(ladders.matrices, self.saturated_level, towards)
        return choose(reached, wanted, rng)

    def pulse(
        self,
        level: npt.ArrayLike,
        amplitude_V: npt.ArrayLike,
        rng: np.random.Generator,
        after_V: float = 0.0,
    ) -> Indices:
        """Return the levels after one pulse; the shape is that of `level`.

        `amplitude_V` (sign: polarity) is one for all or one for each device. `after_V` is the
        largest magnitude of this polarity that the devices have withstood at their levels: on a
        ladder that of the pulse before, 0 for a wall that has just arrived or been saturated.
        Raises AnalysisError outside the polarities and amplitudes of the model.
        """
        before = _level_indices(level, self.levels)
        if np.ndim(amplitude_V) == 0:
            return choose(self._between(np.asarray(amplitude_V).item(), after_V), before, rng)
        if after_V:
            raise AnalysisError("after_V needs one amplitude for all; pulse the devices in groups.")
        amplitude = np.broadcast_to(np.asarray(amplitude_V, dtype=float), before.shape)
        ladders = {sign: self._ladders(sign) for sign in (1, -1) if (sign * amplitude > 0).any()}
        return choose_each(ladders, before, amplitude, rng)

    def settle(self, level: npt.ArrayLike, rng: np.random.Generator) -> Floats:
        """Return resistances (ohm) drawn anew on arrival, constant during the visit."""
        index = _level_indices(level, self.levels)
        scatter = rng.standard_normal(index.shape)
        return self.mean_ohm[index] + self.cycle_std_ohm[index] * scatter

    def read(
        self,
        level: npt.ArrayLike,
        rng: np.random.Generator,
        settled_ohm: npt.ArrayLike | None = None,
    ) -> Floats:
        """Return a reading of every device, ohm, with new write noise without `settled_ohm`.

        `settled_ohm` comes from `settle` and holds for as long as a wall stays at its level.
        """
        settled = self.settle(level, rng) if settled_ohm is None else np.asarray(settled_ohm)
        return np.asarray(settled * (1 + self.read_noise * rng.standard_normal(settled.shape)))

    def _ladders(self, sign: int) -> Ladders:
        ladders = self.positive if sign > 0 else self.negative
        if ladders is None:
            raise AnalysisError(
                f"The model has no {'positive' if sign > 0 else 'negative'} pulses; calibrate it "
                "from runs that fire them."
            )
        return ladders

    def _between(self, amplitude_V: float, after_V: float) -> Floats:
        """Return transition probabilities of devices that withstood `after_V`, (levels, levels)."""
        if amplitude_V == 0:
            return np.eye(self.levels)
        ladders = self._ladders(1 if amplitude_V > 0 else -1)
        rung = ladders.rung(np.array([abs(amplitude_V)]))[0]
        withstood = np.searchsorted(ladders.amplitudes_V, after_V + 1e-9)
        table = np.eye(self.levels)
        for matrix in ladders.matrices[withstood : rung + 1]:
            table = table @ matrix
        return table


def most_likely(model: StateModel) -> SampledDevice:
    """Return the device with the values of the model; raises AnalysisError if it has no spreads."""
    return _device(
        model,
        mean_ohm=np.array([level.resistance_ohm.value for level in model.levels]),
        cycle_std_ohm=_cycle_stds(model),
        read_noise=model.read_noise.relative_std.value if model.read_noise else 0.0,
        ladders={
            pulses.polarity: Ladders(np.array(pulses.amplitudes_V), maximum_likelihood(pulses))
            for pulses in model.pulses
        },
    )


def draw_device(model: StateModel, rng: np.random.Generator) -> SampledDevice:
    """Return a device drawn from the posterior, which is wide where data are few."""
    freedom = np.array([max(level.visits - 1, 1) for level in model.levels])
    stds = _cycle_stds(model) * np.sqrt(freedom / rng.chisquare(freedom))
    visits = np.array([level.visits for level in model.levels])
    spread = np.array([_device_std(level) for level in model.levels])
    means = np.array([level.resistance_ohm.value for level in model.levels])
    means = means + np.hypot(stds / np.sqrt(visits), spread) * rng.standard_normal(len(means))
    return _device(
        model,
        mean_ohm=means,
        cycle_std_ohm=stds,
        read_noise=model.read_noise.relative_std.value if model.read_noise else 0.0,
        ladders={
            pulses.polarity: Ladders(
                np.array(pulses.amplitudes_V), draw_posterior(pulses, model.prior, rng)
            )
            for pulses in model.pulses
        },
    )


def _device(model: StateModel, *, ladders: dict[str, Ladders], **numbers: Any) -> SampledDevice:
    return SampledDevice(
        wander_std_ohm=np.array([level.wander_std_ohm for level in model.levels]),
        saturated_level=model.saturated_level or 0,
        positive=ladders.get("positive"),
        negative=ladders.get("negative"),
        **numbers,
    )


def _cycle_stds(model: StateModel) -> Floats:
    """Return σ of every level; a level visited once gets the largest of the others."""
    known = [level.cycle_std_ohm.value for level in model.levels if level.cycle_std_ohm]
    if not known:
        raise AnalysisError(
            f"The model {model.name} has no spread of any level; calibrate it from more cycles."
        )
    return np.array(
        [level.cycle_std_ohm.value if level.cycle_std_ohm else max(known) for level in model.levels]
    )


def _device_std(level: LevelState) -> float:
    return level.device_std_ohm.value if level.device_std_ohm else 0.0


def _level_indices(level: npt.ArrayLike, levels: int) -> Indices:
    index = np.asarray(level)
    if index.dtype.kind not in "iu" or (
        index.size and not 0 <= index.min() <= index.max() < levels
    ):
        raise AnalysisError(f"Levels are whole numbers from 0 to {levels - 1} in this model.")
    return index.astype(np.int8)
