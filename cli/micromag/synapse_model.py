"""The state model of a device from micromagnetics: measured on its virtual bench, and marked.

Levels and transitions come from the calibration, as a measured device's do; retention is that of
the film's barriers (Arrhenius), since no series of readings is long enough to see a wall leave.
"""

from collections.abc import Sequence
from dataclasses import replace
from math import exp, isfinite

from ...analysis.state_model.model import ModelRetention, Quantity, Source, StateModel
from ...simulators.device import Device, DeviceParameters
from ...simulators.micromagnetics import Synapse
from ...simulators.micromagnetics.constants import BOLTZMANN_J_per_K

METHOD = "micromagnetics"
_ATTEMPT_RATE_FACTOR = 10.0
_LONGEST_s = 1e200


def marked(
    model: StateModel, parameters: DeviceParameters, synapse: Synapse, track_file: str
) -> StateModel:
    """Return the model with its origin in every source, and with the retention of the film."""
    what = (
        f"Computed by micromagnetics from {track_file}, not measured: pulses fire on the event "
        "model with the film's thresholds and barriers at "
        f"{parameters.free_layer.temperature_K:g} K.",
        "Scatter of levels is read noise alone and scatter of thresholds thermal: neither etching "
        "nor grains are in it.",
    )
    return replace(
        model,
        levels_source=_marked(model.levels_source),
        pulses=tuple(replace(one, source=_marked(one.source)) for one in model.pulses),
        read_noise=None
        if model.read_noise is None
        else replace(model.read_noise, source=_marked(model.read_noise.source)),
        metaplasticity=None
        if model.metaplasticity is None
        else replace(model.metaplasticity, source=_marked(model.metaplasticity.source)),
        retention=_retention(model, parameters, synapse),
        remarks=(*what, *model.remarks),
    )


def level_ohm(parameters: DeviceParameters, site: int) -> float:
    """Return the resistance with the wall at rest at a site of the device model."""
    device = Device(parameters)
    device.place(site)
    return float(device.resistance_ohm()[0])


def unseen_notches(
    model: StateModel, parameters: DeviceParameters, synapse: Synapse
) -> Sequence[int]:
    """Return the notches that share a level with another notch or an end of the junction."""
    sites = range(len(synapse.notches) + 2)
    levels = [_nearest(model, level_ohm(parameters, site)) for site in sites]
    return [
        one.notch
        for site, one in enumerate(synapse.notches, start=1)
        if levels.count(levels[site]) > 1
    ]


def _retention(
    model: StateModel, parameters: DeviceParameters, synapse: Synapse
) -> tuple[ModelRetention, ...]:
    layer = parameters.free_layer
    thermal_J = BOLTZMANN_J_per_K * layer.temperature_K
    found: dict[int, ModelRetention] = {}
    for site, one in enumerate(synapse.notches, start=1):
        dwell_s = one.barriers.dwell_time_s(layer.temperature_K, layer.attempt_rate_Hz)
        dwell_s = min(dwell_s, _LONGEST_s) if isfinite(dwell_s) else _LONGEST_s
        error_J = max(one.barriers.forward.error_J, one.barriers.backward.error_J)
        factor = _ATTEMPT_RATE_FACTOR * exp(min(error_J / thermal_J, 100.0))
        source = Source(
            runs=(),
            database="",
            code_version=model.levels_source.code_version,
            date=model.levels_source.date,
            method=f"{METHOD}: Arrhenius, attempt rate {layer.attempt_rate_Hz:g} Hz stated; "
            "interval of a factor of 10 in it and the error of the path",
            quality=f"barrier {one.barriers.lowest_J / thermal_J:.1f} k_B T",
        )
        level = _nearest(model, level_ohm(parameters, site))
        entry = ModelRetention(
            level,
            Quantity(dwell_s, dwell_s / factor, dwell_s * factor),
            layer.temperature_K,
            source,
        )
        if level not in found or found[level].lifetime_s.value > dwell_s:
            found[level] = entry
    return tuple(found[level] for level in sorted(found))


def _nearest(model: StateModel, resistance_ohm: float) -> int:
    distances = [abs(one.resistance_ohm.value - resistance_ohm) for one in model.levels]
    return distances.index(min(distances))


def _marked(source: Source) -> Source:
    return replace(source, method=f"{METHOD}: {source.method}")
