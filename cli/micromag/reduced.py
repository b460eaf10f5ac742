"""`dwmtj micromag reduced`: depinning of a notch in the film, the reduced and the event model."""

import json
import math
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..console import print_line, print_table
from ..learn.options import FolderOption, OverwriteOption, resumable
from .cells import print_cells_remarks
from .study import checkpoint_of

if TYPE_CHECKING:
    from ...arrays import Floats
    from ...simulators.film_device.event_law import EventLaw
    from ...simulators.micromagnetics.reduced.study import NotchOfFilm
    from .reduced_results import WidthResult

COLUMNS = (
    "pulse (ns)", "film, 0 K", "reduced, 0 K", "reduced: 10, 50, 90 %", "event: 10, 50, 90 %",
    "event within",
)  # fmt: skip
RESULT = "reduced.json"
_CLOSE = 0.1
STEMS = ("pulses", "probability", "pinning")


def reduced(
    track_file: Annotated[Path, typer.Argument(metavar="TRACK", help="Track file (TOML).")],
    to: FolderOption,
    notch: Annotated[int, typer.Option(help="Number of the notch, from 1.")] = 1,
    pulse_ns: Annotated[
        list[float] | None,
        typer.Option(
            "--pulse",
            metavar="NS",
            help="Width of a square pulse, in ns; repeatable.",
            show_default="pulse_s",
        ),
    ] = None,
    temperature_K: Annotated[
        float, typer.Option("--temperature", metavar="K", help="Temperature, in K.")
    ] = 300.0,
    walls: Annotated[
        int, typer.Option(min=10, help="Walls of the reduced model at each current density.")
    ] = 400,
    seed: Annotated[int, typer.Option(min=0, max=2**32 - 2, help="Random seed of the noise.")] = 1,
    overwrite: OverwriteOption = False,
) -> None:
    """Compare the depinning of a notch in the film, the reduced (q, φ) and the event model.

    Drags the film's wall past the notch to tabulate its pinning, then applies square pulses to
    walls at rest in it. Writes reduced.json, and pulses, probability and pinning as CSV, PNG and
    SVG. An interrupted study resumes with the same command.

    \b
    Examples:
      dwmtj micromag reduced track.toml -o reduced --pulse 2 --pulse 5
    """
    from ...analysis.figures import save
    from ...simulators.film_device.event_law import event_law
    from ...simulators.micromagnetics import MicromagneticsError, load_track
    from ...simulators.micromagnetics.reduced.study import expected_runs_of_notch, study_notch
    from ...simulators.networks.progress import progress_bar
    from ...storage import atomic_write
    from .reduced_figure import pinning_panel, probability_panel, pulse_panel
    from .reduced_results import width_result

    for option, value, unit in [
        ("--temperature", temperature_K, "K"),
        *(("--pulse", width, "ns") for width in pulse_ns or ()),
    ]:
        if not (math.isfinite(value) and value > 0):
            raise MicromagneticsError(
                f"{option} is {value:g} {unit}: give a finite number above 0."
            )
    file = load_track(track_file)
    widths_s = sorted({width * 1e-9 for width in pulse_ns or [file.search.pulse_s * 1e9]})
    outputs = [RESULT] + [f"{stem}.{kind}" for stem in STEMS for kind in ("csv", "png", "svg")]
    total = expected_runs_of_notch(file, notch, len(widths_s))
    study = checkpoint_of(
        to / "reduced.checkpoint", track_file, study_notch, outputs, overwrite=overwrite
    )
    with study as checkpoint:
        with (
            resumable(),
            progress_bar(total, len(checkpoint), checkpoint.path, "steps") as progress,
        ):
            found = study_notch(file, notch, widths_s, checkpoint, progress)
        law = event_law(found.model, found.start, temperature_K)
        results = [
            width_result(
                found.model, found.start, law, width_s, file.search.between_A_per_m2, temperature_K,
                walls, seed,
            )
            for width_s in widths_s
        ]  # fmt: skip
        print_results(found, results, temperature_K)
        print_cells_remarks(file)
        panels = (pulse_panel(found, results), probability_panel(results), pinning_panel(found))
        paths = [
            path
            for panel, stem in zip(panels, STEMS, strict=True)
            for path in save(panel, to, stem, source=str(track_file))
        ]
        text = track_file.read_text(encoding="utf-8-sig")
        content = document(found, law, results, temperature_K, text)
        with atomic_write(to / RESULT) as draft:
            draft.write_text(json.dumps(content, indent=2, ensure_ascii=False), encoding="utf-8")
    for path in [to / RESULT, *paths]:
        print_line(str(path))


def document(
    found: "NotchOfFilm",
    law: "EventLaw",
    results: "list[WidthResult]",
    temperature_K: float,
    track_file: str,
) -> dict[str, object]:
    """Return all numbers in SI units, with the track file and the version."""
    from ... import __version__
    from ...simulators.micromagnetics.reduced.escape import barrier_J

    model, rest_m = found.model, found.start.position_m
    return {
        "dwmtj": __version__,
        "track_file": track_file,
        "temperature_K": temperature_K,
        "thiele_width_m": model.thiele_width_m,
        "rest_m": rest_m,
        "barrier_J": barrier_J(model, rest_m),
        "static_threshold_A_per_m2": static_threshold_A_per_m2(found),
        "event_law_per_section": asdict(law.constants),
        "pulses": [
            {
                "width_s": one.width_s,
                "film_A_per_m2": bracket.middle_A_per_m2,
                "film_half_width_A_per_m2": bracket.half_width_A_per_m2,
                "reduced_at_0_K_A_per_m2": one.threshold_A_per_m2,
                "reduced_10_50_90_percent_A_per_m2": _known(one.reduced_levels_A_per_m2),
                "event_10_50_90_percent_A_per_m2": _known(one.event_levels_A_per_m2),
                "event_within_interval": list(one.event_within),
            }
            for one, bracket in zip(results, found.film_thresholds, strict=True)
        ],
    }


def static_threshold_A_per_m2(found: "NotchOfFilm") -> float:
    """Return the current density that frees a wall if it is raised slowly."""
    model = found.model
    return model.pinning.depinning_field_A_per_m / abs(model.push_per_current_m)


def print_results(found: "NotchOfFilm", results: "list[WidthResult]", temperature_K: float) -> None:
    """Print a row for each width of the pulse."""
    from ...simulators.micromagnetics.constants import BOLTZMANN_J_per_K
    from ...simulators.micromagnetics.reduced.escape import barrier_J

    rows = [
        (
            f"{one.width_s * 1e9:g}",
            f"{bracket.middle_A_per_m2 / 1e12:.3f} ± {bracket.half_width_A_per_m2 / 1e12:.3f}",
            f"{one.threshold_A_per_m2 / 1e12:.3f}",
            _levels(one.reduced_levels_A_per_m2),
            _levels(one.event_levels_A_per_m2),
            "{} of {}".format(*one.event_within),
        )
        for one, bracket in zip(results, found.film_thresholds, strict=True)
    ]
    title = (
        "Pulse on a wall at rest: current densities (1e12 A/m²) of the threshold at 0 K, and where "
        f"10, 50 and 90 % of the walls depin at {temperature_K:g} K"
    )
    print_table(title, COLUMNS, rows)
    for one, bracket in zip(results, found.film_thresholds, strict=True):
        off = one.threshold_A_per_m2 / bracket.middle_A_per_m2 - 1
        width_ns = one.width_s * 1e9
        if abs(off) > _CLOSE:
            print_line(
                f"At {width_ns:g} ns the reduced model is {100 * off:+.0f} % off the film's"
                " threshold: its probabilities do not hold for this notch and pulse."
            )
    barrier = barrier_J(found.model, found.start.position_m)
    print_line(
        f"barrier at rest {barrier:.3g} J ({barrier / (BOLTZMANN_J_per_K * temperature_K):.0f} "
        f"k_BT), static threshold {static_threshold_A_per_m2(found) / 1e12:.3f}e12 A/m², wall "
        f"width Δ {found.model.thiele_width_m * 1e9:.2f} nm; event within: current densities at "
        "which its probability lies in the 95 % interval of the reduced model's"
    )


def _levels(currents: "Floats") -> str:
    return ", ".join("–" if value != value else f"{value / 1e12:.3f}" for value in currents)


def _known(currents: "Floats") -> "list[float | None]":
    return [None if value != value else float(value) for value in currents]
