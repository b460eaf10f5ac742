"""What drift compensation returns: accuracy of ResNet-20 on CIFAR-100 against time since writing.

    python3 benchmarks/drift_compensation.py MODEL.json FOLDER

No device of the papers has a measured lifetime of its levels, so one is assumed: every level is
left after the same mean time τ, for either neighbour alike, and only t/τ matters. The sixteen
levels and their spreads are those of the model, as measured, read without noise. Writes figure and
table.
"""

import sys
from dataclasses import replace
from pathlib import Path

import pandas as pd
from matplotlib.axes import Axes

from dwmtj.analysis.figures import Panel, save
from dwmtj.analysis.figures.house import BLUE, GREEN, GREY, ORANGE
from dwmtj.analysis.state_model.model import ModelRetention, Quantity, StateModel
from dwmtj.analysis.state_model.store import find_model
from dwmtj.simulators.networks import DeviceMapping, InferenceStudy, infer_cifar100
from dwmtj.simulators.networks.crossbar.periphery.drift_compensation import DriftCompensation

LIFETIME_S = 1e5
SHARES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
IMAGES, PROGRAMMINGS = 1000, 2
COLOURS: dict[DriftCompensation, str] = {"none": BLUE, "global": ORANGE, "column": GREEN}
MARKERS: dict[DriftCompensation, str] = {"none": "o", "global": "s", "column": "^"}


def ageing(model: StateModel) -> StateModel:
    """Return the model with the assumed lifetime of every level."""
    source = replace(model.levels_source, method="assumed, not measured")
    lifetime = Quantity(LIFETIME_S)
    return replace(
        model,
        read_noise=None,
        retention=tuple(
            ModelRetention(level=number, lifetime_s=lifetime, temperature_K=300.0, source=source)
            for number in range(len(model.levels))
        ),
    )


def accuracy_table(model: StateModel, folder: Path) -> pd.DataFrame:
    rows = []
    for share in SHARES:
        for compensation in COLOURS:
            study = InferenceStudy(
                notches=(16,),
                noises=(1.0,),
                model=model,
                after_s=share * LIFETIME_S,
                programmings=PROGRAMMINGS,
                max_programmings=PROGRAMMINGS,
                mapping=DeviceMapping(
                    clipping="expected-error", per="output", compensation=compensation
                ),
                images=IMAGES,
            )
            output = infer_cifar100(
                folder / f"{compensation}-{share:g}",
                study,
                database=folder / "drift.sqlite",
                device="cpu",
                jobs=1,
                overwrite=True,
            )
            (cell,) = output.outcome.cells
            rows.append(
                {
                    "time_in_lifetimes": share,
                    "compensation": compensation,
                    "accuracy": cell.mean,
                    "accuracy_std": cell.std,
                    "programmings": len(cell.accuracies),
                    "images": IMAGES,
                    "accuracy_trained": output.outcome.accuracy_trained,
                }
            )
            print(f"t/τ {share:g}, {compensation}: {100 * cell.mean:.1f} ± {100 * cell.std:.1f} %")
    return pd.DataFrame(rows)


def panel(table: pd.DataFrame) -> Panel:
    def paint(axes: Axes) -> None:
        trained = 100 * table["accuracy_trained"].iloc[0]
        axes.axhline(trained, color=GREY, linestyle="--", linewidth=0.8, label="as trained")
        for name, colour in COLOURS.items():
            own = table[table["compensation"] == name]
            axes.errorbar(
                own["time_in_lifetimes"],
                100 * own["accuracy"],
                100 * own["accuracy_std"],
                color=colour,
                marker=MARKERS[name],
                markersize=3,
                label=name,
            )
        axes.set_xscale("log")
        axes.set_ylim(bottom=0)
        axes.set_xlabel("Time since writing (mean lifetimes of a level)")
        axes.set_ylabel("Test accuracy (%)")
        axes.legend()

    return Panel("drift-compensation", "Drift compensation of ResNet-20", table, paint)


if __name__ == "__main__":
    place = Path(sys.argv[2])
    place.mkdir(parents=True, exist_ok=True)
    found = accuracy_table(ageing(find_model(sys.argv[1])), place)
    print(save(panel(found), place, "drift-compensation"))
