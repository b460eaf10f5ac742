"""Magnetisation as OVF 2.0, the file format of OOMMF, mumax³ and their viewers.

One layer of cells, vectors of length M_S in A/m (0 without material), binary 8-byte values after
the check value 123456789012345.0, little-endian, x fastest.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from .errors import MicromagneticsError
from .film import Film

_CHECK = 123456789012345.0


def write_ovf(path: Path, m: npt.NDArray[np.floating], film: Film, title: str) -> None:
    """Write a magnetisation of shape (3, nx, ny)."""
    cells, ms = film.cells, film.material.saturation_magnetization_A_per_m
    (nx, ny), h, t = cells.shape, cells.cell_m, cells.thickness_m
    header = [
        "OOMMF OVF 2.0", "Segment count: 1", "Begin: Segment", "Begin: Header",
        f"Title: {title}", "meshtype: rectangular", "meshunit: m",
        "xmin: 0", "ymin: 0", "zmin: 0",
        f"xmax: {nx * h:.9g}", f"ymax: {ny * h:.9g}", f"zmax: {t:.9g}",
        "valuedim: 3", "valuelabels: M_x M_y M_z", "valueunits: A/m A/m A/m",
        f"xbase: {h / 2:.9g}", f"ybase: {h / 2:.9g}", f"zbase: {t / 2:.9g}",
        f"xnodes: {nx}", f"ynodes: {ny}", "znodes: 1",
        f"xstepsize: {h:.9g}", f"ystepsize: {h:.9g}", f"zstepsize: {t:.9g}",
        "End: Header", "Begin: Data Binary 8",
    ]  # fmt: skip
    values = np.concatenate([[_CHECK], (ms * m).transpose(2, 1, 0).ravel()]).astype("<f8")
    text = "".join(f"# {line}\n" for line in header)
    end = "\n# End: Data Binary 8\n# End: Segment\n"
    path.write_bytes(text.encode() + values.tobytes() + end.encode())


def read_ovf(path: Path) -> npt.NDArray[np.float64]:
    """Return the vectors of a file as `write_ovf` writes it, shape (3, nx, ny), in A/m.

    Raises MicromagneticsError for another format.
    """
    content = path.read_bytes()
    head, marker, data = content.partition(b"# Begin: Data Binary 8\n")
    entries = dict(
        line[2:].split(": ", 1) for line in head.decode(errors="replace").splitlines()
        if ": " in line
    )  # fmt: skip
    try:
        nx, ny, nz = (int(entries[f"{axis}nodes"]) for axis in "xyz")
        values = np.frombuffer(data, "<f8", count=1 + 3 * nx * ny * nz)
    except (KeyError, ValueError) as error:
        raise MicromagneticsError(f"{path} is not a binary OVF 2.0 file: check it.") from error
    if not marker or nz != 1 or values[0] != _CHECK:
        raise MicromagneticsError(f"{path} is not an OVF 2.0 file of one layer: check it.")
    vectors: npt.NDArray[np.float64] = values[1:].reshape(ny, nx, 3).transpose(2, 1, 0)
    return vectors.copy()
