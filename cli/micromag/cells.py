"""What the cells of a film do to the notches that they stand for."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..console import print_line

if TYPE_CHECKING:
    from ...simulators.micromagnetics import TrackFile


def print_cells_remarks(file: "TrackFile") -> None:
    """Print what the cells of a track file do to its notches, if they do anything."""
    depths_m = [notch.depth_m for notch in file.track.notches]
    for remark in cells_remarks(depths_m, file.film.cells.cell_m):
        print_line(remark)


def cells_remarks(depths_m: Sequence[float], cell_m: float) -> list[str]:
    """Return a sentence on notches whose depths are no whole numbers of cells, if there are any."""
    from ...simulators.micromagnetics.thresholds.wanted_voltages import depths_between_cells_m

    between_m = depths_between_cells_m(depths_m, cell_m)
    if not between_m:
        return []
    named = ", ".join(f"{1e9 * depth_m:g}" for depth_m in between_m)
    return [
        f"{named} nm {'is' if len(between_m) == 1 else 'are'} no whole number"
        f"{'' if len(between_m) == 1 else 's'} of cells of {1e9 * cell_m:g} nm: partly filled "
        "cells shift such thresholds. Take whole numbers, or smaller cells."
    ]
