"""Devices that a measurement leaves possible, as the conductances of arrays made of them.

A device drawn from the posterior (`analysis.state_model.sampling.draw_device`) has levels of its
own: their means, and the scatter of single devices around them. All devices of an array are of the
kind that was drawn. Where the model was calibrated from several devices, the spread between these
is scatter within the array, and the mean of so few is uncertain by it, too.
"""

from dataclasses import dataclass, replace

import numpy as np

from ....analysis.state_model.model import StateModel
from ....analysis.state_model.sampling import SampledDevice, draw_device, most_likely
from ....arrays import Floats
from ..errors import NetworkError

DRAWS = 1000


@dataclass(frozen=True, slots=True)
class DrawnDevice:
    """Means and standard deviations of the levels, in S, in the model's order; the device itself.

    The standard deviation is that of devices of one array: from visit to visit, from pulse to pulse
    within a visit, and from device to device.
    """

    mean_S: Floats
    std_S: Floats
    sampled: SampledDevice


def likeliest_device(model: StateModel) -> DrawnDevice:
    """Return the device with the values of the model."""
    return _in_siemens(model, most_likely(model))


def drawn_device(model: StateModel, rng: np.random.Generator) -> DrawnDevice:
    """Return a device drawn from the posterior, its resistances above zero; raises NetworkError."""
    alone = replace(model, levels=tuple(replace(e, device_std_ohm=None) for e in model.levels))
    between = _between_devices_ohm(model) / np.sqrt(len(model.devices))
    for _ in range(DRAWS):
        sampled = draw_device(alone, rng)
        moved = sampled.mean_ohm + between * rng.standard_normal(len(between))
        if (moved > 0).all():
            return _in_siemens(model, replace(sampled, mean_ohm=moved))
    raise NetworkError(
        f"The measurement leaves the levels of model {model.name} open: hardly any device drawn "
        "from its posterior has resistances above zero. Measure more cycles."
    )


def has_transitions(model: StateModel) -> bool:
    """Return whether pulses of the polarity that writes were seen to move the device."""
    writing = next((p for p in model.pulses if p.polarity == "positive"), model.pulses[0])
    counts = np.array(writing.counts)
    return bool(counts.sum() > np.trace(counts, axis1=1, axis2=2).sum())


def _in_siemens(model: StateModel, sampled: SampledDevice) -> DrawnDevice:
    spread_ohm = np.sqrt(
        sampled.cycle_std_ohm**2 + sampled.wander_std_ohm**2 + _between_devices_ohm(model) ** 2
    )
    return DrawnDevice(1 / sampled.mean_ohm, spread_ohm / sampled.mean_ohm**2, sampled)


def _between_devices_ohm(model: StateModel) -> Floats:
    stds = (level.device_std_ohm for level in model.levels)
    return np.array([0.0 if std is None else std.value for std in stds])
