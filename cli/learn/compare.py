"""`dwmtj learn compare`: synapse technologies on the same task."""

from dataclasses import replace
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from ...simulators.networks import require_learning
from ..console import print_table
from ..options import DatabaseOption
from .options import FolderOption, OverwriteOption, print_output, resumable

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.ticker import EngFormatter

    from ...simulators.networks.comparison.update_rules import Rule


def learn_compare(
    to: FolderOption,
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="Technology or family of technologies, or none but those of --table and --model; "
            "repeatable.",
            show_default="all",
        ),
    ] = None,
    table: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="FILE",
            help="CrossSim table of increasing conductance, beside its decreasing one; repeatable.",
            show_default="those in $DWMTJ_DATA/cross-sim-dwmtj",
        ),
    ] = None,
    model: Annotated[
        list[str] | None,
        typer.Option(
            metavar="MODEL",
            help="State model or preset:NAME of a further technology; repeatable.",
            show_default="none",
        ),
    ] = None,
    rule: Annotated[
        str,
        typer.Option(
            metavar="RULE,…", help="Update rules: metaplastic, sgd, mixed-precision, tiki-taka."
        ),
    ] = "sgd",
    data: Annotated[
        Literal["mnist", "fashion-mnist"], typer.Option(help="Data set.")
    ] = "fashion-mnist",
    seeds: Annotated[int, typer.Option(min=1, help="Number of networks per technology.")] = 3,
    epochs: Annotated[int, typer.Option(min=1, help="Number of epochs.")] = 1,
    database: DatabaseOption = None,
    overwrite: OverwriteOption = False,
) -> None:
    """Learn with every synapse technology, each update written into devices; compare them.

    Accuracy, energy and time of writing, of the 784-128-10 network learning on line. Each row says
    which of its numbers the paper's table lacks, and what stands in for it. An interrupted
    comparison resumes with the same command. The result is stored in the database.

    \b
    Examples:
      dwmtj learn compare -o technologies
      dwmtj learn compare -o rram --only RRAM --only magnetic --seeds 5
      dwmtj learn compare -o tables --table SOT_300K_dG_increasing0.txt
      dwmtj learn compare -o mine --only magnetic --model trapezoid-A3 --model preset:aihwkit-ecram
      dwmtj learn compare -o rules --only none --model straight-C2 --rule sgd,mixed-precision
    """
    require_learning()
    from ...analysis.state_model.store import find_model
    from ...simulators.networks import (
        ComparisonConfiguration,
        compare_technologies,
        find_technologies,
    )
    from ...simulators.networks.comparison.figure import comparison_table
    from ...simulators.networks.comparison.online_learning import OnLineSchedule
    from ...simulators.networks.synapses.published import find_published

    models = [find_published(name) or find_model(name, database) for name in model or ()]
    configuration = ComparisonConfiguration(
        data_set=data,
        technologies=find_technologies(only or (), table, models),
        rules=parsed_rules(rule),
        seeds=tuple(range(seeds)),
        schedule=replace(OnLineSchedule(), epochs=epochs),
    )
    with resumable():
        output = compare_technologies(to, configuration, database=database, overwrite=overwrite)
    print_compared(comparison_table(output.outcome), data)
    print_output(output)


def parsed_rules(text: str) -> "tuple[Rule, ...]":
    """Return the update rules of `--rule`; raises typer.BadParameter for others."""
    from ...simulators.networks.comparison.update_rules import RULES

    names = [name.strip() for name in text.split(",")]
    chosen = tuple(rule for name in dict.fromkeys(names) for rule in RULES if rule == name)
    if len(chosen) < len(set(names)):
        raise typer.BadParameter(
            f"{text!r} names no update rules: give some of {', '.join(RULES)}, joined by commas.",
            param_hint="--rule",
        )
    return chosen


def print_compared(table: "pd.DataFrame", data: str) -> None:
    """Print a row for each technology; a dash where a number is unknown."""
    from matplotlib.ticker import EngFormatter  # matplotlib: no other command waits for it

    columns = (
        "synapse",
        "family",
        "rule",
        "accuracy (%)",
        "rate",
        "pulses",
        "energy",
        "time",
        "what the table lacks",
    )
    rows = [
        (
            str(row["synapse"]),
            str(row["family"]),
            str(row["rule"]),
            _accuracy(row["accuracy"], row["accuracy_std"], row["seeds"]),
            f"{row['learning_rate']:g}"
            + ("" if isnan(row["transfer"]) else f", transfer {row['transfer']:g}"),
            f"{round(row['pulses']):,}" if row["family"] else "–",
            _quantity(row["write_energy_J"], EngFormatter("J", places=1)),
            _quantity(row["write_time_s"], EngFormatter("s", places=1)),
            str(row["lacks"]),
        )
        for _, row in table.iterrows()
    ]
    seeds = int(table["seeds"].max())
    title = f"{data}: test accuracy, mean ± standard deviation over {seeds} seeds, and all writing"
    print_table(title, columns, rows)


def _accuracy(mean: float, std: float, seeds: int) -> str:
    return f"{100 * mean:.1f}" + (f" ± {100 * std:.1f}" if seeds > 1 else "")


def _quantity(value: float | None, unit: "EngFormatter") -> str:
    return "–" if value is None or isnan(value) else unit(value)
