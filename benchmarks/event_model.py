"""Depinning by pulses: the event model's law beside the reduced model, with binomial intervals.

python benchmarks/event_model.py [FOLDER]
Notch 1 of the neuron paper's track at 300 K. For each damping and pulse 21 current densities
between 2 and 98 % of the walls, 200 walls each: how many of them have the law's probability in
their 95 % interval, for four seeds. Beside it the same for probabilities of 2,000 walls of the
reduced model itself, which shows how many an exact law would have. FOLDER gets a figure. The
pinning is that of the tests, dragged by reduced_model.py. Takes 20 s of CPU for each damping.
"""

import sys
from dataclasses import dataclass
from pathlib import Path

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import numpy.typing as npt

from dwmtj.analysis.figures.house import kind_colours, kind_markers, legend_below
from dwmtj.analysis.figures.panel import STYLE
from dwmtj.analysis.intervals import proportion_ends
from dwmtj.simulators.film_device.event_law import EventLaw, event_law
from dwmtj.simulators.micromagnetics.reduced.depinning import Start, freed_walls
from dwmtj.simulators.micromagnetics.reduced.model import ReducedModel
from dwmtj.simulators.micromagnetics.reduced.walls import Pulse
from dwmtj.tests.simulators.micromagnetics.test_reduced import notch_1

Floats = npt.NDArray[np.float64]
T_K, WALLS, MANY, SEEDS, CURRENTS = 300.0, 200, 2000, (11, 12, 13, 14), 21
DAMPINGS = 0.1, 0.3, 0.5
PULSES_ns = (
    (1, 0), (3, 0), (10, 0), (30, 0), (3, 0.5), (3, 1), (10, 0.5), (10, 1), (10, 3), (20, 3)
)  # fmt: skip
DRAWN_ns = {0.1: ((1, 0), (3, 0), (30, 0), (10, 1)), 0.3: ((3, 0), (10, 0), (30, 0), (10, 3))}


@dataclass(frozen=True, slots=True)
class Comparison:
    """One damping and pulse."""

    damping: float
    pulse: Pulse
    currents_A_per_m2: Floats
    reduced: Floats
    event: Floats
    within: tuple[int, ...]
    within_exact: tuple[int, ...]


def comparison(model: ReducedModel, start: Start, law: EventLaw, pulse: Pulse) -> Comparison:
    """Return probabilities and how many of them are within the intervals of each seed."""
    currents = _currents(model, start, pulse)
    freed = freed_walls(model, start, pulse, currents, T_K, MANY, 2)
    reduced, event = freed / MANY, law.probability(currents, pulse)
    within, exact = [], []
    for seed in SEEDS:
        freed = freed_walls(model, start, pulse, currents, T_K, WALLS, seed)
        low, high = proportion_ends(freed, np.full(CURRENTS, WALLS))
        within.append(int(np.sum((event >= low) & (event <= high))))
        exact.append(int(np.sum((reduced >= low) & (reduced <= high))))
    return Comparison(model.damping, pulse, currents, reduced, event, tuple(within), tuple(exact))


def _currents(model: ReducedModel, start: Start, pulse: Pulse) -> Floats:
    static = model.pinning.depinning_field_A_per_m / model.push_per_current_m
    coarse = np.linspace(0.4 * static, 5 * static, 200)
    share = freed_walls(model, start, pulse, coarse, T_K, 50, 1) / 50
    first, last = int(np.argmax(share > 0.02)), int(np.flatnonzero(share < 0.98)[-1])
    return np.linspace(coarse[max(0, first - 1)], coarse[min(199, last + 1)], CURRENTS)


def level(currents: Floats, probability: Floats, share: float) -> float:
    """Return the current density of a probability, in 10¹² A/m²."""
    return float(np.interp(share, np.maximum.accumulate(probability), currents / 1e12))


def row(one: Comparison) -> str:
    """Return a line of the table."""
    levels = [
        ", ".join(f"{level(one.currents_A_per_m2, p, share):.3f}" for share in (0.1, 0.5, 0.9))
        for p in (one.reduced, one.event)
    ]
    return (
        f"{one.damping:g} | {name_of(one.pulse)} | "
        f"{levels[0]} | {levels[1]} | {', '.join(map(str, one.within))} | "
        f"{', '.join(map(str, one.within_exact))} | "
        f"{np.abs(one.event - one.reduced).max():.3f}"
    )


def draw(comparisons: list[Comparison], path: Path) -> None:
    """Draw the probabilities, a panel for each damping."""
    dampings = sorted({one.damping for one in comparisons})
    with mpl.style.context(STYLE):
        figure, panels = plt.subplots(1, len(dampings), figsize=(7.0, 4.0), sharey=True)
        for axes, damping in zip(panels, dampings, strict=True):
            chosen = [one for one in comparisons if one.damping == damping]
            kinds = zip(kind_colours(len(chosen)), kind_markers(len(chosen)), chosen, strict=True)
            for color, marker, one in kinds:
                current = one.currents_A_per_m2 / 1e12
                axes.plot(current, one.reduced, marker, color=color, markersize=3)
                axes.plot(current, one.event, color=color, label=name_of(one.pulse))
            axes.set(xlabel="Current density (10¹² A/m²)", title=f"α = {damping:g}")
            legend_below(axes, ncols=2)
        panels[0].set_ylabel("Probability of depinning")
        figure.savefig(path, dpi=150)


def name_of(pulse: Pulse) -> str:
    """Return width and edges."""
    edges = f", edges {pulse.rise_s * 1e9:g} ns" if pulse.rise_s else ""
    return f"{pulse.width_s * 1e9:g} ns{edges}"


def main() -> None:
    """Print all."""
    drawn = []
    print("α | pulse | reduced: 10, 50, 90 % | event | within, by seed | exact law | largest ΔP")
    for damping in DAMPINGS:
        model = notch_1(damping)
        start = Start(model.pinning.rest_m(300e-9), 450e-9)
        law = event_law(model, start, T_K)
        for width_ns, rise_ns in PULSES_ns:
            one = comparison(model, start, law, Pulse(width_ns * 1e-9, rise_ns * 1e-9))
            print(row(one), flush=True)
            if (width_ns, rise_ns) in DRAWN_ns.get(damping, ()):
                drawn.append(one)
    if len(sys.argv) > 1:
        draw(drawn, Path(sys.argv[1]) / "event-model.png")


if __name__ == "__main__":
    main()
