"""Files of `dwmtj micromag synapse`: the device and its bench, states, a movie, the numbers."""

import json
from pathlib import Path
from typing import Any

from ... import __version__
from ...simulators.device import DeviceParameters
from ...simulators.film_device.drawn_device import device_of, device_text, electrodes
from ...simulators.film_device.pulsed_notches import PulsedPair, with_pulsed
from ...simulators.micromagnetics import (
    MicromagneticsError,
    Synapse,
    TrackFile,
    write_ovf,
    write_picture,
)
from ...simulators.micromagnetics.movie import pulse_frames, write_movie
from ...simulators.micromagnetics.synapse import Freed
from ...simulators.micromagnetics.thresholds.search import Progress
from ...storage import atomic_write
from .synapse_bench import BENCH, DEVICE, LAB, Amplitudes, amplitudes_of, bench_text, lab_text
from .threshold_files import bracket_numbers, outcome_numbers


def check_name(name: str) -> None:
    """Raise MicromagneticsError for what cannot name a model and its file."""
    if not name.strip() or not name.isprintable() or any(mark in name for mark in ":/\\"):
        raise MicromagneticsError(
            f"{name!r} cannot name a model: choose a name such as dw5, without / and :."
        )


def write_bench(
    folder: Path,
    name: str,
    track_file: Path,
    file: TrackFile,
    found: Synapse,
    pairs: tuple[PulsedPair, ...],
    seed: int,
) -> tuple[DeviceParameters, Amplitudes, list[Path]]:
    """Write device, lab and bench file, with the constants for pulses; return what they hold."""
    metal, _ = electrodes(file)
    section_m2 = file.track.width_m * metal.thickness_m
    parameters = device_of(name, file, found)
    if pairs:
        parameters = with_pulsed(parameters, pairs)
    amplitudes = amplitudes_of(
        parameters,
        [one.forward.threshold.middle_A_per_m2 * section_m2 for one in found.notches],
        [one.backward.threshold.middle_A_per_m2 * section_m2 for one in found.notches],
        file.assumptions.injection_share,
    )
    texts = {
        DEVICE: device_text(parameters, track_file.name, file.assumptions.injection_share),
        LAB: lab_text(seed),
        BENCH: bench_text(parameters, amplitudes, file.search.pulse_s),
    }
    for stem, text in texts.items():
        with atomic_write(folder / stem) as draft:
            draft.write_text(text, encoding="utf-8")
    return parameters, amplitudes, [folder / stem for stem in texts]


def write_states(folder: Path, file: TrackFile, found: Synapse) -> list[Path]:
    """Write the wall at rest in each notch as OVF 2.0 and PNG."""
    paths = []
    for one in found.notches:
        stem = folder / f"notch-{one.notch}-rest"
        for path, write in (
            (stem.with_suffix(".ovf"), write_ovf),
            (stem.with_suffix(".png"), write_picture),
        ):
            with atomic_write(path) as draft:
                write(draft, one.at_rest.m, file.film, f"notch {one.notch}, at rest")
            paths.append(path)
    return paths


def write_movie_of(path: Path, file: TrackFile, found: Synapse, progress: Progress) -> Path:
    """Write the wall that a pulse frees from the first notch, as an animated GIF."""
    first = found.notches[0]
    current = first.forward.threshold.lost.current_A_per_m2

    def watch(time_s: float) -> None:
        progress(f"movie, {time_s * 1e9:.2f} ns", 0)

    frames = pulse_frames(file.film, first.at_rest.m, current, file.search, watch)
    with atomic_write(path) as draft:
        write_movie(draft, frames, file.film, f"notch {first.notch}")
    return path


def write_numbers(
    path: Path, track_file: Path, file: TrackFile, found: Synapse, amplitudes: Amplitudes
) -> Path:
    """Write all numbers of the film, in SI units, with the track file that they come from."""
    assumptions = file.assumptions
    content = {
        "dwmtj": __version__,
        "track_file": track_file.read_text(encoding="utf-8-sig"),
        "mobility_m3_per_A_s": found.mobility_m3_per_A_s,
        "note": "positions towards IN are those of the mirrored track, length - x",
        "notches": [
            {
                "notch": one.notch,
                "rest_m": one.position_m,
                "to_CLK": _freed(one.forward) | {"amplitude_V": amplitudes.to_CLK_V[k]},
                "to_IN": _freed(one.backward) | {"amplitude_V": amplitudes.to_IN_V[k]},
                "barriers": {
                    side: {
                        "barrier_J": barrier.barrier_J,
                        "error_J": barrier.error_J,
                        "top_m": barrier.top_m,
                    }
                    for side, barrier in (
                        ("to_CLK", one.barriers.forward),
                        ("to_IN", one.barriers.backward),
                    )
                },
                "dwell_time_s": min(
                    one.barriers.dwell_time_s(
                        assumptions.temperature_K, assumptions.attempt_rate_Hz
                    ),
                    1e300,
                ),
            }
            for k, one in enumerate(found.notches)
        ],
    }
    with atomic_write(path) as draft:
        draft.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    return path


def _freed(one: Freed) -> dict[str, Any]:
    return {
        "pulse": bracket_numbers(one.threshold),
        "after_rest": outcome_numbers(one.after_pulse),
    }
