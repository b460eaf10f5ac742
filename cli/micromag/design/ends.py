"""The field of the track's ends at each notch of a depth study, and what would make up for it."""

import numpy as np
import pandas as pd

from ....simulators.micromagnetics import TrackFile
from ....simulators.micromagnetics.material import equivalent_current_A_per_m2
from ....simulators.micromagnetics.thresholds.ends_field import (
    cancelling_flux_density_T,
    ends_field_A_per_m,
)
from ...console import print_line, print_table

COLUMNS = (
    "notch", "at (nm)", "push of the ends (A/m)", "cancelled by B_z (mT)",
    "worth J (1e12 A/m²)", "or deeper by (nm)",
)  # fmt: skip


def ends_table(file: TrackFile, depths: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each notch of the drawn track, in SI units.

    `depths` is the table of the depth study. A positive push is to +x and lowers the threshold by
    the current density that pushes alike; `deeper_by_m` raises it as much by the slope dJ/dd at the
    drawn depth, counted from the first notch, whose ends' field is in the study itself.
    """
    track, film = file.track, file.film
    rows: list[dict[str, float]] = []
    for number, notch in enumerate(track.notches, start=1):
        field_A_per_m = ends_field_A_per_m(
            track, film.material, film.cells.cell_m, notch.position_m
        )
        worth = (
            equivalent_current_A_per_m2(
                field_A_per_m, film.material, film.torque, track.thickness_m
            )
            if film.torque
            else np.nan
        )
        slope = np.interp(notch.depth_m, depths["depth_m"], depths["pulse_slope_A_per_m3"])
        reference = rows[0]["worth_A_per_m2"] if rows else worth
        rows.append(
            {
                "notch": number,
                "position_m": notch.position_m,
                "ends_field_A_per_m": field_A_per_m,
                "cancelling_T": cancelling_flux_density_T(field_A_per_m),
                "worth_A_per_m2": worth,
                "deeper_by_m": (worth - reference) / float(slope),
            }
        )
    return pd.DataFrame(rows)


def print_ends(file: TrackFile, depths: pd.DataFrame) -> None:
    """Print a row for each notch of the drawn track, and how to use it."""
    rows = [
        (
            f"{row['notch']:g}",
            f"{1e9 * row['position_m']:g}",
            _signed(row["ends_field_A_per_m"], 0),
            _signed(1e3 * row["cancelling_T"], 3),
            _signed(row["worth_A_per_m2"] / 1e12, 4),
            _signed(1e9 * row["deeper_by_m"], 2),
        )
        for row in ends_table(file, depths).to_dict("records")
    ]
    print_table("Field of the track's ends on a wall at each drawn notch", COLUMNS, rows)
    print_line(
        "A push to +x lowers the threshold by what it is worth. Equal notches get that of a track "
        "without ends if each is pulsed in its B_z (flux_density_T = [0, 0, B_z] in [field]), or "
        "that of notch 1 if they differ in depth as in the last column."
    )


def _signed(value: float, digits: int) -> str:
    """Return a number with its sign, and 0 without one."""
    text = f"{value:+.{digits}f}"
    return text if float(text) else text[1:]
