"""The calibrated width ratio w1/w2 of a device as tracks of the update formula.

A ratio whose interval is open, or beyond what a taper can be, determines no track, and the reason
is stated in its place. A wide interval is trained at both ends, too: their accuracies say what the
measurement leaves open.
"""

from dataclasses import dataclass, replace

from ....analysis.formatting import format_interval
from ....analysis.state_model.model import StateModel
from .settings import StreamSetup
from .study import Curve

WIDE = 0.25  # of the ratio: the widest interval whose ends are not trained
NARROWEST = 0.01  # w1/w2 that is trained at the lower end


@dataclass(frozen=True, slots=True)
class DeviceRatio:
    """Tracks with a device's w1/w2, none where it is not known, and a sentence on either."""

    curves: tuple[Curve, ...]
    remark: str


def device_ratio(model: StateModel, base: StreamSetup) -> DeviceRatio:
    """Return the tracks of a model's w1/w2, learning as `base` does otherwise."""
    name = f"{model.name}:{model.version}"
    if model.metaplasticity is None:
        return DeviceRatio(
            (),
            f"The model {name} has no w1/w2, so no formula is trained with it: calibrate it from "
            "runs that leave three or more levels by positive pulses.",
        )
    ratio, source = model.metaplasticity.width_ratio, model.metaplasticity.source
    runs = f"run{'s' * (len(source.runs) > 1)} {', '.join(map(str, source.runs))}"
    text = format_interval(ratio.value, ratio.low, ratio.high)
    quality = f" ({source.quality})" if source.quality else ""
    origin = f"w1/w2 = {text}, {source.method}{quality}, {runs} of {source.database}"
    if ratio.low is None or ratio.high is None:
        return DeviceRatio(
            (),
            f"{origin}: an open interval determines no track, so no formula is trained with it; "
            "measure more cycles in smaller steps, or set -p width_ratio by hand without --model.",
        )
    if not ratio.value <= 1:
        return DeviceRatio(
            (), f"{origin}: the formula holds up to 1, so it is not trained with this device."
        )
    values = {"device-ratio": ratio.value}
    if ratio.high - ratio.low > WIDE * ratio.value:
        values["device-ratio-low"] = max(ratio.low, NARROWEST)
        values["device-ratio-high"] = min(ratio.high, 1.0)
        origin += ": the interval is wide, so its ends are trained, too"
    return DeviceRatio(
        tuple(
            Curve(key, _label(name, key, value, base), replace(base, width_ratio=value))
            for key, value in values.items()
        ),
        f"{origin}.",
    )


def _label(name: str, key: str, value: float, base: StreamSetup) -> str:
    end = {"low": ", lower end", "high": ", upper end"}.get(key.rpartition("-")[2], "")
    return f"formula, {name}'s {value:.2g}{end}, δ = {base.asymmetry:g}"
