"""The stream-learning figure: accuracy after each subset, with the spread over seeds, and ticks."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ....analysis.figures.house import kind_colours, kind_markers, legend_below
from ....analysis.figures.panel import Panel
from .study import Curve, Outcome


def stream_panel(
    name: str,
    curves: Sequence[Curve],
    outcomes: Sequence[Outcome],
    epochs_validated: int,
    *,
    held_out: bool = False,
) -> Panel:
    """Draw each curve's mean over seeds and, shaded, the least and the largest.

    Ticks on the right are means of training on all images at once. `epochs_validated` is the
    number of validations in a subset. `held_out` says that they are of held-out training images.
    """
    data = _table(outcomes, epochs_validated)

    def paint(axes: Axes) -> None:
        kinds = kind_colours(len(curves)), kind_markers(len(curves))
        for colour, marker, curve in zip(*kinds, curves, strict=True):
            of_curve = [o for o in outcomes if o.curve == curve.name]
            streamed = 100 * np.array([o.accuracies for o in of_curve if not o.at_once])
            subset = np.arange(1, streamed.shape[1] + 1) / epochs_validated
            every = max(1, len(subset) // 12)
            axes.fill_between(
                subset, streamed.min(0), streamed.max(0), color=colour, alpha=0.25, linewidth=0
            )
            axes.plot(
                subset, streamed.mean(0), color=colour, marker=marker, markevery=every,
                label=curve.label,
            )  # fmt: skip
            at_once = [100 * o.accuracies[-1] for o in of_curve if o.at_once]
            if at_once:
                axes.plot(
                    [1.0, 1.05], [np.mean(at_once)] * 2, color=colour, linewidth=1.6,
                    transform=axes.get_yaxis_transform(), clip_on=False, marker="",
                )  # fmt: skip
        axes.set_xlabel("Subsets learnt")
        axes.set_ylabel("Accuracy on held-out images (%)" if held_out else "Test accuracy (%)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        legend_below(axes)

    return Panel(name, "Stream learning", data, paint, lines_below=len(curves))


def _table(outcomes: Sequence[Outcome], epochs_validated: int) -> pd.DataFrame:
    rows = [
        {
            "curve": outcome.curve,
            "all_images_at_once": outcome.at_once,
            "seed": outcome.run.seed,
            "subsets": number / (1 if outcome.at_once else epochs_validated),
            "accuracy": accuracy,
        }
        for outcome in outcomes
        for number, accuracy in enumerate(outcome.accuracies, start=1)
    ]
    return pd.DataFrame(rows)
