"""The read noise of a model: that of readings without pulses, else a bound that ladders give."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..state_model.model import Quantity
from .levels import Visits, read_noise
from .readings import Watched


@dataclass(frozen=True, slots=True)
class Noise:
    """Relative standard deviation of a reading; `is_bound` where creep under pulses may add."""

    relative_std: Quantity
    is_bound: bool
    method: str
    told: str


def noise_of(visits: Mapping[str, Visits], watched: Mapping[str, Watched]) -> Noise | None:
    """Return the noise of the loudest device, None if none is known."""
    known = [
        noise
        for device, levels in visits.items()
        if (noise := _of_device(levels, watched.get(device))) is not None
    ]
    return max(known, key=lambda noise: noise.relative_std.value, default=None)


def _of_device(visits: Visits, watched: Watched | None) -> Noise | None:
    if watched is not None and watched.noise is not None:
        method = "standard deviation of the longest series of readings without pulses"
        return Noise(watched.noise, False, method, watched.told)
    bound = read_noise(visits)
    if bound is None:
        return None
    why = "" if watched is None else f": {watched.told[:1].lower()}{watched.told[1:]}"
    return Noise(bound, True, "successive readings in the quietest level", f"upper bound{why}")
