"""Constants for pulses of all notches of a film, each from a reduced model of its own.

The reduced model's threshold of the square pulse of `pulse_s` differs from the film's by some per
cent; all currents of a notch are multiplied by the ratio, so that the device has the film's.
"""

from dataclasses import dataclass, replace

from ..device.parameters import DeviceParameters, PulsedNotch
from ..micromagnetics import Film, MicromagneticsError, Synapse, Track, TrackFile
from ..micromagnetics.reduced.depinning import pulse_threshold_A_per_m2
from ..micromagnetics.reduced.drag import Drag, drag_targets_m
from ..micromagnetics.reduced.study import model_of_notch
from ..micromagnetics.reduced.walls import Pulse
from ..micromagnetics.synapse import Freed
from ..micromagnetics.thresholds.mirrored import mirrored_film, mirrored_track
from ..micromagnetics.thresholds.search import Memory, PrefixedMemory, Progress
from .drawn_device import electrodes
from .event_law import pulsed_notch

LARGEST_RATIO = 1.25
"""Of the film's threshold over the reduced model's, or the inverse, up to which it is scaled."""
_RANGE = 0.2, 5.0  # times the film's threshold


@dataclass(frozen=True, slots=True)
class PulsedPair:
    """The constants of one notch, and the film's threshold over the reduced model's."""

    to_CLK: PulsedNotch
    to_IN: PulsedNotch
    ratio_to_CLK: float
    ratio_to_IN: float


def expected_drag_steps(file: TrackFile) -> int:
    """Return how many positions `pulsed_pairs` drags walls to; raises as `drag_targets_m`."""
    both = (file.film, file.track), (mirrored_film(file.film), mirrored_track(file.track))
    notches = range(1, len(file.track.notches) + 1)
    return sum(len(drag_targets_m(*one, notch, Drag())) for one in both for notch in notches)


def pulsed_pairs(
    file: TrackFile, synapse: Synapse, memory: Memory, progress: Progress
) -> tuple[PulsedPair, ...]:
    """Return the constants of each notch of a synapse, in its order.

    Raises MicromagneticsError for a taper and whatever else the reduced model lacks, and where its
    threshold is not near the film's.
    """
    mirror = PrefixedMemory(memory, "mirrored, ")
    back = mirrored_film(file.film), mirrored_track(file.track)
    pairs = []
    for one in synapse.notches:
        to_CLK, ratio_to_CLK = _pulsed(
            file, file.film, file.track, one.notch, one.forward, memory, progress
        )
        to_IN, ratio_to_IN = _pulsed(file, *back, one.notch, one.backward, mirror, progress)
        pairs.append(PulsedPair(to_CLK, to_IN, ratio_to_CLK, ratio_to_IN))
    return tuple(pairs)


def with_pulsed(parameters: DeviceParameters, pairs: tuple[PulsedPair, ...]) -> DeviceParameters:
    """Return the parameters with the constants of each notch."""
    notches = zip(parameters.notches, pairs, strict=True)
    return replace(
        parameters,
        notches=tuple(
            replace(notch, pulsed_to_CLK=pair.to_CLK, pulsed_to_IN=pair.to_IN)
            for notch, pair in notches
        ),
    )


def _pulsed(
    file: TrackFile,
    film: Film,
    track: Track,
    notch: int,
    freed: Freed,
    memory: Memory,
    progress: Progress,
) -> tuple[PulsedNotch, float]:
    search = file.search
    metal, _ = electrodes(file)
    model, start = model_of_notch(film, track, file.mask, notch, search, memory, progress)
    wanted = freed.threshold.middle_A_per_m2
    within = _RANGE[0] * wanted, _RANGE[1] * wanted
    ratio = wanted / pulse_threshold_A_per_m2(model, start, Pulse(search.pulse_s), within)
    if not 1 / LARGEST_RATIO <= ratio <= LARGEST_RATIO:
        raise MicromagneticsError(
            f"Notch {notch}: the film's threshold is {ratio:.2f} times that of the reduced model, "
            "whose constants for pulses do not hold then: leave out --inertia."
        )
    section_m2 = file.track.width_m * metal.thickness_m
    temperature_K = file.assumptions.temperature_K
    return pulsed_notch(model, start, temperature_K, section_m2 * ratio), ratio
