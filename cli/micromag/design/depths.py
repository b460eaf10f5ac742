"""A depth study: thresholds and barriers of a notch against its depth, and proposed depths."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ...console import print_line, print_table
from ...learn.options import resumable
from ..study import checkpoint_of

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = (
    "depth (nm)", "pulse J (1e12 A/m²)", "run-up J (1e12 A/m²)", "dJ/dd of the pulse (% per nm)",
    "spread of J (%)", "barrier (k_BT)", "dwell (s)",
)  # fmt: skip
STEM, BARRIERS, LEVELS = "depths", "barriers", "levels.csv"


def depth_study(
    track_file: Path,
    to: Path,
    depths_nm: Sequence[float],
    tolerance_nm: float,
    wanted: Sequence[str],
    *,
    overwrite: bool,
) -> None:
    """Print and write the study; depths in nm, wanted voltages as text."""
    from ....analysis.figures import save
    from ....simulators.film_device.track_voltage import resistance_of_straight_track_ohm
    from ....simulators.micromagnetics import (
        depth_series,
        expected_runs_of_series,
        load_track,
        tracks_of_depths,
    )
    from ....simulators.networks.progress import progress_bar
    from ....storage import atomic_write
    from .depth_figure import barrier_panel, depth_panel, depth_table
    from .ends import print_ends
    from .proposal import parsed_voltages_V, proposal_of
    from .proposal_remarks import print_proposal

    wanted_V = parsed_voltages_V(wanted)
    file = load_track(track_file)
    resistance_ohm = resistance_of_straight_track_ohm(file) if wanted_V else None
    tracks = tracks_of_depths(file.track, [depth / 1e9 for depth in depths_nm])
    outputs = [f"{stem}.{kind}" for stem in (STEM, BARRIERS) for kind in ("png", "svg", "csv")]
    outputs += [LEVELS] if wanted_V else []
    temperature_K, attempt_rate_Hz = (
        file.assumptions.temperature_K, file.assumptions.attempt_rate_Hz
    )  # fmt: skip
    spread_m = tolerance_nm * 1e-9
    study = checkpoint_of(
        to / "design.checkpoint", track_file, depth_series, outputs, overwrite=overwrite
    )
    with study as checkpoint:
        total = max(len(checkpoint) + 1, expected_runs_of_series(file.search, len(tracks)))
        with (
            resumable(),
            progress_bar(total, len(checkpoint), checkpoint.path, "runs") as progress,
        ):
            progress("", len(checkpoint))
            points = depth_series(file.film, tracks, file.mask, file.search, checkpoint, progress)
        table = depth_table(points, spread_m, temperature_K, attempt_rate_Hz)
        print_points(table, tolerance_nm)
        print_ends(file, table)
        proposal = None
        if resistance_ohm is not None:
            proposal = proposal_of(file, points, wanted_V, resistance_ohm, checkpoint.path)
            print_proposal(proposal, spread_m)
        panels = {
            STEM: depth_panel(table, spread_m, proposal),
            BARRIERS: barrier_panel(table, temperature_K),
        }
        paths = [
            path
            for stem, panel in panels.items()
            for path in save(panel, to, stem, source=str(track_file))
        ]
        if proposal is not None:
            with atomic_write(to / LEVELS) as draft:
                proposal.table.to_csv(draft, index=False, lineterminator="\n")
            paths.append(to / LEVELS)
    for path in paths:
        print_line(str(path))


def print_points(table: "pd.DataFrame", tolerance_nm: float) -> None:
    """Print a row for each depth."""
    rows = [
        (
            f"{1e9 * row['depth_m']:g}",
            *(
                f"{row[f'{name}_A_per_m2'] / 1e12:.4f} ± "
                f"{row[f'{name}_half_width_A_per_m2'] / 1e12:.4f}"
                for name in ("pulse", "run_up")
            ),
            f"{100e-9 * row['pulse_slope_A_per_m3'] / row['pulse_A_per_m2']:.1f} ± "
            f"{100e-9 * row['pulse_slope_error_A_per_m3'] / row['pulse_A_per_m2']:.1f}",
            f"{100 * row['pulse_spread_A_per_m2'] / row['pulse_A_per_m2']:.1f}",
            f"{row['barrier_kT']:.1f}",
            f"{row['dwell_time_s']:.1e}",
        )
        for row in table.to_dict("records")
    ]
    title = f"Thresholds against depth; spread for depths that differ by {tolerance_nm:g} nm (σ)"
    print_table(title, COLUMNS, rows)
