"""The comparison of synapse technologies as one figure: accuracy against the energy of writing."""

from collections.abc import Sequence
from math import nan
from statistics import mean, stdev

import pandas as pd
from matplotlib.axes import Axes

from ....analysis.figures.house import GREY, kind_colours, kind_markers
from ....analysis.figures.panel import Panel
from .study import Compared


def comparison_table(compared: Sequence[Compared]) -> pd.DataFrame:
    """Return a row for each technology; empty where a number is not known."""
    return pd.DataFrame(
        [
            {
                "synapse": entry.name,
                "family": "" if entry.technology is None else entry.technology.family,
                "accuracy": mean(_accuracies(entry)),
                "accuracy_std": _spread(entry),
                "seeds": len(entry.attempts),
                "rule": entry.rule,
                "learning_rate": entry.attempts[0].learning_rate,
                "transfer": entry.attempts[0].transfer or nan,
                "held_out_accuracy": mean(each.held_out_accuracy for each in entry.attempts),
                "pulses": mean(attempt.pulses for attempt in entry.attempts),
                "write_energy_J": entry.energy_J,
                "write_time_s": entry.write_s,
                "lacks": "" if entry.technology is None else "; ".join(entry.technology.lacks),
            }
            for entry in compared
        ]
    )


def comparison_panel(compared: Sequence[Compared], data_set: str) -> Panel:
    """Draw accuracy against the energy of all write pulses; the ideal synapse is a line."""
    table = comparison_table(compared)

    def paint(axes: Axes) -> None:
        known = table[table["write_energy_J"].notna()]
        for (_, row), colour, marker in zip(
            known.iterrows(), kind_colours(len(known)), kind_markers(len(known)), strict=True
        ):
            axes.errorbar(
                row["write_energy_J"],
                100 * row["accuracy"],
                100 * row["accuracy_std"],
                fmt=marker,
                color=colour,
                label=row["synapse"],
            )
        ideal = table[table["family"] == ""]
        for accuracy in ideal["accuracy"]:
            axes.axhline(100 * accuracy, color=GREY, linestyle="--", linewidth=0.8, label="ideal")
        axes.set_xscale("log")
        axes.set_xlabel("Energy of all write pulses (J)")
        axes.set_ylabel("Test accuracy (%)")
        axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.02), fontsize=5.5)

    return Panel("technologies", f"Synapse technologies, {data_set}", table, paint)


def rules_panel(compared: Sequence[Compared], data_set: str) -> Panel:
    """Draw the accuracy of each device under each rule; the ideal synapse by sgd is a line."""
    table = comparison_table(compared)

    def paint(axes: Axes) -> None:
        devices = table[table["family"] != ""]
        rules = list(dict.fromkeys(devices["rule"]))
        names = list(dict.fromkeys(devices["synapse"]))
        for number, (name, colour, marker) in enumerate(
            zip(names, kind_colours(len(names)), kind_markers(len(names)), strict=True)
        ):
            own = devices[devices["synapse"] == name]
            aside = 0.1 * (number - (len(names) - 1) / 2)
            axes.errorbar(
                [rules.index(rule) + aside for rule in own["rule"]],
                100 * own["accuracy"],
                100 * own["accuracy_std"],
                fmt=marker,
                color=colour,
                label=name,
            )
        for accuracy in table[table["family"] == ""]["accuracy"]:
            axes.axhline(100 * accuracy, color=GREY, linestyle="--", linewidth=0.8, label="ideal")
        axes.set_xticks(range(len(rules)), rules)
        axes.set_xlim(-0.5, len(rules) - 0.5)
        axes.set_ylabel("Test accuracy (%)")
        axes.legend()

    return Panel("rules", f"Update rules, {data_set}", table, paint)


def _accuracies(entry: Compared) -> list[float]:
    return [attempt.accuracy for attempt in entry.attempts]


def _spread(entry: Compared) -> float:
    return stdev(_accuracies(entry)) if len(entry.attempts) > 1 else 0.0
