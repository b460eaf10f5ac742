"""Read noise of a model: from readings without pulses, else an upper bound from ladders."""

from collections.abc import Mapping
from dataclasses import dataclass

from ..state_model.model import Quantity
from .levels import Visits, read_noise_bound
from .readings import RetentionData, lower_first


@dataclass(frozen=True, slots=True)
class Noise:
    """Relative standard deviation of a reading; an upper bound if `is_bound`."""

    relative_std: Quantity
    is_bound: bool
    method: str
    description: str


def noise_of(visits: Mapping[str, Visits], readings: Mapping[str, RetentionData]) -> Noise | None:
    """Return the noise of the noisiest device; None if no device has an estimate."""
    known = [
        noise
        for device, levels in visits.items()
        if (noise := _of_device(levels, readings.get(device))) is not None
    ]
    return max(known, key=lambda noise: noise.relative_std.value, default=None)


def _of_device(visits: Visits, readings: RetentionData | None) -> Noise | None:
    if readings is not None and readings.noise is not None:
        method = "standard deviation of the longest series of readings without pulses"
        return Noise(readings.noise, False, method, readings.description)
    bound = read_noise_bound(visits)
    if bound is None:
        return None
    why = "" if readings is None else f": {lower_first(readings.description)}"
    return Noise(bound, True, "successive readings in the quietest level", f"upper bound{why}")
