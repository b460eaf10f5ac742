"""`dwmtj micromag design`: the threshold of a notch against its depth."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import numpy as np
import numpy.typing as npt
import typer

from ..console import print_line, print_table
from ..learn.options import FolderOption, OverwriteOption, resumable
from .study import checkpoint_of

if TYPE_CHECKING:
    from ...simulators.micromagnetics import DepthPoint

COLUMNS = (
    "depth (nm)", "pulse J (1e12 A/m²)", "run-up J (1e12 A/m²)", "dJ/dd of the pulse (% per nm)",
    "spread of J (%)",
)  # fmt: skip
TABLE, FIGURE = "depths.csv", "depths.png"


def design(
    track_file: Annotated[Path, typer.Argument(metavar="TRACK", help="Track file (TOML).")],
    to: FolderOption,
    depth_nm: Annotated[
        list[float],
        typer.Option("--depth", metavar="NM", help="Depth of the notch, in nm; repeatable."),
    ],
    tolerance_nm: Annotated[
        float,
        typer.Option(
            "--depth-tolerance",
            metavar="NM",
            min=0,
            help="Standard deviation of etched depths, in nm, for the spread of thresholds.",
        ),
    ] = 0.5,
    overwrite: OverwriteOption = False,
) -> None:
    """Find the thresholds of the first notch of a track for several depths.

    Writes depths.csv and depths.png. An interrupted study resumes with the same command.

    \b
    Examples:
      dwmtj micromag design track.toml -o depths --depth 5 --depth 10 --depth 15
    """
    from ...simulators.micromagnetics import (
        depth_series,
        expected_runs_of_series,
        load_track,
        slopes_A_per_m3,
        tracks_of_depths,
    )
    from ...simulators.networks.progress import progress_bar
    from ...storage import check_overwrite
    from .design_files import write_figure, write_table

    file = load_track(track_file)
    for name in (TABLE, FIGURE):
        check_overwrite(to / name, overwrite=overwrite)
    tracks = tracks_of_depths(file.track, [depth * 1e-9 for depth in depth_nm])
    with checkpoint_of(to / "design.checkpoint", track_file, depth_series) as checkpoint:
        total = max(len(checkpoint) + 1, expected_runs_of_series(file.search, len(tracks)))
        with (
            resumable(),
            progress_bar(total, len(checkpoint), checkpoint.path, "runs") as progress,
        ):
            progress("", len(checkpoint))
            points = depth_series(file.film, tracks, file.mask, file.search, checkpoint, progress)
        slopes = slopes_A_per_m3(
            np.array([point.depth_m for point in points]),
            np.array([point.pulse.middle_A_per_m2 for point in points]),
        )
        print_points(points, slopes, tolerance_nm)
        paths = (
            write_table(to / TABLE, points, slopes, tolerance_nm * 1e-9),
            write_figure(to / FIGURE, points, slopes, tolerance_nm * 1e-9),
        )
    for path in paths:
        print_line(str(path))


def print_points(
    points: "list[DepthPoint]", slopes: npt.NDArray[np.float64], tolerance_nm: float
) -> None:
    """Print a row for each depth."""
    rows = []
    for point, slope in zip(points, slopes, strict=True):
        relative = 100e-9 * float(slope) / point.pulse.middle_A_per_m2
        brackets = (point.pulse, point.run_up)
        rows.append(
            (
                f"{point.depth_m * 1e9:g}",
                *(
                    f"{bracket.middle_A_per_m2 / 1e12:.4f} ± "
                    f"{bracket.half_width_A_per_m2 / 1e12:.4f}"
                    for bracket in brackets
                ),
                f"{relative:.1f}",
                f"{abs(relative) * tolerance_nm:.1f}",
            )
        )
    title = f"Thresholds against depth; spread for depths that differ by {tolerance_nm:g} nm (σ)"
    print_table(title, COLUMNS, rows)
