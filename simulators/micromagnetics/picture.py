"""A picture of a magnetisation: m_z as colour, the moments in the plane as arrows in the wall."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from .film import Film

_ARROWS_ACROSS = 12


def write_picture(path: Path, m: npt.NDArray[np.floating], film: Film, title: str) -> None:
    """Write a PNG of a magnetisation of shape (3, nx, ny), without material in grey."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    (nx, ny), h_nm = film.cells.shape, film.cells.cell_m * 1e9
    figure = Figure(figsize=(8, 1.6 + 8 * ny / nx), dpi=150, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_facecolor("0.75")
    mz = np.ma.masked_where(film.cells.volume == 0, m[2])
    image = axes.imshow(
        mz.T, origin="lower", extent=(0, nx * h_nm, 0, ny * h_nm), cmap="RdBu_r", vmin=-1, vmax=1
    )
    step = max(1, ny // _ARROWS_ACROSS)
    x, y = (np.arange(n)[step // 2 :: step] for n in (nx, ny))
    part = m[:, x][:, :, y]
    shown = np.hypot(part[0], part[1]) > 0.3
    at_x, at_y = np.meshgrid((x + 0.5) * h_nm, (y + 0.5) * h_nm, indexing="ij")
    if shown.any():
        axes.quiver(
            at_x[shown], at_y[shown], part[0][shown], part[1][shown],
            scale=1 / (step * h_nm), scale_units="x", width=0.0012, pivot="mid",
        )  # fmt: skip
    axes.set(xlabel="x (nm)", ylabel="y (nm)", title=title)
    figure.colorbar(image, ax=axes, label="m_z", shrink=0.9)
    figure.savefig(path, format="png")
