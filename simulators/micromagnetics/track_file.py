"""Track files: what the command line simulates, in TOML. All in SI units, no other key allowed.

Sections [track], [material] and [torque]; [[notch]], [roughness], [field] and [search] are
optional.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from ...validation import Section, read_toml
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
    spin_hall_angle: Number
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


class _TrackFile(Section):
    track: _Track
    notch: Annotated[tuple[_Notch, ...], Field(strict=False)] = ()
    material: _Material
    torque: _Torque
    roughness: _Roughness | None = None
    field: _Field | None = None
    search: _Search = _Search()


@dataclass(frozen=True, slots=True)
class TrackFile:
    """A track, the film made of it, and how its thresholds are sought."""

    track: Track
    mask: MaskRule
    film: Film
    search: Search


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
    return TrackFile(track, file.track.mask, film, Search(**options, accuracy=accuracy))
