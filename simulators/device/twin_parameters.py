"""What a twin is made of, read from the JSON document of a state model."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .errors import DeviceError

_SCHEMA = ("dwmtj-state-model", 1)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Pulses of one polarity: their rising magnitudes, and counts (from, to) at each of them.

    Width and field are those that they were measured with, None where the model does not tell.
    """

    amplitudes_V: NDArray[np.float64]
    counts: Sequence[NDArray[np.int64]]
    pulse_width_s: float | None
    field_T: float | None


@dataclass(frozen=True, slots=True)
class TwinParameters:
    """The levels of a twin (ohm), and its ladders by the sign of their pulses."""

    name: str
    mean_ohm: tuple[float, ...]
    cycle_std_ohm: tuple[float, ...]
    wander_std_ohm: tuple[float, ...]
    read_noise: float
    saturated_level: int
    saturation_field_T: float | None
    ladders: Mapping[int, Ladder]


def twin_parameters(document: Mapping[str, Any]) -> TwinParameters:
    """Return the parameters in a state model's document, whose schema version must be 1.

    A spread that was not determined is 0. Raises DeviceError for anything else.
    """
    if (document.get("schema"), document.get("schema_version")) != _SCHEMA:
        raise DeviceError(
            "A twin is made from a state model of schema version 1, which this document is not: "
            "export it again with this version."
        )
    try:
        return _parameters(document)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise DeviceError(
            f"The state model for a twin is not complete ({error!r}): export it again."
        ) from error


def _parameters(document: Mapping[str, Any]) -> TwinParameters:
    levels = document["levels"]
    noise = document["read_noise"]
    return TwinParameters(
        name=document["name"],
        mean_ohm=tuple(float(level["resistance_ohm"]["value"]) for level in levels),
        cycle_std_ohm=tuple(_value(level["cycle_std_ohm"]) for level in levels),
        wander_std_ohm=tuple(float(level["wander_std_ohm"]) for level in levels),
        read_noise=0.0 if noise is None else float(noise["relative_std"]["value"]),
        saturated_level=document["saturated_level"] or 0,
        saturation_field_T=document["saturation_field_T"],
        ladders={
            1 if pulses["polarity"] == "positive" else -1: Ladder(
                np.array(pulses["amplitudes_V"], dtype=float),
                [np.array(table, dtype=np.int64) for table in pulses["counts"]],
                pulses["pulse_width_s"],
                pulses["field_T"],
            )
            for pulses in document["pulses"]
        },
    )


def _value(quantity: Mapping[str, Any] | None) -> float:
    return 0.0 if quantity is None else float(quantity["value"])
