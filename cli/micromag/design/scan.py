"""A scan of controls: thresholds and barriers of a notch for each combination of values."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from ....quantities import QuantityError, parse_quantity
from ...console import print_line, print_table
from ...learn.options import resumable
from ..study import checkpoint_of

if TYPE_CHECKING:
    from ....simulators.micromagnetics import ControlPoint, TrackFile
    from ....simulators.micromagnetics.thresholds.bracket import Bracket
    from ....simulators.micromagnetics.thresholds.controls import Value

OPTION, EXAMPLE = "--scan", "width_m=100nm,150nm"
LONGEST_m = 1e-3
RESULTS = ("pulse J (1e12 A/m²)", "run-up J (1e12 A/m²)", "barrier (k_BT)", "dwell (s)")


def scan_study(
    track_file: Path,
    to: Path,
    scans: Sequence[str],
    depths_nm: Sequence[float],
    *,
    overwrite: bool,
) -> None:
    """Print and write the scan; depths in nm are one more control."""
    from ....analysis.figures import save
    from ....simulators.micromagnetics import control_scan, load_track, variants_of
    from ....simulators.micromagnetics.thresholds.control_scan import film_name
    from ....simulators.micromagnetics.thresholds.depth_series import expected_runs_of_series
    from ....simulators.networks.progress import progress_bar
    from .scan_figure import BARRIERS, STEM, barrier_panel, scan_panel, scan_table

    axes = parsed_axes(scans, depths_nm)
    file = load_track(track_file)
    variants = variants_of(file.film, file.track, file.mask, axes)
    films = len({film_name(variant) for variant in variants})
    outputs = [f"{stem}.{kind}" for stem in (STEM, BARRIERS) for kind in ("png", "svg", "csv")]
    study = checkpoint_of(
        to / "scan.checkpoint", track_file, control_scan, outputs, overwrite=overwrite
    )
    with study as checkpoint:
        total = max(len(checkpoint) + 1, expected_runs_of_series(file.search, films))
        with (
            resumable(),
            progress_bar(total, len(checkpoint), checkpoint.path, "runs") as progress,
        ):
            progress("", len(checkpoint))
            points = control_scan(variants, file.search, checkpoint, progress)
        print_points(points, file)
        table = scan_table(points, file.assumptions)
        names = list(axes)
        panels = {
            STEM: scan_panel(table, names),
            BARRIERS: barrier_panel(table, names, file.assumptions.temperature_K),
        }
        paths = [
            path
            for stem, panel in panels.items()
            for path in save(panel, to, stem, source=str(track_file))
        ]
    for path in paths:
        print_line(str(path))


def parsed_axes(
    scans: Sequence[str], depths_nm: Sequence[float]
) -> "Mapping[str, tuple[Value, ...]]":
    """Return the values of each control in SI units; raises typer.BadParameter, ProtocolError."""
    from ....protocols.running.scanning import parse_scan

    axes: dict[str, tuple[Value, ...]] = {}
    if depths_nm:
        axes["depth_m"] = tuple(depth / 1e9 for depth in depths_nm)
    for scan in scans:
        name, texts = parse_scan(scan, EXAMPLE)
        if name in axes:
            also = " by --depth, too" if name == "depth_m" and depths_nm else ""
            raise _bad(f"{name} is scanned twice{also}: give all its values to one option.")
        axes[name] = tuple(_value(name, text) for text in texts)
    for name, values in axes.items():
        if len(set(values)) < len(values):
            raise _bad(f"{name} has a value twice: give each once.")
    return axes


def _value(name: str, text: str) -> "Value":
    from ....simulators.micromagnetics.thresholds.controls import UNITS, WORDS

    if name in WORDS:
        if text not in WORDS[name]:
            raise _bad(f"{name} cannot be {text!r}: give {', '.join(WORDS[name])}.")
        return text
    if name not in UNITS:
        raise _bad(f"{name!r} is nothing to scan: give one of {', '.join([*UNITS, *WORDS])}.")
    unit = UNITS[name]
    try:
        value = parse_quantity(text, unit)
    except QuantityError as error:
        raise _bad(f"{name}: {text!r} is no value{error}.") from error
    if abs(value) > LONGEST_m and unit == "m":
        raise _bad(f"{name}: {text} is {value:g} m, more than 1 mm: write nanometres as 100nm.")
    return value


def _bad(message: str) -> typer.BadParameter:
    return typer.BadParameter(message, param_hint=OPTION)


def print_points(points: "Sequence[ControlPoint]", file: "TrackFile") -> None:
    """Print a row for each variant, and what was not found."""
    from ....simulators.micromagnetics.constants import BOLTZMANN_J_per_K
    from ....simulators.micromagnetics.thresholds.control_scan import film_name
    from ....simulators.micromagnetics.thresholds.controls import value_text

    temperature_K = file.assumptions.temperature_K
    rows = []
    for point in points:
        values, barriers = point.variant.values, point.barriers
        dwell_s = barriers and barriers.dwell_time_s(
            temperature_K, file.assumptions.attempt_rate_Hz
        )
        rows.append(
            (
                *(value_text(name, value) for name, value in values.items()),
                _middle(point.pulse),
                _middle(point.run_up),
                f"{barriers.lowest_J / (BOLTZMANN_J_per_K * temperature_K):.1f}"
                if barriers
                else "–",
                "–" if dwell_s is None else f"{dwell_s:.1e}",
            )
        )
    names = tuple(points[0].variant.values)
    brackets = [one for point in points for one in (point.pulse, point.run_up) if one]
    widest = max((one.half_width_A_per_m2 / one.middle_A_per_m2 for one in brackets), default=0.0)
    print_table(
        "Thresholds of the first notch, alone or with equal ones at pitch_m: a pulse on a wall at "
        f"rest, a run-up; brackets of ± {100 * widest:.2g} %",
        (*names, *RESULTS),
        rows,
    )
    if any(point.is_derived for point in points):
        print_line(
            "Thresholds of other spin-Hall angles are scaled as 1/θ, which is exact; only those at "
            f"{file.film.torque.spin_hall_angle if file.film.torque else 0:g} were computed."
        )
    reasons = {film_name(point.variant): point.failures for point in points}
    for name, failures in reasons.items():
        for failure in failures:
            print_line(f"{name or 'as drawn'}: {failure}")


def _middle(bracket: "Bracket | None") -> str:
    return "–" if bracket is None else f"{bracket.middle_A_per_m2 / 1e12:.4f}"
