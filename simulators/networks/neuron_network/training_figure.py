"""Figure of how the network of domain-wall neurons learns: accuracy against epochs."""

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from ....analysis.figures.house import kind_colours
from ....analysis.figures.panel import Panel
from ..data.images import DataSetName
from .study import SeedOutcome


def training_panel(data_set: DataSetName, outcomes: Sequence[SeedOutcome]) -> Panel:
    """Draw accuracy on the training images by epoch: in float32, then on levels, over seeds."""
    courses = []
    for outcome in outcomes:
        trained = outcome.trained
        before = trained.training_accuracies
        courses.append(_course(trained.seed, "float32", before, 1))
        for cell in outcome.on_levels:
            after = cell.training_accuracies
            courses.append(_course(trained.seed, cell.levels, after, len(before) + 1))
    data = pd.concat(courses, ignore_index=True)
    stages = list(dict.fromkeys(data["weights"]))
    colours = dict(zip(stages, kind_colours(len(stages)), strict=True))

    def paint(axes: Axes) -> None:
        for stage in stages:
            lines = data[data["weights"] == stage].pivot_table(
                index="epoch", columns="seed", values="training_accuracy"
            )
            axes.plot(
                lines.index, 100 * lines.mean(axis=1), "o-", ms=3, color=colours[stage], label=stage
            )
            axes.fill_between(
                lines.index,
                100 * lines.min(axis=1),
                100 * lines.max(axis=1),
                color=colours[stage],
                alpha=0.2,
                linewidth=0,
            )
        axes.set_xlabel("Epoch")
        axes.set_ylabel("Training accuracy (%)")
        axes.xaxis.set_major_locator(MaxNLocator(integer=True))
        axes.legend(loc="lower right")

    return Panel(f"training-{data_set}", f"Training on {data_set}", data, paint)


def _course(seed: int, weights: str, accuracies: Sequence[float], first_epoch: int) -> pd.DataFrame:
    epochs = range(first_epoch, first_epoch + len(accuracies))
    columns = {"seed": seed, "weights": weights, "epoch": epochs, "training_accuracy": accuracies}
    return pd.DataFrame(columns)
