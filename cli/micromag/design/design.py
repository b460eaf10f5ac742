"""`dwmtj micromag design`: threshold and barrier of a notch against its depth, or any control."""

from pathlib import Path
from typing import Annotated

import typer

from ...learn.options import FolderOption, OverwriteOption


def design(
    track_file: Annotated[Path, typer.Argument(metavar="TRACK", help="Track file (TOML).")],
    to: FolderOption,
    depth_nm: Annotated[
        list[float] | None,
        typer.Option(
            "--depth",
            metavar="NM",
            help="Depth of the notch, in nm; repeatable.",
            show_default="as drawn, with --scan",
        ),
    ] = None,
    scan: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=v1,v2,…",
            help="Values of a key of the track file, or of pitch_m; repeatable, for all "
            "combinations.",
            show_default="the depth alone",
        ),
    ] = None,
    tolerance_nm: Annotated[
        float,
        typer.Option(
            "--depth-tolerance",
            metavar="NM",
            min=0,
            help="Standard deviation of etched depths, in nm, for the spread of thresholds and the "
            "order of levels.",
        ),
    ] = 0.5,
    wanted: Annotated[
        list[str] | None,
        typer.Option(
            "--wanted-voltage",
            metavar="V",
            help="Wanted switching voltage of a level, in V across the track, such as 1.5 or 800m: "
            "proposes the depth of its notch; repeatable. Straight tracks with [heavy_metal].",
            show_default="no proposals",
        ),
    ] = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Find thresholds and barriers of the first notch of a track for several depths, or controls.

    The barrier is that of a wall at rest without current, the time it stays that at the temperature
    and the attempt rate of [device]. Depths alone give the slope dJ/dd and, for wanted voltages,
    proposed notches. Writes depths and barriers, or scan and scan-barriers, as .csv, .png and .svg,
    and levels.csv for wanted voltages. An interrupted study resumes with the same command.

    \b
    Examples:
      dwmtj micromag design track.toml -o depths --depth 5 --depth 10 --depth 15
      dwmtj micromag design track.toml -o depths --depth 5 --depth 15 --wanted-voltage 900m
      dwmtj micromag design track.toml -o widths --scan width_m=100nm,150nm,250nm
      dwmtj micromag design track.toml -o forms --depth 5 --depth 10 --scan form=half-disc,v,square
      dwmtj micromag design track.toml -o dmi --scan dmi_J_per_m2=0.5e-3,1e-3,1.5e-3
    """
    if not scan:
        from .depths import depth_study

        depths = depth_nm or ()
        depth_study(track_file, to, depths, tolerance_nm, wanted or (), overwrite=overwrite)
        return
    if wanted:
        raise typer.BadParameter(
            "proposes depths for one track: omit --scan.", param_hint="--wanted-voltage"
        )
    from .scan import scan_study

    scan_study(track_file, to, scan, depth_nm or (), overwrite=overwrite)
