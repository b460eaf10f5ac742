"""A wall in motion as an animated GIF: m_z as colour, one frame for each time."""

from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from .dynamics.simulation import Simulation
from .film import Film
from .thresholds.search import Search

Reals = npt.NDArray[np.floating]
Frame = tuple[float, float, Reals]
"""Time in s, current density in A/m², and m_z, shape (nx, ny)."""

FRAMES = 60
_FRAMES_PER_s = 12


def pulse_frames(
    film: Film, m: Reals, current_A_per_m2: float, search: Search, watch: Callable[[float], None]
) -> list[Frame]:
    """Return the wall during a pulse of the search and its rest, in equal steps of time.

    `watch` takes the time in s after each.
    """
    simulation = Simulation(film, m, search.accuracy)
    step_s = (search.pulse_s + search.rest_s) / FRAMES
    frames: list[Frame] = [(0.0, 0.0, simulation.m[2].copy())]
    for _ in range(FRAMES):
        under_current_s = min(step_s, max(0.0, search.pulse_s - simulation.time_s))
        simulation.run(under_current_s, current_A_per_m2)
        simulation.run(step_s - under_current_s)
        now = current_A_per_m2 if under_current_s > 0 else 0.0
        frames.append((simulation.time_s, now, simulation.m[2].copy()))
        watch(simulation.time_s)
    return frames


def write_movie(path: Path, frames: Sequence[Frame], film: Film, title: str) -> None:
    """Write frames as an animated GIF, without material in grey."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from PIL import Image

    (nx, ny), h_nm = film.cells.shape, film.cells.cell_m * 1e9
    figure = Figure(figsize=(8, 1.8 + 8 * ny / nx), dpi=80, layout="constrained")
    canvas = FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.set_facecolor("0.75")
    outside = film.cells.volume == 0

    def picture(mz: Reals) -> Reals:
        shown: Reals = np.ma.masked_where(outside, mz).T
        return shown

    image = axes.imshow(
        picture(frames[0][2]), origin="lower", extent=(0, nx * h_nm, 0, ny * h_nm), cmap="RdBu_r",
        vmin=-1, vmax=1,
    )  # fmt: skip
    axes.set(xlabel="x (nm)", ylabel="y (nm)")
    heading = axes.set_title(title)
    figure.colorbar(image, ax=axes, label="m_z")

    pictures = []
    for time_s, current, mz in frames:
        image.set_data(picture(mz))
        heading.set_text(f"{title}: {time_s * 1e9:.2f} ns, J = {current / 1e12:.3f}e12 A/m²")
        canvas.draw()  # type: ignore[no-untyped-call]
        drawn = Image.fromarray(np.asarray(canvas.buffer_rgba()))  # type: ignore[no-untyped-call]
        pictures.append(drawn.convert("P", palette=Image.Palette.ADAPTIVE))
    first, *others = pictures
    first.save(
        path, format="GIF", save_all=True, append_images=others, loop=0,
        duration=round(1000 / _FRAMES_PER_s),
    )  # fmt: skip
