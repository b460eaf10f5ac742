"""The transitions of a model and its f_meta as a picture, drawn in a worker."""

from io import BytesIO
from typing import TYPE_CHECKING

from ...analysis.state_model.model import StateModel
from ..look.theme import Theme

if TYPE_CHECKING:
    from matplotlib.axes import Axes

PANEL_IN = (2.15, 1.9)
DPI = 200  # twice as many as are shown, for a fine screen


def model_png(model: StateModel, theme: Theme) -> bytes:
    """Return the picture as PNG: transitions of each polarity, and f_meta if it is known."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    count = _panels(model)
    figure = Figure(figsize=(PANEL_IN[0] * count, PANEL_IN[1]), facecolor=theme.card)
    FigureCanvasAgg(figure)
    axes = figure.subplots(1, count, squeeze=False)[0]
    for number, _ in enumerate(model.pulses):
        _transitions(axes[number], model, number, theme)
    if model.metaplasticity is not None:
        _metaplasticity(axes[-1], model)
    for one in axes:
        _dress(one, theme)
    figure.tight_layout(pad=0.6)
    image = BytesIO()
    figure.savefig(image, dpi=DPI)
    return image.getvalue()


def _panels(model: StateModel) -> int:
    return len(model.pulses) + (model.metaplasticity is not None)


def _transitions(axes: "Axes", model: StateModel, number: int, theme: Theme) -> None:
    import matplotlib as mpl
    import numpy as np

    from ...analysis.state_model.transitions import cumulated, maximum_likelihood

    pulses = model.pulses[number]
    ladders = cumulated(maximum_likelihood(pulses))
    ends = (0.35, 1.0) if theme.dark else (0.0, 0.59)  # of viridis: 3:1 with the ground
    shades = mpl.colormaps["viridis"](np.linspace(*ends, len(model.levels)))
    for level, colour in enumerate(shades):
        left = 1 - ladders[:, level, level]
        if left.any():
            axes.plot(
                pulses.amplitudes_V, left, color=colour, label=f"level {level}", linewidth=1.6
            )
    axes.set_ylim(-0.03, 1.03)
    axes.set_xlabel(f"{pulses.polarity} pulses up to (V)")
    axes.set_ylabel("share that has left")
    axes.legend(fontsize=6, frameon=False)


def _metaplasticity(axes: "Axes", model: StateModel) -> None:
    import numpy as np

    function = model.metaplasticity
    assert function is not None
    weights = np.linspace(-1, 1, 101)
    axes.plot(weights, [function(float(each)) for each in weights], linewidth=1.6)
    axes.set_xlabel("weight W")
    axes.set_ylabel("f_meta")
    axes.set_ylim(0, 1.05)


def _dress(axes: "Axes", theme: Theme) -> None:
    axes.set_facecolor(theme.card)
    axes.tick_params(colors=theme.muted, labelsize=7)
    for label in (axes.xaxis.label, axes.yaxis.label):
        label.set_color(theme.text)
        label.set_fontsize(8)
    for spine in axes.spines.values():
        spine.set_color(theme.border)
    legend = axes.get_legend()
    if legend is not None:
        for text in legend.get_texts():
            text.set_color(theme.text)
