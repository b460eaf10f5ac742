"""What may be changed of a drawn track to see how the thresholds of one notch depend on it.

A control is a key of the track file, or `pitch_m`: the distance of two notches beside the one that
is studied, which are equal to it; without a pitch it is alone. Thresholds go as 1/θ exactly, since
θ and J enter the equation of motion as their product, so no film is made for another spin-Hall
angle unless the torque has a field-like part, which does not change with it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product
from typing import Any, get_args

from ....quantities import format_quantity
from ..errors import MicromagneticsError
from ..film import Film, film_of
from ..geometry.cells import MaskRule
from ..geometry.track import NotchForm, Side, Track

Value = float | str

TRACK = {"length_m": "m", "width_m": "m", "thickness_m": "m"}
NOTCH = {"position_m": "m", "depth_m": "m", "half_width_m": "m"}
MATERIAL = {
    "saturation_magnetization_A_per_m": "A/m", "exchange_stiffness_J_per_m": "J/m",
    "anisotropy_J_per_m3": "J/m3", "dmi_J_per_m2": "J/m2", "damping": "",
}  # fmt: skip
TORQUE = {"spin_hall_angle": "", "asymmetry": ""}
UNITS = {**TRACK, **NOTCH, "pitch_m": "m", "cell_m": "m", **MATERIAL, **TORQUE}
"""SI units of the controls that are numbers."""
WORDS = {"form": get_args(NotchForm), "side": get_args(Side)}
"""What the other controls may be."""
SPIN_HALL_ANGLE = "spin_hall_angle"
MOST_VARIANTS = 1000


@dataclass(frozen=True, slots=True)
class Variant:
    """A track that differs in its controls from the drawn one; its first notch is studied."""

    values: Mapping[str, Value]
    track: Track
    film: Film
    per_drawn_current: float = 1.0
    """Thresholds of this variant by those of the film, θ by θ."""

    @property
    def label(self) -> str:
        """The values as text: "width_m = 150 nm"."""
        return label_of(self.values)


def label_of(values: Mapping[str, Value]) -> str:
    """Return values as text: "width_m = 150 nm, form = v"."""
    return ", ".join(f"{name} = {value_text(name, value)}" for name, value in values.items())


def value_text(name: str, value: Value) -> str:
    """Return a value with its unit: "150 nm"."""
    if isinstance(value, str):
        return value
    return format_quantity(value, UNITS[name]).replace("/m2", "/m²").replace("/m3", "/m³")


def variants_of(
    film: Film, track: Track, mask: MaskRule, axes: Mapping[str, Sequence[Value]]
) -> list[Variant]:
    """Return a variant for each combination of values; the last control changes fastest.

    Raises MicromagneticsError, which names the values, for what cannot be simulated.
    """
    if not track.notches:
        raise MicromagneticsError("The track has no notch that could be studied: add one.")
    chosen = [dict(zip(axes, values, strict=True)) for values in product(*axes.values())]
    if len(chosen) > MOST_VARIANTS:
        raise MicromagneticsError(
            f"The scan has {len(chosen):,} tracks, more than {MOST_VARIANTS:,}: scan less."
        )
    variants = []
    for values in chosen:
        try:
            variants.append(_variant(film, track, mask, values))
        except MicromagneticsError as error:
            raise MicromagneticsError(f"{label_of(values)}: {error}") from error
    return variants


def _variant(film: Film, track: Track, mask: MaskRule, values: dict[str, Value]) -> Variant:
    torque, per_drawn_current = film.torque, 1.0
    if torque is not None:
        own: dict[str, Any] = _chosen(values, TORQUE)
        angle = own.get(SPIN_HALL_ANGLE, torque.spin_hall_angle)
        if not angle * torque.spin_hall_angle > 0:
            raise MicromagneticsError(
                f"the drawn spin-Hall angle is {torque.spin_hall_angle:g}: give values of its sign."
            )
        if torque.field_like_angle == 0:
            per_drawn_current = torque.spin_hall_angle / own.pop(SPIN_HALL_ANGLE, angle)
        torque = replace(torque, **own)
    varied = _track(track, values)
    made = film_of(
        varied,
        replace(film.material, **_chosen(values, MATERIAL)),
        float(values.get("cell_m", film.cells.cell_m)),
        torque,
        film.flux_density_T,
        mask,
        film.current_profile,
    )
    return Variant(values, varied, made, per_drawn_current)


def _track(track: Track, values: Mapping[str, Value]) -> Track:
    notch = replace(track.notches[0], **_chosen(values, {**NOTCH, **WORDS}))
    notches = [notch]
    if "pitch_m" in values:
        pitch_m = float(values["pitch_m"])
        notches += [
            replace(notch, position_m=notch.position_m + side * pitch_m) for side in (-1, 1)
        ]
    return replace(track, notches=tuple(notches), **_chosen(values, TRACK))


def _chosen(values: Mapping[str, Value], names: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if name in names}
