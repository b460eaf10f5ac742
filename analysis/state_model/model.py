"""The state model of a device, as data for networks, digital twins and other programs.

A model is a frozen value: resistance levels with their spreads, counts of the transitions under
each pulse, read noise, and the source of each number. Counts rather than probabilities keep the
amount of data, so that few data make wide posteriors (see `transitions`). `file` reads and writes
models as JSON.

All numbers are in SI units. A model holds under the stated conditions alone: pulses of that width
and at that field, ladders of rising amplitude, the stated read current.
"""

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

SCHEMA = "dwmtj-state-model"
SCHEMA_VERSION = 1

_STRICT = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)

Count = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]
Text = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, slots=True, config=_STRICT)
class Quantity:
    """A number with its 95 % confidence interval; an unbounded end is None."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True, config=_STRICT)
class Source:
    """Origin of numbers: runs, database, code version, date, method, and quality of the fit."""

    runs: tuple[int, ...]
    database: str
    code_version: str
    date: str
    method: str
    quality: str


@dataclass(frozen=True, slots=True, config=_STRICT)
class LevelState:
    """One level, in ohm: its mean, and its spreads over visits, within a visit and over devices.

    `cycle_std_ohm` is the standard deviation from visit to visit (write noise), None if there was
    only one; `wander_std_ohm` that from pulse to pulse within a visit; `device_std_ohm` that of the
    means of several devices, None if only one was measured.
    """

    resistance_ohm: Quantity
    cycle_std_ohm: Quantity | None
    wander_std_ohm: Annotated[float, Field(ge=0)]
    device_std_ohm: Quantity | None
    visits: Annotated[int, Field(ge=1)]

    @property
    def conductance_S(self) -> float:
        return 1 / self.resistance_ohm.value

    @property
    def conductance_std_S(self) -> float | None:
        """Cycle-to-cycle standard deviation of the conductance, to first order σ_R/R²."""
        if self.cycle_std_ohm is None:
            return None
        return self.cycle_std_ohm.value / self.resistance_ohm.value**2


@dataclass(frozen=True, slots=True, config=_STRICT)
class Pulses:
    """Counted transitions under pulses of one polarity on ladders of rising amplitude.

    `counts[a][i][j]` is the number of pulses of `amplitudes_V[a]` (magnitude), the ladder's next
    one, that found the device in level i and left it in level j. Width, edges and field are the
    conditions, None where unknown.
    """

    polarity: Literal["positive", "negative"]
    pulse_width_s: Positive | None
    rise_s: float | None
    fall_s: float | None
    field_T: float | None
    amplitudes_V: Annotated[tuple[Positive, ...], Field(min_length=1)]
    counts: tuple[tuple[tuple[Count, ...], ...], ...]
    source: Source


@dataclass(frozen=True, slots=True, config=_STRICT)
class Prior:
    """Prior of transition probabilities: `moves` in so many visits as amplitudes nearby need.

    The weight is at least that of `visits` visits, 1 and ½ being Jeffreys' prior of leaving a level
    (see `transition_prior`).
    """

    visits: Positive = 1.0
    moves: Annotated[float, Field(gt=0)] = 0.5


@dataclass(frozen=True, slots=True, config=_STRICT)
class ModelReadNoise:
    """Relative standard deviation of a reading at `read_current_A` (None where unknown)."""

    relative_std: Quantity
    read_current_A: float | None
    source: Source


@dataclass(frozen=True, slots=True, config=_STRICT)
class ModelRetention:
    """Retention of a level: the mean time to leave it, in s, at a temperature in K."""

    level: Count
    lifetime_s: Quantity
    temperature_K: Positive | None
    source: Source


@dataclass(frozen=True, slots=True, config=_STRICT)
class ModelMetaplasticity:
    """f_meta(W) = (1 − |W|)(w2 − w1)/w2 + w1/w2, with the width ratio w1/w2 of the track's ends."""

    width_ratio: Quantity
    source: Source

    def __call__(self, weight: float) -> float:
        ratio = self.width_ratio.value
        return (1 - abs(weight)) * (1 - ratio) + ratio


@dataclass(frozen=True, slots=True, config=_STRICT)
class ModelFrozenShare:
    """Share of the variance of a threshold that a visit keeps; the rest is drawn at every pulse."""

    share: Quantity
    source: Source


@dataclass(frozen=True, slots=True, config=_STRICT)
class StateModel:
    """A device as measured; see the module. Levels are sorted from the highest resistance down.

    `saturated_level` is the level after the saturating field; both are None if no run saturated.
    `remarks` are sentences on what the numbers do not show, as readings that were left out.
    """

    name: Text
    version: Annotated[int, Field(ge=1)]
    devices: Annotated[tuple[Text, ...], Field(min_length=1)]
    levels: Annotated[tuple[LevelState, ...], Field(min_length=2)]
    levels_source: Source
    pulses: Annotated[tuple[Pulses, ...], Field(min_length=1, max_length=2)]
    prior: Prior
    saturation_field_T: float | None
    saturated_level: Count | None
    read_noise: ModelReadNoise | None
    retention: tuple[ModelRetention, ...] = ()
    metaplasticity: ModelMetaplasticity | None = None
    remarks: tuple[Text, ...] = ()
    frozen_share: ModelFrozenShare | None = None
    schema: Literal["dwmtj-state-model"] = "dwmtj-state-model"
    schema_version: Literal[1] = 1

    def __post_init__(self) -> None:
        """Raise ValueError where the parts do not fit together."""
        count = len(self.levels)
        resistances = [level.resistance_ohm.value for level in self.levels]
        if resistances != sorted(resistances, reverse=True):
            raise ValueError("the levels must come from the highest resistance down")
        if resistances[-1] <= 0:
            raise ValueError("a level's resistance must be above 0")
        if self.saturated_level is not None and self.saturated_level >= count:
            raise ValueError(f"saturated_level must be below {count}, the number of levels")
        if any(entry.level >= count for entry in self.retention):
            raise ValueError(f"retention must be of a level below {count}")
        if len({pulses.polarity for pulses in self.pulses}) < len(self.pulses):
            raise ValueError("there may be one table of pulses for each polarity")
        for pulses in self.pulses:
            _check_table(pulses, count)

    def __repr__(self) -> str:
        from .display import summary  # scipy takes longer to import than all of the rest

        return summary(self)

    def _repr_html_(self) -> str:
        from .display import model_html

        return model_html(self)


def _check_table(pulses: Pulses, levels: int) -> None:
    amplitudes = pulses.amplitudes_V
    if any(low >= high for low, high in pairwise(amplitudes)):
        raise ValueError(f"the amplitudes of {pulses.polarity} pulses must rise")
    shape = {(len(table), *(len(row) for row in table)) for table in pulses.counts}
    if len(pulses.counts) != len(amplitudes) or shape != {(levels, *[levels] * levels)}:
        raise ValueError(
            f"the counts of {pulses.polarity} pulses must be {len(amplitudes)} tables of "
            f"{levels} × {levels}, one for each amplitude"
        )
