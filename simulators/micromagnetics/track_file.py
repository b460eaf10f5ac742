"""Track files: what the command line simulates, in TOML. All in SI units, no other key allowed.

Sections [track], [material] and [torque]; [[notch]], [roughness], [field] and [search] are
optional, and so are [heavy_metal], [junction] and [device], which make a device of the track.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from ...validation import Section, read_toml
from .barriers.notch_barriers import ATTEMPT_RATE_Hz
from .dynamics.simulation import Accuracy
from .errors import MicromagneticsError
from .film import Film, film_of
from .geometry.cells import MaskRule
from .geometry.roughness import Roughness
from .geometry.track import Notch, NotchForm, Side, Track
from .material import Material, SpinOrbitTorque
from .terms.current import CurrentProfile
from .thresholds.search import Search

Number = Annotated[float, Field(strict=True, allow_inf_nan=False)]
Positive = Annotated[Number, Field(gt=0)]
NotNegative = Annotated[Number, Field(ge=0)]
Length = Annotated[Number, Field(gt=0, le=1e-3)]
Vector = Annotated[tuple[Number, Number, Number], Field(strict=False)]
Range = Annotated[tuple[Positive, Positive], Field(strict=False)]


def _not_zero(value: float) -> float:
    if value == 0:
        raise PydanticCustomError(
            "zero", "Input should not be 0, with which no current moves a wall"
        )
    return value


NotZero = Annotated[Number, AfterValidator(_not_zero)]


class _Track(Section):
    length_m: Length
    width_m: Length
    thickness_m: Length
    cell_m: Length
    end_width_m: Length | None = None
    mask: MaskRule = "area"


class _Notch(Section):
    position_m: NotNegative
    depth_m: Length
    half_width_m: Length
    form: NotchForm = "half-disc"
    side: Side = "both"


class _Roughness(Section):
    standard_deviation_m: Length
    correlation_length_m: Length
    seed: Annotated[int, Field(ge=0)]


class _Material(Section):
    saturation_magnetization_A_per_m: Positive
    exchange_stiffness_J_per_m: Positive
    anisotropy_J_per_m3: NotNegative
    dmi_J_per_m2: Number
    damping: Positive


class _Torque(Section):
    spin_hall_angle: NotZero
    asymmetry: Annotated[Number, Field(ge=1)] = 1.0
    field_like_angle: Number = 0.0
    polarization: Vector = (0.0, -1.0, 0.0)
    current_profile: CurrentProfile = "inverse-width"


class _Field(Section):
    flux_density_T: Vector


class _Search(Section):
    between_A_per_m2: Range = (0.3e12, 3e12)
    tolerance: Annotated[Number, Field(gt=0, lt=0.1)] = 0.002
    run_up_m: Length = 240e-9
    pulse_s: Positive = 10e-9
    rest_s: Positive = 5e-9
    longest_s: Positive = 25e-9
    window_m: Length = 560e-9
    precision: Literal["float64", "float32"] = "float64"


class _HeavyMetal(Section):
    thickness_m: Length
    resistivity_ohm_m: Positive
    lead_resistance_ohm: NotNegative = 0.0


class _Junction(Section):
    start_m: NotNegative
    end_m: Length
    resistance_area_ohm_m2: Positive
    tmr: Positive
    tmr_half_voltage_V: Positive = 0.5
    breakdown_voltage_V: Positive = 1.2


class _Device(Section):
    temperature_K: Positive = 300.0
    attempt_rate_Hz: Positive = ATTEMPT_RATE_Hz
    injection_share: Annotated[Number, Field(gt=0, lt=1)] = 0.5
    nucleation_field_T: Positive = 0.07
    white_V_per_sqrtHz: NotNegative = 5e-7
    flicker: NotNegative = 2e-5


class _TrackFile(Section):
    track: _Track
    notch: Annotated[tuple[_Notch, ...], Field(strict=False)] = ()
    material: _Material
    torque: _Torque
    roughness: _Roughness | None = None
    field: _Field | None = None
    search: _Search = _Search()
    heavy_metal: _HeavyMetal | None = None
    junction: _Junction | None = None
    device: _Device = _Device()


@dataclass(frozen=True, slots=True)
class HeavyMetal:
    """What carries the current under the film."""

    thickness_m: float
    resistivity_ohm_m: float
    lead_resistance_ohm: float = 0.0


@dataclass(frozen=True, slots=True)
class TunnelJunction:
    """The tunnel junction on the film, between `start_m` and `end_m`."""

    start_m: float
    end_m: float
    resistance_area_ohm_m2: float
    """Of the parallel state."""
    tmr: float
    """(R_AP - R_P)/R_P at zero bias."""
    tmr_half_voltage_V: float = 0.5
    breakdown_voltage_V: float = 1.2


@dataclass(frozen=True, slots=True)
class Assumptions:
    """What a device needs and the film does not give."""

    temperature_K: float = 300.0
    attempt_rate_Hz: float = ATTEMPT_RATE_Hz
    injection_share: float = 0.5
    """Current that injects a wall at a contact, as part of the lowest one that frees a wall."""
    nucleation_field_T: float = 0.07
    """Field that reverses the whole junction at 0 K."""
    white_V_per_sqrtHz: float = 5e-7
    flicker: float = 2e-5
    """Read noise, see `Noise` of the device model."""


@dataclass(frozen=True, slots=True)
class TrackFile:
    """A track, the film made of it, and how its thresholds are sought."""

    track: Track
    mask: MaskRule
    film: Film
    search: Search
    heavy_metal: HeavyMetal | None = None
    junction: TunnelJunction | None = None
    assumptions: Assumptions = field(default_factory=Assumptions)


def load_track(path: str | Path) -> TrackFile:
    """Read a track file.

    Raises MicromagneticsError that names file, line, key and remedy, or what cannot be simulated.
    """
    file = read_toml(Path(path), _TrackFile, "track file", MicromagneticsError)
    roughness = None if file.roughness is None else Roughness(**dict(file.roughness))
    outline = {name: value for name, value in file.track if name not in ("cell_m", "mask")}
    notches = tuple(Notch(**dict(notch)) for notch in file.notch)
    track = Track(**outline, notches=notches, roughness=roughness)
    torque = dict(file.torque)
    profile = torque.pop("current_profile")
    film = film_of(
        track,
        Material(**dict(file.material)),
        file.track.cell_m,
        SpinOrbitTorque(**torque),
        (0.0, 0.0, 0.0) if file.field is None else file.field.flux_density_T,
        file.track.mask,
        profile,
    )
    options = dict(file.search)
    accuracy = Accuracy(
        stray_interval_s=2e-12,
        window_m=options.pop("window_m"),
        precision=options.pop("precision"),
    )
    metal, junction = file.heavy_metal, file.junction
    if junction is not None:
        _check_junction(junction, track, path)
    return TrackFile(
        track,
        file.track.mask,
        film,
        Search(**options, accuracy=accuracy),
        None if metal is None else HeavyMetal(**dict(metal)),
        None if junction is None else TunnelJunction(**dict(junction)),
        Assumptions(**dict(file.device)),
    )


def _check_junction(junction: _Junction, track: Track, path: str | Path) -> None:
    """Raise MicromagneticsError for a junction off the track, or beside a notch."""
    if not junction.start_m < junction.end_m <= track.length_m * (1 + 1e-9):
        raise MicromagneticsError(
            f"{path}: the [junction] must start before it ends on the track of "
            f"{track.length_m * 1e9:g} nm: correct start_m and end_m."
        )
    for number, notch in enumerate(track.notches, start=1):
        if not junction.start_m < notch.position_m < junction.end_m:
            raise MicromagneticsError(
                f"{path}: the [junction] from {junction.start_m * 1e9:g} to "
                f"{junction.end_m * 1e9:g} nm does not cover notch {number} at "
                f"{notch.position_m * 1e9:g} nm, so that the resistance cannot tell a wall there "
                "from one beyond: correct start_m and end_m."
            )
