"""The parameters of a digital twin, from the JSON document of a state model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ValidationError

from .errors import DeviceError

_SCHEMA = ("dwmtj-state-model", 1)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Pulses of one polarity: their rising magnitudes, and counts (from, to) at each of them.

    Width and field are those of the measurement, None where the model does not state them.
    """

    amplitudes_V: NDArray[np.float64]
    counts: Sequence[NDArray[np.int64]]
    pulse_width_s: float | None
    field_T: float | None


@dataclass(frozen=True, slots=True)
class TwinParameters:
    """The levels of a twin (ohm), and its ladders by the sign of their pulses.

    `frozen_share` is 1 where the model has none: what a pulse left in place, an equal one leaves.
    """

    name: str
    mean_ohm: tuple[float, ...]
    cycle_std_ohm: tuple[float, ...]
    wander_std_ohm: tuple[float, ...]
    read_noise: float
    saturated_level: int
    saturation_field_T: float | None
    ladders: Mapping[int, Ladder]
    frozen_share: float = 1.0


class _Quantity(BaseModel):
    value: float


class _Level(BaseModel):
    resistance_ohm: _Quantity
    cycle_std_ohm: _Quantity | None
    wander_std_ohm: float


class _ReadNoise(BaseModel):
    relative_std: _Quantity


class _FrozenShare(BaseModel):
    share: _Quantity


class _Pulses(BaseModel):
    polarity: Literal["positive", "negative"]
    amplitudes_V: list[float]
    counts: list[list[list[int]]]
    pulse_width_s: float | None
    field_T: float | None

    def ladder(self) -> Ladder:
        return Ladder(
            np.array(self.amplitudes_V, dtype=float),
            [np.array(table, dtype=np.int64) for table in self.counts],
            self.pulse_width_s,
            self.field_T,
        )


class _Document(BaseModel):
    """The part of a state model's document that a twin needs."""

    name: str
    levels: list[_Level]
    read_noise: _ReadNoise | None
    saturated_level: int | None
    saturation_field_T: float | None
    pulses: list[_Pulses]
    frozen_share: _FrozenShare | None = None


def twin_parameters(document: Mapping[str, Any]) -> TwinParameters:
    """Return the parameters in a state model's document, whose schema version must be 1.

    A spread that was not determined is 0. Raises DeviceError for any other document.
    """
    if (document.get("schema"), document.get("schema_version")) != _SCHEMA:
        raise DeviceError(
            "A twin is made from a state model of schema version 1, which this document is not: "
            "export it again with this version."
        )
    try:
        model = _Document.model_validate(document)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise DeviceError(
            f"The state model for a twin is not complete ({where}: {problem['msg']}): export it "
            "again."
        ) from error
    return TwinParameters(
        name=model.name,
        mean_ohm=tuple(level.resistance_ohm.value for level in model.levels),
        cycle_std_ohm=tuple(
            0.0 if level.cycle_std_ohm is None else level.cycle_std_ohm.value
            for level in model.levels
        ),
        wander_std_ohm=tuple(level.wander_std_ohm for level in model.levels),
        read_noise=0.0 if model.read_noise is None else model.read_noise.relative_std.value,
        saturated_level=model.saturated_level or 0,
        saturation_field_T=model.saturation_field_T,
        ladders={
            1 if pulses.polarity == "positive" else -1: pulses.ladder() for pulses in model.pulses
        },
        frozen_share=1.0 if model.frozen_share is None else model.frozen_share.share.value,
    )
