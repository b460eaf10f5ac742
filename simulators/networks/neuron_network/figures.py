"""Figures of the network of domain-wall neurons: the curve, weights, confusion, misread images."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
import torch
from matplotlib.axes import Axes

from ....analysis.figures.house import BLUE, GREY, ORANGE
from ....analysis.figures.panel import Panel
from ..data.images import DataSetName, Images
from .activation import NeuronCurve
from .study import OnLevels, SeedOutcome
from .training import confusion
from .training_figure import training_panel

BINS = 80
SHOWN = 8


def neuron_panel(neuron: NeuronCurve) -> Panel:
    """Draw the transfer curve beside a ReLU, over negative currents and beyond the range, too."""
    current = np.linspace(-0.5, 1.25, 141)
    curve = neuron(torch.from_numpy(current) * neuron.full_scale).numpy() / neuron.full_scale
    relu = np.maximum(current, 0)

    def paint(axes: Axes) -> None:
        axes.plot(current, relu, color=GREY, linestyle="--", label="ReLU")
        axes.plot(current, curve, color=BLUE, label="domain-wall neuron")
        axes.set_xlabel("Normalised current density")
        axes.set_ylabel("Normalised conductance")
        axes.legend(loc="upper left")

    data = pd.DataFrame({"current_normalised": current, "conductance": curve, "relu": relu})
    return Panel("neuron", "Transfer curve of the domain-wall neuron", data, paint)


def weights_panel(outcome: SeedOutcome, on_levels: OnLevels) -> Panel:
    """Draw how the input layer's weights are distributed: float32, on levels, trained on levels."""
    before = outcome.trained.weights[0].flatten().numpy()
    edges = np.linspace(before.min(), before.max(), BINS + 1)
    counts = np.histogram(before, edges)[0]
    levels, quantised = _counts(on_levels.quantised[0])
    tuned_levels, tuned = _counts(on_levels.fine_tuned[0])
    width = 0.3 * np.diff(levels).min()

    def paint(axes: Axes) -> None:
        axes.stairs(counts, edges, fill=True, color=GREY, alpha=0.45, label="float32")
        axes.bar(levels - width / 2, quantised, width, color=BLUE, label="on levels")
        axes.bar(tuned_levels + width / 2, tuned, width, color=ORANGE, label="trained on levels")
        axes.set_yscale("log")
        axes.set_xlabel("Weight, input to hidden layer")
        axes.set_ylabel("Synapses")
        axes.set_ylim(bottom=0.8, top=30 * max(quantised.max(), tuned.max()))
        axes.legend(loc="upper right")

    data = pd.concat(
        [
            pd.DataFrame({"what": "float32", "weight": edges[:-1], "synapses": counts}),
            pd.DataFrame({"what": "on levels", "weight": levels, "synapses": quantised}),
            pd.DataFrame({"what": "trained on levels", "weight": tuned_levels, "synapses": tuned}),
        ]
    )
    title = f"Weights of {outcome.trained.data_set}, {on_levels.levels}"
    return Panel(f"weights-{outcome.trained.data_set}", title, data, paint)


def confusion_panel(name: str, title: str, read: torch.Tensor, images: Images) -> Panel:
    """Draw how many images of each class were read as each class."""
    labels = torch.from_numpy(images.test_labels).long()
    matrix = confusion(read, labels, len(images.classes)).numpy()
    classes = images.classes

    def paint(axes: Axes) -> None:
        axes.imshow(np.sqrt(matrix), cmap="Blues", vmax=np.sqrt(matrix.max()) * 1.15)
        for row, column in np.argwhere(matrix > 0):
            axes.text(
                column,
                row,
                str(matrix[row, column]),
                ha="center",
                va="center",
                fontsize=4.5,
                color="white" if row == column else "black",
            )
        ticks = range(len(classes))
        axes.set_xticks(ticks, classes, rotation=90, fontsize=5.5)
        axes.set_yticks(ticks, classes, fontsize=5.5)
        axes.tick_params(length=0)
        axes.set_xlabel("Read as")
        axes.set_ylabel("Class")

    table = pd.DataFrame(matrix, columns=[f"read_as_{entry}" for entry in classes])
    table.insert(0, "class", list(classes))
    return Panel(name, title, table, paint)


def misread_panel(outcome: SeedOutcome, images: Images) -> Panel:
    """Draw the first test images that the float32 network misreads, with what it reads."""
    read = outcome.trained.read.numpy()
    wrong = np.flatnonzero(read != images.test_labels)[:SHOWN]
    columns = max(1, (len(wrong) + 1) // 2)

    def paint(axes: Axes) -> None:
        axes.set_axis_off()
        for place, number in enumerate(wrong):
            tile = axes.inset_axes(_place(place, columns))
            tile.imshow(images.test_images[number], cmap="gray_r")
            tile.set_xticks([])
            tile.set_yticks([])
            tile.spines[:].set_visible(False)
            caption = (
                f"{_of(images, images.test_labels[number])}\nread as {_of(images, read[number])}"
            )
            tile.set_title(caption, fontsize=5, pad=2)

    data = pd.DataFrame(
        {
            "test_image": wrong,
            "class": [_of(images, label) for label in images.test_labels[wrong]],
            "read_as": [_of(images, label) for label in read[wrong]],
        }
    )
    title = f"Misread images of {outcome.trained.data_set}, float32"
    return Panel(f"misread-{outcome.trained.data_set}", title, data, paint)


def study_panels(
    outcomes: Sequence[SeedOutcome], images: Mapping[DataSetName, Images]
) -> list[Panel]:
    """Return the course of training of each data set, and panels of its first seed and levels."""
    panels = []
    for data_set, given in images.items():
        of_set = [entry for entry in outcomes if entry.trained.data_set == data_set]
        outcome = of_set[0]
        on_levels = outcome.on_levels[0]
        panels += [training_panel(data_set, of_set), weights_panel(outcome, on_levels)]
        for stage, read in (
            ("float32", outcome.trained.read),
            ("on-levels", on_levels.read_quantised),
            ("trained-on-levels", on_levels.read_fine_tuned),
        ):
            title = f"{data_set}, {stage.replace('-', ' ')}"
            panels.append(confusion_panel(f"confusion-{data_set}-{stage}", title, read, given))
        panels.append(misread_panel(outcome, given))
    return panels


def _counts(weights: torch.Tensor) -> tuple[np.ndarray, np.ndarray]:
    levels, counts = np.unique(weights.numpy(), return_counts=True)
    return levels, counts


def _of(images: Images, label: int) -> str:
    return images.classes[int(label)]


def _place(number: int, columns: int) -> tuple[float, float, float, float]:
    row, column = divmod(number, columns)
    width = 1 / columns
    return (column * width + 0.06 * width, 0.52 - 0.52 * row, 0.88 * width, 0.36)
